/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/ccd_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "disc/msf.h"

/* Points of a lead-in (MMC-6 table 493). */
enum { POINT_FIRST = 0xa0, POINT_LAST = 0xa1, POINT_LEAD_OUT = 0xa2, ADR_POSITION = 1 };

/* Where fields of an entry are. */
enum { AT_SESSION = 0, AT_CONTROL = 1, AT_TRACK = 2, AT_POINT = 3, AT_TIME = 4, AT_ZERO = 7, AT_POINT_TIME = 8 };

struct entries {
	uint8_t *data;
	size_t n;
};

static void put_time(uint8_t *ret_time, int32_t lba)
{
	uint32_t n_sectors = (uint32_t)(lba + MSF_LBA_0);

	ret_time[0] = (uint8_t)(n_sectors / MSF_MINUTE);
	ret_time[1] = (uint8_t)(n_sectors / MSF_SECOND % 60);
	ret_time[2] = (uint8_t)(n_sectors % MSF_SECOND);
}

static int32_t get_lba(const uint8_t *time)
{
	return time[0] * MSF_MINUTE + time[1] * MSF_SECOND + time[2] - MSF_LBA_0;
}

static uint8_t *add_entry(struct entries *entries, unsigned session, uint8_t control, uint8_t point)
{
	uint8_t *entry = entries->data + CCD_TOC_ENTRY * entries->n++;

	entry[AT_SESSION] = (uint8_t)session;
	entry[AT_CONTROL] = (uint8_t)(ADR_POSITION << 4 | control);
	entry[AT_POINT] = point;
	return entry;
}

/* Of a drive that tells of tracks only. */
static bool make_entries(const struct cd_layout *layout, struct entries *ret)
{
	ret->n = 0;
	ret->data = calloc(layout->n_tracks + 3 * (size_t)layout->n_sessions, CCD_TOC_ENTRY);
	for (unsigned s = 0; ret->data != NULL && s < layout->n_sessions; s++) {
		const struct cd_session *session = &layout->sessions[s];
		const struct cd_track *first = cd_layout_track(layout, session->first_track);
		const struct cd_track *last = cd_layout_track(layout, session->last_track);
		uint8_t *entry = add_entry(ret, s + 1, first->control, POINT_FIRST);

		entry[AT_POINT_TIME] = (uint8_t)session->first_track;
		entry[AT_POINT_TIME + 1] = (uint8_t)session->type;
		entry = add_entry(ret, s + 1, last->control, POINT_LAST);
		entry[AT_POINT_TIME] = (uint8_t)session->last_track;
		put_time(add_entry(ret, s + 1, last->control, POINT_LEAD_OUT) + AT_POINT_TIME, session->lead_out_lba);
		for (const struct cd_track *track = first; track <= last; track++)
			put_time(add_entry(ret, s + 1, track->control, (uint8_t)track->number) + AT_POINT_TIME,
				 track->start_lba);
	}
	return ret->data != NULL;
}

static void put_entry(FILE *out, size_t number, const uint8_t *entry)
{
	const uint8_t *time = entry + AT_TIME, *point = entry + AT_POINT_TIME;

	fprintf(out, "[Entry %zu]\nSession=%u\nPoint=0x%02x\nADR=0x%02x\nControl=0x%02x\nTrackNo=%u\n", number,
		entry[AT_SESSION], entry[AT_POINT], entry[AT_CONTROL] >> 4, entry[AT_CONTROL] & 15, entry[AT_TRACK]);
	fprintf(out, "AMin=%u\nASec=%u\nAFrame=%u\nALBA=%d\nZero=%u\n", time[0], time[1], time[2], (int)get_lba(time),
		entry[AT_ZERO]);
	fprintf(out, "PMin=%u\nPSec=%u\nPFrame=%u\nPLBA=%d\n", point[0], point[1], point[2], (int)get_lba(point));
}

static unsigned mode_number(const struct cd_track *track)
{
	return track->mode == CD_AUDIO ? 0 : track->mode == CD_MODE_1 ? 1 : 2;
}

static void put_track(FILE *out, const struct cd_layout *layout, unsigned i)
{
	const struct cd_track *track = &layout->tracks[i];
	int32_t begin = cd_dump_begin(layout, i);

	fprintf(out, "[TRACK %u]\nMODE=%u\n", track->number, mode_number(track));
	if (track->isrc[0] != '\0')
		fprintf(out, "ISRC=%s\n", track->isrc);
	if (begin < track->start_lba)
		fprintf(out, "INDEX 0=%d\n", (int)begin);
	fprintf(out, "INDEX 1=%d\n", (int)track->start_lba);
	for (unsigned index = 0; index < track->n_indexes; index++)
		fprintf(out, "INDEX %u=%d\n", index + 2, (int)track->indexes[index]);
}

/* Without its CRC, which is made anew. */
static void put_text(FILE *out, const struct ccd_lead_in *lead_in)
{
	if (lead_in->n_packs == 0)
		return;
	fprintf(out, "[CDText]\nEntries=%zu\n", lead_in->n_packs);
	for (size_t i = 0; i < lead_in->n_packs; i++) {
		fprintf(out, "Entry %zu=", i);
		for (unsigned j = 0; j < CD_TEXT_PACK - 2; j++)
			fprintf(out, "%s%02x", j > 0 ? " " : "", lead_in->packs[i * CD_TEXT_PACK + j]);
		fputc('\n', out);
	}
}

/* With entries. */
static void put_all(FILE *out, const struct cd_layout *layout, const struct ccd_lead_in *lead_in)
{
	fprintf(out, "[CloneCD]\nVersion=3\n[Disc]\nTocEntries=%zu\nSessions=%u\nDataTracksScrambled=0\n", lead_in->n_entries,
		layout->n_sessions);
	fprintf(out, "CDTextLength=%zu\n", lead_in->n_packs * CD_TEXT_PACK);
	if (layout->mcn[0] != '\0')
		fprintf(out, "CATALOG=%s\n", layout->mcn);
	for (unsigned s = 0; s < layout->n_sessions; s++)
		fprintf(out, "[Session %u]\nPreGapMode=%u\nPreGapSubC=1\n", s + 1,
			mode_number(cd_layout_track(layout, layout->sessions[s].first_track)));
	for (size_t i = 0; i < lead_in->n_entries; i++)
		put_entry(out, i, lead_in->entries + i * CCD_TOC_ENTRY);
	for (unsigned i = 0; i < layout->n_tracks; i++)
		put_track(out, layout, i);
	put_text(out, lead_in);
}

char *ccd_write(const struct cd_layout *layout, const struct ccd_lead_in *lead_in)
{
	struct ccd_lead_in whole = *lead_in;
	struct entries made = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out;

	if (lead_in->n_entries == 0) {
		if (!make_entries(layout, &made))
			return NULL;
		whole.entries = made.data;
		whole.n_entries = made.n;
	}
	out = open_memstream(&text, &size);
	if (out != NULL)
		put_all(out, layout, &whole);
	free(made.data);
	if (out == NULL || fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
