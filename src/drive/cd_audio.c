/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_audio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "disc/subchannel.h"
#include "drive/drive_private.h"
#include "drive/sense.h"

/* With C2 pointers 64 KiB, which is what bridges to USB transfer at once. */
enum { MOST_AT_ONCE = 24, MOST_WITH_CHANNELS = 23 };

struct cd_audio {
	struct discern_drive *drive;
	bool has_c2;
	/* Sectors of any kind. */
	bool takes_all;
	uint32_t at_once;
	uint8_t *buffer;
	/* Who takes sub-channels; NULL for nobody, or if the drive refuses them. */
	const struct cd_audio_channels *channels;
	uint8_t *channel_bytes;
	double seconds;
	/** What tells this disc from another. */
	uint32_t capacity;
	/** Reads in a row over which the drive was lost. */
	unsigned n_lost;
};

static uint32_t read_capacity(struct discern_drive *drive)
{
	struct scsi_command command;
	uint32_t n_sectors = 0;
	uint8_t data[8];
	size_t length;

	mmc_read_capacity(&command, data);
	if (drive_run(drive, &command, &length, NULL) == 0)
		mmc_parse_capacity(data, length, &n_sectors);
	return n_sectors;
}

int cd_audio_open(struct discern_drive *drive, struct cd_audio **ret_audio, struct discern_error *err)
{
	struct cd_audio *audio = calloc(1, sizeof(*audio));
	struct discern_drive_abilities abilities;

	if (audio != NULL)
		audio->buffer = buffer_new(CD_AUDIO_WHOLE * mmc_read_cd_bytes(MMC_CD_WITH_C2 | MMC_CD_WITH_SUBCHANNEL));
	if (audio != NULL)
		audio->channel_bytes = malloc((size_t)CD_AUDIO_WHOLE * SUBCHANNEL_BYTES);
	if (audio == NULL || audio->buffer == NULL || audio->channel_bytes == NULL) {
		cd_audio_close(audio);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	audio->drive = drive;
	audio->at_once = MOST_AT_ONCE;
	audio->has_c2 = discern_drive_abilities(drive, &abilities, NULL) == 0 && abilities.can_c2;
	audio->capacity = read_capacity(drive);
	*ret_audio = audio;
	return 0;
}

void cd_audio_close(struct cd_audio *audio)
{
	if (audio == NULL)
		return;
	free(audio->buffer);
	free(audio->channel_bytes);
	free(audio);
}

bool cd_audio_has_c2(const struct cd_audio *audio)
{
	return audio->has_c2;
}

void cd_audio_take_channels(struct cd_audio *audio, const struct cd_audio_channels *channels)
{
	audio->channels = channels;
	if (audio->at_once > MOST_WITH_CHANNELS)
		audio->at_once = MOST_WITH_CHANNELS;
}

void cd_audio_take_all(struct cd_audio *audio, bool all)
{
	audio->takes_all = all;
}

static bool wants_c2(const struct cd_audio *audio)
{
	return audio->has_c2 && !audio->takes_all;
}

uint32_t cd_audio_at_once(const struct cd_audio *audio)
{
	return audio->at_once;
}

double cd_audio_seconds(const struct cd_audio *audio)
{
	return audio->seconds;
}

/* Sectors into ret_sectors, their sub-channels to who takes them. */
static int unpack(struct cd_audio *audio, const struct discern_range *range, struct cd_audio_sector *ret_sectors,
		  struct discern_error *err)
{
	const uint8_t *from = audio->buffer;

	for (uint32_t i = 0; i < range->n_sectors; i++) {
		memcpy(ret_sectors[i].data, from, SECTOR_RAW);
		from += SECTOR_RAW;
		memset(ret_sectors[i].c2, 0, SECTOR_C2);
		if (wants_c2(audio)) {
			memcpy(ret_sectors[i].c2, from, SECTOR_C2);
			from += SECTOR_C2;
		}
		if (audio->channels != NULL) {
			memcpy(audio->channel_bytes + (size_t)i * SUBCHANNEL_BYTES, from, SUBCHANNEL_BYTES);
			from += SUBCHANNEL_BYTES;
		}
	}
	return audio->channels != NULL ? audio->channels->take(range, audio->channel_bytes, audio->channels->user, err)
				       : 0;
}

/* One command, which *ret_sense tells the sense of. */
static int run(struct cd_audio *audio, const struct discern_range *range, struct discern_error *err)
{
	enum mmc_cd_parts parts = audio->takes_all  ? MMC_CD_ANY
				  : wants_c2(audio) ? MMC_CD_AUDIO | MMC_CD_WITH_C2
						    : MMC_CD_AUDIO;
	struct transport *transport;
	struct scsi_command command;
	uint64_t before;
	int ret = drive_transport(audio->drive, &transport, err);

	if (ret < 0)
		return ret;
	if (audio->channels != NULL)
		parts |= MMC_CD_WITH_SUBCHANNEL;
	before = transport->busy_ms;
	mmc_read_cd(&command, range, parts, audio->buffer);
	ret = transport_run(transport, &command, NULL, err);
	audio->seconds += (double)(transport->busy_ms - before) / 1000.0;
	return ret;
}

/* Waits for a drive that was lost on the way, was reset or is not ready: 0 if it is back with the same disc. */
static int settle(struct cd_audio *audio, struct discern_error *err)
{
	struct discern_drive *drive = audio->drive;
	int ret = drive_wait_ready(drive, err);

	if (ret == 0 && audio->capacity != 0 && read_capacity(drive) != audio->capacity)
		ret = discern_error_set(err, -ESTALE, "%s: the disc was changed", drive->path);
	return ret;
}

/* After a failed read: 0 to try once more, else what is to be told of it. */
static int judge(struct cd_audio *audio, int code, unsigned n_tries, struct discern_error *err)
{
	enum { MAX_TRIES = 3, MAX_LOST = 8 };
	char words[sizeof(err->text)];
	int ret;

	/* Many have them alone, but not with C2 pointers. */
	if (code == -EOPNOTSUPP && audio->channels != NULL) {
		audio->channels = NULL;
		return 0;
	}
	if (code == -EOPNOTSUPP && wants_c2(audio)) {
		audio->has_c2 = false;
		return 0;
	}
	if (code == -ENXIO || code == -ENOMEDIUM || code == -ENODEV || code == -EPROTO || code == -EMSGSIZE)
		return code;
	if (code == -ESTALE && err->sense.asc == ASC_MEDIUM_MAY_HAVE_CHANGED)
		return discern_error_set(err, -ESTALE, "%s: the disc was changed", audio->drive->path);
	/* The drive itself says what is wrong with these sectors. */
	if ((code == -EIO || code == -ETIMEDOUT) && err->sense.key != 0)
		return -EIO;
	if (code == -EOPNOTSUPP || code == -EMEDIUMTYPE)
		return code;
	snprintf(words, sizeof(words), "%s", err->text);
	ret = settle(audio, err);
	if (ret < 0)
		return ret;
	if (++audio->n_lost > MAX_LOST)
		return discern_error_set(err, -ETIMEDOUT, "%s: the drive is lost again and again: %s",
					 audio->drive->path, words);
	return n_tries < MAX_TRIES ? 0 : -EIO;
}

int cd_audio_read(struct cd_audio *audio, const struct discern_range *range, struct cd_audio_sector *ret_sectors,
		  struct discern_error *err)
{
	struct discern_range part = { range->lba, 0 };
	uint32_t done = 0;
	unsigned n_tries = 0;
	struct discern_error own;

	if (err == NULL)
		err = &own;
	while (done < range->n_sectors) {
		uint32_t left = range->n_sectors - done;
		int ret;

		part.lba = range->lba + (int32_t)done;
		part.n_sectors = left < audio->at_once ? left : audio->at_once;
		ret = run(audio, &part, err);
		if (ret == 0) {
			ret = unpack(audio, &part, ret_sectors + done, err);
			if (ret < 0)
				return ret;
			done += part.n_sectors;
			audio->n_lost = n_tries = 0;
			continue;
		}
		if (ret == -EMSGSIZE && part.n_sectors > 1) {
			audio->at_once = part.n_sectors / 2;
			continue;
		}
		ret = judge(audio, ret, ++n_tries, err);
		if ((ret == -ENODEV || ret == -ENOMEDIUM) &&
		    strncmp(err->text, audio->drive->path, strlen(audio->drive->path)) != 0)
			discern_error_wrap(err, "%s", audio->drive->path);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int cd_audio_read_whole(struct cd_audio *audio, const struct discern_range *range, struct cd_audio_sector *ret_sectors)
{
	struct discern_error ignored;
	int ret = range->n_sectors <= CD_AUDIO_WHOLE ? run(audio, range, &ignored) : -EMSGSIZE;

	return ret == 0 ? unpack(audio, range, ret_sectors, &ignored) : ret;
}
