/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of discern rip. */
#ifndef CLI_RIP_OPTIONS_H
#define CLI_RIP_OPTIONS_H

#include <discern/rip.h>
#include <discern/rip_audio.h>
#include <discern/rip_raw.h>

#include "cli/command.h"
#include "cli/workers.h"

struct rip_options {
	struct cli *cli;
	struct discern_rip_options rip;
	/** A speed in tenths of the disc's 1x; 0 if it was given in kB/s or not at all. */
	uint32_t speed_tenths;
	/** No IMAGE.json; and the page to write, NULL for none. */
	bool no_manifest;
	const char *report;
	/** With --audio; what both have in common stands in .rip. */
	bool is_audio, has_audio_options, has_sound_options;
	struct discern_rip_audio_options audio;
	/** With --raw, alike; its offset is that of .audio. */
	bool is_raw, has_raw_options;
	struct discern_rip_raw_options raw;
	/** Of --audio or --raw. */
	const char *format;
	/** A disc of which there is a complete image is not read. */
	bool skip_done;
	/** --watch: the folder, and what its workers are told. */
	bool is_watch, no_verify;
	const char *folder;
	struct worker_words words, audio_words;
};

/** Reads the options; what is left begins at optind. -1 to go on, else the exit code. */
int rip_options_parse(struct rip_options *options, int argc, char **argv);

#endif
