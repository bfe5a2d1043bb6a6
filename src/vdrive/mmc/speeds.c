/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which speeds the drive has for which medium. */
#include "vdrive/mmc/defaults.h"

/* Data sheets of BD burners for desktops name 12x or 16x for BD-R, of DVD burners 16x to 24x, of CD drives 40x to 52x: so
 * much has a drive of which nothing else is said. */
enum { USUAL_CD_X = 48, USUAL_DVD_X = 16, USUAL_BD_X = 12 };

/* kB/s. A CD's 1x is 176.4 in commands, as of audio, and 153.6 of user data; a DVD's 1385 (ECMA-267), a BD's 4496. A drive has
 * those that are not above its highest. */
static const uint32_t cd_r_speeds[] = { 9173, 8467, 7056, 5645, 4234, 2822, 1411, 706 };
static const uint32_t cd_rw_speeds[] = { 1764, 706 };
static const uint32_t dvd_r_speeds[] = { 33240, 27700, 22160, 16620, 11080, 8310, 5540, 2770 };
static const uint32_t dvd_dl_speeds[] = { 11080, 8310, 5540, 3324 };
static const uint32_t dvd_rw_speeds[] = { 8310, 5540, 2770 };
static const uint32_t dvd_ram_speeds[] = { 6925, 4155, 2770 };
static const uint32_t bd_re_speeds[] = { 8992 };
static const uint32_t dvd_plus_r_speeds[] = { 33240, 27700, 22160, 16620, 11080, 8310, 5540, 3324 };
static const uint32_t dvd_plus_rw_speeds[] = { 11080, 8310, 5540, 3324 };
static const uint32_t bd_r_speeds[] = { 71936, 62944, 53952, 44960, 35968, 26976, 17984, 8992 };

struct medium_speeds {
	enum discern_profile profile;
	/** HIGHEST: what the drive can do. */
	uint32_t read_kbps;
	const uint32_t *write_kbps;
	size_t n_write;
};

#define HIGHEST UINT32_MAX
#define SPEEDS(list) list, sizeof(list) / sizeof(list[0])

static const struct medium_speeds media[] = {
	{ DISCERN_PROFILE_CD_ROM, HIGHEST, NULL, 0 },
	{ DISCERN_PROFILE_CD_R, HIGHEST, SPEEDS(cd_r_speeds) },
	{ DISCERN_PROFILE_CD_RW, 7056, SPEEDS(cd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_ROM, HIGHEST, NULL, 0 },
	{ DISCERN_PROFILE_DVD_R, HIGHEST, SPEEDS(dvd_r_speeds) },
	{ DISCERN_PROFILE_DVD_R_DL, 16620, SPEEDS(dvd_dl_speeds) },
	{ DISCERN_PROFILE_DVD_RW, 16620, SPEEDS(dvd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_RW_OVERWRITE, 16620, SPEEDS(dvd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_RAM, 6925, SPEEDS(dvd_ram_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_R_DL, 16620, SPEEDS(dvd_dl_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_R, HIGHEST, SPEEDS(dvd_plus_r_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_RW, 16620, SPEEDS(dvd_plus_rw_speeds) },
	{ DISCERN_PROFILE_BD_ROM, HIGHEST, NULL, 0 },
	{ DISCERN_PROFILE_BD_R, HIGHEST, SPEEDS(bd_r_speeds) },
	{ DISCERN_PROFILE_BD_RE, 35968, SPEEDS(bd_re_speeds) },
	{ DISCERN_PROFILE_NONE, HIGHEST, SPEEDS(cd_r_speeds) },
};

const struct profile *vdrive_profile(const struct vdrive *drive)
{
	return drive->disc != NULL ? disc_profile(drive->disc) : profile_find(DISCERN_PROFILE_NONE);
}

static const struct medium_speeds *find_speeds(const struct vdrive *drive)
{
	enum discern_profile number = vdrive_profile(drive)->number;
	const struct medium_speeds *speeds = media;

	while (speeds->profile != number && speeds->profile != DISCERN_PROFILE_NONE)
		speeds++;
	return speeds;
}

static uint32_t highest_kbps(const struct vdrive *drive)
{
	const enum profile_family family = vdrive_profile(drive)->family;

	if (family == FAMILY_BD)
		return 4496u * (drive->bd_x > 0 ? drive->bd_x : USUAL_BD_X);
	if (family == FAMILY_DVD)
		return 1385u * (drive->dvd_x > 0 ? drive->dvd_x : USUAL_DVD_X);
	return (1764u * (drive->cd_x > 0 ? drive->cd_x : USUAL_CD_X) + 5) / 10;
}

uint32_t vdrive_max_read_kbps(const struct vdrive *drive)
{
	uint32_t of_medium = find_speeds(drive)->read_kbps, of_drive = highest_kbps(drive);

	return of_medium < of_drive ? of_medium : of_drive;
}

const uint32_t *vdrive_write_speeds(const struct vdrive *drive, size_t *ret_n)
{
	const struct medium_speeds *speeds = find_speeds(drive);
	const uint32_t *first = speeds->write_kbps;
	size_t n = speeds->n_write;

	/* The slowest of a medium can be written in every drive. */
	for (; n > 1 && *first > highest_kbps(drive); first++)
		n--;
	*ret_n = n;
	return first;
}

void vdrive_reset_speeds(struct vdrive *drive)
{
	size_t n;
	const uint32_t *speeds = vdrive_write_speeds(drive, &n);

	drive->read_kbps = vdrive_max_read_kbps(drive);
	drive->write_kbps = n > 0 ? speeds[0] : 0;
}

void vdrive_select_read_speed(struct vdrive *drive, uint32_t kbps)
{
	uint32_t highest = vdrive_max_read_kbps(drive);

	drive->read_kbps = kbps < highest ? kbps : highest;
}

void vdrive_select_write_speed(struct vdrive *drive, uint32_t kbps)
{
	size_t n;
	const uint32_t *speeds = vdrive_write_speeds(drive, &n);

	drive->write_kbps = n > 0 ? speeds[n - 1] : 0;
	for (size_t i = 0; i < n; i++)
		if (speeds[i] <= kbps) {
			drive->write_kbps = speeds[i];
			return;
		}
}

bool vdrive_is_writable(const struct vdrive *drive)
{
	if (drive->disc == NULL || disc_is_pressed(drive->disc))
		return false;
	return disc_can_be_overwritten(drive->disc) || disc_status(drive->disc) != DISC_COMPLETE;
}
