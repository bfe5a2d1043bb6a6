/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/identity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "disc/profile.h"
#include "rip/end.h"

/** The descriptors of ISO 9660 and UDF begin there (ECMA-119 6.2.1, ECMA-167 2/8.3). */
enum { FIRST_DESCRIPTOR = 16, N_DESCRIPTORS = 4 };

/** Drives differ in counting the run-out of a CD, or fill up to the next unit of a DVD or BD. */
#define SIZE_TOLERANCE 32

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

int identity_make(const struct discern_medium *medium, struct discern_source *source, const struct rip_plan *plan,
		  char ret_identity[IDENTITY_SIZE], struct discern_error *err)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	char hex[DIGITS + 1];
	int ret = digest_layout(medium, hex, err);
	int length;

	if (ret < 0)
		return ret;
	length = snprintf(ret_identity, IDENTITY_SIZE, "%s %s sectors=%" PRIu32, family_name(medium->profile), hex,
			  plan->n_sectors);
	for (uint32_t i = FIRST_DESCRIPTOR; i < FIRST_DESCRIPTOR + N_DESCRIPTORS; i++) {
		ret = i < plan->n_sectors ? rip_read(source, plan->first_lba + (int32_t)i, 1, sector, err) : -ENXIO;
		if (ret < 0 && !rip_is_bad_sector(ret))
			return ret;
		snprintf(hex, sizeof(hex), "-");
		if (ret == 0 && digest(sector, sizeof(sector), hex, err) < 0)
			return err->code;
		length += snprintf(ret_identity + length, IDENTITY_SIZE - (size_t)length, " %" PRIu32 "=%s", i, hex);
	}
	return 0;
}

static bool word_matches(const char *a, const char *b)
{
	const char *value_a = strchr(a, '=');
	const char *value_b = strchr(b, '=');
	long long difference;

	if (strcmp(a, b) == 0)
		return true;
	if (value_a == NULL || value_b == NULL || value_a - a != value_b - b ||
	    strncmp(a, b, (size_t)(value_a - a)) != 0)
		return false;
	if (strncmp(a, "sectors=", 8) == 0) {
		difference = strtoll(value_a + 1, NULL, 10) - strtoll(value_b + 1, NULL, 10);
		return difference >= -SIZE_TOLERANCE && difference <= SIZE_TOLERANCE;
	}
	return strcmp(value_a, "=-") == 0 || strcmp(value_b, "=-") == 0;
}

bool identity_matches(const char *a, const char *b)
{
	char words_a[IDENTITY_SIZE];
	char words_b[IDENTITY_SIZE];
	char *rest_a = NULL;
	char *rest_b = NULL;
	const char *word_a;
	const char *word_b;

	snprintf(words_a, sizeof(words_a), "%s", a);
	snprintf(words_b, sizeof(words_b), "%s", b);
	word_a = strtok_r(words_a, " ", &rest_a);
	word_b = strtok_r(words_b, " ", &rest_b);
	while (word_a != NULL && word_b != NULL && word_matches(word_a, word_b)) {
		word_a = strtok_r(NULL, " ", &rest_a);
		word_b = strtok_r(NULL, " ", &rest_b);
	}
	return word_a == NULL && word_b == NULL;
}

/** 0 equal or not comparable, -ESTALE, or trouble. */
static int compare_sector(struct discern_source *source, const struct rip_plan *plan, uint32_t sector, int fd,
			  struct discern_error *err)
{
	uint8_t on_disc[DISCERN_SECTOR_SIZE];
	uint8_t in_file[DISCERN_SECTOR_SIZE];
	ssize_t n = file_read_at(fd, in_file, sizeof(in_file), (off_t)sector * DISCERN_SECTOR_SIZE);
	int ret;

	if (n != (ssize_t)sizeof(in_file))
		return discern_error_set(err, n < 0 ? (int)n : -EIO, "cannot read the image: %s",
					 n < 0 ? strerror((int)-n) : "it is too short");
	ret = rip_read(source, plan->first_lba + (int32_t)sector, 1, on_disc, err);
	if (ret < 0)
		return rip_is_bad_sector(ret) ? 0 : ret;
	if (memcmp(on_disc, in_file, sizeof(on_disc)) == 0)
		return 0;
	discern_error_set(err, -ESTALE, "sector %" PRIu32 " differs from the disc", sector);
	if (err != NULL)
		err->lba = plan->first_lba + (int32_t)sector;
	return -ESTALE;
}

int identity_compare(struct discern_source *source, const struct rip_plan *plan, const struct map *map, int fd,
		     struct discern_error *err)
{
	uint32_t n = map_n_sectors(map);
	const uint32_t wanted[] = { 0, FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + 1, 256, n / 4, n / 2, n - n / 4 };
	struct map_range range;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (map_next(map, wanted[i], MAP_GOOD, &range))
			ret = compare_sector(source, plan, range.start, fd, err);
	if (ret == 0 && map_previous(map, n, MAP_GOOD, &range))
		ret = compare_sector(source, plan, range.start + range.n_sectors - 1, fd, err);
	return ret;
}
