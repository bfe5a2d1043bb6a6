/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sub-channels P to W of a CD: 96 bytes beside each sector (IEC 60908 17, ECMA-130 22, MMC-6 4.2.3.5). */
#ifndef DISC_SUBCHANNEL_H
#define DISC_SUBCHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/cd_layout.h"

/** Bytes of all channels of one sector, of one channel, and their number. */
enum { SUBCHANNEL_BYTES = 96, SUBCHANNEL_ONE = 12, SUBCHANNEL_COUNT = 8, SUBCHANNEL_P = 0, SUBCHANNEL_Q = 1 };

/** What ADR says the rest of Q is. */
enum q_adr { Q_POSITION = 1, Q_MCN = 2, Q_ISRC = 3, Q_MULTI_SESSION = 5 };

/** CRC of the first ten bytes as its last two hold it: x^16 + x^12 + x^5 + 1, inverted. */
uint16_t q_crc(const uint8_t q[SUBCHANNEL_ONE]);
bool q_is_sound(const uint8_t q[SUBCHANNEL_ONE]);

/** Q of one sector, decoded. What adr says is valid, and track, index and both addresses only with Q_POSITION. */
struct q_data {
	uint8_t control;
	enum q_adr adr;
	/** Track 0 is the lead-in, where index is POINT (A0h and above as they are), and 0xaa the lead-out. */
	unsigned track, index;
	/** Sectors since index 1; in index 0 those to its last one, which has 0, as the first of index 1 has. And the
	 *  address; in a lead-in, relative is its time and lba that of POINT. */
	int32_t relative, lba;
	char mcn[CD_MCN_LENGTH + 1];
	char isrc[CD_ISRC_LENGTH + 1];
};

/** All twelve bytes, CRC included. Q_POSITION, Q_MCN and Q_ISRC; of the latter two lba gives the frame. */
void q_encode(uint8_t ret_q[SUBCHANNEL_ONE], const struct q_data *data);
/** False if the CRC is wrong or a field is no number. */
bool q_decode(const uint8_t q[SUBCHANNEL_ONE], struct q_data *ret_data);

/** One entry of a lead-in, which Q repeats there: POINT in BCD or A0h to A2h, B0h, C0h; addresses as MSF in BCD. */
void q_encode_toc(uint8_t ret_q[SUBCHANNEL_ONE], uint8_t control_adr, const uint8_t point_to_frames[8]);

/** Between the twelve bytes of each channel, P first, and the 96 raw bytes of READ CD (MMC-6 table 352): one bit of
 *  each channel a byte, P the highest. */
void subchannel_interleave(uint8_t ret_raw[SUBCHANNEL_BYTES], const uint8_t channels[SUBCHANNEL_BYTES]);
void subchannel_deinterleave(uint8_t ret_channels[SUBCHANNEL_BYTES], const uint8_t raw[SUBCHANNEL_BYTES]);

/** Raw P to W that a recorder writes at lba by itself: P on in pauses, in the two seconds before a track and in its
 *  first sector; Q with MCN and, in audio tracks, ISRC in one of 100 sectors each (where the layout has any); R to W
 *  zero. Also for the lead-outs behind sessions; elsewhere all is zero, of which no Q is sound. */
void subchannel_make(uint8_t ret_raw[SUBCHANNEL_BYTES], const struct cd_layout *layout, int32_t lba);

#endif
