/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One compression format. */
#ifndef RIP_CODEC_H
#define RIP_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codec {
	const char *suffix;
	/** Of one frame before compression. */
	size_t frame_bytes;
	/** Room that a compressed frame may need. */
	size_t (*bound)(size_t size);
	/** For one thread. NULL if memory is out. */
	void *(*open)(void);
	void (*close)(void *state);
	/** Makes one frame; its size, or 0 if that fails. */
	size_t (*frame)(void *state, const uint8_t *data, size_t size, uint8_t *out, size_t room);
	/** The table of frames at the end is that of zstd's seekable format. */
	bool has_table;
};

extern const struct codec codec_zstd, codec_xz, codec_gzip;

#endif
