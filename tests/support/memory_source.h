/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source of sectors in memory, with damage on demand. */
#ifndef TESTS_MEMORY_SOURCE_H
#define TESTS_MEMORY_SOURCE_H

#include "disc/source.h"

struct memory_damage {
	int32_t lba;
	uint32_t n_sectors;
	/** What a read of one of these sectors returns. */
	int code;
	/** How often, before they can be read; 0 for ever. */
	unsigned n_failures;
};

struct memory_source {
	struct discern_source source;
	/** n_recorded sectors; reading behind them gives -ENXIO. */
	uint8_t *data;
	uint32_t n_recorded;
	struct memory_damage damage[8];
	size_t n_damage;
	unsigned n_reads;
};

/** Sets up a source over data, which stays the caller's. */
void memory_source_init(struct memory_source *memory, uint8_t *data, uint32_t n_sectors);

/** Makes sectors unreadable. */
void memory_source_damage(struct memory_source *memory, int32_t lba, uint32_t n_sectors, int code);

#endif
