/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound in files that say what it is: WAV, AIFF, FLAC and what else libsndfile reads, as long as a CD can hold it. */
#ifndef DISC_SOUND_FILE_H
#define DISC_SOUND_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

struct sound_file;

/** Takes fd over, also if it fails. -EINVAL if it is no sound or not 44.1 kHz, stereo, 16 bit; -ENOTSUP without
 *  libsndfile; -ENOMEM. Release with sound_file_close(). */
int sound_file_open(int fd, struct sound_file **ret_sound, struct discern_error *err);
/** Accepts NULL. */
void sound_file_close(struct sound_file *sound);

/** Bytes of its samples: four for both channels. */
uint64_t sound_file_size_bytes(const struct sound_file *sound);

/** Samples with the lowest byte first; offset and size are multiples of four within the file. 0 or -EIO. */
int sound_file_read(struct sound_file *sound, uint64_t offset_bytes, uint8_t *buffer, size_t size);

#endif
