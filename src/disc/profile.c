/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/profile.h"

/* 1x: Red Book 75 sectors/s of 2048 bytes; ECMA-267 1385 kB/s; BD 4496 kB/s. */
enum { CD_1X = 154, DVD_1X = 1385, BD_1X = 4496, HD_1X = 4568 };

static const struct profile profiles[] = {
	{ DISCERN_PROFILE_NONE, "no medium", FAMILY_NONE, WRITING_NEVER, false, 1, 0, 0 },
	{ DISCERN_PROFILE_CD_ROM, "CD-ROM", FAMILY_CD, WRITING_NEVER, false, 1, CD_1X, 0 },
	{ DISCERN_PROFILE_CD_R, "CD-R", FAMILY_CD, WRITING_SEQUENTIAL, false, 1, CD_1X, 359849 },
	{ DISCERN_PROFILE_CD_RW, "CD-RW", FAMILY_CD, WRITING_SEQUENTIAL, true, 1, CD_1X, 359849 },
	{ DISCERN_PROFILE_DVD_ROM, "DVD-ROM", FAMILY_DVD, WRITING_NEVER, false, 16, DVD_1X, 0 },
	{ DISCERN_PROFILE_DVD_R, "DVD-R", FAMILY_DVD, WRITING_SEQUENTIAL, false, 16, DVD_1X, 2298496 },
	{ DISCERN_PROFILE_DVD_RAM, "DVD-RAM", FAMILY_DVD, WRITING_RANDOM, true, 16, DVD_1X, 2236704 },
	{ DISCERN_PROFILE_DVD_RW_OVERWRITE, "DVD-RW restricted overwrite", FAMILY_DVD, WRITING_RANDOM, true, 16, DVD_1X,
	  2297888 },
	{ DISCERN_PROFILE_DVD_RW, "DVD-RW", FAMILY_DVD, WRITING_SEQUENTIAL, true, 16, DVD_1X, 2298496 },
	{ DISCERN_PROFILE_DVD_R_DL, "DVD-R DL", FAMILY_DVD, WRITING_SEQUENTIAL, false, 16, DVD_1X, 4171712 },
	{ DISCERN_PROFILE_DVD_R_DL_JUMP, "DVD-R DL layer jump", FAMILY_DVD, WRITING_SEQUENTIAL, false, 16, DVD_1X, 4171712 },
	{ DISCERN_PROFILE_DVD_RW_DL, "DVD-RW DL", FAMILY_DVD, WRITING_SEQUENTIAL, true, 16, DVD_1X, 4171712 },
	{ DISCERN_PROFILE_DVD_PLUS_RW, "DVD+RW", FAMILY_DVD, WRITING_RANDOM, true, 16, DVD_1X, 2295104 },
	{ DISCERN_PROFILE_DVD_PLUS_R, "DVD+R", FAMILY_DVD, WRITING_SEQUENTIAL, false, 16, DVD_1X, 2295104 },
	{ DISCERN_PROFILE_DVD_PLUS_RW_DL, "DVD+RW DL", FAMILY_DVD, WRITING_RANDOM, true, 16, DVD_1X, 4173824 },
	{ DISCERN_PROFILE_DVD_PLUS_R_DL, "DVD+R DL", FAMILY_DVD, WRITING_SEQUENTIAL, false, 16, DVD_1X, 4173824 },
	{ DISCERN_PROFILE_BD_ROM, "BD-ROM", FAMILY_BD, WRITING_NEVER, false, 32, BD_1X, 0 },
	{ DISCERN_PROFILE_BD_R, "BD-R", FAMILY_BD, WRITING_SEQUENTIAL, false, 32, BD_1X, 12219392 },
	{ DISCERN_PROFILE_BD_R_RRM, "BD-R random recording", FAMILY_BD, WRITING_RANDOM, false, 32, BD_1X, 11826176 },
	{ DISCERN_PROFILE_BD_RE, "BD-RE", FAMILY_BD, WRITING_RANDOM, true, 32, BD_1X, 11826176 },
	{ DISCERN_PROFILE_HD_DVD_ROM, "HD DVD-ROM", FAMILY_HD_DVD, WRITING_NEVER, false, 32, HD_1X, 0 },
	{ DISCERN_PROFILE_HD_DVD_R, "HD DVD-R", FAMILY_HD_DVD, WRITING_SEQUENTIAL, false, 32, HD_1X, 7340032 },
	{ DISCERN_PROFILE_HD_DVD_RAM, "HD DVD-RAM", FAMILY_HD_DVD, WRITING_RANDOM, true, 32, HD_1X, 9420800 },
};

const struct profile *profile_all(size_t *ret_n)
{
	*ret_n = sizeof(profiles) / sizeof(profiles[0]);
	return profiles;
}

const struct profile *profile_find(unsigned number)
{
	static const struct profile unknown = {
		.number = DISCERN_PROFILE_NONE, .name = "unknown medium", .family = FAMILY_NONE, .ecc_sectors = 1,
	};

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if ((unsigned)profiles[i].number == number)
			return &profiles[i];
	return &unknown;
}

const char *discern_profile_name(enum discern_profile profile)
{
	return profile_find((unsigned)profile)->name;
}

uint32_t discern_profile_1x_kbps(enum discern_profile profile)
{
	return profile_find((unsigned)profile)->speed_1x_kbps;
}
