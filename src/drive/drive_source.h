/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The medium in a drive as a source of sectors, read with our own commands past every cache of the kernel. */
#ifndef DRIVE_DRIVE_SOURCE_H
#define DRIVE_DRIVE_SOURCE_H

#include <stdbool.h>

#include <discern/drive.h>

#include "disc/source.h"

struct drive_source_options {
	/** Nothing read comes from what the drive has in its cache from before: the first sectors, more than a cache
	 *  holds, are read with FUA; where the drive refuses that, as many from elsewhere are read first. */
	bool past_cache;
	/** Limit of one read command; 0 for the usual 60 s. */
	unsigned timeout_ms;
	/** The speed that the caller has set, to which a lower effort returns; 0 for the drive's highest. */
	uint32_t speed_kbps;
	/** How long to wait for a drive that drops out; 0: not at all. */
	unsigned reconnect_seconds;
	/** Called when the drive is gone, with NULL; and when it is back, with a source to read with: then it is to find out
	 *  whether the same disc is in it, of which only the size has been compared, and to return what ends the reading
	 *  if it is not (-ESTALE). May be NULL. */
	int (*on_drop_out)(struct discern_source *source, const char *drive, void *user, struct discern_error *err);
	/** The same for a drive that was reset, or not ready for a while, and is back. A change of the disc may have been told to
	 *  another program, or to nobody. May be NULL. */
	int (*on_reset)(struct discern_source *source, const char *drive, void *user, struct discern_error *err);
	void *user;
	/** Of a CD, whole sectors are read as far as the drive can, and proven and mended (cd_source.h). */
	bool with_proof;
};

/** Borrows the drive: close the source before the drive is used otherwise. options may be NULL. */
int drive_source_open(struct discern_drive *drive, const struct discern_medium *medium,
		      const struct drive_source_options *options, struct discern_source **ret_source,
		      struct discern_error *err);

#endif
