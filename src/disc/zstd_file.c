/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disc/zstd_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* Zstandard's seekable format 0.1.0: a skippable frame of entries, each the size of a frame compressed and plain and
 * maybe a checksum, and a footer: number of frames, descriptor, magic number. */
enum { HEADER = 8, FOOTER = 9, ENTRY = 8, CHECKSUM = 4, HAS_CHECKSUMS = 0x80, RESERVED = 0x7c };

static const uint32_t frame_magic = 0xfd2fb528, skippable_magic = 0x184d2a5e, seekable_magic = 0x8f92eab1;

/* No honest frame is larger: who reads one sector has to unpack it all. */
#define FRAME_MAX ((uint32_t)64 << 20)
#define FRAMES_MAX ((uint32_t)1 << 20)

struct frame {
	/** Where it begins in the file and in the image. */
	uint64_t compressed, plain;
};

struct zstd_file {
	int fd;
	uint32_t n_frames;
	/** One more than there are: its begin is the end of the last. */
	struct frame *frames;
	/** The frame that was unpacked last, n_frames if none was. */
	uint32_t current;
	uint8_t *packed, *data;
	size_t packed_room, data_room;
	void *context;
};

static int read_all(int fd, void *buffer, size_t size, uint64_t offset)
{
	ssize_t n = file_read_at(fd, buffer, size, (off_t)offset);

	return n == (ssize_t)size ? 0 : n < 0 ? (int)n : -EIO;
}

static int bad_table(struct discern_error *err)
{
	discern_error_set(err, -EINVAL, "the table of its zstd frames makes no sense");
	discern_error_hint(err, "it may be cut off; zstd -d unpacks what can be");
	return -EINVAL;
}

/* Adds up the sizes; the frames must fill the file up to the table. */
static int take_table(struct zstd_file *file, const uint8_t *table, size_t entry, uint64_t table_at)
{
	struct frame at = { 0, 0 };

	for (uint32_t i = 0; i < file->n_frames; i++, table += entry) {
		file->frames[i] = at;
		if (get_le32(table + 4) > FRAME_MAX || get_le32(table) > 2 * FRAME_MAX)
			return -EINVAL;
		at.compressed += get_le32(table);
		at.plain += get_le32(table + 4);
		file->packed_room = get_le32(table) > file->packed_room ? get_le32(table) : file->packed_room;
		file->data_room = get_le32(table + 4) > file->data_room ? get_le32(table + 4) : file->data_room;
	}
	file->frames[file->n_frames] = at;
	file->current = file->n_frames;
	return at.compressed == table_at ? 0 : -EINVAL;
}

/* The table of n_frames, which begins at table_at and ends with the file. */
static int load(struct zstd_file *file, size_t entry, uint64_t table_at, struct discern_error *err)
{
	size_t size = entry * file->n_frames;
	uint8_t *table = malloc(size + 1);
	int ret;

	file->frames = calloc((size_t)file->n_frames + 1, sizeof(*file->frames));
	ret = table != NULL && file->frames != NULL ? read_all(file->fd, table, size, table_at + HEADER) : -ENOMEM;
	if (ret == 0)
		ret = take_table(file, table, entry, table_at);
	free(table);
	if (ret == 0) {
		file->packed = buffer_new(file->packed_room + 1);
		file->data = buffer_new(file->data_room + 1);
		ret = file->packed != NULL && file->data != NULL ? 0 : -ENOMEM;
	}
	if (ret == -EINVAL)
		return bad_table(err);
	return ret < 0 ? discern_error_set(err, ret, "cannot read the table of its frames: %s", strerror(-ret)) : 0;
}

int zstd_file_open(int fd, uint64_t file_bytes, struct zstd_file **ret_file, struct discern_error *err)
{
	uint8_t first[4], footer[FOOTER], header[HEADER];
	struct zstd_file *file;
	uint64_t table_bytes;
	size_t entry;
	int ret;

	if (file_bytes < HEADER + FOOTER + 4 || read_all(fd, first, sizeof(first), 0) < 0 ||
	    get_le32(first) != frame_magic || read_all(fd, footer, FOOTER, file_bytes - FOOTER) < 0 ||
	    get_le32(footer + 5) != seekable_magic)
		return 0;
	entry = footer[4] & HAS_CHECKSUMS ? ENTRY + CHECKSUM : ENTRY;
	table_bytes = HEADER + (uint64_t)entry * get_le32(footer) + FOOTER;
	if (footer[4] & RESERVED || get_le32(footer) > FRAMES_MAX || table_bytes > file_bytes ||
	    read_all(fd, header, HEADER, file_bytes - table_bytes) < 0 || get_le32(header) != skippable_magic ||
	    get_le32(header + 4) != table_bytes - HEADER)
		return bad_table(err);
#ifndef HAVE_ZSTD
	return discern_error_set(err, -ENOTSUP, "it is compressed, and this discern was built without zstd");
#endif
	file = calloc(1, sizeof(*file));
	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	file->fd = fd;
	file->n_frames = get_le32(footer);
	ret = load(file, entry, file_bytes - table_bytes, err);
	if (ret < 0) {
		zstd_file_close(file);
		return ret;
	}
	*ret_file = file;
	return 1;
}

uint64_t zstd_file_size_bytes(const struct zstd_file *file)
{
	return file->frames[file->n_frames].plain;
}

static int unpack(struct zstd_file *file, size_t packed_size, size_t size)
{
#ifdef HAVE_ZSTD
	if (file->context == NULL)
		file->context = ZSTD_createDCtx();
	if (file->context == NULL)
		return -ENOMEM;
	return ZSTD_decompressDCtx(file->context, file->data, size, file->packed, packed_size) == size ? 0 : -EBADMSG;
#else
	(void)file;
	(void)packed_size;
	(void)size;
	return -ENOTSUP;
#endif
}

/* The frame that holds this byte of the image. */
static uint32_t find_frame(const struct zstd_file *file, uint64_t offset)
{
	uint32_t low = 0, high = file->n_frames;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (file->frames[middle].plain <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int load_frame(struct zstd_file *file, uint32_t index)
{
	const struct frame *frame = &file->frames[index];
	size_t packed_size = (size_t)(frame[1].compressed - frame->compressed);
	int ret;

	if (index == file->current)
		return 0;
	file->current = file->n_frames;
	ret = read_all(file->fd, file->packed, packed_size, frame->compressed);
	if (ret == 0)
		ret = unpack(file, packed_size, (size_t)(frame[1].plain - frame->plain));
	if (ret == 0)
		file->current = index;
	return ret;
}

int zstd_file_read(struct zstd_file *file, uint8_t *buffer, size_t size, uint64_t offset)
{
	while (size > 0) {
		uint32_t index = find_frame(file, offset);
		uint64_t end = file->frames[index + 1].plain;
		size_t n = end > offset ? (size_t)(end - offset) : 0;
		int ret = n > 0 ? load_frame(file, index) : -EIO;

		if (ret < 0)
			return ret;
		n = n < size ? n : size;
		memcpy(buffer, file->data + (offset - file->frames[index].plain), n);
		buffer += n;
		offset += n;
		size -= n;
	}
	return 0;
}

struct zstd_file *zstd_file_close(struct zstd_file *file)
{
	if (file == NULL)
		return NULL;
#ifdef HAVE_ZSTD
	ZSTD_freeDCtx(file->context);
#endif
	free(file->packed);
	free(file->data);
	free(file->frames);
	free(file);
	return NULL;
}
