/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one place that knows libsndfile. */
#include "config.h"

#include "disc/sound_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

#ifdef HAVE_SNDFILE

#include <sndfile.h>

/* Samples of both channels; and how many are taken at once. */
enum { FRAME_BYTES = 4, CHUNK_FRAMES = 588 };

struct sound_file {
	SNDFILE *file;
	uint64_t n_frames;
	/** Where the next read goes on by itself. */
	uint64_t next_frame;
};

static int check_format(const SF_INFO *info, struct discern_error *err)
{
	if (info->samplerate != 44100 || info->channels != 2)
		discern_error_set(err, -EINVAL, "%d Hz and %d channel%s; a CD has 44100 Hz and 2", info->samplerate,
				  info->channels, info->channels == 1 ? "" : "s");
	else if ((info->format & SF_FORMAT_SUBMASK) != SF_FORMAT_PCM_16)
		discern_error_set(err, -EINVAL, "its samples are not whole numbers of 16 bits, as those of a CD");
	else if (info->frames < 0 || !info->seekable)
		discern_error_set(err, -EINVAL, "its length cannot be told");
	else
		return 0;
	discern_error_hint(err, "convert it, for example: sox FILE -b 16 -r 44100 -c 2 OTHER.wav");
	return -EINVAL;
}

int sound_file_open(int fd, struct sound_file **ret_sound, struct discern_error *err)
{
	struct sound_file *sound = calloc(1, sizeof(*sound));
	SF_INFO info = { .format = 0 };
	int ret;

	if (sound == NULL) {
		close(fd);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	sound->file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
	if (sound->file == NULL) {
		ret = discern_error_set(err, -EINVAL, "no sound that can be read: %s", sf_strerror(NULL));
		free(sound);
		return ret;
	}
	ret = check_format(&info, err);
	if (ret < 0) {
		sound_file_close(sound);
		return ret;
	}
	sound->n_frames = (uint64_t)info.frames;
	*ret_sound = sound;
	return 0;
}

void sound_file_close(struct sound_file *sound)
{
	if (sound == NULL)
		return;
	sf_close(sound->file);
	free(sound);
}

uint64_t sound_file_size_bytes(const struct sound_file *sound)
{
	return sound->n_frames * FRAME_BYTES;
}

int sound_file_read(struct sound_file *sound, uint64_t offset_bytes, uint8_t *buffer, size_t size)
{
	uint64_t frame = offset_bytes / FRAME_BYTES;
	short samples[CHUNK_FRAMES * 2];

	if (offset_bytes % FRAME_BYTES != 0 || size % FRAME_BYTES != 0)
		return -EIO;
	if (frame != sound->next_frame && sf_seek(sound->file, (sf_count_t)frame, SEEK_SET) != (sf_count_t)frame)
		return -EIO;
	for (size_t at = 0; at < size;) {
		size_t left = (size - at) / FRAME_BYTES;
		sf_count_t wanted = (sf_count_t)(left < CHUNK_FRAMES ? left : CHUNK_FRAMES);

		/* Whatever went wrong, the next read looks for its place anew. */
		sound->next_frame = UINT64_MAX;
		if (sf_readf_short(sound->file, samples, wanted) != wanted)
			return -EIO;
		for (sf_count_t i = 0; i < 2 * wanted; i++) {
			buffer[at++] = (uint8_t)(unsigned short)samples[i];
			buffer[at++] = (uint8_t)((unsigned short)samples[i] >> 8);
		}
	}
	sound->next_frame = frame + size / FRAME_BYTES;
	return 0;
}

#else

int sound_file_open(int fd, struct sound_file **ret_sound, struct discern_error *err)
{
	(void)ret_sound;
	close(fd);
	discern_error_set(err, -ENOTSUP,
			  "sound in files such as WAV and FLAC cannot be read: built without libsndfile");
	discern_error_hint(err, "convert it to bytes, for example: sox FILE -t raw -e signed -b 16 -L OTHER.bin");
	return -ENOTSUP;
}

void sound_file_close(struct sound_file *sound)
{
	(void)sound;
}

uint64_t sound_file_size_bytes(const struct sound_file *sound)
{
	(void)sound;
	return 0;
}

int sound_file_read(struct sound_file *sound, uint64_t offset_bytes, uint8_t *buffer, size_t size)
{
	(void)sound;
	(void)offset_bytes;
	(void)buffer;
	(void)size;
	return -EIO;
}

#endif
