/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: a virtual drive with a medium in a folder of its own, and commands to it in a line. */
#ifndef SUPPORT_VIRTUAL_DRIVE_H
#define SUPPORT_VIRTUAL_DRIVE_H

#include "vdrive/vdrive.h"

struct test_drive {
	struct vdrive *drive;
	char folder[64], path[96];
	/** Of the last command. */
	struct vdrive_answer answer;
	uint8_t data[65536];
};

/** Media that test_drive_open() knows, ended by NULL: blank ones and pressed ones. */
extern const char *const test_media[];

/** A drive without pending unit attention. media is one of test_media or NULL for an empty drive; n_sectors is the
 *  size of a blank, 0 for the usual one, or of the image that was pressed. */
void test_drive_open(struct test_drive *t, const char *media, uint32_t n_sectors);
void test_drive_close(struct test_drive *t);

/** A medium of this kind in the drive's folder, at t->path, replacing an earlier one; not put into the drive. */
void test_drive_make_medium(struct test_drive *t, const char *media, uint32_t n_sectors);

/** A command that gives up to size bytes into t->data, which is filled with 0xee before. The sense as 0xKKAAQQ,
 *  0 for GOOD. The block's length is that of the opcode's group. */
unsigned test_read(struct test_drive *t, const uint8_t cdb[12], size_t size);
/** A command that takes size bytes. */
unsigned test_write(struct test_drive *t, const uint8_t cdb[12], const void *data, size_t size);
/** A command without data. */
unsigned test_run(struct test_drive *t, const uint8_t cdb[12]);
/** Any command. */
unsigned test_execute(struct test_drive *t, struct vdrive_command *command);

/** A command descriptor block as a literal, with zeros behind it. */
#define CDB(...) ((const uint8_t[12]){ __VA_ARGS__ })

#endif
