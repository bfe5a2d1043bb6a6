/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a drive's mechanics take: speeds over the radius, seeks, turns. Nothing here keeps a state. */
#ifndef VDRIVE_TIMING_MODEL_H
#define VDRIVE_TIMING_MODEL_H

#include <stdint.h>

#include "vdrive/geometry.h"
#include "vdrive/vdrive.h"

/*
 * The model's constants. Data sheets of half-height DVD and BD burners (access times 110 to 180 ms, tray and
 * recognition times) are the source where none is named.
 */
enum {
	/* From the command's arrival to its answer, of one without data: SATA PIO and the drive's firmware. */
	MODEL_COMMAND_US = 200,
	/* Data over the interface: SATA 1.5 Gbit/s less its coding, in bytes per microsecond. */
	MODEL_INTERFACE_BYTES_PER_US = 150,
	/* Seek: to a neighbour and settle; over the whole radius. A third of it, the usual measure, takes 150 ms. */
	MODEL_SEEK_SETTLE_US = 15000,
	MODEL_SEEK_FULL_US = 250000,
	/* Focus on another layer, and find the spherical aberration for it. */
	MODEL_LAYER_CHANGE_US = 100000,
	/* From standing to the first sector, the medium's kind being known. */
	MODEL_SPIN_UP_US = 3000000,
	/* From one speed to another. */
	MODEL_SPEED_CHANGE_US = 700000,
	MODEL_TRAY_US = 1800000,
	/* One retry of an uncorrectable unit: back by a track, turns to lock, one to read, some for other equaliser
	 * settings. With 32 of them (mode page 01h) such a sector takes 1 to 3 seconds at full speed and more at 1x, as
	 * users of ddrescue, IsoBuster and dvdisaster tell. */
	MODEL_RETRY_TURNS = 8,
	/* Most of this for one command: programs allow 15 to 60 seconds. */
	MODEL_GIVE_UP_US = 12000000,
	/* Read cache, in sectors: 2 MiB, of 2 to 8 that drives have. */
	MODEL_CACHE_SECTORS = 1024,
	/* Power calibration before the first data of a session. */
	MODEL_CALIBRATION_US = 4000000,
	/* A link after the buffer ran empty: stop, find the end, go on. */
	MODEL_LINK_US = 300000,
	/* Orange Book part II: lead-in 4500 sectors, lead-out of the first session 6750, of a later one 2250. */
	MODEL_CD_LEAD_IN_SECTORS = 4500,
	MODEL_CD_LEAD_OUT_SECTORS = 6750,
	MODEL_CD_NEXT_LEAD_OUT_SECTORS = 2250,
	/* A border zone or a session's closure on DVD+R (ECMA-349 clause 23) and BD-R, at writing speed. */
	MODEL_DVD_CLOSE_SECTORS = 16384,
	MODEL_BD_CLOSE_SECTORS = 8192,
	/* A track's end: its run-out, and the table of contents' memory. */
	MODEL_CLOSE_TRACK_US = 2000000,
	/* DVD+RW: the lead-in and the first part of the format, after which data is taken (ECMA-337 clause 25). */
	MODEL_FORMAT_US = 20000000,
};

struct model {
	struct geometry geometry;
	enum profile_family family;
	/** Bytes of a sector as speeds count them: 2352 of a CD, else 2048. */
	uint32_t sector_bytes;
	/** Write speeds come in zones instead of growing with the radius. */
	bool has_zones;
	enum vdrive_rotation rotation;
};

void model_init(struct model *model, const struct disc *disc, enum vdrive_rotation rotation);

/** Sectors a second where data comes at most with set_kbps, and, if the drive does not turn faster at the hub (CAV), the
 *  disc turns at most as fast as at its rim with highest_kbps. */
double model_rate(const struct model *model, int64_t lba, uint32_t set_kbps, uint32_t highest_kbps);

/** The same of writing, with the speeds that the drive has for the medium, the highest first. */
double model_write_rate(const struct model *model, int64_t lba, uint32_t set_kbps, const uint32_t *speeds,
			size_t n_speeds);

/** One turn of the disc under a pick-up that reads so many sectors a second. */
int64_t model_turn_us(const struct model *model, int64_t lba, double rate);

/** The pick-up's way, without the wait for the sector to come round. */
int64_t model_seek_us(const struct model *model, int64_t from, int64_t to);

/** What so many sectors take. */
int64_t model_transfer_us(double n_sectors, double rate);

#endif
