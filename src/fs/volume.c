/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/volume.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "fs/boot.h"
#include "fs/iso9660.h"
#include "fs/probe.h"
#include "fs/udf.h"

/* Both ISO 9660 and UDF leave the first 32 KiB to the system (ECMA-119 6.2.1, ECMA-167 2/8.3). */
#define FIRST_DESCRIPTOR 16

/* Descriptors looked at: a few in honest volumes. */
#define MAX_DESCRIPTORS 64

/* What the sectors from 16 on say. */
struct scan {
	struct iso9660_primary primary;
	bool has_primary;
	bool is_iso9660_over;
	char joliet_label[64];
	bool has_boot_record;
	uint32_t catalogue_lba;
	enum udf_recognition recognition;
};

int probe_read(struct probe *probe, int64_t lba, uint8_t buffer[DISCERN_SECTOR_SIZE])
{
	int ret;

	if (lba < 0 || lba > INT32_MAX || probe->n_reads_left == 0)
		return 1;
	probe->n_reads_left--;
	ret = source_read(probe->source, (int32_t)lba, 1, buffer, probe->err);
	if (ret != -EIO && ret != -ENXIO)
		return ret;
	discern_error_clear(probe->err);
	return 1;
}

static void take_iso9660_descriptor(struct scan *scan, int64_t index, const uint8_t *sector,
				    struct discern_volume *volume)
{
	int type = iso9660_descriptor_type(sector);

	if (type == ISO9660_PRIMARY && !scan->has_primary)
		scan->has_primary = iso9660_parse_primary(sector, volume, &scan->primary);
	else if (type == ISO9660_SUPPLEMENTARY && !volume->has_joliet)
		volume->has_joliet = iso9660_parse_joliet(sector, scan->joliet_label, sizeof(scan->joliet_label));
	else if (type == ISO9660_BOOT_RECORD && index == 1)
		/* Firmware looks for it in this place only (El Torito 2.0). */
		scan->has_boot_record = boot_parse_record(sector, &scan->catalogue_lba);
	else if (type == ISO9660_TERMINATOR)
		scan->is_iso9660_over = true;
}

/* Reads the volume descriptor set (ECMA-119) and the volume recognition sequence (ECMA-167) that follows it. */
static int scan_descriptors(struct probe *probe, struct scan *scan, struct discern_volume *volume)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	unsigned n_unreadable = 0;

	for (int64_t i = 0; i < MAX_DESCRIPTORS && n_unreadable < 4; i++) {
		int ret = probe_read(probe, (int64_t)probe->start_lba + FIRST_DESCRIPTOR + i, sector);

		if (ret < 0)
			return ret;
		if (ret > 0) {
			n_unreadable++;
			if (scan->recognition == UDF_NOT_ANNOUNCED)
				scan->recognition = UDF_UNREADABLE;
			continue;
		}
		if (iso9660_descriptor_type(sector) != ISO9660_NONE) {
			if (!scan->is_iso9660_over)
				take_iso9660_descriptor(scan, i, sector, volume);
			continue;
		}
		/* After the ISO 9660 part, mkisofs puts a sector with its version in between. */
		if (!udf_is_recognition_structure(sector) && !(scan->is_iso9660_over && memcmp(sector, "MKI ", 4) == 0))
			break;
		if (udf_is_announced(sector))
			scan->recognition = UDF_ANNOUNCED;
	}
	return 0;
}

/* Takes a label from another file system, unless it only is the shorter form of the one that is there. */
static void prefer_label(struct discern_volume *volume, const char *label)
{
	if (label[0] != '\0' && strncmp(volume->label, label, strlen(label)) != 0) {
		size_t size = strlen(label);

		if (size >= sizeof(volume->label))
			size = sizeof(volume->label) - 1;
		memcpy(volume->label, label, size);
		volume->label[size] = '\0';
	}
}

static int probe_udf(struct probe *probe, const struct scan *scan, struct discern_volume *volume)
{
	struct udf_volume udf;
	int ret = udf_probe(probe, scan->recognition, volume->iso_sectors, &udf);

	if (ret < 0 || !udf.is_found)
		return ret;
	volume->has_udf = true;
	volume->udf_revision = udf.revision;
	volume->udf_sectors = udf.n_sectors;
	prefer_label(volume, udf.label);
	if (volume->created[0] == '\0')
		memcpy(volume->created, udf.created, sizeof(volume->created));
	return 0;
}

static int probe_boot(struct probe *probe, const struct scan *scan, struct discern_volume *volume)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct boot_platforms platforms;
	int ret = probe_read(probe, 0, sector);

	if (ret == 0) {
		volume->is_hybrid = boot_has_partition_table(sector);
		volume->partition_sectors = boot_partition_sectors(sector);
	}
	if (ret < 0 || !scan->has_boot_record)
		return ret < 0 ? ret : 0;
	ret = boot_read_catalogue(probe, scan->catalogue_lba, &platforms);
	volume->boots_bios = platforms.has_bios;
	volume->boots_uefi = platforms.has_uefi;
	return ret;
}

int volume_probe(struct discern_source *source, int32_t start_lba, struct discern_volume *ret_volume, bool *ret_found,
		 struct discern_error *err)
{
	struct probe probe = { .source = source, .start_lba = start_lba, .n_reads_left = PROBE_MAX_READS, .err = err };
	struct scan scan = { .recognition = UDF_NOT_ANNOUNCED };
	int ret;

	memset(ret_volume, 0, sizeof(*ret_volume));
	*ret_found = false;
	ret = scan_descriptors(&probe, &scan, ret_volume);
	if (ret == 0 && scan.has_primary)
		ret = iso9660_find_rock_ridge(&probe, &scan.primary, &ret_volume->has_rock_ridge);
	if (ret == 0)
		prefer_label(ret_volume, scan.joliet_label);
	if (ret == 0 && scan.recognition != UDF_NOT_ANNOUNCED)
		ret = probe_udf(&probe, &scan, ret_volume);
	if (ret == 0)
		ret = probe_boot(&probe, &scan, ret_volume);
	if (ret < 0)
		return ret;
	*ret_found = ret_volume->has_iso9660 || ret_volume->has_udf;
	return 0;
}
