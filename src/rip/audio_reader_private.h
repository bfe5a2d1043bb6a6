/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window of the disc while it is read. */
#ifndef RIP_AUDIO_READER_PRIVATE_H
#define RIP_AUDIO_READER_PRIVATE_H

#include "disc/readings.h"
#include "drive/drive.h"
#include "rip/audio_reader.h"

/** Sectors of the window before that are kept, so that pieces can be joined. */
enum { AUDIO_CONTEXT_SECTORS = 24, AUDIO_CONTEXT = AUDIO_CONTEXT_SECTORS * AUDIO_SECTOR_SAMPLES };

struct audio_reader {
	struct audio_deck *deck;
	struct audio_reader_options options;
	/** Sectors that a cache holds at most, and sectors of a window. */
	uint32_t cache_sectors, window_sectors;
	/** Sectors by which a piece overlaps with what is known. */
	uint32_t overlap;
	bool has_jitter;
	struct audio_chunk chunk;

	/** The window: its samples by the drive's places, behind those of the context; whether each is certain so far. Both
	 *  begin at start - n_context. */
	int64_t start;
	size_t n_context, n_samples;
	uint32_t *samples;
	uint8_t *bad;
	/** By sector of the window. */
	enum audio_quality *qualities;
	bool *is_suspect;
	uint8_t *bytes;
};

/** What is known of the window, up to a place (with all: AUDIO_WHOLE). */
#define AUDIO_WHOLE INT64_MAX
struct audio_run audio_reader_known(const struct audio_reader *reader, int64_t end);

/** Reads a chunk that holds the samples from a place on, as many as it can of them, and finds where it belongs by what is
 *  known. end becomes the place behind the last sample that it has. */
struct audio_join {
	int64_t from, end;
	enum audio_overlap found;
};
int audio_reader_read(struct audio_reader *reader, const struct audio_run *known, struct audio_join *join,
		      struct discern_error *err);

/** Reads suspect sectors of the window again until they agree. */
int audio_reader_settle(struct audio_reader *reader, struct discern_error *err);

/** Reads so much elsewhere that nothing of the window is left in the drive's cache, given what was read since n_read. */
int audio_reader_flush(struct audio_reader *reader, uint64_t n_read, struct discern_error *err);

static inline bool audio_get_bit(const uint8_t *bits, size_t i)
{
	return bits[i / 8] & 0x80 >> i % 8;
}

static inline void audio_set_bit(uint8_t *bits, size_t i, bool value)
{
	if (value)
		bits[i / 8] |= (uint8_t)(0x80 >> i % 8);
	else
		bits[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

/** Why what comes next is read. */
static inline const char *audio_because(struct audio_reader *reader, const char *reason)
{
	return readings_because(drive_readings(reader->deck->drive), reason);
}

#endif
