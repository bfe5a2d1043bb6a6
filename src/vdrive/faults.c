/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

enum operation { OPERATION_ANY, OPERATION_READ, OPERATION_WRITE, OPERATION_OPCODE };

/* SAM-5 5.3.1. */
enum { STATUS_CHECK_CONDITION = 2 };

/* SPC-4 4.5.6: the command was carried out, with help. */
enum { KEY_RECOVERED = 1 };

static const int64_t max_delay_ms = 3600 * 1000;

struct rule {
	enum operation operation;
	uint8_t opcode;
	bool has_lba;
	int32_t first_lba, last_lba;
	uint32_t n_to_skip;
	bool is_counted;
	uint32_t n_left;
	bool has_failure;
	uint8_t key, asc, ascq, status, host_status;
	uint32_t delay_ms;
};

struct faults {
	struct rule *rules;
	size_t n_rules;
};

static const uint8_t read_opcodes[] = { 0x28, 0xa8, 0xbe, 0xb9 };
static const uint8_t write_opcodes[] = { 0x2a, 0xaa, 0x2e };
/* VERIFY(10) has an address too, but is neither. */
static const uint8_t other_addressed[] = { 0x2f };

static bool is_among(uint8_t opcode, const uint8_t *opcodes, size_t n)
{
	return memchr(opcodes, opcode, n) != NULL;
}

static bool has_address(uint8_t opcode)
{
	return is_among(opcode, read_opcodes, sizeof(read_opcodes)) ||
	       is_among(opcode, write_opcodes, sizeof(write_opcodes)) ||
	       is_among(opcode, other_addressed, sizeof(other_addressed));
}

struct faults *faults_new(void)
{
	return calloc(1, sizeof(struct faults));
}

void faults_free(struct faults *faults)
{
	if (faults == NULL)
		return;
	free(faults->rules);
	free(faults);
}

static int parse_operation(const char *word, struct rule *rule, struct discern_error *err)
{
	int64_t opcode;

	if (strcmp(word, "any") == 0)
		rule->operation = OPERATION_ANY;
	else if (strcmp(word, "read") == 0)
		rule->operation = OPERATION_READ;
	else if (strcmp(word, "write") == 0)
		rule->operation = OPERATION_WRITE;
	else if (strncmp(word, "0x", 2) == 0 && text_to_number(word, 0, 255, &opcode)) {
		rule->operation = OPERATION_OPCODE;
		rule->opcode = (uint8_t)opcode;
	} else {
		discern_error_set(err, -EINVAL, "fault: \"%s\" is no operation", word);
		discern_error_hint(err, "a rule begins with read, write, any or an opcode such as 0x35");
		return -EINVAL;
	}
	return 0;
}

static int wrong_value(struct discern_error *err, const char *key, const char *value, const char *expected)
{
	return discern_error_set(err, -EINVAL, "fault: %s=%s: it takes %s", key, value, expected);
}

static int parse_lba(struct rule *rule, const char *value, struct discern_error *err)
{
	/* The first may be negative, so the dash between the two is looked for behind it. */
	const char *dash = value[0] == '\0' ? NULL : strchr(value + 1, '-');
	AUTO_FREE char *first_text = dash != NULL ? strndup(value, (size_t)(dash - value)) : strdup(value);
	int64_t first, last;

	if (first_text == NULL)
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	if (!text_to_number(first_text, -150, INT32_MAX, &first))
		return wrong_value(err, "lba", value, "A or A-B, sectors from -150 on");
	last = first;
	if (dash != NULL && !text_to_number(dash + 1, -150, INT32_MAX, &last))
		return wrong_value(err, "lba", value, "A or A-B, sectors from -150 on");
	if (last < first)
		return wrong_value(err, "lba", value, "the lower sector first");
	rule->has_lba = true;
	rule->first_lba = (int32_t)first;
	rule->last_lba = (int32_t)last;
	return 0;
}

static bool parse_hex(const char **at, unsigned max, char end, uint8_t *ret)
{
	unsigned value = 0, digits = 0;

	for (; digits < 2; digits++, (*at)++) {
		char c = (char)(**at | 0x20);

		if (**at >= '0' && **at <= '9')
			value = value * 16 + (unsigned)(**at - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (unsigned)(c - 'a') + 10;
		else
			break;
	}
	if (digits == 0 || value > max || **at != end)
		return false;
	if (end != '\0')
		(*at)++;
	*ret = (uint8_t)value;
	return true;
}

static int parse_failure(struct rule *rule, const char *key, const char *value, struct discern_error *err)
{
	int64_t number = 0;

	if (rule->has_failure)
		return discern_error_set(err, -EINVAL, "fault: %s=%s: a rule has one of sense, status and host", key,
					 value);
	rule->has_failure = true;
	if (strcmp(key, "sense") == 0) {
		const char *at = value;

		rule->status = STATUS_CHECK_CONDITION;
		if (parse_hex(&at, 15, '/', &rule->key) && parse_hex(&at, 255, '/', &rule->asc) &&
		    parse_hex(&at, 255, '\0', &rule->ascq))
			return 0;
		return wrong_value(err, key, value, "KEY/ASC/ASCQ in hex, such as 3/11/05");
	}
	if (!text_to_number(value, 1, 255, &number))
		return wrong_value(err, key, value, "a number from 1 to 255");
	if (strcmp(key, "status") == 0)
		rule->status = (uint8_t)number;
	else
		rule->host_status = (uint8_t)number;
	return 0;
}

static int parse_count(struct rule *rule, const char *key, const char *value, struct discern_error *err)
{
	bool is_skip = strcmp(key, "skip") == 0, is_delay = strcmp(key, "delay") == 0;
	int64_t number;

	if (!text_to_number(value, is_skip ? 0 : 1, is_delay ? max_delay_ms : INT32_MAX, &number))
		return wrong_value(err, key, value, is_delay ? "1 to 3600000 milliseconds" : "a number of commands");
	if (is_skip) {
		rule->n_to_skip = (uint32_t)number;
	} else if (is_delay) {
		rule->delay_ms = (uint32_t)number;
	} else {
		rule->is_counted = true;
		rule->n_left = (uint32_t)number;
	}
	return 0;
}

static int parse_word(char *word, struct rule *rule, struct discern_error *err)
{
	char *equals = strchr(word, '=');
	const char *value = "";

	if (equals != NULL) {
		*equals = '\0';
		value = equals + 1;
	}
	if (strcmp(word, "lba") == 0)
		return parse_lba(rule, value, err);
	if (strcmp(word, "skip") == 0 || strcmp(word, "count") == 0 || strcmp(word, "delay") == 0)
		return parse_count(rule, word, value, err);
	if (strcmp(word, "sense") == 0 || strcmp(word, "status") == 0 || strcmp(word, "host") == 0)
		return parse_failure(rule, word, value, err);
	discern_error_set(err, -EINVAL, "fault: \"%s\" is not known", word);
	discern_error_hint(err,
			   "after the operation: lba=A-B skip=N count=N sense=K/ASC/ASCQ status=N host=N delay=MS");
	return -EINVAL;
}

static int parse_rule(char *text, struct rule *rule, struct discern_error *err)
{
	char *rest = NULL;
	char *word = strtok_r(text, " \t", &rest);
	int ret;

	if (word == NULL) {
		discern_error_set(err, -EINVAL, "fault: the rule is empty");
		discern_error_hint(err, "such as: read lba=100-104 sense=3/11/05");
		return -EINVAL;
	}
	ret = parse_operation(word, rule, err);
	if (ret < 0)
		return ret;
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL) {
		ret = parse_word(word, rule, err);
		if (ret < 0)
			return ret;
	}
	if (!rule->has_failure && rule->delay_ms == 0) {
		discern_error_set(err, -EINVAL, "fault: the rule does nothing");
		discern_error_hint(err, "add one of sense=K/ASC/ASCQ, status=N, host=N, delay=MS");
		return -EINVAL;
	}
	if (rule->has_lba && rule->operation == OPERATION_OPCODE && !has_address(rule->opcode))
		return discern_error_set(err, -EINVAL, "fault: command 0x%02x has no lba", rule->opcode);
	return 0;
}

int faults_add(struct faults *faults, const char *text, struct discern_error *err)
{
	AUTO_FREE char *copy = strdup(text);
	struct rule rule = { 0 };
	struct rule *rules;
	int ret;

	if (copy == NULL)
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	ret = parse_rule(copy, &rule, err);
	if (ret < 0)
		return ret;
	rules = reallocarray(faults->rules, faults->n_rules + 1, sizeof(*rules));
	if (rules == NULL)
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	rules[faults->n_rules++] = rule;
	faults->rules = rules;
	return 0;
}

static bool matches(const struct rule *rule, uint8_t opcode, int32_t lba, uint32_t n_sectors)
{
	if (rule->operation == OPERATION_READ && !is_among(opcode, read_opcodes, sizeof(read_opcodes)))
		return false;
	if (rule->operation == OPERATION_WRITE && !is_among(opcode, write_opcodes, sizeof(write_opcodes)))
		return false;
	if (rule->operation == OPERATION_OPCODE && rule->opcode != opcode)
		return false;
	if (!rule->has_lba)
		return true;
	return n_sectors > 0 && lba <= rule->last_lba && (int64_t)lba + n_sectors > rule->first_lba;
}

static void fail(const struct rule *rule, int32_t lba, struct fault_outcome *outcome)
{
	outcome->is_failed = rule->status != STATUS_CHECK_CONDITION || rule->key != KEY_RECOVERED;
	outcome->key = rule->key;
	outcome->asc = rule->asc;
	outcome->ascq = rule->ascq;
	outcome->status = rule->status;
	outcome->host_status = rule->host_status;
	if (rule->has_lba)
		outcome->lba = lba > rule->first_lba ? lba : rule->first_lba;
}

bool faults_apply(struct faults *faults, uint8_t opcode, int32_t lba, uint32_t n_sectors,
		  struct fault_outcome *ret_outcome)
{
	bool applies = false, has_failed = false;

	*ret_outcome = (struct fault_outcome){ .lba = INT32_MIN };
	for (size_t i = 0; i < faults->n_rules; i++) {
		struct rule *rule = &faults->rules[i];

		/* A command fails once: further failures wait for the next one. */
		if (!matches(rule, opcode, lba, n_sectors) || (has_failed && rule->has_failure))
			continue;
		if (rule->n_to_skip > 0) {
			rule->n_to_skip--;
			continue;
		}
		if (rule->is_counted && rule->n_left == 0)
			continue;
		if (rule->is_counted)
			rule->n_left--;
		applies = true;
		ret_outcome->delay_ms += rule->delay_ms;
		if (rule->has_failure) {
			fail(rule, lba, ret_outcome);
			has_failed = true;
		}
	}
	return applies;
}
