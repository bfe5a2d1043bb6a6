/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rule, between its words and its use. */
#ifndef VDRIVE_FAULTS_RULE_H
#define VDRIVE_FAULTS_RULE_H

#include "vdrive/faults.h"
#include "vdrive/protection.h"

enum fault_operation { OPERATION_ANY, OPERATION_READ, OPERATION_WRITE, OPERATION_OPCODE };

struct fault_rule {
	/** As it was given. */
	char *text;
	enum fault_source source;
	/** It describes marks; then nothing but these is set. */
	bool is_mark;
	struct damage_marks marks;
	/** It describes a protection, and nothing else. */
	bool is_protection;
	struct protection protection;

	enum fault_operation operation;
	uint8_t opcode;
	bool has_lba;
	int32_t first_lba, last_lba;
	uint32_t n_to_skip;
	bool is_counted;
	uint32_t n_left;
	bool has_probability;
	double probability;
	uint64_t random_state;
	enum fault_effect effect;
	uint8_t key, asc, ascq, status, host_status;
	/** "read-error": as if the sectors could not be read. */
	bool is_unreadable;
	uint32_t amount;
	char *path;
	uint32_t delay_ms;
};

/** Reads a rule; *ret_rule is to be released with fault_rule_release(). -EINVAL with words, -ENOMEM. */
int fault_rule_parse(const char *text, struct fault_rule *ret_rule, struct discern_error *err);
void fault_rule_release(struct fault_rule *rule);

#endif
