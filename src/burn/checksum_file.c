/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/checksum_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "burn/pgp_text.h"

/* What one line says of the file. */
enum outcome { LINE_OTHER, LINE_SUM, LINE_WITHOUT_SUM };

static const struct {
	const char *tag;
	enum hash_kind kind;
} bsd_tags[] = {
	{ "SHA256", HASH_SHA256 }, { "SHA2-256", HASH_SHA256 }, { "SHA512", HASH_SHA512 }, { "SHA2-512", HASH_SHA512 },
	{ "SHA384", HASH_SHA384 }, { "SHA224", HASH_SHA224 },   { "SHA1", HASH_SHA1 },     { "MD5", HASH_MD5 },
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

static bool find_tag(const char *text, size_t length, enum hash_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(bsd_tags) / sizeof(bsd_tags[0]); i++) {
		if (strlen(bsd_tags[i].tag) != length || strncasecmp(bsd_tags[i].tag, text, length) != 0)
			continue;
		*ret_kind = bsd_tags[i].kind;
		return true;
	}
	return false;
}

/* "SHA256 (NAME) = HEX"; openssl writes no blanks around the name. */
static enum outcome parse_bsd(struct line line, bool is_escaped, const char *name, struct published_sum *ret_sum)
{
	const char *open = memchr(line.text, '(', line.length);
	const char *end = line.text + line.length;
	const char *close = end;
	const char *digits;
	size_t tag_length;

	if (open == NULL)
		return LINE_OTHER;
	for (tag_length = (size_t)(open - line.text); tag_length > 0 && line.text[tag_length - 1] == ' ';)
		tag_length--;
	while (close > open && *(close - 1) != ')')
		close--;
	if (close == open || !find_tag(line.text, tag_length, &ret_sum->kind) ||
	    !names_file((struct line){ open + 1, (size_t)(close - 1 - open - 1) }, is_escaped, name))
		return LINE_OTHER;
	for (digits = close; digits < end && (*digits == ' ' || *digits == '=');)
		digits++;
	if ((size_t)(end - digits) != hash_hex_length(ret_sum->kind) ||
	    count_hex(digits, (size_t)(end - digits)) != (size_t)(end - digits))
		return LINE_WITHOUT_SUM;
	copy_hex(ret_sum->hex, digits, (size_t)(end - digits));
	return LINE_SUM;
}

/* The kind of digest that has so many digits. */
static bool kind_by_length(size_t n_digits, enum hash_kind *ret_kind)
{
	static const enum hash_kind kinds[] = {
		HASH_MD5, HASH_SHA1, HASH_SHA224, HASH_SHA256, HASH_SHA384, HASH_SHA512
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (hash_hex_length(kinds[i]) != n_digits)
			continue;
		*ret_kind = kinds[i];
		return true;
	}
	return false;
}

/* What surrounds a line. */
struct context {
	const char *name;
	int kind;
	bool is_own_list;
	/** Under a heading of a digest that is not known here. */
	bool is_foreign;
};

/* "HEX  NAME" or "HEX *NAME"; a lone "HEX" where the list belongs to one file. */
static enum outcome parse_gnu(struct line line, bool is_escaped, const struct context *context,
			      struct published_sum *ret_sum)
{
	size_t n_digits = count_hex(line.text, line.length);
	bool is_sum = n_digits > 0 && kind_by_length(n_digits, &ret_sum->kind) &&
		      (context->kind == PUBLISHED_ANY_KIND || (int)ret_sum->kind == context->kind);
	struct line entry = { line.text + n_digits, line.length - n_digits };

	if (n_digits == 0 || n_digits >= HASH_HEX_SIZE || context->is_foreign)
		return LINE_OTHER;
	copy_hex(ret_sum->hex, line.text, n_digits);
	if (entry.length == 0)
		return is_sum && context->is_own_list ? LINE_SUM : LINE_OTHER;
	if (entry.length < 2 || (entry.text[0] != ' ' && entry.text[0] != '\t'))
		return LINE_OTHER;
	/* Exactly one more character, blank or '*', tells text from binary mode; some tools leave it out. */
	entry.text++;
	entry.length--;
	if (entry.length > 1 && (entry.text[0] == ' ' || entry.text[0] == '*')) {
		entry.text++;
		entry.length--;
	}
	if (!names_file(entry, is_escaped, context->name))
		return LINE_OTHER;
	return is_sum ? LINE_SUM : LINE_WITHOUT_SUM;
}

/* "# SHA512 HASH", as Gentoo heads the lines that follow. */
static void parse_heading(struct line line, struct context *context)
{
	static const char word[] = " HASH";
	enum hash_kind kind;
	size_t length = line.length;

	if (length < sizeof(word) + 1 || line.text[1] != ' ' ||
	    strncasecmp(line.text + length - (sizeof(word) - 1), word, sizeof(word) - 1) != 0)
		return;
	context->is_foreign = !find_tag(line.text + 2, length - 2 - (sizeof(word) - 1), &kind);
	if (!context->is_foreign)
		context->kind = (int)kind;
}

static enum outcome parse_line(struct line line, struct context *context, struct published_sum *ret_sum)
{
	bool is_escaped = false;
	enum outcome outcome;

	while (line.length > 0 && strchr(" \t\r", line.text[line.length - 1]) != NULL)
		line.length--;
	if (line.length > 0 && line.text[0] == '\\') {
		is_escaped = true;
		line.text++;
		line.length--;
	}
	if (line.length > 0 && line.text[0] == '#')
		parse_heading(line, context);
	if (line.length == 0 || line.text[0] == '#')
		return LINE_OTHER;
	outcome = parse_bsd(line, is_escaped, context->name, ret_sum);
	return outcome != LINE_OTHER ? outcome : parse_gnu(line, is_escaped, context, ret_sum);
}

static int find_in_lines(const char *text, struct context *context, struct published_sum *ret_sum)
{
	bool is_found = false;
	bool is_without_sum = false;

	while (*text != '\0') {
		struct line line = { text, strcspn(text, "\n") };
		struct published_sum sum = { 0 };
		enum outcome outcome = parse_line(line, context, &sum);

		text += line.length;
		if (*text == '\n')
			text++;
		is_without_sum = is_without_sum || outcome == LINE_WITHOUT_SUM;
		if (outcome != LINE_SUM)
			continue;
		if (is_found && sum.kind == ret_sum->kind && strcmp(sum.hex, ret_sum->hex) != 0)
			return -EBADMSG;
		/* Of two kinds the longer digest counts. */
		if (!is_found || (sum.kind != ret_sum->kind && strlen(sum.hex) > strlen(ret_sum->hex)))
			*ret_sum = sum;
		is_found = true;
	}
	return is_found ? 0 : is_without_sum ? -ENOMSG : -ENODATA;
}

int published_sum_in_text(const char *text, const char *name, int kind, bool is_own_list, struct published_sum *ret_sum)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	struct context context = { .name = name, .kind = kind, .is_own_list = is_own_list };
	AUTO_FREE char *body = NULL;

	if (strncmp(text, byte_order_mark, 3) == 0)
		text += 3;
	if (pgp_text_is_clear_signed(text)) {
		int ret = pgp_text_body(text, &body);

		if (ret < 0)
			return ret;
		text = body;
	}
	return find_in_lines(text, &context, ret_sum);
}
