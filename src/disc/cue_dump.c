/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cue_dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "disc/cd_sheet.h"
#include "disc/cue_write_private.h"

struct writer {
	FILE *out;
	const struct cd_layout *layout;
	const struct cd_text_block *texts;
	const struct cue_dump_files *files;
};

static void put_file(FILE *out, const char *name)
{
	fputs("FILE ", out);
	cue_put_quoted(out, name);
	fputs(" BINARY\n", out);
}

static void put_remark(FILE *out, const char *word, int32_t n_sectors)
{
	fprintf(out, "REM %s %02d:%02d:%02d\n", word, n_sectors / 4500, n_sectors / 75 % 60, n_sectors % 75);
}

/* What lies between two sessions: a lead-out as long as they are, and for the rest the lead-in. */
static void put_gap(const struct writer *writer, unsigned i)
{
	const struct cd_track *track = &writer->layout->tracks[i];
	int32_t n_gap = track->pregap_lba - track[-1].end_lba;
	int32_t n_lead_out = track->session == 2 ? CD_FIRST_LEAD_OUT : CD_OTHER_LEAD_OUT;

	if (n_lead_out > n_gap)
		n_lead_out = n_gap;
	put_remark(writer->out, "LEAD-OUT", n_lead_out);
	fprintf(writer->out, "REM SESSION %02u\n", track->session);
	put_remark(writer->out, "LEAD-IN", n_gap - n_lead_out);
	put_remark(writer->out, "PREGAP", track->start_lba - track->pregap_lba);
}

static void put_index(const struct writer *writer, unsigned i, unsigned number, int32_t lba)
{
	int32_t at = lba - cd_dump_begin(writer->layout, i);
	char word[16];

	if (writer->files->all != NULL)
		at += (int32_t)cd_dump_index(writer->layout, i);
	snprintf(word, sizeof(word), "INDEX %02u", number);
	cue_put_time(writer->out, word, at);
}

static void put_track(const struct writer *writer, unsigned i)
{
	static const char *const modes[] = {
		[CD_AUDIO] = "AUDIO",          [CD_MODE_1] = "MODE1/2352",   [CD_MODE_2] = "MODE2/2352",
		[CD_MODE_2_XA] = "MODE2/2352", [CD_MODE_2_CDI] = "CDI/2352",
	};
	const struct cd_track *track = &writer->layout->tracks[i];
	int32_t begin = cd_dump_begin(writer->layout, i);

	if (i > 0 && cd_dump_begins_session(writer->layout, i))
		put_gap(writer, i);
	if (writer->files->all == NULL)
		put_file(writer->out, writer->files->tracks[i]);
	fprintf(writer->out, "  TRACK %02u %s\n", track->number, modes[track->mode]);
	cue_put_texts(writer->out, writer->texts, track->number, "    ");
	if (track->isrc[0] != '\0')
		fprintf(writer->out, "    ISRC %s\n", track->isrc);
	cue_put_flags(writer->out, track);
	if (begin < track->start_lba)
		put_index(writer, i, 0, begin);
	put_index(writer, i, 1, track->start_lba);
	for (unsigned index = 0; index < track->n_indexes; index++)
		put_index(writer, i, index + 2, track->indexes[index]);
}

char *cue_dump(const struct cd_layout *layout, const struct cd_text *text, const struct cue_dump_files *files,
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
	if (files->text != NULL) {
		fputs("CDTEXTFILE ", writer.out);
		cue_put_quoted(writer.out, files->text);
		fputc('\n', writer.out);
	}
	cue_put_texts(writer.out, writer.texts, 0, "");
	if (layout->n_sessions > 1)
		fputs("REM SESSION 01\n", writer.out);
	if (files->all != NULL)
		put_file(writer.out, files->all);
	for (unsigned i = 0; i < layout->n_tracks; i++)
		put_track(&writer, i);
	if (fclose(writer.out) != 0) {
		free(sheet);
		return NULL;
	}
	return sheet;
}
