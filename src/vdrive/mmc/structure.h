/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The structures that READ DISC STRUCTURE gives: those of BD in structure.c, those of DVD in structure_dvd.c. */
#ifndef VDRIVE_MMC_STRUCTURE_H
#define VDRIVE_MMC_STRUCTURE_H

#include "vdrive/drive.h"

/** Longest structure, without the header of four bytes: a BD's 4096 bytes of disc information. */
#define STRUCTURE_MAX 4096

/** Format code of the layer boundary of DVD+R DL (MMC-6 6.23.3.2.20). */
#define STRUCTURE_LAYER_BOUNDARY 0x20

struct structure {
	uint8_t format;
	/** Which media have it. */
	bool (*is_on)(const struct disc *disc);
	/** Writes the structure behind the header into zeroed room for STRUCTURE_MAX bytes; its size. */
	size_t (*fill)(const struct disc *disc, uint8_t *data);
};

/** Ended by an entry without a function. */
extern const struct structure vdrive_dvd_structures[];

#endif
