/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "verify/pace.h"
#include "verify/pipeline.h"
#include "verify/ranges.h"
#include "verify/reader.h"

/* Sectors of one stretch: enough that threads seldom wait for each other. */
#define SLOT_SECTORS 256

/* A comparison while it runs. */
struct comparison {
	const struct compare_options *options;
	struct reader reader;
	struct verify_pace pace;
	struct range_list different;
	struct range_list unreadable;
	uint32_t n_image_sectors;
	/** Sectors of the image that the disc has: fewer than n_image_sectors if it is too short. */
	uint32_t n_present;
	bool is_short;
	struct discern_verify_result *result;
};

static uint64_t in_bytes(uint32_t n_sectors)
{
	return (uint64_t)n_sectors * DISCERN_SECTOR_SIZE;
}

static int report(struct comparison *comparison, uint32_t done_sectors, struct discern_error *err)
{
	uint64_t bad = in_bytes(comparison->different.n_sectors) + in_bytes(comparison->unreadable.n_sectors);

	return verify_pace_tick(&comparison->pace, in_bytes(done_sectors), bad, err);
}

/* The disc's LBA of a sector of the image. */
static int32_t disc_lba(const struct comparison *comparison, uint32_t sector)
{
	return comparison->options->area.first_lba + (int32_t)sector;
}

/* Sorts the first n sectors of a slot into equal, different and unreadable. */
static int judge(struct comparison *comparison, const struct verify_pipeline_slot *slot, uint32_t n)
{
	int ret = 0;

	for (uint32_t i = 0; i < n && ret == 0; i++) {
		size_t at = (size_t)i * DISCERN_SECTOR_SIZE;
		int32_t lba = disc_lba(comparison, slot->lba + i);

		if (slot->is_bad[i])
			ret = range_list_add(&comparison->unreadable, lba, 1);
		else if (!comparison->options->is_by_digest &&
			 memcmp(slot->disc + at, slot->image + at, DISCERN_SECTOR_SIZE) != 0)
			ret = range_list_add(&comparison->different, lba, 1);
		else if (!comparison->options->is_by_digest)
			comparison->result->n_equal_sectors++;
	}
	return ret;
}

static bool has_bad(const struct verify_pipeline_slot *slot)
{
	return memchr(slot->is_bad, 1, slot->n_sectors) != NULL;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

/* Between sessions a disc holds nothing, and an image of it zeros: there is nothing to read then. */
static bool is_empty_gap(const struct comparison *comparison, const struct verify_pipeline_slot *slot, uint32_t i)
{
	return data_area_is_gap(&comparison->options->area, slot->lba + i) &&
	       is_zero(slot->image + (size_t)i * DISCERN_SECTOR_SIZE, DISCERN_SECTOR_SIZE);
}

/* Reads the disc's sectors of a slot, all but empty gaps. */
static int read_slot(struct comparison *comparison, struct verify_pipeline_slot *slot, uint32_t *ret_n,
		     struct discern_error *err)
{
	bool has_gaps = comparison->options->area.n_gaps > 0;
	uint32_t n_existing;

	for (*ret_n = 0; *ret_n < slot->n_sectors; *ret_n += n_existing) {
		bool is_gap = has_gaps && is_empty_gap(comparison, slot, *ret_n);
		struct reader_piece piece = {
			.lba = slot->lba + *ret_n,
			.n_sectors = has_gaps ? 1 : slot->n_sectors - *ret_n,
			.buffer = slot->disc + (size_t)*ret_n * DISCERN_SECTOR_SIZE,
			.is_bad = slot->is_bad + *ret_n,
		};
		int ret;

		while (has_gaps && piece.n_sectors < slot->n_sectors - *ret_n &&
		       is_empty_gap(comparison, slot, *ret_n + piece.n_sectors) == is_gap)
			piece.n_sectors++;
		if (is_gap) {
			memset(piece.buffer, 0, (size_t)piece.n_sectors * DISCERN_SECTOR_SIZE);
			memset(piece.is_bad, 0, piece.n_sectors * sizeof(*piece.is_bad));
			n_existing = piece.n_sectors;
			continue;
		}
		ret = verify_read(&comparison->reader, &piece, &n_existing, err);
		if (ret < 0)
			return ret;
		if (n_existing < piece.n_sectors) {
			*ret_n += n_existing;
			return 0;
		}
	}
	return 0;
}

static int compare_slot(struct comparison *comparison, struct verify_pipeline_slot *slot, struct discern_error *err)
{
	uint32_t n_existing;
	int ret = read_slot(comparison, slot, &n_existing, err);

	if (ret < 0)
		return ret;
	ret = judge(comparison, slot, n_existing);
	if (ret < 0)
		return discern_error_set(err, ret, "out of memory");
	slot->is_complete = n_existing == slot->n_sectors && !has_bad(slot);
	comparison->n_present = slot->lba + n_existing;
	comparison->is_short = n_existing < slot->n_sectors;
	return report(comparison, comparison->n_present, err);
}

/* The image's sectors, one stretch after the other. */
static int compare_all(struct comparison *comparison, struct verify_pipeline *pipeline, struct discern_error *err)
{
	struct verify_pipeline_slot *slot;
	int ret;

	for (;;) {
		ret = verify_pipeline_take(pipeline, &slot, err);
		if (ret <= 0)
			return ret;
		ret = compare_slot(comparison, slot, err);
		if (ret < 0 || comparison->is_short)
			return ret;
		verify_pipeline_give(pipeline);
	}
}

static int compare_image(struct comparison *comparison, struct discern_error *err)
{
	uint32_t preferred = comparison->reader.source->preferred_sectors;
	uint32_t slot_sectors = preferred < SLOT_SECTORS ? SLOT_SECTORS / preferred * preferred : preferred;
	const struct compare_options *options = comparison->options;
	struct verify_pipeline *pipeline;
	char sha256[HASH_HEX_SIZE];
	int ret = verify_pipeline_start(options->image, options->image_bytes, slot_sectors, &pipeline, err);

	if (ret < 0)
		return ret;
	ret = compare_all(comparison, pipeline, err);
	verify_pipeline_stop(pipeline, sha256);
	memcpy(comparison->result->disc_sha256, sha256, sizeof(comparison->result->disc_sha256) - 1);
	return ret;
}

/* Looks at one piece behind the image. Sectors that cannot be read and are no run-out may hold anything. */
static int judge_tail_piece(struct comparison *comparison, const struct reader_piece *piece, uint32_t n_existing)
{
	const struct compare_options *options = comparison->options;
	int ret = 0;

	if (!is_zero(piece->buffer, (size_t)n_existing * DISCERN_SECTOR_SIZE))
		comparison->result->tail = DISCERN_TAIL_DATA;
	for (uint32_t i = 0; i < n_existing && ret == 0; i++) {
		uint32_t lba = piece->lba + i;

		if (piece->is_bad[i] && lba + options->n_run_out_sectors < options->area.n_sectors)
			ret = range_list_add(&comparison->unreadable, disc_lba(comparison, lba), 1);
	}
	return ret;
}

/* Reads what follows the image until something that is no padding turns up. */
static int scan_tail(struct comparison *comparison, struct discern_error *err)
{
	uint32_t n_chunk = comparison->reader.source->preferred_sectors;
	uint8_t *buffer = buffer_new((size_t)n_chunk * DISCERN_SECTOR_SIZE);
	bool *is_bad = calloc(n_chunk, sizeof(*is_bad));
	uint32_t end = comparison->options->area.n_sectors;
	int ret = 0;

	if (buffer == NULL || is_bad == NULL)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	for (uint32_t lba = comparison->n_image_sectors; ret == 0 && lba < end; lba += n_chunk) {
		struct reader_piece piece = { lba, end - lba < n_chunk ? end - lba : n_chunk, buffer, is_bad };
		uint32_t n_existing;

		ret = verify_read(&comparison->reader, &piece, &n_existing, err);
		if (ret < 0)
			break;
		if (judge_tail_piece(comparison, &piece, n_existing) < 0)
			ret = discern_error_set(err, -ENOMEM, "out of memory");
		/* The end, or a verdict: more cannot change it. */
		if (n_existing < piece.n_sectors || comparison->result->tail == DISCERN_TAIL_DATA)
			break;
		if (ret == 0)
			ret = report(comparison, lba + n_existing, err);
	}
	free(is_bad);
	free(buffer);
	return ret;
}

static int judge_tail(struct comparison *comparison, struct discern_error *err)
{
	const struct compare_options *options = comparison->options;
	struct discern_verify_result *result = comparison->result;

	if (comparison->is_short) {
		result->tail = DISCERN_TAIL_SHORT;
		result->n_tail_sectors = comparison->n_image_sectors - comparison->n_present;
		return 0;
	}
	if (options->area.n_sectors <= comparison->n_image_sectors) {
		result->tail = DISCERN_TAIL_NONE;
		return 0;
	}
	result->n_tail_sectors = options->area.n_sectors - comparison->n_image_sectors;
	result->tail = DISCERN_TAIL_PADDING;
	if (options->is_rest_data)
		result->tail = DISCERN_TAIL_DATA;
	else if (options->is_rest_free)
		result->tail = DISCERN_TAIL_FREE;
	else
		return scan_tail(comparison, err);
	return 0;
}

static uint32_t expected_sectors(const struct compare_options *options, uint32_t n_image_sectors)
{
	bool is_scanned = !options->is_rest_data && !options->is_rest_free;

	return is_scanned && options->area.n_sectors > n_image_sectors ? options->area.n_sectors : n_image_sectors;
}

int compare_sources(struct discern_source *disc, const struct compare_options *options,
		    struct discern_verify_result *ret_result, struct discern_error *err)
{
	struct comparison comparison = { .options = options, .result = ret_result };
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	ret_result->image_bytes = options->image_bytes;
	ret_result->is_by_digest = options->is_by_digest;
	if (options->image_bytes == 0 || options->image_bytes > (uint64_t)INT32_MAX * DISCERN_SECTOR_SIZE)
		return discern_error_set(err, -EINVAL, "the image is empty, or larger than any disc");
	comparison.n_image_sectors = (uint32_t)((options->image_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE);
	comparison.reader = (struct reader){
		.source = disc,
		.first_lba = options->area.first_lba,
		.n_disc_sectors = options->area.n_sectors,
		.n_run_out_sectors = options->n_run_out_sectors,
		.pace = &comparison.pace,
	};
	verify_pace_start(&comparison.pace, options->observer, options->speed_1x_kbps,
			  in_bytes(expected_sectors(options, comparison.n_image_sectors)));
	ret = compare_image(&comparison, err);
	if (ret == 0)
		ret = judge_tail(&comparison, err);
	if (ret == 0)
		verify_pace_end(&comparison.pace);
	ret_result->different = comparison.different.items;
	ret_result->n_different_ranges = comparison.different.n;
	ret_result->n_different_sectors = comparison.different.n_sectors;
	ret_result->unreadable = comparison.unreadable.items;
	ret_result->n_unreadable_ranges = comparison.unreadable.n;
	ret_result->n_unreadable_sectors = comparison.unreadable.n_sectors;
	ret_result->seconds = observe_now() - comparison.pace.started;
	return ret;
}
