/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audio of a CD: where the samples lie, and whether all are there. */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"

enum { SAMPLE_BYTES = CD_VERIFY_SAMPLE_BYTES, SECTOR_SAMPLES = SECTOR_RAW / SAMPLE_BYTES };

/* Of drives' offsets the largest known is some 1800 samples; reading and writing may add up. */
enum { PROBE_MARGIN = CD_VERIFY_PROBE_MARGIN, PROBE_SECTORS = CD_VERIFY_PROBE_SECTORS };
enum { MAX_OFFSET = PROBE_MARGIN * SECTOR_SAMPLES, MAX_PROBES = 12, MAX_TRIES = 8 };

bool cd_verify_run_at(const struct cd_layout *layout, unsigned i, struct discern_range *ret_run)
{
	const struct cd_track *first = &layout->tracks[i], *last = first;
	bool begins_session = i == 0 || first[-1].session != first->session;
	int32_t begin = first->pregap_lba;

	if (first->mode != CD_AUDIO || (!begins_session && first[-1].mode == CD_AUDIO))
		return false;
	/* The pause that a session begins with not every drive reads; what is hidden in the first one begins at 0. */
	if (begins_session)
		begin = i == 0 ? 0 : first->start_lba;
	while (last + 1 < layout->tracks + layout->n_tracks && last[1].mode == CD_AUDIO &&
	       last[1].session == first->session)
		last++;
	*ret_run = (struct discern_range){ begin, (uint32_t)(last->end_lba - begin) };
	return true;
}

static bool is_silent(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] != 0)
			return false;
	return true;
}

bool cd_verify_is_telling(const uint8_t *data, size_t size)
{
	size_t n = 0;

	for (size_t i = SAMPLE_BYTES; i < size; i++)
		n += data[i] != 0 && data[i] != data[i - SAMPLE_BYTES];
	return n > size / 4;
}

/* ---- the offset ---- */

struct probe {
	int32_t lba;
	uint8_t wanted[PROBE_SECTORS * SECTOR_RAW];
	/** Of the disc, from so many sectors before lba on. */
	uint8_t *found;
	size_t n_found;
};

/* True if the sound lies at this offset. */
static bool lies_at(const struct probe *probe, int32_t offset)
{
	int64_t at = ((int64_t)PROBE_MARGIN * SECTOR_SAMPLES + offset) * SAMPLE_BYTES;

	return at >= 0 && (size_t)at + sizeof(probe->wanted) <= probe->n_found &&
	       memcmp(probe->found + at, probe->wanted, sizeof(probe->wanted)) == 0;
}

/* The least offset at which it lies. */
static bool search(const struct probe *probe, int32_t likely, int32_t *ret_offset)
{
	if (lies_at(probe, likely)) {
		*ret_offset = likely;
		return true;
	}
	for (int32_t offset = 0; offset <= MAX_OFFSET; offset++) {
		if (lies_at(probe, offset) || lies_at(probe, -offset)) {
			*ret_offset = lies_at(probe, offset) ? offset : -offset;
			return true;
		}
	}
	return false;
}

static int load_wanted(struct cd_verify *verify, int32_t lba, struct probe *probe, struct discern_error *err)
{
	probe->lba = lba;
	for (int32_t i = 0; i < PROBE_SECTORS; i++)
		if (cd_image_read(verify->image, lba + i, probe->wanted + (size_t)i * SECTOR_RAW, NULL) < 0)
			return discern_error_set(err, -EIO, "sector %d of the image cannot be read", lba + i);
	return 0;
}

/* 1 if all of it could be read. */
static int load_found(struct cd_verify *verify, struct probe *probe, struct discern_error *err)
{
	const struct discern_range range = { probe->lba - PROBE_MARGIN, 2 * PROBE_MARGIN + PROBE_SECTORS };
	int ret = cd_verify_fetch(verify, &range, &range, err);

	if (ret < 0)
		return ret;
	for (uint32_t i = 0; i < range.n_sectors; i++) {
		if (verify->states[i] != CD_VERIFY_READ)
			return 0;
		memcpy(probe->found + (size_t)i * SECTOR_RAW, verify->sectors[i].data, SECTOR_RAW);
	}
	return 1;
}

/* Places in a stretch of audio where it may be told, spread over it. 1 if the offset was found. */
static int probe_run(struct cd_verify *verify, const struct discern_range *run, struct probe *probe,
		     struct discern_error *err)
{
	const int32_t begin = run->lba + PROBE_MARGIN;
	const int32_t end = run->lba + (int32_t)run->n_sectors - PROBE_MARGIN - PROBE_SECTORS;
	const int32_t step = (end - begin) / MAX_PROBES + 1;
	int ret = 0;

	for (int32_t lba = begin; lba < end && ret == 0; lba += step) {
		ret = load_wanted(verify, lba, probe, err);
		if (ret < 0 || !cd_verify_is_telling(probe->wanted, sizeof(probe->wanted)))
			continue;
		ret = load_found(verify, probe, err);
		if (ret == 1)
			ret = search(probe, verify->options->offset_samples, &verify->result->offset_samples);
	}
	return ret;
}

static int compare_offsets(const void *a, const void *b)
{
	const int32_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

/* The same place some more times: a drive that jitters has another offset each time. Then the one that was given counts
 * if it is among them, and else the one in the middle. 1, as before. */
static int probe_again(struct cd_verify *verify, struct probe *probe, struct discern_error *err)
{
	enum { READINGS = 5 };
	int32_t offsets[READINGS] = { verify->result->offset_samples }, given = verify->options->offset_samples;
	unsigned n = 1;

	for (unsigned i = 1; i < READINGS; i++) {
		int ret = load_found(verify, probe, err);

		if (ret < 0)
			return ret;
		if (ret == 1 && search(probe, given, &offsets[n]))
			n++;
	}
	qsort(offsets, n, sizeof(offsets[0]), compare_offsets);
	verify->result->has_jitter = offsets[0] != offsets[n - 1];
	if (verify->result->has_jitter)
		verify->result->offset_samples =
			verify->options->has_offset && given >= offsets[0] && given <= offsets[n - 1] ? given
												      : offsets[n / 2];
	return 1;
}

int cd_verify_find_offset(struct cd_verify *verify, struct discern_error *err)
{
	const size_t size = (2 * PROBE_MARGIN + PROBE_SECTORS) * SECTOR_RAW;
	AUTO_FREE uint8_t *found = buffer_new(size);
	struct probe probe = { .found = found, .n_found = size };
	struct discern_range run;
	int ret = 0;

	if (found == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < verify->layout->n_tracks && ret == 0; i++) {
		if (!cd_verify_run_at(verify->layout, i, &run))
			continue;
		verify->result->has_audio = true;
		ret = probe_run(verify, &run, &probe, err);
	}
	if (ret == 1)
		ret = probe_again(verify, &probe, err);
	verify->result->is_offset_found = ret == 1;
	if (ret == 1 && verify->options->has_offset &&
	    verify->result->offset_samples != verify->options->offset_samples) {
		cd_verify_differs(verify, "audio lies %d samples late on the disc (negative: early)",
				  verify->result->offset_samples - verify->options->offset_samples);
		return 0;
	}
	/* Nothing to go by, such as silence: where it should lie. */
	if (ret == 0)
		verify->result->offset_samples = verify->options->has_offset ? verify->options->offset_samples : 0;
	return ret < 0 ? ret : 0;
}

/* ---- all samples ---- */

struct cd_verify_shift cd_verify_shift(int32_t offset)
{
	int32_t whole = offset / SECTOR_SAMPLES, rest = offset % SECTOR_SAMPLES;

	if (rest < 0) {
		rest += SECTOR_SAMPLES;
		whole--;
	}
	return (struct cd_verify_shift){ whole, (size_t)rest * SAMPLE_BYTES };
}

static enum cd_verify_outcome compare_part(enum cd_verify_state state, const uint8_t *found, const uint8_t *wanted,
					   size_t size)
{
	if (state == CD_VERIFY_UNREADABLE)
		return CD_UNREADABLE;
	/* Silence is what is there when nothing is. */
	if (state == CD_VERIFY_OUT_OF_REACH)
		return is_silent(wanted, size) ? CD_EQUAL : CD_OUT_OF_REACH;
	return memcmp(found, wanted, size) == 0 ? CD_EQUAL : CD_DIFFERENT;
}

/* A sector of the image with the two of the disc, from place on, that its samples lie in. */
static enum cd_verify_outcome compare_one(const struct cd_verify *verify, uint32_t place,
					  const struct cd_verify_shift *shift, const uint8_t wanted[SECTOR_RAW])
{
	const size_t n = SECTOR_RAW - shift->cut;
	enum cd_verify_outcome head, tail = CD_EQUAL;

	head = compare_part(verify->states[place], verify->sectors[place].data + shift->cut, wanted, n);
	if (shift->cut > 0)
		tail = compare_part(verify->states[place + 1], verify->sectors[place + 1].data, wanted + n, shift->cut);
	if (head == CD_DIFFERENT || tail == CD_DIFFERENT)
		return CD_DIFFERENT;
	if (head == CD_UNREADABLE || tail == CD_UNREADABLE)
		return CD_UNREADABLE;
	return head == CD_OUT_OF_REACH || tail == CD_OUT_OF_REACH ? CD_OUT_OF_REACH : CD_EQUAL;
}

/* A drive errs in reading as well: what once comes as it should is on the disc. */
static int try_again(struct cd_verify *verify, int32_t lba, const struct discern_range *run, const uint8_t *wanted,
		     enum cd_verify_outcome *outcome, struct discern_error *err)
{
	const struct cd_verify_shift shift = cd_verify_shift(verify->result->offset_samples);
	int ret = 0;

	for (uint32_t before = 0; before < MAX_TRIES && ret == 0; before++) {
		const struct discern_range range = { lba + shift.whole - (int32_t)before, before + 2 };
		enum cd_verify_outcome now;

		ret = cd_verify_fetch(verify, &range, run, err);
		if (ret < 0)
			return ret;
		now = compare_one(verify, before, &shift, wanted);
		if (now == CD_EQUAL) {
			*outcome = CD_EQUAL;
			return 0;
		}
	}
	return ret;
}

struct doubted {
	int32_t lba;
	uint8_t wanted[SECTOR_RAW];
	enum cd_verify_outcome outcome;
};

static bool is_amiss(enum cd_verify_outcome outcome)
{
	return outcome == CD_DIFFERENT || outcome == CD_UNREADABLE;
}

static int compare_chunk(struct cd_verify *verify, const struct discern_range *chunk, const struct discern_range *run,
			 struct doubted *doubted, struct discern_error *err)
{
	const struct cd_verify_shift shift = cd_verify_shift(verify->result->offset_samples);
	const struct discern_range range = { chunk->lba + shift.whole, chunk->n_sectors + (shift.cut > 0) };
	enum cd_verify_outcome outcomes[CD_VERIFY_CHUNK];
	int ret = cd_verify_fetch(verify, &range, run, err);

	for (uint32_t i = 0; i < chunk->n_sectors && ret == 0; i++) {
		struct doubted *now = &doubted[i];

		now->lba = chunk->lba + (int32_t)i;
		if (cd_image_read(verify->image, now->lba, now->wanted, NULL) < 0)
			return discern_error_set(err, -EIO, "sector %d of the image cannot be read", now->lba);
		now->outcome = compare_one(verify, i, &shift, now->wanted);
	}
	for (uint32_t i = 0; i < chunk->n_sectors && ret == 0; i++) {
		/* Once it is known that the drive jitters, that takes less. */
		if (is_amiss(doubted[i].outcome) && !verify->result->has_jitter)
			ret = try_again(verify, doubted[i].lba, run, doubted[i].wanted, &doubted[i].outcome, err);
		outcomes[i] = doubted[i].outcome;
	}
	if (ret == 0)
		ret = cd_verify_jitter_compare(verify, chunk, run, outcomes, err);
	for (uint32_t i = 0; i < chunk->n_sectors && ret == 0; i++)
		cd_verify_count(verify, chunk->lba + (int32_t)i, outcomes[i]);
	return ret < 0 ? ret : cd_verify_tell(verify, err);
}

int cd_verify_sound(struct cd_verify *verify, const struct discern_range *run, struct discern_error *err)
{
	AUTO_FREE struct doubted *doubted = calloc(CD_VERIFY_CHUNK, sizeof(*doubted));
	int ret = 0;

	if (doubted == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (uint32_t done = 0; done < run->n_sectors && ret == 0; done += CD_VERIFY_CHUNK) {
		struct discern_range chunk = { run->lba + (int32_t)done, run->n_sectors - done };

		if (chunk.n_sectors > CD_VERIFY_CHUNK)
			chunk.n_sectors = CD_VERIFY_CHUNK;
		ret = compare_chunk(verify, &chunk, run, doubted, err);
	}
	return ret;
}
