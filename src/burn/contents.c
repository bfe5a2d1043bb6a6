/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/contents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "drive/drive_source.h"
#include "fs/volume.h"

/* The begin of the medium up to the ISO 9660 descriptors (ECMA-119 6.2: from 16 on) and past the volume
 * recognition sequence of UDF, and the first anchor (ECMA-167 3/8.4.2.1). */
enum { N_FIRST_SECTORS = 32, ANCHOR_LBA = 256 };

/* First sector of the last session; 0 for most media. */
static int32_t last_session_lba(const struct discern_medium *medium)
{
	int32_t lba = 0;
	unsigned session = 0;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (track->is_blank || !track->is_data || track->session <= session)
			continue;
		session = track->session;
		lba = track->start_lba;
	}
	return lba;
}

static uint64_t recorded_bytes(const struct discern_medium *medium)
{
	uint64_t n_sectors = 0;

	for (size_t i = 0; i < medium->n_tracks; i++)
		if (!medium->tracks[i].is_blank)
			n_sectors += medium->tracks[i].n_sectors;
	return n_sectors * DISCERN_SECTOR_SIZE;
}

static void name_volume(const struct discern_volume *volume, char *ret, size_t size)
{
	const char *kind = volume->has_udf ? "UDF" : "ISO 9660";

	if (volume->label[0] != '\0')
		snprintf(ret, size, "the %s volume \"%.64s\"", kind, volume->label);
	else
		snprintf(ret, size, "a %s volume without a name", kind);
}

/* Without the session that is open for more. */
static unsigned count_sessions(const struct discern_medium *medium)
{
	unsigned n = 0;
	unsigned last = 0;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		n += !track->is_blank && track->session != last;
		if (!track->is_blank)
			last = track->session;
	}
	return n;
}

/* A CD of nothing but sound has no volume, and is worth as much. */
static unsigned count_sounds(const struct discern_medium *medium)
{
	unsigned n = 0;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		if (medium->tracks[i].is_blank)
			continue;
		if (medium->tracks[i].is_data)
			return 0;
		n++;
	}
	return n;
}

static void describe(const struct discern_volume *volume, bool has_volume, const struct discern_medium *medium,
		     struct contents *contents)
{
	uint64_t size_bytes = recorded_bytes(medium);
	char what[112] = "data that are no volume known here";
	char size[TEXT_SIZE];
	char sessions[32] = "";
	char date[32] = "";

	if (has_volume) {
		uint32_t n_sectors =
			volume->udf_sectors > volume->iso_sectors ? volume->udf_sectors : volume->iso_sectors;

		name_volume(volume, what, sizeof(what));
		/* What an overwritable medium has as its one track says nothing about what is in it. */
		if (medium->state == DISCERN_MEDIUM_OVERWRITABLE || size_bytes == 0)
			size_bytes = (uint64_t)n_sectors * DISCERN_SECTOR_SIZE;
	} else if (medium->state == DISCERN_MEDIUM_OVERWRITABLE) {
		size_bytes = 0;
	} else if (count_sounds(medium) > 0) {
		size_bytes = 0;
		snprintf(what, sizeof(what), "%u track%s of audio", count_sounds(medium),
			 count_sounds(medium) == 1 ? "" : "s");
	}
	if (medium->state != DISCERN_MEDIUM_OVERWRITABLE && count_sessions(medium) > 1)
		snprintf(sessions, sizeof(sessions), " in %u sessions", count_sessions(medium));
	/* The day is enough. */
	if (has_volume && volume->created[0] != '\0')
		snprintf(date, sizeof(date), ", made %.10s", volume->created);
	snprintf(contents->words, sizeof(contents->words), "%s%s%s%s%s", what, size_bytes > 0 ? ", " : "",
		 size_bytes > 0 ? text_size(size_bytes, size) : "", date, sessions);
	contents->is_empty = false;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

/* 1 if there is something in these sectors, 0 if they are zero or unreadable, or a trouble of the source itself. */
static int look_at(struct discern_source *source, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	AUTO_FREE uint8_t *buffer = calloc(n_sectors, DISCERN_SECTOR_SIZE);
	int ret;

	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = source_read(source, lba, n_sectors, buffer, err);
	if (ret == -EIO || ret == -ENXIO)
		return 0;
	if (ret < 0)
		return ret;
	return is_zero(buffer, (size_t)n_sectors * DISCERN_SECTOR_SIZE) ? 0 : 1;
}

int contents_find_on(struct discern_source *source, const struct discern_medium *medium, struct contents *ret_contents,
		     struct discern_error *err)
{
	struct discern_volume volume = { 0 };
	bool has_volume = false;
	int ret = volume_probe(source, 0, &volume, &has_volume, err);

	if (ret < 0)
		return ret;
	ret_contents->is_empty = true;
	ret_contents->words[0] = '\0';
	for (int32_t lba = 0; !has_volume && ret == 0 && lba < N_FIRST_SECTORS; lba++)
		ret = look_at(source, lba, 1, err);
	if (!has_volume && ret == 0)
		ret = look_at(source, ANCHOR_LBA, 1, err);
	if (ret < 0)
		return ret;
	if (has_volume || ret == 1)
		describe(&volume, has_volume, medium, ret_contents);
	discern_error_clear(err);
	return 0;
}

/* Sequential media that are not blank: the state says that there is something, the volume says what. */
static void find_volume(struct discern_source *source, const struct discern_medium *medium,
			struct contents *ret_contents)
{
	struct discern_volume volume = { 0 };
	bool has_volume = false;

	if (volume_probe(source, last_session_lba(medium), &volume, &has_volume, NULL) < 0)
		has_volume = false;
	describe(&volume, has_volume, medium, ret_contents);
}

int contents_find(struct discern_drive *drive, const struct discern_medium *medium, struct contents *ret_contents,
		  struct discern_error *err)
{
	struct discern_source *source = NULL;
	int ret;

	memset(ret_contents, 0, sizeof(*ret_contents));
	ret_contents->is_empty = true;
	if (medium->state == DISCERN_MEDIUM_NONE || medium->state == DISCERN_MEDIUM_BLANK ||
	    medium->state == DISCERN_MEDIUM_UNUSABLE)
		return 0;
	ret = drive_source_open(drive, medium, NULL, &source, err);
	if (ret < 0)
		return ret;
	if (medium->state == DISCERN_MEDIUM_OVERWRITABLE)
		ret = contents_find_on(source, medium, ret_contents, err);
	else
		find_volume(source, medium, ret_contents);
	source_close(source);
	return ret;
}
