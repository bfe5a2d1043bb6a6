/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The begin of an image of which the rest is not at hand: sectors behind it count as unreadable. */
#ifndef DISC_HEAD_SOURCE_H
#define DISC_HEAD_SOURCE_H

#include <stddef.h>

#include "disc/source.h"

struct head_source {
	struct discern_source source;
	const uint8_t *bytes;
	size_t n_bytes;
};

/** bytes stay the caller's. image_bytes is the size of the whole image; a last sector is filled up with zeros. Nothing has
 *  to be released. */
void head_source_init(struct head_source *head, const uint8_t *bytes, size_t n_bytes, uint64_t image_bytes);

#endif
