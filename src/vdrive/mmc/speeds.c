/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which speeds the drive has for which medium. */
#include "vdrive/mmc/defaults.h"

/* kB/s. A CD's 1x is 176.4 in commands, as of audio, and 153.6 of user data. */
static const uint32_t cd_r_speeds[] = { 8467, 7056, 5645, 4234, 2822, 1411, 706 };
static const uint32_t cd_rw_speeds[] = { 1764, 706 };
static const uint32_t dvd_r_speeds[] = { 22160, 16620, 11080, 8310, 5540, 2770 };
static const uint32_t dvd_dl_speeds[] = { 11080, 8310, 5540, 3324 };
static const uint32_t dvd_rw_speeds[] = { 8310, 5540, 2770 };
static const uint32_t dvd_ram_speeds[] = { 6925, 4155, 2770 };
static const uint32_t bd_re_speeds[] = { 8992 };
static const uint32_t dvd_plus_r_speeds[] = { 22160, 16620, 11080, 8310, 5540, 3324 };
static const uint32_t dvd_plus_rw_speeds[] = { 11080, 8310, 5540, 3324 };
static const uint32_t bd_r_speeds[] = { 53952, 44960, 35968, 26976, 17984, 8992 };

struct medium_speeds {
	enum discern_profile profile;
	uint32_t read_kbps;
	const uint32_t *write_kbps;
	size_t n_write;
};

#define SPEEDS(list) list, sizeof(list) / sizeof(list[0])

static const struct medium_speeds media[] = {
	{ DISCERN_PROFILE_CD_ROM, 8467, NULL, 0 },
	{ DISCERN_PROFILE_CD_R, 8467, SPEEDS(cd_r_speeds) },
	{ DISCERN_PROFILE_CD_RW, 7056, SPEEDS(cd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_ROM, 22160, NULL, 0 },
	{ DISCERN_PROFILE_DVD_R, 22160, SPEEDS(dvd_r_speeds) },
	{ DISCERN_PROFILE_DVD_R_DL, 16620, SPEEDS(dvd_dl_speeds) },
	{ DISCERN_PROFILE_DVD_RW, 16620, SPEEDS(dvd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_RW_OVERWRITE, 16620, SPEEDS(dvd_rw_speeds) },
	{ DISCERN_PROFILE_DVD_RAM, 6925, SPEEDS(dvd_ram_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_R_DL, 16620, SPEEDS(dvd_dl_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_R, 22160, SPEEDS(dvd_plus_r_speeds) },
	{ DISCERN_PROFILE_DVD_PLUS_RW, 16620, SPEEDS(dvd_plus_rw_speeds) },
	{ DISCERN_PROFILE_BD_ROM, 53952, NULL, 0 },
	{ DISCERN_PROFILE_BD_R, 53952, SPEEDS(bd_r_speeds) },
	{ DISCERN_PROFILE_BD_RE, 35968, SPEEDS(bd_re_speeds) },
	{ DISCERN_PROFILE_NONE, 8467, SPEEDS(cd_r_speeds) },
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

uint32_t vdrive_max_read_kbps(const struct vdrive *drive)
{
	return find_speeds(drive)->read_kbps;
}

const uint32_t *vdrive_write_speeds(const struct vdrive *drive, size_t *ret_n)
{
	const struct medium_speeds *speeds = find_speeds(drive);

	*ret_n = speeds->n_write;
	return speeds->write_kbps;
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
