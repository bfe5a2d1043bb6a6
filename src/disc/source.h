/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Delivers sectors": where drive, image and fs meet rip, burn and verify.
 * A source may be used by one thread at a time; different sources are independent.
 */
#ifndef DISC_SOURCE_H
#define DISC_SOURCE_H

#include <stdint.h>

#include <discern/error.h>
#include <discern/medium.h>

struct discern_source;

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
	/** Releases the source. */
	void (*close)(struct discern_source *source);
};

/** First member of every implementation. */
struct discern_source {
	const struct discern_source_ops *ops;
	/** Sectors that the source is believed to have; reading beyond is allowed to fail. */
	uint32_t n_sectors;
	/** Largest useful n_sectors of one read, at least 1; what a healthy area should be read with. */
	uint32_t preferred_sectors;
	/** Sectors that stand or fall together (profile.h), at least 1. */
	uint32_t ecc_sectors;
};

static inline int source_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			      struct discern_error *err)
{
	return source->ops->read(source, lba, n_sectors, buffer, err);
}

/** Accepts NULL, returns NULL. */
static inline struct discern_source *source_close(struct discern_source *source)
{
	if (source != NULL)
		source->ops->close(source);
	return (struct discern_source *)0;
}

#endif
