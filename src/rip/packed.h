/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The compressed image beside the plain one: IMAGE.zst is made from IMAGE.part while that is being written, as far as it
 * is there without a gap, and the rest when all is. It never makes the disc wait. The plain file is what a job is
 * resumed with; it goes away when the compressed one is complete.
 */
#ifndef RIP_PACKED_H
#define RIP_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/rip.h>

#include "rip/meter.h"
#include "rip/output.h"

struct packed;

/** -EEXIST if the compressed image of that name is there already. */
int packed_check_name(const char *image_path, enum discern_compression compression, struct discern_error *err);

/** Takes ".zst" off a name that has it already, so that the plain file is named right. Returns name. */
char *packed_plain_name(const char *path, enum discern_compression compression, char *name, size_t size);

/**
 * Begins with what output's file has already, up to the first sector that the map does not call good.
 * @return 0 (and NULL for no compression), or a negative errno with words. Release with packed_free().
 */
int packed_new(const struct output *output, enum discern_compression compression, const struct map *map,
	       struct packed **ret_packed, struct discern_error *err);

/** size bytes at offset are in the file now. In any thread, but one at a time. */
void packed_reached(struct packed *packed, uint64_t offset, uint32_t size);

/** All size_bytes are there: compresses the rest, gives the result its name and removes plain file and map. */
int packed_finish(struct packed *packed, struct output *output, uint64_t size_bytes, struct meter *meter,
		  struct discern_error *err);

/** After packed_finish(). */
const char *packed_path(const struct packed *packed);
uint64_t packed_bytes(const struct packed *packed);

/** Drops what is not finished. Accepts NULL, returns NULL. */
struct packed *packed_free(struct packed *packed);

#endif
