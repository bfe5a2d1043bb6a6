/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/write_offset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of two channels with 16 bits. */
enum { SAMPLE_BYTES = 4 };

struct write_offset {
	/** Bytes that audio comes late; negative: early. */
	int32_t bytes;
	/** Audio in sequence began here and goes on here. */
	int32_t begin_lba, next_lba;
	/** Late: what is yet to be written. */
	uint8_t late[VDRIVE_MAX_OFFSET_SAMPLES * SAMPLE_BYTES + SECTOR_RAW];
};

int write_offset_set(struct vdrive *drive, int32_t offset_samples)
{
	if (offset_samples == 0)
		return 0;
	if (offset_samples < -VDRIVE_MAX_OFFSET_SAMPLES || offset_samples > VDRIVE_MAX_OFFSET_SAMPLES)
		return -EINVAL;
	drive->write_offset = calloc(1, sizeof(*drive->write_offset));
	if (drive->write_offset == NULL)
		return -ENOMEM;
	drive->write_offset->bytes = offset_samples * SAMPLE_BYTES;
	return 0;
}

void write_offset_free(struct vdrive *drive)
{
	free(drive->write_offset);
	drive->write_offset = NULL;
}

/* The sector gets what came so long before. */
static int put_late(struct vdrive *drive, int32_t lba, const struct disc_raw_sector *sector)
{
	struct write_offset *offset = drive->write_offset;
	struct disc_raw_sector shifted = { .sector = offset->late, .subchannel = sector->subchannel };
	int ret;

	memcpy(offset->late + offset->bytes, sector->sector, SECTOR_RAW);
	ret = disc_write_raw(drive->disc, lba, &shifted);
	memmove(offset->late, offset->late + SECTOR_RAW, (size_t)offset->bytes);
	return ret;
}

/* What comes now belongs into sectors that are in the buffer still; what would lie before the first is lost. */
static int put_early(struct vdrive *drive, int32_t lba, const struct disc_raw_sector *sector)
{
	static const uint8_t silence[SECTOR_RAW];
	const struct write_offset *offset = drive->write_offset;
	struct disc_raw_sector empty = { .sector = silence, .subchannel = sector->subchannel };
	int64_t at = (int64_t)(lba - offset->begin_lba) * SECTOR_RAW + offset->bytes;
	size_t done = at < 0 ? (size_t)(at < -SECTOR_RAW ? SECTOR_RAW : -at) : 0;
	int ret = disc_write_raw(drive->disc, lba, &empty);

	while (done < SECTOR_RAW && ret == 0) {
		int64_t place = at + (int64_t)done;
		size_t in_sector = (size_t)(place % SECTOR_RAW), n = SECTOR_RAW - in_sector;

		if (n > SECTOR_RAW - done)
			n = SECTOR_RAW - done;
		ret = disc_amend_audio(drive->disc, offset->begin_lba + (int32_t)(place / SECTOR_RAW), in_sector,
				       sector->sector + done, n);
		done += n;
	}
	return ret;
}

int write_offset_put(struct vdrive *drive, int32_t lba, const struct disc_raw_sector *sector, bool is_audio)
{
	struct write_offset *offset = drive->write_offset;

	if (offset == NULL || !is_audio)
		return disc_write_raw(drive->disc, lba, sector);
	if (lba != offset->next_lba) {
		offset->begin_lba = lba;
		memset(offset->late, 0, sizeof(offset->late));
	}
	offset->next_lba = lba + 1;
	return offset->bytes > 0 ? put_late(drive, lba, sector) : put_early(drive, lba, sector);
}
