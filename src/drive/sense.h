/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sense data: from bytes to key/ASC/ASCQ, to the standard's words, to an errno. */
#ifndef DRIVE_SENSE_H
#define DRIVE_SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

/** SPC-4 table 48. */
enum sense_key {
	SENSE_NO_SENSE = 0x0,
	SENSE_RECOVERED_ERROR = 0x1,
	SENSE_NOT_READY = 0x2,
	SENSE_MEDIUM_ERROR = 0x3,
	SENSE_HARDWARE_ERROR = 0x4,
	SENSE_ILLEGAL_REQUEST = 0x5,
	SENSE_UNIT_ATTENTION = 0x6,
	SENSE_DATA_PROTECT = 0x7,
	SENSE_BLANK_CHECK = 0x8,
	SENSE_ABORTED_COMMAND = 0xb,
};

/** Additional sense codes that decisions hang on (SPC-4 annex F). */
enum sense_asc {
	ASC_NOT_READY = 0x04,
	ASC_INVALID_OPCODE = 0x20,
	ASC_LBA_OUT_OF_RANGE = 0x21,
	ASC_INVALID_FIELD_IN_CDB = 0x24,
	ASC_INVALID_FIELD_IN_PARAMETERS = 0x26,
	ASC_MEDIUM_MAY_HAVE_CHANGED = 0x28,
	ASC_RESET = 0x29,
	ASC_INCOMPATIBLE_MEDIUM = 0x30,
	ASC_MEDIUM_NOT_PRESENT = 0x3a,
	ASC_MEDIUM_REMOVAL = 0x53,
	ASC_END_OF_USER_AREA = 0x63,
	ASC_ILLEGAL_MODE_FOR_TRACK = 0x64,
	ASC_COPY_PROTECTION = 0x6f,
};

/** With ASC_MEDIUM_NOT_PRESENT. */
enum { ASCQ_TRAY_OPEN = 0x02 };

struct sense_details {
	struct discern_sense sense;
	/** It is about an earlier command (SPC-4 4.5.7); this one was not carried out. */
	bool is_deferred;
	/** The INFORMATION field is valid: for a read or write, the LBA concerned. */
	bool has_information;
	uint32_t information;
};

/** Reads fixed (70h, 71h) and descriptor format (72h, 73h). False if the bytes are neither, or too few. */
bool sense_parse(const uint8_t *bytes, size_t length, struct sense_details *ret_details);

/** The standard's words for a sense, in sentence case; for one without an entry, those of its key. Never NULL. */
const char *sense_text(struct discern_sense sense);

/** The negative errno of transport_run() for a sense; 0 for key 1. */
int sense_errno(struct discern_sense sense);

#endif
