/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_chunk.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

static void set_bad(struct audio_chunk *chunk, size_t sample)
{
	chunk->bad[sample / 8] |= (uint8_t)(0x80 >> sample % 8);
	chunk->has_bad = true;
}

static void take_sector(struct audio_chunk *chunk, uint32_t i, const struct cd_audio_sector *sector)
{
	size_t at = (size_t)i * AUDIO_SECTOR_SAMPLES;

	for (size_t j = 0; j < AUDIO_SECTOR_SAMPLES; j++) {
		chunk->samples[at + j] = get_le32(sector->data + j * AUDIO_SAMPLE_BYTES);
		/* Four bytes of C2 pointers are half a byte. */
		if (sector->c2[j / 2] & (j % 2 == 0 ? 0xf0 : 0x0f))
			set_bad(chunk, at + j);
	}
}

static void lose_sector(struct audio_chunk *chunk, uint32_t i)
{
	size_t at = (size_t)i * AUDIO_SECTOR_SAMPLES;

	memset(chunk->samples + at, 0, AUDIO_SECTOR_SAMPLES * sizeof(chunk->samples[0]));
	for (size_t j = 0; j < AUDIO_SECTOR_SAMPLES; j++)
		set_bad(chunk, at + j);
	chunk->is_lost[i] = true;
}

static bool is_loss(int code)
{
	return code == -EIO || code == -ENXIO || code == -EOPNOTSUPP || code == -EMEDIUMTYPE;
}

/* A virtual drive's clock may be ahead of ours. */
static bool is_over(const struct audio_deck *deck)
{
	double seconds = observe_now() - deck->started, busy = cd_audio_seconds(deck->audio);

	return deck->max_seconds > 0 && (seconds > busy ? seconds : busy) >= deck->max_seconds;
}

static int read_part(struct audio_deck *deck, struct audio_chunk *chunk, uint32_t first, uint32_t n_sectors,
		     struct discern_error *err)
{
	const struct discern_range range = { chunk->range.lba + (int32_t)first, n_sectors };
	int ret = cd_audio_read(deck->audio, &range, deck->sectors, err);

	if (!meter_tick(deck->meter))
		return discern_error_set(err, -ECANCELED, "stopped");
	if ((ret == 0 || is_loss(ret)) && is_over(deck)) {
		discern_error_set(err, -ETIME, "stopped after %.0f seconds, as asked", deck->max_seconds);
		return discern_error_hint(err,
					  "the tracks that are complete are kept; the same command goes on from there");
	}
	if (ret == 0) {
		deck->n_read += n_sectors;
		for (uint32_t i = 0; i < n_sectors; i++)
			take_sector(chunk, first + i, &deck->sectors[i]);
	}
	return ret;
}

/* In one command, and if that fails each sector by itself. */
static int read_part_or_sectors(struct audio_deck *deck, struct audio_chunk *chunk, uint32_t first, uint32_t n_sectors,
				struct discern_error *err)
{
	int ret = read_part(deck, chunk, first, n_sectors, err);

	if (!is_loss(ret))
		return ret;
	for (uint32_t i = 0; i < n_sectors; i++) {
		ret = n_sectors > 1 ? read_part(deck, chunk, first + i, 1, err) : ret;
		if (is_loss(ret))
			lose_sector(chunk, first + i);
		else if (ret < 0)
			return ret;
	}
	return 0;
}

/* How many sectors from lba on are of one kind: before, within, or behind what there is for sure. */
static uint32_t same_side(const struct audio_deck *deck, int32_t lba, uint32_t n_sectors)
{
	int64_t end = (int64_t)lba + n_sectors;

	if (lba < deck->first_lba && end > deck->first_lba)
		end = deck->first_lba;
	else if (lba >= deck->first_lba && lba < deck->end_lba && end > deck->end_lba)
		end = deck->end_lba;
	return (uint32_t)(end - lba);
}

static void begin(struct audio_chunk *ret_chunk, const struct discern_range *range)
{
	ret_chunk->range = *range;
	ret_chunk->run =
		(struct audio_run){ ret_chunk->samples, ret_chunk->bad, (int64_t)range->lba * AUDIO_SECTOR_SAMPLES,
				    (size_t)range->n_sectors * AUDIO_SECTOR_SAMPLES };
	memset(ret_chunk->bad, 0, sizeof(ret_chunk->bad));
	memset(ret_chunk->is_lost, 0, sizeof(ret_chunk->is_lost));
	ret_chunk->has_bad = false;
}

bool audio_chunk_read_whole(struct audio_deck *deck, const struct discern_range *range, struct audio_chunk *ret_chunk)
{
	begin(ret_chunk, range);
	if (cd_audio_read_whole(deck->audio, range, deck->sectors) < 0)
		return false;
	deck->n_read += range->n_sectors;
	for (uint32_t i = 0; i < range->n_sectors; i++)
		take_sector(ret_chunk, i, &deck->sectors[i]);
	return true;
}

int audio_chunk_read(struct audio_deck *deck, const struct discern_range *range, struct audio_chunk *ret_chunk,
		     struct discern_error *err)
{
	uint32_t done = 0;
	int ret;

	begin(ret_chunk, range);
	ret = read_part(deck, ret_chunk, 0, range->n_sectors, err);
	if (!is_loss(ret))
		return ret;
	ret = 0;
	/* Parts of several commands need not adjoin: beyond the end there is nothing to be joined with. */
	if (range->lba < deck->end_lba && range->lba + (int32_t)range->n_sectors > deck->end_lba)
		ret_chunk->run.n = (size_t)(deck->end_lba - range->lba) * AUDIO_SECTOR_SAMPLES;
	while (ret == 0 && done < range->n_sectors) {
		uint32_t n = same_side(deck, range->lba + (int32_t)done, range->n_sectors - done);

		ret = read_part_or_sectors(deck, ret_chunk, done, n, err);
		done += n;
	}
	return ret;
}
