/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/dat_file.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

/* The largest known dat has some hundred megabytes; elements are two deep in a datafile. A tag that is longer than this
 * would have to be held in memory. */
#define MAX_BYTES ((uint64_t)4 << 30)
enum { MAX_DEPTH = 16, MAX_TOKEN_BYTES = 256 << 10, PIECE_BYTES = 64 << 10 };

struct parser {
	XML_Parser xml;
	const struct dat_reader *reader;
	struct discern_error *err;
	unsigned depth;
	bool is_datafile, is_in_entry;
	struct dat_entry *entry;
	uint64_t n_fed;
	int code;
};

static void stop(struct parser *parser, int code, const char *what)
{
	if (parser->code != 0)
		return;
	parser->code = discern_error_set(parser->err, code, "line %lu: %s",
					 (unsigned long)XML_GetCurrentLineNumber(parser->xml), what);
	XML_StopParser(parser->xml, XML_FALSE);
}

/* At most size - 1 bytes, and not in the middle of a character. */
static void copy_text(char *ret, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (n >= size)
		for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(ret, text, n);
	ret[n] = '\0';
}

/* Digits of a sum in lower case; nothing for what is none. */
static void copy_sum(char *ret, size_t n_digits, const char *text)
{
	ret[0] = '\0';
	if (strlen(text) != n_digits || strspn(text, "0123456789abcdefABCDEF") != n_digits)
		return;
	for (size_t i = 0; i <= n_digits; i++)
		ret[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
}

static void begin_entry(struct parser *parser, const XML_Char **attributes)
{
	memset(parser->entry->name, 0, sizeof(parser->entry->name));
	parser->entry->n_files = 0;
	parser->is_in_entry = true;
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], "name") == 0)
			copy_text(parser->entry->name, DAT_TEXT, attributes[1]);
}

static void add_file(struct parser *parser, const XML_Char **attributes)
{
	struct dat_entry_file *file = &parser->entry->files[parser->entry->n_files];
	int64_t size;

	if (parser->entry->n_files == DAT_MAX_FILES) {
		stop(parser, -EFBIG, "more files in an entry than any disc has");
		return;
	}
	memset(file, 0, sizeof(*file));
	for (; *attributes != NULL; attributes += 2) {
		const char *name = attributes[0], *value = attributes[1];

		if (strcmp(name, "name") == 0)
			copy_text(file->name, DAT_TEXT, value);
		else if (strcmp(name, "size") == 0 && text_to_number(value, 0, INT64_MAX, &size))
			file->size_bytes = (uint64_t)size;
		else if (strcmp(name, "crc") == 0)
			copy_sum(file->crc32, 8, value);
		else if (strcmp(name, "md5") == 0)
			copy_sum(file->md5, 32, value);
		else if (strcmp(name, "sha1") == 0)
			copy_sum(file->sha1, 40, value);
		else if (strcmp(name, "sha256") == 0)
			copy_sum(file->sha256, 64, value);
	}
	parser->entry->n_files++;
}

static bool is_entry(const XML_Char *name)
{
	return strcmp(name, "game") == 0 || strcmp(name, "machine") == 0;
}

static void XMLCALL begin_element(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct parser *parser = user;

	if (parser->code != 0)
		return;
	if (++parser->depth > MAX_DEPTH) {
		stop(parser, -EINVAL, "elements are nested too deep");
		return;
	}
	if (parser->depth == 1 && strcmp(name, "datafile") != 0) {
		stop(parser, -EINVAL, "no <datafile>: not a Logiqx dat");
		return;
	}
	parser->is_datafile = true;
	if (parser->depth == 2 && is_entry(name))
		begin_entry(parser, attributes);
	else if (parser->is_in_entry && strcmp(name, "rom") == 0)
		add_file(parser, attributes);
}

static void XMLCALL end_element(void *user, const XML_Char *name)
{
	struct parser *parser = user;
	int ret;

	if (parser->code != 0)
		return;
	if (parser->depth-- != 2 || !is_entry(name))
		return;
	parser->is_in_entry = false;
	ret = parser->reader->entry != NULL ? parser->reader->entry(parser->entry, parser->reader->user, parser->err)
					    : 0;
	if (ret < 0) {
		parser->code = ret;
		XML_StopParser(parser->xml, XML_FALSE);
	}
}

/* Dats name a DTD and have none of their own: in it, a few lines of entities can become gigabytes. */
static void XMLCALL begin_doctype(void *user, const XML_Char *name, const XML_Char *system_id,
				  const XML_Char *public_id, int has_internal_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	if (has_internal_subset)
		stop(user, -EINVAL, "it declares elements or entities, which no dat needs and which can be a trap");
}

static int begin(struct parser *parser, const struct dat_reader *reader, struct discern_error *err)
{
	memset(parser, 0, sizeof(*parser));
	parser->reader = reader;
	parser->err = err;
	parser->entry = malloc(sizeof(*parser->entry));
	parser->xml = XML_ParserCreate(NULL);
	if (parser->entry == NULL || parser->xml == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	XML_SetUserData(parser->xml, parser);
	XML_SetElementHandler(parser->xml, begin_element, end_element);
	XML_SetStartDoctypeDeclHandler(parser->xml, begin_doctype);
	return 0;
}

static void end(struct parser *parser)
{
	if (parser->xml != NULL)
		XML_ParserFree(parser->xml);
	free(parser->entry);
}

static int feed(struct parser *parser, const char *data, size_t size, bool is_last)
{
	XML_Index at;

	if (XML_Parse(parser->xml, data, (int)size, is_last) == XML_STATUS_ERROR)
		return parser->code != 0 ? parser->code
					 : discern_error_set(parser->err, -EINVAL, "line %lu: %s",
							     (unsigned long)XML_GetCurrentLineNumber(parser->xml),
							     XML_ErrorString(XML_GetErrorCode(parser->xml)));
	parser->n_fed += size;
	at = XML_GetCurrentByteIndex(parser->xml);
	if (!is_last && at >= 0 && parser->n_fed - (uint64_t)at > MAX_TOKEN_BYTES)
		return discern_error_set(parser->err, -EINVAL, "line %lu: a tag or a comment without end",
					 (unsigned long)XML_GetCurrentLineNumber(parser->xml));
	return 0;
}

int dat_file_parse(const char *text, size_t size, const struct dat_reader *reader, struct discern_error *err)
{
	struct parser parser;
	int ret = begin(&parser, reader, err);

	while (ret == 0 && size > PIECE_BYTES) {
		ret = feed(&parser, text, PIECE_BYTES, false);
		text += PIECE_BYTES;
		size -= PIECE_BYTES;
	}
	if (ret == 0)
		ret = feed(&parser, text, size, true);
	end(&parser);
	return ret;
}

static int read_all(struct parser *parser, int fd)
{
	AUTO_FREE char *buffer = malloc(PIECE_BYTES);
	uint64_t at = 0;

	if (buffer == NULL)
		return discern_error_set(parser->err, -ENOMEM, "out of memory");
	for (;;) {
		ssize_t n = file_read_at(fd, buffer, PIECE_BYTES, (off_t)at);
		int ret;

		if (n < 0)
			return discern_error_set(parser->err, (int)n, "cannot read: %s", strerror((int)-n));
		ret = feed(parser, buffer, (size_t)n, n < PIECE_BYTES);
		at += (uint64_t)n;
		if (ret < 0 || n < PIECE_BYTES)
			return ret;
		if (at > MAX_BYTES)
			return discern_error_set(parser->err, -EFBIG, "longer than any dat");
	}
}

int dat_file_read(const char *path, const struct dat_reader *reader, struct discern_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct parser parser;
	int ret;

	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	ret = begin(&parser, reader, err);
	if (ret == 0)
		ret = read_all(&parser, fd);
	end(&parser);
	return ret < 0 ? discern_error_wrap(err, "%s", path) : 0;
}
