/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ and SEND DISC STRUCTURE: what is pressed into a DVD or BD, and what a blank tells of its maker. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_defects.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/keys.h"
#include "vdrive/mmc/structure.h"

/* Longest structure, without the header of four bytes: a BD's 4096 bytes of disc information. */
enum { HEADER = 4, MAX_STRUCTURE = STRUCTURE_MAX };

/* Who made the virtual discs, for whom BD has 6 characters, and 3 for the type. */
#define BD_MAKER "DISCRN"
#define MEDIA_TYPE "VD1"

static bool is_dvd(const struct disc *disc)
{
	return disc_profile(disc)->family == FAMILY_DVD;
}

static bool is_bd(const struct disc *disc)
{
	return disc_profile(disc)->family == FAMILY_BD;
}

static bool has_spare_areas(const struct disc *disc)
{
	return is_bd(disc) && !disc_is_pressed(disc);
}

/** BD format 00h, disc information: one unit of 112 bytes for each layer. */
static size_t bd_information(const struct disc *disc, uint8_t *data)
{
	enum { UNIT = 112 };
	static const char *const types[] = { "BDO", "BDR", "BDW" };
	static const uint8_t layer_types[] = { 1, 2, 4 };
	unsigned kind = disc_is_pressed(disc) ? 0 : disc_profile(disc)->is_rewritable ? 2 : 1;
	unsigned n_layers = disc_n_layers(disc);

	for (unsigned i = 0; i < n_layers; i++) {
		uint8_t *unit = data + (size_t)UNIT * i;

		memcpy(unit, "DI", 2);
		unit[2] = 1;
		unit[3] = (uint8_t)(n_layers << 3 | i);
		unit[5] = (uint8_t)i;
		unit[6] = UNIT;
		memcpy(unit + 8, types[kind], 3);
		unit[11] = 0x01;
		unit[12] = (uint8_t)(n_layers << 4 | layer_types[kind]);
		put_be32(unit + 24, disc_all_sectors(disc));
		memcpy(unit + 100, BD_MAKER, 6);
		memcpy(unit + 106, MEDIA_TYPE, 3);
		unit[111] = 1;
	}
	return MAX_STRUCTURE;
}

/** BD format 08h, disc definition structure: where sectors with addresses begin and end, and the sizes of the spare areas
 *  in clusters. Of each layer up to 4096 lie at its inner side, all others at the outer. Where a real disc has its lists
 *  of defects and drive areas is not told, as there are none. */
static size_t bd_definition(const struct disc *disc, uint8_t *data)
{
	enum { CLUSTER = 32, INNER_CLUSTERS = 4096, USER_AREA_PSN = 0x100000, INNER_IS_FULL = 1, OUTER_IS_FULL = 4 };
	enum { AT_FIRST = 32, AT_LAST = 36, AT_INNER_0 = 40, AT_OUTER = 44, AT_INNER_1 = 48, AT_FULL = 52 };
	uint32_t n_clusters = disc_spares(disc) / CLUSTER;
	uint32_t inner_0 = n_clusters < INNER_CLUSTERS ? n_clusters : INNER_CLUSTERS;
	uint32_t inner_1 = disc_n_layers(disc) < 2 ? 0 : n_clusters - inner_0;
	struct disc_spare_areas areas;

	if (inner_1 > INNER_CLUSTERS)
		inner_1 = INNER_CLUSTERS;
	disc_spare_areas(disc, &areas);
	memcpy(data, "DS", 2);
	put_be32(data + AT_FIRST, USER_AREA_PSN + inner_0 * CLUSTER);
	put_be32(data + AT_LAST, disc_capacity(disc) - 1);
	put_be32(data + AT_INNER_0, inner_0);
	put_be32(data + AT_OUTER, n_clusters - inner_0 - inner_1);
	put_be32(data + AT_INNER_1, inner_1);
	if (n_clusters > 0 && areas.n_free == 0)
		data[AT_FULL] = INNER_IS_FULL | OUTER_IS_FULL;
	return MAX_STRUCTURE;
}

/** BD format 0Ah, spare areas in blocks: free and all (MMC-6 6.23.3.3.4). */
static size_t bd_spares(const struct disc *disc, uint8_t *data)
{
	struct disc_spare_areas areas;

	disc_spare_areas(disc, &areas);
	put_be32(data + 4, areas.n_free);
	put_be32(data + 8, areas.n_sectors);
	return 12;
}

/** Formats 09h, cartridge status, and C0h, write protection: neither a cartridge nor protected. */
static size_t bd_no_protection(const struct disc *disc, uint8_t *data)
{
	(void)disc;
	(void)data;
	return 4;
}

static const struct structure bd_structures[] = {
	{ 0x00, is_bd, bd_information },
	{ 0x08, has_spare_areas, bd_definition },
	{ 0x09, has_spare_areas, bd_no_protection },
	{ 0x0a, has_spare_areas, bd_spares },
	{ 0xc0, has_spare_areas, bd_no_protection },
	{ 0, NULL, NULL },
};

/** The structures of the disc's family, ended by an entry without a function. */
static const struct structure *family_structures(const struct disc *disc)
{
	return is_bd(disc) ? bd_structures : vdrive_dvd_structures;
}

/** Format FFh: all formats of this medium, readable (RDS), with their lengths. */
static size_t list_structures(const struct vdrive *drive, uint8_t *list, uint8_t *room)
{
	const struct disc *disc = drive->disc;
	size_t size = 0;

	for (const struct structure *entry = family_structures(disc); entry->fill != NULL; entry++) {
		if (!entry->is_on(disc))
			continue;
		list[size] = entry->format;
		list[size + 1] = 0x40;
		put_be16(list + size + 2, (uint16_t)(HEADER + entry->fill(disc, room)));
		size += 4;
	}
	for (const struct protected_format *entry = vdrive_protected_formats; entry->size != 0; entry++) {
		if (!vdrive_has_protection(drive, entry->kind))
			continue;
		list[size] = entry->format;
		list[size + 1] = 0x40;
		put_be16(list + size + 2, (uint16_t)(HEADER + entry->size));
		size += 4;
	}
	return size;
}

/** What the drive's state adds to a structure of the disc. */
static void add_protection(const struct vdrive *drive, const uint8_t *cdb, uint8_t *data)
{
	enum { COPYRIGHT = 0x01, SECTOR_COPYRIGHT = 0x05 };

	if (!is_dvd(drive->disc))
		return;
	if (cdb[7] == COPYRIGHT)
		vdrive_put_copyright(drive, data);
	else if (cdb[7] == SECTOR_COPYRIGHT)
		vdrive_put_sector_copyright(drive, (int32_t)get_be32(cdb + 2), data);
}

static const struct structure *find_structure(const struct disc *disc, uint8_t format)
{
	for (const struct structure *entry = family_structures(disc); entry->fill != NULL; entry++)
		if (entry->format == format && entry->is_on(disc))
			return entry;
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
	ret = vdrive_refuse_protected(call, format);
	if (ret != 0)
		return ret;
	structure = find_structure(disc, format);
	if (format == LIST)
		size = list_structures(call->drive, answer + HEADER, room);
	else if (structure == NULL)
		return vdrive_invalid_field(call, 7);
	else if (layer >= (is_dvd(disc) ? disc_n_layers(disc) : 1))
		return vdrive_invalid_field(call, 6);
	else
		size = structure->fill(disc, answer + HEADER);
	if (format != LIST)
		add_protection(call->drive, call->cdb, answer + HEADER);
	put_be16(answer, (uint16_t)(HEADER + size - 2));
	return vdrive_give(call, answer, HEADER + size, get_be16(call->cdb + 8));
}

/** SEND DISC STRUCTURE: of all that can be sent only where layer 0 of a DVD+R DL ends, format 20h. */
static int send_disc_structure(struct vdrive_call *call)
{
	enum { SIZE = 12 };
	const uint8_t *list = call->command->data;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	if (call->cdb[7] != STRUCTURE_LAYER_BOUNDARY ||
	    disc_profile(call->drive->disc)->number != DISCERN_PROFILE_DVD_PLUS_R_DL)
		return vdrive_invalid_field(call, 7);
	if (get_be16(call->cdb + 8) != SIZE)
		return vdrive_check_condition(call, 5, 0x1a, 0);
	ret = vdrive_take(call, SIZE);
	if (ret != 0)
		return ret;
	switch (disc_set_layer_break(call->drive->disc, get_be32(list + 8))) {
	case 0:
		return 0;
	case -EINVAL:
		return vdrive_invalid_parameter(call);
	case -EROFS: /* command sequence error: it is set, or the disc is no longer blank */
		return vdrive_check_condition(call, 5, 0x2c, 0);
	default:
		return vdrive_check_condition(call, 3, 0x0c, 0);
	}
}

const struct vdrive_opcode vdrive_opcodes_structure[] = {
	{ 0xad, 12, "READ DISC STRUCTURE", read_disc_structure, false },
	{ 0xbf, 12, "SEND DISC STRUCTURE", send_disc_structure, false },
	{ 0 },
};
