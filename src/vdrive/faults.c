/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "vdrive/faults_rule.h"
#include "vdrive/random.h"

/* SPC-4 4.5.6: the command was carried out, with help. */
enum { KEY_RECOVERED = 1 };

enum { OP_READ_CAPACITY = 0x25 };

struct faults {
	struct fault_rule *rules;
	size_t n_rules;
	struct damage_marks *marks;
	size_t n_marks;
	unsigned generation;
};

bool faults_is_read(uint8_t opcode)
{
	return opcode == 0x28 || opcode == 0xa8 || opcode == 0xbe || opcode == 0xb9;
}

bool faults_is_read_cd(uint8_t opcode)
{
	return opcode == 0xbe || opcode == 0xb9;
}

bool faults_is_write(uint8_t opcode)
{
	return opcode == 0x2a || opcode == 0xaa || opcode == 0x2e;
}

struct faults *faults_new(void)
{
	return calloc(1, sizeof(struct faults));
}

static void release_rules(struct fault_rule *rules, size_t n_rules)
{
	for (size_t i = 0; i < n_rules; i++)
		fault_rule_release(&rules[i]);
	free(rules);
}

void faults_free(struct faults *faults)
{
	if (faults == NULL)
		return;
	release_rules(faults->rules, faults->n_rules);
	free(faults->marks);
	free(faults);
}

static size_t count_marks(const struct fault_rule *rules, size_t n_rules)
{
	size_t n = 0;

	for (size_t i = 0; i < n_rules; i++)
		n += rules[i].is_mark;
	return n;
}

/* Takes over a list of rules, and makes the list of their marks. -ENOMEM leaves all as it was. */
static int use_rules(struct faults *faults, struct fault_rule *rules, size_t n_rules)
{
	size_t n_marks = count_marks(rules, n_rules), n = 0;
	struct damage_marks *marks = calloc(n_marks + 1, sizeof(*marks));

	if (marks == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n_rules; i++)
		if (rules[i].is_mark)
			marks[n++] = rules[i].marks;
	if (n_marks != faults->n_marks || (n_marks > 0 && memcmp(marks, faults->marks, n_marks * sizeof(*marks)) != 0))
		faults->generation++;
	free(faults->marks);
	faults->marks = marks;
	faults->n_marks = n_marks;
	faults->rules = rules;
	faults->n_rules = n_rules;
	return 0;
}

int faults_add(struct faults *faults, const char *text, struct discern_error *err)
{
	struct fault_rule rule, *rules;
	int ret = fault_rule_parse(text, &rule, err);

	if (ret < 0)
		return ret;
	rules = reallocarray(faults->rules, faults->n_rules + 1, sizeof(*rules));
	if (rules != NULL) {
		faults->rules = rules;
		rules[faults->n_rules] = rule;
		ret = use_rules(faults, rules, faults->n_rules + 1);
	}
	if (rules == NULL || ret < 0) {
		fault_rule_release(&rule);
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	}
	return 0;
}

/* A rule that was there before keeps how often it has applied. */
static void keep_counts(struct faults *faults, struct fault_rule *rule)
{
	for (size_t i = 0; i < faults->n_rules; i++) {
		struct fault_rule *old = &faults->rules[i];

		if (old->text == NULL || old->source != rule->source || strcmp(old->text, rule->text) != 0)
			continue;
		rule->n_to_skip = old->n_to_skip;
		rule->n_left = old->n_left;
		rule->random_state = old->random_state;
		/* The next rule of the same words takes the counts of the next old one. */
		free(old->text);
		old->text = NULL;
		return;
	}
}

static int parse_all(enum fault_source source, char *const *texts, size_t n_texts, struct fault_rule *ret_rules,
		     struct discern_error *err)
{
	for (size_t i = 0; i < n_texts; i++) {
		int ret = fault_rule_parse(texts[i], &ret_rules[i], err);

		if (ret < 0) {
			while (i > 0)
				fault_rule_release(&ret_rules[--i]);
			return ret;
		}
		ret_rules[i].source = source;
	}
	return 0;
}

int faults_replace(struct faults *faults, enum fault_source source, char *const *texts, size_t n_texts,
		   struct discern_error *err)
{
	struct fault_rule *rules = calloc(n_texts + faults->n_rules + 1, sizeof(*rules)), *old = faults->rules;
	size_t n = n_texts, n_old = faults->n_rules;
	int ret;

	if (rules == NULL)
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	ret = parse_all(source, texts, n_texts, rules, err);
	if (ret < 0) {
		free(rules);
		return ret;
	}
	for (size_t i = 0; i < n_texts; i++)
		keep_counts(faults, &rules[i]);
	for (size_t i = 0; i < n_old; i++)
		if (old[i].source != source)
			rules[n++] = old[i];
	if (use_rules(faults, rules, n) < 0) {
		release_rules(rules, n_texts);
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	}
	for (size_t i = 0; i < n_old; i++)
		if (old[i].source == source)
			fault_rule_release(&old[i]);
	free(old);
	return 0;
}

bool faults_are_none(const struct faults *faults)
{
	return faults->n_rules == 0;
}

bool faults_have(const struct faults *faults, enum fault_effect effect)
{
	for (size_t i = 0; i < faults->n_rules; i++)
		if (faults->rules[i].effect == effect)
			return true;
	return false;
}

const struct damage_marks *faults_marks(const struct faults *faults, size_t *ret_n, unsigned *ret_generation)
{
	*ret_n = faults->n_marks;
	*ret_generation = faults->generation;
	return faults->marks;
}

const struct protection *faults_protection(const struct faults *faults)
{
	for (size_t i = faults->n_rules; i > 0; i--)
		if (faults->rules[i - 1].is_protection)
			return &faults->rules[i - 1].protection;
	return NULL;
}

static bool matches(const struct fault_rule *rule, uint8_t opcode, int32_t lba, uint32_t n_sectors)
{
	if (rule->is_mark || rule->is_protection || (rule->effect == FAULT_CAPACITY && opcode != OP_READ_CAPACITY))
		return false;
	if ((rule->effect == FAULT_C2 || rule->effect == FAULT_JITTER) && !faults_is_read_cd(opcode))
		return false;
	if (rule->operation == OPERATION_READ && !faults_is_read(opcode))
		return false;
	if (rule->operation == OPERATION_WRITE && !faults_is_write(opcode))
		return false;
	if (rule->operation == OPERATION_OPCODE && rule->opcode != opcode)
		return false;
	if (!rule->has_lba)
		return true;
	return n_sectors > 0 && lba <= rule->last_lba && (int64_t)lba + n_sectors > rule->first_lba;
}

/* Whether the rule's time has come; its counts go on. */
static bool is_due(struct fault_rule *rule)
{
	if (rule->is_counted && rule->n_left == 0)
		return false;
	if (rule->has_probability && random_fraction(random_next(&rule->random_state)) >= rule->probability)
		return false;
	if (rule->n_to_skip > 0) {
		rule->n_to_skip--;
		return false;
	}
	if (rule->is_counted)
		rule->n_left--;
	return true;
}

static bool keeps_command(const struct fault_rule *rule)
{
	enum fault_effect effect = rule->effect;

	return effect == FAULT_C2 || effect == FAULT_JITTER || effect == FAULT_SHORT || effect == FAULT_FLIP ||
	       effect == FAULT_STALE || effect == FAULT_CAPACITY ||
	       (effect == FAULT_SENSE && rule->key == KEY_RECOVERED);
}

static void happen(struct fault_rule *rule, int32_t lba, struct fault_outcome *outcome)
{
	outcome->is_failed = !keeps_command(rule);
	outcome->effect = rule->effect;
	outcome->key = rule->key;
	outcome->asc = rule->asc;
	outcome->ascq = rule->ascq;
	outcome->status = rule->status;
	outcome->host_status = rule->host_status;
	outcome->amount = rule->amount;
	outcome->path = rule->path;
	outcome->is_unreadable = rule->is_unreadable;
	if (rule->effect == FAULT_FLIP || rule->effect == FAULT_C2 || rule->effect == FAULT_JITTER ||
	    rule->is_unreadable)
		outcome->random = random_next(&rule->random_state);
	if (rule->has_lba) {
		outcome->lba = lba > rule->first_lba ? lba : rule->first_lba;
		outcome->last_lba = rule->last_lba;
	}
}

bool faults_apply(struct faults *faults, uint8_t opcode, int32_t lba, uint32_t n_sectors,
		  struct fault_outcome *ret_outcome)
{
	bool applies = false;

	*ret_outcome = (struct fault_outcome){ .lba = INT32_MIN, .last_lba = INT32_MAX };
	for (size_t i = 0; i < faults->n_rules; i++) {
		struct fault_rule *rule = &faults->rules[i];
		bool happens = rule->effect != FAULT_NOTHING;

		/* One thing happens to a command: further ones wait for the next. */
		if (!matches(rule, opcode, lba, n_sectors) || (happens && ret_outcome->effect != FAULT_NOTHING) ||
		    !is_due(rule))
			continue;
		applies = true;
		ret_outcome->delay_ms += rule->delay_ms;
		if (happens)
			happen(rule, lba, ret_outcome);
	}
	return applies;
}
