/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_recovery.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "drive/drive_private.h"

/* The mode parameter header of the ten byte commands (SPC-4 7.5.5), and the page: MMC-6 table 652. */
enum { HEADER_SIZE = 8, PAGE_RECOVERY = 0x01, PAGE_MAX = 64, FLAGS_AT = 2, RETRIES_AT = 3, PAGE_MIN_LENGTH = 6 };

struct recovery_page {
	uint8_t data[HEADER_SIZE + PAGE_MAX];
	/** Where the page is in data, and its bytes, its two byte head included. */
	size_t at, size;
};

static int read_page(struct discern_drive *drive, struct recovery_page *ret, struct discern_error *err)
{
	struct scsi_command command;
	size_t length;
	int ret_code;

	memset(ret, 0, sizeof(*ret));
	mmc_mode_sense(&command, PAGE_RECOVERY, ret->data, sizeof(ret->data));
	ret_code = drive_run(drive, &command, &length, err);
	if (ret_code < 0)
		return ret_code;
	/* Some drives have a block descriptor though none was asked for. */
	if (length >= HEADER_SIZE)
		ret->at = HEADER_SIZE + (size_t)get_be16(ret->data + 6);
	if (length < HEADER_SIZE || ret->at + 2 + PAGE_MIN_LENGTH > length ||
	    (ret->data[ret->at] & 0x3f) != PAGE_RECOVERY || ret->data[ret->at + 1] < PAGE_MIN_LENGTH ||
	    ret->at + 2 + ret->data[ret->at + 1] > length)
		return discern_error_set(err, -EOPNOTSUPP, "%s: the drive has no error recovery page", drive->path);
	ret->size = 2 + (size_t)ret->data[ret->at + 1];
	return 0;
}

int drive_read_retries(struct discern_drive *drive, uint8_t *ret_n_retries, struct discern_error *err)
{
	struct recovery_page page;
	int ret = read_page(drive, &page, err);

	if (ret == 0)
		*ret_n_retries = page.data[page.at + RETRIES_AT];
	return ret;
}

static int write_page(struct discern_drive *drive, const struct recovery_page *page, struct discern_error *err)
{
	uint8_t list[HEADER_SIZE + PAGE_MAX] = { 0 };
	struct scsi_command command;
	int ret;

	/* The header of a list for MODE SELECT is all zeros, and so is the bit that says that a page can be saved. */
	memcpy(list + HEADER_SIZE, page->data + page->at, page->size);
	list[HEADER_SIZE] &= 0x3f;
	mmc_mode_select(&command, list, (uint16_t)(HEADER_SIZE + page->size));
	ret = drive_run(drive, &command, NULL, err);
	return ret == -EIO ? -EOPNOTSUPP : ret;
}

int drive_set_read_retries(struct discern_drive *drive, uint8_t n_retries, struct discern_error *err)
{
	struct recovery_page page;
	int ret = read_page(drive, &page, err);

	if (ret < 0)
		return ret;
	page.data[page.at + RETRIES_AT] = n_retries;
	return write_page(drive, &page, err);
}

int drive_begin_uncorrected(struct discern_drive *drive, struct drive_recovery *ret_before, struct discern_error *err)
{
	/* Byte 2: transfer the block that is wrong, disable correction. */
	enum { TB = 0x20, DCR = 0x01 };
	struct recovery_page page;
	int ret = read_page(drive, &page, err);

	if (ret < 0)
		return ret;
	ret_before->flags = page.data[page.at + FLAGS_AT];
	ret_before->n_retries = page.data[page.at + RETRIES_AT];
	page.data[page.at + FLAGS_AT] |= TB | DCR;
	if (page.data[page.at + RETRIES_AT] > 1)
		page.data[page.at + RETRIES_AT] = 1;
	return write_page(drive, &page, err);
}

int drive_end_uncorrected(struct discern_drive *drive, const struct drive_recovery *before, struct discern_error *err)
{
	struct recovery_page page;
	int ret = read_page(drive, &page, err);

	if (ret < 0)
		return ret;
	page.data[page.at + FLAGS_AT] = before->flags;
	page.data[page.at + RETRIES_AT] = before->n_retries;
	return write_page(drive, &page, err);
}
