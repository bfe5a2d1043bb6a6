/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats that a medium can be given: what READ FORMAT CAPACITIES offers and FORMAT UNIT takes. */
#ifndef VDRIVE_MMC_FORMATS_H
#define VDRIVE_MMC_FORMATS_H

#include "vdrive/drive.h"

/** Format types (MMC-6 6.5.4.2). */
enum vdrive_format_type {
	FORMAT_FULL = 0x00,
	FORMAT_CD_RW_FULL = 0x10,
	FORMAT_CD_RW_GROW = 0x11,
	FORMAT_DVD_RW_FULL = 0x10,
	FORMAT_DVD_RW_QUICK_GROW = 0x13,
	FORMAT_DVD_RW_QUICK = 0x15,
	FORMAT_DVD_PLUS_RW = 0x26,
	FORMAT_BD_RE_SPARES = 0x30,
	FORMAT_BD_RE_NO_SPARES = 0x31,
	FORMAT_BD_R = 0x32,
};

struct vdrive_format {
	uint8_t type;
	uint32_t n_sectors;
	/** The descriptor's type dependent parameter, 24 bits. */
	uint32_t parameter;
};

#define VDRIVE_MAX_FORMATS 8

/** The formats that this medium can be given now; their number. */
size_t vdrive_formats(const struct disc *disc, struct vdrive_format formats[VDRIVE_MAX_FORMATS]);
bool vdrive_has_format(const struct disc *disc, uint8_t type);

/** Fewest and most sectors of spares that BD-R and BD-RE can be given. */
void vdrive_spare_limits(const struct disc *disc, uint32_t *ret_least, uint32_t *ret_most);

/** Sectors that a DVD-RW has with restricted overwrite. */
uint32_t vdrive_overwrite_sectors(const struct disc *disc);

#endif
