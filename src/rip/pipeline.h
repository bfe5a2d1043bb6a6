/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the thread that reads the disc and those that write the image and make its checksums: 32 MiB of
 * blocks. The reader fills one after the other and waits only when all are in use.
 */
#ifndef RIP_PIPELINE_H
#define RIP_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/rip.h>

#define PIPELINE_BLOCK_BYTES ((uint32_t)1 << 20)
#define PIPELINE_N_BLOCKS 32

struct pipeline;

/** What the threads do, and the reader's call while it waits. */
struct pipeline_ops {
	/** In the writing thread: size bytes belong at offset of the image. 0 or a negative errno. */
	int (*write)(const uint8_t *data, uint32_t size, uint64_t offset, void *user);
	/** In a thread of its own, after all that was put before was written: makes it durable together with the
	 *  map text. Writing goes on meanwhile. Takes text over. 0 or a negative errno. */
	int (*checkpoint)(char *text, size_t size, void *user);
	/** In the reader's thread, a few times a second while it waits. */
	void (*idle)(void *user);
	void *user;
};

/**
 * @param sums  digests to make, as of enum discern_sums, as long as the data comes without a gap from offset 0 on; 0 for none
 * @return 0, -ENOMEM, -EAGAIN (no threads) or -ENOTSUP (no such digest). Release with pipeline_free().
 */
int pipeline_new(const struct pipeline_ops *ops, unsigned sums, struct pipeline **ret_pipeline,
		 struct discern_error *err);

/** Drops what was not written yet and ends the threads. Accepts NULL, returns NULL. */
struct pipeline *pipeline_free(struct pipeline *pipeline);

/**
 * Room for size bytes (at most PIPELINE_BLOCK_BYTES) that will belong at offset of the image.
 * @return NULL after writing or a checkpoint failed; pipeline_error() says why
 */
uint8_t *pipeline_room(struct pipeline *pipeline, uint32_t size, uint64_t offset);

/** The room given last holds its data now. */
void pipeline_put(struct pipeline *pipeline, uint32_t size);

/** Has a checkpoint made of all that was put so far. Takes text over; false if one is under way already, and
 *  then text is freed. */
bool pipeline_checkpoint(struct pipeline *pipeline, char *text, size_t size);

/** Waits until everything put so far is written and hashed, and the checkpoint is made. 0 or their error. */
int pipeline_drain(struct pipeline *pipeline);

/** 0, or the negative errno of the write or checkpoint that failed first. */
int pipeline_error(struct pipeline *pipeline);

/** Bytes from offset 0 on that are in the digests, after pipeline_drain(); 0 also if they are worth nothing. */
uint64_t pipeline_n_hashed(struct pipeline *pipeline);

/** What is put from now on, after pipeline_drain(), is not written any more: it only goes into the digests. */
void pipeline_only_hash(struct pipeline *pipeline);

/** Lower-case hex; "" of what was not wanted. */
struct pipeline_digests {
	char sha256[65];
	char md5[33];
	char sha1[41];
	char crc32[9];
};

/** The digests of n_bytes bytes, after pipeline_drain(); false if the data did not come in one piece, or if there are none. */
bool pipeline_digests(struct pipeline *pipeline, uint64_t n_bytes, struct pipeline_digests *ret_digests);

#endif
