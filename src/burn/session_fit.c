/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/session_fit.h"

#include <errno.h>
#include <inttypes.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/file_source.h"

static bool lies_within(uint32_t lba, int32_t start_lba, uint32_t n_sectors)
{
	return lba >= (uint32_t)start_lba && lba - (uint32_t)start_lba < n_sectors;
}

/* ECMA-119 9.1: the first record of a directory is the directory itself. */
static bool is_root_directory(const uint8_t *sector, uint32_t lba)
{
	enum { NAME_LENGTH = 32, NAME = 33 };

	return sector[NAME_LENGTH] == 1 && sector[NAME] == 0 && get_le32(sector + 2) + sector[1] == lba;
}

/* ECMA-119 9.4: the first record of a path table is the root directory. */
static bool is_path_table(const uint8_t *sector, uint32_t root_lba)
{
	enum { NAME = 8 };

	return sector[0] == 1 && sector[NAME] == 0 && get_le32(sector + 2) + sector[1] == root_lba;
}

static bool has_structures_at(struct discern_source *image, const struct discern_volume *volume, int32_t start_lba)
{
	uint32_t root = volume->iso_root_lba - (uint32_t)start_lba;
	uint32_t path_table = volume->iso_path_table_lba - (uint32_t)start_lba;
	uint8_t sector[DISCERN_SECTOR_SIZE];

	return source_read(image, (int32_t)root, 1, sector, NULL) == 0 &&
	       is_root_directory(sector, volume->iso_root_lba) &&
	       source_read(image, (int32_t)path_table, 1, sector, NULL) == 0 &&
	       is_path_table(sector, volume->iso_root_lba);
}

/* An image that is no plain file is believed what its descriptor says. */
static bool is_made_for(const struct discern_burn_check *check, int32_t start_lba)
{
	const struct discern_volume *volume = &check->image.volume;
	struct discern_source *image = NULL;
	bool is_made = true;

	if (!lies_within(volume->iso_root_lba, start_lba, check->n_sectors) ||
	    !lies_within(volume->iso_path_table_lba, start_lba, check->n_sectors))
		return false;
	if (file_source_open(check->path, &image, NULL) < 0)
		return true;
	if (file_source_size_bytes(image) == check->image.size_bytes)
		is_made = has_structures_at(image, volume, start_lba);
	source_close(image);
	return is_made;
}

static int refuse(const struct discern_burn_check *check, int32_t first_lba, int32_t start_lba,
		  struct discern_error *err)
{
	discern_error_set(err, -EINVAL,
			  "%s: was not made for LBA %" PRId32
			  ", where the session begins: its files would not be found",
			  check->path, start_lba);
	if (start_lba == 0)
		discern_error_hint(err, "it was made to be appended to another disc; make it without -C and -M");
	else
		discern_error_hint(err,
				   "make it with: xorriso -as mkisofs -C %" PRId32 ",%" PRId32
				   " -M DRIVE; --any-file burns it as it is",
				   first_lba, start_lba);
	return -EINVAL;
}

int session_fit_check(const struct discern_burn_check *check, int32_t first_lba, int32_t start_lba,
		      struct discern_error *err)
{
	const struct discern_volume *volume = &check->image.volume;

	if (start_lba > 0 && check->kind != DISCERN_IMAGE_FILE) {
		discern_error_set(err, -EINVAL, "%s: only an image in a plain file can be appended", check->path);
		return discern_error_hint(err, "write or unpack it into a file first");
	}
	if (!volume->has_iso9660) {
		if (start_lba == 0)
			return 0;
		discern_error_set(err, -EINVAL, "%s: is no ISO 9660 image, the only kind that can be appended",
				  check->path);
		return discern_error_hint(err, "to append it nevertheless, byte for byte, add --any-file");
	}
	/* At the begin of a disc anything burns that can be meant to lie there. */
	if (start_lba == 0)
		return volume->iso_root_lba < check->n_sectors ? 0 : refuse(check, first_lba, start_lba, err);
	if (!is_made_for(check, start_lba))
		return refuse(check, first_lba, start_lba, err);
	/* The size counts from the session or from the disc, by the program that made it. */
	if (volume->iso_sectors > (uint64_t)start_lba + check->n_sectors)
		return discern_error_set(err, -EINVAL, "%s: is not complete: its volume ends behind the file",
					 check->path);
	return 0;
}
