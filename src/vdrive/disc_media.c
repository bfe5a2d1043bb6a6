/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_media.h"

#include <stdio.h>
#include <string.h>

/* Sectors of 2048 bytes, from the standards (Orange Book; ECMA-359, 382, 338 for DVD-R and DVD-RW; ECMA-349, 364, 337
 * for DVD+R and DVD+RW; ECMA-330 for DVD-RAM, whose primary spare area is no part of them) and from discs as drives
 * report them. */
enum {
	CD = 359849,
	DVD_MINUS = 2298496,
	DVD_MINUS_DL = 4171712,
	DVD_PLUS = 2295104,
	DVD_PLUS_DL = 4173824,
	DVD_RAM = 2295072,
	BD = 12219392,
	BD_DL = 24438784,
	BD_TL = 48878592,
	BD_QL = 62500864,
	BD_SPARES = BD - 11826176,
	BD_DL_SPARES = BD_DL - 23652352,
	BD_TL_SPARES = BD_TL - 47305728,
	BD_QL_SPARES = BD_QL - 60403712,
	DVD_RAM_SPARES = DVD_RAM - 2236704,
	/* The largest DVD-ROM, of two layers: ECMA-267. */
	DVD_ROM = 4200000,
};

static const struct disc_media media[] = {
	/* Pressed: an image becomes the first one that it fits on. */
	{ "cd-rom", DISCERN_PROFILE_CD_ROM, true, 1, 1, DISC_CD_MAX, 0, 0, RECORDING_USUAL, true },
	{ "dvd-rom", DISCERN_PROFILE_DVD_ROM, true, 1, 1, DVD_ROM, 0, 0, RECORDING_USUAL, true },
	{ "dvd-rom-dl", DISCERN_PROFILE_DVD_ROM, true, 2, 32, DVD_ROM, 0, 0, RECORDING_USUAL, true },
	{ "bd-rom", DISCERN_PROFILE_BD_ROM, true, 1, 1, BD_QL, 0, 0, RECORDING_USUAL, true },
	/* Sequential CD. */
	{ "cd-r", DISCERN_PROFILE_CD_R, false, 1, 512, DISC_CD_MAX, CD, 0, RECORDING_USUAL, false },
	{ "cd-rw", DISCERN_PROFILE_CD_RW, false, 1, 512, DISC_CD_MAX, CD, 0, RECORDING_USUAL, false },
	/* Sequential DVD-, and what DVD-RW becomes when it is formatted. */
	{ "dvd-r", DISCERN_PROFILE_DVD_R, false, 1, 16, DVD_MINUS, DVD_MINUS, 0, RECORDING_USUAL, false },
	{ "dvd-r-dl", DISCERN_PROFILE_DVD_R_DL, false, 2, 32, DVD_MINUS_DL, DVD_MINUS_DL, 0, RECORDING_USUAL, false },
	{ "dvd-rw", DISCERN_PROFILE_DVD_RW, false, 1, 16, DVD_MINUS, DVD_MINUS, 0, RECORDING_USUAL, false },
	{ "dvd-rw-overwrite", DISCERN_PROFILE_DVD_RW, false, 1, 16, DVD_MINUS, DVD_MINUS, 0, RECORDING_OVERWRITE,
	  true },
	/* Sequential DVD+ and BD-R. */
	{ "dvd+r", DISCERN_PROFILE_DVD_PLUS_R, false, 1, 16, DVD_PLUS, DVD_PLUS, 0, RECORDING_USUAL, false },
	{ "dvd+r-dl", DISCERN_PROFILE_DVD_PLUS_R_DL, false, 2, 32, DVD_PLUS_DL, DVD_PLUS_DL, 0, RECORDING_USUAL,
	  false },
	{ "bd-r", DISCERN_PROFILE_BD_R, false, 1, 32, BD, BD, BD_SPARES, RECORDING_USUAL, false },
	{ "bd-r-dl", DISCERN_PROFILE_BD_R, false, 2, 64, BD_DL, BD_DL, BD_DL_SPARES, RECORDING_USUAL, false },
	{ "bd-r-tl", DISCERN_PROFILE_BD_R, false, 3, 96, BD_TL, BD_TL, BD_TL_SPARES, RECORDING_USUAL, false },
	{ "bd-r-ql", DISCERN_PROFILE_BD_R, false, 4, 128, BD_QL, BD_QL, BD_QL_SPARES, RECORDING_USUAL, false },
	/* Random-writable. */
	{ "dvd+rw", DISCERN_PROFILE_DVD_PLUS_RW, false, 1, 16, DVD_PLUS, DVD_PLUS, 0, RECORDING_USUAL, false },
	{ "dvd-ram", DISCERN_PROFILE_DVD_RAM, false, 1, 64, DVD_RAM, DVD_RAM, DVD_RAM_SPARES, RECORDING_USUAL, true },
	{ "bd-re", DISCERN_PROFILE_BD_RE, false, 1, 96, BD, BD, BD_SPARES, RECORDING_USUAL, false },
	{ "bd-re-dl", DISCERN_PROFILE_BD_RE, false, 2, 96, BD_DL, BD_DL, BD_DL_SPARES, RECORDING_USUAL, false },
	{ "bd-re-tl", DISCERN_PROFILE_BD_RE, false, 3, 96, BD_TL, BD_TL, BD_TL_SPARES, RECORDING_USUAL, false },
};

enum { N_MEDIA = sizeof(media) / sizeof(media[0]) };

const struct disc_media *disc_media_by_name(const char *name)
{
	for (size_t i = 0; i < N_MEDIA; i++)
		if (strcmp(media[i].name, name) == 0)
			return &media[i];
	return NULL;
}

const struct disc_media *disc_media_by_profile(enum discern_profile profile, unsigned n_layers)
{
	for (size_t i = 0; i < N_MEDIA; i++)
		if (media[i].profile == profile && media[i].n_layers == n_layers)
			return &media[i];
	return NULL;
}

const struct disc_media *disc_media_all(size_t *ret_n)
{
	*ret_n = N_MEDIA;
	return media;
}

void disc_media_names(bool is_pressed, char *text, size_t size)
{
	size_t n_left = 0, length = 0;

	for (size_t i = 0; i < N_MEDIA; i++)
		n_left += media[i].is_pressed == is_pressed;
	text[0] = '\0';
	for (size_t i = 0; i < N_MEDIA && length < size; i++) {
		if (media[i].is_pressed != is_pressed)
			continue;
		n_left--;
		length += (size_t)snprintf(text + length, size - length, "%s%s", media[i].name,
					   n_left > 1    ? ", "
					   : n_left == 1 ? " or "
							 : "");
	}
}
