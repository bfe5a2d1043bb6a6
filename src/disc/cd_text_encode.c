/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "disc/cd_text_charset.h"

/* Size information is three packs (MMC-3 J.3.2.2). */
enum { N_SIZE_PACKS = 3, SIZE_BYTES = N_SIZE_PACKS * PACK_TEXT, N_PACK_TYPES = 16 };

/* What goes into packs, and how far it got. */
struct writer {
	uint8_t *packs;
	size_t n_packs;
	unsigned first_track, last_track;
	/* Of the block that is being written: its number, packs and packs of each type, and the bytes that the pack being
	 * filled holds. */
	unsigned block, n_in_block, n_of_type[N_PACK_TYPES], n_used;
	unsigned n_in_blocks[CD_TEXT_MAX_BLOCKS];
	struct discern_error *err;
};

/* One text of a pack type: bytes with the zero at their end. */
struct piece {
	uint8_t type, track;
	bool double_byte;
	/* Bytes before the text's first character: the genre code. */
	size_t n_binary;
	const uint8_t *bytes;
	size_t n_bytes;
};

static void seal_pack(uint8_t *pack)
{
	put_be16(pack + PACK_CRC_AT, cd_text_crc(pack));
}

static void close_pack(struct writer *writer)
{
	if (writer->n_used == 0)
		return;
	seal_pack(writer->packs + writer->n_packs * CD_TEXT_PACK);
	writer->n_packs++;
	writer->n_used = 0;
}

static int open_pack(struct writer *writer, const struct piece *piece, size_t at)
{
	uint8_t *pack = writer->packs + writer->n_packs * CD_TEXT_PACK;
	size_t position = at > piece->n_binary ? (at - piece->n_binary) / (piece->double_byte ? 2 : 1) : 0;

	if (writer->n_in_block >= CD_TEXT_MAX_PACKS) {
		discern_error_set(writer->err, -E2BIG,
				  "CD-TEXT: the texts of language block %u need more than %d packs", writer->block,
				  CD_TEXT_MAX_PACKS);
		return discern_error_hint(writer->err,
					  "shorten or leave out texts: a block holds some 3000 characters");
	}
	memset(pack, 0, CD_TEXT_PACK);
	pack[0] = piece->type;
	pack[1] = piece->track;
	pack[2] = (uint8_t)writer->n_in_block++;
	pack[3] = (uint8_t)((piece->double_byte ? PACK_DOUBLE_BYTE : 0) | writer->block << 4 |
			    (position < 15 ? position : 15));
	writer->n_of_type[piece->type & 15]++;
	return 0;
}

/* Goes on in the pack that is open, with its text directly behind the one before (MMC-3 J.3.2.1). */
static int put_piece(struct writer *writer, const struct piece *piece)
{
	for (size_t i = 0; i < piece->n_bytes; i++) {
		if (writer->n_used == PACK_TEXT)
			close_pack(writer);
		if (writer->n_used == 0) {
			int error = open_pack(writer, piece, i);

			if (error < 0)
				return error;
		}
		writer->packs[writer->n_packs * CD_TEXT_PACK + PACK_TEXT_AT + writer->n_used++] = piece->bytes[i];
	}
	return 0;
}

static uint8_t charset_of(const struct cd_text_block *block)
{
	return block->language == LANGUAGE_JAPANESE ? CHARSET_MS_JIS : CHARSET_ISO_8859_1;
}

static int refuse(struct writer *writer, int code, const struct piece *piece)
{
	if (code == -ENOTSUP)
		return discern_error_set(writer->err, code, "CD-TEXT: iconv does not know MS-JIS (CP932) here");
	discern_error_set(writer->err, code,
			  "CD-TEXT: a text of track %u in language block %u has characters that %s does not",
			  piece->track, writer->block, piece->double_byte ? "MS-JIS" : "ISO 8859-1");
	discern_error_hint(writer->err, "other characters need another language block, or another spelling");
	return code;
}

/* A TAB says: as the track before. One that is the text itself cannot be told from it. */
static bool is_repeated(const struct cd_text_block *block, enum cd_text_field field, unsigned track)
{
	const char *text = block->texts[field][track], *before = track > 1 ? block->texts[field][track - 1] : NULL;

	return text != NULL && before != NULL && text[0] != '\0' && strcmp(text, before) == 0;
}

static int put_text(struct writer *writer, const struct cd_text_block *block, enum cd_text_field field, unsigned track)
{
	const char *text = block->texts[field][track] != NULL ? block->texts[field][track] : "";
	uint8_t charset = cd_text_field_has_charset(field) ? charset_of(block) : CHARSET_ISO_8859_1;
	struct piece piece = { .type = cd_text_pack_type(field), .track = (uint8_t)track };
	AUTO_FREE uint8_t *bytes = calloc(1, 2 * strlen(text) + 8);
	int error = 0;

	if (bytes == NULL)
		return discern_error_set(writer->err, -ENOMEM, "CD-TEXT: no memory");
	piece.double_byte = charset == CHARSET_MS_JIS;
	piece.bytes = bytes;
	if (field == CD_TEXT_GENRE) {
		piece.n_binary = 2;
		put_be16(bytes, block->genre_code);
	}
	if (track > writer->first_track && is_repeated(block, field, track)) {
		bytes[0] = '\t';
		bytes[1] = piece.double_byte ? '\t' : '\0';
		piece.n_bytes = piece.double_byte ? 4 : 2;
		return put_piece(writer, &piece);
	}
	if (strcmp(text, "\t") == 0)
		error = -EINVAL;
	else
		error = cd_text_from_utf8(text, charset, bytes + piece.n_binary, &piece.n_bytes);
	if (error < 0)
		return refuse(writer, error, &piece);
	piece.n_bytes += piece.n_binary + (piece.double_byte ? 2 : 1);
	return put_piece(writer, &piece);
}

static bool has_field(const struct writer *writer, const struct cd_text_block *block, enum cd_text_field field)
{
	if (block->texts[field][0] != NULL || (field == CD_TEXT_GENRE && block->genre_code != 0))
		return true;
	if (!cd_text_field_is_of_tracks(field))
		return false;
	for (unsigned track = writer->first_track; track <= writer->last_track; track++)
		if (block->texts[field][track] != NULL)
			return true;
	return false;
}

/* The disc's text and one of each track, empty ones too, so that they can be counted. */
static int put_field(struct writer *writer, const struct cd_text_block *block, enum cd_text_field field)
{
	int error;

	if (!has_field(writer, block, field))
		return 0;
	error = put_text(writer, block, field, 0);
	if (error == 0 && cd_text_field_is_of_tracks(field))
		for (unsigned track = writer->first_track; error == 0 && track <= writer->last_track; track++)
			error = put_text(writer, block, field, track);
	close_pack(writer);
	return error;
}

/* What all blocks have in common of it, fill_sizes() adds. */
static int put_sizes(struct writer *writer, const struct cd_text_block *block)
{
	uint8_t sizes[SIZE_BYTES] = { charset_of(block), (uint8_t)writer->first_track, (uint8_t)writer->last_track,
				      block->copyright };
	int error = 0;

	for (unsigned i = 0; i < N_PACK_TYPES; i++)
		sizes[4 + i] = (uint8_t)(i == (PACK_SIZE & 15) ? N_SIZE_PACKS : writer->n_of_type[i]);
	for (unsigned i = 0; error == 0 && i < N_SIZE_PACKS; i++) {
		struct piece piece = { .type = PACK_SIZE, .track = (uint8_t)i, .n_binary = PACK_TEXT };

		piece.bytes = sizes + i * PACK_TEXT;
		piece.n_bytes = PACK_TEXT;
		error = put_piece(writer, &piece);
		close_pack(writer);
	}
	return error;
}

/* The last sequence number and the language of each block, which all size information tells. */
static void fill_sizes(struct writer *writer, const struct cd_text *text)
{
	for (size_t i = 0; i < writer->n_packs; i++) {
		uint8_t *pack = writer->packs + i * CD_TEXT_PACK;

		if (pack[0] != PACK_SIZE || pack[1] == 0)
			continue;
		for (unsigned j = 0; j < 4; j++) {
			unsigned n_packs = writer->n_in_blocks[pack[1] == 1 ? j : j + 4];

			pack[PACK_TEXT_AT + (pack[1] == 1 ? 8 : 0) + j] = (uint8_t)(n_packs > 0 ? n_packs - 1 : 0);
		}
		for (unsigned j = 0; pack[1] == 2 && j < CD_TEXT_MAX_BLOCKS; j++)
			pack[PACK_TEXT_AT + 4 + j] = writer->n_in_blocks[j] > 0 ? text->blocks[j].language : 0;
		seal_pack(pack);
	}
}

static int put_block(struct writer *writer, const struct cd_text_block *block)
{
	int error = 0;

	writer->n_in_block = 0;
	memset(writer->n_of_type, 0, sizeof(writer->n_of_type));
	for (unsigned field = 0; error == 0 && field < CD_TEXT_N_FIELDS; field++)
		error = put_field(writer, block, (enum cd_text_field)field);
	if (error == 0 && writer->n_in_block > 0)
		error = put_sizes(writer, block);
	writer->n_in_blocks[writer->block] = writer->n_in_block;
	return error;
}

int cd_text_encode(const struct cd_text *text, unsigned first_track, unsigned last_track, uint8_t **ret_packs,
		   size_t *ret_n_packs, struct discern_error *err)
{
	struct writer writer = { .first_track = first_track, .last_track = last_track, .err = err };
	int error = 0;

	*ret_packs = NULL;
	*ret_n_packs = 0;
	if (first_track < 1 || last_track > CD_MAX_TRACKS || first_track > last_track ||
	    text->n_blocks > CD_TEXT_MAX_BLOCKS)
		return discern_error_set(err, -EINVAL, "CD-TEXT: no tracks %u to %u in %u blocks", first_track,
					 last_track, text->n_blocks);
	writer.packs = malloc((size_t)CD_TEXT_MAX_BLOCKS * CD_TEXT_MAX_PACKS * CD_TEXT_PACK);
	if (writer.packs == NULL)
		return discern_error_set(err, -ENOMEM, "CD-TEXT: no memory");
	for (; error == 0 && writer.block < text->n_blocks; writer.block++)
		error = put_block(&writer, &text->blocks[writer.block]);
	if (error < 0 || writer.n_packs == 0) {
		free(writer.packs);
		return error;
	}
	fill_sizes(&writer, text);
	*ret_packs = writer.packs;
	*ret_n_packs = writer.n_packs;
	return 0;
}
