/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the adapter: what libburn is told to do, and waiting until it is done. */
#ifndef DRIVE_LIBBURN_WORK_H
#define DRIVE_LIBBURN_WORK_H

#include "disc/profile.h"
#include "drive/libburn/adapter.h"
#include "drive/libburn/threads.h"

/** One data track with our own source in it; or, with job NULL, a medium that is prepared. */
struct work {
	struct burner *burner;
	const struct burner_job *job;
	struct burner_watch watch;
	/** Those that were there before libburn began one of its own. */
	struct threads threads;
	/** Without a job: what is being done. */
	enum discern_phase phase;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
	struct burn_write_opts *options;
	off_t size_bytes;
	/** The drive was to reserve a track, and has no such command. */
	bool lacks_reserve_track;
	/** Changed by libburn's thread, read by ours. */
	_Atomic off_t delivered_bytes;
	atomic_int status;
	bool is_cancelled;
	/** -ENOMEDIUM or -ENODEV: libburn's thread waits for ever, and was left alone. */
	int absence;
};

/** For a track of n_sectors; job may be NULL where it is only chosen for. Release with work_free(). */
int work_new(struct burner *burner, uint32_t n_sectors, const struct burner_job *job, struct work *ret_work,
	     struct discern_error *err);
void work_free(struct work *work);

/** Sets mode, whether the disc stays open, and whether it is a simulation. */
void work_set_mode(struct work *work, const struct burner_wish *wish);

/** Until libburn's thread has ended, or will never end (absence). */
void work_wait(struct work *work, struct session_verdict *verdict);

/** What libburn or the drive complained of. */
int work_judge_messages(struct work *work, const struct session_verdict *verdict, const char *what,
			struct discern_error *err);

/** Of the medium that libburn sees. */
const struct profile *burner_profile(struct burner *burner);
bool burner_is_unformatted(struct burner *burner);

#endif
