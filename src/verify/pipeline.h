/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three threads at work on a few slots in turn, so that the drive never waits: one reads the image ahead, the
 * caller reads the disc and compares, one makes the SHA-256 of what was read from the disc.
 */
#ifndef VERIFY_PIPELINE_H
#define VERIFY_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>

#include "base/hash.h"
#include "disc/source.h"

/** A stretch of disc and image. */
struct verify_pipeline_slot {
	uint32_t lba;
	uint32_t n_sectors;
	/** The image's sectors, ready. */
	uint8_t *image;
	/** For the caller to fill with the disc's sectors. */
	uint8_t *disc;
	/** For the caller: which of them cannot be read. */
	bool *is_bad;
	/** Set by the caller if all of disc counts; the digest is given up otherwise. */
	bool is_complete;
};

struct verify_pipeline;

/** Starts the threads. The image belongs to the pipeline until verify_pipeline_stop(); slot_sectors is the size of
 *  a slot. */
int verify_pipeline_start(struct discern_source *image, uint64_t image_bytes, uint32_t slot_sectors,
			  struct verify_pipeline **ret_pipeline, struct discern_error *err);

/** Waits for the next stretch of the image: 1 with a slot, 0 at the end of the image, or its error. */
int verify_pipeline_take(struct verify_pipeline *pipeline, struct verify_pipeline_slot **ret_slot,
			 struct discern_error *err);

/** Hands the slot that was taken on to be digested and used again. */
void verify_pipeline_give(struct verify_pipeline *pipeline);

/** Ends the threads and releases all. ret_sha256 (may be NULL) is empty unless the whole image was complete. */
void verify_pipeline_stop(struct verify_pipeline *pipeline, char ret_sha256[HASH_HEX_SIZE]);

#endif
