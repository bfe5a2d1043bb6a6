/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain image file (.iso) as a source of sectors. */
#ifndef IMAGE_IMAGE_SOURCE_H
#define IMAGE_IMAGE_SOURCE_H

#include "disc/source.h"

/** Opens path for reading. A partial last sector is delivered filled up with zeros. Release with source_close(). */
int image_source_open(const char *path, struct discern_source **ret_source, struct discern_error *err);

#endif
