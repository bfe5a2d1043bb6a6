/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/codec.h"

#include <lzma.h>
#include <stdlib.h>

enum { PRESET = 6 };

static size_t bound(size_t size)
{
	return lzma_stream_buffer_bound(size);
}

/* It keeps nothing between frames, and NULL would be a failure. */
static void *open_state(void)
{
	return malloc(1);
}

static size_t frame(void *state, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
	size_t n = 0;

	(void)state;
	return lzma_easy_buffer_encode(PRESET, LZMA_CHECK_CRC64, NULL, data, size, out, &n, room) == LZMA_OK ? n : 0;
}

/* That of the preset's dictionary: smaller ones would find less. */
const struct codec codec_xz = { ".xz", (size_t)8 << 20, bound, open_state, free, frame, false };
