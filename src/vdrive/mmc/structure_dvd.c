/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structures of DVD for READ DISC STRUCTURE (MMC-6 6.23.3.2). */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_defects.h"
#include "vdrive/mmc/structure.h"

/* Physical sector number of the first data sector, of DVD-RAM a little further out (ECMA-267, -349 and -330, 16.1). */
enum { FIRST_PSN = 0x030000, FIRST_PSN_RAM = 0x031000 };

/* Sectors of primary spares and of guard areas between the zones in the data zone of a DVD-RAM of 4.7 GB (ECMA-330). */
enum { RAM_HIDDEN = 19008 };

/* Who made the virtual discs: 8 characters and 3 for the type on DVD+, two times 6 on DVD-. */
#define MAKER "DISCERN\0"
#define MEDIA_TYPE "VD1"
#define MAKER_DVD_MINUS "DISCER"
#define MEDIA_TYPE_DVD_MINUS "NVD1  "

/* Bytes 0 to 2 of the physical format: book type and part version; disc size 120 mm and the data rate; layers, track
 * path and kind of layer (1 pressed, 2 recordable, 4 rewritable). */
struct book {
	enum discern_profile profile;
	uint8_t bytes[3];
};

static const struct book books[] = {
	{ DISCERN_PROFILE_DVD_ROM, { 0x01, 0x02, 0x01 } },
	{ DISCERN_PROFILE_DVD_RAM, { 0x16, 0x02, 0x04 } },
	{ DISCERN_PROFILE_DVD_R, { 0x25, 0x0f, 0x02 } },
	{ DISCERN_PROFILE_DVD_R_DL, { 0x26, 0x0f, 0x02 } },
	{ DISCERN_PROFILE_DVD_RW, { 0x33, 0x0f, 0x04 } },
	{ DISCERN_PROFILE_DVD_RW_OVERWRITE, { 0x33, 0x0f, 0x04 } },
	{ DISCERN_PROFILE_DVD_PLUS_RW, { 0x92, 0x0f, 0x04 } },
	{ DISCERN_PROFILE_DVD_PLUS_R, { 0xa1, 0x0f, 0x02 } },
	{ DISCERN_PROFILE_DVD_PLUS_R_DL, { 0xe1, 0x0f, 0x02 } },
};

static bool is_any(const struct disc *disc)
{
	(void)disc;
	return true;
}

static bool is_ram(const struct disc *disc)
{
	return disc_profile(disc)->number == DISCERN_PROFILE_DVD_RAM;
}

static bool is_minus(const struct disc *disc)
{
	return disc_is_dvd_minus(disc) || disc_profile(disc)->number == DISCERN_PROFILE_DVD_RW_OVERWRITE;
}

static bool is_plus(const struct disc *disc)
{
	return !disc_is_pressed(disc) && !is_ram(disc) && !is_minus(disc);
}

static bool is_minus_r_dl(const struct disc *disc)
{
	return disc_profile(disc)->number == DISCERN_PROFILE_DVD_R_DL;
}

static bool is_recordable_dl(const struct disc *disc)
{
	return is_minus_r_dl(disc) || disc_profile(disc)->number == DISCERN_PROFILE_DVD_PLUS_R_DL;
}

/** Sectors on layer 0: as the host set them, or half of all in whole ECC blocks. */
static uint32_t first_layer_sectors(const struct disc *disc)
{
	uint32_t set = disc_layer_break(disc);

	return set != 0 ? set : (disc_capacity(disc) / 2 + 15) / 16 * 16;
}

/** Layout of the data zone: on two layers by opposite track path, the second running back from where the first ends
 *  with all bits of the sector number inverted. */
static void put_data_zone(const struct disc *disc, uint8_t *data)
{
	uint32_t n_sectors = disc_capacity(disc), first = is_ram(disc) ? FIRST_PSN_RAM : FIRST_PSN, end;

	/* User area, supplementary spares, and what is never the user's. */
	if (is_ram(disc))
		n_sectors = disc_all_sectors(disc) + RAM_HIDDEN;

	put_be24(data + 5, first);
	if (disc_n_layers(disc) == 1) {
		put_be24(data + 9, first + n_sectors - 1);
		return;
	}
	end = first + first_layer_sectors(disc) - 1;
	data[2] |= 1 << 5 | 1 << 4;
	put_be24(data + 9, (~end & 0xffffff) + (first + n_sectors - 1 - end) - 1);
	put_be24(data + 13, end);
}

/** Format 00h, physical format information; on DVD+ the same as in ADIP. */
static size_t physical(const struct disc *disc, uint8_t *data)
{
	for (size_t i = 0; i < sizeof(books) / sizeof(books[0]); i++)
		if (books[i].profile == disc_profile(disc)->number)
			memcpy(data, books[i].bytes, 3);
	put_data_zone(disc, data);
	if (is_plus(disc)) {
		memcpy(data + 19, MAKER, 8);
		memcpy(data + 27, MEDIA_TYPE, 3);
		data[30] = 1;
	}
	return 2048;
}

/** Formats 01h, copyright information, and 05h, that of a sector: neither protection nor regions, unless the drive was
 *  told of some (keys.c). */
static size_t copyright(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

/** Format 04h, disc manufacturing information. */
static size_t manufacturing(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	memcpy(data, MAKER, 8);
	return 2048;
}

/** Format 08h, disc definition structure of DVD-RAM (ECMA-330 clause 25): identifier, certified, one group. */
static size_t definition(const struct disc *disc, uint8_t *data)
{
	data[0] = 0x0a;
	data[1] = 0x0a;
	data[3] = disc_status(disc) == DISC_BLANK ? 0 : 0x01;
	data[9] = 1;
	return 2048;
}

/** Format 09h, medium status of DVD-RAM: without cartridge, not write protected. */
static size_t medium_status(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

/** Format 0Ah, spare areas of DVD-RAM: unused primary, unused and allocated supplementary spare blocks. */
static size_t spares(const struct disc *disc, uint8_t *data)
{
	struct disc_spare_areas areas;

	disc_spare_areas(disc, &areas);
	put_be32(data, areas.primary_free);
	put_be32(data + 4, areas.n_free);
	put_be32(data + 8, areas.n_sectors);
	return 12;
}

/** Format C0h, write protection status (MMC-6 6.23.3.2.33): the disc is not protected. */
static size_t write_protection(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

/** Format 0Eh, pre-recorded information in the lead-in of DVD-R and DVD-RW: fields 1 to 5 with an identifier each, of
 *  which 3 and 4 name the maker (ECMA-279 28.3.2.1). */
static size_t pre_recorded(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	for (uint8_t i = 0; i < 5; i++)
		data[8 * i] = (uint8_t)(i + 1);
	memcpy(data + 17, MAKER_DVD_MINUS, 6);
	memcpy(data + 25, MEDIA_TYPE_DVD_MINUS, 6);
	return 40;
}

/** Format 0Bh, recording type of DVD-RAM: data, not in real time. */
static size_t recording_type(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

/** Format 0Fh, unique disc identifier of DVD-R and DVD-RW: a random number and a time, which this recorder has not. */
static size_t unique_identifier(const struct disc *disc, uint8_t *data)
{
	enum { TIME = 4, TIME_SIZE = 14 };

	put_be16(data + 2, (uint16_t)disc_identifier(disc));
	memset(data + TIME, '0', TIME_SIZE);
	return TIME + TIME_SIZE;
}

/** Format 10h, format information in the control data zone of DVD-R and DVD-RW. */
static size_t control_data(const struct disc *disc, uint8_t *data)
{
	data[0] = 0x01;
	put_data_zone(disc, data);
	return 2048;
}

/** Format 11h, ADIP. */
static size_t adip(const struct disc *disc, uint8_t *data)
{
	physical(disc, data);
	return 256;
}

/** Format 21h, start of the middle zone of DVD-R DL: not shifted. */
static size_t middle_zone(const struct disc *disc, uint8_t *data)
{
	if (disc_status(disc) != DISC_BLANK)
		data[0] = 0x80;
	return 8;
}

/** Format 20h, layer boundary of DVD+R DL and layer capacity of DVD-R DL: whether it has been set, and sectors of layer 0. */
static size_t layer_boundary(const struct disc *disc, uint8_t *data)
{
	if (disc_layer_break(disc) != 0 || disc_status(disc) != DISC_BLANK)
		data[0] = 0x80;
	put_be32(data + 4, first_layer_sectors(disc));
	return 8;
}

const struct structure vdrive_dvd_structures[] = {
	{ 0x00, is_any, physical },
	{ 0x01, is_any, copyright },
	{ 0x04, is_any, manufacturing },
	{ 0x05, is_any, copyright },
	{ 0x08, is_ram, definition },
	{ 0x09, is_ram, medium_status },
	{ 0x0a, is_ram, spares },
	{ 0x0b, is_ram, recording_type },
	{ 0x0e, is_minus, pre_recorded },
	{ 0x0f, is_minus, unique_identifier },
	{ 0x10, is_minus, control_data },
	{ 0x11, is_plus, adip },
	{ STRUCTURE_LAYER_BOUNDARY, is_recordable_dl, layer_boundary },
	{ 0x21, is_minus_r_dl, middle_zone },
	{ 0xc0, is_ram, write_protection },
	{ 0, NULL, NULL },
};
