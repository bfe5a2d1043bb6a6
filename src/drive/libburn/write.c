/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing a write mode and writing one data track, through libburn. */
#include "drive/libburn/adapter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "disc/profile.h"

/* How often libburn's state is looked at, and how often that is told. */
enum { POLL_MS = 10, POLLS_PER_PROGRESS = 10 };

/* libburn's "Cannot reserve track". */
enum { MESSAGE_CANNOT_RESERVE = 0x00020138 };

/* burn_disc_format(): size 0 and "full size", with the drive's fast default and without certification. */
enum { FORMAT_WITHOUT_SIZE = 0, FORMAT_FAST = (3 << 1) | 64 };

/* What libburn is told to write: a track with our own source in it. */
struct work {
	struct burner *burner;
	const struct burner_job *job;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
	struct burn_write_opts *options;
	off_t size_bytes;
	/* The drive was to reserve a track, and has no such command. */
	bool lacks_reserve_track;
	/* Changed by libburn's thread, read by ours. */
	_Atomic off_t delivered_bytes;
	atomic_int status;
	bool is_cancelled;
};

/* ---- the source ---- */

static int source_read_bytes(struct burn_source *source, unsigned char *buffer, int size)
{
	struct work *work = source->data;
	off_t delivered = atomic_load_explicit(&work->delivered_bytes, memory_order_relaxed);
	int ret;

	if (size <= 0 || atomic_load(&work->status) < 0)
		return -1;
	/* What follows is the zeros of missing_bytes(). */
	if (delivered == work->size_bytes)
		return 0;
	if (size > work->size_bytes - delivered)
		size = (int)(work->size_bytes - delivered);
	ret = work->job->deliver(buffer, (size_t)size, work->job->deliver_user);
	if (ret < 0) {
		atomic_store(&work->status, ret);
		/* At once, before libburn can write the zeros that it puts in place of what is missing. */
		burn_drive_cancel(work->burner->drive);
		return -1;
	}
	atomic_store_explicit(&work->delivered_bytes, delivered + size, memory_order_relaxed);
	return size;
}

static off_t source_get_size(struct burn_source *source)
{
	return ((struct work *)source->data)->size_bytes;
}

/* libburn's note to itself; the size of a checked image does not change. */
static int source_set_size(struct burn_source *source, off_t size)
{
	(void)source;
	(void)size;
	return 1;
}

/* The work belongs to whoever made it; libburn frees the source itself. */
static void source_free_data(struct burn_source *source)
{
	source->data = NULL;
}

static struct burn_source *source_new(struct work *work)
{
	struct burn_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->refcount = 1;
	source->version = 1;
	source->read_xt = source_read_bytes;
	source->get_size = source_get_size;
	source->set_size = source_set_size;
	source->free_data = source_free_data;
	source->data = work;
	return source;
}

/* ---- the work ---- */

static void work_free(struct work *work)
{
	if (work->options != NULL)
		burn_write_opts_free(work->options);
	if (work->track != NULL)
		burn_track_free(work->track);
	if (work->session != NULL)
		burn_session_free(work->session);
	if (work->disc != NULL)
		burn_disc_free(work->disc);
}

static const struct profile *current_profile(struct burner *burner)
{
	int number = 0;
	char name[80] = "";

	burn_disc_get_profile(burner->drive, &number, name);
	return profile_find(number < 0 ? 0 : (unsigned)number);
}

/* A CD track has at least 300 sectors (MMC-6 6.32.3.6). libburn announces as many, but leaves the zeros to us. */
static int missing_bytes(const struct work *work)
{
	const off_t least_bytes = 300 * (off_t)DISCERN_SECTOR_SIZE;

	if (current_profile(work->burner)->family != FAMILY_CD || work->size_bytes >= least_bytes)
		return 0;
	return (int)(least_bytes - work->size_bytes);
}

/* One session with one data track. */
static int make_disc(struct work *work)
{
	struct burn_source *source;
	enum burn_source_status status;

	work->disc = burn_disc_create();
	work->session = burn_session_create();
	work->track = burn_track_create();
	source = source_new(work);
	if (work->disc == NULL || work->session == NULL || work->track == NULL || source == NULL) {
		free(source);
		return -ENOMEM;
	}
	burn_track_define_data(work->track, 0, missing_bytes(work), 1, BURN_MODE1);
	status = burn_track_set_source(work->track, source);
	burn_source_free(source);
	if (status != BURN_SOURCE_OK || burn_session_add_track(work->session, work->track, BURN_POS_END) == 0 ||
	    burn_disc_add_session(work->disc, work->session, BURN_POS_END) == 0)
		return -ENOMEM;
	return 0;
}

static int work_new(struct burner *burner, uint32_t n_sectors, const struct burner_job *job, struct work *work,
		    struct discern_error *err)
{
	memset(work, 0, sizeof(*work));
	work->burner = burner;
	work->job = job;
	work->size_bytes = (off_t)n_sectors * DISCERN_SECTOR_SIZE;
	work->options = burn_write_opts_new(burner->drive);
	if (work->options == NULL || make_disc(work) < 0) {
		work_free(work);
		return discern_error_set(err, -ENOMEM, "%s: libburn cannot set up its job", burner->path);
	}
	/* The disc is closed. Calibration is the drive's affair: SEND OPC upsets some. */
	burn_write_opts_set_multi(work->options, 0);
	burn_write_opts_set_perform_opc(work->options, 0);
	/* Says 0 where the drive lacks it, which is no fault. */
	(void)burn_write_opts_set_underrun_proof(work->options, 1);
	return 0;
}

/* ---- choosing ---- */

/* Out of libburn's "SAO: why not, why not, TAO: why not, ": what it has against SAO, where it took TAO. */
static void extract_reason(const char *reasons, char *ret, size_t size)
{
	static const char sao_prefix[] = "SAO: ";
	const char *sao = strstr(reasons, sao_prefix);
	char part[BURN_REASONS_LEN];
	char *tao;
	size_t length;

	snprintf(part, sizeof(part), "%s", sao != NULL ? sao + strlen(sao_prefix) : reasons);
	tao = strstr(part, "TAO: ");
	if (tao != NULL)
		*tao = '\0';
	session_clean_text(part, ret, size);
	for (length = strlen(ret); length > 0 && strchr(", ", ret[length - 1]) != NULL; length--)
		ret[length - 1] = '\0';
}

static bool is_unformatted(struct burn_drive *drive)
{
	int status = 0;
	int n_formats = 0;
	unsigned block_sizes = 0;
	off_t size = 0;

	return burn_disc_get_formats(drive, &status, &size, &block_sizes, &n_formats) == 1 &&
	       status == BURN_FORMAT_IS_UNFORMATTED;
}

static int choose(struct burner *burner, struct work *work, struct burner_choice *ret_choice, struct discern_error *err)
{
	const struct profile *profile = current_profile(burner);
	struct session_verdict verdict = { 0 };
	char reasons[BURN_REASONS_LEN] = "";
	enum burn_write_types type;
	off_t free_bytes;

	type = burn_write_opts_auto_write_type(work->options, work->disc, reasons, 0);
	session_drain(burner, &verdict);
	if (type != BURN_WRITE_SAO && type != BURN_WRITE_TAO) {
		session_clean_text(reasons, ret_choice->reason, sizeof(ret_choice->reason));
		return discern_error_set(err, -EMEDIUMTYPE, "%s: this drive cannot write this disc: %s", burner->path,
					 ret_choice->reason);
	}
	ret_choice->mode = type == BURN_WRITE_SAO ? DISCERN_WRITE_SAO : DISCERN_WRITE_TAO;
	extract_reason(reasons, ret_choice->reason, sizeof(ret_choice->reason));
	free_bytes = burn_disc_available_space(burner->drive, work->options);
	ret_choice->needs_format = profile->writing == WRITING_RANDOM && is_unformatted(burner->drive);
	session_drain(burner, &verdict);
	if (verdict.lost_command)
		return session_fail(burner, &verdict, -EIO, "cannot ask what the disc has room for", err);
	/* An unformatted medium has no size yet. */
	if (free_bytes <= 0 && ret_choice->needs_format)
		free_bytes = (off_t)profile->usual_sectors * DISCERN_SECTOR_SIZE;
	if (free_bytes < DISCERN_SECTOR_SIZE)
		return discern_error_set(err, -EMEDIUMTYPE, "%s: the drive finds no room on the disc", burner->path);
	free_bytes /= DISCERN_SECTOR_SIZE;
	ret_choice->free_sectors = free_bytes > INT32_MAX ? INT32_MAX : (uint32_t)free_bytes;
	return 0;
}

int burner_choose(struct burner *burner, uint32_t n_sectors, struct burner_choice *ret_choice,
		  struct discern_error *err)
{
	struct work work;
	int ret;

	memset(ret_choice, 0, sizeof(*ret_choice));
	session_enter(burner);
	ret = work_new(burner, n_sectors, NULL, &work, err);
	if (ret == 0) {
		ret = choose(burner, &work, ret_choice, err);
		work_free(&work);
	}
	session_leave(burner);
	return ret;
}

/* ---- writing ---- */

static enum discern_phase find_phase(const struct work *work, enum burn_drive_status status)
{
	if (status == BURN_DRIVE_FORMATTING)
		return DISCERN_PHASE_FORMAT;
	return work->delivered_bytes == work->size_bytes ? DISCERN_PHASE_CLOSE : DISCERN_PHASE_WRITE;
}

static void fill_progress(const struct work *work, enum discern_phase phase, const struct burn_progress *from_libburn,
			  struct discern_progress *progress)
{
	*progress = (struct discern_progress){
		.phase = phase,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	if (phase != DISCERN_PHASE_WRITE)
		return;
	progress->done_bytes = (uint64_t)work->delivered_bytes;
	progress->total_bytes = (uint64_t)work->size_bytes;
	if (from_libburn->buffer_capacity > 0 && from_libburn->buffer_available <= from_libburn->buffer_capacity)
		progress->drive_buffer_percent =
			(uint8_t)((uint64_t)(from_libburn->buffer_capacity - from_libburn->buffer_available) * 100 /
				  from_libburn->buffer_capacity);
}

/* Tells the caller, who may want to stop. Closing is not interrupted: it would spoil a disc that is all written. */
static void tell_progress(struct work *work, enum burn_drive_status status, const struct burn_progress *from_libburn)
{
	enum discern_phase phase = find_phase(work, status);
	struct discern_progress progress;
	int ret;

	if (work->job->progress == NULL)
		return;
	fill_progress(work, phase, from_libburn, &progress);
	session_leave(work->burner);
	ret = work->job->progress(&progress, work->job->progress_user);
	session_enter(work->burner);
	if (ret == 0 || phase == DISCERN_PHASE_CLOSE || work->is_cancelled)
		return;
	work->is_cancelled = true;
	burn_drive_cancel(work->burner->drive);
}

/* Until libburn's thread has ended. */
static void wait_until_idle(struct work *work, struct session_verdict *verdict)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct burn_progress progress;
	enum burn_drive_status status;
	enum discern_phase shown = DISCERN_PHASE_CHECK;
	unsigned n = 0;

	while ((status = burn_drive_get_status(work->burner->drive, &progress)) != BURN_DRIVE_IDLE) {
		if (n++ % POLLS_PER_PROGRESS == 0 || find_phase(work, status) != shown) {
			shown = find_phase(work, status);
			tell_progress(work, status, &progress);
			session_drain(work->burner, verdict);
		}
		nanosleep(&pause, NULL);
	}
	session_drain(work->burner, verdict);
}

/* What libburn or the drive complained of. Its own "all is well" comes after that: it takes a WRITE that was lost
 * in transport for a good one (the status of the command has no sense then). */
static int judge_messages(struct work *work, const struct session_verdict *verdict, const char *what,
			  struct discern_error *err)
{
	struct burner *burner = work->burner;

	if (work->is_cancelled)
		return discern_error_set(err, -ECANCELED, "%s: %s: stopped", burner->path, what);
	if (verdict->lost_command && verdict->worst < SESSION_SORRY)
		return discern_error_set(err, -EIO, "%s: %s: a command was lost between computer and drive",
					 burner->path, what);
	if (verdict->worst >= SESSION_SORRY || burn_drive_wrote_well(burner->drive) != 1 || burn_is_aborting(0) != 0)
		return session_fail(burner, verdict, -EIO, what, err);
	return 0;
}

static int format(struct work *work, struct discern_error *err)
{
	struct session_verdict verdict = { 0 };
	int ret;

	work->burner->is_unfinished = true;
	burn_disc_format(work->burner->drive, FORMAT_WITHOUT_SIZE, FORMAT_FAST);
	wait_until_idle(work, &verdict);
	ret = judge_messages(work, &verdict, "formatting failed", err);
	if (ret < 0)
		return ret;
	work->burner->is_unfinished = false;
	if (burn_drive_re_assess(work->burner->drive, 0) != 1)
		return discern_error_set(err, -EIO, "%s: cannot read the state of the disc after formatting",
					 work->burner->path);
	return 0;
}

/* The drive's own view afterwards: discs are known that stayed blank through a burn without any error. */
static int judge_medium(struct burner *burner, struct discern_error *err)
{
	enum burn_disc_status status = burn_disc_get_status(burner->drive);

	if (current_profile(burner)->writing != WRITING_SEQUENTIAL)
		return 0;
	if (status == BURN_DISC_BLANK)
		return discern_error_set(err, -EIO, "%s: took all data, but says that the disc is still blank",
					 burner->path);
	if (status != BURN_DISC_FULL)
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
	ret = judge_messages(work, verdict, "burning failed", err);
	if (ret < 0)
		return ret;
	burn_track_get_counters(work->track, &n_read, &n_written);
	if (work->delivered_bytes != work->size_bytes || n_read != work->size_bytes || n_written < work->size_bytes)
		return discern_error_set(err, -EIO, "%s: burning failed: only %jd of %jd bytes were written",
					 burner->path, (intmax_t)(n_written < n_read ? n_written : n_read),
					 (intmax_t)work->size_bytes);
	return judge_medium(burner, err);
}

/* RESERVE TRACK, with which libburn begins a session at once on DVD+R and BD-R, is a command that a drive may lack
 * (MMC-6 table 241: feature 0021h or 0041h). It then says so by 5/20/00, before anything was written. */
static bool is_without_reserve_track(const struct work *work, const struct session_verdict *verdict)
{
	return work->job->mode == DISCERN_WRITE_SAO && !work->is_cancelled && work->delivered_bytes == 0 &&
	       verdict->message_code == MESSAGE_CANNOT_RESERVE && verdict->sense.key == 0x05 &&
	       verdict->sense.asc == 0x20 && verdict->sense.ascq == 0x00 && !verdict->lost_command;
}

static int prepare(struct work *work, struct discern_error *err)
{
	struct burner *burner = work->burner;
	struct session_verdict verdict = { 0 };
	char reasons[BURN_REASONS_LEN] = "";
	bool is_sao = work->job->mode == DISCERN_WRITE_SAO;
	int ret;

	ret = burn_write_opts_set_write_type(work->options, is_sao ? BURN_WRITE_SAO : BURN_WRITE_TAO,
					     is_sao ? BURN_BLOCK_SAO : BURN_BLOCK_MODE1);
	/* Drives abort a DVD-R at once that does not end with a whole unit of 32 KiB. */
	burn_write_opts_set_obs_pad(work->options, is_sao ? 1 : 0);
	if (ret == 1)
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

	/* A DVD+RW is formatted by libburn inside the burn. */
	if (work->job->format && current_profile(work->burner)->number != DISCERN_PROFILE_DVD_PLUS_RW) {
		ret = format(work, err);
		if (ret < 0)
			return ret;
	}
	ret = prepare(work, err);
	if (ret < 0)
		return ret;
	work->burner->is_unfinished = true;
	burn_disc_write(work->options, work->disc);
	wait_until_idle(work, &verdict);
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
	work_free(&work);
	return ret;
}

/* Whether the disc is as blank as before, and libburn knows. */
static bool is_still_blank(struct burner *burner)
{
	return burn_drive_re_assess(burner->drive, 0) == 1 &&
	       burn_disc_get_status(burner->drive) == BURN_DISC_BLANK;
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
