/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/identity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "disc/profile.h"
#include "rip/end.h"

/** The descriptors of ISO 9660 and UDF begin there (ECMA-119 6.2.1, ECMA-167 2/8.3). */
enum { FIRST_DESCRIPTOR = 16, N_DESCRIPTORS = 4 };

/** The first anchor of UDF (ECMA-167 3/8.4.2.1, UDF 2.2.3), and so many stretches of the disc between which a sector is taken. */
enum { ANCHOR = 256, N_PLACES = 4 };

#define DIGITS 16

/** The first 16 hex digits of a SHA-256. */
static int digest(const void *data, size_t size, char ret[DIGITS + 1], struct discern_error *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash *hash = NULL;
	int ret_code = hash_new(HASH_SHA256, &hash, err);

	if (ret_code < 0)
		return ret_code;
	hash_update(hash, data, size);
	hash_finish(hash, hex);
	hash_free(hash);
	memcpy(ret, hex, DIGITS);
	ret[DIGITS] = '\0';
	return 0;
}

static int digest_layout(const struct discern_medium *medium, char ret[DIGITS + 1], struct discern_error *err)
{
	char layout[8192] = "";
	size_t length = 0;

	for (size_t i = 0; i < medium->n_tracks && length + 64 < sizeof(layout); i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (!track->is_blank)
			length += (size_t)snprintf(layout + length, sizeof(layout) - length, "%u %u %s %" PRId32 "\n",
						   track->session, track->number, track->is_data ? "data" : "audio",
						   track->start_lba);
	}
	return digest(layout, length, ret, err);
}

static const char *family_name(enum discern_profile profile)
{
	static const char *const names[] = {
		[FAMILY_NONE] = "disc", [FAMILY_CD] = "CD",         [FAMILY_DVD] = "DVD",
		[FAMILY_BD] = "BD",     [FAMILY_HD_DVD] = "HD-DVD",
	};

	return names[profile_find(profile)->family];
}

/* ---- the line ---- */

/* Where the root directory lies, which has dates, sizes and places of files (ECMA-119 8.4.18, 9.1.3); 0 if sector is no primary
 * volume descriptor. */
static uint32_t root_sector(const uint8_t sector[DISCERN_SECTOR_SIZE])
{
	return memcmp(sector, "\1CD001", 6) == 0 ? get_le32(sector + 158) : 0;
}

struct line {
	struct discern_source *source;
	const struct rip_plan *plan;
	char *text;
	uint32_t root;
};

/* The digits of a sector, or a dash. */
static int read_mark(struct line *line, uint32_t sector, char ret_hex[DIGITS + 1], struct discern_error *err)
{
	uint8_t data[DISCERN_SECTOR_SIZE];
	int ret = -ENXIO;

	memcpy(ret_hex, "-", 2);
	if (sector < line->plan->n_sectors && !rip_plan_is_gap(line->plan, sector))
		ret = rip_read(line->source, line->plan->first_lba + (int32_t)sector, 1, data, err);
	if (ret < 0)
		return rip_is_bad_sector(ret) ? 0 : ret;
	if (sector == rip_plan_data_start(line->plan) + FIRST_DESCRIPTOR)
		line->root = root_sector(data);
	return digest(data, sizeof(data), ret_hex, err);
}

/* " 16=0123456789abcdef" */
static void add_mark(struct line *line, uint32_t sector, const char *hex)
{
	size_t length = strlen(line->text);

	snprintf(line->text + length, IDENTITY_SIZE - length, " %" PRIu32 "=%s", sector, hex);
}

/* Some of what is on the disc, as another edition may have the very same descriptors. Drives that count a few sectors more or
 * less come to the same places, as a rule. */
static uint32_t place(const struct rip_plan *plan, uint32_t i)
{
	uint32_t start = rip_plan_data_start(plan);

	return (start + (uint32_t)((uint64_t)(plan->n_sectors - start) * i / N_PLACES)) & ~(uint32_t)63;
}

/* What there is to read. */
struct marks {
	char descriptors[N_DESCRIPTORS][DIGITS + 1], anchor[DIGITS + 1], root[DIGITS + 1], places[N_PLACES][DIGITS + 1];
};

static bool has_root(const struct line *line)
{
	uint32_t start = rip_plan_data_start(line->plan);

	return line->root > start + FIRST_DESCRIPTOR + N_DESCRIPTORS && line->root != start + ANCHOR &&
	       line->root < line->plan->n_sectors;
}

/* From the outer places inwards: the pick-up was just at the disc's end to find it, and goes on at its begin. */
static int read_marks(struct line *line, struct marks *ret_marks, struct discern_error *err)
{
	const struct source_effort soon = { .gives_up_soon = true }, usual = { 0 };
	uint32_t start = rip_plan_data_start(line->plan);
	int ret = 0;

	/* What cannot be read of the contents is no loss. */
	source_set_effort(line->source, &soon);
	for (uint32_t i = N_PLACES - 1; ret == 0 && i > 0; i--)
		if (place(line->plan, i) > start + ANCHOR)
			ret = read_mark(line, place(line->plan, i), ret_marks->places[i], err);
	source_set_effort(line->source, &usual);
	for (uint32_t i = 0; ret == 0 && i < N_DESCRIPTORS; i++)
		ret = read_mark(line, start + FIRST_DESCRIPTOR + i, ret_marks->descriptors[i], err);
	source_set_effort(line->source, &soon);
	if (ret == 0)
		ret = read_mark(line, start + ANCHOR, ret_marks->anchor, err);
	if (ret == 0 && has_root(line))
		ret = read_mark(line, line->root, ret_marks->root, err);
	source_set_effort(line->source, &usual);
	return ret;
}

int identity_make(const struct discern_medium *medium, struct discern_source *source, const struct rip_plan *plan,
		  char ret_identity[IDENTITY_SIZE], struct discern_error *err)
{
	struct line line = { .source = source, .plan = plan, .text = ret_identity };
	uint32_t start = rip_plan_data_start(plan), last = start + ANCHOR;
	char hex[DIGITS + 1];
	struct marks marks;
	int ret = digest_layout(medium, hex, err);

	if (ret == 0)
		ret = read_marks(&line, &marks, err);
	if (ret < 0)
		return ret;
	snprintf(ret_identity, IDENTITY_SIZE, "%s %s sectors=%" PRIu32, family_name(medium->profile), hex,
		 plan->n_sectors);
	for (uint32_t i = 0; i < N_DESCRIPTORS; i++)
		add_mark(&line, start + FIRST_DESCRIPTOR + i, marks.descriptors[i]);
	add_mark(&line, start + ANCHOR, marks.anchor);
	if (has_root(&line))
		add_mark(&line, line.root, marks.root);
	for (uint32_t i = 1; i < N_PLACES; i++) {
		uint32_t sector = place(plan, i);

		if (sector <= last || sector == line.root)
			continue;
		last = sector;
		add_mark(&line, sector, marks.places[i]);
	}
	return 0;
}

static int read_image(int fd, uint32_t sector, uint8_t data[DISCERN_SECTOR_SIZE], struct discern_error *err)
{
	ssize_t n = file_read_at(fd, data, DISCERN_SECTOR_SIZE, (off_t)sector * DISCERN_SECTOR_SIZE);

	return n == DISCERN_SECTOR_SIZE ? 0
					: discern_error_set(err, n < 0 ? (int)n : -EIO, "cannot read the image: %s",
							    n < 0 ? strerror((int)-n) : "it is too short");
}

static int differs(const struct rip_plan *plan, uint32_t sector, const char *from, struct discern_error *err)
{
	discern_error_set(err, -ESTALE, "sector %" PRIu32 " differs from %s", sector, from);
	if (err != NULL)
		err->lba = plan->first_lba + (int32_t)sector;
	return -ESTALE;
}

/** 0 equal or not comparable, -ESTALE, or trouble. */
static int compare_sector(struct discern_source *source, const struct rip_plan *plan, uint32_t sector, int fd,
			  struct discern_error *err)
{
	uint8_t on_disc[DISCERN_SECTOR_SIZE];
	uint8_t in_file[DISCERN_SECTOR_SIZE];
	int ret = read_image(fd, sector, in_file, err);

	if (ret < 0)
		return ret;
	ret = rip_read(source, plan->first_lba + (int32_t)sector, 1, on_disc, err);
	if (ret < 0)
		return rip_is_bad_sector(ret) ? 0 : ret;
	return memcmp(on_disc, in_file, sizeof(on_disc)) == 0 ? 0 : differs(plan, sector, "the disc", err);
}

int identity_compare_ends(struct discern_source *source, const struct rip_plan *plan, const struct map *map, int fd,
			  struct discern_error *err)
{
	/* The end first: if all of the disc was read, the pick-up is there. */
	const uint32_t wanted[] = { 0, FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + 1, ANCHOR };
	struct map_range range;
	int ret = 0;

	if (map_previous(map, map_n_sectors(map), MAP_GOOD, &range))
		ret = compare_sector(source, plan, range.start + range.n_sectors - 1, fd, err);
	for (size_t i = 0; ret == 0 && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (map_next(map, wanted[i], MAP_GOOD, &range))
			ret = compare_sector(source, plan, range.start, fd, err);
	return ret;
}

int identity_compare(struct discern_source *source, const struct rip_plan *plan, const struct map *map, int fd,
		     struct discern_error *err)
{
	uint32_t n = map_n_sectors(map);
	struct map_range range;
	int ret = identity_compare_ends(source, plan, map, fd, err);

	for (uint32_t i = 1; ret == 0 && i < N_PLACES; i++)
		if (map_next(map, (uint32_t)((uint64_t)n * i / N_PLACES), MAP_GOOD, &range))
			ret = compare_sector(source, plan, range.start, fd, err);
	return ret;
}

int identity_compare_marks(const char *identity, const struct rip_plan *plan, const struct map *map, int fd,
			   struct discern_error *err)
{
	int ret = 0;

	for (const char *word = strchr(identity, ' '); ret == 0 && word != NULL; word = strchr(word + 1, ' ')) {
		char mark[DIGITS + 1], hex[DIGITS + 1];
		uint8_t data[DISCERN_SECTOR_SIZE];
		uint32_t sector;

		/* " 16=0123456789abcdef"; the kind, the layout and the size are none. */
		if (sscanf(word, " %" SCNu32 "=%16[0-9a-f]", &sector, mark) != 2 || strlen(mark) != DIGITS ||
		    sector >= map_n_sectors(map) || map_range_of(map, sector).status != MAP_GOOD)
			continue;
		ret = read_image(fd, sector, data, err);
		if (ret == 0)
			ret = digest(data, sizeof(data), hex, err);
		if (ret == 0 && strcmp(hex, mark) != 0)
			ret = differs(plan, sector, "what the disc held at first", err);
	}
	return ret;
}
