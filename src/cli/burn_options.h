/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of discern burn. */
#ifndef CLI_BURN_OPTIONS_H
#define CLI_BURN_OPTIONS_H

#include <discern/burn.h>

#include "cli/command.h"
#include "cli/speed_option.h"
#include "cli/workers.h"

struct burn_options {
	struct cli *cli;
	struct discern_burn_options burn;
	const char *image_path;
	/** NULL if none was named. */
	const char *drive_name;
	struct speed_option speed;
	/** With --audio: the files of sound, of which image_path is the first one. */
	char **sounds;
	size_t n_sounds;
	uint32_t n_gap_sectors;
	int32_t write_offset_samples;
	bool is_audio;
	bool no_text;
	bool is_dry_run;
	bool will_verify;
	bool will_eject;
	/** Where the receipt goes; NULL for beside the image. */
	const char *receipt;
	bool no_receipt;
	/** Several discs: the drives, ended by NULL, how many copies (0: one in each drive), or the list of what to burn. */
	char **drives;
	size_t n_drives;
	int64_t n_copies;
	const char *queue;
	/** In a worker: the file descriptor of a struct discern_burn_window; -1 in none. */
	int window_fd;
	/** What the workers are told. */
	struct worker_words words;
};

bool burn_options_are_several(const struct burn_options *options);

/** Nothing was said of what the disc holds, and somebody is there who can be asked. */
bool burn_options_may_ask(const struct burn_options *options);

extern const char burn_options_help[];

/** Reads options and operands. -1 to go on, else the exit code. */
int burn_options_parse(struct burn_options *options, int argc, char **argv);

#endif
