/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gzip by zlib, which checks the CRC and the length of each member; libarchive passes over both. */
#include "config.h"

#include "disc/packed_decoder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

#ifdef HAVE_ZLIB
#include <zlib.h>

/* inflateInit2(): the largest window, and gzip's header and trailer (zlib.h). */
enum { GZIP_WINDOW_BITS = 15 + 16, CHUNK_SIZE = 256 * 1024 };

struct gzip {
	int fd;
	off_t offset;
	z_stream stream;
	/** Between two members, or behind the last. */
	bool is_between;
	bool is_at_end;
	uint8_t chunk[CHUNK_SIZE];
};

static int refill(struct gzip *gzip, struct discern_error *err)
{
	ssize_t n = file_read_at(gzip->fd, gzip->chunk, CHUNK_SIZE, gzip->offset);

	if (n < 0)
		return discern_error_set(err, (int)n, "cannot read at byte %jd: %s", (intmax_t)gzip->offset,
					 strerror((int)-n));
	gzip->offset += n;
	gzip->stream.next_in = gzip->chunk;
	gzip->stream.avail_in = (uInt)n;
	return n > 0 ? 1 : 0;
}

/* Another member may follow (RFC 1952 2.2); zeros that fill up a tape, and anything else, is no part of it. */
static int begin_member(struct gzip *gzip, struct discern_error *err)
{
	int ret = 1;

	/* The two bytes that tell a member may be torn apart by the end of a chunk. */
	if (gzip->stream.avail_in < 2) {
		gzip->offset -= gzip->stream.avail_in;
		ret = refill(gzip, err);
	}
	if (ret < 0)
		return ret;
	if (gzip->stream.avail_in < 2 || gzip->stream.next_in[0] != 0x1f || gzip->stream.next_in[1] != 0x8b) {
		gzip->is_at_end = true;
		return 0;
	}
	gzip->is_between = false;
	return inflateReset(&gzip->stream) == Z_OK ? 1 : discern_error_set(err, -ENOMEM, "out of memory");
}

static ssize_t damaged(const struct gzip *gzip, struct discern_error *err)
{
	return discern_error_set(err, -EBADMSG, "its gzip data are damaged: %s",
				 gzip->stream.msg != NULL ? gzip->stream.msg : "they make no sense");
}

static ssize_t gzip_read(void *self, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct gzip *gzip = self;

	gzip->stream.next_out = buffer;
	gzip->stream.avail_out = size < UINT32_MAX ? (uInt)size : UINT32_MAX;
	while (gzip->stream.next_out == buffer && !gzip->is_at_end) {
		int ret = 1;

		if (gzip->is_between)
			ret = begin_member(gzip, err);
		else if (gzip->stream.avail_in == 0)
			ret = refill(gzip, err);
		if (ret < 0)
			return ret;
		if (gzip->is_at_end)
			break;
		if (ret == 0)
			return discern_error_set(err, -EBADMSG, "its gzip data are cut off");
		ret = inflate(&gzip->stream, Z_NO_FLUSH);
		if (ret == Z_STREAM_END)
			gzip->is_between = true;
		else if (ret != Z_OK && ret != Z_BUF_ERROR)
			return damaged(gzip, err);
	}
	return (ssize_t)(gzip->stream.next_out - buffer);
}

static void gzip_close(void *self)
{
	struct gzip *gzip = self;

	inflateEnd(&gzip->stream);
	free(gzip);
}

static const struct packed_decoder_ops gzip_ops = { gzip_read, gzip_close };

int packed_gzip_open(int fd, struct packed_decoder *ret_decoder, struct discern_error *err)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip == NULL || inflateInit2(&gzip->stream, GZIP_WINDOW_BITS) != Z_OK) {
		free(gzip);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	gzip->fd = fd;
	*ret_decoder = (struct packed_decoder){ .ops = &gzip_ops, .self = gzip };
	return 0;
}

#else

int packed_gzip_open(int fd, struct packed_decoder *ret_decoder, struct discern_error *err)
{
	(void)fd;
	(void)ret_decoder;
	discern_error_set(err, -ENOTSUP, "it is compressed with gzip, and this discern was built without zlib");
	return discern_error_hint(err, "unpack it first: gzip -d");
}

#endif
