/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/attach_faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* A program that adds rules without end is told so. */
enum { MAX_RULES = 1000 };

int attach_faults_add(struct attach_faults *faults, const char *rule, struct discern_error *err)
{
	char **rules, *copy;
	int ret;

	if (faults->n_rules == MAX_RULES)
		return discern_error_set(err, -ENOSPC, "a drive has at most %d rules", MAX_RULES);
	rules = reallocarray(faults->rules, faults->n_rules + 1, sizeof(*rules));
	copy = strdup(rule);
	if (rules != NULL)
		faults->rules = rules;
	if (rules == NULL || copy == NULL) {
		free(copy);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	rules[faults->n_rules] = copy;
	ret = vdrive_replace_given_faults(faults->drive, rules, faults->n_rules + 1, err);
	if (ret < 0)
		free(copy);
	else
		faults->n_rules++;
	return ret;
}

int attach_faults_remove(struct attach_faults *faults, unsigned number, struct discern_error *err)
{
	char *rule;
	int ret;

	if (number == 0) {
		ret = vdrive_replace_given_faults(faults->drive, NULL, 0, err);
		if (ret == 0)
			attach_faults_release(faults);
		return ret;
	}
	if (number > faults->n_rules)
		return discern_error_set(err, -ENOENT, "there is no rule %u, only %zu", number, faults->n_rules);
	rule = faults->rules[number - 1];
	memmove(faults->rules + number - 1, faults->rules + number,
		(faults->n_rules - number) * sizeof(*faults->rules));
	ret = vdrive_replace_given_faults(faults->drive, faults->rules, faults->n_rules - 1, err);
	if (ret < 0) {
		memmove(faults->rules + number, faults->rules + number - 1,
			(faults->n_rules - number) * sizeof(*faults->rules));
		faults->rules[number - 1] = rule;
		return ret;
	}
	faults->n_rules--;
	free(rule);
	return 0;
}

const char *attach_faults_get(const struct attach_faults *faults, unsigned number)
{
	return number >= 1 && number <= faults->n_rules ? faults->rules[number - 1] : "";
}

void attach_faults_release(struct attach_faults *faults)
{
	for (size_t i = 0; i < faults->n_rules; i++)
		free(faults->rules[i]);
	free(faults->rules);
	faults->rules = NULL;
	faults->n_rules = 0;
}
