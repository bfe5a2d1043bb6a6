/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes from hostile images: no crash, no loop, strings that end, and few reads. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/volume.h"
#include "fuzz/fuzz.h"
#include "support/memory_source.h"
#include "support/volume_make.h"

/* No more reads than this however the volume is made. */
#define MAX_READS 512

static void check_string(const char *text, size_t size)
{
	if (memchr(text, '\0', size) == NULL)
		abort();
}

static void probe(uint8_t *image, size_t size)
{
	struct memory_source source;
	struct discern_volume volume;
	bool found;

	memory_source_init(&source, image, (uint32_t)(size / DISCERN_SECTOR_SIZE));
	if (volume_probe(&source.source, 0, &volume, &found, NULL) != 0 || source.n_reads > MAX_READS)
		abort();
	check_string(volume.label, sizeof(volume.label));
	check_string(volume.system_id, sizeof(volume.system_id));
	check_string(volume.publisher, sizeof(volume.publisher));
	check_string(volume.application, sizeof(volume.application));
	check_string(volume.created, sizeof(volume.created));
}

/* Makes sums and CRCs of the UDF descriptors right again, or no change to them would pass. */
static void seal_descriptors(uint8_t *image)
{
	for (uint32_t i = 0; i < 4; i++) {
		volume_seal_descriptor(image, VOLUME_SEQUENCE + i, volume_sector(image, VOLUME_SEQUENCE + i)[0]);
		volume_seal_descriptor(image, VOLUME_RESERVE + i, volume_sector(image, VOLUME_RESERVE + i)[0]);
	}
	volume_seal_descriptor(image, VOLUME_INTEGRITY, 9);
	volume_seal_descriptor(image, 256, 2);
	volume_seal_descriptor(image, VOLUME_SECTORS - 1, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	probe(copy, size);
	if (size >= (size_t)VOLUME_SECTORS * DISCERN_SECTOR_SIZE) {
		seal_descriptors(copy);
		probe(copy, size);
	}
	free(copy);
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const uint16_t joliet[] = { 'J', 'o', 'l', 'i', 'e', 't' };
	uint8_t *image;

	if (index > 0)
		return NULL;
	image = volume_blank();
	if (image == NULL)
		return NULL;
	volume_add_iso9660(image, "A LABEL");
	volume_add_joliet(image, joliet, 6);
	volume_add_rock_ridge(image);
	volume_add_el_torito(image);
	volume_add_partition_table(image);
	volume_add_udf(image, 20, "A LABEL IN UDF");
	*ret_size = (size_t)VOLUME_SECTORS * DISCERN_SECTOR_SIZE;
	return image;
}
