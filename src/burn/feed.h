/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Feeds a burn: a thread reads the checked image far ahead into a ring of memory and hashes what it reads; libburn
 * takes its sectors from the ring. libburn fills up with zeros what a source does not deliver, and calls that a
 * good burn; so every byte is accounted for here.
 */
#ifndef BURN_FEED_H
#define BURN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/burn.h>
#include <discern/error.h>

/** The least and usual size of the ring: libburn's own 4 MiB starve a drive from 83 MB/s on. */
#define FEED_BUFFER_SIZE ((size_t)64 << 20)

struct feed;

/** How the ring fared. */
struct feed_state {
	uint64_t delivered_bytes;
	/** Read from the file although there is a window. */
	uint64_t behind_bytes;
	/** How full it is now; 100 once the whole image has been read. */
	uint8_t percent;
	/** Least fill since the first delivery, while there was something left to read. */
	uint8_t min_percent;
	/** How often a delivery had to wait. */
	uint32_t n_empty;
};

/**
 * Opens the image that was checked and starts reading it. -ESTALE if it is not as it was when it was checked.
 * @param buffer_bytes  size of the ring, in whole MiB, at least one; a drive wants FEED_BUFFER_SIZE
 */
int feed_new(const struct discern_burn_check *check, size_t buffer_bytes, struct feed **ret_feed,
	     struct discern_error *err);

/** Waits until the ring is full or has all of the image, at most timeout_ms. True if it is so. */
bool feed_wait_full(struct feed *feed, unsigned timeout_ms);

/** Before the first delivery: what is wrong with as much of the image as the ring has by then, so that no disc is begun
 *  with it. 0, or an error as of feed_finish(). */
int feed_check_begin(struct feed *feed, struct discern_error *err);

/** Takes the next size bytes, a multiple of the sector size; for struct burner_job. After the last byte of the image
 *  zeros up to the end of its sector. 0, or a negative errno: then nothing more is delivered. One thread only. */
int feed_deliver(uint8_t *buffer, size_t size, void *feed);

/** Any thread may ask at any time. */
void feed_state(struct feed *feed, struct feed_state *ret_state);

/** Makes a waiting feed_deliver(), and all that follow, return -ECANCELED. Any thread. */
void feed_cancel(struct feed *feed);

/** Once the burn is over: 0 only if all of the image was delivered, its SHA-256 is that of the check, and the file is
 *  still the one that was checked. -ESTALE, -EBADMSG (what came through a pipe is not what it has to be), -EOVERFLOW (the
 *  pipe goes on), -ENODATA (not all was taken), or the error of reading. */
int feed_finish(struct feed *feed, struct discern_error *err);

/** Of all bytes of the image, after feed_finish(); empty if not all were read. */
const char *feed_sha256(const struct feed *feed);

/** Stops reading and releases; accepts NULL, returns NULL. */
struct feed *feed_free(struct feed *feed);

#endif
