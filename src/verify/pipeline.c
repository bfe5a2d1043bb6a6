/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"

#define N_SLOTS 8

struct verify_pipeline {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t image_thread;
	pthread_t hash_thread;
	unsigned n_threads;
	struct discern_source *image;
	uint64_t image_bytes;
	uint32_t slot_sectors;
	/** Slots that the image has in all, and how many of them each has done; n_hashed <= n_compared <= n_filled. */
	uint64_t n_total;
	uint64_t n_filled;
	uint64_t n_compared;
	uint64_t n_hashed;
	bool is_stopping;
	/** Of the image thread. */
	int image_ret;
	struct discern_error image_err;
	/** Of the hash thread. */
	struct hash *hash;
	bool is_broken;
	uint8_t *memory;
	bool *bad_memory;
	struct verify_pipeline_slot slots[N_SLOTS];
};

static struct verify_pipeline_slot *slot_of(struct verify_pipeline *pipeline, uint64_t index)
{
	return &pipeline->slots[index % N_SLOTS];
}

static uint64_t image_sectors(const struct verify_pipeline *pipeline)
{
	return (pipeline->image_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;
}

/* Reads one stretch of the image; the lock is not held. */
static int fill(struct verify_pipeline *pipeline, uint64_t index, struct discern_error *err)
{
	struct verify_pipeline_slot *slot = slot_of(pipeline, index);
	uint64_t lba = index * pipeline->slot_sectors;
	uint64_t left = image_sectors(pipeline) - lba;
	uint32_t done = 0;

	slot->lba = (uint32_t)lba;
	slot->n_sectors = left < pipeline->slot_sectors ? (uint32_t)left : pipeline->slot_sectors;
	slot->is_complete = false;
	while (done < slot->n_sectors) {
		uint32_t n = slot->n_sectors - done;
		int ret;

		if (n > pipeline->image->preferred_sectors)
			n = pipeline->image->preferred_sectors;
		ret = source_read(pipeline->image, (int32_t)(lba + done), n,
				  slot->image + (size_t)done * DISCERN_SECTOR_SIZE, err);
		if (ret < 0)
			return ret;
		done += n;
	}
	return 0;
}

static void *read_image(void *argument)
{
	struct verify_pipeline *pipeline = argument;

	pthread_mutex_lock(&pipeline->lock);
	while (pipeline->n_filled < pipeline->n_total && !pipeline->is_stopping && pipeline->image_ret == 0) {
		int ret;

		if (pipeline->n_filled == pipeline->n_hashed + N_SLOTS) {
			pthread_cond_wait(&pipeline->changed, &pipeline->lock);
			continue;
		}
		pthread_mutex_unlock(&pipeline->lock);
		ret = fill(pipeline, pipeline->n_filled, &pipeline->image_err);
		pthread_mutex_lock(&pipeline->lock);
		pipeline->image_ret = ret;
		if (ret == 0)
			pipeline->n_filled++;
		pthread_cond_broadcast(&pipeline->changed);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

/* Digests the bytes of a slot that belong to the image; the lock is not held. */
static void digest(struct verify_pipeline *pipeline, const struct verify_pipeline_slot *slot)
{
	uint64_t offset = (uint64_t)slot->lba * DISCERN_SECTOR_SIZE;
	uint64_t size = (uint64_t)slot->n_sectors * DISCERN_SECTOR_SIZE;

	if (!slot->is_complete)
		pipeline->is_broken = true;
	if (pipeline->is_broken)
		return;
	if (size > pipeline->image_bytes - offset)
		size = pipeline->image_bytes - offset;
	hash_update(pipeline->hash, slot->disc, (size_t)size);
}

static void *make_digest(void *argument)
{
	struct verify_pipeline *pipeline = argument;

	pthread_mutex_lock(&pipeline->lock);
	while (pipeline->n_hashed < pipeline->n_compared || !pipeline->is_stopping) {
		if (pipeline->n_hashed == pipeline->n_compared) {
			pthread_cond_wait(&pipeline->changed, &pipeline->lock);
			continue;
		}
		pthread_mutex_unlock(&pipeline->lock);
		digest(pipeline, slot_of(pipeline, pipeline->n_hashed));
		pthread_mutex_lock(&pipeline->lock);
		pipeline->n_hashed++;
		pthread_cond_broadcast(&pipeline->changed);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

static int allocate(struct verify_pipeline *pipeline)
{
	size_t slot_bytes = (size_t)pipeline->slot_sectors * DISCERN_SECTOR_SIZE;

	pipeline->memory = buffer_new(slot_bytes * N_SLOTS * 2);
	pipeline->bad_memory = calloc((size_t)pipeline->slot_sectors * N_SLOTS, sizeof(bool));
	if (pipeline->memory == NULL || pipeline->bad_memory == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < N_SLOTS; i++) {
		pipeline->slots[i].image = pipeline->memory + slot_bytes * i * 2;
		pipeline->slots[i].disc = pipeline->memory + slot_bytes * (i * 2 + 1);
		pipeline->slots[i].is_bad = pipeline->bad_memory + (size_t)pipeline->slot_sectors * i;
	}
	return 0;
}

static int start_threads(struct verify_pipeline *pipeline)
{
	int ret = pthread_create(&pipeline->image_thread, NULL, read_image, pipeline);

	if (ret != 0)
		return -ret;
	pipeline->n_threads = 1;
	ret = pthread_create(&pipeline->hash_thread, NULL, make_digest, pipeline);
	if (ret != 0)
		return -ret;
	pipeline->n_threads = 2;
	return 0;
}

int verify_pipeline_start(struct discern_source *image, uint64_t image_bytes, uint32_t slot_sectors,
			  struct verify_pipeline **ret_pipeline, struct discern_error *err)
{
	struct verify_pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int ret;

	*ret_pipeline = NULL;
	if (pipeline == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->changed, NULL);
	pipeline->image = image;
	pipeline->image_bytes = image_bytes;
	pipeline->slot_sectors = slot_sectors;
	pipeline->n_total = (image_sectors(pipeline) + slot_sectors - 1) / slot_sectors;
	ret = hash_new(HASH_SHA256, &pipeline->hash, err);
	if (ret < 0) {
		verify_pipeline_stop(pipeline, NULL);
		return ret;
	}
	ret = allocate(pipeline);
	if (ret == 0)
		ret = start_threads(pipeline);
	if (ret < 0) {
		verify_pipeline_stop(pipeline, NULL);
		return discern_error_set(err, ret, "cannot start to compare: %s", strerror(-ret));
	}
	*ret_pipeline = pipeline;
	return 0;
}

int verify_pipeline_take(struct verify_pipeline *pipeline, struct verify_pipeline_slot **ret_slot,
			 struct discern_error *err)
{
	int ret = 1;

	pthread_mutex_lock(&pipeline->lock);
	while (pipeline->n_compared < pipeline->n_total && pipeline->n_compared == pipeline->n_filled &&
	       pipeline->image_ret == 0)
		pthread_cond_wait(&pipeline->changed, &pipeline->lock);
	if (pipeline->n_compared == pipeline->n_total) {
		ret = 0;
	} else if (pipeline->n_compared < pipeline->n_filled) {
		*ret_slot = slot_of(pipeline, pipeline->n_compared);
	} else {
		ret = pipeline->image_ret;
		if (err != NULL)
			*err = pipeline->image_err;
	}
	pthread_mutex_unlock(&pipeline->lock);
	return ret;
}

void verify_pipeline_give(struct verify_pipeline *pipeline)
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->n_compared++;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
}

void verify_pipeline_stop(struct verify_pipeline *pipeline, char ret_sha256[HASH_HEX_SIZE])
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->is_stopping = true;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
	if (pipeline->n_threads > 0)
		pthread_join(pipeline->image_thread, NULL);
	if (pipeline->n_threads > 1)
		pthread_join(pipeline->hash_thread, NULL);
	if (ret_sha256 != NULL) {
		ret_sha256[0] = '\0';
		if (!pipeline->is_broken && pipeline->n_hashed == pipeline->n_total)
			hash_finish(pipeline->hash, ret_sha256);
	}
	hash_free(pipeline->hash);
	free(pipeline->memory);
	free(pipeline->bad_memory);
	pthread_cond_destroy(&pipeline->changed);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
}
