/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of the media that there are as virtual discs. */
#ifndef VDRIVE_DISC_MEDIA_H
#define VDRIVE_DISC_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/profile.h"

/** Largest CD-R and CD-ROM that is taken for one: 99 minutes. */
#define DISC_CD_MAX 445000

/** How a medium that leaves a choice is recorded now. */
enum disc_recording {
	RECORDING_USUAL,            /**< as its profile says */
	RECORDING_AT_ONCE,          /**< DVD-RW, minimally blanked: one session of announced size */
	RECORDING_OVERWRITE,        /**< DVD-RW, formatted: restricted overwrite, with a profile of its own */
	RECORDING_PSEUDO_OVERWRITE, /**< BD-R, formatted: recorded sectors may be written again, elsewhere */
	RECORDING_PACKETS,          /**< CD-RW, formatted: one track of fixed packets that can be overwritten */
};

struct disc_media {
	/** As users write it. */
	const char *name;
	enum discern_profile profile;
	bool is_pressed;
	/** Layers, and sectors of user data on all of them without spares: at least, at most, on a common disc. */
	unsigned n_layers;
	uint32_t min_sectors, max_sectors, usual_sectors;
	/** Sectors that a format with spares of the usual size takes from a common disc; 0 without such a format. */
	uint32_t spare_sectors;
	/** How it comes from the factory. */
	enum disc_recording recording;
	bool is_formatted;
};

/** The entry for a name such as "cd-r", or for a profile with so many layers; NULL if there is none. */
const struct disc_media *disc_media_by_name(const char *name);
const struct disc_media *disc_media_by_profile(enum discern_profile profile, unsigned n_layers);

/** All entries, the pressed ones by size; *ret_n is their number. */
const struct disc_media *disc_media_all(size_t *ret_n);

/** Names of the blank or of the pressed ones: "cd-r, dvd+r or bd-r". */
void disc_media_names(bool is_pressed, char *text, size_t size);

#endif
