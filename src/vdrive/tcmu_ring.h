/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command ring of a TCMU device (Documentation/target/tcmu-design.rst of the kernel): memory that the kernel
 * fills with commands and we with answers.
 *
 * Nothing in it is taken on trust: every offset and length is held against the map before it is used, and what
 * is checked is copied first, so that it cannot change in between.
 */
#ifndef VDRIVE_TCMU_RING_H
#define VDRIVE_TCMU_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "vdrive/vdrive.h"

/** Longest command descriptor block that is passed on. */
#define TCMU_CDB_SIZE 16

/** Most pieces that the data of one command may lie in, and most bytes that it may have. */
#define TCMU_MAX_PIECES 4096
#define TCMU_MAX_DATA ((size_t)32 << 20)

/** A part of the data area, by its offset in the map. */
struct tcmu_piece {
	size_t offset, length;
};

struct tcmu_ring {
	uint8_t *map;
	size_t map_size;
	/** Where the entries lie in the map, and how many bytes they have in all. */
	size_t offset, size;
	/** The kernel takes data together with CHECK CONDITION. */
	bool takes_data_with_sense;
	struct tcmu_piece pieces[TCMU_MAX_PIECES];
};

/** One command that was taken from the ring and waits for its answer. */
struct tcmu_command {
	uint16_t id;
	/** Of its entry, from the beginning of the entries. */
	size_t position, entry_length;
	uint8_t cdb[TCMU_CDB_SIZE];
	size_t cdb_length;
	/** The kernel does not tell it, so it is the one that the operation has by the standard. */
	enum vdrive_direction direction;
	size_t n_pieces;
	size_t data_length;
};

/** Looks whether map holds a ring that we understand. -EPROTO. */
int tcmu_ring_open(struct tcmu_ring *ring, void *map, size_t map_size, struct discern_error *err);

/**
 * The next command. The one before must have been answered. What is no command, or a malformed one, is answered
 * here and passed over.
 * @return 1, 0 if the ring is empty, -EPROTO if it is not to be made out any more
 */
int tcmu_ring_next(struct tcmu_ring *ring, struct tcmu_command *ret_command);

/** Copies the data of the host, command->data_length bytes. */
void tcmu_ring_fetch(const struct tcmu_ring *ring, const struct tcmu_command *command, uint8_t *buffer);

/** Gives the answer, with the data that came of a command to the host, and frees the entry. */
void tcmu_ring_answer(struct tcmu_ring *ring, const struct tcmu_command *command, const struct vdrive_answer *answer,
		      const uint8_t *data);

/** Whether the kernel has asked meanwhile to abort this command, which is not answered yet. */
bool tcmu_ring_is_aborted(const struct tcmu_ring *ring, const struct tcmu_command *command);

#endif
