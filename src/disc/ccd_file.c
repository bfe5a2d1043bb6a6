/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/ccd_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "disc/sector.h"
#include "disc/sheet_words.h"

/* Points of a lead-in (MMC-6 table 493): first and last track, and where the lead-out begins. */
enum { POINT_FIRST = 0xa0, POINT_LAST = 0xa1, POINT_LEAD_OUT = 0xa2 };

struct ccd_track {
	bool is_there;
	unsigned session;
	int32_t start_lba;
	uint8_t control;
	int mode;
	/* As the text has them, counted from somewhere; -1 without. */
	int32_t indexes[CD_MAX_INDEXES + 1];
	char isrc[CD_ISRC_LENGTH + 1];
	unsigned line;
};

struct ccd_session {
	bool has_lead_out;
	int32_t lead_out_lba;
	enum cd_disc_type type;
};

/* The entry of a lead-in that is being read. */
struct ccd_entry {
	int64_t session, point, adr, control, p_seconds, p_lba;
};

struct ccd {
	struct cd_sheet *sheet;
	struct discern_error *err;
	unsigned line;
	enum { IN_OTHER, IN_DISC, IN_ENTRY, IN_TRACK, IN_TEXT } section;
	unsigned number;
	struct ccd_entry entry;
	struct ccd_track tracks[CD_MAX_TRACKS + 1];
	struct ccd_session sessions[CD_MAX_TRACKS + 1];
};

static int refuse(const struct ccd *ccd, const char *what)
{
	return discern_error_set(ccd->err, -EINVAL, "line %u: %s", ccd->line, what);
}

static int out_of_memory(const struct ccd *ccd)
{
	return discern_error_set(ccd->err, -ENOMEM, "out of memory");
}

/* What an entry says, once it is read whole. */
static int end_entry(struct ccd *ccd)
{
	const struct ccd_entry *entry = &ccd->entry;
	struct ccd_session *session = &ccd->sessions[entry->session];

	if (ccd->section != IN_ENTRY || entry->adr != 1)
		return 0;
	if (entry->point == POINT_FIRST)
		session->type = (enum cd_disc_type)(entry->p_seconds == CD_TYPE_XA || entry->p_seconds == CD_TYPE_CDI
							    ? entry->p_seconds
							    : CD_TYPE_CDDA_OR_DATA);
	if (entry->point == POINT_LEAD_OUT) {
		session->has_lead_out = true;
		session->lead_out_lba = (int32_t)entry->p_lba;
	}
	if (entry->point >= 1 && entry->point <= CD_MAX_TRACKS) {
		struct ccd_track *track = &ccd->tracks[entry->point];

		if (track->is_there)
			return refuse(ccd, "a track has two entries");
		track->is_there = true;
		track->session = (unsigned)entry->session;
		track->start_lba = (int32_t)entry->p_lba;
		track->control = (uint8_t)entry->control;
		track->line = ccd->line;
	}
	return 0;
}

static int begin_section(struct ccd *ccd, const char *name)
{
	unsigned number;
	int ret = end_entry(ccd);

	ccd->section = IN_OTHER;
	if (strncasecmp(name, "[Disc]", 6) == 0)
		ccd->section = IN_DISC;
	else if (strncasecmp(name, "[CDText]", 8) == 0)
		ccd->section = IN_TEXT;
	else if (strncasecmp(name, "[Entry", 6) == 0)
		ccd->section = IN_ENTRY;
	else if (strncasecmp(name, "[TRACK", 6) == 0)
		ccd->section = IN_TRACK;
	ccd->entry = (struct ccd_entry){ .session = 1, .adr = 1 };
	if (ccd->section == IN_TRACK) {
		if (sscanf(name + 6, "%3u", &number) != 1 || number < 1 || number > CD_MAX_TRACKS)
			return refuse(ccd, "a track has a number from 1 to 99");
		ccd->number = number;
	}
	return ret;
}

static int need_number(const struct ccd *ccd, const char *value, int64_t max, int64_t *ret_number)
{
	if (!text_to_number(value, -CD_PREGAP, max, ret_number))
		return refuse(ccd, "a number is missing or too large");
	return 0;
}

static int set_disc(struct ccd *ccd, const char *key, const char *value)
{
	int64_t number;

	if (strcasecmp(key, "CATALOG") == 0) {
		if (!cd_mcn_is_sound(value))
			return refuse(ccd, "a CATALOG number is 13 digits");
		memcpy(ccd->sheet->mcn, value, CD_MCN_LENGTH + 1);
	}
	if (strcasecmp(key, "DataTracksScrambled") == 0 && text_to_number(value, 1, INT32_MAX, &number))
		return discern_error_set(ccd->err, -ENOTSUP, "line %u: images with scrambled sectors are not read",
					 ccd->line);
	return 0;
}

static int set_entry(struct ccd *ccd, const char *key, const char *value)
{
	struct ccd_entry *entry = &ccd->entry;
	const struct {
		const char *key;
		int64_t *number;
		int64_t min, max;
	} numbers[] = {
		{ "Session", &entry->session, 1, CD_MAX_TRACKS },
		{ "Point", &entry->point, 0, UINT8_MAX },
		{ "ADR", &entry->adr, 0, 15 },
		{ "Control", &entry->control, 0, 15 },
		{ "PSec", &entry->p_seconds, 0, UINT8_MAX },
		{ "PLBA", &entry->p_lba, -CD_PREGAP, INT32_MAX },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcasecmp(key, numbers[i].key) == 0 &&
		    !text_to_number(value, numbers[i].min, numbers[i].max, numbers[i].number))
			return refuse(ccd, "a number is missing or too large");
	return 0;
}

static int set_track(struct ccd *ccd, const char *key, const char *value)
{
	struct ccd_track *track = &ccd->tracks[ccd->number];
	int64_t number;
	unsigned index;
	int ret = 0;

	if (strcasecmp(key, "MODE") == 0) {
		ret = need_number(ccd, value, 2, &number);
		track->mode = ret == 0 ? (int)number : 0;
	} else if (sscanf(key, "INDEX %3u", &index) == 1) {
		if (index > CD_MAX_INDEXES)
			return refuse(ccd, "an INDEX has a number from 0 to 99");
		ret = need_number(ccd, value, CD_SHEET_MAX_SECTORS, &number);
		track->indexes[index] = ret == 0 && number >= 0 ? (int32_t)number : -1;
	} else if (strcasecmp(key, "ISRC") == 0 && !sheet_isrc(value, track->isrc)) {
		return refuse(ccd, "an ISRC is two letters, three letters or digits and seven digits");
	}
	return ret;
}

/* Sixteen bytes in hexadecimal, the pack without its CRC. */
static int set_text(struct ccd *ccd, const char *key, const char *value)
{
	uint8_t *packs, *pack;
	unsigned number, byte;
	int length;

	if (sscanf(key, "Entry %4u", &number) != 1)
		return 0;
	if (number != ccd->sheet->n_packs || number >= CD_TEXT_MAX_BLOCKS * CD_TEXT_MAX_PACKS)
		return refuse(ccd, "an entry of CD-TEXT is out of order");
	packs = reallocarray(ccd->sheet->packs, number + 1, CD_TEXT_PACK);
	if (packs == NULL)
		return out_of_memory(ccd);
	ccd->sheet->packs = packs;
	pack = packs + (size_t)number * CD_TEXT_PACK;
	for (unsigned i = 0; i < CD_TEXT_PACK - 2; i++, value += length) {
		if (sscanf(value, "%2x%n", &byte, &length) != 1)
			return refuse(ccd, "an entry of CD-TEXT has fewer than 16 bytes");
		pack[i] = (uint8_t)byte;
	}
	byte = cd_text_crc(pack);
	pack[CD_TEXT_PACK - 2] = (uint8_t)(byte >> 8);
	pack[CD_TEXT_PACK - 1] = (uint8_t)byte;
	ccd->sheet->n_packs++;
	return 0;
}

static int run_line(struct ccd *ccd, char *line)
{
	char *value;

	sheet_trim(&line);
	if (*line == '[')
		return begin_section(ccd, line);
	value = strchr(line, '=');
	if (value == NULL)
		return *line == '\0' || *line == ';' ? 0 : refuse(ccd, "neither a section nor a value");
	*value++ = '\0';
	sheet_trim(&line);
	sheet_trim(&value);
	switch (ccd->section) {
	case IN_DISC:
		return set_disc(ccd, line, value);
	case IN_ENTRY:
		return set_entry(ccd, line, value);
	case IN_TRACK:
		return set_track(ccd, line, value);
	case IN_TEXT:
		return set_text(ccd, line, value);
	case IN_OTHER:
		break;
	}
	return 0;
}

static int32_t pause_of(const struct ccd_track *track)
{
	if (track->indexes[0] < 0 || track->indexes[1] <= track->indexes[0])
		return 0;
	return track->indexes[1] - track->indexes[0];
}

/* Indexes from 2 on, counted as index 1 is. */
static int add_marks(struct ccd *ccd, const struct ccd_track *track, uint32_t n_pause)
{
	struct cd_sheet_mark mark = { .index = 1, .n_sectors = n_pause, .line = track->line };

	if (cd_sheet_add_mark(ccd->sheet, &mark) < 0)
		return out_of_memory(ccd);
	for (unsigned i = 2; i <= CD_MAX_INDEXES && track->indexes[i] >= 0 && track->indexes[1] >= 0; i++) {
		mark.index = i;
		mark.is_from_start = true;
		mark.n_sectors = (uint32_t)(track->indexes[i] - track->indexes[1]);
		if (track->indexes[i] <= track->indexes[1])
			return discern_error_set(ccd->err, -EINVAL, "line %u: an INDEX lies before INDEX 1",
						 track->line);
		if (cd_sheet_add_mark(ccd->sheet, &mark) < 0)
			return out_of_memory(ccd);
	}
	return 0;
}

/* Where a track begins, its pause included; the first one of another session begins with one that is in no file. */
static int32_t begin_of(const struct ccd *ccd, unsigned number)
{
	const struct ccd_track *track = &ccd->tracks[number];

	if (number == 1)
		return 0;
	return track->start_lba - (track->session == ccd->tracks[number - 1].session ? pause_of(track) : CD_PREGAP);
}

static int begin_session(struct ccd *ccd, unsigned number)
{
	const struct ccd_track *track = &ccd->tracks[number];
	struct cd_sheet *sheet = ccd->sheet;
	int64_t gap = number > 1 ? (int64_t)begin_of(ccd, number) - ccd->sessions[track->session - 1].lead_out_lba : 0;

	if (track->session != (number > 1 ? sheet->n_sessions + 1 : 1))
		return discern_error_set(ccd->err, -EINVAL, "line %u: sessions are out of order", track->line);
	if (gap < 0 || gap > CD_SHEET_MAX_SECTORS)
		return discern_error_set(ccd->err, -EINVAL, "line %u: session %u begins within the one before it",
					 track->line, track->session);
	sheet->n_sessions = track->session;
	sheet->sessions[track->session - 1].type = ccd->sessions[track->session].type;
	sheet->sessions[track->session - 1].n_gap = (uint32_t)gap;
	return 0;
}

static int64_t end_of(const struct ccd *ccd, unsigned number)
{
	const struct ccd_track *track = &ccd->tracks[number];

	if (number < CD_MAX_TRACKS && track[1].is_there && track[1].session == track->session)
		return begin_of(ccd, number + 1);
	return ccd->sessions[track->session].has_lead_out ? ccd->sessions[track->session].lead_out_lba : -1;
}

static int add_track(struct ccd *ccd, unsigned number, uint64_t *img_bytes)
{
	const struct ccd_track *from = &ccd->tracks[number];
	bool is_data = (from->control & CD_CONTROL_DATA) != 0,
	     is_new = number == 1 || from[-1].session != from->session;
	struct cd_sheet_track track = {
		.mode = !is_data          ? CD_AUDIO
			: from->mode != 2 ? CD_MODE_1
					  : CD_MODE_2_XA,
		.storage = is_data ? CD_STORED_RAW : CD_STORED_AUDIO,
		.control = from->control,
		.line = from->line,
	};
	struct cd_sheet_piece piece = {
		.storage = track.storage, .is_padded = true, .offset_bytes = *img_bytes, .line = from->line
	};
	int32_t begin = begin_of(ccd, number);
	int64_t end = end_of(ccd, number), n_pause = from->start_lba - begin;
	int ret = is_new ? begin_session(ccd, number) : 0;

	if (ret < 0)
		return ret;
	if (n_pause < 0 || end <= from->start_lba || end > CD_SHEET_MAX_SECTORS)
		return discern_error_set(ccd->err, -EINVAL, "line %u: track %u ends before it begins, or has no end",
					 from->line, number);
	memcpy(track.isrc, from->isrc, sizeof(track.isrc));
	ret = cd_sheet_add_track(ccd->sheet, &track, ccd->err);
	if (ret == 0 && is_new && number > 1) {
		ret = cd_sheet_add_gap(ccd->sheet, (uint32_t)n_pause, from->line);
		begin += (int32_t)n_pause;
	}
	piece.size_bytes = (uint64_t)(end - begin) * SECTOR_RAW;
	*img_bytes += piece.size_bytes;
	if (ret == 0)
		ret = cd_sheet_add_piece(ccd->sheet, &piece);
	return ret < 0 ? (ret == -ENOMEM ? out_of_memory(ccd) : ret) : add_marks(ccd, from, (uint32_t)n_pause);
}

static int build(struct ccd *ccd)
{
	struct cd_sheet_file img = { .name = (char[]){ "*.img" } };
	uint64_t img_bytes = 0;
	size_t number;
	int ret = cd_sheet_add_file(ccd->sheet, &img, &number);

	ccd->sheet->subchannel_file = strdup("*.sub");
	if (ret < 0 || ccd->sheet->subchannel_file == NULL)
		return out_of_memory(ccd);
	if (!ccd->tracks[1].is_there)
		return discern_error_set(ccd->err, -EINVAL, "no entry of track 1 in it: not a ccd file");
	for (unsigned i = 1; i <= CD_MAX_TRACKS && ccd->tracks[i].is_there && ret == 0; i++)
		ret = add_track(ccd, i, &img_bytes);
	return ret;
}

static int parse(struct ccd *ccd, char *text)
{
	int ret = 0;

	for (unsigned i = 0; i <= CD_MAX_TRACKS; i++)
		for (unsigned index = 0; index <= CD_MAX_INDEXES; index++)
			ccd->tracks[i].indexes[index] = -1;
	while (ret == 0 && text != NULL) {
		ccd->line++;
		ret = run_line(ccd, strsep(&text, "\n"));
	}
	if (ret == 0)
		ret = end_entry(ccd);
	return ret < 0 ? ret : build(ccd);
}

int ccd_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err)
{
	struct ccd *ccd = calloc(1, sizeof(*ccd));
	char *utf8 = NULL;
	int ret = -ENOMEM;

	if (ccd != NULL) {
		ccd->err = err;
		ccd->sheet = cd_sheet_new();
	}
	if (ccd == NULL || ccd->sheet == NULL) {
		discern_error_set(err, ret, "out of memory");
		goto out;
	}
	ret = cd_sheet_to_utf8(text, size, &utf8, err);
	if (ret == 0)
		ret = parse(ccd, utf8);
	if (ret == 0) {
		*ret_sheet = ccd->sheet;
		ccd->sheet = NULL;
	}
out:
	if (ccd != NULL)
		cd_sheet_free(ccd->sheet);
	free(ccd);
	free(utf8);
	return ret;
}

void ccd_file_fit(struct cd_sheet *sheet, uint64_t img_bytes)
{
	uint64_t tracks_bytes = 0, gap_bytes = 0, shift = 0;
	const uint64_t pause_bytes = (uint64_t)CD_PREGAP * SECTOR_RAW;
	bool has_gaps;

	for (size_t i = 0; i < sheet->n_pieces; i++)
		if (sheet->pieces[i].file != CD_SHEET_NO_FILE)
			tracks_bytes += sheet->pieces[i].size_bytes;
	for (unsigned i = 1; i < sheet->n_sessions; i++)
		gap_bytes += (uint64_t)sheet->sessions[i].n_gap * SECTOR_RAW;
	has_gaps = img_bytes == tracks_bytes + gap_bytes + (sheet->n_sessions - 1) * pause_bytes;
	if (!has_gaps && img_bytes != tracks_bytes + (sheet->n_sessions - 1) * pause_bytes)
		return;
	for (unsigned i = 0; i < sheet->n_tracks; i++) {
		const struct cd_sheet_track *track = &sheet->tracks[i];
		struct cd_sheet_piece *piece = &sheet->pieces[track->first_piece];

		if (track->n_pieces == 2) {
			shift += pause_bytes +
				 (has_gaps ? (uint64_t)sheet->sessions[track->session - 1].n_gap * SECTOR_RAW : 0);
			piece[0].file = 0;
			piece[0].storage = piece[1].storage;
			piece[0].size_bytes = pause_bytes;
			piece[0].offset_bytes = piece[1].offset_bytes + shift - pause_bytes;
			piece++;
		}
		piece->offset_bytes += shift;
	}
}
