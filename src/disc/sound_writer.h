/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound of a CD into files: FLAC with tags, WAV, or the mere samples. */
#ifndef DISC_SOUND_WRITER_H
#define DISC_SOUND_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

enum sound_format { SOUND_FLAC, SOUND_WAV, SOUND_BIN };

/** "flac", "wav", "bin". */
const char *sound_format_suffix(enum sound_format format);

/** Lines "NAME=text" in UTF-8, as FLAC files have them; of these a WAV file takes what it has a place for, and samples
 *  nothing. */
struct sound_tags {
	size_t n;
	const char *const *lines;
};

struct sound_writer;

/** Makes a new file: -EEXIST if it is there. -ENOTSUP without libsndfile, -ENOMEM, or what the system says. Release with
 *  sound_writer_finish() or sound_writer_drop(). tags are borrowed until then. */
int sound_writer_open(const char *path, enum sound_format format, const struct sound_tags *tags,
		      struct sound_writer **ret_writer, struct discern_error *err);

/** Goes on with a file of mere samples, of which size_bytes are kept; it is made if it is not there and these are 0. */
int sound_writer_resume(const char *path, uint64_t size_bytes, struct sound_writer **ret_writer,
			struct discern_error *err);

/** Samples with the lowest byte first; size is a multiple of four. 0 or a negative errno. */
int sound_writer_put(struct sound_writer *writer, const uint8_t *samples, size_t size);

/** Ends the file, which is on the disk then. */
int sound_writer_finish(struct sound_writer *writer, struct discern_error *err);

/** What was put so far is on the disk then; of mere samples only. 0 or a negative errno. */
int sound_writer_sync(struct sound_writer *writer);

/** Closes and removes it, but for mere samples, with which another call may go on; accepts NULL. */
void sound_writer_drop(struct sound_writer *writer);

#endif
