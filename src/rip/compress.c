/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/compress.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "rip/codec.h"

enum { MAX_WORKERS = 8 };

/* Two for each worker: one is filled, or waits for its turn to be written, while the other is compressed. */
struct slot {
	uint8_t *data, *out;
	size_t size, out_size;
};

struct frame_size {
	uint32_t compressed, plain;
};

struct worker {
	struct compress *compress;
	pthread_t thread;
	void *state;
};

struct compress {
	const struct codec *codec;
	struct compress_sink sink;
	size_t room;
	unsigned n_workers, n_slots;
	struct worker workers[MAX_WORKERS];
	struct slot slots[2 * MAX_WORKERS];

	pthread_mutex_t lock;
	pthread_cond_t changed;
	/** Frames handed over, taken by workers, and written; frame n is in slot n % n_slots. */
	uint64_t n_filled, n_taken, n_written;
	uint64_t n_bytes;
	bool is_ending;
	int error;

	/** For the table. */
	struct frame_size *frames;
	size_t n_frames, room_frames;
};

/* ---- formats ---- */

static const struct {
	const char *name;
	const struct codec *codec;
} formats[] = {
	[DISCERN_COMPRESSION_NONE] = { "none", NULL },
#ifdef HAVE_ZSTD
	[DISCERN_COMPRESSION_ZSTD] = { "zstd", &codec_zstd },
#else
	[DISCERN_COMPRESSION_ZSTD] = { "zstd", NULL },
#endif
#ifdef HAVE_LZMA
	[DISCERN_COMPRESSION_XZ] = { "xz", &codec_xz },
#else
	[DISCERN_COMPRESSION_XZ] = { "xz", NULL },
#endif
#ifdef HAVE_ZLIB
	[DISCERN_COMPRESSION_GZIP] = { "gz", &codec_gzip },
#else
	[DISCERN_COMPRESSION_GZIP] = { "gz", NULL },
#endif
};

static const struct codec *find_codec(enum discern_compression compression)
{
	return (size_t)compression < sizeof(formats) / sizeof(formats[0]) ? formats[compression].codec : NULL;
}

const char *compress_suffix(enum discern_compression compression)
{
	const struct codec *codec = find_codec(compression);

	return codec != NULL ? codec->suffix : "";
}

int compress_check(enum discern_compression compression, struct discern_error *err)
{
	if (compression == DISCERN_COMPRESSION_NONE || find_codec(compression) != NULL)
		return 0;
	discern_error_set(err, -ENOTSUP, "this discern was built without compression as %s",
			  (size_t)compression < sizeof(formats) / sizeof(formats[0]) ? formats[compression].name
										     : "that");
	discern_error_hint(err, "take another format, or compress the image afterwards");
	return -ENOTSUP;
}

/* ---- workers ---- */

static int note_frame(struct compress *compress, const struct slot *slot)
{
	if (!compress->codec->has_table)
		return 0;
	if (compress->n_frames == compress->room_frames) {
		size_t room = compress->room_frames == 0 ? 1024 : compress->room_frames * 2;
		struct frame_size *frames = realloc(compress->frames, room * sizeof(*frames));

		if (frames == NULL)
			return -ENOMEM;
		compress->frames = frames;
		compress->room_frames = room;
	}
	compress->frames[compress->n_frames++] = (struct frame_size){ (uint32_t)slot->out_size, (uint32_t)slot->size };
	return 0;
}

/* Waits for its turn, then writes; the lock is held, and given up meanwhile. */
static void write_frame(struct compress *compress, const struct slot *slot, uint64_t index)
{
	int ret = slot->out_size > 0 ? 0 : -EIO;

	while (compress->n_written != index && !compress->is_ending)
		pthread_cond_wait(&compress->changed, &compress->lock);
	if (ret == 0)
		ret = note_frame(compress, slot);
	if (ret == 0 && compress->error == 0 && !compress->is_ending) {
		pthread_mutex_unlock(&compress->lock);
		ret = compress->sink.write(slot->out, slot->out_size, compress->sink.user);
		pthread_mutex_lock(&compress->lock);
		compress->n_bytes += slot->out_size;
	}
	if (ret < 0 && compress->error == 0)
		compress->error = ret;
	compress->n_written++;
	pthread_cond_broadcast(&compress->changed);
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct compress *compress = worker->compress;

	pthread_mutex_lock(&compress->lock);
	while (!compress->is_ending) {
		struct slot *slot;
		uint64_t index;

		if (compress->n_taken == compress->n_filled) {
			pthread_cond_wait(&compress->changed, &compress->lock);
			continue;
		}
		index = compress->n_taken++;
		slot = &compress->slots[index % compress->n_slots];
		pthread_mutex_unlock(&compress->lock);
		slot->out_size =
			compress->codec->frame(worker->state, slot->data, slot->size, slot->out, compress->room);
		pthread_mutex_lock(&compress->lock);
		write_frame(compress, slot, index);
	}
	pthread_mutex_unlock(&compress->lock);
	return NULL;
}

static int start_worker(struct compress *compress)
{
	struct worker *worker = &compress->workers[compress->n_workers];

	worker->compress = compress;
	worker->state = compress->codec->open();
	if (worker->state == NULL)
		return -ENOMEM;
	if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
		compress->codec->close(worker->state);
		return -EAGAIN;
	}
	compress->n_workers++;
	return 0;
}

/* ---- the caller's side ---- */

static int start(struct compress *compress)
{
	long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n_wanted = n_cores < 1 ? 1 : n_cores > MAX_WORKERS ? MAX_WORKERS : (unsigned)n_cores;
	int ret = 0;

	compress->room = compress->codec->bound(compress->codec->frame_bytes);
	for (unsigned i = 0; i < 2 * n_wanted; i++) {
		compress->slots[i].data = buffer_new(compress->codec->frame_bytes);
		compress->slots[i].out = malloc(compress->room);
		if (compress->slots[i].data == NULL || compress->slots[i].out == NULL)
			return -ENOMEM;
		compress->n_slots++;
	}
	while (ret == 0 && compress->n_workers < n_wanted)
		ret = start_worker(compress);
	return compress->n_workers > 0 ? 0 : ret;
}

int compress_new(enum discern_compression compression, const struct compress_sink *sink, struct compress **ret_compress,
		 struct discern_error *err)
{
	struct compress *compress;
	int ret = compress_check(compression, err);

	if (ret < 0)
		return ret;
	compress = calloc(1, sizeof(*compress));
	if (compress == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	compress->codec = find_codec(compression);
	compress->sink = *sink;
	pthread_mutex_init(&compress->lock, NULL);
	pthread_cond_init(&compress->changed, NULL);
	ret = start(compress);
	if (ret < 0) {
		compress_free(compress);
		return discern_error_set(err, ret, "cannot compress: %s", strerror(-ret));
	}
	*ret_compress = compress;
	return 0;
}

/* Hands the frame that is being filled over, and waits for a free slot for the next. */
static int next_frame(struct compress *compress)
{
	int ret;

	pthread_mutex_lock(&compress->lock);
	compress->n_filled++;
	pthread_cond_broadcast(&compress->changed);
	while (compress->n_filled - compress->n_written >= compress->n_slots)
		pthread_cond_wait(&compress->changed, &compress->lock);
	ret = compress->error;
	compress->slots[compress->n_filled % compress->n_slots].size = 0;
	pthread_mutex_unlock(&compress->lock);
	return ret;
}

int compress_write(struct compress *compress, const uint8_t *data, size_t size)
{
	int ret = 0;

	while (ret == 0 && size > 0) {
		/* Only this side changes n_filled, and no worker touches the slot before it is handed over. */
		struct slot *slot = &compress->slots[compress->n_filled % compress->n_slots];
		size_t n = compress->codec->frame_bytes - slot->size;

		n = size < n ? size : n;
		memcpy(slot->data + slot->size, data, n);
		slot->size += n;
		data += n;
		size -= n;
		if (slot->size == compress->codec->frame_bytes)
			ret = next_frame(compress);
	}
	return ret;
}

/* Zstandard's seekable format 0.1.0: a skippable frame with the sizes of all others, and a footer. */
static int write_table(struct compress *compress)
{
	enum { HEADER = 8, ENTRY = 8, FOOTER = 9 };
	static const uint32_t skippable_magic = 0x184d2a5e, seekable_magic = 0x8f92eab1;
	size_t size = HEADER + ENTRY * compress->n_frames + FOOTER;
	uint8_t *table = malloc(size), *at = table;
	int ret;

	if (table == NULL)
		return -ENOMEM;
	put_le32(at, skippable_magic);
	put_le32(at + 4, (uint32_t)(size - HEADER));
	at += HEADER;
	for (size_t i = 0; i < compress->n_frames; i++, at += ENTRY) {
		put_le32(at, compress->frames[i].compressed);
		put_le32(at + 4, compress->frames[i].plain);
	}
	put_le32(at, (uint32_t)compress->n_frames);
	/* Descriptor: no checksums here, as each frame has its own. */
	at[4] = 0;
	put_le32(at + 5, seekable_magic);
	ret = compress->sink.write(table, size, compress->sink.user);
	compress->n_bytes += size;
	free(table);
	return ret;
}

int compress_finish(struct compress *compress, uint64_t *ret_n_bytes)
{
	int ret = 0;

	if (compress->slots[compress->n_filled % compress->n_slots].size > 0)
		ret = next_frame(compress);
	pthread_mutex_lock(&compress->lock);
	while (compress->n_written < compress->n_filled)
		pthread_cond_wait(&compress->changed, &compress->lock);
	ret = ret == 0 ? compress->error : ret;
	pthread_mutex_unlock(&compress->lock);
	if (ret == 0 && compress->codec->has_table)
		ret = write_table(compress);
	*ret_n_bytes = compress->n_bytes;
	return ret;
}

struct compress *compress_free(struct compress *compress)
{
	if (compress == NULL)
		return NULL;
	pthread_mutex_lock(&compress->lock);
	compress->is_ending = true;
	pthread_cond_broadcast(&compress->changed);
	pthread_mutex_unlock(&compress->lock);
	for (unsigned i = 0; i < compress->n_workers; i++) {
		pthread_join(compress->workers[i].thread, NULL);
		compress->codec->close(compress->workers[i].state);
	}
	for (size_t i = 0; i < sizeof(compress->slots) / sizeof(compress->slots[0]); i++) {
		free(compress->slots[i].data);
		free(compress->slots[i].out);
	}
	free(compress->frames);
	pthread_cond_destroy(&compress->changed);
	pthread_mutex_destroy(&compress->lock);
	free(compress);
	return NULL;
}
