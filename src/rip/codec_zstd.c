/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/codec.h"

#include <zstd.h>

/* Faster than any drive on one core, and not much larger than higher levels. */
enum { LEVEL = 3 };

static size_t bound(size_t size)
{
	return ZSTD_compressBound(size);
}

static void *open_state(void)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	if (context != NULL) {
		ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	}
	return context;
}

static void close_state(void *state)
{
	ZSTD_freeCCtx(state);
}

static size_t frame(void *state, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
	size_t n = ZSTD_compress2(state, out, room, data, size);

	return ZSTD_isError(n) ? 0 : n;
}

/* 1 MiB: what reads a part has to unpack so much. */
const struct codec codec_zstd = { ".zst", (size_t)1 << 20, bound, open_state, close_state, frame, true };
