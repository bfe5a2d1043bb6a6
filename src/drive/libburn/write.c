/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing one data track, through libburn. */
#include "drive/libburn/work.h"

#include <errno.h>

#include "base/error.h"

/* libburn's "Cannot reserve track". */
enum { MESSAGE_CANNOT_RESERVE = 0x00020138 };

/* Volume descriptors are still checked by the drive. */
enum { FIRST_STREAMED_LBA = 32 };

/* What one WRITE moves. libburn's default on DVD is half of it, with which a DVD-R in an USB case was burned at 8x that
 * takes 16x. Drives are known that write junk when smaller chunks are streamed. */
enum { CHUNK_BYTES = 65536, CHUNK_SECTORS = CHUNK_BYTES / DISCERN_SECTOR_SIZE };

/* The drive's own view afterwards: discs are known that stayed blank through a burn without any error. A disc that has
 * no room for another session is closed though it was to stay open; that is told from its state. */
static int judge_medium(struct work *work, struct discern_error *err)
{
	struct burner *burner = work->burner;
	enum burn_disc_status status = burn_disc_get_status(burner->drive);

	if (burner_profile(burner)->writing != WRITING_SEQUENTIAL || work->job->simulate)
		return 0;
	if (status == BURN_DISC_BLANK)
		return discern_error_set(err, -EIO, "%s: took all data, but says that the disc is still blank",
					 burner->path);
	if (status != BURN_DISC_FULL && !(work->job->leave_open && status == BURN_DISC_APPENDABLE))
		return discern_error_set(err, -EIO, "%s: took all data, but did not close the disc", burner->path);
	return 0;
}

static int judge(struct work *work, const struct session_verdict *verdict, struct discern_error *err)
{
	struct burner *burner = work->burner;
	off_t n_read = 0;
	off_t n_written = 0;
	int ret = atomic_load(&work->status);

	if (ret < 0 && !work->is_cancelled)
		return discern_error_set(err, ret, "%s: the data to burn ended early", burner->path);
	ret = work_judge_messages(work, verdict, "burning failed", err);
	if (ret < 0)
		return ret;
	burn_track_get_counters(work->track, &n_read, &n_written);
	if (work->delivered_bytes != work->size_bytes || n_read != work->size_bytes || n_written < work->size_bytes)
		return discern_error_set(err, -EIO, "%s: burning failed: only %jd of %jd bytes were written",
					 burner->path, (intmax_t)(n_written < n_read ? n_written : n_read),
					 (intmax_t)work->size_bytes);
	return judge_medium(work, err);
}

/* RESERVE TRACK, with which libburn begins a session at once on DVD+R and BD-R, is a command that a drive may lack
 * (MMC-6 table 241: feature 0021h or 0041h). It then says so by 5/20/00, before anything was written. */
static bool is_without_reserve_track(const struct work *work, const struct session_verdict *verdict)
{
	return work->job->mode == DISCERN_WRITE_SAO && work->job->may_change_mode && !work->is_cancelled &&
	       work->delivered_bytes == 0 && verdict->message_code == MESSAGE_CANNOT_RESERVE &&
	       verdict->sense.key == 0x05 && verdict->sense.asc == 0x20 && verdict->sense.ascq == 0x00 &&
	       !verdict->lost_command;
}

/* The last chunk is filled up. */
static bool has_room_for_chunks(const struct burner_job *job)
{
	return (job->n_sectors + CHUNK_SECTORS - 1) / CHUNK_SECTORS <= job->free_sectors / CHUNK_SECTORS;
}

static int prepare(struct work *work, struct discern_error *err)
{
	struct burner *burner = work->burner;
	struct session_verdict verdict = { 0 };
	char reasons[BURN_REASONS_LEN] = "";
	const struct burner_wish wish = {
		.has_mode = true,
		.mode = work->job->mode,
		.leave_open = work->job->leave_open,
		.simulate = work->job->simulate,
	};
	int ret;

	work_set_mode(work, &wish);
	/* Drives abort a DVD-R at once that does not end with a whole unit of 32 KiB. */
	burn_write_opts_set_obs_pad(work->options, wish.mode == DISCERN_WRITE_SAO ? 1 : 0);
	if (work->job->stream_recording)
		burn_write_opts_set_stream_recording(work->options, FIRST_STREAMED_LBA);
	if (work->job->stream_recording || has_room_for_chunks(work->job))
		burn_write_opts_set_dvd_obs(work->options, CHUNK_BYTES);
	ret = burn_precheck_write(work->options, work->disc, reasons, 0);
	session_drain(burner, &verdict);
	if (ret != 1) {
		session_clean_text(reasons, reasons, sizeof(reasons));
		return discern_error_set(err, -EMEDIUMTYPE, "%s: cannot write this disc: %.300s", burner->path,
					 reasons);
	}
	/* Read speed first. 0 is the fastest; what is set stays in the drive, so always set it. */
	burn_drive_set_speed(burner->drive, 0, work->job->speed_kbps > INT32_MAX ? 0 : (int)work->job->speed_kbps);
	session_drain(burner, &verdict);
	return 0;
}

static int write_disc(struct work *work, struct discern_error *err)
{
	struct session_verdict verdict = { 0 };
	int ret;

	ret = prepare(work, err);
	if (ret < 0)
		return ret;
	work->burner->is_unfinished = true;
	burn_disc_write(work->options, work->disc);
	work_wait(work, &verdict);
	ret = judge(work, &verdict, err);
	work->lacks_reserve_track = is_without_reserve_track(work, &verdict);
	if (ret == 0)
		work->burner->is_unfinished = false;
	return ret;
}

/* One attempt, of which *ret_may_go_on tells whether it failed before it began for want of RESERVE TRACK. */
static int write_once(struct burner *burner, const struct burner_job *job, bool *ret_may_go_on,
		      struct discern_error *err)
{
	struct work work;
	int ret;

	*ret_may_go_on = false;
	ret = work_new(burner, job->n_sectors, job, &work, err);
	if (ret < 0)
		return ret;
	ret = write_disc(&work, err);
	*ret_may_go_on = ret < 0 && work.lacks_reserve_track;
	if (!burner->is_stuck)
		work_free(&work);
	return ret;
}

/* Whether the disc is as blank as before, and libburn knows. */
static bool is_still_blank(struct burner *burner)
{
	return burn_drive_re_assess(burner->drive, 0) == 1 && burn_disc_get_status(burner->drive) == BURN_DISC_BLANK;
}

int burner_write(struct burner *burner, const struct burner_job *job, struct discern_error *err)
{
	struct burner_job track_at_once = *job;
	struct session_verdict verdict = { 0 };
	bool may_go_on;
	int ret;

	session_enter(burner);
	ret = write_once(burner, job, &may_go_on, err);
	if (may_go_on && is_still_blank(burner)) {
		session_drain(burner, &verdict);
		discern_error_clear(err);
		track_at_once.mode = DISCERN_WRITE_TAO;
		ret = write_once(burner, &track_at_once, &may_go_on, err);
	}
	session_leave(burner);
	return ret;
}
