/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/checksum_file.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/observe.h"

/* Longer than any list that a project publishes for one folder. */
enum { MAX_LIST_SIZE = 8 << 20 };

/* Names as distributions use them; '*' stands for the image's own name. */
static const struct {
	const char *name;
	enum hash_kind kind;
} list_names[] = {
	{ "SHA256SUMS", HASH_SHA256 },     { "SHA256SUMS.txt", HASH_SHA256 },
	{ "SHA256SUM", HASH_SHA256 },      { "sha256sum.txt", HASH_SHA256 },
	{ "sha256sums.txt", HASH_SHA256 }, { "*.sha256", HASH_SHA256 },
	{ "*.sha256sum", HASH_SHA256 },    { "*.sha256.txt", HASH_SHA256 },
	{ "*.CHECKSUM", HASH_SHA256 },     { "CHECKSUM", HASH_SHA256 },
	{ "SHA512SUMS", HASH_SHA512 },     { "sha512sum.txt", HASH_SHA512 },
	{ "*.sha512", HASH_SHA512 },       { "*.sha512sum", HASH_SHA512 },
	{ "SHA1SUMS", HASH_SHA1 },         { "sha1sum.txt", HASH_SHA1 },
	{ "*.sha1", HASH_SHA1 },           { "MD5SUMS", HASH_MD5 },
	{ "md5sum.txt", HASH_MD5 },        { "*.md5", HASH_MD5 },
	{ "*.md5sum", HASH_MD5 },
};

static const struct {
	const char *tag;
	enum hash_kind kind;
} bsd_tags[] = {
	{ "SHA256", HASH_SHA256 },   { "SHA2-256", HASH_SHA256 }, { "SHA512", HASH_SHA512 },
	{ "SHA2-512", HASH_SHA512 }, { "SHA1", HASH_SHA1 },       { "MD5", HASH_MD5 },
};

/* One line of a list, without its end. */
struct line {
	const char *text;
	size_t length;
};

static size_t count_hex(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && isxdigit((unsigned char)text[n]))
		n++;
	return n;
}

static void copy_hex(char *ret, const char *hex, size_t length)
{
	for (size_t i = 0; i < length; i++)
		ret[i] = (char)tolower((unsigned char)hex[i]);
	ret[length] = '\0';
}

int published_sum_from_hex(const char *hex, struct published_sum *ret_sum, struct discern_error *err)
{
	static const enum hash_kind kinds[] = { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA512 };
	size_t length = strlen(hex);

	memset(ret_sum, 0, sizeof(*ret_sum));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && count_hex(hex, length) == length; i++) {
		if (hash_hex_length(kinds[i]) != length)
			continue;
		ret_sum->kind = kinds[i];
		copy_hex(ret_sum->hex, hex, length);
		return 0;
	}
	discern_error_set(err, -EINVAL, "\"%.140s\" is not a checksum", hex);
	return discern_error_hint(err, "give 64 hexadecimal digits (SHA-256), or 128 (SHA-512), 40 (SHA-1), 32 (MD5)");
}

/* Compares a name of a list with the image's, undoing the escapes that coreutils makes. */
static bool names_file(struct line entry, bool is_escaped, const char *name)
{
	size_t i = 0;

	if (entry.length > 2 && entry.text[0] == '.' && entry.text[1] == '/')
		i = 2;
	for (; i < entry.length; i++, name++) {
		char c = entry.text[i];

		if (is_escaped && c == '\\') {
			if (++i == entry.length)
				return false;
			c = entry.text[i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		if (*name == '\0' || *name != c)
			return false;
	}
	return *name == '\0';
}

/* "SHA256 (NAME) = HEX"; openssl writes no blanks around the name. */
static bool parse_bsd(struct line line, bool is_escaped, const char *name, struct published_sum *ret_sum)
{
	size_t digits = 0;
	const char *open = memchr(line.text, '(', line.length);
	const char *end = line.text + line.length;
	const char *close = end;
	size_t tag_length;

	if (open == NULL)
		return false;
	for (tag_length = (size_t)(open - line.text); tag_length > 0 && line.text[tag_length - 1] == ' ';)
		tag_length--;
	while (close > open && *(close - 1) != ')')
		close--;
	if (close == open)
		return false;
	for (const char *p = close; p < end; p++) {
		if (*p != ' ' && *p != '=') {
			digits = (size_t)(end - p);
			break;
		}
	}
	for (size_t i = 0; i < sizeof(bsd_tags) / sizeof(bsd_tags[0]); i++) {
		if (strlen(bsd_tags[i].tag) != tag_length || strncasecmp(bsd_tags[i].tag, line.text, tag_length) != 0)
			continue;
		if (digits != hash_hex_length(bsd_tags[i].kind) || count_hex(end - digits, digits) != digits)
			return false;
		ret_sum->kind = bsd_tags[i].kind;
		copy_hex(ret_sum->hex, end - digits, digits);
		return names_file((struct line){ open + 1, (size_t)(close - 1 - open - 1) }, is_escaped, name);
	}
	return false;
}

/* "HEX  NAME" or "HEX *NAME"; a lone "HEX" where the list belongs to one file. */
static bool parse_gnu(struct line line, bool is_escaped, const char *name, bool is_own_list,
		      struct published_sum *ret_sum)
{
	size_t digits = hash_hex_length(ret_sum->kind);
	struct line entry;

	if (count_hex(line.text, line.length) != digits)
		return false;
	copy_hex(ret_sum->hex, line.text, digits);
	if (line.length == digits)
		return is_own_list;
	entry = (struct line){ line.text + digits, line.length - digits };
	if (entry.length < 2 || (entry.text[0] != ' ' && entry.text[0] != '\t'))
		return false;
	/* Exactly one more character, blank or '*', tells text from binary mode; some tools leave it out. */
	entry.text++;
	entry.length--;
	if (entry.length > 1 && (entry.text[0] == ' ' || entry.text[0] == '*')) {
		entry.text++;
		entry.length--;
	}
	return names_file(entry, is_escaped, name);
}

static bool parse_line(struct line line, const char *name, bool is_own_list, struct published_sum *ret_sum)
{
	bool is_escaped = false;

	while (line.length > 0 && strchr(" \t\r", line.text[line.length - 1]) != NULL)
		line.length--;
	if (line.length > 0 && line.text[0] == '\\') {
		is_escaped = true;
		line.text++;
		line.length--;
	}
	if (line.length == 0 || line.text[0] == '#')
		return false;
	return parse_bsd(line, is_escaped, name, ret_sum) || parse_gnu(line, is_escaped, name, is_own_list, ret_sum);
}

int published_sum_in_text(const char *text, const char *name, enum hash_kind kind, bool is_own_list,
			  struct published_sum *ret_sum)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	bool is_found = false;

	if (strncmp(text, byte_order_mark, 3) == 0)
		text += 3;
	while (*text != '\0') {
		struct line line = { text, strcspn(text, "\n") };
		struct published_sum sum = { .kind = kind };

		text += line.length;
		if (*text == '\n')
			text++;
		if (!parse_line(line, name, is_own_list, &sum))
			continue;
		if (is_found && sum.kind == ret_sum->kind && strcmp(sum.hex, ret_sum->hex) != 0)
			return -EBADMSG;
		/* Of two kinds the longer digest counts. */
		if (!is_found || (sum.kind != ret_sum->kind && strlen(sum.hex) > strlen(ret_sum->hex)))
			*ret_sum = sum;
		is_found = true;
	}
	return is_found ? 0 : -ENODATA;
}

/* Reads one list, if there is one. */
static int look_in(const char *path, const char *name, enum hash_kind kind, bool is_own_list,
		   struct published_sum *ret_sum)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int ret = file_read_all(path, MAX_LIST_SIZE, &text, &size, NULL);

	return ret < 0 ? ret : published_sum_in_text(text, name, kind, is_own_list, ret_sum);
}

/* The list's name: the pattern, its '*' replaced by the image's name. False if it is too long. */
static bool list_name(const char *pattern, const char *name, char *ret, size_t size)
{
	int length;

	if (pattern[0] == '*')
		length = snprintf(ret, size, "%s%s", name, pattern + 1);
	else
		length = snprintf(ret, size, "%s", pattern);
	return length < (int)size;
}

int published_sum_beside(const char *image_path, const struct discern_observer *observer, struct published_sum *ret_sum,
			 struct discern_error *err)
{
	const char *slash = strrchr(image_path, '/');
	const char *name = slash == NULL ? image_path : slash + 1;
	int folder_length = (int)(name - image_path);

	for (size_t i = 0; i < sizeof(list_names) / sizeof(list_names[0]); i++) {
		char file[NAME_MAX + 1];
		char path[PATH_MAX];
		int ret;

		if (!list_name(list_names[i].name, name, file, sizeof(file)) ||
		    snprintf(path, sizeof(path), "%.*s%s", folder_length, image_path, file) >= (int)sizeof(path))
			continue;
		memset(ret_sum, 0, sizeof(*ret_sum));
		ret = look_in(path, name, list_names[i].kind, list_names[i].name[0] == '*', ret_sum);
		if (ret == 0) {
			snprintf(ret_sum->origin, sizeof(ret_sum->origin), "%s", file);
			return 0;
		}
		if (ret == -EBADMSG)
			return discern_error_set(err, ret, "%s: names %s twice, with different checksums", path, name);
		if (ret == -ENOMEM)
			return discern_error_set(err, ret, "out of memory");
		if (ret == -ENODATA)
			observe_message(observer, DISCERN_LEVEL_DETAIL, "%s: does not name %s", path, name);
		else if (ret != -ENOENT)
			observe_message(observer, DISCERN_LEVEL_WARNING, "%s: cannot be used: %s", path,
					strerror(-ret));
	}
	return -ENOENT;
}
