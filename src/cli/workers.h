/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several drives at once: each drive's work is done by a process of its own, which is this very program with a verb,
 * --json and --progress-fd. So none waits for another's drive, none dies with another, and libburn's state, which is one
 * for a process, is each one's own. What they say comes out with the drive's name before it, one line at a time; their
 * results come to the caller.
 */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "cli/command.h"
#include "ui/answer.h"
#include "ui/drive_lines.h"

struct workers;
struct worker;

/** How a worker ended. Valid during the call that tells it. */
struct worker_end {
	/** Its exit code; 128 plus the signal that killed it. */
	int code;
	/** Killed by this signal, against its will; 0 if it ended by itself. */
	int signal;
	/** The object that it printed; NULL if it printed none. */
	struct answer *answer;
	/** The last complaint that it printed, empty if there was none. */
	const char *words;
};

struct worker_job {
	/** Before each of its lines: "sr0". And its number among the lines of workers_lines(). */
	const char *name;
	size_t line;
	/** The verb, its options and operands, ended by NULL; those that make it a worker are added. */
	const char *const *words;
	/** Folder to work in; NULL for the current one. */
	const char *folder;
	/** A file that it finds open as descriptor WORKER_FD; -1 for none. */
	int fd;
	/** It goes on if this program is killed; else it is asked to stop then. */
	bool is_independent;
	/** When it is asked to stop, nothing is lost that would have to be told. */
	bool only_waits;
	/** It asks whether something may be done to a disc, which loses what it holds, and waits for worker_answer(); NULL for
	 *  one that asks nothing. */
	void (*asked)(const char *what, const char *loses, void *user);
	void (*ended)(const struct worker_end *end, void *user);
	void *user;
};

enum { WORKER_FD = 4 };

/** Shows on stderr, or where --progress-fd says. The program is aborted when memory is out. Release with workers_free(). */
struct workers *workers_new(struct cli *cli);

struct drive_lines *workers_lines(struct workers *workers);

/** Starts one. 0 and *ret_worker, which is valid until it has ended, or a negative errno. */
int workers_start(struct workers *workers, const struct worker_job *job, struct worker **ret_worker,
		  struct discern_error *err);

/** Sends it a signal. */
void worker_signal(struct worker *worker, int number);

/** Answers the question that it has asked. */
void worker_answer(struct worker *worker, bool is_yes);

/** Waits at most timeout_ms for something to happen, takes what the workers say, and tells of those that have ended. */
void workers_step(struct workers *workers, int timeout_ms);

/** Says something, as cli_say() does, past the lines; name may be NULL. */
void workers_say(struct workers *workers, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Asks a yes-or-no question that holds no worker up; what is typed comes to workers_answered(). One at a time. */
void workers_ask(struct workers *workers, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Whether somebody has answered since, and what; who gave no yes has said no. */
bool workers_answered(struct workers *workers, bool *ret_is_yes);

/** Takes the question back, if one is open. */
void workers_ask_no_more(struct workers *workers);

/** Makes room for a result on standard output, which may be the same terminal. */
void workers_make_room(struct workers *workers);

/** Asks those that still run to stop, and waits for them; accepts NULL. */
void workers_free(struct workers *workers);

/** Adds "--name=value", or "--name" for an option without one, as getopt_long() has found it, to a list that is ended by NULL. */
struct option;
struct worker_words {
	char **list;
	size_t n;
};
void worker_words_add(struct worker_words *words, const char *word);
void worker_words_add_option(struct worker_words *words, const struct option *options, int found, const char *value);
/** Those of the common options that workers are to have as well. */
void worker_words_add_common(struct worker_words *words, const struct cli *cli);
void worker_words_clear(struct worker_words *words);

#endif
