/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/cd_text_charset.h"

enum { MAX_PACKS_OF_BLOCK = 256 };

/* The sound packs of one block in the order in which they came. */
struct block_packs {
	const uint8_t *packs[MAX_PACKS_OF_BLOCK];
	unsigned n_packs;
	bool has_sequence[256];
	uint8_t charset;
};

/* A text that is being put together of one field's packs. */
struct reader {
	struct cd_text_block *block;
	enum cd_text_field field;
	uint8_t charset;
	unsigned track;
	bool double_byte;
	/* Its beginning was not there, or something in its middle: nothing more may be added. */
	bool is_headless, is_cut;
	uint8_t bytes[MAX_PACKS_OF_BLOCK * PACK_TEXT];
	size_t n_bytes;
};

static unsigned block_of(const uint8_t *pack)
{
	return pack[3] >> 4 & 7;
}

/* Files hold packs whose CRC nobody has made. */
static bool has_no_crcs(const uint8_t *packs, size_t n_packs)
{
	for (size_t i = 0; i < n_packs; i++)
		if (get_be16(packs + i * CD_TEXT_PACK + PACK_CRC_AT) != 0)
			return false;
	return true;
}

/* A lead-in repeats its packs, and a drive may tell of one more than once: the first one of each number counts. */
static void collect(struct block_packs blocks[CD_TEXT_MAX_BLOCKS], const uint8_t *packs, size_t n_packs,
		    size_t *ret_n_bad)
{
	bool is_unchecked = has_no_crcs(packs, n_packs);

	*ret_n_bad = 0;
	for (size_t i = 0; i < n_packs; i++) {
		const uint8_t *pack = packs + i * CD_TEXT_PACK;
		struct block_packs *block = &blocks[block_of(pack)];

		if (!is_unchecked && get_be16(pack + PACK_CRC_AT) != cd_text_crc(pack)) {
			(*ret_n_bad)++;
			continue;
		}
		/* Bit 7 of the track number says that the pack is of an extension (MMC-3 J.3.2). */
		if (pack[0] < PACK_TITLE || pack[0] > PACK_SIZE || pack[1] & 0x80 || block->has_sequence[pack[2]])
			continue;
		block->has_sequence[pack[2]] = true;
		block->packs[block->n_packs++] = pack;
	}
}

/* The third pack of size information in any block tells the languages of all. */
static void read_sizes(struct block_packs blocks[CD_TEXT_MAX_BLOCKS], struct cd_text *text)
{
	for (unsigned i = 0; i < CD_TEXT_MAX_BLOCKS; i++)
		for (unsigned j = 0; j < blocks[i].n_packs; j++) {
			const uint8_t *pack = blocks[i].packs[j], *sizes = pack + PACK_TEXT_AT;

			if (pack[0] != PACK_SIZE)
				continue;
			if (pack[1] == 0) {
				blocks[i].charset = sizes[0];
				text->blocks[i].copyright = sizes[3];
			}
			for (unsigned k = 0; pack[1] == 2 && k < CD_TEXT_MAX_BLOCKS; k++)
				if (blocks[k].n_packs > 0)
					text->blocks[k].language = sizes[4 + k];
		}
}

/* True for the character that says: as the track before. */
static bool is_tab(const struct reader *reader)
{
	size_t n_bytes = reader->double_byte ? 2 : 1;

	if (reader->is_cut || reader->is_headless || reader->n_bytes < 1 || reader->n_bytes > n_bytes)
		return false;
	return reader->bytes[0] == '\t' && reader->bytes[reader->n_bytes - 1] == '\t';
}

/* Keeps the text that ends here and begins the next track's. */
static int end_text(struct reader *reader)
{
	unsigned track = reader->track++;
	char *text = NULL;
	int error = 0;

	if (track > 0 && !cd_text_field_is_of_tracks(reader->field))
		reader->is_headless = true;
	if (track <= CD_MAX_TRACKS && reader->n_bytes > 0 && !reader->is_headless) {
		uint8_t charset = cd_text_field_has_charset(reader->field) ? reader->charset : CHARSET_ISO_8859_1;

		if (is_tab(reader)) {
			const char *before = track > 0 ? reader->block->texts[reader->field][track - 1] : NULL;

			error = cd_text_set(reader->block, reader->field, track, before);
		} else {
			errno = ENOMEM;
			text = cd_text_to_utf8(reader->bytes, reader->n_bytes, charset, reader->double_byte);
			if (text != NULL)
				error = cd_text_set(reader->block, reader->field, track, text);
			else if (errno != ENOTSUP)
				error = -ENOMEM;
		}
	}
	free(text);
	reader->n_bytes = 0;
	reader->is_headless = reader->is_cut = false;
	return error;
}

/* One character, whose first byte of two is zero if it needs only one. */
static void add_character(struct reader *reader, const uint8_t *bytes, size_t n_bytes)
{
	if (reader->is_cut || reader->is_headless)
		return;
	for (size_t i = 0; i < n_bytes && reader->n_bytes < sizeof(reader->bytes); i++)
		if (bytes[i] != 0)
			reader->bytes[reader->n_bytes++] = bytes[i];
}

/* A pack tells the track of the text at its beginning, and how much of that was in packs before. */
static int begin_pack(struct reader *reader, const uint8_t *pack, bool follows)
{
	unsigned position = pack[3] & 15;
	int error = 0;

	if (follows && (position > 0 || reader->n_bytes > 0))
		return 0;
	/* What is left of a text whose end is lost. */
	if (reader->n_bytes > 0 && !(position > 0 && pack[1] == reader->track))
		error = end_text(reader);
	if (position > 0 && reader->n_bytes > 0)
		reader->is_cut = true;
	else
		reader->is_headless = position > 0;
	reader->track = pack[1];
	return error;
}

/* The genre's code stands before its text, and again in each pack or only in the first one. */
static size_t skip_genre_code(struct cd_text_block *block, const uint8_t *pack, bool follows)
{
	uint16_t code = get_be16(pack + PACK_TEXT_AT);

	if (pack[0] != PACK_GENRE)
		return 0;
	if (!follows && (pack[3] & 15) == 0)
		block->genre_code = code;
	return code == block->genre_code ? 2 : 0;
}

static int read_pack(struct reader *reader, const uint8_t *pack, bool follows)
{
	size_t step = pack[3] & PACK_DOUBLE_BYTE ? 2 : 1;
	size_t at = PACK_TEXT_AT + skip_genre_code(reader->block, pack, follows);
	int error = begin_pack(reader, pack, follows);

	reader->double_byte = step == 2;
	for (; error == 0 && at < PACK_TEXT_AT + PACK_TEXT; at += step) {
		bool is_end = pack[at] == 0 && pack[at + step - 1] == 0;

		if (is_end)
			error = end_text(reader);
		else
			add_character(reader, pack + at, step);
	}
	return error;
}

static int read_field(struct cd_text_block *block, const struct block_packs *packs, struct reader *reader)
{
	const uint8_t *before = NULL;
	int error = 0;

	reader->block = block;
	reader->charset = packs->charset;
	reader->n_bytes = 0;
	reader->is_headless = reader->is_cut = false;
	for (unsigned i = 0; error == 0 && i < packs->n_packs; i++) {
		const uint8_t *pack = packs->packs[i];

		if (cd_text_field_of(pack[0]) != reader->field)
			continue;
		error = read_pack(reader, pack, before != NULL && pack[2] == (uint8_t)(before[2] + 1));
		before = pack;
	}
	/* The end of the last text was lost. */
	return error == 0 && reader->n_bytes > 0 ? end_text(reader) : error;
}

static int read_block(struct cd_text_block *block, const struct block_packs *packs, struct reader *reader)
{
	int error = 0;

	for (unsigned field = 0; error == 0 && field < CD_TEXT_N_FIELDS; field++) {
		reader->field = (enum cd_text_field)field;
		error = read_field(block, packs, reader);
	}
	return error;
}

int cd_text_decode(const uint8_t *packs, size_t n_packs, struct cd_text *ret_text, size_t *ret_n_bad,
		   struct discern_error *err)
{
	struct block_packs *blocks = calloc(CD_TEXT_MAX_BLOCKS, sizeof(*blocks));
	struct reader *reader = malloc(sizeof(*reader));
	int error = 0;

	memset(ret_text, 0, sizeof(*ret_text));
	*ret_n_bad = 0;
	if (blocks == NULL || reader == NULL) {
		error = discern_error_set(err, -ENOMEM, "CD-TEXT: no memory");
		goto out;
	}
	collect(blocks, packs, n_packs, ret_n_bad);
	for (unsigned i = 0; i < CD_TEXT_MAX_BLOCKS; i++)
		if (blocks[i].n_packs > 0)
			ret_text->n_blocks = i + 1;
	if (ret_text->n_blocks == 0) {
		error = discern_error_set(err, -EINVAL, "CD-TEXT: none of %zu packs is sound", n_packs);
		goto out;
	}
	read_sizes(blocks, ret_text);
	for (unsigned i = 0; error == 0 && i < ret_text->n_blocks; i++)
		error = read_block(&ret_text->blocks[i], &blocks[i], reader);
	if (error < 0) {
		cd_text_clear(ret_text);
		discern_error_set(err, error, "CD-TEXT: no memory");
	}
out:
	free(blocks);
	free(reader);
	return error;
}
