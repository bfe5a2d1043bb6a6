/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/copies.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- copies or not ---- */

struct comparison {
	const struct copies *copies;
	char identities[DISCERN_RIP_MAX_DRIVES][IDENTITY_SIZE];
};

static unsigned count_like(const struct comparison *comparison, size_t i)
{
	unsigned n = 0;

	for (size_t k = 0; k < comparison->copies->n; k++)
		n += identity_matches(comparison->identities[i], comparison->identities[k]);
	return n;
}

/* What most of them are; the first one, where none is in the majority. */
static size_t find_usual(const struct comparison *comparison)
{
	size_t best = 0;

	for (size_t i = 1; i < comparison->copies->n; i++)
		if (count_like(comparison, i) > count_like(comparison, best))
			best = i;
	return best;
}

static int tell_odd(const struct comparison *comparison, size_t usual, size_t odd, struct discern_error *err)
{
	const struct rip_copy *all = comparison->copies->all;
	char words[128];

	identity_tell_difference(comparison->identities[odd], comparison->identities[usual], words, sizeof(words));
	discern_error_set(err, -ESTALE, "%s holds another disc than %s: %s", all[odd].path, all[usual].path, words);
	discern_error_hint(err, "put a copy of the same disc in, or leave %s out", all[odd].name);
	return -ESTALE;
}

/* Drives that tell different sizes of copies do so by a few sectors. */
static int compare_capacity(const struct comparison *comparison, size_t i, struct discern_error *err)
{
	enum { TOLERANCE = 32 };
	const struct rip_copy *first = &comparison->copies->all[0], *other = &comparison->copies->all[i];
	int64_t a = first->medium->read_capacity_sectors, b = other->medium->read_capacity_sectors;

	if (a == 0 || b == 0 || (a - b <= TOLERANCE && b - a <= TOLERANCE))
		return 0;
	discern_error_set(err, -ESTALE, "%s holds another disc than %s: %" PRId64 " sectors, not %" PRId64, other->path,
			  first->path, b, a);
	discern_error_hint(err, "put a copy of the same disc in, or leave one of them out");
	return -ESTALE;
}

int copies_compare(const struct copies *copies, const struct rip_plan *plan, char ret_identity[IDENTITY_SIZE],
		   struct discern_error *err)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	size_t usual;
	int ret = 0;

	if (comparison == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	comparison->copies = copies;
	for (size_t i = 0; ret == 0 && i < copies->n; i++)
		ret = identity_make(copies->all[i].medium, copies->all[i].source, plan, comparison->identities[i], err);
	usual = find_usual(comparison);
	for (size_t i = 0; ret == 0 && i < copies->n; i++)
		if (!identity_matches(comparison->identities[usual], comparison->identities[i]))
			ret = tell_odd(comparison, usual, i, err);
	for (size_t i = 1; ret == 0 && i < copies->n; i++)
		ret = compare_capacity(comparison, i, err);
	if (ret == 0)
		memcpy(ret_identity, comparison->identities[0], IDENTITY_SIZE);
	for (size_t i = 1; ret == 0 && i < copies->n; i++)
		identity_complete(ret_identity, comparison->identities[i]);
	free(comparison);
	return ret;
}

/* ---- one source ---- */

struct any_copy {
	struct discern_source base;
	struct copies copies;
};

static int read_any(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		    struct discern_error *err)
{
	struct any_copy *any = (struct any_copy *)base;
	int ret = source_read(any->copies.all[0].source, lba, n_sectors, buffer, err);

	for (size_t i = 1; ret == -EIO && i < any->copies.n; i++)
		ret = source_read(any->copies.all[i].source, lba, n_sectors, buffer, err);
	return ret;
}

static void close_any(struct discern_source *base)
{
	free(base);
}

struct discern_source *copies_source(const struct copies *copies)
{
	static const struct discern_source_ops ops = { .read = read_any, .close = close_any };
	const struct discern_source *first = copies->all[0].source;
	struct any_copy *any = calloc(1, sizeof(*any));

	if (any == NULL)
		return NULL;
	any->copies = *copies;
	any->base.ops = &ops;
	any->base.n_sectors = first->n_sectors;
	any->base.preferred_sectors = first->preferred_sectors;
	any->base.ecc_sectors = first->ecc_sectors;
	return &any->base;
}
