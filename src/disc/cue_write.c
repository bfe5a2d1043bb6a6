/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cue_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "disc/cue_write_private.h"
#include "disc/msf.h"

struct writer {
	FILE *out;
	const struct cd_layout *layout;
	const struct cd_text_block *texts;
	const struct cue_write_files *files;
	/** Where the file of the last FILE begins. */
	int32_t file_lba;
};

void cue_put_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++)
		fputc(*text == '"' ? '\'' : (unsigned char)*text < ' ' ? ' ' : *text, out);
	fputc('"', out);
}

static void put_file(struct writer *writer, const char *name, int32_t lba)
{
	fputs("FILE ", writer->out);
	cue_put_quoted(writer->out, name);
	fprintf(writer->out, " %s\n", writer->files->type);
	writer->file_lba = lba;
}

/* The words that CDRWIN had, which all programs know, and two more that most read. */
void cue_put_texts(FILE *out, const struct cd_text_block *texts, unsigned track, const char *margin)
{
	static const struct {
		enum cd_text_field field;
		const char *name;
	} names[] = { { CD_TEXT_TITLE, "TITLE" },           { CD_TEXT_PERFORMER, "PERFORMER" },
		      { CD_TEXT_SONGWRITER, "SONGWRITER" }, { CD_TEXT_COMPOSER, "COMPOSER" },
		      { CD_TEXT_ARRANGER, "ARRANGER" },     { CD_TEXT_MESSAGE, "MESSAGE" } };

	if (texts == NULL)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = texts->texts[names[i].field][track];

		if (text == NULL || *text == '\0')
			continue;
		fprintf(out, "%s%s ", margin, names[i].name);
		cue_put_quoted(out, text);
		fputc('\n', out);
	}
}

void cue_put_time(FILE *out, const char *word, int32_t n_sectors)
{
	fprintf(out, "    %s %02d:%02d:%02d\n", word, n_sectors / MSF_MINUTE, n_sectors / MSF_SECOND % 60,
		n_sectors % MSF_SECOND);
}

static void put_index(const struct writer *writer, unsigned number, int32_t lba)
{
	char word[16];

	snprintf(word, sizeof(word), "INDEX %02u", number);
	cue_put_time(writer->out, word, lba - writer->file_lba);
}

void cue_put_flags(FILE *out, const struct cd_track *track)
{
	static const struct {
		uint8_t control;
		const char *word;
	} flags[] = { { CD_CONTROL_COPY_PERMITTED, " DCP" },
		      { CD_CONTROL_FOUR_CHANNEL, " 4CH" },
		      { CD_CONTROL_PRE_EMPHASIS, " PRE" } };

	/* The other two bits say something else of data (ECMA-130 22.3.1). */
	uint8_t known = CD_CONTROL_COPY_PERMITTED;

	if (track->mode == CD_AUDIO)
		known |= CD_CONTROL_FOUR_CHANNEL | CD_CONTROL_PRE_EMPHASIS;
	if (!(track->control & known))
		return;
	fputs("    FLAGS", out);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (track->control & known & flags[i].control)
			fputs(flags[i].word, out);
	fputc('\n', out);
}

/* A file of its own begins with index 1; what comes before it lies in the file before. */
static void put_indexes(struct writer *writer, unsigned i)
{
	const struct cd_track *track = &writer->layout->tracks[i];
	const struct cue_write_files *files = writer->files;
	bool is_first = i == 0;
	bool has_before = files->all != NULL ? track->pregap_lba >= writer->file_lba || is_first
					     : (is_first ? files->hidden != NULL : files->tracks[i - 1] != NULL);
	int32_t pause_lba = is_first && track->pregap_lba < 0 ? 0 : track->pregap_lba;

	if (pause_lba < track->start_lba && has_before && pause_lba >= writer->file_lba)
		put_index(writer, 0, pause_lba);
	else if (pause_lba < track->start_lba)
		cue_put_time(writer->out, "PREGAP", track->start_lba - pause_lba);
	if (files->all == NULL && writer->file_lba != track->start_lba)
		put_file(writer, files->tracks[i], track->start_lba);
	put_index(writer, 1, track->start_lba);
	for (unsigned index = 0; index < track->n_indexes; index++)
		put_index(writer, index + 2, track->indexes[index]);
}

static void put_track(struct writer *writer, unsigned i)
{
	const struct cd_track *track = &writer->layout->tracks[i];
	const struct cue_write_files *files = writer->files;

	if (files->all == NULL && files->tracks[i] == NULL) {
		fprintf(writer->out, "REM TRACK %02u is of data, and is left out\n", track->number);
		return;
	}
	/* The first file stands before its track. */
	if (files->all == NULL && i == 0 && files->hidden != NULL)
		put_file(writer, files->hidden, 0);
	else if (files->all == NULL &&
		 (i == 0 || files->tracks[i - 1] == NULL || track->pregap_lba == track->start_lba))
		put_file(writer, files->tracks[i], track->start_lba);
	fprintf(writer->out, "  TRACK %02u AUDIO\n", track->number);
	cue_put_texts(writer->out, writer->texts, track->number, "    ");
	if (track->isrc[0] != '\0')
		fprintf(writer->out, "    ISRC %s\n", track->isrc);
	cue_put_flags(writer->out, track);
	put_indexes(writer, i);
}

static bool is_written(const struct cue_write_files *files, const struct cd_track *track)
{
	return files->all == NULL || track->mode == CD_AUDIO;
}

char *cue_write(const struct cd_layout *layout, const struct cd_text *text, const struct cue_write_files *files,
		const struct cue_write_remarks *remarks)
{
	struct writer writer = { .layout = layout, .files = files };
	char *sheet = NULL;
	size_t size;

	writer.out = open_memstream(&sheet, &size);
	if (writer.out == NULL)
		return NULL;
	if (text != NULL && text->n_blocks > 0)
		writer.texts = &text->blocks[0];
	for (size_t i = 0; i < remarks->n; i++)
		fprintf(writer.out, "REM %s\n", remarks->lines[i]);
	if (layout->mcn[0] != '\0')
		fprintf(writer.out, "CATALOG %s\n", layout->mcn);
	cue_put_texts(writer.out, writer.texts, 0, "");
	if (files->all != NULL)
		put_file(&writer, files->all, files->all_lba);
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (is_written(files, &layout->tracks[i]))
			put_track(&writer, i);
		else
			fprintf(writer.out, "REM TRACK %02u is of data, and is left out\n", layout->tracks[i].number);
	if (fclose(writer.out) != 0) {
		free(sheet);
		return NULL;
	}
	return sheet;
}
