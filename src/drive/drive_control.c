/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tray, lock, speed, and what the drive can do. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/profile.h"
#include "drive/drive_private.h"
#include "drive/holder.h"
#include "drive/sense.h"

int discern_drive_lock(struct discern_drive *drive, bool locked, struct discern_error *err)
{
	struct scsi_command command;
	int ret;

	mmc_prevent_removal(&command, locked);
	ret = drive_run(drive, &command, NULL, err);
	/* A drive that has no lock has nothing to lock. */
	if (ret == -EOPNOTSUPP)
		return discern_error_set(err, -ENOTSUP, "%s: this drive cannot lock its tray", drive->path);
	if (ret < 0)
		return ret;
	drive->is_locked = locked;
	return 0;
}

static int move_tray(struct discern_drive *drive, enum mmc_start_stop action, struct discern_error *err)
{
	enum { MAX_TRIES = 3 };
	struct scsi_command command;
	int ret;

	mmc_start_stop_unit(&command, action);
	/* A pending unit attention is taken by the first try. */
	for (unsigned i = 0;; i++) {
		ret = drive_run(drive, &command, NULL, err);
		if (ret != -ESTALE || i + 1 == MAX_TRIES)
			return ret;
	}
}

int discern_drive_eject(struct discern_drive *drive, struct discern_error *err)
{
	int ret;

	/* Also a lock that a program left behind when it died; -ENOTSUP where there is no lock. */
	discern_drive_lock(drive, false, NULL);
	ret = move_tray(drive, MMC_EJECT, err);
	if (ret == -EOPNOTSUPP)
		return discern_error_set(err, -ENOTSUP, "%s: this drive cannot open its tray by command", drive->path);
	if (ret == -EBUSY) {
		discern_error_set(err, ret, "%s: the drive holds the disc back", drive->path);
		return discern_error_hint(err, "end whatever uses the disc, then try again");
	}
	return ret;
}

int discern_drive_load(struct discern_drive *drive, struct discern_error *err)
{
	struct discern_error own;
	int ret;

	/* A drive with a lid or a slot refuses, and one may find no disc in it; what counts is told by the wait. */
	ret = move_tray(drive, MMC_LOAD, &own);
	if (ret == -ENODEV || ret == -ETIMEDOUT || ret == -EPROTO) {
		if (err != NULL)
			*err = own;
		return ret;
	}
	ret = drive_wait_ready(drive, &own);
	if (ret == -ENODEV || ret == -ETIMEDOUT || ret == -ECANCELED || ret == -EPROTO) {
		if (err != NULL)
			*err = own;
		return ret;
	}
	return 0;
}

/* ---- speed ---- */

/* On CD, drives count all 2352 bytes of a sector. Rounded up: a little less would be the next lower speed. */
static uint16_t to_cd_speed(uint32_t kbps)
{
	enum { FASTEST = 0xffff, CD_SECTOR_SIZE = 2352 };
	uint64_t raw_kbps = ((uint64_t)kbps * CD_SECTOR_SIZE + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	return kbps == 0 || raw_kbps >= FASTEST ? FASTEST : (uint16_t)raw_kbps;
}

static int set_cd_speed(struct discern_drive *drive, uint32_t read_kbps, uint32_t write_kbps, struct discern_error *err)
{
	struct scsi_command command;

	mmc_set_cd_speed(&command, to_cd_speed(read_kbps), to_cd_speed(write_kbps));
	return drive_run(drive, &command, NULL, err);
}

static int set_streaming(struct discern_drive *drive, uint32_t read_kbps, uint32_t write_kbps,
			 struct discern_error *err)
{
	/* A descriptor has both speeds; "as fast as possible" is one that no drive reaches. */
	enum { BEYOND_ALL_KBPS = 1000000 };
	uint8_t parameters[MMC_STREAMING_SIZE], capacity[8];
	struct scsi_command command;
	uint32_t n_sectors = 0;
	size_t length;

	if (read_kbps == 0 && write_kbps == 0) {
		mmc_restore_streaming(&command, parameters);
		return drive_run(drive, &command, NULL, err);
	}
	mmc_read_capacity(&command, capacity);
	if (drive_run(drive, &command, &length, NULL) == 0)
		mmc_parse_capacity(capacity, length, &n_sectors);
	mmc_set_streaming(&command, parameters, n_sectors > 0 ? n_sectors - 1 : INT32_MAX,
			  read_kbps > 0 ? read_kbps : BEYOND_ALL_KBPS, write_kbps > 0 ? write_kbps : BEYOND_ALL_KBPS);
	return drive_run(drive, &command, NULL, err);
}

int discern_drive_set_speed(struct discern_drive *drive, uint32_t read_kbps, uint32_t write_kbps,
			    struct discern_error *err)
{
	uint8_t configuration[DRIVE_CONFIGURATION_SIZE];
	uint16_t profile = 0;
	size_t length;
	int ret;

	if (drive_configuration(drive, configuration, &length, NULL) == 0)
		mmc_parse_current_profile(configuration, length, &profile);
	ret = -EOPNOTSUPP;
	if (profile_find(profile)->family == FAMILY_DVD || profile_find(profile)->family == FAMILY_BD)
		ret = set_streaming(drive, read_kbps, write_kbps, err);
	/* SET STREAMING is for DVD and BD; some drives know SET CD SPEED only, and take it for these as well. */
	if (ret == -EOPNOTSUPP)
		ret = set_cd_speed(drive, read_kbps, write_kbps, err);
	if (ret == -EOPNOTSUPP)
		return discern_error_set(err, -ENOTSUP, "%s: this drive does not let its speed be set", drive->path);
	return ret;
}

bool discern_drive_other_user(const struct discern_drive *drive, char *ret_words, size_t size)
{
	return holder_find(drive->path, ret_words, size);
}

/* ---- abilities ---- */

static void add_profiles(const struct mmc_feature_view *feature, struct discern_drive_abilities *abilities)
{
	const size_t max = sizeof(abilities->profiles) / sizeof(abilities->profiles[0]);

	for (size_t at = 0; at + 4 <= feature->length && abilities->n_profiles < max; at += 4) {
		const struct profile *profile = profile_find(get_be16(feature->data + at));

		if (profile->number != DISCERN_PROFILE_NONE)
			abilities->profiles[abilities->n_profiles++] = profile->number;
	}
}

static bool has_bit(const uint8_t *data, size_t length, enum mmc_feature feature, uint8_t mask)
{
	struct mmc_feature_view view;

	return mmc_find_feature(data, length, feature, &view) && view.length >= 1 && (view.data[0] & mask) != 0;
}

static void add_features(const uint8_t *data, size_t length, struct discern_drive_abilities *abilities)
{
	/* MMC-6 clause 5.3: byte 4 of the descriptors. */
	enum {
		REMOVABLE_LOCK = 0x01,
		REMOVABLE_EJECT = 0x08,
		CD_READ_C2 = 0x02,
		TRACK_AT_ONCE_BUF = 0x40,
		DVD_R_BUF = 0x40
	};
	struct mmc_feature_view view;

	if (mmc_find_feature(data, length, MMC_FEATURE_PROFILE_LIST, &view))
		add_profiles(&view, abilities);
	abilities->can_lock = has_bit(data, length, MMC_FEATURE_REMOVABLE_MEDIUM, REMOVABLE_LOCK);
	abilities->can_eject = has_bit(data, length, MMC_FEATURE_REMOVABLE_MEDIUM, REMOVABLE_EJECT);
	abilities->can_c2 = has_bit(data, length, MMC_FEATURE_CD_READ, CD_READ_C2);
	abilities->can_underrun_proof = has_bit(data, length, MMC_FEATURE_CD_TRACK_AT_ONCE, TRACK_AT_ONCE_BUF) ||
					has_bit(data, length, MMC_FEATURE_DVD_R_WRITE, DVD_R_BUF);
}

int discern_drive_abilities(struct discern_drive *drive, struct discern_drive_abilities *ret_abilities,
			    struct discern_error *err)
{
	enum { CAPABILITIES_PAGE = 0x2a, PAGE_ROOM = 256 };
	uint8_t configuration[DRIVE_CONFIGURATION_SIZE], page[PAGE_ROOM];
	struct mmc_capabilities capabilities;
	struct scsi_command command;
	size_t length;
	int ret;

	memset(ret_abilities, 0, sizeof(*ret_abilities));
	ret = drive_configuration(drive, configuration, &length, err);
	if (ret < 0)
		return ret;
	add_features(configuration, length, ret_abilities);
	mmc_mode_sense(&command, CAPABILITIES_PAGE, page, sizeof(page));
	if (drive_run(drive, &command, &length, NULL) < 0 || !mmc_parse_capabilities(page, length, &capabilities))
		return 0;
	ret_abilities->buffer_kib = capabilities.buffer_kib;
	ret_abilities->max_read_kbps = capabilities.max_read_kbps;
	ret_abilities->can_c2 |= capabilities.can_c2;
	ret_abilities->can_lock |= capabilities.can_lock;
	ret_abilities->can_eject |= capabilities.can_eject;
	ret_abilities->can_underrun_proof |= capabilities.can_underrun_proof;
	return 0;
}
