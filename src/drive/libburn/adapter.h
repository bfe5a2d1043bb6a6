/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the adapter: what session.c offers to describe.c and write.c. The only folder that knows libburn.
 *
 * Every public function of the adapter (burner_…) begins with session_enter() and ends with session_leave(), and
 * puts a session_leave()/session_enter() pair around a callback of its caller. See session_log below for why.
 */
#ifndef DRIVE_LIBBURN_ADAPTER_H
#define DRIVE_LIBBURN_ADAPTER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* libburn.h needs off_t and the integer types, but does not include what declares them. */
#include <sys/types.h>
#include <libburn/libburn.h>

#include <discern/error.h>

#include "drive/burner.h"

/** libburn's severities that matter, in rising order. */
enum session_severity {
	SESSION_NOTHING,
	SESSION_DEBUG,
	SESSION_NOTE, /**< also UPDATE and HINT */
	SESSION_WARNING,
	SESSION_SORRY,
	SESSION_MISHAP,
	SESSION_FAILURE,
	SESSION_FATAL,
	SESSION_ABORT,
};

/** What libburn's message queue said since a session_verdict was zeroed: the first of the worst messages. */
struct session_verdict {
	enum session_severity worst;
	int message_code;
	int os_errno;
	/** The SCSI sense that the message quotes as "[K ASC ASCQ]"; all zero if it quotes none. */
	struct discern_sense sense;
	char text[320];
	/** A command was lost between host and drive, or a WRITE failed: libburn may go on as if nothing was, so a
	 *  burn with this is not good whatever else it says. */
	bool lost_command;
	/** Messages of severity WARNING or worse. */
	unsigned n_problems;
};

/**
 * libburn writes its log of SCSI commands to stderr and nowhere else that would do. While a recording is wanted,
 * stderr is therefore a stream that hands lines to the recorder. What the program itself prints on stderr in the
 * meantime is passed on to the real one: that is anything the burner's own thread prints outside of
 * session_enter() … session_leave(). libburn's worker threads never are outside.
 */
struct session_log {
	FILE *stream;
	FILE *real_stderr;
	struct transport_recorder *recorder;
	pthread_t owner;
	atomic_bool owner_is_inside;
	/** Serialises writers of line. */
	pthread_mutex_t lock;
	char line[2048];
	size_t line_length;
};

struct burner {
	struct burn_drive_info *infos;
	struct burn_drive *drive;
	char *path;
	struct session_log log;
	/** Set before burn_disc_write() or burn_disc_format(), cleared when libburn says all went well. While it
	 *  is set, release also has the drive empty its buffer. */
	bool is_unfinished;
	/** A thread of libburn's will use all of it until the process ends. */
	bool is_stuck;
};

/** From here to session_leave() this thread runs libburn's code. */
void session_enter(struct burner *burner);
void session_leave(struct burner *burner);

/** Takes all messages out of libburn's queue and adds them to the verdict; each also goes to the recording. */
void session_drain(struct burner *burner, struct session_verdict *verdict);

/** Sets err from a verdict: "PATH: what: libburn's words", sense, and code; returns code. If libburn said
 *  nothing, the text says just that. */
int session_fail(struct burner *burner, const struct session_verdict *verdict, int code, const char *what,
		 struct discern_error *err);

/** One line without newline and doubled blanks, for texts of libburn that span lines (reasons). */
void session_clean_text(const char *text, char *ret, size_t size);

#endif
