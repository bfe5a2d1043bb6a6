/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside discern copy: what its parts share. */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include <discern/rip.h>

#include "cli/command.h"

enum { COPY_PATH = 4096, COPY_MAX_WORDS = 32 };

struct copy {
	struct cli *cli;
	struct report *report;
	const char *source_name;
	char *target_name;
	/** Closed as soon as all was read. */
	struct discern_drive *source;
	char source_path[64], target_path[64], source_words[96];
	/** One drive for both. */
	bool is_one_drive;
	/** The image, to be kept; NULL for a temporary one. */
	const char *via;
	/** It is burned while it is read. */
	bool is_on_the_fly;
	bool has_pipe_timeout;
	/** Burn it though not all could be read. */
	bool is_forced;
	bool with_subchannel;
	int32_t offset_samples;
	uint32_t read_speed_tenths;
	int retries;
	/** The temporary folder; empty without. */
	char folder[COPY_PATH];
	/** What is to be burned: a file, or the pipe that comes from the drive, and its size. */
	char image[COPY_PATH + 16], size[32];
	/** Of a CD: read and written with all its tracks. */
	bool is_cd;
	/** All was read that could be, and the image is what is to be burned. */
	bool is_read;
	uint32_t n_bad_sectors;
	/** The command line for the burn, and how many words it has. */
	char *words[COPY_MAX_WORDS];
	int n_words;
};

/** Looks at the disc, and opens a place for the image. An exit code. */
int copy_look(struct copy *copy);

/** Before anything is read: may the disc in another drive be written, and what it holds be lost? An exit code. */
int copy_look_at_target(struct copy *copy);

/** Reads the disc into copy->image. An exit code: CLI_EXIT_UNREADABLE if not all could be read. */
int copy_read(struct copy *copy);

/** Reads and burns at the same time; an exit code. */
int copy_on_the_fly(struct copy *copy);

/** Burns copy->image, and verifies it; an exit code. */
int copy_burn(struct copy *copy, char *image);

/** Removes the files in a folder, and the folder. */
void copy_remove_folder(const char *folder);

/** Adds a word for the burn. */
void copy_add_word(struct copy *copy, char *word);

#endif
