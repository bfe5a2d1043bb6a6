/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sectors of a CD image in the order and form in which they are fed: audio shifted by what the drive puts it wrong. */
#ifndef BURN_CD_STREAM_H
#define BURN_CD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/cd_image.h"
#include "disc/subchannel.h"

struct cd_stream {
	struct cd_image *image;
	const struct cd_layout *layout;
	/** Samples by which audio is sent early. */
	int32_t shift_samples;
	/** Sectors of audio that were read last, and which. */
	uint8_t kept[2][SECTOR_RAW];
	int32_t kept_lba[2];
	unsigned next_kept;
	/** Where the stream is; 1 for the first session. */
	unsigned session;
	int32_t lba;
};

/** At the begin of the first session. */
void cd_stream_init(struct cd_stream *stream, struct cd_image *image, int32_t shift_samples);

/** The next sector, and where ret_subchannel is not NULL its raw sub-channels. 0, -ENODATA at the end, or -EIO. */
int cd_stream_next(struct cd_stream *stream, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel);

/** Sectors of all sessions. */
uint32_t cd_stream_count(const struct cd_layout *layout);

#endif
