/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Behind the user data of a virtual CD: how each sector is kept, whole sectors, and packs of CD-TEXT. The file ends
 * where the last of it does; what lies behind its end is zeros, as on a disc that was made before there was any. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "disc/cd_text.h"
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

/* A whole sector and its sub-channels, and what the places of the parts are multiples of. */
enum { WHOLE_BYTES = SECTOR_RAW + SUBCHANNEL_BYTES, ALIGNMENT = 65536 };

static uint64_t align(uint64_t offset)
{
	return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t n_kept(const struct disc *disc)
{
	return (size_t)disc->state.n_sectors + CD_PREGAP;
}

size_t disc_keeping_bytes(const struct disc *disc)
{
	return disc->keeping != NULL ? n_kept(disc) : 0;
}

static uint64_t keeping_offset(const struct disc *disc)
{
	return align(disc->state.data_offset + (uint64_t)disc->state.n_sectors * DISC_SECTOR);
}

static uint64_t whole_offset(const struct disc *disc)
{
	return align(keeping_offset(disc) + n_kept(disc));
}

static uint64_t text_offset(const struct disc *disc)
{
	return align(whole_offset(disc) + (uint64_t)n_kept(disc) * WHOLE_BYTES);
}

static off_t place_of(const struct disc *disc, int32_t lba)
{
	return (off_t)(whole_offset(disc) + (uint64_t)(lba + CD_PREGAP) * WHOLE_BYTES);
}

static bool is_kept(const struct disc *disc, int32_t lba)
{
	return disc->keeping != NULL && lba >= -CD_PREGAP && (int64_t)lba < disc->state.n_sectors;
}

int disc_cd_load(struct disc *disc)
{
	ssize_t got;

	disc->keeping = calloc(1, n_kept(disc));
	if (disc->keeping == NULL)
		return -ENOMEM;
	got = file_read_at(disc->fd, disc->keeping, n_kept(disc), (off_t)keeping_offset(disc));
	if (got < 0)
		return (int)got;
	for (size_t i = 0; i < (size_t)got; i++)
		disc->keeping[i] &= KEEP_ALL;
	return 0;
}

uint8_t disc_keeping(const struct disc *disc, int32_t lba)
{
	return is_kept(disc, lba) ? disc->keeping[lba + CD_PREGAP] : 0;
}

int disc_set_keeping(struct disc *disc, int32_t lba, uint32_t n_sectors, uint8_t keeping)
{
	size_t begin = (size_t)(lba + CD_PREGAP), i = begin;

	if (!is_kept(disc, lba) || n_sectors > disc->state.n_sectors - (int64_t)lba)
		return 0;
	/* Nearly all sectors are plain, and what is so already need not be written. */
	while (i < begin + n_sectors && disc->keeping[i] == keeping)
		i++;
	if (i == begin + n_sectors)
		return 0;
	memset(disc->keeping + begin, keeping, n_sectors);
	return disc_store(disc, disc->keeping + begin, n_sectors, (off_t)(keeping_offset(disc) + begin));
}

/* Zeros from begin to end, and the blocks given back if the file system can; the file gets no longer by it. */
static int clear_file(struct disc *disc, uint64_t begin, uint64_t end)
{
	static const uint8_t zeros[ALIGNMENT];
	off_t file_end = lseek(disc->fd, 0, SEEK_END);

	if (disc->backup != NULL)
		return 0;
	if (file_end < 0)
		return -errno;
	if (end > (uint64_t)file_end)
		end = (uint64_t)file_end;
	if (begin >= end)
		return 0;
	if (fallocate(disc->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)begin, (off_t)(end - begin)) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	while (begin < end) {
		size_t size = end - begin < ALIGNMENT ? (size_t)(end - begin) : ALIGNMENT;
		int ret = disc_store(disc, zeros, size, (off_t)begin);

		if (ret < 0)
			return ret;
		begin += size;
	}
	return 0;
}

int disc_cd_erase_from(struct disc *disc, int32_t lba)
{
	uint64_t user_end = disc->state.data_offset + (uint64_t)disc->state.n_sectors * DISC_SECTOR;
	int32_t first = lba > 0 ? lba : 0;
	int ret;

	if (!is_kept(disc, lba))
		return 0;
	/* What says that something is there goes before it does. */
	ret = disc_forget_recorded(disc, first);
	memset(disc->keeping + lba + CD_PREGAP, 0, n_kept(disc) - (size_t)(lba + CD_PREGAP));
	if (ret == 0)
		ret = clear_file(disc, keeping_offset(disc) + (uint64_t)(lba + CD_PREGAP), whole_offset(disc));
	if (ret == 0)
		ret = clear_file(disc, disc->state.data_offset + (uint64_t)first * DISC_SECTOR, user_end);
	return ret == 0 ? clear_file(disc, (uint64_t)place_of(disc, lba), text_offset(disc)) : ret;
}

/* Of what lies behind the end of the file there is nothing: zeros. */
static int get(struct disc *disc, void *ret_data, size_t size, off_t offset)
{
	ssize_t got = file_read_at(disc->fd, ret_data, size, offset);

	if (got < 0)
		return -EIO;
	memset((uint8_t *)ret_data + got, 0, size - (size_t)got);
	return 0;
}

int disc_get_whole(struct disc *disc, int32_t lba, uint8_t *ret_sector, uint8_t *ret_subchannel)
{
	int ret = 0;

	if (!is_kept(disc, lba))
		return -EIO;
	if (ret_sector != NULL)
		ret = get(disc, ret_sector, SECTOR_RAW, place_of(disc, lba));
	if (ret == 0 && ret_subchannel != NULL)
		ret = get(disc, ret_subchannel, SUBCHANNEL_BYTES, place_of(disc, lba) + SECTOR_RAW);
	return ret;
}

int disc_put_whole(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector)
{
	int ret = 0;

	if (!is_kept(disc, lba))
		return -EIO;
	if (sector->sector != NULL)
		ret = disc_store(disc, sector->sector, SECTOR_RAW, place_of(disc, lba));
	if (ret == 0 && sector->subchannel != NULL)
		ret = disc_store(disc, sector->subchannel, SUBCHANNEL_BYTES, place_of(disc, lba) + SECTOR_RAW);
	return ret < 0 ? -EIO : 0;
}

int disc_get_text_packs(struct disc *disc, uint8_t *ret_packs, size_t n_packs)
{
	return get(disc, ret_packs, n_packs * CD_TEXT_PACK, (off_t)text_offset(disc));
}

int disc_put_text_packs(struct disc *disc, const uint8_t *packs, size_t n_packs)
{
	return disc_store(disc, packs, n_packs * CD_TEXT_PACK, (off_t)text_offset(disc)) < 0 ? -EIO : 0;
}
