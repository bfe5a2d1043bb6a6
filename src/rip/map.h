/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sectors of a job are read, bad or still open, and that as a ddrescue map file.
 *
 * A map covers the sectors 0 .. n_sectors - 1 without a gap, in as few ranges as possible. A status is the
 * map file's own character, so that ddrescue, ddrescuelog and ddrescueview work on the file unchanged.
 */
#ifndef RIP_MAP_H
#define RIP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

enum map_status {
	MAP_UNTRIED = '?',
	MAP_FAILED = '*',    /**< part of a large read that failed */
	MAP_UNSCRAPED = '/', /**< part of an error-correction unit that failed */
	MAP_BAD = '-',       /**< failed on its own */
	MAP_GOOD = '+',
};

struct map_range {
	uint32_t start;
	uint32_t n_sectors;
	enum map_status status;
};

struct map;

/** A map of n_sectors (at least 1) untried sectors, or NULL if memory is out. Release with map_free(). */
struct map *map_new(uint32_t n_sectors);

/** Accepts NULL, returns NULL. */
struct map *map_free(struct map *map);

uint32_t map_n_sectors(const struct map *map);
size_t map_n_ranges(const struct map *map);
struct map_range map_range_at(const struct map *map, size_t index);

/** Number of sectors of that status; costs nothing. */
uint32_t map_count(const struct map *map, enum map_status status);

/** The range that holds sector, which must be below n_sectors. */
struct map_range map_range_of(const struct map *map, uint32_t sector);

/** Gives n sectors from start on a status; what lies beyond the end of the map is ignored. 0 or -ENOMEM. */
int map_set(struct map *map, uint32_t start, uint32_t n_sectors, enum map_status status);

/** The first piece of that status at or after from. False if there is none. */
bool map_next(const struct map *map, uint32_t from, enum map_status status, struct map_range *ret_range);

/** The last piece of that status that lies below before, cut off there. False if there is none. */
bool map_previous(const struct map *map, uint32_t before, enum map_status status, struct map_range *ret_range);

/** Cuts the map, or adds untried sectors, so that it has n_sectors (at least 1). 0 or -ENOMEM. */
int map_resize(struct map *map, uint32_t n_sectors);

/** No sector from first on counts as read any more: the image file cannot hold them. 0 or -ENOMEM. */
int map_distrust(struct map *map, uint32_t first);

/** Longest map file that is read: half a million damaged places. */
#define MAP_FILE_MAX_BYTES ((size_t)16 << 20)

/** What a map file says besides the ranges. */
struct map_header {
	/** What the job works on (identity.h); empty in a map made by another program. */
	char identity[256];
	/** Where it works: a sector, and the status that says what it does there. */
	uint32_t current_sector;
	enum map_status current_status;
};

/**
 * Reads a map file's text. Bytes become sectors so that one counts as good only if all of its bytes are.
 * @return 0, -EINVAL with the line in err, -EFBIG (more sectors than a disc has), or -ENOMEM
 */
int map_parse(const char *text, size_t size, struct map **ret_map, struct map_header *ret_header,
	      struct discern_error *err);

/** The same of an image whose sectors have so many bytes. */
int map_parse_sectors(const char *text, size_t size, uint32_t sector_bytes, struct map **ret_map,
		      struct map_header *ret_header, struct discern_error *err);

/** The map file's text, ended by a zero byte that *ret_size does not count; NULL if memory is out. The caller
 *  frees it. */
char *map_format(const struct map *map, const struct map_header *header, size_t *ret_size);

/** The same of an image whose sectors have so many bytes. */
char *map_format_sectors(const struct map *map, const struct map_header *header, uint32_t sector_bytes,
			 size_t *ret_size);

#endif
