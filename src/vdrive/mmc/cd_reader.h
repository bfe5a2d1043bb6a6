/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the decoder of a drive makes of a CD: sound comes shifted by the drive's read offset, damaged sectors with
 * wrong bytes and C2 pointers at them, data sectors corrected where that is possible.
 */
#ifndef VDRIVE_MMC_CD_READER_H
#define VDRIVE_MMC_CD_READER_H

#include <stdbool.h>

#include "disc/sector.h"
#include "disc/subchannel.h"
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"

/** One sector. */
struct cd_sector {
	int32_t lba;
	/** 0, -ENXIO where nothing can be read, -EIO if the file behind the medium fails; then the rest is not valid. */
	int ret;
	bool is_audio;
	enum sector_form form;
	/** Data that error correction could not restore. */
	bool is_uncorrectable;
	/** There are bits in c2. */
	bool has_errors;
	uint8_t data[SECTOR_RAW];
	uint8_t c2[SECTOR_C2];
	uint8_t subchannel[SUBCHANNEL_BYTES];
};

struct cd_reader {
	struct vdrive *drive;
	bool needs_subchannel;
	/** Marks and rules are the caller's business: for READ, which tells nothing of single bytes. */
	bool ignores_damage;
	/** DAP: wrong samples are concealed. */
	bool conceals;
	/** What shifted sound is put together from, each at the place of its address. */
	struct cd_sector parts[2];
	bool has_part[2];
};

/** Reads one; the same reader for adjacent sectors. */
void cd_reader_read(struct cd_reader *reader, int32_t lba, struct cd_sector *ret_sector);

/** True for an address behind the lead-out of a closed session, up to the next session. */
bool cd_is_lead_out(const struct disc *disc, int32_t lba);

/** The track whose address it is, or which came before; NULL on a disc without tracks. */
const struct cd_track *cd_track_before(const struct cd_layout *layout, int32_t lba);

#endif
