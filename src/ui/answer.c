/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/answer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ui/printable.h"
#include "ui/progress_line.h"

struct answer {
	json_t *root;
};

static void *must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "discern: out of memory\n");
		abort();
	}
	return p;
}

static struct answer *wrap(json_t *root)
{
	struct answer *answer = must(calloc(1, sizeof(*answer)));

	answer->root = must(root);
	return answer;
}

struct answer *answer_new(void)
{
	return wrap(json_object());
}

struct answer *answer_parse(const char *text, size_t size)
{
	json_t *root = json_loadb(text, size, 0, NULL);

	if (json_is_object(root))
		return wrap(root);
	json_decref(root);
	return NULL;
}

struct answer *answer_keep(const struct answer *answer)
{
	return answer != NULL ? wrap(json_incref(answer->root)) : NULL;
}

struct answer *answer_free(struct answer *answer)
{
	if (answer == NULL)
		return NULL;
	json_decref(answer->root);
	free(answer);
	return NULL;
}

static const json_t *find(const struct answer *answer, const char *key)
{
	const json_t *value = answer != NULL ? answer->root : NULL;
	char name[64];

	while (value != NULL && *key != '\0') {
		size_t length = strcspn(key, ".");

		if (length >= sizeof(name))
			return NULL;
		memcpy(name, key, length);
		name[length] = '\0';
		value = json_object_get(value, name);
		key += length + (key[length] == '.');
	}
	return value;
}

const char *answer_string(const struct answer *answer, const char *key)
{
	const char *value = json_string_value(find(answer, key));

	return value != NULL ? value : "";
}

int64_t answer_number(const struct answer *answer, const char *key)
{
	const json_t *value = find(answer, key);
	double real = json_number_value(value);

	if (json_is_integer(value))
		return json_integer_value(value);
	return real > 1e15 ? (int64_t)1e15 : real < -1e15 ? (int64_t)-1e15 : (int64_t)real;
}

bool answer_bool(const struct answer *answer, const char *key)
{
	return json_is_true(find(answer, key));
}

bool answer_has(const struct answer *answer, const char *key)
{
	const json_t *value = find(answer, key);

	return value != NULL && !json_is_null(value);
}

static void set(struct answer *answer, const char *key, json_t *value)
{
	if (json_object_set_new(answer->root, key, must(value)) != 0)
		must(NULL);
}

void answer_set_string(struct answer *answer, const char *key, const char *value)
{
	char *clean = must(printable_utf8(value != NULL ? value : ""));

	set(answer, key, clean[0] != '\0' ? json_string(clean) : json_null());
	free(clean);
}

void answer_set_number(struct answer *answer, const char *key, int64_t value)
{
	set(answer, key, json_integer(value));
}

void answer_set_bool(struct answer *answer, const char *key, bool value)
{
	set(answer, key, json_boolean(value));
}

void answer_set_answer(struct answer *answer, const char *key, const struct answer *value)
{
	set(answer, key, value != NULL ? json_incref(value->root) : json_null());
}

void answer_print(const struct answer *answer, FILE *out)
{
	json_dumpf(answer->root, out, JSON_REAL_PRECISION(10));
	fputc('\n', out);
}

static bool find_phase(const char *name, enum discern_phase *ret_phase)
{
	for (int phase = 0; strcmp(progress_phase_name((enum discern_phase)phase), "work") != 0; phase++) {
		*ret_phase = (enum discern_phase)phase;
		if (strcmp(progress_phase_name(*ret_phase), name) == 0)
			return true;
	}
	return false;
}

/* A number that fits; missing where there is none. */
static uint32_t amount(const struct answer *answer, const char *key, uint32_t missing)
{
	int64_t value = answer_number(answer, key);

	return !answer_has(answer, key) || value < 0 || value > UINT32_MAX ? missing : (uint32_t)value;
}

bool answer_progress(const struct answer *answer, struct discern_progress *ret_state, double *ret_seconds)
{
	double x = json_number_value(find(answer, "speed_x"));
	int64_t done = answer_number(answer, "done_bytes"), total = answer_number(answer, "total_bytes");
	int64_t bad = answer_number(answer, "bad_bytes"), retry = answer_number(answer, "retry_bytes");

	memset(ret_state, 0, sizeof(*ret_state));
	if (!find_phase(answer_string(answer, "phase"), &ret_state->phase) || done < 0 || total < 0 || bad < 0)
		return false;
	ret_state->done_bytes = (uint64_t)done;
	ret_state->total_bytes = (uint64_t)total;
	ret_state->bad_bytes = (uint64_t)bad;
	ret_state->retry_bytes = retry > 0 ? (uint64_t)retry : 0;
	ret_state->speed_kbps = amount(answer, "speed_kbps", 0);
	if (x >= 0.01 && x < 10000)
		ret_state->speed_1x_kbps = (uint32_t)(ret_state->speed_kbps / x + 0.5);
	ret_state->seconds_left = amount(answer, "seconds_left", UINT32_MAX);
	ret_state->seconds_left_bad = amount(answer, "seconds_left_bad", UINT32_MAX);
	ret_state->fifo_percent = (uint8_t)amount(answer, "fifo_percent", DISCERN_PERCENT_UNKNOWN);
	ret_state->drive_buffer_percent = (uint8_t)amount(answer, "drive_buffer_percent", DISCERN_PERCENT_UNKNOWN);
	*ret_seconds = json_number_value(find(answer, "seconds"));
	return true;
}
