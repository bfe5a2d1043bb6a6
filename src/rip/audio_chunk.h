/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A piece of audio as the drive gave it, as samples in their places. */
#ifndef RIP_AUDIO_CHUNK_H
#define RIP_AUDIO_CHUNK_H

#include <discern/medium.h>

#include "drive/cd_audio.h"
#include "disc/audio_overlap.h"
#include "rip/meter.h"

enum { AUDIO_SECTOR_SAMPLES = 588, AUDIO_SAMPLE_BYTES = 4 };

/** Most sectors of a chunk. */
enum { AUDIO_CHUNK_SECTORS = CD_AUDIO_WHOLE };

struct audio_chunk {
	/** The range asked for; .run covers it. */
	struct discern_range range;
	struct audio_run run;
	uint32_t samples[AUDIO_CHUNK_SECTORS * AUDIO_SECTOR_SAMPLES];
	/** One bit a sample: the drive says that it is wrong, or gave none. */
	uint8_t bad[AUDIO_CHUNK_SECTORS * AUDIO_SECTOR_SAMPLES / 8 + 1];
	/** Sectors of which nothing was given. */
	bool is_lost[AUDIO_CHUNK_SECTORS];
	/** C2 pointers told of something, or sectors are lost. */
	bool has_bad;
};

/** What chunks are read with. */
struct audio_deck {
	struct discern_drive *drive;
	struct cd_audio *audio;
	struct meter *meter;
	/** Where sound is for sure; beyond, the drive may reach or not. */
	int32_t first_lba, end_lba;
	/** When to stop, by the drive's clock and ours; 0 for never. */
	double started, max_seconds;
	/** Sectors read, of which the drive's cache keeps the last ones. */
	uint64_t n_read;
	struct cd_audio_sector *sectors;
};

/** Reads a chunk; sectors that cannot be read are silence, and bad. 0, or what ends the job; -ECANCELED. */
int audio_chunk_read(struct audio_deck *deck, const struct discern_range *range, struct audio_chunk *ret_chunk,
		     struct discern_error *err);

/** Reads it with one command; false, with nothing in the chunk, if that does not go. */
bool audio_chunk_read_whole(struct audio_deck *deck, const struct discern_range *range, struct audio_chunk *ret_chunk);

#endif
