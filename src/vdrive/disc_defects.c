/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_defects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "vdrive/disc_state.h"

/* In the file, behind the sectors: for each spare unit in the order of their use the unit that it stands for, counted
 * from 1; 0 for those that are free. A unit that was replaced twice stands there twice, and the later one counts. */
enum { ENTRY_BYTES = 4, TABLE_ALIGNMENT = 65536 };

struct disc_defects {
	uint32_t n_units, n_used, n_replaced;
	/** Of each unit the spare that stands for it, counted from 1. */
	uint32_t *spares;
};

bool disc_manages_defects(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;

	if (disc->is_pressed)
		return false;
	return state->n_spares > 0 || state->profile->number == DISCERN_PROFILE_DVD_RAM;
}

static uint32_t unit_sectors(const struct disc *disc)
{
	return disc->state.profile->ecc_sectors;
}

static uint32_t primary_units(const struct disc *disc)
{
	return disc->state.profile->number == DISCERN_PROFILE_DVD_RAM ? DISC_PRIMARY_SPARES / unit_sectors(disc) : 0;
}

static uint32_t spare_units(const struct disc *disc)
{
	return disc_manages_defects(disc) ? primary_units(disc) + disc->state.n_spares / unit_sectors(disc) : 0;
}

static uint32_t used_units(const struct disc *disc)
{
	return disc->defects != NULL ? disc->defects->n_used : 0;
}

void disc_spare_areas(const struct disc *disc, struct disc_spare_areas *ret_areas)
{
	uint32_t unit = unit_sectors(disc), primary = primary_units(disc), n_used = used_units(disc);
	uint32_t n_used_primary = n_used < primary ? n_used : primary;

	*ret_areas = (struct disc_spare_areas){
		.primary_sectors = primary * unit,
		.primary_free = (primary - n_used_primary) * unit,
		.n_sectors = disc->state.n_spares,
		.n_free = disc->state.n_spares - (n_used - n_used_primary) * unit,
	};
}

uint32_t disc_n_replaced(const struct disc *disc)
{
	return disc->defects != NULL ? disc->defects->n_replaced : 0;
}

int64_t disc_next_replaced(const struct disc *disc, int64_t lba)
{
	uint32_t unit = unit_sectors(disc);

	if (disc_n_replaced(disc) == 0)
		return -1;
	for (int64_t i = (lba + unit - 1) / unit; i < disc->defects->n_units; i++)
		if (disc->defects->spares[i] != 0)
			return i * unit;
	return -1;
}

/* The supplementary and outer spare areas lie behind the user area, the primary one before it. */
static int64_t spare_place(const struct disc *disc, uint32_t spare)
{
	int64_t primary = primary_units(disc), unit = unit_sectors(disc);

	return spare < primary ? ((int64_t)spare - primary) * unit : disc->state.n_sectors + (spare - primary) * unit;
}

int64_t disc_place(const struct disc *disc, int64_t lba)
{
	uint32_t unit = unit_sectors(disc);

	if (disc_n_replaced(disc) == 0 || lba < 0 || lba / unit >= disc->defects->n_units ||
	    disc->defects->spares[lba / unit] == 0)
		return lba;
	return spare_place(disc, disc->defects->spares[lba / unit] - 1) + lba % unit;
}

static struct disc_defects *make_defects(const struct disc *disc)
{
	struct disc_defects *defects = calloc(1, sizeof(*defects));

	if (defects == NULL)
		return NULL;
	defects->n_units = (disc_state_all_sectors(&disc->state) + unit_sectors(disc) - 1) / unit_sectors(disc);
	defects->spares = calloc(defects->n_units, sizeof(*defects->spares));
	if (defects->spares != NULL)
		return defects;
	free(defects);
	return NULL;
}

static off_t table_offset(const struct disc *disc)
{
	uint64_t end = disc->state.data_offset + (uint64_t)disc_state_all_sectors(&disc->state) * DISC_SECTOR;

	return (off_t)((end + TABLE_ALIGNMENT - 1) / TABLE_ALIGNMENT * TABLE_ALIGNMENT);
}

static void enter(struct disc_defects *defects, uint32_t unit)
{
	defects->n_replaced += defects->spares[unit] == 0;
	defects->spares[unit] = ++defects->n_used;
}

int disc_replace_unit(struct disc *disc, int32_t lba, int64_t *ret_place)
{
	struct disc_defects *defects = disc->defects;
	uint8_t entry[ENTRY_BYTES];
	uint32_t unit;

	if (!disc_manages_defects(disc) || lba < 0 || (uint32_t)lba >= disc->state.n_sectors)
		return -EROFS;
	if (used_units(disc) >= spare_units(disc))
		return -ENOSPC;
	if (defects == NULL)
		defects = disc->defects = make_defects(disc);
	if (defects == NULL)
		return -ENOMEM;
	unit = (uint32_t)lba / unit_sectors(disc);
	put_be32(entry, unit + 1);
	if (disc_store(disc, entry, sizeof(entry), table_offset(disc) + (off_t)defects->n_used * ENTRY_BYTES) < 0)
		return -EIO;
	enter(defects, unit);
	*ret_place = spare_place(disc, defects->n_used - 1);
	return 0;
}

void disc_forget_replaced(struct disc *disc)
{
	if (disc->defects == NULL)
		return;
	free(disc->defects->spares);
	free(disc->defects);
	disc->defects = NULL;
}

/* Entries up to the first free one. */
static int take_entries(struct disc *disc, const uint8_t *table, uint32_t n_entries, struct discern_error *err)
{
	for (uint32_t i = 0; i < n_entries; i++) {
		uint32_t unit = get_be32(table + (size_t)i * ENTRY_BYTES);

		if (unit == 0)
			return 0;
		if (disc->defects == NULL)
			disc->defects = make_defects(disc);
		if (disc->defects == NULL)
			return discern_error_set(err, -ENOMEM, "no memory for the table of spare units");
		if (unit > disc->state.n_sectors / unit_sectors(disc))
			return discern_error_set(err, -EINVAL,
						 "spare unit %u of the virtual disc stands for unit %u, which is not "
						 "there",
						 i, unit - 1);
		enter(disc->defects, unit - 1);
	}
	return 0;
}

int disc_load_replaced(struct disc *disc, struct discern_error *err)
{
	uint32_t n_entries = spare_units(disc);
	uint8_t *table;
	ssize_t got;
	int ret = 0;

	if (n_entries == 0)
		return 0;
	table = calloc(n_entries, ENTRY_BYTES);
	if (table == NULL)
		return discern_error_set(err, -ENOMEM, "no memory for the table of spare units");
	/* The file ends where the table does, or before it if no spare was ever taken. */
	got = file_read_at(disc->fd, table, (size_t)n_entries * ENTRY_BYTES, table_offset(disc));
	if (got < 0)
		ret = discern_error_set(err, (int)got, "cannot read the table of spare units: %s", strerror(-(int)got));
	else
		ret = take_entries(disc, table, n_entries, err);
	free(table);
	return ret;
}
