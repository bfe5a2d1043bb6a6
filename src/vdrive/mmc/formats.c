/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which formats a medium can be given (MMC-6 6.5.4.2, table of format types), and READ FORMAT CAPACITIES, which tells. */
#include "vdrive/mmc/formats.h"

#include <string.h>

#include "base/bytes.h"

/* What stands behind the type in a descriptor: bytes of a block, sectors of an ECC block, clusters of spares. */
enum { BLOCK_LENGTH = DISC_SECTOR, DVD_ECC_BLOCK = 16, BD_CLUSTER = 32 };

bool vdrive_has_format(const struct disc *disc, uint8_t type)
{
	struct vdrive_format formats[VDRIVE_MAX_FORMATS];
	size_t n = vdrive_formats(disc, formats);

	for (size_t i = 0; i < n; i++)
		if (formats[i].type == type)
			return true;
	return false;
}

/* Drives offer three sizes of spare area: the usual one, the largest, the smallest. */
static size_t put_spare_formats(const struct disc *disc, uint8_t type, struct vdrive_format *formats)
{
	uint32_t least, most;

	vdrive_spare_limits(disc, &least, &most);
	formats[0] = (struct vdrive_format){ type, disc_all_sectors(disc) - disc_usual_spares(disc), 0 };
	formats[1] = (struct vdrive_format){ type, disc_all_sectors(disc) - most, 0 };
	formats[2] = (struct vdrive_format){ type, disc_all_sectors(disc) - least, 0 };
	for (size_t i = 0; i < 3; i++)
		if (type != FORMAT_BD_R)
			formats[i].parameter = (disc_all_sectors(disc) - formats[i].n_sectors) / BD_CLUSTER & 0xffffff;
	return 3;
}

void vdrive_spare_limits(const struct disc *disc, uint32_t *ret_least, uint32_t *ret_most)
{
	const uint32_t usual = disc_usual_spares(disc), all = disc_all_sectors(disc);
	/* As drives offer for 25 GB: 4096 clusters at least, 12288 usually, at most 20480 (BD-RE) or 200704 (BD-R). */
	uint64_t most =
		disc_profile(disc)->number == DISCERN_PROFILE_BD_R ? (uint64_t)usual * 49 / 3 : (uint64_t)usual * 5 / 3;
	uint32_t least = usual / 3 / BD_CLUSTER * BD_CLUSTER;

	if (most > all - BD_CLUSTER)
		most = all - BD_CLUSTER;
	*ret_most = (uint32_t)most / BD_CLUSTER * BD_CLUSTER;
	*ret_least = least > BD_CLUSTER ? least : BD_CLUSTER;
	if (*ret_least > usual)
		*ret_least = usual;
}

static size_t dvd_rw_formats(const struct disc *disc, struct vdrive_format *formats)
{
	uint32_t n_sectors = vdrive_overwrite_sectors(disc);
	size_t n = 0;

	formats[n++] = (struct vdrive_format){ FORMAT_FULL, n_sectors, BLOCK_LENGTH };
	formats[n++] = (struct vdrive_format){ FORMAT_DVD_RW_FULL, n_sectors, DVD_ECC_BLOCK };
	if (disc_recording(disc) == RECORDING_OVERWRITE && !disc_is_intermediate(disc))
		formats[n++] = (struct vdrive_format){ FORMAT_DVD_RW_QUICK_GROW, n_sectors - disc_recorded_end(disc),
						       DVD_ECC_BLOCK };
	formats[n++] = (struct vdrive_format){ FORMAT_DVD_RW_QUICK, n_sectors, DVD_ECC_BLOCK };
	return n;
}

/* In packets that can be overwritten; one that has not all of the disc can grow. */
static size_t cd_rw_formats(const struct disc *disc, struct vdrive_format *formats)
{
	uint32_t most = disc_packet_sectors(disc), now = disc_recorded_end(disc);
	size_t n = 0;

	formats[n++] = (struct vdrive_format){ FORMAT_FULL, most, BLOCK_LENGTH };
	formats[n++] = (struct vdrive_format){ FORMAT_CD_RW_FULL, most, DISC_PACKET_SECTORS };
	if (disc_is_packet_formatted(disc) && now < most)
		formats[n++] = (struct vdrive_format){ FORMAT_CD_RW_GROW, most - now, DISC_PACKET_SECTORS };
	return n;
}

uint32_t vdrive_overwrite_sectors(const struct disc *disc)
{
	const uint32_t most = profile_find(DISCERN_PROFILE_DVD_RW_OVERWRITE)->usual_sectors;

	return disc_capacity(disc) < most ? disc_capacity(disc) : most;
}

static size_t dvd_plus_rw_formats(const struct disc *disc, struct vdrive_format *formats)
{
	formats[0] = (struct vdrive_format){ FORMAT_DVD_PLUS_RW, disc_capacity(disc), 0 };
	return 1;
}

/* The usual size first, then without a supplementary spare area. */
static size_t dvd_ram_formats(const struct disc *disc, struct vdrive_format *formats)
{
	uint32_t all = disc_all_sectors(disc);

	formats[0] = (struct vdrive_format){ FORMAT_FULL, all - disc_usual_spares(disc), BLOCK_LENGTH };
	formats[1] = (struct vdrive_format){ FORMAT_FULL, all, BLOCK_LENGTH };
	return 2;
}

static size_t put_usual_format(const struct disc *disc, struct vdrive_format *formats)
{
	uint32_t n_spares = disc_usual_spares(disc);

	formats[0] = (struct vdrive_format){ FORMAT_FULL, disc_all_sectors(disc) - n_spares, n_spares / BD_CLUSTER };
	return 1;
}

static size_t bd_re_formats(const struct disc *disc, struct vdrive_format *formats)
{
	size_t n = put_usual_format(disc, formats);

	n += put_spare_formats(disc, FORMAT_BD_RE_SPARES, formats + n);
	formats[n] = (struct vdrive_format){ FORMAT_BD_RE_NO_SPARES, disc_all_sectors(disc), BLOCK_LENGTH };
	return n + 1;
}

/* A BD-R is formatted once, before it is written. */
static size_t bd_r_formats(const struct disc *disc, struct vdrive_format *formats)
{
	if (disc_status(disc) != DISC_BLANK)
		return 0;
	put_usual_format(disc, formats);
	return 1 + put_spare_formats(disc, FORMAT_BD_R, formats + 1);
}

size_t vdrive_formats(const struct disc *disc, struct vdrive_format formats[VDRIVE_MAX_FORMATS])
{
	static const struct {
		enum discern_profile profile;
		size_t (*put)(const struct disc *disc, struct vdrive_format *formats);
	} media[] = {
		{ DISCERN_PROFILE_CD_RW, cd_rw_formats },     { DISCERN_PROFILE_DVD_RW, dvd_rw_formats },
		{ DISCERN_PROFILE_DVD_RAM, dvd_ram_formats }, { DISCERN_PROFILE_DVD_PLUS_RW, dvd_plus_rw_formats },
		{ DISCERN_PROFILE_BD_R, bd_r_formats },       { DISCERN_PROFILE_BD_RE, bd_re_formats },
	};

	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (media[i].profile == disc_media(disc)->profile)
			return media[i].put(disc, formats);
	return 0;
}

/* Current or maximum capacity (MMC-6 6.24.3.2). */
static void put_current(const struct disc *disc, uint8_t *descriptor)
{
	enum { UNFORMATTED = 1, FORMATTED = 2, UNKNOWN = 3 };
	uint32_t n_sectors = profile_find(DISCERN_PROFILE_BD_R)->usual_sectors;
	uint8_t type = UNKNOWN;

	if (disc != NULL) {
		n_sectors = disc_recorded_end(disc) == 0 ? disc_capacity(disc) : disc_recorded_end(disc);
		if (disc_is_intermediate(disc))
			type = UNKNOWN;
		else
			type = disc_status(disc) == DISC_BLANK ? UNFORMATTED : FORMATTED;
	}
	put_be32(descriptor, n_sectors);
	descriptor[4] = type;
	put_be24(descriptor + 5, BLOCK_LENGTH);
}

static int read_format_capacities(struct vdrive_call *call)
{
	enum { HEADER = 4, DESCRIPTOR = 8 };
	const struct disc *disc = call->drive->disc;
	struct vdrive_format formats[VDRIVE_MAX_FORMATS];
	uint8_t data[HEADER + DESCRIPTOR * (1 + VDRIVE_MAX_FORMATS)] = { 0 };
	size_t n = disc != NULL ? vdrive_formats(disc, formats) : 0, size = HEADER + DESCRIPTOR;

	put_current(disc, data + HEADER);
	for (size_t i = 0; i < n; i++, size += DESCRIPTOR) {
		put_be32(data + size, formats[i].n_sectors);
		data[size + 4] = (uint8_t)(formats[i].type << 2);
		put_be24(data + size + 5, formats[i].parameter);
	}
	data[3] = (uint8_t)(size - HEADER);
	return vdrive_give(call, data, size, get_be16(call->cdb + 7));
}

const struct vdrive_opcode vdrive_opcodes_formats[] = {
	{ 0x23, 10, "READ FORMAT CAPACITIES", read_format_capacities, false },
	{ 0 },
};
