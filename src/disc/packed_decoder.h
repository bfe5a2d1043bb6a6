/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What unpacks one kind of compressed file, for packed_file.c alone. */
#ifndef DISC_PACKED_DECODER_H
#define DISC_PACKED_DECODER_H

#include "disc/packed_file.h"

struct packed_decoder_ops {
	/** As packed_file_read(), but may give fewer bytes before the end; 0 is the end. */
	ssize_t (*read)(void *decoder, uint8_t *buffer, size_t size, struct discern_error *err);
	void (*close)(void *decoder);
};

struct packed_decoder {
	const struct packed_decoder_ops *ops;
	void *self;
	/** Of a ZIP archive: the name of the image. */
	char member[256];
};

/** Each: 0, or as packed_file_open(). */
int packed_archive_open(int fd, enum packing packing, struct packed_decoder *ret_decoder, struct discern_error *err);
int packed_gzip_open(int fd, struct packed_decoder *ret_decoder, struct discern_error *err);

#endif
