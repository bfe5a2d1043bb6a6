/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where on the disc a sector lies: marks on a disc have a place, and a drive's pick-up moves in millimetres. */
#ifndef VDRIVE_GEOMETRY_H
#define VDRIVE_GEOMETRY_H

#include <stdint.h>

#include "vdrive/disc.h"

struct geometry {
	/** Of the data area. */
	double inner_mm, outer_mm;
	/** Between two turns of the spiral, and along it from one sector to the next. */
	double pitch_mm, sector_mm;
	unsigned n_layers;
	/** Sectors of one layer; the last may hold fewer. */
	uint32_t layer_sectors;
	/** Sectors that the medium has. */
	uint32_t n_sectors;
};

/** The shape of a medium of this kind and capacity. */
void geometry_init(struct geometry *geometry, const struct disc *disc);

/** Addresses outside of the medium are taken for its first or last sector. */
unsigned geometry_layer(const struct geometry *geometry, int64_t lba);
double geometry_radius(const struct geometry *geometry, int64_t lba);

/** The first sector on a layer at or beyond this radius; may lie outside of the layer. */
int64_t geometry_lba_at(const struct geometry *geometry, unsigned layer, double radius_mm);

#endif
