/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compressing in frames, each of which can be unpacked by itself, on several cores; they come out in order. Any program
 * for the format reads them as one stream.
 */
#ifndef RIP_COMPRESS_H
#define RIP_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>
#include <discern/rip.h>

struct compress;

struct compress_sink {
	/** In some thread, but one after the other and in order. 0 or a negative errno. */
	int (*write)(const void *data, size_t size, void *user);
	void *user;
};

/** What stands behind the name of such a file: ".zst". */
const char *compress_suffix(enum discern_compression compression);

/** 0, or -ENOTSUP with words where this was left out of the build. */
int compress_check(enum discern_compression compression, struct discern_error *err);

/** 0, -ENOTSUP, -ENOMEM or -EAGAIN. Release with compress_free(). */
int compress_new(enum discern_compression compression, const struct compress_sink *sink, struct compress **ret_compress,
		 struct discern_error *err);

/** Takes data, and waits while all cores are behind. 0, or what writing or compressing has failed with. */
int compress_write(struct compress *compress, const uint8_t *data, size_t size);

/** The last frame, the table of all, and waits until they are written; tells the size of all. */
int compress_finish(struct compress *compress, uint64_t *ret_n_bytes);

/** Drops what was not written. Accepts NULL, returns NULL. */
struct compress *compress_free(struct compress *compress);

#endif
