/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/timing_model.h"

#include <math.h>

enum { CD_RAW_BYTES = 2352 };

void model_init(struct model *model, const struct disc *disc, enum vdrive_rotation rotation)
{
	const struct profile *profile = disc_profile(disc);

	geometry_init(&model->geometry, disc);
	model->family = profile->family;
	model->sector_bytes = profile->family == FAMILY_CD ? CD_RAW_BYTES : DISC_SECTOR;
	model->has_zones = profile->is_rewritable;
	model->rotation = rotation;
}

/* The speed at which the disc turns as fast as it does at the rim with the highest. */
static double angular_limit(const struct model *model, int64_t lba, uint32_t highest_kbps)
{
	if (model->rotation == VDRIVE_ROTATION_CLV)
		return highest_kbps;
	return highest_kbps * geometry_radius(&model->geometry, lba) / model->geometry.outer_mm;
}

static double to_rate(const struct model *model, double kbps)
{
	return (kbps < 1 ? 1 : kbps) * 1000 / model->sector_bytes;
}

double model_rate(const struct model *model, int64_t lba, uint32_t set_kbps, uint32_t highest_kbps)
{
	double limit = angular_limit(model, lba, highest_kbps);

	return to_rate(model, limit < set_kbps ? limit : set_kbps);
}

double model_write_rate(const struct model *model, int64_t lba, uint32_t set_kbps, const uint32_t *speeds,
			size_t n_speeds)
{
	double limit;

	if (n_speeds == 0)
		return to_rate(model, set_kbps);
	limit = angular_limit(model, lba, speeds[0]);
	if (!model->has_zones)
		return to_rate(model, limit < set_kbps ? limit : set_kbps);
	for (size_t i = 0; i < n_speeds; i++)
		if (speeds[i] <= limit && speeds[i] <= set_kbps)
			return to_rate(model, speeds[i]);
	return to_rate(model, speeds[n_speeds - 1]);
}

int64_t model_turn_us(const struct model *model, int64_t lba, double rate)
{
	double circumference = 2 * M_PI * geometry_radius(&model->geometry, lba);

	return (int64_t)(circumference / (rate * model->geometry.sector_mm) * 1e6);
}

int64_t model_seek_us(const struct model *model, int64_t from, int64_t to)
{
	const struct geometry *geometry = &model->geometry;
	double way = fabs(geometry_radius(geometry, from) - geometry_radius(geometry, to));
	double stroke = geometry->outer_mm - geometry->inner_mm;
	double part = way < stroke ? sqrt(way / stroke) : 1;
	int64_t duration_us = MODEL_SEEK_SETTLE_US + (int64_t)(part * (MODEL_SEEK_FULL_US - MODEL_SEEK_SETTLE_US));

	if (geometry_layer(geometry, from) != geometry_layer(geometry, to))
		duration_us += MODEL_LAYER_CHANGE_US;
	return duration_us;
}

int64_t model_transfer_us(double n_sectors, double rate)
{
	return n_sectors > 0 ? (int64_t)ceil(n_sectors / rate * 1e6) : 0;
}
