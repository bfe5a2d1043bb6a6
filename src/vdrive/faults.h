/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults on command, as rules in words: OPERATION [lba=A[-B]] [skip=N] [count=N] WHAT
 * OPERATION is read, write, an opcode in hex ("0x35") or any. WHAT is sense=K/ASC/ASCQ (hex), status=N,
 * host=N, or delay=MS; delay may stand beside another. A rule with skip lets that many matching commands pass
 * first; one with count ends after that many; without count it never ends.
 */
#ifndef VDRIVE_FAULTS_H
#define VDRIVE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>

struct faults;

struct fault_outcome {
	/** The command is not carried out. False with a sense of key 1, recovered error: it is carried out, and the
	 *  sense given then. */
	bool is_failed;
	uint8_t key, asc, ascq;
	/** 2, CHECK CONDITION, where the rule has a sense. */
	uint8_t status;
	uint8_t host_status;
	uint32_t delay_ms;
	/** First sector concerned, for the information field; INT32_MIN if the rule has no lba. */
	int32_t lba;
};

struct faults *faults_new(void);
void faults_free(struct faults *faults);

/** -EINVAL with words that name the wrong part and say what is possible. */
int faults_add(struct faults *faults, const char *rule, struct discern_error *err);

/** Asks the rules about one command. n_sectors 0 for a command without address. True if a rule applies;
 *  counts of the rules go on. */
bool faults_apply(struct faults *faults, uint8_t opcode, int32_t lba, uint32_t n_sectors,
		  struct fault_outcome *ret_outcome);

#endif
