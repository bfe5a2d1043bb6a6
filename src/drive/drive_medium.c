/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is in the drive. All questions but the first may fail on a damaged or odd disc; each answer that is missing
 * only makes the description poorer, so that whatever can be read still is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/profile.h"
#include "drive/drive_private.h"
#include "drive/sense.h"

/* BD-R may have thousands of tracks, each asked for with a command; the last one is always looked at. */
enum { MAX_TRACKS = 1000 };

/* The number of the invisible track on CD and DVD+R (MMC-6, READ TRACK INFORMATION). */
enum { INVISIBLE_TRACK = 0xff };

/* Everything that belongs together while a medium is looked at. */
struct look {
	struct discern_drive *drive;
	struct discern_medium *medium;
	const struct profile *profile;
	bool has_disc_information;
	struct mmc_disc_information disc;
};

/* ---- profile ---- */

static uint32_t read_capacity(struct discern_drive *drive)
{
	struct scsi_command command;
	uint32_t n_sectors = 0;
	uint8_t data[8];
	size_t length;

	mmc_read_capacity(&command, data);
	if (drive_run(drive, &command, &length, NULL) == 0)
		mmc_parse_capacity(data, length, &n_sectors);
	return n_sectors;
}

/* For drives without GET CONFIGURATION, which are of before MMC-2: what size a pressed disc of each kind can have. */
static enum discern_profile guess_profile(uint32_t n_sectors)
{
	enum { MOST_OF_CD = 449850 /* 100 minutes */, MOST_OF_DVD = 4200000 /* two layers */ };

	if (n_sectors == 0)
		return DISCERN_PROFILE_NONE;
	if (n_sectors <= MOST_OF_CD)
		return DISCERN_PROFILE_CD_ROM;
	return n_sectors <= MOST_OF_DVD ? DISCERN_PROFILE_DVD_ROM : DISCERN_PROFILE_BD_ROM;
}

static bool is_current(const uint8_t *data, size_t length, enum mmc_feature number)
{
	struct mmc_feature_view feature;

	return mmc_find_feature(data, length, number, &feature) && feature.is_current;
}

/* MMC-6 clause 5.3: these features are current while the disc in the drive has such protection. With recordable BD some
 * drives have AACS current all the time. */
static void look_at_protection(struct discern_medium *medium, const uint8_t *data, size_t length)
{
	enum profile_family family = profile_find((unsigned)medium->profile)->family;

	if (family == FAMILY_DVD && is_current(data, length, MMC_FEATURE_DVD_CSS))
		medium->protection = DISCERN_PROTECTION_CSS;
	else if (family == FAMILY_DVD && is_current(data, length, MMC_FEATURE_DVD_CPRM))
		medium->protection = DISCERN_PROTECTION_CPRM;
	else if (family == FAMILY_BD && is_current(data, length, MMC_FEATURE_AACS)) {
		medium->may_hold_protected = true;
		if (medium->profile == DISCERN_PROFILE_BD_ROM)
			medium->protection = DISCERN_PROTECTION_AACS;
	}
}

static void look_at_profile(struct look *look)
{
	uint8_t data[DRIVE_CONFIGURATION_SIZE];
	uint16_t number = 0;
	size_t length;

	look->medium->read_capacity_sectors = read_capacity(look->drive);
	if (drive_configuration(look->drive, data, &length, NULL) == 0 &&
	    mmc_parse_current_profile(data, length, &number) && number != 0) {
		look->medium->profile = (enum discern_profile)number;
		look_at_protection(look->medium, data, length);
	} else {
		look->medium->profile = guess_profile(look->medium->read_capacity_sectors);
	}
	look->profile = profile_find((unsigned)look->medium->profile);
}

/* ---- state ---- */

static void look_at_disc(struct look *look)
{
	enum { ROOM = 34 };
	struct scsi_command command;
	uint8_t data[ROOM];
	size_t length;

	mmc_read_disc_information(&command, data, sizeof(data));
	look->has_disc_information = drive_run(look->drive, &command, &length, NULL) == 0 &&
				     mmc_parse_disc_information(data, length, &look->disc);
	if (!look->has_disc_information)
		return;
	look->medium->n_sessions = look->disc.n_sessions;
	look->medium->is_rewritable = look->disc.is_erasable;
}

static enum discern_medium_state find_state(const struct look *look)
{
	const struct profile *profile = look->profile;

	if (profile->writing == WRITING_NEVER && profile->family != FAMILY_NONE)
		return DISCERN_MEDIUM_COMPLETE;
	if (!look->has_disc_information)
		return look->medium->read_capacity_sectors > 0 ? DISCERN_MEDIUM_COMPLETE : DISCERN_MEDIUM_UNUSABLE;
	if (look->disc.status == MMC_DISC_EMPTY)
		return DISCERN_MEDIUM_BLANK;
	if (profile->writing == WRITING_RANDOM)
		return profile->is_rewritable ? DISCERN_MEDIUM_OVERWRITABLE : DISCERN_MEDIUM_COMPLETE;
	switch (look->disc.status) {
	case MMC_DISC_INCOMPLETE:
		return DISCERN_MEDIUM_APPENDABLE;
	case MMC_DISC_FINALIZED:
		return DISCERN_MEDIUM_COMPLETE;
	case MMC_DISC_EMPTY:
	case MMC_DISC_OTHER:
	default:
		return look->medium->read_capacity_sectors > 0 ? DISCERN_MEDIUM_COMPLETE : DISCERN_MEDIUM_UNUSABLE;
	}
}

/* ---- tracks ---- */

static bool read_track(struct discern_drive *drive, uint16_t number, struct discern_track *ret_track)
{
	enum { ROOM = 36 };
	struct scsi_command command;
	uint8_t data[ROOM];
	size_t length;

	mmc_read_track_information(&command, number, data, sizeof(data));
	return drive_run(drive, &command, &length, NULL) == 0 && mmc_parse_track_information(data, length, ret_track);
}

static bool add_track(struct discern_medium *medium, const struct discern_track *track)
{
	struct discern_track *tracks = reallocarray(medium->tracks, medium->n_tracks + 1, sizeof(*tracks));

	if (tracks == NULL)
		return false;
	tracks[medium->n_tracks++] = *track;
	medium->tracks = tracks;
	return true;
}

static int look_at_each_track(struct look *look)
{
	unsigned first = look->disc.first_track > 0 ? look->disc.first_track : 1;
	unsigned last = look->disc.last_track;

	for (unsigned number = first; number <= last; number++) {
		struct discern_track track;
		bool is_last = number == last;

		if (!is_last && number - first >= MAX_TRACKS)
			continue;
		/* Drives differ in whether the track that takes the next data has its number or only FFh. */
		if (!read_track(look->drive, (uint16_t)number, &track) &&
		    !(is_last && read_track(look->drive, INVISIBLE_TRACK, &track)))
			continue;
		if (look->profile->family != FAMILY_CD)
			track.is_data = true;
		if (!add_track(look->medium, &track))
			return -ENOMEM;
	}
	return 0;
}

static struct discern_track *find_track(struct discern_medium *medium, unsigned number)
{
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (medium->tracks[i].number == number)
			return &medium->tracks[i];
	return NULL;
}

/* Where the next track begins, or the lead-out. */
static int32_t find_end(const struct mmc_toc_entry *entries, size_t n, int32_t start_lba)
{
	int32_t end = INT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (entries[i].start_lba > start_lba && entries[i].start_lba < end)
			end = entries[i].start_lba;
	return end == INT32_MAX ? start_lba : end;
}

/* The TOC is on the disc; track information is the drive's opinion, which some drives do not have for CDs. */
static int merge_toc_entry(struct look *look, const struct mmc_toc_entry *entries, size_t n, size_t i)
{
	struct discern_track *known = find_track(look->medium, entries[i].number);
	struct discern_track track = {
		.number = entries[i].number,
		.session = 1,
		.is_data = entries[i].is_data,
		.start_lba = entries[i].start_lba,
	};

	if (known != NULL) {
		known->is_data = entries[i].is_data;
		known->start_lba = entries[i].start_lba;
		/* The length was made for the other start: with this one it can lead beyond all sectors. */
		if ((int64_t)known->start_lba + known->n_sectors > INT32_MAX)
			known->n_sectors = (uint32_t)(find_end(entries, n, known->start_lba) - known->start_lba);
		return 0;
	}
	track.n_sectors = (uint32_t)(find_end(entries, n, track.start_lba) - track.start_lba);
	return add_track(look->medium, &track) ? 0 : -ENOMEM;
}

static int look_at_toc(struct look *look)
{
	enum { ROOM = 4 + 8 * MMC_TOC_MAX };
	struct mmc_toc_entry entries[MMC_TOC_MAX];
	struct scsi_command command;
	uint8_t data[ROOM];
	size_t length, n;

	mmc_read_toc(&command, data, sizeof(data));
	if (drive_run(look->drive, &command, &length, NULL) < 0 || !mmc_parse_toc(data, length, entries, &n))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].number == MMC_TOC_LEAD_OUT || entries[i].start_lba < 0)
			continue;
		if (merge_toc_entry(look, entries, n, i) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare_tracks(const void *a, const void *b)
{
	const struct discern_track *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

static int look_at_tracks(struct look *look)
{
	struct discern_medium *medium = look->medium;
	int ret = 0;

	if (look->has_disc_information)
		ret = look_at_each_track(look);
	if (ret == 0 && (look->profile->family == FAMILY_CD || medium->n_tracks == 0) &&
	    medium->state != DISCERN_MEDIUM_BLANK)
		ret = look_at_toc(look);
	if (ret < 0)
		return ret;
	if (medium->n_tracks > 1)
		qsort(medium->tracks, medium->n_tracks, sizeof(medium->tracks[0]), compare_tracks);
	if (medium->n_sessions == 0 && medium->n_tracks > 0)
		medium->n_sessions = medium->tracks[medium->n_tracks - 1].session;
	return 0;
}

/* A BD-R that is formatted and not yet written is incomplete to its drive (MMC-6, READ DISC INFORMATION). */
static void find_unwritten(struct look *look)
{
	struct discern_medium *medium = look->medium;

	if (look->profile->number == DISCERN_PROFILE_BD_R && medium->state == DISCERN_MEDIUM_APPENDABLE &&
	    medium->n_tracks == 1 && medium->tracks[0].is_blank && medium->tracks[0].start_lba == 0 &&
	    !medium->tracks[0].is_damaged)
		medium->state = DISCERN_MEDIUM_BLANK;
}

/* ---- sizes ---- */

static bool read_format_capacity(struct discern_drive *drive, struct mmc_format_capacity *ret_capacity)
{
	/* Most that the one-byte list length can announce. */
	enum { ROOM = 4 + 255 };
	struct scsi_command command;
	uint8_t data[ROOM];
	size_t length;

	mmc_read_format_capacities(&command, data, sizeof(data));
	return drive_run(drive, &command, &length, NULL) == 0 && mmc_parse_format_capacity(data, length, ret_capacity);
}

static void look_at_random_sizes(struct look *look)
{
	struct discern_medium *medium = look->medium;
	struct mmc_format_capacity capacity = { 0 };

	if (!read_format_capacity(look->drive, &capacity))
		capacity.n_sectors = 0;
	medium->capacity_sectors = capacity.n_sectors > 0 ? capacity.n_sectors : medium->read_capacity_sectors;
	medium->free_sectors = medium->capacity_sectors;
}

static void look_at_sequential_sizes(struct look *look)
{
	struct discern_medium *medium = look->medium;
	const struct discern_track *open = NULL;

	if (medium->state != DISCERN_MEDIUM_BLANK && medium->state != DISCERN_MEDIUM_APPENDABLE)
		return;
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (medium->tracks[i].has_next_writable && medium->tracks[i].free_sectors > 0)
			open = &medium->tracks[i];
	if (open != NULL && open->next_writable_lba >= 0) {
		medium->free_sectors = open->free_sectors;
		medium->capacity_sectors = (uint32_t)open->next_writable_lba + open->free_sectors;
	}
	/* On CD the ATIP says where the last possible lead-out begins; free blocks are counted up to there. */
	if (look->profile->family == FAMILY_CD && look->disc.cd_lead_out_lba > 0)
		medium->capacity_sectors = look->disc.cd_lead_out_lba;
}

/* ---- DVD structures ---- */

static bool read_structure(struct discern_drive *drive, enum mmc_structure format, uint8_t *data, uint16_t size,
			   size_t *ret_length)
{
	struct scsi_command command;

	mmc_read_disc_structure(&command, format, data, size);
	return drive_run(drive, &command, ret_length, NULL) == 0;
}

static void look_at_dvd(struct look *look)
{
	enum { PHYSICAL_ROOM = 4 + 2048, COPYRIGHT_ROOM = 8 };
	uint8_t data[PHYSICAL_ROOM];
	uint8_t protection;
	size_t length;

	/* Of a recordable disc the structure gives the end of the medium, not of what is on it. */
	if (look->profile->writing == WRITING_NEVER &&
	    read_structure(look->drive, MMC_STRUCTURE_PHYSICAL, data, PHYSICAL_ROOM, &length))
		mmc_parse_dvd_physical(data, length, &look->medium->structure_sectors);
	if (read_structure(look->drive, MMC_STRUCTURE_COPYRIGHT, data, COPYRIGHT_ROOM, &length) &&
	    mmc_parse_copyright(data, length, &protection) && protection != 0)
		look->medium->protection = (enum discern_protection)protection;
}

static void look_at_layers(struct look *look)
{
	enum { BOUNDARY_ROOM = 12 };
	enum discern_profile number = look->profile->number;
	uint8_t data[BOUNDARY_ROOM];
	size_t length;

	if (number != DISCERN_PROFILE_DVD_R_DL && number != DISCERN_PROFILE_DVD_R_DL_JUMP &&
	    number != DISCERN_PROFILE_DVD_PLUS_R_DL)
		return;
	if (read_structure(look->drive, MMC_STRUCTURE_LAYER_BOUNDARY, data, BOUNDARY_ROOM, &length))
		mmc_parse_layer_boundary(data, length, &look->medium->first_layer_sectors,
					 &look->medium->is_first_layer_set);
}

/* ---- all of it ---- */

static int look_at_medium(struct discern_drive *drive, struct discern_medium *medium, struct discern_error *err)
{
	struct look look = { .drive = drive, .medium = medium };

	look_at_profile(&look);
	look_at_disc(&look);
	medium->state = find_state(&look);
	if (look.profile->is_rewritable)
		medium->is_rewritable = true;
	if (look_at_tracks(&look) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	find_unwritten(&look);
	if (look.profile->writing == WRITING_RANDOM)
		look_at_random_sizes(&look);
	else if (look.profile->writing == WRITING_SEQUENTIAL)
		look_at_sequential_sizes(&look);
	if (look.profile->family == FAMILY_DVD && medium->state != DISCERN_MEDIUM_BLANK)
		look_at_dvd(&look);
	look_at_layers(&look);
	return 0;
}

static bool is_writable_kind(const struct discern_medium *medium)
{
	return profile_find((unsigned)medium->profile)->writing != WRITING_NEVER;
}

static void look_at_spares(struct discern_drive *drive, struct discern_medium *medium)
{
	struct discern_spares spares;

	if (discern_drive_spares(drive, medium->profile, &spares, NULL) < 0 || spares.n_free > spares.n_all)
		return;
	medium->spare_sectors = spares.n_all;
	medium->free_spare_sectors = spares.n_free;
}

/* libburn refuses some discs that can still be read; then there simply is nothing to add. */
static int add_what_libburn_knows(struct discern_drive *drive, struct discern_medium *medium, struct discern_error *err)
{
	struct discern_error own;
	struct burner *burner;
	int ret;

	ret = drive_lend(drive, &burner, &own);
	if (ret == 0)
		ret = burner_describe(burner, medium, &own);
	if (ret == 0)
		return 0;
	transport_recorder_note(drive->recorder, own.text);
	if (ret != -EBUSY && ret != -ENODEV && ret != -ENOMEM)
		return 0;
	if (err != NULL)
		*err = own;
	return ret;
}

int discern_drive_medium(struct discern_drive *drive, enum discern_medium_detail detail,
			 struct discern_medium *ret_medium, struct discern_error *err)
{
	struct discern_error own;
	int ret;

	memset(ret_medium, 0, sizeof(*ret_medium));
	ret = drive_wait_ready(drive, &own);
	if (ret == -ENOMEDIUM) {
		ret_medium->is_tray_open = own.sense.ascq == ASCQ_TRAY_OPEN;
		return 0;
	}
	if (ret == -ENODEV || ret == -ETIMEDOUT || ret == -ECANCELED || ret == -EPROTO || ret == -EBUSY) {
		if (err != NULL)
			*err = own;
		return ret;
	}
	ret = look_at_medium(drive, ret_medium, err);
	if (ret == 0 && detail == DISCERN_MEDIUM_FOR_WRITING && is_writable_kind(ret_medium)) {
		look_at_spares(drive, ret_medium);
		ret = add_what_libburn_knows(drive, ret_medium, err);
	}
	if (ret < 0)
		discern_medium_clear(ret_medium);
	return ret;
}
