/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ DISC STRUCTURE: what is pressed into a DVD or BD, and what a blank tells of its maker. And REPORT KEY. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/defaults.h"

/* Longest structure, without the header of four bytes: a BD's 4096 bytes of disc information. */
enum { HEADER = 4, MAX_STRUCTURE = 4096 };

/* Physical sector number of the first data sector of a DVD (ECMA-267 and ECMA-349, 16.1). */
enum { DVD_FIRST_PSN = 0x030000, DVD_LAYER_SECTORS = 2298496 };

/* Who made the virtual discs, for whom DVD+ has 8 and 3 characters and BD 6 and 3. */
#define DVD_MAKER "DISCERN\0"
#define BD_MAKER "DISCRN"
#define MEDIA_TYPE "VD1"

struct structure {
	uint8_t format;
	/** Which media have it. */
	bool (*is_on)(const struct disc *disc);
	/** Writes the structure behind the header into zeroed room for MAX_STRUCTURE bytes; its size. */
	size_t (*fill)(const struct disc *disc, uint8_t *data);
};

static bool is_dvd(const struct disc *disc)
{
	return disc_profile(disc)->family == FAMILY_DVD;
}

static bool is_dvd_plus(const struct disc *disc)
{
	return is_dvd(disc) && !disc_is_pressed(disc);
}

static bool is_bd(const struct disc *disc)
{
	return disc_profile(disc)->family == FAMILY_BD;
}

static bool is_bd_r(const struct disc *disc)
{
	return is_bd(disc) && !disc_is_pressed(disc);
}

static unsigned n_dvd_layers(const struct disc *disc)
{
	return disc_capacity(disc) > DVD_LAYER_SECTORS ? 2 : 1;
}

/** Layout of the data zone: on two layers by opposite track path, the second running back from where the first ends
 *  with all bits of the sector number inverted. */
static void put_data_zone(const struct disc *disc, uint8_t *data)
{
	uint32_t n_sectors = disc_capacity(disc), end;

	put_be24(data + 5, DVD_FIRST_PSN);
	if (n_dvd_layers(disc) == 1) {
		put_be24(data + 9, DVD_FIRST_PSN + n_sectors - 1);
		return;
	}
	end = DVD_FIRST_PSN + (n_sectors / 2 + 15) / 16 * 16 - 1;
	data[2] |= 1 << 5 | 1 << 4;
	put_be24(data + 9, (~end & 0xffffff) + (DVD_FIRST_PSN + n_sectors - 1 - end) - 1);
	put_be24(data + 13, end);
}

/** Format 00h, physical format information; on DVD+ the same as in ADIP. */
static size_t dvd_physical(const struct disc *disc, uint8_t *data)
{
	/* Book type and part version; disc size 120 mm and the data rate; kind of layer. */
	static const uint8_t rom[] = { 0x01, 0x02, 0x01 }, plus_r[] = { 0xa1, 0x0f, 0x02 },
			     plus_rw[] = { 0x92, 0x0f, 0x04 };
	const uint8_t *kind = rom;

	if (disc_profile(disc)->number == DISCERN_PROFILE_DVD_PLUS_R)
		kind = plus_r;
	if (disc_profile(disc)->number == DISCERN_PROFILE_DVD_PLUS_RW)
		kind = plus_rw;
	memcpy(data, kind, 3);
	put_data_zone(disc, data);
	if (is_dvd_plus(disc)) {
		memcpy(data + 19, DVD_MAKER, 8);
		memcpy(data + 27, MEDIA_TYPE, 3);
		data[30] = 1;
	}
	return 2048;
}

/** Format 01h, copyright information: neither protection nor regions. */
static size_t dvd_copyright(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

/** Format 04h, disc manufacturing information. */
static size_t dvd_manufacturing(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	memcpy(data, DVD_MAKER, 8);
	return 2048;
}

/** Format 11h, ADIP. */
static size_t dvd_adip(const struct disc *disc, uint8_t *data)
{
	dvd_physical(disc, data);
	return 256;
}

/** BD format 00h, disc information: one unit. */
static size_t bd_information(const struct disc *disc, uint8_t *data)
{
	bool is_rom = disc_is_pressed(disc);

	memcpy(data, "DI", 2);
	data[2] = 1;
	data[3] = 1 << 3 | 1;
	data[6] = 112;
	memcpy(data + 8, is_rom ? "BDO" : "BDR", 3);
	data[11] = 0x01;
	data[12] = 0x10 | (is_rom ? 0x01 : 0x02);
	put_be32(data + 24, disc_capacity(disc));
	memcpy(data + 100, BD_MAKER, 6);
	memcpy(data + 106, MEDIA_TYPE, 3);
	data[111] = 1;
	return MAX_STRUCTURE;
}

/** BD format 0Ah, spare areas: none of them is ever used, as no sector of this disc goes bad. */
static size_t bd_spares(const struct disc *disc, uint8_t *data)
{
	put_be32(data + 4, disc_spares(disc));
	put_be32(data + 8, disc_spares(disc));
	return 12;
}

static const struct structure structures[] = {
	{ 0x00, is_dvd, dvd_physical },
	{ 0x01, is_dvd, dvd_copyright },
	{ 0x04, is_dvd, dvd_manufacturing },
	{ 0x11, is_dvd_plus, dvd_adip },
	{ 0x00, is_bd, bd_information },
	{ 0x0a, is_bd_r, bd_spares },
};

/** Format FFh: all formats of this medium, readable (RDS), with their lengths. */
static size_t list_structures(const struct disc *disc, uint8_t *list, uint8_t *room)
{
	size_t size = 0;

	for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
		if (!structures[i].is_on(disc))
			continue;
		list[size] = structures[i].format;
		list[size + 1] = 0x40;
		put_be16(list + size + 2, (uint16_t)(HEADER + structures[i].fill(disc, room)));
		size += 4;
	}
	return size;
}

static const struct structure *find_structure(const struct disc *disc, uint8_t format)
{
	for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++)
		if (structures[i].format == format && structures[i].is_on(disc))
			return &structures[i];
	return NULL;
}

static int read_disc_structure(struct vdrive_call *call)
{
	enum { MEDIA_DVD = 0, MEDIA_BD = 1, LIST = 0xff };
	const struct disc *disc = call->drive->disc;
	uint8_t answer[HEADER + MAX_STRUCTURE] = { 0 }, room[MAX_STRUCTURE] = { 0 };
	uint8_t media = call->cdb[1] & 0x0f, layer = call->cdb[6], format = call->cdb[7];
	const struct structure *structure;
	size_t size;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	if (media != MEDIA_DVD && media != MEDIA_BD)
		return vdrive_invalid_field(call, 1);
	/* The host asks for structures that this kind of disc does not have. */
	if (media == MEDIA_DVD ? !is_dvd(disc) : !is_bd(disc))
		return vdrive_check_condition(call, 5, 0x30, 2);
	structure = find_structure(disc, format);
	if (format == LIST)
		size = list_structures(disc, answer + HEADER, room);
	else if (structure == NULL)
		return vdrive_invalid_field(call, 7);
	else if (layer >= (is_dvd(disc) ? n_dvd_layers(disc) : 1))
		return vdrive_invalid_field(call, 6);
	else
		size = structure->fill(disc, answer + HEADER);
	put_be16(answer, (uint16_t)(HEADER + size - 2));
	return vdrive_give(call, answer, HEADER + size, get_be16(call->cdb + 8));
}

/** Keys are for discs with CSS, which no medium of this drive is; the region state has to do with the drive alone. */
static int report_key(struct vdrive_call *call)
{
	enum { AGID = 0x00, RPC_STATE = 0x08, INVALIDATE = 0x3f };
	uint8_t format = call->cdb[10] & 0x3f;
	uint8_t data[8] = { 0 };
	int ret;

	/* Key class 0: CSS, CPPM. */
	if (call->cdb[7] != 0)
		return vdrive_invalid_field(call, 7);
	switch (format) {
	case INVALIDATE:
		return 0;
	case RPC_STATE:
		/* No region set; 4 resets by the maker and 5 changes by the user left; RPC phase II. */
		put_be16(data, sizeof(data) - 2);
		data[4] = 4 << 3 | 5;
		data[5] = 0xff;
		data[6] = 1;
		return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 8));
	case AGID:
		ret = vdrive_need_medium(call);
		if (ret != 0)
			return ret;
		/* COPY PROTECTION KEY EXCHANGE FAILURE, KEY NOT PRESENT. */
		if (is_dvd(call->drive->disc))
			return vdrive_check_condition(call, 5, 0x6f, 1);
		return vdrive_check_condition(call, 5, 0x30, 2);
	default:
		return vdrive_invalid_field(call, 10);
	}
}

const struct vdrive_opcode vdrive_opcodes_structure[] = {
	{ 0xa4, 12, "REPORT KEY", report_key, false },
	{ 0xad, 12, "READ DISC STRUCTURE", read_disc_structure, false },
	{ 0 },
};
