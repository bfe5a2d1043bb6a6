/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transport in memory that answers as it is told, and counts what it was asked. */
#ifndef TESTS_FAKE_TRANSPORT_H
#define TESTS_FAKE_TRANSPORT_H

#include <stdbool.h>

#include "drive/transport.h"

struct fake_answer {
	/** Applies to commands with this opcode. */
	uint8_t opcode;
	/** How often, before the next answer for this opcode is looked for; 0 for ever. */
	unsigned count;
	/** Not delivered at all: a negative errno. */
	int ret;
	uint8_t status;
	uint16_t host_status;
	uint16_t driver_status;
	uint8_t key, asc, ascq;
	/** Valid INFORMATION field of the sense, if not 0. */
	uint32_t information;
	/** Answer of a command that asks for data; shorter than asked leaves a residual. NULL: all of it, byte i is
	 *  (LBA of the CDB + i / 2048) & 0xff. */
	const uint8_t *data;
	size_t data_length;
	/** Transferred less than there is, by so much. */
	size_t residual;
	unsigned n_used;
};

enum { FAKE_MAX_ANSWERS = 32 };

struct fake_transport {
	struct transport transport;
	struct fake_answer answers[FAKE_MAX_ANSWERS];
	size_t n_answers;
	/** Commands by opcode. */
	unsigned n_commands[256];
	/** CDB and parameters of the last command. */
	struct scsi_command last;
	uint8_t last_parameters[64];
	bool is_closed;
};

/** Without an answer a command fails with -EPROTO. Closing it releases nothing. */
void fake_transport_init(struct fake_transport *fake);

/** Appends an answer and returns it, to be changed: GOOD, for ever, if it is left alone. */
struct fake_answer *fake_transport_answer(struct fake_transport *fake, uint8_t opcode);

/** Appends CHECK CONDITION with a sense, given count times. */
struct fake_answer *fake_transport_fail(struct fake_transport *fake, uint8_t opcode, unsigned count, unsigned sense);

/** Sense for fake_transport_fail(): SENSE(3, 0x11, 0x05) */
#define SENSE(key, asc, ascq) ((unsigned)(key) << 16 | (unsigned)(asc) << 8 | (unsigned)(ascq))

/** Answers what drive_open_on() asks: an optical drive "FAKE DRIVE 1.00", ready. */
void fake_transport_be_drive(struct fake_transport *fake);

#endif
