/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/flac_tags.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/file.h"

/* FLAC format, METADATA_BLOCK_HEADER: a bit for the last one, seven of type, three bytes of length. */
enum { BLOCK_HEADER = 4, LAST_BLOCK = 0x80, VORBIS_COMMENT = 4, MAX_BLOCKS = 128, MAX_COMMENT_BYTES = 1 << 20 };

/* Characters of more bytes are not cut; control characters, and bytes that are no UTF-8 here, are none of a CD's. */
static void take_text(char ret[FLAC_TAG_SIZE], const char *value, size_t size)
{
	/* The first of several artists. */
	if (ret[0] != '\0')
		return;
	if (size >= FLAC_TAG_SIZE)
		for (size = FLAC_TAG_SIZE - 1; size > 0 && ((unsigned char)value[size] & 0xc0) == 0x80;)
			size--;
	for (size_t i = 0; i < size; i++)
		ret[i] = (unsigned char)value[i] < ' ' ? ' ' : value[i];
	ret[size] = '\0';
}

static void take_mcn(struct flac_tags *tags, const char *value, size_t size)
{
	char mcn[CD_MCN_LENGTH + 1] = "0";

	/* An UPC is an EAN with a zero in front. */
	if (size == CD_MCN_LENGTH)
		memcpy(mcn, value, size);
	else if (size == CD_MCN_LENGTH - 1)
		memcpy(mcn + 1, value, size);
	else
		return;
	mcn[CD_MCN_LENGTH] = '\0';
	if (cd_mcn_is_sound(mcn))
		memcpy(tags->mcn, mcn, sizeof(mcn));
}

/* Also as people write it: DE-ABC-24-12345. */
static void take_isrc(struct flac_tags *tags, const char *value, size_t size)
{
	char isrc[CD_ISRC_LENGTH + 1] = "";
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		char c = value[i];

		if (c == '-' || c == ' ')
			continue;
		if (n == CD_ISRC_LENGTH)
			return;
		isrc[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	if (cd_isrc_is_sound(isrc))
		memcpy(tags->isrc, isrc, sizeof(isrc));
}

static bool is_named(const char *comment, size_t size, const char *name)
{
	size_t length = strlen(name);

	return size > length && comment[length] == '=' && strncasecmp(comment, name, length) == 0;
}

static void take_comment(struct flac_tags *tags, const char *comment, size_t size)
{
	const char *equals = memchr(comment, '=', size);
	const char *value;
	size_t length;

	if (equals == NULL)
		return;
	value = equals + 1;
	length = size - (size_t)(value - comment);
	if (is_named(comment, size, "TITLE"))
		take_text(tags->title, value, length);
	else if (is_named(comment, size, "ARTIST"))
		take_text(tags->artist, value, length);
	else if (is_named(comment, size, "ALBUM"))
		take_text(tags->album, value, length);
	else if (is_named(comment, size, "ALBUMARTIST") || is_named(comment, size, "ALBUM ARTIST"))
		take_text(tags->album_artist, value, length);
	else if (is_named(comment, size, "ISRC"))
		take_isrc(tags, value, length);
	else if (is_named(comment, size, "BARCODE") || is_named(comment, size, "UPC") ||
		 is_named(comment, size, "CATALOG"))
		take_mcn(tags, value, length);
	else if (is_named(comment, size, "PRE_EMPHASIS"))
		tags->has_pre_emphasis = length == 1 && value[0] == '1';
}

/* Vorbis I specification, 5.2: lengths lowest byte first; the vendor, then the comments. */
static void parse_comments(struct flac_tags *tags, const uint8_t *data, size_t size)
{
	size_t at = 0;
	uint32_t n;

	if (size < 4 || get_le32(data) > size - 4 || size - 4 - get_le32(data) < 4)
		return;
	at = 4 + (size_t)get_le32(data);
	n = get_le32(data + at);
	at += 4;
	for (; n > 0 && size - at >= 4; n--) {
		uint32_t length = get_le32(data + at);

		at += 4;
		if (length > size - at)
			return;
		take_comment(tags, (const char *)data + at, length);
		at += length;
	}
}

void flac_tags_read(const char *path, struct flac_tags *ret_tags)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_FREE uint8_t *data = NULL;
	uint8_t header[BLOCK_HEADER];
	off_t at = 4;
	size_t size = 0;

	memset(ret_tags, 0, sizeof(*ret_tags));
	if (fd < 0 || file_read_at(fd, header, 4, 0) != 4 || memcmp(header, "fLaC", 4) != 0)
		return;
	for (unsigned i = 0; i < MAX_BLOCKS; i++) {
		if (file_read_at(fd, header, BLOCK_HEADER, at) != BLOCK_HEADER)
			return;
		size = get_be24(header + 1);
		at += BLOCK_HEADER;
		if ((header[0] & ~LAST_BLOCK) == VORBIS_COMMENT)
			break;
		if (header[0] & LAST_BLOCK)
			return;
		at += (off_t)size;
	}
	if ((header[0] & ~LAST_BLOCK) != VORBIS_COMMENT || size > MAX_COMMENT_BYTES)
		return;
	data = malloc(size + 1);
	if (data != NULL && file_read_at(fd, data, size, at) == (ssize_t)size)
		parse_comments(ret_tags, data, size);
}
