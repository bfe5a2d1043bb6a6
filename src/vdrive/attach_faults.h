/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of an attached drive that were given with it or while it runs, in their order. */
#ifndef VDRIVE_ATTACH_FAULTS_H
#define VDRIVE_ATTACH_FAULTS_H

#include <stddef.h>

#include <discern/error.h>

#include "vdrive/vdrive.h"

struct attach_faults {
	struct vdrive *drive;
	char **rules;
	size_t n_rules;
};

/** -EINVAL with words. */
int attach_faults_add(struct attach_faults *faults, const char *rule, struct discern_error *err);

/** The rule with this number, from 1, or all of them with 0. -ENOENT. */
int attach_faults_remove(struct attach_faults *faults, unsigned number, struct discern_error *err);

/** "" behind the last one. */
const char *attach_faults_get(const struct attach_faults *faults, unsigned number);

void attach_faults_release(struct attach_faults *faults);

#endif
