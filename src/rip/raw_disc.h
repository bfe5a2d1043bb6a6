/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is on a CD of which a raw image is made. */
#ifndef RIP_RAW_DISC_H
#define RIP_RAW_DISC_H

#include <discern/rip_raw.h>

#include "disc/cd_dump.h"
#include "drive/cd_whole.h"

/** Sectors of one kind, one behind the other on the disc and in the image. */
struct raw_area {
	struct discern_range range;
	/** In the image, counted in sectors. */
	uint32_t index;
	bool is_audio;
};

struct raw_disc {
	struct cd_layout layout;
	struct cd_text text;
	/** CD-TEXT and the entries of the lead-ins, as the drive gives them. */
	uint8_t *packs, *entries;
	size_t n_packs, n_entries;
	/** Performer and title, or the label of a volume; "" without. */
	char title[DISCERN_RAW_TEXT];
	size_t n_areas;
	struct raw_area areas[CD_MAX_TRACKS];
	/** Of the image. */
	uint32_t n_sectors;
	/** Tells this disc from others; and where pauses begin, which not all drives see alike. */
	char identity[64], pauses[32];
};

struct raw_asker {
	bool (*is_cancelled)(void *user);
	void *user;
};

/** Looks at the disc. Release with raw_disc_clear(), also after an error. */
int raw_disc_read(struct discern_drive *drive, struct cd_whole *whole, const struct raw_asker *asker,
		  struct raw_disc *ret_disc, struct discern_error *err);
void raw_disc_clear(struct raw_disc *disc);

/** The area that a sector of the image is of. */
const struct raw_area *raw_disc_area(const struct raw_disc *disc, uint32_t index);

/** Where a sector of the image is on the disc. */
int32_t raw_disc_lba(const struct raw_disc *disc, uint32_t index);

/** The track, by its place in the layout, that a sector of the image is of. */
unsigned raw_disc_track(const struct raw_disc *disc, uint32_t index);

#endif
