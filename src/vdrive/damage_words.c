/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks on a disc, in words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "vdrive/damage.h"
#include "vdrive/words.h"

struct kind {
	const char *word;
	struct damage_marks usual;
};

/* Of real scratches most of what is under them can be read with patience; protection is meant never to be. */
static const struct kind kinds[] = {
	{ "scratch", { DAMAGE_SCRATCH, .width_mm = 1, .count = 1, .seed = 1, .severity = 0.1, .dead = 0.3 } },
	{ "ring", { DAMAGE_RING, .seed = 1, .severity = 1, .dead = 0.5 } },
	{ "rot", { DAMAGE_ROT, .seed = 1, .severity = 0.2, .dead = 0.3 } },
	{ "design", { DAMAGE_DESIGN, .count = 500, .length = 1, .seed = 1, .severity = 1, .dead = 1 } },
	/* What manufacturing leaves, and wear adds: some units here and there. */
	{ "defect", { DAMAGE_DEFECT, .is_on_write = true, .seed = 1, .severity = 0.1, .dead = 1 } },
};

static const struct kind *find_kind(const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(word, kinds[i].word) == 0)
			return &kinds[i];
	return NULL;
}

bool damage_is_kind(const char *word)
{
	return find_kind(word) != NULL;
}

void damage_init(const char *word, struct damage_marks *ret_marks)
{
	const struct kind *kind = find_kind(word);

	*ret_marks = kind != NULL ? kind->usual : kinds[0].usual;
}

static int wrong_value(struct discern_error *err, const char *key, const char *value, const char *expected)
{
	return discern_error_set(err, -EINVAL, "fault: %s=%s: it takes %s", key, value, expected);
}

static int parse_radius(const char *value, struct damage_marks *marks, struct discern_error *err)
{
	const char *dash = strchr(value, '-');
	AUTO_FREE char *first = dash != NULL ? strndup(value, (size_t)(dash - value)) : NULL;

	if (first == NULL || !words_to_decimal(first, 0, 60, &marks->first_mm) ||
	    !words_to_decimal(dash + 1, 0, 60, &marks->last_mm) || marks->last_mm <= marks->first_mm)
		return wrong_value(err, "radius", value, "A-B in millimetres, such as 30-40");
	marks->has_radius = true;
	return 0;
}

static int parse_number(const char *key, const char *value, struct damage_marks *marks, struct discern_error *err)
{
	bool is_seed = strcmp(key, "seed") == 0;
	int64_t number;

	if (!text_to_number(value, is_seed ? 0 : 1, is_seed ? INT64_MAX : 100000, &number))
		return wrong_value(err, key, value, is_seed ? "a number" : "a number from 1 to 100000");
	if (is_seed)
		marks->seed = (uint64_t)number;
	else if (strcmp(key, "count") == 0)
		marks->count = (uint32_t)number;
	else
		marks->length = (uint32_t)number;
	return 0;
}

static int parse_share(const char *key, const char *value, struct damage_marks *marks, struct discern_error *err)
{
	double share;

	if (!words_to_share(value, &share))
		return wrong_value(err, key, value, "a share from 0 to 1 or 0% to 100%");
	if (strcmp(key, "severity") == 0)
		marks->severity = share;
	else
		marks->dead = share;
	return 0;
}

static int parse_scratch_word(const char *key, const char *value, struct damage_marks *marks, struct discern_error *err)
{
	if (strcmp(key, "width") == 0)
		return words_to_decimal(value, 0.001, 20, &marks->width_mm)
			       ? 0
			       : wrong_value(err, key, value, "0.001 to 20 millimetres");
	marks->has_angle = true;
	return words_to_decimal(value, 0, 0.999999, &marks->angle)
		       ? 0
		       : wrong_value(err, key, value, "0 to 0.999999 of a turn");
}

static int parse_use(const char *value, struct damage_marks *marks, struct discern_error *err)
{
	if (strcmp(value, "read") != 0 && strcmp(value, "write") != 0)
		return wrong_value(err, "on", value, "read or write");
	marks->is_on_write = strcmp(value, "write") == 0;
	return 0;
}

static bool is_one_of(const char *key, const char *first, const char *second)
{
	return strcmp(key, first) == 0 || strcmp(key, second) == 0;
}

int damage_parse_word(const char *key, const char *value, struct damage_marks *marks, struct discern_error *err)
{
	bool has_count = marks->kind == DAMAGE_SCRATCH || marks->kind == DAMAGE_DESIGN;

	if (strcmp(key, "lba") == 0) {
		marks->has_lba = true;
		return words_to_lba(value, &marks->first_lba, &marks->last_lba, err);
	}
	if (strcmp(key, "radius") == 0)
		return parse_radius(value, marks, err);
	if (strcmp(key, "on") == 0)
		return parse_use(value, marks, err);
	if (strcmp(key, "seed") == 0 || (has_count && strcmp(key, "count") == 0) ||
	    (marks->kind == DAMAGE_DESIGN && strcmp(key, "length") == 0))
		return parse_number(key, value, marks, err);
	if (is_one_of(key, "severity", "dead"))
		return parse_share(key, value, marks, err);
	if (marks->kind == DAMAGE_SCRATCH && is_one_of(key, "width", "angle"))
		return parse_scratch_word(key, value, marks, err);
	discern_error_set(err, -EINVAL, "fault: \"%s\" is not known of such a mark", key);
	discern_error_hint(
		err, "lba=A-B radius=A-B seed=N severity=P dead=P on=read|write; scratch: count=N width=MM angle=T; "
		     "design: count=N length=N");
	return -EINVAL;
}

int damage_check(const struct damage_marks *marks, struct discern_error *err)
{
	if (marks->has_lba && marks->has_radius)
		return discern_error_set(err, -EINVAL, "fault: a mark lies at an lba or at a radius, not at both");
	if (marks->kind == DAMAGE_RING && !marks->has_lba && !marks->has_radius)
		return discern_error_set(err, -EINVAL, "fault: a ring needs lba=A-B or radius=A-B");
	return 0;
}
