/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules in words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "vdrive/faults_rule.h"
#include "vdrive/random.h"
#include "vdrive/vdrive.h"
#include "vdrive/words.h"

/* SAM-5 5.3.1. */
enum { STATUS_CHECK_CONDITION = 2 };

static const int64_t max_delay_ms = 3600 * 1000;

struct operation {
	const char *word;
	enum fault_operation operation;
	uint8_t opcode;
};

static const struct operation operations[] = {
	{ "any", OPERATION_ANY, 0 },
	{ "read", OPERATION_READ, 0 },
	{ "write", OPERATION_WRITE, 0 },
	{ "test", OPERATION_OPCODE, 0x00 },
	{ "format", OPERATION_OPCODE, 0x04 },
	{ "capacity", OPERATION_OPCODE, 0x25 },
	{ "verify", OPERATION_OPCODE, 0x2f },
	{ "flush", OPERATION_OPCODE, 0x35 },
	{ "toc", OPERATION_OPCODE, 0x43 },
	{ "reserve", OPERATION_OPCODE, 0x53 },
	{ "calibrate", OPERATION_OPCODE, 0x54 },
	{ "close", OPERATION_OPCODE, 0x5b },
	{ "cue-sheet", OPERATION_OPCODE, 0x5d },
	{ "blank", OPERATION_OPCODE, 0xa1 },
};

/* What happens without a value; the first ones are senses (MMC-6 annex F). */
struct event {
	const char *word;
	enum fault_effect effect;
	uint8_t key, asc, ascq;
};

static const struct event events[] = {
	{ "read-error", FAULT_SENSE, 3, 0x11, 0x05 },
	{ "write-error", FAULT_SENSE, 3, 0x0c, 0x00 },
	{ "calibration-error", FAULT_SENSE, 3, 0x73, 0x03 },
	{ "changed", FAULT_SENSE, 6, 0x28, 0x00 },
	{ "stale", FAULT_STALE, 0, 0, 0 },
	{ "flip", FAULT_FLIP, 0, 0, 0 },
	{ "remove", FAULT_REMOVE, 0, 0, 0 },
	{ "tray", FAULT_TRAY, 0, 0, 0 },
	{ "power-loss", FAULT_POWER_LOSS, 0, 0, 0 },
	{ "underrun", FAULT_UNDERRUN, 0, 0, 0 },
	{ "unplug", FAULT_UNPLUG, 0, 0, 0 },
};

struct host_word {
	const char *word;
	uint8_t host_status;
};

static const struct host_word host_words[] = {
	{ "gone", VDRIVE_HOST_NO_CONNECT },
	{ "time-out", VDRIVE_HOST_TIME_OUT },
	{ "error", VDRIVE_HOST_ERROR },
	{ "reset", VDRIVE_HOST_RESET },
};

/* Commands with an address. */
static bool has_address(uint8_t opcode)
{
	return faults_is_read(opcode) || faults_is_write(opcode) || opcode == 0x2f;
}

static int wrong_value(struct discern_error *err, const char *key, const char *value, const char *expected)
{
	return discern_error_set(err, -EINVAL, "fault: %s=%s: it takes %s", key, value, expected);
}

static int parse_operation(const char *word, struct fault_rule *rule, struct discern_error *err)
{
	int64_t opcode;

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(word, operations[i].word) == 0) {
			rule->operation = operations[i].operation;
			rule->opcode = operations[i].opcode;
			return 0;
		}
	if (strncmp(word, "0x", 2) == 0 && text_to_number(word, 0, 255, &opcode)) {
		rule->operation = OPERATION_OPCODE;
		rule->opcode = (uint8_t)opcode;
		return 0;
	}
	discern_error_set(err, -EINVAL, "fault: \"%s\" is no operation", word);
	discern_error_hint(err, "a rule begins with read, write, any, an opcode such as 0x35, the name of a command "
				"a mark: scratch, ring, rot, design, defect, or protection=; see discern-vdrive(1)");
	return -EINVAL;
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

static int parse_sense(const char *value, struct fault_rule *rule, struct discern_error *err)
{
	const char *at = value;

	rule->effect = FAULT_SENSE;
	rule->status = STATUS_CHECK_CONDITION;
	if (parse_hex(&at, 15, '/', &rule->key) && parse_hex(&at, 255, '/', &rule->asc) &&
	    parse_hex(&at, 255, '\0', &rule->ascq))
		return 0;
	return wrong_value(err, "sense", value, "KEY/ASC/ASCQ in hex, such as 3/11/05");
}

static int parse_status(const char *key, const char *value, struct fault_rule *rule, struct discern_error *err)
{
	bool is_host = strcmp(key, "host") == 0;
	int64_t number;

	rule->effect = is_host ? FAULT_HOST : FAULT_STATUS;
	for (size_t i = 0; is_host && i < sizeof(host_words) / sizeof(host_words[0]); i++)
		if (strcmp(value, host_words[i].word) == 0) {
			rule->host_status = host_words[i].host_status;
			return 0;
		}
	if (!text_to_number(value, 1, 255, &number))
		return wrong_value(err, key, value,
				   is_host ? "a number from 1 to 255, or gone, time-out, error, reset"
					   : "a number from 1 to 255");
	if (is_host)
		rule->host_status = (uint8_t)number;
	else
		rule->status = (uint8_t)number;
	return 0;
}

static int parse_amount(const char *key, const char *value, struct fault_rule *rule, struct discern_error *err)
{
	const char *expected = "a number of sectors";
	int64_t min = 1, max = UINT32_MAX, number;

	rule->effect = FAULT_CAPACITY;
	if (strcmp(key, "short") == 0) {
		rule->effect = FAULT_SHORT;
		min = 0;
		expected = "a number of bytes";
	} else if (strcmp(key, "flip") == 0) {
		rule->effect = FAULT_FLIP;
		max = 1000;
		expected = "1 to 1000 bits";
	} else if (strcmp(key, "c2") == 0) {
		rule->effect = FAULT_C2;
		max = 2352;
		expected = "1 to 2352 bytes";
	} else if (strcmp(key, "jitter") == 0) {
		rule->effect = FAULT_JITTER;
		max = VDRIVE_MAX_OFFSET_SAMPLES;
		expected = "1 to 11760 samples";
	}
	if (!text_to_number(value, min, max, &number))
		return wrong_value(err, key, value, expected);
	rule->amount = (uint32_t)number;
	return 0;
}

static int parse_exchange(const char *value, struct fault_rule *rule, struct discern_error *err)
{
	rule->effect = FAULT_EXCHANGE;
	if (value[0] == '\0')
		return wrong_value(err, "exchange", value, "a virtual disc or an image");
	rule->path = strdup(value);
	return rule->path != NULL ? 0 : discern_error_set(err, -ENOMEM, "fault: no memory");
}

static const struct event *find_event(const char *word)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(word, events[i].word) == 0)
			return &events[i];
	return NULL;
}

/* What happens: one word of this kind in a rule. */
static int parse_effect(const char *key, const char *value, struct fault_rule *rule, struct discern_error *err)
{
	const struct event *event = find_event(key);

	if (rule->effect != FAULT_NOTHING) {
		discern_error_set(err, -EINVAL, "fault: %s=%s: a rule has one of sense, status and host", key, value);
		discern_error_hint(err, "or another word that tells what happens; a second rule may tell more");
		return -EINVAL;
	}
	if (strcmp(key, "sense") == 0)
		return parse_sense(value, rule, err);
	if (strcmp(key, "status") == 0 || strcmp(key, "host") == 0)
		return parse_status(key, value, rule, err);
	if (strcmp(key, "exchange") == 0)
		return parse_exchange(value, rule, err);
	if (strcmp(key, "short") == 0 || strcmp(key, "capacity") == 0 || strcmp(key, "c2") == 0 ||
	    strcmp(key, "jitter") == 0 || (value[0] != '\0' && strcmp(key, "flip") == 0))
		return parse_amount(key, value, rule, err);
	if (value[0] != '\0')
		return wrong_value(err, key, value, "no value");
	rule->effect = event->effect;
	rule->key = event->key;
	rule->asc = event->asc;
	rule->ascq = event->ascq;
	rule->status = event->effect == FAULT_SENSE ? STATUS_CHECK_CONDITION : 0;
	rule->amount = event->effect == FAULT_FLIP ? 1 : 0;
	rule->is_unreadable = strcmp(key, "read-error") == 0;
	return 0;
}

static int parse_count(const char *key, const char *value, struct fault_rule *rule, struct discern_error *err)
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

static int parse_chance(const char *key, const char *value, struct fault_rule *rule, struct discern_error *err)
{
	int64_t seed;

	if (strcmp(key, "probability") == 0) {
		rule->has_probability = true;
		return words_to_share(value, &rule->probability)
			       ? 0
			       : wrong_value(err, key, value, "a number from 0 to 1 or 0% to 100%");
	}
	if (!text_to_number(value, 0, INT64_MAX, &seed))
		return wrong_value(err, key, value, "a number");
	rule->random_state = random_mix((uint64_t)seed);
	return 0;
}

static bool is_any_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static int parse_word(char *word, struct fault_rule *rule, struct discern_error *err)
{
	static const char *const counts[] = { "skip", "count", "delay", NULL };
	static const char *const chances[] = { "probability", "seed", NULL };
	static const char *const effects[] = { "sense", "status", "host",     "short", "capacity",
					       "c2",    "jitter", "exchange", NULL };
	char *equals = strchr(word, '=');
	const char *value = "";

	if (equals != NULL) {
		*equals = '\0';
		value = equals + 1;
	}
	if (rule->is_mark)
		return damage_parse_word(word, value, &rule->marks, err);
	if (rule->is_protection)
		return protection_parse_word(word, value, &rule->protection, err);
	if (strcmp(word, "lba") == 0) {
		rule->has_lba = true;
		return words_to_lba(value, &rule->first_lba, &rule->last_lba, err);
	}
	if (is_any_of(word, counts))
		return parse_count(word, value, rule, err);
	if (is_any_of(word, chances))
		return parse_chance(word, value, rule, err);
	if (is_any_of(word, effects) || find_event(word) != NULL)
		return parse_effect(word, value, rule, err);
	discern_error_set(err, -EINVAL, "fault: \"%s\" is not known", word);
	discern_error_hint(err, "after the operation: lba=A-B skip=N count=N probability=P seed=N, and what happens: "
				"sense=K/ASC/ASCQ status=N host=N delay=MS read-error write-error short=N flip c2=N "
				"jitter=N stale capacity=N remove exchange=FILE tray power-loss underrun unplug");
	return -EINVAL;
}

static int check_rule(const struct fault_rule *rule, struct discern_error *err)
{
	if (rule->is_mark)
		return damage_check(&rule->marks, err);
	if (rule->is_protection)
		return 0;
	if (rule->effect == FAULT_NOTHING && rule->delay_ms == 0) {
		discern_error_set(err, -EINVAL, "fault: the rule does nothing");
		discern_error_hint(err, "add one of sense=K/ASC/ASCQ, status=N, host=N, delay=MS, or another word");
		return -EINVAL;
	}
	if (rule->has_lba && rule->operation == OPERATION_OPCODE && !has_address(rule->opcode))
		return discern_error_set(err, -EINVAL, "fault: command 0x%02x has no lba", rule->opcode);
	if ((rule->effect == FAULT_C2 || rule->effect == FAULT_JITTER) &&
	    (rule->operation == OPERATION_WRITE ||
	     (rule->operation == OPERATION_OPCODE && !faults_is_read_cd(rule->opcode))))
		return discern_error_set(err, -EINVAL, "fault: c2 and jitter are of READ CD");
	if (rule->effect == FAULT_CAPACITY && rule->has_lba)
		return discern_error_set(err, -EINVAL, "fault: READ CAPACITY has no lba");
	return 0;
}

/* The next word; a file's name reaches to the end of the rule, so that it may have blanks in it. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t"), *end;

	if (*word == '\0')
		return NULL;
	end = strncmp(word, "exchange=", 9) == 0 ? word + strlen(word) : word + strcspn(word, " \t");
	*rest = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

static int parse_words(char *text, struct fault_rule *rule, struct discern_error *err)
{
	char *word = next_word(&text);
	int ret = 0;

	if (word == NULL) {
		discern_error_set(err, -EINVAL, "fault: the rule is empty");
		discern_error_hint(err, "such as: read lba=100-104 sense=3/11/05");
		return -EINVAL;
	}
	if (damage_is_kind(word)) {
		rule->is_mark = true;
		damage_init(word, &rule->marks);
	} else if (protection_is_word(word)) {
		rule->is_protection = true;
		ret = parse_word(word, rule, err);
	} else {
		ret = parse_operation(word, rule, err);
	}
	while (ret == 0 && (word = next_word(&text)) != NULL)
		ret = parse_word(word, rule, err);
	return ret == 0 ? check_rule(rule, err) : ret;
}

int fault_rule_parse(const char *text, struct fault_rule *ret_rule, struct discern_error *err)
{
	AUTO_FREE char *copy = strdup(text);
	int ret = -ENOMEM;

	memset(ret_rule, 0, sizeof(*ret_rule));
	ret_rule->random_state = random_mix(1);
	ret_rule->text = strdup(text);
	if (copy == NULL || ret_rule->text == NULL)
		discern_error_set(err, ret, "fault: no memory");
	else
		ret = parse_words(copy, ret_rule, err);
	if (ret < 0)
		fault_rule_release(ret_rule);
	return ret;
}

void fault_rule_release(struct fault_rule *rule)
{
	free(rule->text);
	free(rule->path);
	rule->text = rule->path = NULL;
}
