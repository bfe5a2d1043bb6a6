/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/error.h"
#include "base/hash.h"

/* The writer, then those that hash. */
enum { CONSUMER_WRITER, FIRST_HASH, MAX_HASHES = 4, MAX_CONSUMERS = FIRST_HASH + MAX_HASHES };

struct block {
	uint8_t *data;
	uint64_t offset;
	uint32_t size;
	unsigned n_users;
};

struct consumer {
	struct pipeline *pipeline;
	pthread_t thread;
	bool is_running;
	/** Number of blocks that it has finished. */
	uint64_t n_done;
	/** NULL for the writer; and of which sum. */
	struct hash *hash;
	unsigned sum;
	/** All bytes before this one are in the hash; not more once a piece is missing. UINT64_MAX: it is worth
	 *  nothing. */
	uint64_t n_hashed_bytes;
};

struct checkpoint {
	bool is_pending;
	/** To be made when the writer has finished that many blocks. */
	uint64_t n_blocks;
	char *text;
	size_t size;
};

struct pipeline {
	struct pipeline_ops ops;
	uint8_t *memory;
	struct block blocks[PIPELINE_N_BLOCKS];

	/** The reader's own: the block being filled, NULL if there is none, and where the next byte belongs. */
	struct block *open;

	pthread_mutex_t lock;
	/** Something was put, or the end is near. */
	pthread_cond_t work;
	/** All that a checkpoint waits for was written. */
	pthread_cond_t written;
	/** Something was finished. */
	pthread_cond_t done;
	/** Free blocks, the one used last on top: it is still in the processor's cache. */
	struct block *free_blocks[PIPELINE_N_BLOCKS];
	unsigned n_free;
	/** Block number n is at n % PIPELINE_N_BLOCKS until every consumer has finished it. */
	struct block *queue[PIPELINE_N_BLOCKS];
	uint64_t n_put;
	unsigned n_consumers;
	struct consumer consumers[MAX_CONSUMERS];
	struct checkpoint checkpoint;
	pthread_t checkpoint_thread;
	bool has_checkpoint_thread;
	bool is_ending;
	/** Blocks are not written. */
	bool is_only_hashed;
	int error;
};

static void finish_block(struct pipeline *pipeline, struct consumer *consumer, struct block *block)
{
	consumer->n_done++;
	if (--block->n_users == 0)
		pipeline->free_blocks[pipeline->n_free++] = block;
	pthread_cond_signal(&pipeline->done);
}

static void hash_block(struct consumer *consumer, const struct block *block)
{
	/* Something is put in the place of what is in the hash already. */
	if (block->offset < consumer->n_hashed_bytes)
		consumer->n_hashed_bytes = UINT64_MAX;
	if (block->offset != consumer->n_hashed_bytes)
		return;
	hash_update(consumer->hash, block->data, block->size);
	consumer->n_hashed_bytes += block->size;
}

static void *hash_thread(void *argument)
{
	struct consumer *consumer = argument;
	struct pipeline *pipeline = consumer->pipeline;

	pthread_mutex_lock(&pipeline->lock);
	while (!pipeline->is_ending) {
		struct block *block;

		if (consumer->n_done == pipeline->n_put) {
			pthread_cond_wait(&pipeline->work, &pipeline->lock);
			continue;
		}
		block = pipeline->queue[consumer->n_done % PIPELINE_N_BLOCKS];
		pthread_mutex_unlock(&pipeline->lock);
		hash_block(consumer, block);
		pthread_mutex_lock(&pipeline->lock);
		finish_block(pipeline, consumer, block);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

/** The lock is held, and given up meanwhile. */
static void write_block(struct pipeline *pipeline, struct consumer *consumer)
{
	struct block *block = pipeline->queue[consumer->n_done % PIPELINE_N_BLOCKS];
	int ret = 0;

	if (pipeline->error == 0 && !pipeline->is_only_hashed) {
		pthread_mutex_unlock(&pipeline->lock);
		ret = pipeline->ops.write(block->data, block->size, block->offset, pipeline->ops.user);
		pthread_mutex_lock(&pipeline->lock);
	}
	if (ret < 0)
		pipeline->error = ret;
	finish_block(pipeline, consumer, block);
}

/** The lock is held, and given up meanwhile. */
static void make_checkpoint(struct pipeline *pipeline)
{
	struct checkpoint checkpoint = pipeline->checkpoint;
	int ret = 0;

	pipeline->checkpoint.text = NULL;
	if (pipeline->error == 0) {
		pthread_mutex_unlock(&pipeline->lock);
		ret = pipeline->ops.checkpoint(checkpoint.text, checkpoint.size, pipeline->ops.user);
		pthread_mutex_lock(&pipeline->lock);
	} else {
		free(checkpoint.text);
	}
	if (ret < 0)
		pipeline->error = ret;
	pipeline->checkpoint.is_pending = false;
	pthread_cond_signal(&pipeline->done);
}

static void *write_thread(void *argument)
{
	struct consumer *consumer = argument;
	struct pipeline *pipeline = consumer->pipeline;

	pthread_mutex_lock(&pipeline->lock);
	while (!pipeline->is_ending) {
		if (consumer->n_done == pipeline->n_put) {
			pthread_cond_wait(&pipeline->work, &pipeline->lock);
			continue;
		}
		write_block(pipeline, consumer);
		if (pipeline->checkpoint.text != NULL && consumer->n_done == pipeline->checkpoint.n_blocks)
			pthread_cond_signal(&pipeline->written);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

static void *checkpoint_thread(void *argument)
{
	struct pipeline *pipeline = argument;
	const struct consumer *writer = &pipeline->consumers[CONSUMER_WRITER];

	pthread_mutex_lock(&pipeline->lock);
	while (!pipeline->is_ending) {
		if (pipeline->checkpoint.text != NULL && writer->n_done >= pipeline->checkpoint.n_blocks)
			make_checkpoint(pipeline);
		else
			pthread_cond_wait(&pipeline->written, &pipeline->lock);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

static int start_consumer(struct pipeline *pipeline, void *(*run)(void *))
{
	struct consumer *consumer = &pipeline->consumers[pipeline->n_consumers];

	consumer->pipeline = pipeline;
	if (pthread_create(&consumer->thread, NULL, run, consumer) != 0)
		return -EAGAIN;
	consumer->is_running = true;
	pipeline->n_consumers++;
	return 0;
}

static int start_hash(struct pipeline *pipeline, unsigned sum, enum hash_kind kind, struct discern_error *err)
{
	struct consumer *consumer = &pipeline->consumers[pipeline->n_consumers];
	int ret = hash_new(kind, &consumer->hash, err);

	if (ret < 0)
		return ret;
	consumer->sum = sum;
	ret = start_consumer(pipeline, hash_thread);
	return ret < 0 ? discern_error_set(err, ret, "cannot start a thread: %s", strerror(-ret)) : 0;
}

static int start_threads(struct pipeline *pipeline, unsigned sums, struct discern_error *err)
{
	static const struct {
		unsigned sum;
		enum hash_kind kind;
	} hashes[MAX_HASHES] = {
		{ DISCERN_SUM_SHA256, HASH_SHA256 },
		{ DISCERN_SUM_MD5, HASH_MD5 },
		{ DISCERN_SUM_SHA1, HASH_SHA1 },
		{ DISCERN_SUM_CRC32, HASH_CRC32 },
	};
	int ret = start_consumer(pipeline, write_thread);

	if (ret == 0) {
		ret = -pthread_create(&pipeline->checkpoint_thread, NULL, checkpoint_thread, pipeline);
		pipeline->has_checkpoint_thread = ret == 0;
	}
	if (ret < 0)
		return discern_error_set(err, ret, "cannot start a thread: %s", strerror(-ret));
	for (size_t i = 0; ret == 0 && i < MAX_HASHES; i++)
		if ((sums & hashes[i].sum) != 0)
			ret = start_hash(pipeline, hashes[i].sum, hashes[i].kind, err);
	return ret;
}

int pipeline_new(const struct pipeline_ops *ops, unsigned sums, struct pipeline **ret_pipeline,
		 struct discern_error *err)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	size_t size = (size_t)PIPELINE_N_BLOCKS * PIPELINE_BLOCK_BYTES;
	int ret;

	if (pipeline == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pipeline->ops = *ops;
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->work, NULL);
	pthread_cond_init(&pipeline->written, NULL);
	pthread_cond_init(&pipeline->done, NULL);
	pipeline->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pipeline->memory == MAP_FAILED) {
		pipeline->memory = NULL;
		pipeline_free(pipeline);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	for (unsigned i = 0; i < PIPELINE_N_BLOCKS; i++) {
		pipeline->blocks[i].data = pipeline->memory + (size_t)i * PIPELINE_BLOCK_BYTES;
		pipeline->free_blocks[pipeline->n_free++] = &pipeline->blocks[i];
	}
	ret = start_threads(pipeline, sums, err);
	if (ret < 0)
		pipeline_free(pipeline);
	else
		*ret_pipeline = pipeline;
	return ret;
}

struct pipeline *pipeline_free(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return NULL;
	pthread_mutex_lock(&pipeline->lock);
	pipeline->is_ending = true;
	pthread_cond_broadcast(&pipeline->work);
	pthread_cond_broadcast(&pipeline->written);
	pthread_mutex_unlock(&pipeline->lock);
	if (pipeline->has_checkpoint_thread)
		pthread_join(pipeline->checkpoint_thread, NULL);
	for (unsigned i = 0; i < MAX_CONSUMERS; i++) {
		if (pipeline->consumers[i].is_running)
			pthread_join(pipeline->consumers[i].thread, NULL);
		hash_free(pipeline->consumers[i].hash);
	}
	free(pipeline->checkpoint.text);
	if (pipeline->memory != NULL)
		munmap(pipeline->memory, (size_t)PIPELINE_N_BLOCKS * PIPELINE_BLOCK_BYTES);
	pthread_cond_destroy(&pipeline->done);
	pthread_cond_destroy(&pipeline->written);
	pthread_cond_destroy(&pipeline->work);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
	return NULL;
}

/** Waits for a consumer to finish something, but not long, so that progress goes on. The lock is held. */
static void wait_for_consumer(struct pipeline *pipeline)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 200000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	if (pthread_cond_timedwait(&pipeline->done, &pipeline->lock, &until) != ETIMEDOUT)
		return;
	pthread_mutex_unlock(&pipeline->lock);
	pipeline->ops.idle(pipeline->ops.user);
	pthread_mutex_lock(&pipeline->lock);
}

/** Hands the open block over to the consumers. */
static void publish(struct pipeline *pipeline)
{
	struct block *block = pipeline->open;

	if (block == NULL || block->size == 0)
		return;
	pipeline->open = NULL;
	pthread_mutex_lock(&pipeline->lock);
	block->n_users = pipeline->n_consumers;
	pipeline->queue[pipeline->n_put % PIPELINE_N_BLOCKS] = block;
	pipeline->n_put++;
	pthread_cond_broadcast(&pipeline->work);
	pthread_mutex_unlock(&pipeline->lock);
}

uint8_t *pipeline_room(struct pipeline *pipeline, uint32_t size, uint64_t offset)
{
	struct block *block = pipeline->open;

	if (block != NULL && (block->offset + block->size != offset || block->size + size > PIPELINE_BLOCK_BYTES))
		publish(pipeline);
	if (pipeline->open == NULL) {
		pthread_mutex_lock(&pipeline->lock);
		while (pipeline->n_free == 0 && pipeline->error == 0)
			wait_for_consumer(pipeline);
		block = pipeline->error == 0 ? pipeline->free_blocks[--pipeline->n_free] : NULL;
		pthread_mutex_unlock(&pipeline->lock);
		if (block == NULL)
			return NULL;
		block->size = 0;
		pipeline->open = block;
	}
	if (pipeline->open->size == 0)
		pipeline->open->offset = offset;
	return pipeline->open->data + pipeline->open->size;
}

void pipeline_put(struct pipeline *pipeline, uint32_t size)
{
	pipeline->open->size += size;
	if (pipeline->open->size == PIPELINE_BLOCK_BYTES)
		publish(pipeline);
}

bool pipeline_checkpoint(struct pipeline *pipeline, char *text, size_t size)
{
	bool is_free;

	publish(pipeline);
	pthread_mutex_lock(&pipeline->lock);
	is_free = !pipeline->checkpoint.is_pending;
	if (is_free) {
		pipeline->checkpoint = (struct checkpoint){ true, pipeline->n_put, text, size };
		pthread_cond_signal(&pipeline->written);
	}
	pthread_mutex_unlock(&pipeline->lock);
	if (!is_free)
		free(text);
	return is_free;
}

static bool is_drained(const struct pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->n_consumers; i++)
		if (pipeline->consumers[i].n_done < pipeline->n_put)
			return false;
	return !pipeline->checkpoint.is_pending;
}

int pipeline_drain(struct pipeline *pipeline)
{
	int ret;

	publish(pipeline);
	pthread_mutex_lock(&pipeline->lock);
	while (!is_drained(pipeline))
		wait_for_consumer(pipeline);
	ret = pipeline->error;
	pthread_mutex_unlock(&pipeline->lock);
	return ret;
}

int pipeline_error(struct pipeline *pipeline)
{
	int ret;

	pthread_mutex_lock(&pipeline->lock);
	ret = pipeline->error;
	pthread_mutex_unlock(&pipeline->lock);
	return ret;
}

uint64_t pipeline_n_hashed(struct pipeline *pipeline)
{
	uint64_t n_bytes = UINT64_MAX;

	for (unsigned i = FIRST_HASH; i < pipeline->n_consumers; i++)
		if (pipeline->consumers[i].n_hashed_bytes < n_bytes)
			n_bytes = pipeline->consumers[i].n_hashed_bytes;
	return n_bytes == UINT64_MAX ? 0 : n_bytes;
}

void pipeline_only_hash(struct pipeline *pipeline)
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->is_only_hashed = true;
	pthread_mutex_unlock(&pipeline->lock);
}

bool pipeline_digests(struct pipeline *pipeline, uint64_t n_bytes, struct pipeline_digests *ret_digests)
{
	char digits[HASH_HEX_SIZE];

	memset(ret_digests, 0, sizeof(*ret_digests));
	for (unsigned i = FIRST_HASH; i < pipeline->n_consumers; i++)
		if (pipeline->consumers[i].n_hashed_bytes != n_bytes)
			return false;
	for (unsigned i = FIRST_HASH; i < pipeline->n_consumers; i++) {
		const struct consumer *consumer = &pipeline->consumers[i];
		char *hex = consumer->sum == DISCERN_SUM_SHA256 ? ret_digests->sha256
			    : consumer->sum == DISCERN_SUM_MD5  ? ret_digests->md5
			    : consumer->sum == DISCERN_SUM_SHA1 ? ret_digests->sha1
								: ret_digests->crc32;

		hash_finish(consumer->hash, digits);
		memcpy(hex, digits, strlen(digits) + 1);
	}
	return pipeline->n_consumers > FIRST_HASH;
}
