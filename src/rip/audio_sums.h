/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums by which other people's rips of the same disc are compared: CRC-32, AccurateRip versions 1 and 2, CTDB. */
#ifndef RIP_AUDIO_SUMS_H
#define RIP_AUDIO_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/cd_layout.h"

/** What the place of a track on its disc decides: AccurateRip leaves five sectors out at the begin of the first track
 *  and at the end of the last one, and CTDB ten at each end of the disc. */
struct audio_sums_track {
	/** Samples of both channels. */
	uint64_t n_samples;
	bool is_first, is_last;
	/** By CTDB's rule, left out of the disc's end: ten sectors, and what is over of a multiple of them. */
	uint64_t n_left_out;
};

/** Sums of one track; .track is set, the others zero at the begin. */
struct audio_sums {
	struct audio_sums_track track;
	uint64_t n_done;
	uint32_t crc32, accuraterip_v1, accuraterip_v2, ctdb;
};

/** Adds samples of four bytes; size is a multiple of four. ret_disc_crc, which may be NULL, is CTDB's of the whole disc,
 *  to which the tracks are added in their order. */
void audio_sums_add(struct audio_sums *sums, const uint8_t *samples, size_t size, uint32_t *disc_crc);

/** What CTDB leaves out at the end of a disc of so many samples. */
uint64_t audio_sums_ctdb_end(uint64_t n_samples);

/** Names of the disc in AccurateRip's database, by its audio tracks, lead-out and FreeDB's name. */
struct accuraterip_id {
	unsigned n_tracks;
	uint32_t id1, id2, freedb;
};
void accuraterip_id_make(const struct cd_layout *layout, uint32_t freedb, struct accuraterip_id *ret_id);

/** How many rips of a track AccurateRip knows with these sums; 0 for none. */
struct accuraterip_match {
	unsigned confidence_v1, confidence_v2;
};

/** A file of AccurateRip's database (dBAR-….bin). */
struct accuraterip_file {
	const uint8_t *data;
	size_t size;
};

/** Looks a track up; place 0 is the first audio track. False if the file has nothing of this disc. */
bool accuraterip_find(const struct accuraterip_file *file, const struct accuraterip_id *id, unsigned place,
		      const struct audio_sums *sums, struct accuraterip_match *ret_match);

/** It is made of whole entries, of any disc. */
bool accuraterip_is_sound(const struct accuraterip_file *file);

#endif
