/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_image_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/cd_file.h"

/* Header of READ TOC's answer, which some programs keep with the packs (MMC-6 6.25.3.2.6); and a byte behind them. */
#define HEADER_BYTES 4

/* EBU Tech 3264 appendix 3: its texts are MS-JIS. */
#define CD_TEXT_JAPANESE 0x69

static int copy_packs(const uint8_t *packs, size_t n_packs, uint8_t **ret_packs, size_t *ret_n_packs)
{
	*ret_packs = malloc(n_packs * CD_TEXT_PACK);
	if (*ret_packs == NULL)
		return -ENOMEM;
	memcpy(*ret_packs, packs, n_packs * CD_TEXT_PACK);
	*ret_n_packs = n_packs;
	return 0;
}

/* Packs begin with their type, 80h to 8Fh. */
static bool are_packs(const uint8_t *data, size_t size)
{
	if (size == 0 || size % CD_TEXT_PACK != 0)
		return false;
	for (size_t i = 0; i < size; i += CD_TEXT_PACK)
		if ((data[i] & 0xf0) != 0x80)
			return false;
	return true;
}

static int read_text_file(const char *sheet_path, const char *name, uint8_t **ret_packs, size_t *ret_n_packs,
			  struct discern_error *err)
{
	uint8_t data[HEADER_BYTES + CD_TEXT_MAX_BLOCKS * CD_TEXT_MAX_PACKS * CD_TEXT_PACK + 1];
	struct cd_file *file = NULL;
	size_t size = 0, at = 0;
	int ret = cd_file_open(sheet_path, name, false, &file, err);

	if (ret < 0)
		return ret;
	if (cd_file_size_bytes(file) <= sizeof(data))
		size = (size_t)cd_file_size_bytes(file);
	ret = cd_file_read(file, 0, data, size);
	cd_file_close(file);
	if (ret < 0)
		return discern_error_set(err, ret, "%s: cannot read: %s", name, strerror(-ret));
	if (size > HEADER_BYTES && get_be16(data) + 2U <= size && get_be16(data) + 2U >= size - 1 && data[0] < 0x80)
		at = HEADER_BYTES;
	/* A zero byte ends the files of some programs. */
	if (size > at && (size - at) % CD_TEXT_PACK == 1 && data[size - 1] == 0)
		size--;
	if (size <= at || !are_packs(data + at, size - at))
		return discern_error_set(err, -EINVAL, "%s: no CD-TEXT packs of %d bytes", name, CD_TEXT_PACK);
	ret = copy_packs(data + at, (size - at) / CD_TEXT_PACK, ret_packs, ret_n_packs);
	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

/* Bytes of UTF-8 sequences beyond U+00FF, which ISO 8859-1 does not have, become one question mark each. */
static void replace_foreign(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		uint8_t first = (uint8_t)*from;

		if (first < 0xc4) {
			*to++ = *from++;
			continue;
		}
		*to++ = '?';
		for (from++; ((uint8_t)*from & 0xc0) == 0x80;)
			from++;
	}
	*to = '\0';
}

static int encode(const struct cd_sheet *sheet, uint8_t **ret_packs, size_t *ret_n_packs, struct discern_error *err)
{
	struct cd_text text = { .n_blocks = sheet->text.n_blocks };
	int ret = 0;

	for (unsigned i = 0; i < text.n_blocks; i++) {
		text.blocks[i].language = sheet->text.blocks[i].language;
		text.blocks[i].genre_code = sheet->text.blocks[i].genre_code;
		for (unsigned cell = 0; cell < CD_TEXT_N_FIELDS * (CD_MAX_TRACKS + 1) && ret == 0; cell++) {
			unsigned field = cell / (CD_MAX_TRACKS + 1), track = cell % (CD_MAX_TRACKS + 1);
			char *copy = sheet->text.blocks[i].texts[field][track];

			if (copy == NULL)
				continue;
			ret = cd_text_set(&text.blocks[i], (enum cd_text_field)field, track, copy);
			if (ret == 0 && text.blocks[i].language != CD_TEXT_JAPANESE)
				replace_foreign(text.blocks[i].texts[field][track]);
		}
	}
	if (ret == 0)
		ret = cd_text_encode(&text, 1, sheet->n_tracks, ret_packs, ret_n_packs, err);
	else
		discern_error_set(err, ret, "out of memory");
	cd_text_clear(&text);
	return ret;
}

static bool has_text(const struct cd_text *text)
{
	for (unsigned i = 0; i < text->n_blocks; i++)
		for (unsigned field = 0; field < CD_TEXT_N_FIELDS; field++)
			for (unsigned track = 0; track <= CD_MAX_TRACKS; track++)
				if (text->blocks[i].texts[field][track] != NULL)
					return true;
	return false;
}

int cd_image_find_text(const char *sheet_path, const struct cd_sheet *sheet, uint8_t **ret_packs, size_t *ret_n_packs,
		       struct discern_error *err)
{
	int ret;

	*ret_packs = NULL;
	*ret_n_packs = 0;
	if (sheet->text_file != NULL)
		return read_text_file(sheet_path, sheet->text_file, ret_packs, ret_n_packs, err);
	if (sheet->n_packs > 0) {
		ret = copy_packs(sheet->packs, sheet->n_packs, ret_packs, ret_n_packs);
		return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
	}
	if (!has_text(&sheet->text))
		return 0;
	ret = cd_text_encode(&sheet->text, 1, sheet->n_tracks, ret_packs, ret_n_packs, err);
	return ret == -EINVAL ? encode(sheet, ret_packs, ret_n_packs, err) : ret;
}
