/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts a computer: the El Torito boot catalogue, and partition tables in the first sector. */
#ifndef FS_BOOT_H
#define FS_BOOT_H

#include <stdbool.h>

#include "fs/probe.h"

struct boot_platforms {
	bool has_bios;
	bool has_uefi;
};

/** Is this descriptor the boot record of El Torito (specification 1.0, figure 7)? Then where its catalogue is. */
bool boot_parse_record(const uint8_t *sector, uint32_t *ret_catalogue_lba);

/** Reads the boot catalogue. 0 or a trouble of the source. */
int boot_read_catalogue(struct probe *probe, uint32_t catalogue_lba, struct boot_platforms *ret_platforms);

/** Does the first sector hold an MBR with a partition, or a GPT? */
bool boot_has_partition_table(const uint8_t *first_sector);

/** Where the last partition ends, or the backup of the GPT behind it, in sectors of 2048 bytes, rounded up. 0 if there
 *  is no table, or if its numbers are beyond 32 bits. */
uint32_t boot_partition_sectors(const uint8_t *first_sector);

#endif
