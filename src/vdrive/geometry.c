/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/geometry.h"

#include <math.h>
#include <stddef.h>

struct shape {
	enum profile_family family;
	double inner_mm, outer_mm, pitch_mm, sector_mm;
	/** Most sectors that one layer of such a disc takes. */
	uint32_t layer_sectors;
};

/*
 * Data areas and pitches: ECMA-130 clause 8 and 12 (CD; 1.5 um and 1.2 m/s of the range that it allows, which make
 * 80 minutes), ECMA-267 clause 10 and 14 (DVD: 24 to 58 mm, 0.74 um, 3.49 m/s at 676 sectors a second), Blu-ray Disc
 * white paper 1.C (24 to 58 mm, 0.32 um, 4.917 m/s at 2195 sectors a second).
 */
static const struct shape shapes[] = {
	{ FAMILY_CD, 25.0, 58.0, 0.0015, 1200.0 / 75, 445000 },
	{ FAMILY_DVD, 24.0, 58.0, 0.00074, 3490.0 / 676.08, 2300000 },
	{ FAMILY_BD, 24.0, 58.0, 0.00032, 4917.0 / 2194.8, 12500000 },
};

/* BDXL packs 33.4 GB on a layer of the same size (white paper BD-R, part 1). */
enum { BDXL_LAYER_SECTORS = 16500000, BD_DUAL_SECTORS = 25000000 };

static const struct shape *find_shape(enum profile_family family)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].family == family)
			return &shapes[i];
	return &shapes[1];
}

void geometry_init(struct geometry *geometry, const struct disc *disc)
{
	const struct shape *shape = find_shape(disc_profile(disc)->family);
	/* Spare areas take their place as well, so a format moves nothing. */
	uint32_t n_sectors = disc_all_sectors(disc) > 0 ? disc_all_sectors(disc) : 1;
	uint32_t most = shape->layer_sectors;
	double density = 1;

	if (shape->family == FAMILY_BD && n_sectors > BD_DUAL_SECTORS) {
		density = (double)BDXL_LAYER_SECTORS / shape->layer_sectors;
		most = BDXL_LAYER_SECTORS;
	}
	*geometry = (struct geometry){
		.inner_mm = shape->inner_mm,
		.outer_mm = shape->outer_mm,
		.pitch_mm = shape->pitch_mm,
		.sector_mm = shape->sector_mm / density,
		.n_layers = (n_sectors + most - 1) / most,
		.n_sectors = n_sectors,
	};
	geometry->layer_sectors = (n_sectors + geometry->n_layers - 1) / geometry->n_layers;
}

static int64_t within(const struct geometry *geometry, int64_t lba)
{
	if (lba < 0)
		return 0;
	return lba < geometry->n_sectors ? lba : geometry->n_sectors - 1;
}

unsigned geometry_layer(const struct geometry *geometry, int64_t lba)
{
	return (unsigned)(within(geometry, lba) / geometry->layer_sectors);
}

/* Opposite track path: every second layer is read from the rim inwards (ECMA-267 10.6.2). */
static int64_t sectors_from_hub(const struct geometry *geometry, int64_t lba)
{
	int64_t in_layer = within(geometry, lba) % geometry->layer_sectors;

	return geometry_layer(geometry, lba) % 2 == 0 ? in_layer : geometry->layer_sectors - 1 - in_layer;
}

double geometry_radius(const struct geometry *geometry, int64_t lba)
{
	double area = (double)sectors_from_hub(geometry, lba) * geometry->sector_mm * geometry->pitch_mm;

	return sqrt(geometry->inner_mm * geometry->inner_mm + area / M_PI);
}

int64_t geometry_lba_at(const struct geometry *geometry, unsigned layer, double radius_mm)
{
	double area = M_PI * (radius_mm * radius_mm - geometry->inner_mm * geometry->inner_mm);
	int64_t from_hub = (int64_t)ceil(area / (geometry->sector_mm * geometry->pitch_mm));
	int64_t begin = (int64_t)layer * geometry->layer_sectors;

	return layer % 2 == 0 ? begin + from_hub : begin + geometry->layer_sectors - 1 - from_hub;
}
