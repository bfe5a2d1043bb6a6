/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One data track as libburn wants to have it, and waiting for libburn. */
#include "drive/libburn/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "drive/libburn/absence.h"

/* How often libburn's state is looked at, and how often that is told. */
enum { POLL_MS = 10, POLLS_PER_PROGRESS = 10, POLLS_PER_LOOK = 100 };

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

void work_free(struct work *work)
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

const struct profile *burner_profile(struct burner *burner)
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

	if (burner_profile(work->burner)->family != FAMILY_CD || work->size_bytes >= least_bytes)
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

int work_new(struct burner *burner, uint32_t n_sectors, const struct burner_job *job, struct work *work,
	     struct discern_error *err)
{
	memset(work, 0, sizeof(*work));
	work->burner = burner;
	threads_list(&work->threads);
	work->job = job;
	if (job != NULL)
		work->watch = job->watch;
	work->size_bytes = (off_t)n_sectors * DISCERN_SECTOR_SIZE;
	work->options = burn_write_opts_new(burner->drive);
	if (work->options == NULL || make_disc(work) < 0) {
		work_free(work);
		return discern_error_set(err, -ENOMEM, "%s: libburn cannot set up its job", burner->path);
	}
	/* Calibration is the drive's affair: SEND OPC upsets some. */
	burn_write_opts_set_perform_opc(work->options, 0);
	/* Says 0 where the drive lacks it, which is no fault. */
	(void)burn_write_opts_set_underrun_proof(work->options, 1);
	return 0;
}

void work_set_mode(struct work *work, const struct burner_wish *wish)
{
	bool is_sao = wish->mode == DISCERN_WRITE_SAO;

	burn_write_opts_set_multi(work->options, wish->leave_open ? 1 : 0);
	burn_write_opts_set_simulate(work->options, wish->simulate ? 1 : 0);
	if (wish->has_mode)
		burn_write_opts_set_write_type(work->options, is_sao ? BURN_WRITE_SAO : BURN_WRITE_TAO,
					       is_sao ? BURN_BLOCK_SAO : BURN_BLOCK_MODE1);
}

/* ---- waiting ---- */

static enum discern_phase find_phase(const struct work *work, enum burn_drive_status status)
{
	if (work->job == NULL)
		return work->phase;
	if (status == BURN_DRIVE_FORMATTING)
		return DISCERN_PHASE_FORMAT;
	return work->delivered_bytes == work->size_bytes ? DISCERN_PHASE_CLOSE : DISCERN_PHASE_WRITE;
}

/* Of a drive that prepares a medium only a part of the whole is known, as REQUEST SENSE tells it. */
static void fill_percentage(const struct burn_progress *from_libburn, struct discern_progress *progress)
{
	if (from_libburn->sectors <= 0 || from_libburn->sector < 0 || from_libburn->sector > from_libburn->sectors)
		return;
	progress->is_ratio = true;
	progress->done_bytes = (uint64_t)from_libburn->sector;
	progress->total_bytes = (uint64_t)from_libburn->sectors;
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
	if (phase == DISCERN_PHASE_BLANK || phase == DISCERN_PHASE_FORMAT) {
		fill_percentage(from_libburn, progress);
		return;
	}
	if (phase != DISCERN_PHASE_WRITE)
		return;
	progress->done_bytes = (uint64_t)work->delivered_bytes;
	progress->total_bytes = (uint64_t)work->size_bytes;
	if (from_libburn->buffer_capacity > 0 && from_libburn->buffer_available <= from_libburn->buffer_capacity)
		progress->drive_buffer_percent =
			(uint8_t)((uint64_t)(from_libburn->buffer_capacity - from_libburn->buffer_available) * 100 /
				  from_libburn->buffer_capacity);
}

static bool can_be_stopped(enum discern_phase phase)
{
	return phase != DISCERN_PHASE_CLOSE && phase != DISCERN_PHASE_BLANK && phase != DISCERN_PHASE_FORMAT;
}

/* Tells the caller, who may want to stop. Closing is not interrupted: it would spoil a disc that is all written. Nor
 * can a drive be that blanks or formats. */
static void tell_progress(struct work *work, enum burn_drive_status status, const struct burn_progress *from_libburn)
{
	enum discern_phase phase = find_phase(work, status);
	struct discern_progress progress;
	int ret;

	if (work->watch.progress == NULL)
		return;
	fill_progress(work, phase, from_libburn, &progress);
	session_leave(work->burner);
	ret = work->watch.progress(&progress, work->watch.user);
	session_enter(work->burner);
	if (ret == 0 || !can_be_stopped(phase) || work->is_cancelled)
		return;
	work->is_cancelled = true;
	burn_drive_cancel(work->burner->drive);
}

void work_wait(struct work *work, struct session_verdict *verdict)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct burn_progress progress;
	enum burn_drive_status status;
	enum discern_phase shown = DISCERN_PHASE_CHECK;
	struct absence absence = { 0 };
	unsigned n = 0;

	while ((status = burn_drive_get_status(work->burner->drive, &progress)) != BURN_DRIVE_IDLE) {
		if (n++ % POLLS_PER_PROGRESS == 0 || find_phase(work, status) != shown) {
			shown = find_phase(work, status);
			tell_progress(work, status, &progress);
			session_drain(work->burner, verdict);
		}
		if (n % POLLS_PER_LOOK == 0 && (shown == DISCERN_PHASE_BLANK || shown == DISCERN_PHASE_FORMAT))
			work->absence = absence_look(&absence, work->burner->path);
		if (work->absence < 0) {
			work->burner->is_stuck = true;
			return;
		}
		nanosleep(&pause, NULL);
	}
	threads_wait(&work->threads);
	session_drain(work->burner, verdict);
}

/* libburn's own "all is well" comes after all that: it takes a WRITE that was lost in transport for a good one (the
 * status of the command has no sense then). */
int work_judge_messages(struct work *work, const struct session_verdict *verdict, const char *what,
			struct discern_error *err)
{
	struct burner *burner = work->burner;

	if (work->absence < 0) {
		discern_error_set(err, work->absence, "%s: %s: %s", burner->path, what,
				  work->absence == -ENODEV ? "the drive is gone" : "there is no disc in the drive any more");
		return discern_error_hint(err, "what it was doing to the disc may not be complete: do it again");
	}
	if (work->is_cancelled)
		return discern_error_set(err, -ECANCELED, "%s: %s: stopped", burner->path, what);
	if (verdict->lost_command && verdict->worst < SESSION_SORRY)
		return discern_error_set(err, -EIO, "%s: %s: a command was lost between computer and drive",
					 burner->path, what);
	if (verdict->worst >= SESSION_SORRY || burn_drive_wrote_well(burner->drive) != 1 || burn_is_aborting(0) != 0)
		return session_fail(burner, verdict, -EIO, what, err);
	return 0;
}
