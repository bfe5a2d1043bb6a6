/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_copies.h"

#include <stdlib.h>
#include <string.h>

/* Sectors at a time, each in the slot of its address, and copies of each: 21 MB at most. */
enum { N_SLOTS = 2048, MOST_COPIES = 4 };

struct copy {
	uint8_t data[SECTOR_RAW];
	/** Where has_c2: one bit a byte that may be wrong. */
	uint8_t c2[SECTOR_C2];
	bool has_c2;
};

struct slot {
	int32_t lba;
	/** As many as were ever there: the oldest ones are replaced. */
	unsigned n_copies;
	struct copy *copies[MOST_COPIES];
	/** Copy 0 is the sector. */
	bool is_whole;
	unsigned n_bytes;
};

struct cd_copies {
	struct slot slots[N_SLOTS];
};

static bool is_user_form(enum sector_form form)
{
	return form == SECTOR_MODE_1 || form == SECTOR_MODE_2_FORM_1;
}

enum cd_proof cd_prove(const uint8_t sector[SECTOR_RAW], int32_t lba)
{
	int32_t found;

	if (!is_user_form(sector_find_form(sector)))
		return CD_NOT_DATA;
	if (!sector_is_sound(sector))
		return CD_WRONG;
	return sector_header_lba(sector, &found) && found == lba ? CD_PROVEN : CD_ELSEWHERE;
}

static bool is_doubtful(const struct copy *copy, size_t at)
{
	return copy->has_c2 && copy->c2[at / 8] & 0x80 >> at % 8;
}

static void set_doubtful(uint8_t c2[SECTOR_C2], size_t at)
{
	c2[at / 8] |= (uint8_t)(0x80 >> at % 8);
}

/* Sync and address are known. What the drive itself has pointed out in them is put right; but an address that it is sure
 * of and that is another one says that this is another sector. */
static bool set_head(struct copy *copy, int32_t lba)
{
	uint8_t head[SECTOR_RAW] = { 0 };

	sector_seal(head, lba, SECTOR_MODE_1);
	for (size_t at = SECTOR_HEADER_AT; at < SECTOR_HEADER_AT + 3; at++)
		if (copy->data[at] != head[at] && !is_doubtful(copy, at))
			return false;
	memcpy(copy->data, head, SECTOR_HEADER_AT + 3);
	/* Of the mode there are two. */
	if (copy->data[SECTOR_HEADER_AT + 3] != 1 && copy->data[SECTOR_HEADER_AT + 3] != 2)
		copy->data[SECTOR_HEADER_AT + 3] = 1;
	return true;
}

/* The byte that most copies have; doubtful where none is sure of it, or as many have another. */
static uint8_t vote(const struct slot *slot, size_t at, bool *ret_doubtful)
{
	unsigned n = slot->n_copies < MOST_COPIES ? slot->n_copies : MOST_COPIES, n_best = 0, n_second = 0;
	uint8_t best = slot->copies[0]->data[at];

	for (unsigned i = 0; i < n; i++) {
		unsigned n_same = 0;
		uint8_t value = slot->copies[i]->data[at];

		if (is_doubtful(slot->copies[i], at))
			continue;
		for (unsigned k = 0; k < n; k++)
			n_same += !is_doubtful(slot->copies[k], at) && slot->copies[k]->data[at] == value;
		if (n_same > n_best) {
			n_second = n_best;
			n_best = n_same;
			best = value;
		} else if (value != best && n_same > n_second) {
			n_second = n_same;
		}
	}
	*ret_doubtful = n_best == 0 || n_second >= n_best;
	return best;
}

static unsigned count_changes(const uint8_t *a, const uint8_t *b)
{
	unsigned n = 0;

	for (size_t i = 0; i < SECTOR_RAW; i++)
		n += a[i] != b[i];
	return n;
}

/* The sector is this one, mended; as_read is what the drive gave. */
static bool finish(struct slot *slot, const uint8_t sector[SECTOR_RAW], const uint8_t as_read[SECTOR_RAW])
{
	slot->n_bytes = count_changes(sector, as_read);
	memmove(slot->copies[0]->data, sector, SECTOR_RAW);
	slot->is_whole = true;
	return true;
}

static bool try_mend(uint8_t sector[SECTOR_RAW], const uint8_t *c2, int32_t lba)
{
	/* Where the mode may be wrong itself, both are tried. */
	uint8_t other[SECTOR_RAW];

	memcpy(other, sector, SECTOR_RAW);
	if (sector_correct(sector, c2) >= 0 && cd_prove(sector, lba) == CD_PROVEN)
		return true;
	if (c2 == NULL || !(c2[(SECTOR_HEADER_AT + 3) / 8] & 0x80 >> (SECTOR_HEADER_AT + 3) % 8))
		return false;
	other[SECTOR_HEADER_AT + 3] = other[SECTOR_HEADER_AT + 3] == 1 ? 2 : 1;
	memcpy(sector, other, SECTOR_RAW);
	return sector_correct(sector, c2) >= 0 && cd_prove(sector, lba) == CD_PROVEN;
}

/* All copies laid over each other. */
static bool combine(struct slot *slot, const uint8_t as_read[SECTOR_RAW])
{
	uint8_t sector[SECTOR_RAW], c2[SECTOR_C2] = { 0 };

	for (size_t at = 0; at < SECTOR_RAW; at++) {
		bool is_open;

		sector[at] = vote(slot, at, &is_open);
		if (is_open)
			set_doubtful(c2, at);
	}
	return try_mend(sector, c2, slot->lba) && finish(slot, sector, as_read);
}

struct cd_copies *cd_copies_new(void)
{
	return calloc(1, sizeof(struct cd_copies));
}

static void clear(struct slot *slot)
{
	for (unsigned i = 0; i < MOST_COPIES; i++)
		free(slot->copies[i]);
	memset(slot, 0, sizeof(*slot));
}

struct cd_copies *cd_copies_free(struct cd_copies *copies)
{
	for (size_t i = 0; copies != NULL && i < N_SLOTS; i++)
		clear(&copies->slots[i]);
	free(copies);
	return NULL;
}

static const struct slot *slot_of(const struct cd_copies *copies, int32_t lba)
{
	return &copies->slots[(uint32_t)lba % N_SLOTS];
}

/* A place for one more copy; NULL if memory is out. */
static struct copy *make_room(struct slot *slot, int32_t lba)
{
	struct copy **room;

	if (slot->n_copies > 0 && slot->lba != lba)
		clear(slot);
	slot->lba = lba;
	room = &slot->copies[slot->n_copies % MOST_COPIES];
	if (*room == NULL)
		*room = malloc(sizeof(**room));
	return *room;
}

bool cd_copies_add(struct cd_copies *copies, int32_t lba, const uint8_t sector[SECTOR_RAW], const uint8_t *c2)
{
	struct slot *slot = &copies->slots[(uint32_t)lba % N_SLOTS];
	struct copy *copy, candidate = { .has_c2 = c2 != NULL };
	uint8_t mended[SECTOR_RAW];

	if (slot->n_copies > 0 && slot->lba == lba && slot->is_whole)
		return true;
	memcpy(candidate.data, sector, SECTOR_RAW);
	if (c2 != NULL)
		memcpy(candidate.c2, c2, SECTOR_C2);
	if (!set_head(&candidate, lba))
		return false;
	copy = make_room(slot, lba);
	if (copy == NULL)
		return false;
	*copy = candidate;
	slot->n_copies++;
	if (cd_prove(sector, lba) == CD_PROVEN)
		return finish(slot, sector, sector);
	memcpy(mended, copy->data, SECTOR_RAW);
	if (try_mend(mended, c2, lba))
		return finish(slot, mended, sector);
	return slot->n_copies > 1 && combine(slot, sector);
}

const uint8_t *cd_copies_find_sector(const struct cd_copies *copies, int32_t lba, unsigned *ret_n_bytes)
{
	const struct slot *slot = slot_of(copies, lba);

	if (slot->n_copies == 0 || slot->lba != lba || !slot->is_whole)
		return NULL;
	*ret_n_bytes = slot->n_bytes;
	return slot->copies[0]->data;
}

const uint8_t *cd_copies_find(const struct cd_copies *copies, int32_t lba, unsigned *ret_n_bytes)
{
	const uint8_t *data = cd_copies_find_sector(copies, lba, ret_n_bytes);

	return data != NULL ? data + sector_user_at(sector_find_form(data)) : NULL;
}

void cd_copies_drop(struct cd_copies *copies, int32_t lba)
{
	struct slot *slot = &copies->slots[(uint32_t)lba % N_SLOTS];

	if (slot->n_copies > 0 && slot->lba == lba)
		clear(slot);
}
