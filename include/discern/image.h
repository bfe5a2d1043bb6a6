/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking at an image file, or at the volume on a disc: what it is, whether all of it is there.
 */
#ifndef DISCERN_IMAGE_H
#define DISCERN_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** File systems and boot records found on a disc or in an image. */
struct discern_volume {
	bool has_iso9660;
	bool has_joliet;
	bool has_rock_ridge;
	bool has_udf;
	/** UDF revision as in the standard's title, 0x0260 is 2.60; 0 if not known. */
	uint16_t udf_revision;
	/** El Torito, and which platforms its catalogue names. */
	bool boots_bios;
	bool boots_uefi;
	/** A partition table in the first sectors: boots from a USB stick as well. */
	bool is_hybrid;
	/** The best label: UDF, Joliet or ISO 9660; UTF-8; empty if none. */
	char label[129];
	/** ISO 9660 identifiers (ECMA-119 8.4), printable ASCII. */
	char system_id[33];
	char publisher[129];
	char application[129];
	/** "2026-11-22 09:13:43", UTC; empty if not set. */
	char created[32];
	/** Sectors by the ISO 9660 volume descriptor and by the UDF partition and anchors; 0 if none. */
	uint32_t iso_sectors;
	uint32_t udf_sectors;
	/** Where ISO 9660 says that its root directory and its path table (type L) lie, counted from the first sector of
	 *  the disc. */
	uint32_t iso_root_lba;
	uint32_t iso_path_table_lba;
	/** Sectors by the partition table: partitions may lie behind the file systems, as in many images that boot
	 *  from a stick. 0 if there is none. */
	uint32_t partition_sectors;
};

/** A file or folder of which sectors are damaged. */
struct discern_damaged_file {
	/** UTF-8, from the volume's root on: "/boot/grub/efi.img". */
	char *path;
	uint64_t size_bytes;
	/** Cannot be read, or are missing. */
	uint32_t n_bad_sectors;
	/** Differ from the image: for discern_verify(). */
	uint32_t n_different_sectors;
	bool is_folder;
};

struct discern_image_info {
	uint64_t size_bytes;
	/** A volume was found (see volume); otherwise the file may still be burned as plain data. */
	bool has_volume;
	/** The volume says it is longer than the file: a truncated download. */
	bool is_truncated;
	struct discern_volume volume;
};

/** Looks at an image file. 0, -ENOENT, -EACCES, -EISDIR, -EIO … */
int discern_image_inspect(const char *path, struct discern_image_info *ret_info, struct discern_error *err);

/**
 * Looks for a volume in the last session of the medium in drive. No volume, no data or no medium is an answer
 * (*ret_found false), not an error.
 * @param medium  as discern_drive_medium() told it
 */
int discern_medium_inspect(struct discern_drive *drive, const struct discern_medium *medium,
			   struct discern_volume *ret_volume, bool *ret_found, struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
