/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of an image that is not at hand: zeros, as many as it has. */
#ifndef VERIFY_NOTHING_SOURCE_H
#define VERIFY_NOTHING_SOURCE_H

#include <stdint.h>

#include "disc/source.h"

/** It needs no release. */
void nothing_source_init(struct discern_source *source, uint64_t size_bytes);

#endif
