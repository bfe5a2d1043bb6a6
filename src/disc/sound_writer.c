/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside sound_file.c the one place that knows libsndfile, which has no word for most tags of a FLAC file: they are put
 * into the room of a long comment when it is ready. */
#include "config.h"

#include "disc/sound_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_SNDFILE
#include <sndfile.h>
#endif

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

enum { SAMPLE_BYTES = 4, CHUNK_SAMPLES = 588 };

/* Of a FLAC file: the first block of metadata, headers of blocks, and the kinds that are written here. */
enum { FLAC_FIRST_BLOCK = 4, FLAC_BLOCK_HEAD = 4, FLAC_LAST = 0x80, FLAC_PADDING = 1, FLAC_COMMENT = 4 };

/* Room that is left for programs that change tags later. */
enum { SPARE_ROOM = 4096 };

struct sound_writer {
	enum sound_format format;
	const struct sound_tags *tags;
	char *path;
	int fd;
	uint64_t size;
#ifdef HAVE_SNDFILE
	SNDFILE *file;
#endif
};

const char *sound_format_suffix(enum sound_format format)
{
	return format == SOUND_FLAC ? "flac" : format == SOUND_WAV ? "wav" : "bin";
}

#ifdef HAVE_SNDFILE

static const char vendor[] = "discern";

static size_t comment_bytes(const struct sound_tags *tags)
{
	size_t size = 4 + strlen(vendor) + 4;

	for (size_t i = 0; i < tags->n; i++)
		size += 4 + strlen(tags->lines[i]);
	return size;
}

/* Where WAV has a place for a tag. */
static void set_wav_tags(struct sound_writer *writer)
{
	static const struct {
		const char *name;
		int place;
	} places[] = { { "TITLE=", SF_STR_TITLE },
		       { "ARTIST=", SF_STR_ARTIST },
		       { "ALBUM=", SF_STR_ALBUM },
		       { "TRACKNUMBER=", SF_STR_TRACKNUMBER } };

	for (size_t i = 0; i < writer->tags->n; i++)
		for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			if (strncmp(writer->tags->lines[i], places[j].name, strlen(places[j].name)) == 0)
				sf_set_string(writer->file, places[j].place,
					      writer->tags->lines[i] + strlen(places[j].name));
}

/* A comment as long as all tags and some spare room. */
static int make_room(struct sound_writer *writer)
{
	size_t size = comment_bytes(writer->tags) + SPARE_ROOM;
	AUTO_FREE char *room = malloc(size + 1);

	if (room == NULL)
		return -ENOMEM;
	memset(room, ' ', size);
	room[size] = '\0';
	return sf_set_string(writer->file, SF_STR_COMMENT, room) == 0 ? 0 : -EIO;
}

static int begin_sound(struct sound_writer *writer, struct discern_error *err)
{
	SF_INFO info = { .samplerate = 44100, .channels = 2 };
	int ret = 0;

	info.format = (writer->format == SOUND_FLAC ? SF_FORMAT_FLAC : SF_FORMAT_WAV) | SF_FORMAT_PCM_16;
	writer->file = sf_open_fd(writer->fd, SFM_WRITE, &info, SF_FALSE);
	if (writer->file == NULL)
		return discern_error_set(err, -EIO, "%s: cannot write sound: %s", writer->path, sf_strerror(NULL));
	if (writer->format == SOUND_WAV)
		set_wav_tags(writer);
	else
		ret = make_room(writer);
	return ret < 0 ? discern_error_set(err, ret, "%s: cannot write tags: %s", writer->path, strerror(-ret)) : 0;
}

static int put_sound(struct sound_writer *writer, const uint8_t *samples, size_t size)
{
	short words[CHUNK_SAMPLES * 2];

	while (size > 0) {
		size_t n = size < CHUNK_SAMPLES * SAMPLE_BYTES ? size / SAMPLE_BYTES : CHUNK_SAMPLES;

		for (size_t i = 0; i < 2 * n; i++)
			words[i] = (short)get_le16(samples + 2 * i);
		errno = 0;
		if (sf_writef_short(writer->file, words, (sf_count_t)n) != (sf_count_t)n)
			return errno != 0 ? -errno : -EIO;
		samples += n * SAMPLE_BYTES;
		size -= n * SAMPLE_BYTES;
	}
	return 0;
}

static uint8_t *put_text(uint8_t *at, const char *text, size_t size)
{
	put_le32(at, (uint32_t)size);
	memcpy(at + 4, text, size);
	return at + 4 + size;
}

/* The tags and padding behind them, in as many bytes as the comment had. */
static int replace_comment(struct sound_writer *writer, off_t at, uint32_t size, uint8_t flags)
{
	size_t used = comment_bytes(writer->tags);
	AUTO_FREE uint8_t *block = calloc(1, FLAC_BLOCK_HEAD + size);
	uint8_t *end;

	if (block == NULL)
		return -ENOMEM;
	if (used + FLAC_BLOCK_HEAD > size)
		return -EIO;
	block[0] = FLAC_COMMENT;
	put_be24(block + 1, (uint32_t)used);
	end = put_text(block + FLAC_BLOCK_HEAD, vendor, strlen(vendor));
	put_le32(end, (uint32_t)writer->tags->n);
	end += 4;
	for (size_t i = 0; i < writer->tags->n; i++)
		end = put_text(end, writer->tags->lines[i], strlen(writer->tags->lines[i]));
	end[0] = (uint8_t)(flags | FLAC_PADDING);
	put_be24(end + 1, (uint32_t)(size - used - FLAC_BLOCK_HEAD));
	return file_write_at(writer->fd, block, FLAC_BLOCK_HEAD + size, at);
}

static int put_flac_tags(struct sound_writer *writer)
{
	off_t at = FLAC_FIRST_BLOCK;

	for (;;) {
		uint8_t head[FLAC_BLOCK_HEAD];

		if (file_read_at(writer->fd, head, sizeof(head), at) != sizeof(head))
			return -EIO;
		if ((head[0] & ~FLAC_LAST) == FLAC_COMMENT)
			return replace_comment(writer, at, get_be24(head + 1), head[0] & FLAC_LAST);
		if (head[0] & FLAC_LAST)
			return -EIO;
		at += FLAC_BLOCK_HEAD + (off_t)get_be24(head + 1);
	}
}

static int end_sound(struct sound_writer *writer)
{
	int ret = sf_close(writer->file) == 0 ? 0 : -EIO;

	writer->file = NULL;
	if (ret == 0 && writer->format == SOUND_FLAC)
		ret = put_flac_tags(writer);
	return ret;
}

static void close_sound(struct sound_writer *writer)
{
	if (writer->file != NULL)
		sf_close(writer->file);
}

#else

static int begin_sound(struct sound_writer *writer, struct discern_error *err)
{
	discern_error_set(err, -ENOTSUP, "%s: built without libsndfile", writer->path);
	return discern_error_hint(err, "take --format=cue, which needs none");
}

static int put_sound(struct sound_writer *writer, const uint8_t *samples, size_t size)
{
	(void)writer;
	(void)samples;
	(void)size;
	return -ENOTSUP;
}

static int end_sound(struct sound_writer *writer)
{
	(void)writer;
	return -ENOTSUP;
}

static void close_sound(struct sound_writer *writer)
{
	(void)writer;
}

#endif

static void release(struct sound_writer *writer)
{
	close_sound(writer);
	if (writer->fd >= 0)
		close(writer->fd);
	free(writer->path);
	free(writer);
}

/* What may be there already. */
enum existing { NO_FILE, A_FILE_TO_GO_ON_WITH };

static int open_file(const char *path, enum existing existing, struct sound_writer **ret_writer, struct discern_error *err)
{
	struct sound_writer *writer = calloc(1, sizeof(*writer));
	int ret;

	if (writer != NULL)
		writer->path = strdup(path);
	if (writer == NULL || writer->path == NULL) {
		free(writer);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	writer->format = SOUND_BIN;
	writer->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (existing == NO_FILE ? O_EXCL : O_NOFOLLOW), 0666);
	if (writer->fd < 0) {
		ret = discern_error_set(err, -errno, "%s: cannot make it: %s", path, strerror(errno));
		release(writer);
		return ret;
	}
	*ret_writer = writer;
	return 0;
}

int sound_writer_open(const char *path, enum sound_format format, const struct sound_tags *tags,
		      struct sound_writer **ret_writer, struct discern_error *err)
{
	int ret = open_file(path, NO_FILE, ret_writer, err);

	if (ret < 0)
		return ret;
	(*ret_writer)->format = format;
	(*ret_writer)->tags = tags;
	if (format != SOUND_BIN)
		ret = begin_sound(*ret_writer, err);
	if (ret < 0)
		sound_writer_drop(*ret_writer);
	return ret;
}

int sound_writer_resume(const char *path, uint64_t size_bytes, struct sound_writer **ret_writer,
			struct discern_error *err)
{
	struct stat status;
	int ret = open_file(path, A_FILE_TO_GO_ON_WITH, ret_writer, err);

	if (ret < 0)
		return ret;
	if (fstat((*ret_writer)->fd, &status) < 0 || (uint64_t)status.st_size < size_bytes)
		ret = discern_error_set(err, -EINVAL, "%s: it is shorter than it was", path);
	else if (ftruncate((*ret_writer)->fd, (off_t)size_bytes) < 0)
		ret = discern_error_set(err, -errno, "%s: cannot write: %s", path, strerror(errno));
	(*ret_writer)->size = size_bytes;
	if (ret < 0)
		release(*ret_writer);
	return ret;
}

int sound_writer_sync(struct sound_writer *writer)
{
	return fdatasync(writer->fd) < 0 ? -errno : 0;
}

int sound_writer_put(struct sound_writer *writer, const uint8_t *samples, size_t size)
{
	int ret = writer->format == SOUND_BIN ? file_write_at(writer->fd, samples, size, (off_t)writer->size)
					      : put_sound(writer, samples, size);

	writer->size += size;
	return ret;
}

int sound_writer_finish(struct sound_writer *writer, struct discern_error *err)
{
	int ret = writer->format == SOUND_BIN ? 0 : end_sound(writer);

	if (ret == 0 && fdatasync(writer->fd) < 0)
		ret = -errno;
	if (ret < 0)
		discern_error_set(err, ret, "%s: cannot write: %s", writer->path, strerror(-ret));
	release(writer);
	return ret;
}

void sound_writer_drop(struct sound_writer *writer)
{
	if (writer == NULL)
		return;
	if (writer->format != SOUND_BIN)
		unlink(writer->path);
	release(writer);
}
