/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/subchannel.h"

#include <string.h>

#include "base/bytes.h"
#include "disc/crc16.h"
#include "disc/msf.h"

/* TNO of a lead-out, and its sectors: at most those of the first one, a minute and a half (MMC-6 4.2.3.4). */
enum { TNO_LEAD_OUT = 0xaa, LEAD_OUT_SECTORS = 6750 };

/* MCN and ISRC stand once in any 100 sectors (ECMA-130 22.3.4.2): two less, for one may have to wait for the next. */
enum { CODE_PERIOD = 98, MCN_AT = 24, ISRC_AT = 73 };

uint16_t q_crc(const uint8_t q[SUBCHANNEL_ONE])
{
	return crc16_inverted(q, SUBCHANNEL_ONE - 2);
}

bool q_is_sound(const uint8_t q[SUBCHANNEL_ONE])
{
	return get_be16(q + SUBCHANNEL_ONE - 2) == q_crc(q);
}

static uint8_t bcd_from_tno(unsigned track)
{
	return track == TNO_LEAD_OUT ? TNO_LEAD_OUT : bcd_from_number(track);
}

/* Digits of a catalogue number or of the end of an ISRC, two a byte; what is missing is zero. */
static void put_digits(uint8_t *ret, const char *digits, unsigned n_digits)
{
	for (unsigned i = 0; i < n_digits && digits[i] >= '0' && digits[i] <= '9'; i++)
		ret[i / 2] |= (uint8_t)((digits[i] - '0') << (i % 2 ? 0 : 4));
}

/* IEC 60908 17.5.3: characters of six bits; digits are 0 to 9, letters begin at 11h. */
static void put_isrc(uint8_t *q, const char *isrc)
{
	uint32_t code = 0;

	for (unsigned i = 0; i < 5; i++) {
		code = code << 6 | ((uint32_t)(isrc[i] - '0') & 0x3f);
		if (isrc[i] == '\0')
			return;
	}
	put_be32(q + 1, code << 2);
	put_digits(q + 5, isrc + 5, 7);
}

void q_encode(uint8_t ret_q[SUBCHANNEL_ONE], const struct q_data *data)
{
	uint8_t absolute[3];

	memset(ret_q, 0, SUBCHANNEL_ONE);
	ret_q[0] = (uint8_t)(data->control << 4 | data->adr);
	msf_put(absolute, (uint32_t)(data->lba + MSF_LBA_0));
	if (data->adr == Q_MCN) {
		put_digits(ret_q + 1, data->mcn, CD_MCN_LENGTH);
		ret_q[9] = absolute[2];
	} else if (data->adr == Q_ISRC) {
		put_isrc(ret_q, data->isrc);
		ret_q[9] = absolute[2];
	} else {
		ret_q[1] = bcd_from_tno(data->track);
		ret_q[2] = bcd_from_number(data->index);
		msf_put(ret_q + 3, (uint32_t)data->relative);
		memcpy(ret_q + 7, absolute, sizeof(absolute));
	}
	put_be16(ret_q + 10, q_crc(ret_q));
}

static bool get_digits(const uint8_t *bytes, char *ret_digits, unsigned n_digits)
{
	for (unsigned i = 0; i < n_digits; i++) {
		unsigned digit = i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4;

		if (digit > 9)
			return false;
		ret_digits[i] = (char)('0' + digit);
	}
	ret_digits[n_digits] = '\0';
	return true;
}

static bool get_isrc(const uint8_t *q, char ret_isrc[CD_ISRC_LENGTH + 1])
{
	uint32_t code = get_be32(q + 1) >> 2;

	for (unsigned i = 0; i < 5; i++)
		ret_isrc[i] = (char)('0' + (code >> (24 - 6 * i) & 0x3f));
	return get_digits(q + 5, ret_isrc + 5, 7) && cd_isrc_is_sound(ret_isrc);
}

static bool get_position(const uint8_t *q, struct q_data *data)
{
	int32_t absolute;

	if (q[1] != TNO_LEAD_OUT && !bcd_is_number(q[1]))
		return false;
	data->track = q[1] == TNO_LEAD_OUT ? TNO_LEAD_OUT : bcd_to_number(q[1]);
	/* POINT of a lead-in has values beyond the numbers. */
	if (data->track == 0 && q[2] >= 0xa0)
		data->index = q[2];
	else if (bcd_is_number(q[2]))
		data->index = bcd_to_number(q[2]);
	else
		return false;
	if (!msf_get(q + 3, &data->relative) || !msf_get(q + 7, &absolute))
		return false;
	data->lba = absolute - MSF_LBA_0;
	return true;
}

bool q_decode(const uint8_t q[SUBCHANNEL_ONE], struct q_data *ret_data)
{
	memset(ret_data, 0, sizeof(*ret_data));
	if (!q_is_sound(q))
		return false;
	ret_data->control = q[0] >> 4;
	ret_data->adr = q[0] & 15;
	if (ret_data->adr == Q_POSITION)
		return get_position(q, ret_data);
	if (ret_data->adr == Q_MCN)
		return get_digits(q + 1, ret_data->mcn, CD_MCN_LENGTH);
	return ret_data->adr != Q_ISRC || get_isrc(q, ret_data->isrc);
}

void q_encode_toc(uint8_t ret_q[SUBCHANNEL_ONE], uint8_t control_adr, const uint8_t point_to_frames[8])
{
	ret_q[0] = control_adr;
	ret_q[1] = 0;
	memcpy(ret_q + 2, point_to_frames, 8);
	put_be16(ret_q + 10, q_crc(ret_q));
}

void subchannel_interleave(uint8_t ret_raw[SUBCHANNEL_BYTES], const uint8_t channels[SUBCHANNEL_BYTES])
{
	for (unsigned i = 0; i < SUBCHANNEL_BYTES; i++) {
		unsigned symbol = 0;

		for (unsigned channel = 0; channel < SUBCHANNEL_COUNT; channel++)
			symbol = symbol << 1 | (channels[channel * SUBCHANNEL_ONE + i / 8] >> (7 - i % 8) & 1u);
		ret_raw[i] = (uint8_t)symbol;
	}
}

void subchannel_deinterleave(uint8_t ret_channels[SUBCHANNEL_BYTES], const uint8_t raw[SUBCHANNEL_BYTES])
{
	for (unsigned channel = 0; channel < SUBCHANNEL_COUNT; channel++)
		for (unsigned byte = 0; byte < SUBCHANNEL_ONE; byte++) {
			unsigned bits = 0;

			for (unsigned bit = 0; bit < 8; bit++)
				bits = bits << 1 | (raw[byte * 8 + bit] >> (7 - channel) & 1u);
			ret_channels[channel * SUBCHANNEL_ONE + byte] = (uint8_t)bits;
		}
}

/* The session whose lead-out lba lies in, or NULL. */
static const struct cd_session *lead_out_at(const struct cd_layout *layout, int32_t lba)
{
	for (unsigned i = layout->n_sessions; i-- > 0;)
		if (lba >= layout->sessions[i].lead_out_lba)
			return lba - layout->sessions[i].lead_out_lba < LEAD_OUT_SECTORS ? &layout->sessions[i] : NULL;
	return NULL;
}

/* Where a track or an index begins, Q must tell of it. */
static bool begins_section(const struct cd_track *track, int32_t lba)
{
	return lba == track->pregap_lba || cd_track_index_at(track, lba) != cd_track_index_at(track, lba - 1);
}

/* True in one sector of each period: the one at this offset or, if a section begins there, the next. */
static bool has_code(const struct cd_track *track, int32_t lba, int32_t offset)
{
	int32_t phase = (lba + CD_PREGAP) % CODE_PERIOD - offset;

	if (begins_section(track, lba))
		return false;
	return phase == 0 || (phase == 1 && begins_section(track, lba - 1));
}

/* P is on in the pause before a track, two seconds before it at least, and in its first sector (IEC 60908 17.4). */
static bool has_start_flag(const struct cd_layout *layout, const struct cd_track *track, int32_t lba)
{
	const struct cd_track *next = cd_layout_track(layout, track->number + 1);

	if (lba <= track->start_lba)
		return true;
	return next != NULL && next->session == track->session && lba >= next->start_lba - 2 * MSF_SECOND;
}

static void make_in_track(uint8_t *channels, const struct cd_layout *layout, const struct cd_track *track, int32_t lba)
{
	struct q_data data = { .control = track->control, .adr = Q_POSITION, .track = track->number, .lba = lba };

	data.index = cd_track_index_at(track, lba);
	/* ECMA-130 22.3.3.3: it runs down to zero in the last sector of a pause. */
	data.relative = data.index > 0 ? lba - track->start_lba : track->start_lba - 1 - lba;
	if (layout->mcn[0] != '\0' && has_code(track, lba, MCN_AT)) {
		data.adr = Q_MCN;
		memcpy(data.mcn, layout->mcn, sizeof(data.mcn));
	} else if (track->isrc[0] != '\0' && !(track->control & CD_CONTROL_DATA) && has_code(track, lba, ISRC_AT)) {
		data.adr = Q_ISRC;
		memcpy(data.isrc, track->isrc, sizeof(data.isrc));
	}
	if (has_start_flag(layout, track, lba))
		memset(channels, 0xff, SUBCHANNEL_ONE);
	q_encode(channels + SUBCHANNEL_ONE, &data);
}

/* P is on in the first sector, off for two seconds, and then blinks at 2 Hz; Q goes on with the control of the last track (IEC 60908 17.4). */
static void make_lead_out(uint8_t *channels, const struct cd_layout *layout, const struct cd_session *session,
			  int32_t lba)
{
	const struct cd_track *last = cd_layout_track(layout, session->last_track);
	struct q_data data = { .adr = Q_POSITION, .track = TNO_LEAD_OUT, .index = 1, .lba = lba };
	int32_t blinking;

	data.control = last != NULL ? last->control : 0;
	data.relative = lba - session->lead_out_lba;
	blinking = data.relative - 2 * MSF_SECOND;
	if (data.relative == 0 || (blinking >= 0 && blinking * 4 / MSF_SECOND % 2 == 0))
		memset(channels, 0xff, SUBCHANNEL_ONE);
	q_encode(channels + SUBCHANNEL_ONE, &data);
}

void subchannel_make(uint8_t ret_raw[SUBCHANNEL_BYTES], const struct cd_layout *layout, int32_t lba)
{
	const struct cd_track *track = cd_layout_track_at(layout, lba);
	const struct cd_session *session = lead_out_at(layout, lba);
	uint8_t channels[SUBCHANNEL_BYTES] = { 0 };

	if (track != NULL)
		make_in_track(channels, layout, track, lba);
	else if (session != NULL)
		make_lead_out(channels, layout, session, lba);
	subchannel_interleave(ret_raw, channels);
}
