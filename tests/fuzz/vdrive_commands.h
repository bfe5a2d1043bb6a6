/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands for a virtual drive made from random bytes: nonsense, or close to what a writing program sends. */
#ifndef FUZZ_VDRIVE_COMMANDS_H
#define FUZZ_VDRIVE_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include "vdrive/drive.h"

/** Bytes that decide what happens; zeros once they are used up. */
struct input {
	const uint8_t *at, *end;
};

uint8_t input_byte(struct input *input);
uint32_t input_below(struct input *input, uint32_t limit);

enum { FUZZ_MAX_CDB = 16, FUZZ_MAX_DATA = 64 * 2048 };

struct fuzz_command {
	uint8_t cdb[FUZZ_MAX_CDB];
	size_t cdb_length;
	enum vdrive_direction direction;
	/** What the host has room for or sends, of which the first bytes may be a parameter list. */
	size_t data_length;
	uint8_t data[FUZZ_MAX_DATA];
};

/** Any block, any direction, any length. */
void make_nonsense(struct input *input, struct fuzz_command *ret_command);

/** What a program would send to this drive with this disc in it; now and then with something wrong in it. */
void make_sense(struct input *input, const struct vdrive *drive, struct fuzz_command *ret_command);

#endif
