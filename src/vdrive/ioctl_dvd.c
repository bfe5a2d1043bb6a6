/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DVD_READ_STRUCT and DVD_AUTH (dvd_read_struct() and dvd_do_auth() in drivers/cdrom/cdrom.c). */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/packet.h"

#define KEY_SIZE 5
#define CHALLENGE_SIZE 10

struct structure_request {
	uint8_t type, layer, agid;
};

/* READ DISC STRUCTURE (MMC-6 6.21). Bytes that came, or a negative errno. */
static int read_structure(struct server_drive *drive, const struct structure_request *request, uint8_t *bytes,
			  size_t size)
{
	struct packet packet = { .cdb = { 0xad }, .direction = VDRIVE_TO_HOST, .data = bytes, .length = size };
	int ret;

	packet.cdb[6] = request->layer;
	packet.cdb[7] = request->type;
	put_be16(packet.cdb + 8, (uint16_t)size);
	packet.cdb[10] = (uint8_t)(request->agid << 6);
	memset(bytes, 0, size);
	ret = packet_send(drive, &packet);
	return ret < 0 ? ret : (int)packet.transferred;
}

static int read_physical(struct server_drive *drive, dvd_struct *structure)
{
	uint8_t bytes[4 + 17], *base = bytes + 4, number = structure->physical.layer_num;
	const struct structure_request request = { .type = DVD_STRUCT_PHYSICAL, .layer = number };
	struct dvd_layer *layer;
	int ret;

	if (number >= DVD_LAYERS)
		return -EINVAL;
	ret = read_structure(drive, &request, bytes, sizeof(bytes));
	if (ret < 0)
		return ret;
	layer = &structure->physical.layer[number];
	memset(layer, 0, sizeof(*layer));
	layer->book_version = base[0] & 0x0f;
	layer->book_type = base[0] >> 4;
	layer->min_rate = base[1] & 0x0f;
	layer->disc_size = base[1] >> 4;
	layer->layer_type = base[2] & 0x0f;
	layer->track_path = base[2] >> 4 & 1;
	layer->nlayers = base[2] >> 5 & 3;
	layer->track_density = base[3] & 0x0f;
	layer->linear_density = base[3] >> 4;
	layer->start_sector = get_be24(base + 5);
	layer->end_sector = get_be24(base + 9);
	layer->end_sector_l0 = get_be24(base + 13);
	layer->bca = base[16] >> 7;
	return 0;
}

static int read_copyright(struct server_drive *drive, dvd_struct *structure)
{
	const struct structure_request request = { .type = DVD_STRUCT_COPYRIGHT,
						   .layer = structure->copyright.layer_num };
	uint8_t bytes[8];
	int ret = read_structure(drive, &request, bytes, sizeof(bytes));

	if (ret < 0)
		return ret;
	structure->copyright.cpst = bytes[4];
	structure->copyright.rmi = bytes[5];
	return 0;
}

static int read_disc_key(struct server_drive *drive, dvd_struct *structure)
{
	const struct structure_request request = { .type = DVD_STRUCT_DISCKEY,
						   .agid = (uint8_t)structure->disckey.agid };
	uint8_t bytes[4 + sizeof(structure->disckey.value)];
	int ret = read_structure(drive, &request, bytes, sizeof(bytes));

	if (ret >= 0)
		memcpy(structure->disckey.value, bytes + 4, sizeof(structure->disckey.value));
	return ret < 0 ? ret : 0;
}

static int read_burst_cutting_area(struct server_drive *drive, dvd_struct *structure)
{
	const struct structure_request request = { .type = DVD_STRUCT_BCA };
	uint8_t bytes[4 + sizeof(structure->bca.value)];
	unsigned length;
	int ret = read_structure(drive, &request, bytes, sizeof(bytes));

	if (ret < 0)
		return ret;
	length = get_be16(bytes);
	if (length < 12 || length > sizeof(structure->bca.value))
		return -EIO;
	structure->bca.len = (int)length;
	memcpy(structure->bca.value, bytes + 4, length);
	return 0;
}

static int read_manufacturer(struct server_drive *drive, dvd_struct *structure)
{
	const struct structure_request request = { .type = DVD_STRUCT_MANUFACT,
						   .layer = structure->manufact.layer_num };
	uint8_t bytes[4 + sizeof(structure->manufact.value)];
	unsigned length;
	int ret = read_structure(drive, &request, bytes, sizeof(bytes));

	if (ret < 0)
		return ret;
	length = get_be16(bytes);
	if (length > sizeof(structure->manufact.value))
		return -EIO;
	structure->manufact.len = (int)length;
	memcpy(structure->manufact.value, bytes + 4, length);
	return 0;
}

static int dvd_read_struct(struct ioctl_call *call)
{
	dvd_struct structure;
	int ret = ioctl_get(call, &structure, sizeof(structure));

	if (ret < 0)
		return ret;
	switch (structure.type) {
	case DVD_STRUCT_PHYSICAL:
		ret = read_physical(call->drive, &structure);
		break;
	case DVD_STRUCT_COPYRIGHT:
		ret = read_copyright(call->drive, &structure);
		break;
	case DVD_STRUCT_DISCKEY:
		ret = read_disc_key(call->drive, &structure);
		break;
	case DVD_STRUCT_BCA:
		ret = read_burst_cutting_area(call->drive, &structure);
		break;
	case DVD_STRUCT_MANUFACT:
		ret = read_manufacturer(call->drive, &structure);
		break;
	default:
		return -EINVAL;
	}
	return ret < 0 ? ret : ioctl_put(call, &structure, sizeof(structure));
}

/* REPORT KEY (MMC-6 6.28) for DVD CSS; the size follows from the key format. */
static int report_key(struct server_drive *drive, unsigned agid, uint8_t format, uint32_t lba, uint8_t bytes[16])
{
	uint8_t size = format == 1 ? 16 : format == 2 || format == 4 ? 12 : format == 0x3f ? 0 : 8;
	struct packet packet = {
		.cdb = { 0xa4 }, .data = bytes, .length = size, .direction = size > 0 ? VDRIVE_TO_HOST : VDRIVE_NO_DATA
	};

	memset(bytes, 0, 16);
	put_be32(packet.cdb + 2, lba);
	packet.cdb[9] = size;
	packet.cdb[10] = (uint8_t)(agid << 6 | format);
	return packet_send(drive, &packet);
}

/* SEND KEY (MMC-6 6.34). */
static int send_key(struct server_drive *drive, unsigned agid, uint8_t format, uint8_t *bytes, uint8_t size)
{
	struct packet packet = { .cdb = { 0xa3 }, .direction = VDRIVE_FROM_HOST, .data = bytes, .length = size };

	bytes[1] = size - 2;
	packet.cdb[9] = size;
	packet.cdb[10] = (uint8_t)(agid << 6 | format);
	return packet_send(drive, &packet);
}

/* Keys and challenges travel with their last byte first. */
static void copy_reversed(uint8_t *to, const uint8_t *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[size - 1 - i];
}

/* What the drive sends to the host. */
static int authenticate_from_drive(struct server_drive *drive, dvd_authinfo *auth)
{
	uint8_t bytes[16];
	int ret;

	switch (auth->type) {
	case DVD_LU_SEND_AGID:
		ret = report_key(drive, 0, 0, 0, bytes);
		auth->lsa.agid = bytes[7] >> 6;
		return ret;
	case DVD_LU_SEND_KEY1:
		ret = report_key(drive, auth->lsk.agid, 2, 0, bytes);
		copy_reversed(auth->lsk.key, bytes + 4, KEY_SIZE);
		return ret;
	case DVD_LU_SEND_CHALLENGE:
		ret = report_key(drive, auth->lsc.agid, 1, 0, bytes);
		copy_reversed(auth->lsc.chal, bytes + 4, CHALLENGE_SIZE);
		return ret;
	case DVD_LU_SEND_TITLE_KEY:
		ret = report_key(drive, auth->lstk.agid, 4, (uint32_t)auth->lstk.lba, bytes);
		auth->lstk.cpm = bytes[4] >> 7 & 1;
		auth->lstk.cp_sec = bytes[4] >> 6 & 1;
		auth->lstk.cgms = bytes[4] >> 4 & 3;
		copy_reversed(auth->lstk.title_key, bytes + 5, KEY_SIZE);
		return ret;
	case DVD_LU_SEND_ASF:
		ret = report_key(drive, auth->lsasf.agid, 5, 0, bytes);
		auth->lsasf.asf = bytes[7] & 1;
		return ret;
	case DVD_INVALIDATE_AGID:
		return report_key(drive, auth->lsa.agid, 0x3f, 0, bytes);
	case DVD_LU_SEND_RPC_STATE:
		ret = report_key(drive, 0, 8, 0, bytes);
		auth->lrpcs.type = bytes[4] >> 6 & 3;
		auth->lrpcs.vra = bytes[4] >> 3 & 7;
		auth->lrpcs.ucca = bytes[4] & 7;
		auth->lrpcs.region_mask = bytes[5];
		auth->lrpcs.rpc_scheme = bytes[6];
		return ret;
	default:
		return -ENOTTY;
	}
}

/* What the host sends to the drive; the type says what comes next. */
static int authenticate_to_drive(struct server_drive *drive, dvd_authinfo *auth)
{
	uint8_t bytes[16] = { 0 };
	int ret;

	switch (auth->type) {
	case DVD_HOST_SEND_CHALLENGE:
		copy_reversed(bytes + 4, auth->hsc.chal, CHALLENGE_SIZE);
		ret = send_key(drive, auth->hsc.agid, 1, bytes, 16);
		if (ret == 0)
			auth->type = DVD_LU_SEND_KEY1;
		return ret;
	case DVD_HOST_SEND_KEY2:
		copy_reversed(bytes + 4, auth->hsk.key, KEY_SIZE);
		ret = send_key(drive, auth->hsk.agid, 3, bytes, 12);
		auth->type = ret == 0 ? DVD_AUTH_ESTABLISHED : DVD_AUTH_FAILURE;
		return ret;
	case DVD_HOST_SEND_RPC_STATE:
		bytes[4] = auth->hrpcs.pdrc;
		return send_key(drive, 0, 6, bytes, 8);
	default:
		return -ENOTTY;
	}
}

static int dvd_auth(struct ioctl_call *call)
{
	dvd_authinfo auth;
	int ret = ioctl_get(call, &auth, sizeof(auth));

	if (ret < 0)
		return ret;
	ret = authenticate_from_drive(call->drive, &auth);
	if (ret == -ENOTTY)
		ret = authenticate_to_drive(call->drive, &auth);
	return ret < 0 ? ret : ioctl_put(call, &auth, sizeof(auth));
}

const struct ioctl_entry ioctl_entries_dvd[] = {
	{ DVD_READ_STRUCT, dvd_read_struct },
	{ DVD_AUTH, dvd_auth },
	{ 0, NULL },
};
