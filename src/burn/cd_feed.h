/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeds the burn of a CD: a thread reads sectors far ahead into a ring of memory and hashes them, the burn takes them. */
#ifndef BURN_CD_FEED_H
#define BURN_CD_FEED_H

#include <discern/error.h>

#include "burn/cd_stream.h"

struct cd_feed;

struct cd_feed_state {
	uint32_t n_delivered;
	/** How full the ring is; 100 once all has been read. */
	uint8_t percent;
	/** Least fill since the first delivery, while something was left to read, and how often it was empty. */
	uint8_t min_percent;
	uint32_t n_empty;
};

/** Starts reading the stream, which is the feed's until cd_feed_free(). */
int cd_feed_new(struct cd_stream *stream, bool has_subchannel, struct cd_feed **ret_feed, struct discern_error *err);

/** Waits until the ring is full or has everything, at most timeout_ms. */
bool cd_feed_wait_full(struct cd_feed *feed, unsigned timeout_ms);

/** Before the first delivery: what is wrong with the image, if all of it has been read by then or cannot be, so that no
 *  disc is begun with it. 0, or an error as of cd_feed_finish(). */
int cd_feed_check_begin(struct cd_feed *feed, const char *sha256, struct discern_error *err);

/** The next sector; for struct cd_recorder_job. */
int cd_feed_deliver(uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel, void *feed);

void cd_feed_state(struct cd_feed *feed, struct cd_feed_state *ret_state);

/** Makes a delivery that waits, and all that follow, return -ECANCELED. */
void cd_feed_cancel(struct cd_feed *feed);

/** Once the burn is over: 0 only if all was delivered, and was what sha256 says. -EIO (the image could not be read),
 *  -ENODATA (not all was taken), -ESTALE (it has changed). */
int cd_feed_finish(struct cd_feed *feed, const char *sha256, struct discern_error *err);

/** Stops and releases; accepts NULL. */
void cd_feed_free(struct cd_feed *feed);

#endif
