/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_toc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "disc/cd_text.h"
#include "disc/msf.h"
#include "drive/drive_private.h"

/* READ TOC (MMC-6 6.25): header, and entries of format 0 and of format 2. */
enum { HEADER = 4, TRACK_ENTRY = 8, RAW_ENTRY = 11, ANSWER_SIZE = 8192, ADR_POSITION = 1 };

/* Points of a lead-in that are no tracks: first and last one, lead-out. */
enum { POINT_FIRST = 0xa0, POINT_LAST = 0xa1, POINT_LEAD_OUT = 0xa2 };

/* The part of an answer that is there. */
static size_t believed_length(const uint8_t *data, size_t length)
{
	size_t told = length >= HEADER ? 2 + (size_t)get_be16(data) : 0;

	return told < length ? told : length;
}

/* Minute, second and frame as format 2 has them: numbers, whatever the lead-in has (MMC-6 table 487). */
static int32_t get_lba(const uint8_t *msf)
{
	return msf[0] * MSF_MINUTE + msf[1] * MSF_SECOND + msf[2] - MSF_LBA_0;
}

static enum cd_track_mode mode_of(uint8_t control, enum cd_disc_type type)
{
	if (!(control & CD_CONTROL_DATA))
		return CD_AUDIO;
	return type == CD_TYPE_XA ? CD_MODE_2_XA : type == CD_TYPE_CDI ? CD_MODE_2_CDI : CD_MODE_1;
}

/* Ends of tracks, and their modes, once all are known. */
static bool finish(struct cd_layout *layout)
{
	for (unsigned s = 0; s < layout->n_sessions; s++)
		layout->sessions[s].last_track = 0;
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		struct cd_track *track = &layout->tracks[i];
		struct cd_session *session = &layout->sessions[track->session - 1];
		bool is_last = i + 1 == layout->n_tracks || track[1].session != track->session;

		if (session->last_track == 0)
			session->first_track = track->number;
		session->last_track = track->number;
		track->end_lba = is_last ? session->lead_out_lba : track[1].start_lba;
		track->pregap_lba = i == 0 ? -CD_PREGAP : track->start_lba;
		track->mode = mode_of(track->control, session->type);
	}
	return cd_layout_is_sound(layout);
}

static bool add_track(struct cd_layout *layout, unsigned session, uint8_t number, uint8_t control)
{
	struct cd_track *track = &layout->tracks[layout->n_tracks];

	if (layout->n_tracks == CD_MAX_TRACKS || number < 1 || number > CD_MAX_TRACKS)
		return false;
	*track = (struct cd_track){ .number = number, .session = session, .control = control & 15 };
	layout->n_tracks++;
	return true;
}

static bool take_raw(struct cd_layout *layout, const uint8_t *entry)
{
	unsigned number = entry[0];
	struct cd_session *session;

	if (number < 1 || number > CD_MAX_TRACKS)
		return false;
	if (entry[1] >> 4 != ADR_POSITION)
		return true;
	if (number > layout->n_sessions)
		layout->n_sessions = number;
	session = &layout->sessions[number - 1];
	if (entry[3] == POINT_FIRST)
		session->type = (enum cd_disc_type)entry[9];
	else if (entry[3] == POINT_LEAD_OUT)
		session->lead_out_lba = get_lba(entry + 8);
	else if (entry[3] != POINT_LAST && entry[3] >= 1 && entry[3] <= CD_MAX_TRACKS) {
		if (!add_track(layout, number, entry[3], entry[1]))
			return false;
		layout->tracks[layout->n_tracks - 1].start_lba = get_lba(entry + 8);
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct cd_track *first = a, *second = b;

	return (int)first->number - (int)second->number;
}

bool cd_toc_parse_raw(const uint8_t *data, size_t length, struct cd_layout *ret_layout)
{
	memset(ret_layout, 0, sizeof(*ret_layout));
	length = believed_length(data, length);
	for (size_t at = HEADER; at + RAW_ENTRY <= length; at += RAW_ENTRY)
		if (!take_raw(ret_layout, data + at))
			return false;
	qsort(ret_layout->tracks, ret_layout->n_tracks, sizeof(ret_layout->tracks[0]), by_number);
	return finish(ret_layout);
}

bool cd_toc_parse_tracks(const uint8_t *data, size_t length, struct cd_layout *ret_layout)
{
	memset(ret_layout, 0, sizeof(*ret_layout));
	length = believed_length(data, length);
	ret_layout->n_sessions = 1;
	for (size_t at = HEADER; at + TRACK_ENTRY <= length; at += TRACK_ENTRY) {
		const uint8_t *entry = data + at;
		int32_t lba = (int32_t)get_be32(entry + 4);

		if (entry[2] == MMC_TOC_LEAD_OUT)
			ret_layout->sessions[0].lead_out_lba = lba;
		else if (!add_track(ret_layout, 1, entry[2], entry[1]))
			return false;
		else
			ret_layout->tracks[ret_layout->n_tracks - 1].start_lba = lba;
	}
	return finish(ret_layout);
}

int cd_toc_read(struct discern_drive *drive, struct cd_layout *ret_layout, struct discern_error *err)
{
	AUTO_FREE uint8_t *data = malloc(ANSWER_SIZE);
	struct scsi_command command;
	size_t length;
	int ret;

	if (data == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	mmc_read_toc_format(&command, MMC_TOC_RAW, data, ANSWER_SIZE);
	ret = drive_run(drive, &command, &length, err);
	if (ret == 0 && cd_toc_parse_raw(data, length, ret_layout))
		return 0;
	mmc_read_toc(&command, data, ANSWER_SIZE);
	ret = drive_run(drive, &command, &length, err);
	if (ret < 0)
		return ret;
	if (cd_toc_parse_tracks(data, length, ret_layout))
		return 0;
	return discern_error_set(err, -EMEDIUMTYPE, "%s: the table of contents is not that of a CD", drive->path);
}

/* Items of one size behind the header of an answer; NULL without. */
static int copy_items(const uint8_t *data, size_t length, size_t item_bytes, uint8_t **ret_items, size_t *ret_n_items)
{
	*ret_items = NULL;
	*ret_n_items = length > HEADER ? (length - HEADER) / item_bytes : 0;
	if (*ret_n_items == 0)
		return 0;
	*ret_items = malloc(*ret_n_items * item_bytes);
	if (*ret_items == NULL)
		return -ENOMEM;
	memcpy(*ret_items, data + HEADER, *ret_n_items * item_bytes);
	return 0;
}

static int read_items(struct discern_drive *drive, enum mmc_toc_format format, size_t item_bytes, uint8_t **ret_items,
		      size_t *ret_n_items)
{
	/* The largest that the length field allows: eight blocks of CD-TEXT have 2048 packs. */
	const uint16_t size = HEADER + 3640 * CD_TEXT_PACK;
	AUTO_FREE uint8_t *data = malloc(size);
	struct scsi_command command;
	size_t length = 0;

	*ret_items = NULL;
	*ret_n_items = 0;
	if (data == NULL)
		return -ENOMEM;
	mmc_read_toc_format(&command, format, data, size);
	/* Many drives answer so where a disc has none. */
	if (drive_run(drive, &command, &length, NULL) < 0)
		return 0;
	return copy_items(data, believed_length(data, length), item_bytes, ret_items, ret_n_items);
}

int cd_toc_read_entries(struct discern_drive *drive, uint8_t **ret_entries, size_t *ret_n_entries,
			struct discern_error *err)
{
	int ret = read_items(drive, MMC_TOC_RAW, RAW_ENTRY, ret_entries, ret_n_entries);

	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

int cd_toc_read_text(struct discern_drive *drive, uint8_t **ret_packs, size_t *ret_n_packs, struct discern_error *err)
{
	int ret = read_items(drive, MMC_TOC_CD_TEXT, CD_TEXT_PACK, ret_packs, ret_n_packs);

	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}
