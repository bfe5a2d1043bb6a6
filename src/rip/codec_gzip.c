/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/codec.h"

#include <stdlib.h>
#include <zlib.h>

static size_t bound(size_t size)
{
	enum { GZIP_HEADER = 32 };

	return compressBound((uLong)size) + GZIP_HEADER;
}

static void *open_state(void)
{
	enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream != NULL && deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
					   Z_DEFAULT_STRATEGY) != Z_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static void close_state(void *state)
{
	if (state != NULL)
		deflateEnd(state);
	free(state);
}

static size_t frame(void *state, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
	z_stream *stream = state;

	if (deflateReset(stream) != Z_OK)
		return 0;
	/* zlib only reads it, whatever its type says. */
	stream->next_in = (Bytef *)(uintptr_t)data;
	stream->avail_in = (uInt)size;
	stream->next_out = out;
	stream->avail_out = (uInt)room;
	return deflate(stream, Z_FINISH) == Z_STREAM_END ? room - stream->avail_out : 0;
}

const struct codec codec_gzip = { ".gz", (size_t)1 << 20, bound, open_state, close_state, frame, false };
