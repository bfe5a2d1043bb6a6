/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Delivers sectors": where drive, image and fs meet rip, burn and verify.
 * A source may be used by one thread at a time; different sources are independent.
 */
#ifndef DISC_SOURCE_H
#define DISC_SOURCE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>
#include <discern/medium.h>

#include "disc/readings.h"

struct discern_source;

/** How hard a drive tries. */
struct source_effort {
	/** Read speed in kB/s; 0 as fast as it likes. */
	uint32_t speed_kbps;
	/** It gives up a bad sector at once instead of trying it again and again by itself. */
	bool gives_up_soon;
};

struct discern_source_ops {
	/**
	 * Reads n_sectors sectors of DISCERN_SECTOR_SIZE bytes from lba on into buffer.
	 * 0: all of them are in buffer. Otherwise nothing in buffer counts:
	 * -EIO        these sectors cannot be read now; err->sense tells why; others may be readable
	 * -ENXIO      outside of the recorded area (sense 5/21, 5/63, 5/64, 8/xx)
	 * -ENOMEDIUM, -ESTALE (medium changed), -ENODEV, -ETIMEDOUT: the source itself is in trouble
	 */
	int (*read)(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		    struct discern_error *err);
	/** From the next read on. NULL, or -EOPNOTSUPP, where nothing of it can be set; what can be, is. */
	int (*set_effort)(struct discern_source *source, const struct source_effort *effort);
	/** Of these sectors nothing will be answered by the next read of them that a cache of the device holds. NULL where
	 *  there is none. 0, or trouble of the source. */
	int (*forget)(struct discern_source *source, int32_t lba, uint32_t n_sectors, struct discern_error *err);
	/** Stops the disc, or starts it again and waits until it can be read. NULL where nothing turns. */
	int (*set_spinning)(struct discern_source *source, bool is_spinning, struct discern_error *err);
	/** Releases the source; effort becomes what it was at the opening. */
	void (*close)(struct discern_source *source);
};

/** First member of every implementation. */
struct discern_source {
	const struct discern_source_ops *ops;
	/** Sectors that the source is believed to have; reading beyond is allowed to fail. */
	uint32_t n_sectors;
	/** Largest useful n_sectors of one read, at least 1; what a healthy area should be read with. */
	uint32_t preferred_sectors;
	/** What a long healthy area should be read with: each command costs some time of its own. 0: no more than the above. */
	uint32_t largest_sectors;
	/** Sectors that stand or fall together (profile.h), at least 1. */
	uint32_t ecc_sectors;
	/** What the device says that all its commands took so far; 0 for ever if it says nothing. */
	double busy_seconds;
	/** Reads that gave data which the device says it had trouble with (sense key 1). */
	uint32_t n_recovered;
	/** How often the disc had to get up to speed again, or to another one: after a reset, a rest, a change of the
	 *  speed. What the next read takes says nothing of its sectors. */
	uint32_t n_starts;
	/** How forget() does it, in words, once it has. */
	const char *forget_words;
	/** Called for each sector that a read gives and that is not as the device read it, but mended by us: so many bytes.
	 *  NULL for nobody. */
	void (*on_mended)(int32_t lba, unsigned n_bytes, void *user);
	void *user;
	/** Who is told why the device reads; NULL for nobody. */
	struct readings *readings;
};

/** Why it is read from now on; returns the reason before, to be set again. */
static inline const char *source_because(struct discern_source *source, const char *reason)
{
	return readings_because(source->readings, reason);
}

static inline int source_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			      struct discern_error *err)
{
	return source->ops->read(source, lba, n_sectors, buffer, err);
}

static inline int source_set_effort(struct discern_source *source, const struct source_effort *effort)
{
	return source->ops->set_effort != NULL ? source->ops->set_effort(source, effort) : -EOPNOTSUPP;
}

static inline int source_forget(struct discern_source *source, int32_t lba, uint32_t n_sectors,
				struct discern_error *err)
{
	return source->ops->forget != NULL ? source->ops->forget(source, lba, n_sectors, err) : 0;
}

static inline int source_set_spinning(struct discern_source *source, bool is_spinning, struct discern_error *err)
{
	return source->ops->set_spinning != NULL ? source->ops->set_spinning(source, is_spinning, err) : -EOPNOTSUPP;
}

/** Accepts NULL, returns NULL. */
static inline struct discern_source *source_close(struct discern_source *source)
{
	if (source != NULL)
		source->ops->close(source);
	return (struct discern_source *)0;
}

#endif
