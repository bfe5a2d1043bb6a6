/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Audio from drives that do not begin where they should, each time elsewhere. What one command gives lies together, so it
 * is placed by what comes before the sectors in question and is known to be on the disc as it is in the image.
 */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/audio_overlap.h"

enum { SECTOR_SAMPLES = SECTOR_RAW / CD_VERIFY_SAMPLE_BYTES };

/* Sectors before the piece that it is placed by, and by which a drive may be off. Together with a piece as many as one
 * command of most systems brings. */
enum { ANCHOR = 4, AROUND = 2, PIECE = 12, MAX_TRIES = 8 };

/* Of silence so many sectors at most are read over with one command. */
enum { MOST = CD_AUDIO_WHOLE, MOST_BEFORE = MOST - PIECE - 2 * AROUND - 1 };

struct cd_verify_jitter {
	/** Sectors up to here, so many in a row, are as in the image. */
	int32_t end_lba;
	uint32_t n_equal;
	uint32_t wanted[(PIECE + ANCHOR) * SECTOR_SAMPLES], found[MOST * SECTOR_SAMPLES];
};

/* One piece, and what its tries have shown. */
struct piece {
	struct discern_range range;
	const struct discern_range *run;
	enum cd_verify_outcome *outcomes;
	/** The anchor begins so many sectors before the piece; 0 without one. */
	int32_t n_before;
	bool has_shift;
	int32_t shift;
};

int cd_verify_jitter_new(struct cd_verify_jitter **ret_jitter, struct discern_error *err)
{
	*ret_jitter = calloc(1, sizeof(**ret_jitter));
	return *ret_jitter != NULL ? 0 : discern_error_set(err, -ENOMEM, "out of memory");
}

void cd_verify_jitter_note(struct cd_verify_jitter *jitter, int32_t lba, bool is_equal)
{
	jitter->n_equal = !is_equal ? 0 : lba == jitter->end_lba ? jitter->n_equal + 1 : 1;
	jitter->end_lba = lba + 1;
}

static void unpack(const uint8_t sector[SECTOR_RAW], uint32_t *ret_samples)
{
	for (size_t i = 0; i < SECTOR_SAMPLES; i++)
		ret_samples[i] = get_le32(sector + i * CD_VERIFY_SAMPLE_BYTES);
}

static int load_wanted(struct cd_verify *verify, const struct piece *piece, struct discern_error *err)
{
	uint32_t *to = verify->jitter->wanted;
	uint8_t sector[SECTOR_RAW];

	for (int32_t i = piece->n_before > 0 ? -ANCHOR : 0; i < (int32_t)piece->range.n_sectors; i++) {
		int32_t lba = piece->range.lba + (i >= 0 ? i : i + ANCHOR - piece->n_before);

		if (cd_image_read(verify->image, lba, sector, NULL) < 0)
			return discern_error_set(err, -EIO, "sector %d of the image cannot be read", lba);
		unpack(sector, to);
		to += SECTOR_SAMPLES;
	}
	return 0;
}

/* Sectors before lba at which sound begins that tells where it lies, and that is on the disc; as near as can be. */
static int32_t find_anchor(struct cd_verify *verify, int32_t lba)
{
	const struct cd_verify_jitter *jitter = verify->jitter;
	uint8_t sector[SECTOR_RAW];
	int32_t n_equal = jitter->end_lba == lba ? (int32_t)jitter->n_equal : 0;

	for (int32_t n = ANCHOR; n <= n_equal && n <= MOST_BEFORE; n++)
		if (cd_image_read(verify->image, lba - n, sector, NULL) == 0 &&
		    cd_verify_is_telling(sector, SECTOR_RAW))
			return n;
	return n_equal >= ANCHOR ? ANCHOR : 0;
}

/* With one command, what lies around the piece. 1 if all of it came, and then ret_run has it by the image's places. */
static int load_found(struct cd_verify *verify, const struct piece *piece, struct audio_run *ret_run,
		      struct discern_error *err)
{
	const struct cd_verify_shift offset = cd_verify_shift(verify->result->offset_samples);
	int32_t first = piece->range.lba + offset.whole - piece->n_before - AROUND;
	int32_t end = piece->range.lba + (int32_t)piece->range.n_sectors + offset.whole + (offset.cut > 0) + AROUND;
	int32_t run_end = piece->run->lba + (int32_t)piece->run->n_sectors;
	struct discern_range range;
	int ret;

	first = first < piece->run->lba ? piece->run->lba : first;
	end = end > run_end ? run_end : end;
	if (end <= first)
		return 0;
	range = (struct discern_range){ first, (uint32_t)(end - first) };
	if (piece->n_before > ANCHOR) {
		memset(verify->states, 0, sizeof(verify->states));
		ret = cd_audio_read_whole(verify->reader, &range, verify->sectors) == 0 ? 0 : 1;
	} else {
		ret = cd_verify_fetch(verify, &range, piece->run, err);
	}
	if (ret != 0)
		return ret < 0 ? ret : 0;
	for (uint32_t i = 0; i < range.n_sectors; i++) {
		if (piece->n_before <= ANCHOR && verify->states[i] != CD_VERIFY_READ)
			return 0;
		unpack(verify->sectors[i].data, verify->jitter->found + (size_t)i * SECTOR_SAMPLES);
	}
	*ret_run = (struct audio_run){ verify->jitter->found, NULL,
				       (int64_t)first * SECTOR_SAMPLES - verify->result->offset_samples,
				       (size_t)range.n_sectors * SECTOR_SAMPLES };
	return 1;
}

/* Whether the piece's sectors are what was wanted, where the run lies now. All of them. */
static bool compare_piece(const struct cd_verify *verify, const struct piece *piece, const struct audio_run *run,
			  bool ret_is_equal[PIECE])
{
	const uint32_t *wanted = verify->jitter->wanted + (piece->n_before > 0 ? ANCHOR * SECTOR_SAMPLES : 0);
	bool is_all = true;

	for (uint32_t i = 0; i < piece->range.n_sectors; i++) {
		int64_t at = ((int64_t)piece->range.lba + i) * SECTOR_SAMPLES - run->start;

		ret_is_equal[i] = at >= 0 && at + SECTOR_SAMPLES <= (int64_t)run->n &&
				  memcmp(run->samples + at, wanted + (size_t)i * SECTOR_SAMPLES, SECTOR_RAW) == 0;
		is_all &= ret_is_equal[i];
	}
	return is_all;
}

/* Where a piece belongs by itself, as nothing before it tells: it counts if it lies where it should, or if it comes elsewhere
 * each time, which a disc cannot do. */
static bool may_count(struct piece *piece, int32_t shift)
{
	bool has_moved = piece->has_shift && shift != piece->shift;

	piece->has_shift = true;
	piece->shift = shift;
	return shift == 0 || has_moved;
}

/* *ret_is_done once all of it came as it should. */
static int try_piece(struct cd_verify *verify, struct piece *piece, bool *ret_is_done, struct discern_error *err)
{
	const struct cd_verify_jitter *jitter = verify->jitter;
	const int64_t start = (int64_t)piece->range.lba * SECTOR_SAMPLES;
	const struct audio_run anchor = { jitter->wanted, NULL, start - (int64_t)piece->n_before * SECTOR_SAMPLES,
					  ANCHOR * SECTOR_SAMPLES };
	const struct audio_run itself = { jitter->wanted + (piece->n_before > 0 ? ANCHOR * SECTOR_SAMPLES : 0), NULL,
					  start, (size_t)piece->range.n_sectors * SECTOR_SAMPLES };
	enum audio_overlap found = OVERLAP_VAGUE;
	bool is_equal[PIECE], counts = true;
	struct audio_run run;
	int32_t shift = 0;
	int ret = load_found(verify, piece, &run, err);

	if (ret <= 0)
		return ret;
	if (piece->n_before > 0)
		found = audio_overlap_find(&anchor, &run, &shift);
	if (found == OVERLAP_VAGUE) {
		found = audio_overlap_find(&itself, &run, &shift);
		counts = found == OVERLAP_VAGUE || may_count(piece, shift);
	}
	if (found == OVERLAP_NONE)
		return 0;
	run.start += shift;
	*ret_is_done = compare_piece(verify, piece, &run, is_equal) && counts;
	verify->result->has_jitter |= shift != 0 && counts;
	for (uint32_t i = 0; counts && i < piece->range.n_sectors; i++)
		if (is_equal[i])
			piece->outcomes[i] = CD_EQUAL;
	return 0;
}

int cd_verify_jitter_compare(struct cd_verify *verify, const struct discern_range *chunk,
			     const struct discern_range *run, enum cd_verify_outcome *outcomes,
			     struct discern_error *err)
{
	struct cd_verify_jitter *jitter = verify->jitter;
	int ret = 0;

	for (uint32_t done = 0; ret == 0 && done < chunk->n_sectors; done += PIECE) {
		uint32_t n_left = chunk->n_sectors - done;
		struct piece piece = { .range = { chunk->lba + (int32_t)done, n_left < PIECE ? n_left : PIECE },
				       .run = run,
				       .outcomes = outcomes + done };
		bool is_done = true;

		for (uint32_t i = 0; i < piece.range.n_sectors; i++)
			is_done &= outcomes[done + i] != CD_DIFFERENT && outcomes[done + i] != CD_UNREADABLE;
		if (!is_done)
			piece.n_before = find_anchor(verify, piece.range.lba);
		if (!is_done)
			ret = load_wanted(verify, &piece, err);
		for (unsigned n = 0; ret == 0 && !is_done && n < MAX_TRIES; n++)
			ret = try_piece(verify, &piece, &is_done, err);
		for (uint32_t i = 0; i < piece.range.n_sectors; i++)
			cd_verify_jitter_note(jitter, piece.range.lba + (int32_t)i, outcomes[done + i] == CD_EQUAL);
	}
	return ret;
}
