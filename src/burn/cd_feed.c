/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/cd_feed.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/hash.h"

/* Sectors of the ring: 37 MB, four seconds at 52x. */
enum { RING_SECTORS = 15000 };

struct slot {
	uint8_t sector[SECTOR_RAW];
	uint8_t subchannel[SUBCHANNEL_BYTES];
};

struct cd_feed {
	struct cd_stream *stream;
	bool has_subchannel;
	uint32_t n_sectors, n_slots;
	struct slot *ring;
	struct hash *hash;
	char sha256[HASH_HEX_SIZE];
	pthread_t reader;
	bool has_reader;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t n_read, n_taken;
	bool is_read, is_cancelled, is_started;
	int status;
	uint32_t min_slots, n_empty;
};

/* False if the feed is to stop. */
static bool wait_for_slot(struct cd_feed *feed)
{
	bool may_go_on;

	pthread_mutex_lock(&feed->lock);
	while (!feed->is_cancelled && feed->n_read - feed->n_taken == feed->n_slots)
		pthread_cond_wait(&feed->changed, &feed->lock);
	may_go_on = !feed->is_cancelled;
	pthread_mutex_unlock(&feed->lock);
	return may_go_on;
}

static int read_all(struct cd_feed *feed)
{
	for (uint32_t i = 0; i < feed->n_sectors; i++) {
		struct slot *slot = &feed->ring[i % feed->n_slots];
		int ret;

		if (!wait_for_slot(feed))
			return -ECANCELED;
		ret = cd_stream_next(feed->stream, slot->sector, feed->has_subchannel ? slot->subchannel : NULL);
		if (ret < 0)
			return ret;
		hash_update(feed->hash, slot->sector, SECTOR_RAW);
		pthread_mutex_lock(&feed->lock);
		feed->n_read++;
		pthread_cond_broadcast(&feed->changed);
		pthread_mutex_unlock(&feed->lock);
	}
	hash_finish(feed->hash, feed->sha256);
	return 0;
}

static void *reader_main(void *user)
{
	struct cd_feed *feed = user;
	int status = read_all(feed);

	pthread_mutex_lock(&feed->lock);
	feed->status = status;
	feed->is_read = true;
	pthread_cond_broadcast(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
	return NULL;
}

/* Signals belong to the program's threads, not to this one. */
static int start_reader(struct cd_feed *feed, struct discern_error *err)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&feed->reader, NULL, reader_main, feed);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret != 0)
		return discern_error_set(err, -ret, "cannot start a thread: %s", strerror(ret));
	feed->has_reader = true;
	return 0;
}

int cd_feed_new(struct cd_stream *stream, bool has_subchannel, struct cd_feed **ret_feed, struct discern_error *err)
{
	struct cd_feed *feed = calloc(1, sizeof(*feed));
	pthread_condattr_t attributes;
	int ret;

	if (feed == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	feed->stream = stream;
	feed->has_subchannel = has_subchannel;
	feed->n_sectors = cd_stream_count(stream->layout);
	feed->n_slots = feed->n_sectors < RING_SECTORS ? feed->n_sectors : RING_SECTORS;
	feed->min_slots = feed->n_slots;
	pthread_mutex_init(&feed->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&feed->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	feed->ring = calloc(feed->n_slots, sizeof(*feed->ring));
	if (feed->ring == NULL)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	else
		ret = hash_new(HASH_SHA256, &feed->hash, err);
	if (ret == 0)
		ret = start_reader(feed, err);
	if (ret < 0) {
		cd_feed_free(feed);
		return ret;
	}
	*ret_feed = feed;
	return 0;
}

/* Of a disc that has room in the ring the reader's judgement at the end is waited for, too. */
static bool is_full(const struct cd_feed *feed)
{
	return feed->is_read ||
	       (feed->n_read < feed->n_sectors && feed->n_read - feed->n_taken == feed->n_slots);
}

bool cd_feed_wait_full(struct cd_feed *feed, unsigned timeout_ms)
{
	struct timespec until;
	bool is_filled;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	until.tv_sec += timeout_ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&feed->lock);
	while (!is_full(feed) && ret == 0)
		ret = pthread_cond_timedwait(&feed->changed, &feed->lock, &until);
	is_filled = is_full(feed);
	pthread_mutex_unlock(&feed->lock);
	return is_filled;
}

int cd_feed_deliver(uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel, void *user)
{
	struct cd_feed *feed = user;
	const struct slot *slot = NULL;
	uint32_t n_there;
	int ret = 0;

	pthread_mutex_lock(&feed->lock);
	n_there = feed->n_read - feed->n_taken;
	if (feed->is_started && !feed->is_read) {
		if (n_there < feed->min_slots)
			feed->min_slots = n_there;
		if (n_there == 0)
			feed->n_empty++;
	}
	feed->is_started = true;
	while (!feed->is_cancelled && !feed->is_read && feed->n_read == feed->n_taken)
		pthread_cond_wait(&feed->changed, &feed->lock);
	if (feed->is_cancelled)
		ret = -ECANCELED;
	else if (feed->status < 0)
		/* What the ring still has need not be written any more. */
		ret = feed->status;
	else if (feed->n_read == feed->n_taken)
		ret = -ENODATA;
	else
		slot = &feed->ring[feed->n_taken % feed->n_slots];
	pthread_mutex_unlock(&feed->lock);
	if (ret < 0)
		return ret;
	memcpy(ret_sector, slot->sector, SECTOR_RAW);
	if (ret_subchannel != NULL)
		memcpy(ret_subchannel, slot->subchannel, SUBCHANNEL_BYTES);
	pthread_mutex_lock(&feed->lock);
	feed->n_taken++;
	pthread_cond_broadcast(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
	return 0;
}

void cd_feed_state(struct cd_feed *feed, struct cd_feed_state *ret_state)
{
	pthread_mutex_lock(&feed->lock);
	ret_state->n_delivered = feed->n_taken;
	ret_state->percent = (uint8_t)((uint64_t)(feed->n_read - feed->n_taken) * 100 / feed->n_slots);
	if (feed->is_read && feed->status == 0)
		ret_state->percent = 100;
	ret_state->min_percent = (uint8_t)((uint64_t)feed->min_slots * 100 / feed->n_slots);
	ret_state->n_empty = feed->n_empty;
	pthread_mutex_unlock(&feed->lock);
}

void cd_feed_cancel(struct cd_feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->is_cancelled = true;
	pthread_cond_broadcast(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

static void join_reader(struct cd_feed *feed)
{
	if (!feed->has_reader)
		return;
	cd_feed_cancel(feed);
	pthread_join(feed->reader, NULL);
	feed->has_reader = false;
}

/* The reader has ended. */
static int tell_unreadable(const struct cd_feed *feed, struct discern_error *err)
{
	return discern_error_set(err, feed->status,
				 "sector %d of the image cannot be read any more, it could when it was checked",
				 feed->stream->lba - 1);
}

static int compare_sum(const struct cd_feed *feed, const char *sha256, struct discern_error *err)
{
	if (strcmp(feed->sha256, sha256) == 0)
		return 0;
	return discern_error_set(err, -ESTALE, "the image changed after it was checked");
}

int cd_feed_check_begin(struct cd_feed *feed, const char *sha256, struct discern_error *err)
{
	bool is_read;

	pthread_mutex_lock(&feed->lock);
	is_read = feed->is_read;
	pthread_mutex_unlock(&feed->lock);
	if (!is_read)
		return 0;
	return feed->status < 0 ? tell_unreadable(feed, err) : compare_sum(feed, sha256, err);
}

int cd_feed_finish(struct cd_feed *feed, const char *sha256, struct discern_error *err)
{
	join_reader(feed);
	if (feed->status < 0 && feed->status != -ECANCELED)
		return tell_unreadable(feed, err);
	if (feed->status < 0 || feed->n_taken != feed->n_sectors)
		return discern_error_set(err, -ENODATA, "only %u of %u sectors were taken by the drive", feed->n_taken,
					 feed->n_sectors);
	return compare_sum(feed, sha256, err);
}

void cd_feed_free(struct cd_feed *feed)
{
	if (feed == NULL)
		return;
	join_reader(feed);
	hash_free(feed->hash);
	free(feed->ring);
	pthread_cond_destroy(&feed->changed);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
}
