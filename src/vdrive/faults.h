/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults on command, as rules in words: OPERATION [lba=A[-B]] [skip=N] [count=N] [probability=P [seed=N]] WHAT
 * OPERATION is read, write, any, the name of another command or its opcode in hex ("0x35"). WHAT is one thing that
 * happens (a sense, a host status, data that is wrong, a medium that goes), or delay=MS, which may also stand beside
 * another. A rule with skip lets that many matching commands pass first; one with count ends after that many.
 *
 * A rule may also describe marks on the medium: KIND [lba=A-B | radius=A-B] …, see damage.h; or its copy protection:
 * protection=KIND …, see protection.h.
 */
#ifndef VDRIVE_FAULTS_H
#define VDRIVE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "vdrive/damage.h"
#include "vdrive/protection.h"

struct faults;

/** What happens beside or instead of a sense. */
enum fault_effect {
	FAULT_NOTHING,
	FAULT_SENSE,      /**< CHECK CONDITION with key, asc, ascq */
	FAULT_STATUS,     /**< another SCSI status */
	FAULT_HOST,       /**< a host status: the command does not reach the drive, or its answer not the host */
	FAULT_SHORT,      /**< less data than asked for, with good status */
	FAULT_FLIP,       /**< bits of the data are wrong, with good status */
	FAULT_C2,         /**< READ CD: bytes of each sector are wrong, and C2 pointers tell which */
	FAULT_JITTER,     /**< READ CD: audio begins at another sample */
	FAULT_STALE,      /**< reading: data of an earlier read; writing: the data does not reach the medium */
	FAULT_CAPACITY,   /**< READ CAPACITY tells another size */
	FAULT_REMOVE,     /**< the medium is taken out */
	FAULT_EXCHANGE,   /**< another medium is put in */
	FAULT_TRAY,       /**< the tray opens */
	FAULT_POWER_LOSS, /**< the drive loses its memory and what it had in its buffer */
	FAULT_UNDERRUN,   /**< the buffer runs empty while it writes */
	FAULT_UNPLUG,     /**< the drive never answers again */
};

struct fault_outcome {
	/** The command is not carried out. False with a sense of key 1, recovered error: it is carried out, and the
	 *  sense given then; false with effects on data. */
	bool is_failed;
	enum fault_effect effect;
	uint8_t key, asc, ascq;
	/** 2, CHECK CONDITION, where the rule has a sense. */
	uint8_t status;
	uint8_t host_status;
	uint32_t delay_ms;
	/** First sector concerned, for the information field; INT32_MIN if the rule has no lba. */
	int32_t lba;
	/** The last one of the rule; INT32_MAX if it has no lba. */
	int32_t last_lba;
	/** SHORT: bytes that go over; FLIP: how many bits; CAPACITY: sectors; C2: bytes; JITTER: samples at most. */
	uint32_t amount;
	/** FLIP: which bits; C2: which bytes; JITTER: how many samples. */
	uint64_t random;
	/** The sense is that of sectors that cannot be read. */
	bool is_unreadable;
	/** EXCHANGE: the file; valid until the rules change. */
	const char *path;
};

/** Where rules come from; those of one source are replaced together. */
enum fault_source { FAULTS_GIVEN, FAULTS_FROM_FILE, FAULTS_OF_MEDIUM };

struct faults *faults_new(void);
void faults_free(struct faults *faults);

/** Adds a rule to those of FAULTS_GIVEN. -EINVAL with words that name the wrong part and say what is possible. */
int faults_add(struct faults *faults, const char *rule, struct discern_error *err);

/** Makes these the rules of a source. Those that were there before go on with their counts. On an error all stays as
 *  it was. */
int faults_replace(struct faults *faults, enum fault_source source, char *const *rules, size_t n_rules,
		   struct discern_error *err);

/** No rules at all. */
bool faults_are_none(const struct faults *faults);

/** Whether any rule loses or keeps data: such faults need to know what went before. */
bool faults_have(const struct faults *faults, enum fault_effect effect);

/** The marks on the medium that rules describe, and a number that is another whenever these change. */
const struct damage_marks *faults_marks(const struct faults *faults, size_t *ret_n, unsigned *ret_generation);

/** The protection that a rule gives the medium, the last one if there are several; NULL without. Valid until the rules
 *  change. */
const struct protection *faults_protection(const struct faults *faults);

/** Asks the rules about one command. n_sectors 0 for a command without address. True if a rule applies;
 *  counts of the rules go on. */
bool faults_apply(struct faults *faults, uint8_t opcode, int32_t lba, uint32_t n_sectors,
		  struct fault_outcome *ret_outcome);

/** Whether READ and WRITE are the command's families; and READ CD and READ CD MSF. */
bool faults_is_read(uint8_t opcode);
bool faults_is_read_cd(uint8_t opcode);
bool faults_is_write(uint8_t opcode);

#endif
