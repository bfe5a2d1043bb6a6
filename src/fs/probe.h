/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of iso9660.c, udf.c and boot.c share: reading one sector of a source that may be bad. */
#ifndef FS_PROBE_H
#define FS_PROBE_H

#include <discern/error.h>

#include "disc/source.h"

/** Reads are counted, so that no volume, however it is made, keeps a drive busy for long. */
struct probe {
	struct discern_source *source;
	/** First sector of the session looked at. */
	int32_t start_lba;
	unsigned n_reads_left;
	struct discern_error *err;
};

/** More than any honest volume needs. */
#define PROBE_MAX_READS 512

/** One sector: 0 it is in buffer, 1 it cannot be read (or the limit of reads is reached), or a negative errno:
 *  the source is in trouble. */
int probe_read(struct probe *probe, int64_t lba, uint8_t buffer[DISCERN_SECTOR_SIZE]);

#endif
