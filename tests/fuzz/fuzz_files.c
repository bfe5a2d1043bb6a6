/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees of hostile volumes, UDF, Joliet, Rock Ridge and ISO 9660: no crash, no loop, and lists that make sense. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/files.h"
#include "fs/volume.h"
#include "fuzz/fuzz.h"
#include "support/memory_source.h"
#include "support/udf_make.h"
#include "support/volume_make.h"

/* The limit of reads of files_list(); and longest path. */
#define MAX_READS (3U << 20)
#define MAX_PATH 8192

static void check(const struct file_list *list)
{
	for (size_t i = 0; i < list->n_files; i++)
		if (strlen(list->files[i].path) >= MAX_PATH)
			abort();
	for (size_t i = 0; i < list->n_extents; i++) {
		const struct file_extent *extent = &list->extents[i];

		if (extent->n_sectors == 0 || (uint64_t)extent->start + extent->n_sectors > INT32_MAX ||
		    (extent->file != FILES_STRUCTURE && extent->file >= list->n_files) ||
		    (i > 0 && list->extents[i - 1].start > extent->start))
			abort();
	}
}

static void list(uint8_t *image, size_t size, const struct discern_volume *volume)
{
	struct memory_source source;
	struct file_list files;
	int ret;

	memory_source_init(&source, image, (uint32_t)(size / DISCERN_SECTOR_SIZE));
	ret = files_list(&source.source, 0, volume, &files, NULL);
	if ((ret != 0 && ret != -E2BIG) || source.n_reads > MAX_READS)
		abort();
	check(&files);
	files_clear(&files);
}

/* Whatever the volume says of itself, each kind of tree is tried. */
static void list_all(uint8_t *image, size_t size)
{
	static const struct discern_volume volumes[] = {
		{ .has_udf = true },
		{ .has_iso9660 = true, .has_rock_ridge = true },
		{ .has_iso9660 = true, .has_joliet = true },
		{ .has_iso9660 = true },
	};

	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++)
		list(image, size, &volumes[i]);
}

/* Makes sums and CRCs of all UDF descriptors right again, or no change to them would pass; where they say that they lie
 * stays as it is. */
static void seal_descriptors(uint8_t *image, size_t size)
{
	for (size_t at = 0; at + DISCERN_SECTOR_SIZE <= size; at += 4) {
		uint16_t tag = get_le16(image + at);
		size_t covered = 16 + (size_t)get_le16(image + at + 10);
		bool is_start = at % DISCERN_SECTOR_SIZE == 0;

		/* Identifiers follow each other in a sector; of others only one begins. */
		if (get_le16(image + at + 2) != 2 || covered > DISCERN_SECTOR_SIZE || covered == 16 ||
		    !(tag == 257 || (is_start && (tag <= 9 || (tag >= 256 && tag <= 266)))))
			continue;
		volume_seal(image + at, tag, get_le32(image + at + 12), covered);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	list_all(copy, size);
	seal_descriptors(copy, size);
	list(copy, size, &(struct discern_volume){ .has_udf = true });
	free(copy);
	return 0;
}

/* Folders of ISO 9660 with records of all kinds: names of Rock Ridge, a moved folder, a file in pieces. */
static uint8_t *make_iso9660(void)
{
	static const uint16_t joliet[] = { 'J', 'o', 'l', 'i', 'e', 't' };
	uint8_t *image = volume_blank(), *record;

	if (image == NULL)
		return NULL;
	volume_add_iso9660(image, "A LABEL");
	volume_add_joliet(image, joliet, 6);
	volume_add_rock_ridge(image);
	record = volume_sector(image, VOLUME_ROOT) + volume_sector(image, VOLUME_ROOT)[0];
	for (uint32_t i = 0; i < 6; i++) {
		record[0] = 60;
		put_le32(record + 2, i == 2 ? VOLUME_CATALOGUE : 100 + i);
		put_le32(record + 10, 3000);
		record[25] = i == 2 ? 2 : i == 3 ? 0x80 : 0;
		record[32] = 3;
		memcpy(record + 33, "A;1", 3);
		memcpy(record + 36, i == 5 ? "CL\x0c\x01" : "NM\x09\x01\0name", i == 5 ? 4 : 9);
		if (i == 5)
			put_le32(record + 40, VOLUME_CATALOGUE + 1);
		record += 60;
	}
	for (uint32_t i = 0; i < 2; i++)
		memcpy(volume_sector(image, VOLUME_CATALOGUE + i), volume_sector(image, VOLUME_ROOT),
		       DISCERN_SECTOR_SIZE);
	return image;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	*ret_size = (size_t)VOLUME_SECTORS * DISCERN_SECTOR_SIZE;
	if (index < UDF_MAKE_N_KINDS)
		return udf_make_volume((enum udf_make_kind)index);
	return index == UDF_MAKE_N_KINDS ? make_iso9660() : NULL;
}
