/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/sector.h"
#include "disc/subchannel.h"

struct cd_sheet *cd_sheet_new(void)
{
	struct cd_sheet *sheet = calloc(1, sizeof(*sheet));

	if (sheet != NULL)
		sheet->n_sessions = 1;
	return sheet;
}

void cd_sheet_free(struct cd_sheet *sheet)
{
	if (sheet == NULL)
		return;
	for (size_t i = 0; i < sheet->n_files; i++)
		free(sheet->files[i].name);
	free(sheet->files);
	free(sheet->pieces);
	free(sheet->marks);
	cd_text_clear(&sheet->text);
	free(sheet->packs);
	free(sheet->text_file);
	free(sheet->subchannel_file);
	free(sheet);
}

size_t cd_storage_bytes(enum cd_storage storage)
{
	switch (storage) {
	case CD_STORED_MODE_1:
	case CD_STORED_FORM_1:
		return SECTOR_USER;
	case CD_STORED_FORM_2:
		return SECTOR_FORM_2_USER;
	case CD_STORED_MODE_0:
	case CD_STORED_MODE_2:
	case CD_STORED_FORM_MIX:
		return SECTOR_MODE_2_USER;
	case CD_STORED_AUDIO:
	case CD_STORED_RAW:
		break;
	}
	return SECTOR_RAW;
}

size_t cd_stored_bytes(enum cd_storage storage, enum cd_stored_subchannel subchannel)
{
	return cd_storage_bytes(storage) + (subchannel != CD_NO_SUBCHANNEL ? SUBCHANNEL_BYTES : 0);
}

/* Room for one more in an array that grows in powers of two, beginning with 8. */
static void *grow(void *array, size_t n, size_t element_bytes)
{
	if (n != 0 && (n < 8 || (n & (n - 1)) != 0))
		return array;
	return reallocarray(array, n == 0 ? 8 : 2 * n, element_bytes);
}

int cd_sheet_add_file(struct cd_sheet *sheet, const struct cd_sheet_file *file, size_t *ret_number)
{
	struct cd_sheet_file *files;
	char *name;

	for (size_t i = 0; i < sheet->n_files; i++) {
		if (sheet->files[i].is_sound == file->is_sound && strcmp(sheet->files[i].name, file->name) == 0) {
			*ret_number = i;
			return 0;
		}
	}
	files = grow(sheet->files, sheet->n_files, sizeof(*files));
	if (files == NULL)
		return -ENOMEM;
	sheet->files = files;
	name = strdup(file->name);
	if (name == NULL)
		return -ENOMEM;
	*ret_number = sheet->n_files++;
	files[*ret_number] = *file;
	files[*ret_number].name = name;
	return 0;
}

struct cd_sheet_track *cd_sheet_last_track(struct cd_sheet *sheet)
{
	return &sheet->tracks[sheet->n_tracks - 1];
}

int cd_sheet_add_track(struct cd_sheet *sheet, const struct cd_sheet_track *track, struct discern_error *err)
{
	struct cd_sheet_track *added;

	if (sheet->n_tracks == CD_MAX_TRACKS)
		return discern_error_set(err, -EINVAL, "line %u: more than %u tracks", track->line, CD_MAX_TRACKS);
	added = &sheet->tracks[sheet->n_tracks++];
	*added = *track;
	added->session = sheet->n_sessions;
	added->first_piece = sheet->n_pieces;
	added->first_mark = sheet->n_marks;
	added->n_pieces = added->n_marks = 0;
	return 0;
}

int cd_sheet_add_piece(struct cd_sheet *sheet, const struct cd_sheet_piece *piece)
{
	struct cd_sheet_piece *pieces = grow(sheet->pieces, sheet->n_pieces, sizeof(*pieces));

	if (pieces == NULL)
		return -ENOMEM;
	sheet->pieces = pieces;
	pieces[sheet->n_pieces++] = *piece;
	cd_sheet_last_track(sheet)->n_pieces++;
	return 0;
}

int cd_sheet_add_mark(struct cd_sheet *sheet, const struct cd_sheet_mark *mark)
{
	struct cd_sheet_mark *marks = grow(sheet->marks, sheet->n_marks, sizeof(*marks));

	if (marks == NULL)
		return -ENOMEM;
	sheet->marks = marks;
	marks[sheet->n_marks++] = *mark;
	cd_sheet_last_track(sheet)->n_marks++;
	return 0;
}

int cd_sheet_add_gap(struct cd_sheet *sheet, uint32_t n_sectors, unsigned line)
{
	const struct cd_sheet_track *track = cd_sheet_last_track(sheet);
	struct cd_sheet_piece gap = {
		.file = CD_SHEET_NO_FILE,
		.storage = track->storage,
		.is_padded = true,
		.size_bytes = (uint64_t)n_sectors * cd_storage_bytes(track->storage),
		.line = line,
	};

	/* The pause of an XA or CD-I track is of empty sectors in Form 2 (CD-ROM XA II.4.5). */
	if (track->mode == CD_MODE_2_XA || track->mode == CD_MODE_2_CDI) {
		gap.storage = CD_STORED_FORM_2;
		gap.size_bytes = (uint64_t)n_sectors * cd_storage_bytes(CD_STORED_FORM_2);
	} else if (track->mode == CD_MODE_1) {
		gap.storage = CD_STORED_MODE_1;
		gap.size_bytes = (uint64_t)n_sectors * cd_storage_bytes(CD_STORED_MODE_1);
	}
	return n_sectors == 0 ? 0 : cd_sheet_add_piece(sheet, &gap);
}

/* A decimal number of at most max_digits at *text, which is moved behind it. */
static bool take_number(const char **text, unsigned max_digits, uint32_t *ret_number)
{
	unsigned n = 0;

	*ret_number = 0;
	for (; **text >= '0' && **text <= '9' && n < max_digits; n++, (*text)++)
		*ret_number = *ret_number * 10 + (uint32_t)(**text - '0');
	return n > 0;
}

bool cd_sheet_msf(const char *text, uint32_t *ret_n_sectors)
{
	uint32_t minutes, seconds, frames;

	if (!take_number(&text, 3, &minutes) || *text++ != ':')
		return false;
	if (!take_number(&text, 2, &seconds) || *text++ != ':')
		return false;
	if (!take_number(&text, 2, &frames) || *text != '\0')
		return false;
	if (minutes > 99 || seconds > 59 || frames > 74)
		return false;
	*ret_n_sectors = (minutes * 60 + seconds) * 75 + frames;
	return true;
}

/* Bytes of the UTF-8 sequence at text, 0 if it is none (RFC 3629). */
static size_t utf8_length(const uint8_t *text, size_t size)
{
	uint8_t first = text[0];
	size_t length = first < 0x80   ? 1
			: first < 0xc2 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf5 ? 4
				       : 0;

	if (length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than need be, surrogates, and what lies behind the last code point. */
	if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
	    (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

static bool is_utf8(const uint8_t *text, size_t size)
{
	for (size_t at = 0, length; at < size; at += length) {
		length = utf8_length(text + at, size - at);
		if (length == 0)
			return false;
	}
	return true;
}

int cd_sheet_to_utf8(const char *text, size_t size, char **ret_text, struct discern_error *err)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t n = 0;
	char *utf8;

	if (size > CD_SHEET_MAX_BYTES)
		return discern_error_set(err, -EINVAL, "too long for the description of a CD (%zu bytes)", size);
	if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
		discern_error_set(err, -EINVAL, "the text is UTF-16");
		discern_error_hint(err, "save it as UTF-8");
		return -EINVAL;
	}
	if (memchr(text, '\0', size) != NULL)
		return discern_error_set(err, -EINVAL, "not a text: it has zero bytes");
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		size -= 3;
	}
	utf8 = malloc(2 * size + 1);
	if (utf8 == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (is_utf8(bytes, size)) {
		memcpy(utf8, bytes, size);
		n = size;
	} else {
		for (size_t i = 0; i < size; i++) {
			if (bytes[i] >= 0x80)
				utf8[n++] = (char)(0xc0 | bytes[i] >> 6);
			utf8[n++] = (char)(bytes[i] < 0x80 ? bytes[i] : 0x80 | (bytes[i] & 0x3f));
		}
	}
	utf8[n] = '\0';
	*ret_text = utf8;
	return 0;
}
