/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/protection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/profile.h"
#include "fs/files.h"
#include "fs/iso9660_find.h"

/** ILLEGAL REQUEST with COPY PROTECTION KEY EXCHANGE FAILURE, READ OF SCRAMBLED SECTOR … */
enum { SENSE_ILLEGAL_REQUEST = 5, ASC_PROTECTED = 0x6f };

bool protection_is_refusal(const struct discern_error *err)
{
	return err != NULL && err->sense.key == SENSE_ILLEGAL_REQUEST && err->sense.asc == ASC_PROTECTED;
}

/* ---- finding it ---- */

/* A pack of a program stream whose packet is scrambled: PES_scrambling_control (ISO 13818-1 2.4.3.7), which DVD-Video
 * has in byte 20 of a sector. */
static bool is_scrambled(const uint8_t *sector)
{
	static const uint8_t pack_start[] = { 0x00, 0x00, 0x01, 0xba };

	return memcmp(sector, pack_start, sizeof(pack_start)) == 0 && (sector[20] & 0x30) != 0;
}

/* A few sectors from the middle of a film: 1 if they are protected. */
static int try_film(struct discern_source *source, const struct iso9660_place *place, struct discern_error *err)
{
	enum { SAMPLES = 4 };
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint32_t n_sectors = place->size_bytes / DISCERN_SECTOR_SIZE;

	for (uint32_t i = 0; i < SAMPLES && i < n_sectors; i++) {
		int ret = source_read(source, (int32_t)(place->lba + n_sectors / 2 + i), 1, sector, err);

		if (ret == 0 && is_scrambled(sector))
			return 1;
		if (ret < 0 && protection_is_refusal(err))
			return 1;
		if (ret < 0 && ret != -EIO && ret != -ENXIO)
			return ret;
	}
	return 0;
}

/* DVD-Video that its disc says nothing of: sectors that would be scrambled tell. */
static int try_films(struct discern_source *source, int32_t session_lba, struct discern_error *err)
{
	enum { TITLES = 4 };

	for (int i = 1; i <= TITLES; i++) {
		struct iso9660_place place;
		char path[32];
		int ret;

		snprintf(path, sizeof(path), "VIDEO_TS/VTS_%02d_1.VOB", i);
		ret = iso9660_find(source, session_lba, path, &place, err);
		if (ret == 1)
			ret = try_film(source, &place, err);
		else if (ret == 0)
			return 0;
		if (ret != 0)
			return ret;
	}
	return 0;
}

static bool has_aacs_folder(const struct file_list *list)
{
	for (size_t i = 0; i < list->n_files; i++)
		if (strcmp(list->files[i].path, "/AACS") == 0 || strncmp(list->files[i].path, "/AACS/", 6) == 0)
			return true;
	return false;
}

/* A recorded BD that may hold what is protected: then it has the folder with the keys. */
static int find_aacs(struct discern_source *source, const struct protection_disc *disc, struct discern_error *err)
{
	struct file_list list = { 0 };
	struct iso9660_place place;
	int ret;

	if (disc->volume->has_iso9660)
		return iso9660_find(source, disc->session_lba, "AACS", &place, err);
	ret = files_list(source, disc->session_lba, disc->volume, &list, err);
	if (ret == 0)
		ret = has_aacs_folder(&list);
	files_clear(&list);
	return ret == -E2BIG ? 0 : ret;
}

static int find(struct discern_source *source, const struct protection_disc *disc,
		enum discern_protection *ret_protection, struct discern_error *err)
{
	const struct discern_medium *medium = disc->medium;
	enum profile_family family = profile_find((unsigned)medium->profile)->family;
	int ret = 0;

	*ret_protection = medium->protection;
	if (medium->protection != DISCERN_PROTECTION_NONE || source == NULL)
		return 0;
	if (family == FAMILY_DVD && disc->volume->has_iso9660) {
		ret = try_films(source, disc->session_lba, err);
		if (ret > 0)
			*ret_protection = DISCERN_PROTECTION_CSS;
	} else if (family == FAMILY_BD && medium->may_hold_protected) {
		ret = find_aacs(source, disc, err);
		if (ret > 0)
			*ret_protection = DISCERN_PROTECTION_AACS;
	}
	return ret < 0 ? ret : 0;
}

/* ---- telling it ---- */

static const char *disc_word(enum discern_profile profile)
{
	switch (profile_find((unsigned)profile)->family) {
	case FAMILY_DVD:
		return "DVD";
	case FAMILY_BD:
		return "Blu-ray disc";
	case FAMILY_HD_DVD:
		return "HD DVD";
	case FAMILY_CD:
	case FAMILY_NONE:
		break;
	}
	return "disc";
}

int protection_check(struct discern_source *source, const struct protection_disc *disc,
		     enum discern_protection *ret_protection, struct discern_error *err)
{
	int ret = find(source, disc, ret_protection, err);

	if (ret < 0 || *ret_protection == DISCERN_PROTECTION_NONE || disc->as_is)
		return ret;
	discern_error_set(err, -EKEYREJECTED, "this %s is copy-protected (%s); discern does not remove protection",
			  disc_word(disc->medium->profile), discern_protection_name(*ret_protection));
	discern_error_hint(err, "--as-is makes an image of what can be read of it, as it is");
	return -EKEYREJECTED;
}

void protection_warn(enum discern_protection protection, const struct discern_observer *observer)
{
	const char *what = "what is protected stays encrypted in the image, or is refused by the drive";

	if (protection == DISCERN_PROTECTION_NONE)
		return;
	if (protection == DISCERN_PROTECTION_AACS)
		what = "its films stay encrypted in the image";
	observe_message(observer, DISCERN_LEVEL_WARNING, "the disc is copy-protected (%s): %s",
			discern_protection_name(protection), what);
}

/* ---- a source that only says what it cannot read ---- */

struct lenient {
	struct discern_source base;
	struct discern_source *inner;
};

static void copy_state(struct lenient *lenient)
{
	lenient->base.n_sectors = lenient->inner->n_sectors;
	lenient->base.preferred_sectors = lenient->inner->preferred_sectors;
	lenient->base.largest_sectors = lenient->inner->largest_sectors;
	lenient->base.ecc_sectors = lenient->inner->ecc_sectors;
	lenient->base.busy_seconds = lenient->inner->busy_seconds;
	lenient->base.n_recovered = lenient->inner->n_recovered;
	lenient->base.n_starts = lenient->inner->n_starts;
	lenient->base.forget_words = lenient->inner->forget_words;
	lenient->base.readings = lenient->inner->readings;
}

static int lenient_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			struct discern_error *err)
{
	struct lenient *lenient = (struct lenient *)source;
	int ret;

	lenient->inner->on_mended = lenient->base.on_mended;
	lenient->inner->user = lenient->base.user;
	ret = source_read(lenient->inner, lba, n_sectors, buffer, err);
	copy_state(lenient);
	if (ret != -EKEYREJECTED)
		return ret;
	if (err != NULL)
		err->code = -EIO;
	return -EIO;
}

static int lenient_set_effort(struct discern_source *source, const struct source_effort *effort)
{
	return source_set_effort(((struct lenient *)source)->inner, effort);
}

static int lenient_forget(struct discern_source *source, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	struct lenient *lenient = (struct lenient *)source;
	int ret = source_forget(lenient->inner, lba, n_sectors, err);

	copy_state(lenient);
	return ret;
}

static int lenient_set_spinning(struct discern_source *source, bool is_spinning, struct discern_error *err)
{
	return source_set_spinning(((struct lenient *)source)->inner, is_spinning, err);
}

static void lenient_close(struct discern_source *source)
{
	free(source);
}

struct discern_source *protection_lenient(struct discern_source *inner)
{
	static const struct discern_source_ops ops = { .read = lenient_read,
						       .set_effort = lenient_set_effort,
						       .forget = lenient_forget,
						       .set_spinning = lenient_set_spinning,
						       .close = lenient_close };
	struct lenient *lenient = calloc(1, sizeof(*lenient));

	if (lenient == NULL)
		return NULL;
	lenient->inner = inner;
	lenient->base.ops = &ops;
	copy_state(lenient);
	return &lenient->base;
}
