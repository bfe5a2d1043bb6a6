/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every cmd_<verb>.c gets, and what it gives. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

#include "ui/inhibit.h"
#include "ui/progress.h"
#include "ui/report.h"

/** The exit codes of the man page discern(1). */
enum cli_exit {
	CLI_EXIT_GOOD = 0,
	CLI_EXIT_FAILED = 1,
	CLI_EXIT_USAGE = 2,
	CLI_EXIT_UNREADABLE = 3,
	CLI_EXIT_DIFFERENT = 4,
	CLI_EXIT_MEDIUM = 5,
	CLI_EXIT_PROTECTED = 6,
	CLI_EXIT_OTHER_DISC = 7,
	CLI_EXIT_LIMIT = 8,
	CLI_EXIT_SIGNAL = 128,
};

/** Set by the options that every command has: --json, --progress, --progress-fd, -v, -q, --yes, --record. */
struct cli {
	const char *verb;
	bool json;
	bool assume_yes;
	bool quiet;
	/** 0, 1 for -v, 2 for -vv. */
	int verbosity;
	enum progress_mode progress_mode;
	int progress_fd;
	const char *record_path;
	struct progress *progress;
	/** Opened on progress_fd. */
	FILE *progress_stream;
	/** Connects the library's calls with progress, messages and Ctrl-C. */
	struct discern_observer observer;
	/** The last error that was told, for the JSON of a command that failed; code 0 if none was. */
	struct discern_error error;
	int error_exit;
	/** Results go to stderr, as standard output is the image. */
	bool is_stdout_taken;
	/** Of cli_stay_awake(). */
	struct inhibit awake;
	/** A report was begun, which is the one object of --json. */
	bool has_report;
	/** One that another command has begun, which cli_report() gives to this one; NULL without. */
	struct report *begun_report;
	/** What a verdict calls the image, for one that is a copy of something; NULL for its path. */
	const char *image_words;
	/** What the disc holds that may be lost, as was agreed to earlier in the same command; empty without. */
	char agreed_loss[192];
	/** A worker, for which its parent asks: a line of its progress is the question, its standard input has the answer. */
	bool asks_parent;
	/** Set while the image is made as it is burned; NULL without. */
	struct cli_feed *feed;
	/** The image to burn lacks what could not be read of a disc: its burn is no good one. */
	bool is_image_incomplete;
};

/** Of a command that makes an image while another command burns it. */
struct cli_feed {
	/** Where the image comes from, in the place of its path. */
	const char *origin;
	/** Set as soon as something may be written to the disc. */
	bool is_burning;
	/** Puts its own reason in place of what the burn has met with, before that is told. */
	void (*explain)(void *user, struct discern_error *err);
	/** The burn is over, with an exit code: adds what there is to report, and returns the exit code for both. */
	int (*judge)(void *user, struct report *report, int code);
	void *user;
};

struct cli_command {
	const char *name;
	/** One line for discern --help. */
	const char *summary;
	/** All of discern VERB --help, without the lines on common options. */
	const char *help;
	/** argv[0] is the verb. Returns an enum cli_exit. */
	int (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct cli_command cmd_drives, cmd_info, cmd_rip, cmd_burn, cmd_copy, cmd_verify, cmd_blank, cmd_format, cmd_eject,
	cmd_load, cmd_report, cmd_vdrive;

struct option;

/**
 * getopt_long() over the command's own options and the common ones, which it handles itself.
 * @param own  the command's long options, ended by a zero entry; their val must be below 256
 * @return the val of an own option (optarg is set), -1 at the end (optind is the first operand), or
 *         CLI_OPTION_DONE when --help was printed, CLI_OPTION_BAD after a message on wrong usage.
 */
int cli_getopt(struct cli *cli, const struct cli_command *command, int argc, char **argv, const char *own_short,
	       const struct option *own);
enum { CLI_OPTION_DONE = 1000, CLI_OPTION_BAD = 1001 };

/** "discern" and all of argv, ended by NULL, for the record of a job; the caller frees it. */
const char **cli_command_words(char **argv);

/** For a command that works without a drive, or looks at all of them: wrong usage (after a message) if --record
 *  was given, else 0. */
int cli_refuse_record(struct cli *cli);

/** Prints "discern: verb: text" and the hint on stderr, once; returns the exit code for the error. After
 *  Ctrl-C (code -ECANCELED) that is 128 plus the signal's number. */
int cli_fail(struct cli *cli, const struct discern_error *err);

/** Begins the result on standard output, or where that is taken on stderr, as text or JSON. */
struct report *cli_report(struct cli *cli);

/** What a verdict calls the image at path. */
static inline const char *cli_image_words(const struct cli *cli, const char *path)
{
	return cli->image_words != NULL ? cli->image_words : path;
}

/** Adds the member "error", where a command failed: text, hint, code (as in errno(3)), lba, sense, exit_code; and of a worker
 *  "asks", where its parent has to ask: what (is to be done), loses. */
void cli_report_error(struct cli *cli, struct report *report);

/** Prints "discern: verb: text" on stderr, past the bar and whatever -q says: for a result that is no error of
 *  the library, such as a disc that differs. */
void cli_complain(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints "discern: verb: text" as a message on the way, without ending the bar. */
void cli_say(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** From here to the end of the command the computer neither sleeps nor is shut down, where logind is there: why is
 *  shown to whoever wants to ("burning a disc"). -v tells if it could not be had. */
void cli_stay_awake(struct cli *cli, const char *why);

/** Before a disc is written to: stays awake, and warns of programs that have the drive open as well. */
void cli_begin_writing(struct cli *cli, const struct discern_drive *drive, const char *why);

/** Releases what the options opened; main() calls it after the command. */
void cli_finish(struct cli *cli);

/** Somebody is there who can answer: standard input and error are a terminal, and neither --yes nor --json was given. */
bool cli_can_ask(const struct cli *cli);

/** The same, or a parent is there that asks. */
bool cli_will_ask(const struct cli *cli);

/** Asks a yes-or-no question on the terminal; no is the default, and what a signal means. --yes answers it; where nobody
 *  can be asked the answer is no, and a message says that --yes is needed. */
bool cli_confirm(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Reads what was typed; anything but a yes is a no. */
bool cli_read_answer(void);

/** The same has been agreed to already, or somebody is asked; false as well if the parent has to ask first. */
bool cli_confirm_loss(struct cli *cli, const char *what, const char *disc, const char *holds);

/** After a no: says that the disc is as it was; returns the exit code. */
int cli_refused(struct cli *cli);

/** Prints a message on wrong usage, and where help is; returns CLI_EXIT_USAGE. */
int cli_usage(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Opens the drive named, or if name is NULL the only drive, or the only one with a medium.
 * @return 0, or after a message the exit code (an enum cli_exit, positive); err is filled as well.
 */
int cli_open_drive(struct cli *cli, const char *name, bool load, struct discern_drive **ret_drive,
		   struct discern_error *err);

/** cli_open_drive() without a message, and with the negative errno instead of an exit code. */
int cli_try_drive(const struct cli *cli, const char *name, struct discern_drive **ret_drive, struct discern_error *err);

/** The drive that cli_open_drive() would open, which is not opened. 0, or after a message the exit code. */
enum { CLI_DRIVE_NAME = 4096 };
int cli_name_drive(struct cli *cli, const char *name, char ret_path[CLI_DRIVE_NAME], struct discern_error *err);

/** Tells if the recording of --record is not complete, and closes the drive; accepts NULL. */
void cli_close_drive(struct cli *cli, struct discern_drive *drive);

/** The number of the signal that asked the program to stop, 0 if none did. */
int cli_signal(void);

/** Installs handlers for SIGINT, SIGTERM and SIGHUP that ask the running job to stop in an orderly way. */
void cli_catch_signals(void);

#endif
