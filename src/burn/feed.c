/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/feed.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/error.h"
#include "base/hash.h"
#include "burn/input.h"
#include "burn/window.h"

/* One read of the file, and one step of the ring: the lock is taken once for each, not for each sector. */
enum { SLOT_SIZE = 1 << 20 };

struct feed {
	const struct discern_burn_check *check;
	/** And how much of it was read from it. */
	struct discern_burn_input *input;
	uint64_t input_offset;
	uint8_t *ring;
	size_t ring_size;
	size_t n_slots;
	pthread_t reader;
	bool has_reader;
	struct hash *hash;

	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_cond_t emptied;
	/* Slots read and slots taken since the begin; their difference is in the ring. */
	uint64_t n_read;
	uint64_t n_taken;
	/* The reader has come to its end, with this outcome. */
	bool is_read;
	int status;
	struct discern_error error;
	char sha256[HASH_HEX_SIZE];
	bool is_cancelled;
	bool is_started;
	uint64_t delivered_bytes;
	uint64_t behind_bytes;
	size_t min_slots;
	uint32_t n_empty;

	/* The deliverer's own: the slot that it is emptying, and what is left of it. */
	const uint8_t *slot;
	size_t slot_left;
};

static uint64_t total_bytes(const struct feed *feed)
{
	return (uint64_t)feed->check->n_sectors * DISCERN_SECTOR_SIZE;
}

/* The reader. Fills one slot with the next bytes of the image. */
static int read_slot(struct feed *feed, uint8_t *slot, uint64_t offset, size_t size)
{
	const struct discern_burn_check *check = feed->check;
	ssize_t n = 0;
	int ret = 0;

	if (check->window != NULL && window_take(check->window, slot, offset, size))
		return 0;
	/* What the window gave was not read here. */
	if (feed->input_offset != offset)
		ret = input_skip(feed->input, offset - feed->input_offset, &feed->error);
	if (ret == 0)
		n = input_read(feed->input, slot, size, &feed->error);
	if (ret < 0 || n < 0)
		return ret < 0 ? ret : (int)n;
	feed->input_offset = offset + (uint64_t)n;
	if (check->window != NULL)
		__atomic_fetch_add(&feed->behind_bytes, size, __ATOMIC_RELAXED);
	if ((size_t)n == size)
		return 0;
	return discern_error_set(&feed->error, -ESTALE, "%s: ended after %ju bytes, of %ju that were expected",
				 check->path, (uintmax_t)(offset + (uint64_t)n), (uintmax_t)check->image.size_bytes);
}

/* The reader. Waits for a free slot; false if the feed is to stop. */
static bool wait_for_slot(struct feed *feed)
{
	bool may_go_on;

	pthread_mutex_lock(&feed->lock);
	while (!feed->is_cancelled && feed->n_read - feed->n_taken == feed->n_slots)
		pthread_cond_wait(&feed->emptied, &feed->lock);
	may_go_on = !feed->is_cancelled;
	pthread_mutex_unlock(&feed->lock);
	return may_go_on;
}

static void publish_slot(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->n_read++;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
}

static int read_image(struct feed *feed)
{
	uint64_t size_bytes = feed->check->image.size_bytes;
	uint64_t slot_number = 0;

	for (uint64_t offset = 0; offset < size_bytes; offset += SLOT_SIZE, slot_number++) {
		uint8_t *slot = feed->ring + slot_number % feed->n_slots * SLOT_SIZE;
		size_t size = size_bytes - offset < SLOT_SIZE ? (size_t)(size_bytes - offset) : SLOT_SIZE;
		int ret;

		if (!wait_for_slot(feed))
			return -ECANCELED;
		ret = read_slot(feed, slot, offset, size);
		if (ret < 0)
			return ret;
		hash_update(feed->hash, slot, size);
		memset(slot + size, 0, SLOT_SIZE - size);
		publish_slot(feed);
	}
	hash_finish(feed->hash, feed->sha256);
	return input_finish(feed->input, &feed->error);
}

static void *reader_main(void *user)
{
	struct feed *feed = user;
	int status = read_image(feed);

	pthread_mutex_lock(&feed->lock);
	feed->status = status;
	feed->is_read = true;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
	return NULL;
}

/* The ring is never larger than the image. */
static int make_ring(struct feed *feed, size_t buffer_bytes, struct discern_error *err)
{
	uint64_t n_image_slots = (feed->check->image.size_bytes + SLOT_SIZE - 1) / SLOT_SIZE;

	feed->n_slots = buffer_bytes / SLOT_SIZE + (buffer_bytes < SLOT_SIZE);
	if (n_image_slots < feed->n_slots)
		feed->n_slots = (size_t)n_image_slots;
	feed->min_slots = feed->n_slots;
	feed->ring_size = feed->n_slots * SLOT_SIZE;
	feed->ring = mmap(NULL, feed->ring_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (feed->ring == MAP_FAILED) {
		feed->ring = NULL;
		return discern_error_set(err, -ENOMEM, "no memory for a buffer of %zu bytes", feed->ring_size);
	}
	return 0;
}

/* Signals belong to the program's threads, not to this one. */
static int start_reader(struct feed *feed, struct discern_error *err)
{
	sigset_t all;
	sigset_t before;
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

int feed_new(const struct discern_burn_check *check, size_t buffer_bytes, struct feed **ret_feed,
	     struct discern_error *err)
{
	uint64_t size_bytes = check->image.size_bytes;
	struct feed *feed;
	pthread_condattr_t attributes;
	int ret;

	if (size_bytes == 0 || (size_bytes - 1) / DISCERN_SECTOR_SIZE + 1 != check->n_sectors)
		return discern_error_set(err, -EINVAL, "%s: was not checked", check->path);
	feed = calloc(1, sizeof(*feed));
	if (feed == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	feed->check = check;
	pthread_mutex_init(&feed->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&feed->filled, &attributes);
	pthread_cond_init(&feed->emptied, &attributes);
	pthread_condattr_destroy(&attributes);
	ret = input_open(check, &feed->input, err);
	if (ret == 0)
		ret = make_ring(feed, buffer_bytes, err);
	if (ret == 0)
		ret = hash_new(HASH_SHA256, &feed->hash, err);
	if (ret == 0)
		ret = start_reader(feed, err);
	if (ret < 0) {
		feed_free(feed);
		return ret;
	}
	*ret_feed = feed;
	return 0;
}

/* Of an image that has room in the ring the reader's judgement at the end is waited for, too. */
static bool is_full(const struct feed *feed)
{
	bool is_all = feed->n_read * SLOT_SIZE >= feed->check->image.size_bytes;

	return feed->is_read || (!is_all && feed->n_read - feed->n_taken == feed->n_slots);
}

bool feed_wait_full(struct feed *feed, unsigned timeout_ms)
{
	struct timespec until;
	bool is_filled;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&feed->lock);
	while (!is_full(feed) && ret == 0)
		ret = pthread_cond_timedwait(&feed->filled, &feed->lock, &until);
	is_filled = is_full(feed);
	pthread_mutex_unlock(&feed->lock);
	return is_filled;
}

/* Of an image that could not be read to its end what the ring still has need not be written any more. */
static bool is_cut_short(const struct feed *feed)
{
	return feed->status < 0 && feed->n_read * SLOT_SIZE < feed->check->image.size_bytes;
}

/* Gives the emptied slot back, waits for the next and makes it the deliverer's. */
static int next_slot(struct feed *feed)
{
	size_t n_slots;
	int ret = 0;

	pthread_mutex_lock(&feed->lock);
	if (feed->slot != NULL) {
		feed->slot = NULL;
		feed->n_taken++;
		pthread_cond_signal(&feed->emptied);
	}
	n_slots = (size_t)(feed->n_read - feed->n_taken);
	if (feed->is_started && !feed->is_read && n_slots < feed->min_slots)
		feed->min_slots = n_slots;
	if (feed->is_started && n_slots == 0 && !feed->is_read)
		feed->n_empty++;
	feed->is_started = true;
	while (!feed->is_cancelled && !feed->is_read && feed->n_read == feed->n_taken)
		pthread_cond_wait(&feed->filled, &feed->lock);
	if (feed->is_cancelled)
		ret = -ECANCELED;
	else if (is_cut_short(feed) || (feed->status < 0 && feed->n_read == feed->n_taken))
		ret = feed->status;
	else if (feed->n_read == feed->n_taken)
		ret = -ENODATA;
	if (ret == 0) {
		feed->slot = feed->ring + feed->n_taken % feed->n_slots * SLOT_SIZE;
		feed->slot_left = SLOT_SIZE;
	}
	pthread_mutex_unlock(&feed->lock);
	return ret;
}

int feed_deliver(uint8_t *buffer, size_t size, void *user)
{
	struct feed *feed = user;
	uint64_t delivered = __atomic_load_n(&feed->delivered_bytes, __ATOMIC_RELAXED);

	if (size > total_bytes(feed) - delivered)
		return -ENODATA;
	while (size > 0) {
		size_t n;

		if (feed->slot_left == 0) {
			int ret = next_slot(feed);

			if (ret < 0)
				return ret;
		}
		n = size < feed->slot_left ? size : feed->slot_left;
		memcpy(buffer, feed->slot + SLOT_SIZE - feed->slot_left, n);
		feed->slot_left -= n;
		buffer += n;
		size -= n;
		delivered += n;
	}
	__atomic_store_n(&feed->delivered_bytes, delivered, __ATOMIC_RELAXED);
	return 0;
}

const char *feed_sha256(const struct feed *feed)
{
	return feed->sha256;
}

void feed_state(struct feed *feed, struct feed_state *ret_state)
{
	pthread_mutex_lock(&feed->lock);
	ret_state->behind_bytes = __atomic_load_n(&feed->behind_bytes, __ATOMIC_RELAXED);
	ret_state->delivered_bytes = __atomic_load_n(&feed->delivered_bytes, __ATOMIC_RELAXED);
	ret_state->percent = (uint8_t)((feed->n_read - feed->n_taken) * 100 / feed->n_slots);
	if (feed->is_read && feed->status == 0)
		ret_state->percent = 100;
	ret_state->min_percent = (uint8_t)(feed->min_slots * 100 / feed->n_slots);
	ret_state->n_empty = feed->n_empty;
	pthread_mutex_unlock(&feed->lock);
}

void feed_cancel(struct feed *feed)
{
	input_cancel(feed->input);
	pthread_mutex_lock(&feed->lock);
	feed->is_cancelled = true;
	pthread_cond_broadcast(&feed->filled);
	pthread_cond_broadcast(&feed->emptied);
	pthread_mutex_unlock(&feed->lock);
}

static void join_reader(struct feed *feed)
{
	if (!feed->has_reader)
		return;
	feed_cancel(feed);
	pthread_join(feed->reader, NULL);
	feed->has_reader = false;
}

/* All of it has been read: is it what was checked? Of a pipe nobody knew its sum before. */
static int compare(const struct feed *feed, struct discern_error *err)
{
	const struct discern_burn_check *check = feed->check;

	if (check->sha256[0] != '\0' && strcmp(feed->sha256, check->sha256) != 0)
		return discern_error_set(err, -ESTALE, "%s: its content changed after it was checked", check->path);
	return input_compare(feed->input, err);
}

int feed_check_begin(struct feed *feed, struct discern_error *err)
{
	bool is_read;

	pthread_mutex_lock(&feed->lock);
	is_read = feed->is_read;
	pthread_mutex_unlock(&feed->lock);
	if (!is_read)
		return 0;
	if (feed->status == 0)
		return compare(feed, err);
	if (err != NULL)
		*err = feed->error;
	return feed->status;
}

int feed_finish(struct feed *feed, struct discern_error *err)
{
	const struct discern_burn_check *check = feed->check;

	join_reader(feed);
	if (feed->status < 0 && feed->status != -ECANCELED) {
		if (err != NULL)
			*err = feed->error;
		return feed->status;
	}
	if (feed->status < 0 || feed->delivered_bytes != total_bytes(feed))
		return discern_error_set(err, -ENODATA, "%s: only %ju of %ju bytes were taken by the drive",
					 check->path, (uintmax_t)feed->delivered_bytes, (uintmax_t)total_bytes(feed));
	return compare(feed, err);
}

struct feed *feed_free(struct feed *feed)
{
	if (feed == NULL)
		return NULL;
	join_reader(feed);
	hash_free(feed->hash);
	if (feed->ring != NULL)
		munmap(feed->ring, feed->ring_size);
	input_close(feed->input);
	pthread_cond_destroy(&feed->filled);
	pthread_cond_destroy(&feed->emptied);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
	return NULL;
}
