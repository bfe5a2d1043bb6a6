/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and partition maps for the UDF volumes of volume_make.h, field by field from ECMA-167 part 4. */
#ifndef TESTS_UDF_MAKE_H
#define TESTS_UDF_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UDF_MAKE_SHORT, UDF_MAKE_LONG, UDF_MAKE_EXTENDED, UDF_MAKE_EMBEDDED };
enum { UDF_MAKE_FOLDER = 4, UDF_MAKE_FILE = 5, UDF_MAKE_VAT = 248, UDF_MAKE_METADATA = 250, UDF_MAKE_MIRROR = 251 };
/** Characteristics of an identifier (4/14.4.3); the last is none: a name of 16-bit characters. */
enum { UDF_MAKE_HIDDEN = 1, UDF_MAKE_IS_FOLDER = 2, UDF_MAKE_DELETED = 4, UDF_MAKE_PARENT = 8, UDF_MAKE_WIDE = 256 };

/** A file entry. What follows it, descriptors or the data, is bytes. */
struct udf_make_entry {
	/** Where it lies, and what its tag says. */
	uint32_t lba, block;
	bool is_extended;
	uint8_t type;
	uint16_t strategy;
	unsigned kind;
	uint64_t size_bytes;
	const uint8_t *bytes;
	size_t n_bytes;
};

void udf_make_entry(uint8_t *image, const struct udf_make_entry *entry);

/** One allocation descriptor; type in the two highest bits of length. Its size. */
size_t udf_make_descriptor(uint8_t *p, unsigned kind, uint32_t length, uint32_t block, uint16_t map);

/** One file identifier descriptor for a name; location is what its tag says. Its size. */
size_t udf_make_identifier(uint8_t *p, const char *name, unsigned characteristics, uint32_t icb_block,
			   uint32_t location);

/** All identifiers point into this map; 0 unless set. */
extern uint16_t udf_make_map;

/** An allocation extent, an indirect entry. */
void udf_make_allocation_extent(uint8_t *image, uint32_t lba, uint32_t block, const uint8_t *bytes, size_t n);
void udf_make_indirect(uint8_t *image, uint32_t lba, uint32_t block, uint32_t next);

/** A file set descriptor with the root's ICB at root of map. */
void udf_make_file_set(uint8_t *image, uint32_t lba, uint32_t block, uint32_t root, uint16_t map);

/** Adds to both logical volume descriptors the file set's place and a partition map; first one of type 1. */
void udf_make_maps(uint8_t *image, uint32_t file_set, uint16_t map);
void udf_make_map_virtual(uint8_t *image);
void udf_make_map_metadata(uint8_t *image, uint32_t main_icb, uint32_t mirror_icb);
/** Takes the place of the first map. */
void udf_make_map_sparable(uint8_t *image, uint16_t packet, uint32_t table_lba);

/** Sparing table with one packet that was moved. */
void udf_make_sparing_table(uint8_t *image, uint32_t lba, uint32_t packet, uint32_t moved_lba);

/** Virtual allocation tables with n entries, embedded in their ICB. */
void udf_make_vat_200(uint8_t *image, uint32_t lba, uint32_t block, const uint32_t *entries, size_t n);
void udf_make_vat_150(uint8_t *image, uint32_t lba, uint32_t block, const uint32_t *entries, size_t n);

/** A whole volume of each kind, as the tests and the fuzzer use it: see udf_make.c. */
enum udf_make_kind { UDF_MAKE_PLAIN, UDF_MAKE_SPARABLE, UDF_MAKE_VIRTUAL, UDF_MAKE_METADATA_MAP, UDF_MAKE_N_KINDS };

/**
 * In blocks of the partition (or the map, of VIRTUAL and METADATA, which tell where ICBs and folders are):
 * 0 file set, 2 root ICB, 3 root, 4 ICB of "file" and of its link "link", 5 ICB of folder "folder", 6 folder,
 * 7 ICB of "folder/Größe" (UTF-16), 8 ICB of "embedded". Root also has a deleted file and its parent.
 * Data are in the partition: "file" 9000 bytes in 60..62 and 70..71, "Größe" one block, 80.
 */
uint8_t *udf_make_volume(enum udf_make_kind kind);

/** Where a block of those ICBs and folders lies in udf_make_volume(kind). */
uint32_t udf_make_lba(enum udf_make_kind kind, uint32_t block);

#endif
