/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/boot.h"

#include <string.h>

#include "base/bytes.h"

#define ENTRY_SIZE 32
#define ENTRIES_PER_SECTOR (DISCERN_SECTOR_SIZE / ENTRY_SIZE)

/* A catalogue has one sector as a rule; 64 entries fit in it. */
#define MAX_CATALOGUE_SECTORS 4

/* El Torito 2.0 to 2.5: first bytes of the entries. */
enum entry_indicator {
	ENTRY_VALIDATION = 0x01,
	ENTRY_EXTENSION = 0x44,
	ENTRY_BOOTABLE = 0x88,
	ENTRY_NOT_BOOTABLE = 0x00,
	ENTRY_HEADER = 0x90,
	ENTRY_FINAL_HEADER = 0x91,
};

enum platform { PLATFORM_X86 = 0x00, PLATFORM_EFI = 0xef };

bool boot_parse_record(const uint8_t *sector, uint32_t *ret_catalogue_lba)
{
	static const char id[] = "EL TORITO SPECIFICATION";

	if (sector[0] != 0 || memcmp(sector + 1, "CD001", 5) != 0 || sector[6] != 1 ||
	    memcmp(sector + 7, id, sizeof(id) - 1) != 0)
		return false;
	*ret_catalogue_lba = get_le32(sector + 71);
	return true;
}

/* Where the reading of a catalogue stands. */
struct catalogue {
	struct boot_platforms *platforms;
	uint32_t n_source_sectors;
	uint8_t platform;
	/** Entries that are still to come in this section; the initial entry is a section of one. */
	unsigned n_section_entries;
	bool is_final_section;
};

/* 2.1: key bytes, and a sum over all words of zero. */
static bool is_valid_start(const uint8_t *entry)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < ENTRY_SIZE; i += 2)
		sum = (uint16_t)(sum + get_le16(entry + i));
	return entry[0] == ENTRY_VALIDATION && entry[30] == 0x55 && entry[31] == 0xaa && sum == 0;
}

static void take_boot_image(struct catalogue *catalogue, const uint8_t *entry)
{
	uint32_t lba = get_le32(entry + 8);

	if (entry[0] != ENTRY_BOOTABLE || lba == 0 || lba >= catalogue->n_source_sectors)
		return;
	if (catalogue->platform == PLATFORM_X86)
		catalogue->platforms->has_bios = true;
	else if (catalogue->platform == PLATFORM_EFI)
		catalogue->platforms->has_uefi = true;
}

/* One entry after the validation entry. False at the end of the catalogue. */
static bool take_entry(struct catalogue *catalogue, const uint8_t *entry)
{
	if (catalogue->n_section_entries > 0) {
		/* Extensions belong to the entry before and are not counted (2.5). */
		if (entry[0] != ENTRY_EXTENSION) {
			take_boot_image(catalogue, entry);
			catalogue->n_section_entries--;
		}
		return true;
	}
	if (entry[0] == ENTRY_EXTENSION)
		return true;
	if (catalogue->is_final_section || (entry[0] != ENTRY_HEADER && entry[0] != ENTRY_FINAL_HEADER))
		return false;
	catalogue->platform = entry[1];
	catalogue->n_section_entries = get_le16(entry + 2);
	catalogue->is_final_section = entry[0] == ENTRY_FINAL_HEADER;
	return true;
}

int boot_read_catalogue(struct probe *probe, uint32_t catalogue_lba, struct boot_platforms *ret_platforms)
{
	struct catalogue catalogue = {
		.platforms = ret_platforms,
		.n_source_sectors = probe->source->n_sectors,
		.n_section_entries = 1,
	};
	uint8_t sector[DISCERN_SECTOR_SIZE];

	memset(ret_platforms, 0, sizeof(*ret_platforms));
	for (unsigned i = 0; i < MAX_CATALOGUE_SECTORS; i++) {
		int ret = probe_read(probe, (int64_t)catalogue_lba + i, sector);
		size_t first = 0;

		if (ret != 0)
			return ret < 0 ? ret : 0;
		if (i == 0) {
			if (!is_valid_start(sector))
				return 0;
			catalogue.platform = sector[1];
			first = 1;
		}
		for (size_t j = first; j < ENTRIES_PER_SECTOR; j++)
			if (!take_entry(&catalogue, sector + j * ENTRY_SIZE))
				return 0;
	}
	return 0;
}

bool boot_has_partition_table(const uint8_t *first_sector)
{
	bool has_partition = false;

	if (first_sector[510] != 0x55 || first_sector[511] != 0xaa)
		return false;
	if (memcmp(first_sector + 512, "EFI PART", 8) == 0)
		return true;
	for (size_t i = 0; i < 4; i++) {
		const uint8_t *entry = first_sector + 446 + i * 16;

		/* Anything else than inactive and active is code or text, not a table. */
		if (entry[0] != 0x00 && entry[0] != 0x80)
			return false;
		has_partition = has_partition || (entry[4] != 0 && get_le32(entry + 12) != 0);
	}
	return has_partition;
}

/* A protective entry covers any size; what it protects says how much there is (UEFI 2.10, 5.2.3). */
#define TYPE_GPT_PROTECTIVE 0xee

static uint64_t mbr_end(const uint8_t *first_sector)
{
	uint64_t end = 0;

	for (size_t i = 0; i < 4; i++) {
		const uint8_t *entry = first_sector + 446 + i * 16;
		uint64_t entry_end = (uint64_t)get_le32(entry + 8) + get_le32(entry + 12);

		if (entry[4] != 0 && entry[4] != TYPE_GPT_PROTECTIVE && get_le32(entry + 12) != 0 && entry_end > end)
			end = entry_end;
	}
	return end;
}

uint32_t boot_partition_sectors(const uint8_t *first_sector)
{
	enum { BLOCK_SIZE = 512, BLOCKS_PER_SECTOR = DISCERN_SECTOR_SIZE / BLOCK_SIZE };
	uint64_t n_blocks;
	uint64_t backup;

	if (!boot_has_partition_table(first_sector))
		return 0;
	n_blocks = mbr_end(first_sector);
	/* UEFI 2.10, table 5.5: AlternateLBA. */
	if (memcmp(first_sector + BLOCK_SIZE, "EFI PART", 8) == 0) {
		backup = get_le64(first_sector + BLOCK_SIZE + 32);
		if (backup < UINT32_MAX && backup + 1 > n_blocks)
			n_blocks = backup + 1;
	}
	n_blocks += BLOCKS_PER_SECTOR - 1;
	return n_blocks / BLOCKS_PER_SECTOR > UINT32_MAX ? 0 : (uint32_t)(n_blocks / BLOCKS_PER_SECTOR);
}
