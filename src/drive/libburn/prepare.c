/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blanking and formatting, through libburn. */
#include "drive/libburn/work.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Flags of burn_disc_format(). */
enum {
	FORMAT_WITH_ZEROS = 1,
	FORMAT_GIVEN_SIZE = 0 << 1,
	FORMAT_MAXIMUM = 2 << 1,
	FORMAT_DEFAULT = 3 << 1,
	FORMAT_AGAIN = 1 << 4,
	FORMAT_WITHOUT_DEFECTS = 1 << 5,
	FORMAT_FAST = 1 << 6,
	FORMAT_BY_INDEX = 1 << 7,
	FORMAT_INDEX_SHIFT = 8,
};

/* MMC-6 6.5.4.2: full format, which DVD-RAM has of several sizes, and the quick one of DVD-RW. */
enum { FORMAT_TYPE_FULL = 0x00, FORMAT_TYPE_DVD_RW_QUICK = 0x15 };

/* As much as cdrskin writes to a DVD-RW that was quickly formatted, so that it is ready for writing anywhere; a drive
 * refuses more than the disc has room for (5/26/00). */
enum { FIRST_ZEROS_BYTES = 128 << 20 };

/* What is written at a time, and the unit in which DVD-RW takes data. */
enum { ZERO_SECTORS = 256, UNIT_SECTORS = 16 };

static void work_begin(struct burner *burner, enum discern_phase phase, const struct burner_watch *watch,
		       struct work *work)
{
	*work = (struct work){ .burner = burner, .phase = phase };
	if (watch != NULL)
		work->watch = *watch;
	threads_list(&work->threads);
	burner->is_unfinished = true;
}

/* All went well as far as messages tell; now libburn looks at the medium anew. */
static int work_end(struct work *work, const struct session_verdict *verdict, const char *what,
		    struct discern_error *err)
{
	struct session_verdict again = { 0 };
	int ret = work_judge_messages(work, verdict, what, err);

	if (ret < 0)
		return ret;
	work->burner->is_unfinished = false;
	ret = burn_drive_re_assess(work->burner->drive, 0);
	session_drain(work->burner, &again);
	if (ret != 1)
		return discern_error_set(err, -EIO, "%s: cannot read the state of the disc afterwards",
					 work->burner->path);
	return 0;
}

static int blank(struct burner *burner, bool is_thorough, const struct burner_watch *watch, struct discern_error *err)
{
	struct session_verdict verdict = { 0 };
	struct work work;
	int ret;

	work_begin(burner, DISCERN_PHASE_BLANK, watch, &work);
	/* libburn blanks what it calls full; whoever comes here has looked at the disc and been asked. */
	burn_disc_pretend_full_uncond(burner->drive);
	burn_disc_erase(burner->drive, is_thorough ? 0 : 1);
	work_wait(&work, &verdict);
	ret = work_end(&work, &verdict, "blanking failed", err);
	if (ret == 0 && burn_disc_get_status(burner->drive) != BURN_DISC_BLANK)
		ret = discern_error_set(err, -EIO,
					"%s: blanked without an error, but the drive does not call the disc blank",
					burner->path);
	return ret;
}

int burner_blank(struct burner *burner, bool is_thorough, const struct burner_watch *watch, struct discern_error *err)
{
	int ret;

	session_enter(burner);
	ret = blank(burner, is_thorough, watch, err);
	session_leave(burner);
	return ret;
}

size_t burner_list_formats(struct burner *burner, struct burner_offer *ret_offers, size_t max)
{
	struct session_verdict verdict = { 0 };
	int status = 0, n_formats = 0;
	unsigned block_sizes = 0;
	off_t size = 0;
	size_t n = 0;

	session_enter(burner);
	if (burn_disc_get_formats(burner->drive, &status, &size, &block_sizes, &n_formats) != 1)
		n_formats = 0;
	for (int i = 0; i < n_formats && n < max; i++) {
		unsigned parameter;
		int type = 0;

		if (burn_disc_get_format_descr(burner->drive, i, &type, &size, &parameter) != 1 || size <= 0)
			continue;
		ret_offers[n++] = (struct burner_offer){ (uint8_t)type, (uint64_t)size };
	}
	session_drain(burner, &verdict);
	session_leave(burner);
	return n;
}

/* The index of the largest offer of a type, and its size; -1 if there is none. */
static int largest_offer(struct burner *burner, int wanted_type, off_t *ret_size)
{
	int status = 0, n_formats = 0, found = -1;
	unsigned block_sizes = 0, parameter;
	off_t size = 0, most = 0;

	*ret_size = 0;
	if (burn_disc_get_formats(burner->drive, &status, &size, &block_sizes, &n_formats) != 1)
		return -1;
	for (int i = 0; i < n_formats; i++) {
		int type = 0;

		if (burn_disc_get_format_descr(burner->drive, i, &type, &size, &parameter) == 1 &&
		    type == wanted_type && size > most) {
			most = size;
			found = i;
		}
	}
	*ret_size = most;
	return found;
}

static off_t first_zeros(struct burner *burner)
{
	off_t most;

	if (largest_offer(burner, FORMAT_TYPE_DVD_RW_QUICK, &most) < 0 || most > FIRST_ZEROS_BYTES)
		return FIRST_ZEROS_BYTES;
	return most;
}

/* Sizes and flags for burn_disc_format(), medium by medium. */
static void find_flags(struct burner *burner, const struct burner_format *format, off_t *ret_size, int *ret_flags)
{
	const int fast = format->is_full ? 0 : FORMAT_FAST;
	off_t most;
	int index;

	*ret_size = 0;
	switch (format->kind) {
	case DISCERN_FORMAT_OVERWRITE:
		*ret_size = format->is_full ? 0 : first_zeros(burner);
		*ret_flags = format->is_full ? FORMAT_MAXIMUM | FORMAT_AGAIN : FORMAT_WITH_ZEROS | FORMAT_AGAIN;
		return;
	case DISCERN_FORMAT_SIZED:
		*ret_size = (off_t)format->payload_bytes;
		*ret_flags = FORMAT_GIVEN_SIZE | FORMAT_AGAIN | fast;
		return;
	case DISCERN_FORMAT_NO_SPARES:
		/* libburn knows this for BD-RE; of a DVD-RAM it is the largest size on offer. */
		index = burner_profile(burner)->family == FAMILY_BD ? -1
								    : largest_offer(burner, FORMAT_TYPE_FULL, &most);
		*ret_flags = index >= 0 ? FORMAT_BY_INDEX | FORMAT_MAXIMUM | index << FORMAT_INDEX_SHIFT | fast
					: FORMAT_MAXIMUM | FORMAT_WITHOUT_DEFECTS | FORMAT_AGAIN | fast;
		return;
	case DISCERN_FORMAT_NONE:
	case DISCERN_FORMAT_DEFAULT:
	default:
		*ret_flags = FORMAT_DEFAULT | FORMAT_AGAIN | fast;
		return;
	}
}

int burner_format(struct burner *burner, const struct burner_format *format, const struct burner_watch *watch,
		  struct discern_error *err)
{
	struct session_verdict verdict = { 0 };
	struct work work;
	off_t size;
	int flags;
	int ret;

	session_enter(burner);
	find_flags(burner, format, &size, &flags);
	work_begin(burner, DISCERN_PHASE_FORMAT, watch, &work);
	burn_disc_format(burner->drive, size, flags);
	work_wait(&work, &verdict);
	ret = work_end(&work, &verdict, "formatting failed", err);
	session_leave(burner);
	return ret;
}

static bool is_stopped(struct burner *burner, const struct burner_watch *watch, uint32_t n_done, uint32_t n_sectors)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_BLANK,
		.done_bytes = (uint64_t)n_done * DISCERN_SECTOR_SIZE,
		.total_bytes = (uint64_t)n_sectors * DISCERN_SECTOR_SIZE,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	bool is_stopped;

	if (watch == NULL || watch->progress == NULL)
		return false;
	session_leave(burner);
	is_stopped = watch->progress(&progress, watch->user) != 0;
	session_enter(burner);
	return is_stopped;
}

static int zero(struct burner *burner, const struct discern_range *range, const struct burner_watch *watch,
		struct discern_error *err)
{
	AUTO_FREE char *zeros = calloc(ZERO_SECTORS, DISCERN_SECTOR_SIZE);
	struct session_verdict verdict = { 0 };
	uint32_t n_done = 0;

	if (zeros == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	while (n_done < range->n_sectors) {
		uint32_t n = range->n_sectors - n_done < ZERO_SECTORS ? range->n_sectors - n_done : ZERO_SECTORS;
		off_t at = ((off_t)range->lba + n_done) * DISCERN_SECTOR_SIZE;
		bool is_last = n_done + n == range->n_sectors;
		int ret;

		if (is_stopped(burner, watch, n_done, range->n_sectors)) {
			burn_random_access_write(burner->drive, at, zeros, 0, 1);
			session_drain(burner, &verdict);
			return discern_error_set(err, -ECANCELED, "%s: stopped while erasing", burner->path);
		}
		ret = burn_random_access_write(burner->drive, at, zeros, (off_t)n * DISCERN_SECTOR_SIZE, is_last);
		session_drain(burner, &verdict);
		if (ret != 1 || verdict.worst >= SESSION_SORRY || verdict.lost_command)
			return session_fail(burner, &verdict, -EIO, "erasing failed", err);
		n_done += n;
	}
	is_stopped(burner, watch, n_done, range->n_sectors);
	return 0;
}

int burner_zero(struct burner *burner, const struct discern_range *range, const struct burner_watch *watch,
		struct discern_error *err)
{
	int ret;

	if (range->lba < 0 || range->lba % UNIT_SECTORS != 0 || range->n_sectors % UNIT_SECTORS != 0)
		return discern_error_set(err, -EINVAL, "%s: can only erase whole units of 32 KiB", burner->path);
	session_enter(burner);
	ret = zero(burner, range, watch, err);
	session_leave(burner);
	return ret;
}
