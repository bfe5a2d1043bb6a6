/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/toc_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "disc/msf.h"
#include "disc/sector.h"

enum { LANGUAGE_ENGLISH = 0x09 };

struct writer {
	FILE *out;
	const struct cd_layout *layout;
	const struct cd_text *text;
	const char *file;
};

/* One character of UTF-8, of which ISO 8859-1 has those below 256; moves text behind it. */
static unsigned next_character(const char **text)
{
	uint8_t first = (uint8_t) * (*text)++, second;

	if (first < 0x80)
		return first;
	second = (uint8_t)**text;
	if ((first == 0xc2 || first == 0xc3) && (second & 0xc0) == 0x80) {
		(*text)++;
		return (first & 3u) << 6 | (second & 0x3fu);
	}
	while (((uint8_t)**text & 0xc0) == 0x80)
		(*text)++;
	return '?';
}

static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	while (*text != '\0') {
		unsigned c = next_character(&text);

		if (c == '"')
			fputs("\\\"", out);
		else if (c < ' ' || c == '\\' || c >= 0x7f)
			fprintf(out, "\\%03o", c);
		else
			fputc((int)c, out);
	}
	fputc('"', out);
}

static const char *text_of(const struct cd_text_block *block, enum cd_text_field field, unsigned track)
{
	return block->texts[field][track] != NULL ? block->texts[field][track] : "";
}

static bool has_field(const struct cd_text_block *block, enum cd_text_field field)
{
	for (unsigned i = 0; i <= CD_MAX_TRACKS; i++)
		if (text_of(block, field, i)[0] != '\0')
			return true;
	return false;
}

/* Two bytes of a code and the words behind them. */
static void put_genre(FILE *out, const struct cd_text_block *block)
{
	const char *words = text_of(block, CD_TEXT_GENRE, 0);

	if (block->genre_code == 0 && *words == '\0')
		return;
	fprintf(out, "    GENRE { %u, %u", block->genre_code >> 8, block->genre_code & 255u);
	while (*words != '\0')
		fprintf(out, ", %u", next_character(&words));
	fputs(", 0 }\n", out);
}

/* cdrdao wants what one track has of all of them. */
static void put_block(FILE *out, const struct cd_text_block *block, unsigned track)
{
	static const char *const names[] = { "TITLE", "PERFORMER", "SONGWRITER", "COMPOSER", "ARRANGER", "MESSAGE" };

	for (unsigned field = 0; field < sizeof(names) / sizeof(names[0]); field++) {
		if (!has_field(block, (enum cd_text_field)field))
			continue;
		fprintf(out, "    %s ", names[field]);
		put_string(out, text_of(block, (enum cd_text_field)field, track));
		fputc('\n', out);
	}
	if (track == 0 && has_field(block, CD_TEXT_DISC_ID)) {
		fputs("    DISC_ID ", out);
		put_string(out, text_of(block, CD_TEXT_DISC_ID, 0));
		fputc('\n', out);
	}
	if (track == 0)
		put_genre(out, block);
	if (has_field(block, CD_TEXT_CODE)) {
		fputs(track == 0 ? "    UPC_EAN " : "    ISRC ", out);
		put_string(out, text_of(block, CD_TEXT_CODE, track));
		fputc('\n', out);
	}
}

static void put_text(const struct writer *writer, unsigned track)
{
	FILE *out = writer->out;

	if (writer->text == NULL || writer->text->n_blocks == 0)
		return;
	fputs("CD_TEXT {\n", out);
	for (unsigned i = 0; track == 0 && i < writer->text->n_blocks; i++) {
		uint8_t language = writer->text->blocks[i].language;

		fputs(i == 0 ? "  LANGUAGE_MAP {\n" : "", out);
		if (language == LANGUAGE_ENGLISH)
			fprintf(out, "    %u : EN\n", i);
		else
			fprintf(out, "    %u : %u\n", i, language);
		fputs(i + 1 == writer->text->n_blocks ? "  }\n" : "", out);
	}
	for (unsigned i = 0; i < writer->text->n_blocks; i++) {
		fprintf(out, "  LANGUAGE %u {\n", i);
		put_block(out, &writer->text->blocks[i], track);
		fputs("  }\n", out);
	}
	fputs("}\n", out);
}

static void put_time(FILE *out, int32_t n_sectors)
{
	fprintf(out, "%02d:%02d:%02d", n_sectors / MSF_MINUTE, n_sectors / MSF_SECOND % 60, n_sectors % MSF_SECOND);
}

static void put_place(FILE *out, const char *word, int32_t n_sectors)
{
	fprintf(out, "%s ", word);
	put_time(out, n_sectors);
	fputc('\n', out);
}

static void put_flags(FILE *out, const struct cd_track *track)
{
	fputs(track->control & CD_CONTROL_COPY_PERMITTED ? "COPY\n" : "NO COPY\n", out);
	if (track->mode != CD_AUDIO)
		return;
	fputs(track->control & CD_CONTROL_PRE_EMPHASIS ? "PRE_EMPHASIS\n" : "NO PRE_EMPHASIS\n", out);
	fputs(track->control & CD_CONTROL_FOUR_CHANNEL ? "FOUR_CHANNEL_AUDIO\n" : "TWO_CHANNEL_AUDIO\n", out);
	if (track->isrc[0] != '\0')
		fprintf(out, "ISRC \"%s\"\n", track->isrc);
}

static void put_track(const struct writer *writer, unsigned i)
{
	static const char *const modes[] = {
		[CD_AUDIO] = "AUDIO",         [CD_MODE_1] = "MODE1_RAW",     [CD_MODE_2] = "MODE2_RAW",
		[CD_MODE_2_XA] = "MODE2_RAW", [CD_MODE_2_CDI] = "MODE2_RAW",
	};
	const struct cd_track *track = &writer->layout->tracks[i];
	int32_t begin = cd_dump_begin(writer->layout, i);
	uint64_t offset = (uint64_t)cd_dump_index(writer->layout, i) * SECTOR_RAW;
	FILE *out = writer->out;

	fprintf(out, "\n// Track %u\nTRACK %s\n", track->number, modes[track->mode]);
	put_flags(out, track);
	put_text(writer, track->number);
	fputs(track->mode == CD_AUDIO ? "FILE " : "DATAFILE ", out);
	put_string(out, writer->file);
	/* Samples lie with the lowest byte first, which is not what cdrdao takes bare ones for. */
	if (track->mode == CD_AUDIO)
		fprintf(out, " SWAP #%" PRIu64 " 0 ", offset);
	else
		fprintf(out, " #%" PRIu64 " ", offset);
	put_time(out, track->end_lba - begin);
	fputc('\n', out);
	if (begin < track->start_lba)
		put_place(out, "START", track->start_lba - begin);
	for (unsigned index = 0; index < track->n_indexes; index++)
		put_place(out, "INDEX", track->indexes[index] - track->start_lba);
}

static const char *kind_of(const struct cd_layout *layout, unsigned session)
{
	const char *kind = "CD_DA";

	for (unsigned i = 0; i < layout->n_tracks; i++) {
		enum cd_track_mode mode = layout->tracks[i].mode;

		if (layout->tracks[i].session != session || mode == CD_AUDIO)
			continue;
		if (mode == CD_MODE_2_CDI)
			return "CD_I";
		if (mode != CD_MODE_1)
			return "CD_ROM_XA";
		kind = "CD_ROM";
	}
	return layout->sessions[session - 1].type == CD_TYPE_XA ? "CD_ROM_XA" : kind;
}

char *toc_write(const struct cd_layout *layout, unsigned session, const struct cd_text *text, const char *file)
{
	struct writer writer = { .layout = layout, .text = text, .file = file };
	char *toc = NULL;
	size_t size;

	writer.out = open_memstream(&toc, &size);
	if (writer.out == NULL)
		return NULL;
	fprintf(writer.out, "%s\n", kind_of(layout, session));
	if (layout->mcn[0] != '\0')
		fprintf(writer.out, "CATALOG \"%s\"\n", layout->mcn);
	put_text(&writer, 0);
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (layout->tracks[i].session == session)
			put_track(&writer, i);
	if (fclose(writer.out) != 0) {
		free(toc);
		return NULL;
	}
	return toc;
}
