/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf_space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Pieces of one file: more than a file in pieces of 64 KiB has on the largest disc. */
#define RUNS_MAX ((size_t)4 << 20)

int udf_runs_add(struct udf_runs *runs, const struct udf_run *run)
{
	struct udf_run *last = runs->n > 0 ? &runs->items[runs->n - 1] : NULL;

	if (run->n_blocks == 0)
		return 0;
	if (last != NULL && last->is_hole == run->is_hole && last->at.map == run->at.map &&
	    (run->is_hole || (uint64_t)last->at.block + last->n_blocks == run->at.block) &&
	    (uint64_t)last->n_blocks + run->n_blocks <= UINT32_MAX) {
		last->n_blocks += run->n_blocks;
		return 0;
	}
	if (runs->n == runs->room) {
		size_t room = runs->room > 0 ? runs->room * 2 : 8;
		struct udf_run *bigger;

		if (room > RUNS_MAX)
			return -E2BIG;
		bigger = realloc(runs->items, room * sizeof(*bigger));
		if (bigger == NULL)
			return -ENOMEM;
		runs->items = bigger;
		runs->room = room;
	}
	runs->items[runs->n] = *run;
	runs->items[runs->n].first =
		runs->n > 0 ? runs->items[runs->n - 1].first + runs->items[runs->n - 1].n_blocks : 0;
	runs->n++;
	return 0;
}

void udf_runs_clear(struct udf_runs *runs)
{
	free(runs->items);
	memset(runs, 0, sizeof(*runs));
}

/* The packet that holds the block, if it was moved; else where the next one begins that was. */
static const uint32_t *find_packet(const struct udf_map *map, uint32_t block, uint32_t *ret_next)
{
	size_t low = 0, high = map->n_table / 2;

	*ret_next = UINT32_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->table[middle * 2] <= block)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < map->n_table / 2)
		*ret_next = map->table[low * 2];
	if (low > 0 && block - map->table[(low - 1) * 2] < map->packet_blocks)
		return &map->table[(low - 1) * 2];
	return NULL;
}

static bool find_sparable(const struct udf_map *map, uint32_t block, struct udf_place *place)
{
	uint32_t next;
	const uint32_t *packet = find_packet(map, block, &next);

	if (packet != NULL) {
		uint32_t within = block - packet[0];

		place->lba = (int64_t)packet[1] + within;
		if (place->n_sectors > map->packet_blocks - within)
			place->n_sectors = map->packet_blocks - within;
		return true;
	}
	place->lba = (int64_t)map->start + block;
	if (place->n_sectors > next - block)
		place->n_sectors = next - block;
	return true;
}

/* Where block number block of what runs hold is; *n_blocks becomes how many follow there. */
static bool find_in_runs(const struct udf_runs *runs, uint32_t block, uint32_t *n_blocks, struct udf_address *ret)
{
	size_t low = 0, high = runs->n;
	const struct udf_run *run;
	uint32_t within;

	/* Behind the last that begins before it or with it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (runs->items[middle].first <= block)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	run = &runs->items[low - 1];
	within = (uint32_t)(block - run->first);
	if (run->is_hole || within >= run->n_blocks)
		return false;
	if (*n_blocks > run->n_blocks - within)
		*n_blocks = run->n_blocks - within;
	*ret = (struct udf_address){ run->at.block + within, run->at.map };
	return true;
}

/* The address on the map beneath; false if there is none. */
static bool step_down(const struct udf_map *map, const struct udf_runs *metadata, struct udf_address *at,
		      uint32_t *n_blocks)
{
	if (map->kind == UDF_MAP_METADATA)
		return find_in_runs(metadata, at->block, n_blocks, at);
	if (at->block >= map->n_table || map->table[at->block] == UINT32_MAX)
		return false;
	*n_blocks = 1;
	*at = (struct udf_address){ map->table[at->block], map->base };
	return true;
}

static bool find(const struct udf_space *space, struct udf_address at, bool is_mirror, struct udf_place *place)
{
	const struct udf_map *map = at.map < space->n_maps ? &space->maps[at.map] : NULL;

	if (map != NULL && (map->kind == UDF_MAP_VIRTUAL || map->kind == UDF_MAP_METADATA)) {
		if (!step_down(map, is_mirror ? &map->mirror : &map->metadata, &at, &place->n_sectors))
			return false;
		map = at.map < space->n_maps ? &space->maps[at.map] : NULL;
	}
	if (map == NULL || place->n_sectors == 0 || at.block >= map->n_blocks)
		return false;
	if (place->n_sectors > map->n_blocks - at.block)
		place->n_sectors = map->n_blocks - at.block;
	if (map->kind == UDF_MAP_SPARABLE)
		find_sparable(map, at.block, place);
	else if (map->kind == UDF_MAP_PHYSICAL)
		place->lba = (int64_t)map->start + at.block;
	else
		return false;
	return place->lba + place->n_sectors <= INT32_MAX;
}

bool udf_space_find(const struct udf_space *space, struct udf_address at, uint32_t n_blocks,
		    struct udf_place *ret_place)
{
	*ret_place = (struct udf_place){ .n_sectors = n_blocks };
	return find(space, at, false, ret_place);
}

int udf_space_read(const struct udf_space *space, struct udf_address at, uint8_t sector[DISCERN_SECTOR_SIZE])
{
	struct udf_place place;
	int ret = 1;

	if (udf_space_find(space, at, 1, &place))
		ret = probe_read(space->probe, place.lba, sector);
	if (ret != 1 || at.map >= space->n_maps || space->maps[at.map].mirror.n == 0)
		return ret;
	place = (struct udf_place){ .n_sectors = 1 };
	return find(space, at, true, &place) ? probe_read(space->probe, place.lba, sector) : 1;
}

void udf_space_clear(struct udf_space *space)
{
	for (size_t i = 0; i < space->n_maps; i++) {
		free(space->maps[i].table);
		udf_runs_clear(&space->maps[i].metadata);
		udf_runs_clear(&space->maps[i].mirror);
	}
	memset(space, 0, sizeof(*space));
}
