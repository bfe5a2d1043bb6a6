/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ SUB-CHANNEL (MMC-6 6.25), READ HEADER (MMC-3 6.21), and the sub-channels in READ CD. */
#include "vdrive/mmc/subchannel.h"

#include <string.h>

#include "base/bytes.h"
#include "vdrive/mmc/audio.h"
#include "vdrive/mmc/cd_reader.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/msf.h"
#include "vdrive/mmc/read.h"

/* Of a pack of the channels R to W (IEC 60908 17.7): symbols of six bits, the packs of a sector, and the packs that
 * one is interleaved over. */
enum { PACK_SYMBOLS = 24, SECTOR_PACKS = 4, INTERLEAVED_PACKS = 8, WINDOW_SECTORS = 3, SYMBOL_BITS = 0x3f };

/* Parity P of a pack: a Reed-Solomon code over GF(2^6) of x^6 + x + 1, four symbols of 24 (IEC 60908 17.7.3). */
enum { FIELD_SIZE = 64, FIELD_POLYNOMIAL = 0x43, N_SYNDROMES = 4 };

void subchannel_format_q(uint8_t ret_q[SUBCHANNEL_FORMATTED_Q], const uint8_t raw[SUBCHANNEL_BYTES])
{
	uint8_t channels[SUBCHANNEL_BYTES];

	subchannel_deinterleave(channels, raw);
	memset(ret_q, 0, SUBCHANNEL_FORMATTED_Q);
	memcpy(ret_q, channels + SUBCHANNEL_Q * SUBCHANNEL_ONE, SUBCHANNEL_ONE);
	ret_q[15] = channels[SUBCHANNEL_P * SUBCHANNEL_ONE] & 0x80;
}

static uint8_t multiply(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b != 0; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (uint8_t)(a << 1 ^ (a & FIELD_SIZE / 2 ? FIELD_POLYNOMIAL : 0));
	}
	return product & SYMBOL_BITS;
}

static uint8_t power_of_alpha(unsigned exponent)
{
	uint8_t power = 1;

	while (exponent-- > 0)
		power = multiply(power, 2);
	return power;
}

/* Mends one wrong symbol; a pack with more of them stays as it is, and so does what is no pack. */
static void correct_pack(uint8_t symbols[PACK_SYMBOLS])
{
	uint8_t syndromes[N_SYNDROMES] = { 0 };

	for (unsigned j = 0; j < N_SYNDROMES; j++)
		for (unsigned i = 0; i < PACK_SYMBOLS; i++)
			syndromes[j] = multiply(syndromes[j], power_of_alpha(j)) ^ symbols[i];
	if (syndromes[0] == 0)
		return;
	for (unsigned i = 0; i < PACK_SYMBOLS; i++) {
		uint8_t place = power_of_alpha(PACK_SYMBOLS - 1 - i), expected = syndromes[0];
		bool is_here = true;

		for (unsigned j = 1; j < N_SYNDROMES; j++) {
			expected = multiply(expected, place);
			is_here = is_here && syndromes[j] == expected;
		}
		if (is_here)
			symbols[i] ^= syndromes[0];
	}
}

/* Where a symbol of a pack lies from its begin on: three pairs of columns change places, and each column comes as
 * many packs later as its number modulo 8 says (IEC 60908 17.7.4). */
static unsigned interleaved_place(unsigned symbol)
{
	static const uint8_t columns[PACK_SYMBOLS] = { 0,  18, 5,  23, 4,  2,  6, 7,  8,  9,  10, 11,
						       12, 13, 14, 15, 16, 17, 1, 19, 20, 21, 22, 3 };
	unsigned column = columns[symbol];

	return column % INTERLEAVED_PACKS * PACK_SYMBOLS + column;
}

void subchannel_read_packs(struct vdrive *drive, int32_t lba, uint8_t ret_packs[SUBCHANNEL_BYTES])
{
	struct cd_reader reader = { .drive = drive, .needs_subchannel = true, .ignores_damage = true };
	uint8_t window[WINDOW_SECTORS * SUBCHANNEL_BYTES] = { 0 };
	struct cd_sector sector;

	for (int32_t i = 0; i < WINDOW_SECTORS; i++) {
		cd_reader_read(&reader, (int32_t)(lba + (int64_t)i), &sector);
		if (sector.ret == 0)
			memcpy(window + (size_t)i * SUBCHANNEL_BYTES, sector.subchannel, SUBCHANNEL_BYTES);
	}
	for (unsigned pack = 0; pack < SECTOR_PACKS; pack++) {
		uint8_t *symbols = ret_packs + (size_t)pack * PACK_SYMBOLS;

		for (unsigned i = 0; i < PACK_SYMBOLS; i++)
			symbols[i] = window[pack * PACK_SYMBOLS + interleaved_place(i)] & SYMBOL_BITS;
		correct_pack(symbols);
	}
}

/* CANNOT READ MEDIUM, INCOMPATIBLE FORMAT, for what only a CD has. */
static int need_cd(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	if (ret == 0 && vdrive_profile(call->drive)->family != FAMILY_CD)
		ret = vdrive_check_condition(call, 5, 0x30, 2);
	return ret;
}

static uint8_t adr_control(enum q_adr adr, const struct cd_track *track)
{
	return (uint8_t)(adr << 4 | (track != NULL ? track->control & 0x0f : CD_CONTROL_DATA));
}

/* Minute, second and frame of a duration, which before the track's begin counts down. */
static void put_duration(uint8_t *p, int32_t n_sectors, bool as_msf)
{
	put_address(p, as_msf ? (n_sectors < 0 ? -n_sectors : n_sectors) - CD_PREGAP : n_sectors, as_msf);
}

/* Format 1: where the pick-up is (table 494). */
static size_t put_position(const struct vdrive *drive, bool as_msf, uint8_t *data)
{
	enum { LEAD_OUT = 0xaa };
	const struct cd_layout *layout = disc_cd_layout(drive->disc);
	int32_t lba = vdrive_position(drive);
	const struct cd_track *track = cd_track_before(layout, lba);
	bool is_lead_out = cd_is_lead_out(drive->disc, lba);

	data[5] = adr_control(Q_POSITION, track);
	if (track != NULL) {
		data[6] = is_lead_out ? LEAD_OUT : (uint8_t)track->number;
		data[7] = is_lead_out ? 1 : (uint8_t)cd_track_index_at(track, lba);
	}
	put_address(data + 8, lba, as_msf);
	if (track != NULL)
		put_duration(data + 12, lba - (is_lead_out ? track->end_lba : track->start_lba), as_msf);
	return 16;
}

/* Formats 2 and 3: a text of Q, whose first byte says whether there is one (tables 495 and 496). */
static size_t put_text(uint8_t *data, const char *text)
{
	enum { VALID = 0x80, TEXT_AT = 9 };

	if (text[0] != '\0') {
		data[8] = VALID;
		memcpy(data + TEXT_AT, text, strlen(text));
	}
	return 24;
}

static int read_subchannel(struct vdrive_call *call)
{
	enum { SUBQ = 0x40, POSITION = 1, MCN = 2, ISRC = 3 };
	const struct cd_track *track;
	const uint8_t *cdb = call->cdb;
	uint8_t data[32] = { 0 };
	size_t size = 4;
	int ret = need_cd(call);

	if (ret != 0)
		return ret;
	if (cdb[2] & SUBQ && (cdb[3] < POSITION || cdb[3] > ISRC))
		return vdrive_invalid_field(call, 3);
	track = cd_layout_track(disc_cd_layout(call->drive->disc), cdb[6]);
	if (cdb[2] & SUBQ && cdb[3] == ISRC && track == NULL)
		return vdrive_invalid_field(call, 6);
	data[1] = vdrive_take_audio_status(call->drive);
	if (cdb[2] & SUBQ)
		data[4] = cdb[3];
	if (data[4] == POSITION)
		size = put_position(call->drive, cdb[1] & 2, data);
	if (data[4] == MCN)
		size = put_text(data, disc_cd_layout(call->drive->disc)->mcn);
	if (data[4] == ISRC) {
		data[5] = adr_control(Q_ISRC, track);
		data[6] = cdb[6];
		size = put_text(data, track->isrc);
	}
	put_be16(data + 2, (uint16_t)(size - 4));
	return vdrive_give(call, data, size, get_be16(cdb + 7));
}

/* Data mode and address of a block, as its header has them. */
static int read_header(struct vdrive_call *call)
{
	const struct vdrive_sense wrong_mode = { .key = 5, .asc = 0x64 };
	struct cd_reader reader = { .drive = call->drive, .ignores_damage = true };
	int32_t lba = (int32_t)get_be32(call->cdb + 2), header_lba;
	struct cd_sector sector;
	uint8_t data[8] = { 0 };
	int ret = need_cd(call);

	if (ret != 0)
		return ret;
	vdrive_stop_player(call->drive);
	cd_reader_read(&reader, lba, &sector);
	if (sector.ret < 0)
		return vdrive_fail_read(call, lba, sector.ret);
	if (sector.is_audio || !sector_header_lba(sector.data, &header_lba))
		return vdrive_fail_at(call, wrong_mode, lba);
	call->drive->position_lba = lba;
	data[0] = sector.data[SECTOR_USER_AT - 1] & 3;
	put_address(data + 4, header_lba, call->cdb[1] & 2);
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
}

const struct vdrive_opcode vdrive_opcodes_subchannel[] = {
	{ 0x42, 10, "READ SUB-CHANNEL", read_subchannel, false },
	{ 0x44, 10, "READ HEADER", read_header, false },
	{ 0, 0, NULL, NULL, false },
};
