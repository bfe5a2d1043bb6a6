/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ioctls on the disc: tables of contents, subchannel, sectors in all their forms (drivers/cdrom/cdrom.c). */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/client.h"
#include "vdrive/packet.h"

/* Sectors of one READ CD when a client asks for many. */
#define AUDIO_CHUNK 24

static bool is_address_format(uint8_t format)
{
	return format == CDROM_MSF || format == CDROM_LBA;
}

static void address_from_lba(int32_t lba, uint8_t format, union cdrom_addr *ret_address)
{
	int32_t frames = lba + CD_MSF_OFFSET;

	memset(ret_address, 0, sizeof(*ret_address));
	if (format == CDROM_LBA) {
		ret_address->lba = lba;
		return;
	}
	ret_address->msf.minute = (uint8_t)(frames / (CD_SECS * CD_FRAMES));
	ret_address->msf.second = (uint8_t)(frames / CD_FRAMES % CD_SECS);
	ret_address->msf.frame = (uint8_t)(frames % CD_FRAMES);
}

static int32_t lba_from_msf(uint8_t minute, uint8_t second, uint8_t frame)
{
	return ((int32_t)minute * CD_SECS + second) * CD_FRAMES + frame - CD_MSF_OFFSET;
}

/* Four bytes of an answer: an LBA, or 0, M, S, F. */
static void address_from_bytes(const uint8_t *bytes, uint8_t format, union cdrom_addr *ret_address)
{
	memset(ret_address, 0, sizeof(*ret_address));
	if (format == CDROM_LBA) {
		ret_address->lba = (int)get_be32(bytes);
		return;
	}
	ret_address->msf.minute = bytes[1];
	ret_address->msf.second = bytes[2];
	ret_address->msf.frame = bytes[3];
}

/* READ TOC/PMA/ATIP formats 0 and 1 (MMC-6 6.26): 12 bytes are header and one descriptor. */
static int read_toc(struct server_drive *drive, uint8_t format, uint8_t track, bool as_msf, uint8_t ret_bytes[12])
{
	struct packet packet = { .cdb = { 0x43, as_msf ? 0x02 : 0, format, 0, 0, 0, track, 0, 12 },
				 .direction = VDRIVE_TO_HOST,
				 .data = ret_bytes,
				 .length = 12 };
	int ret;

	memset(ret_bytes, 0, 12);
	ret = packet_send(drive, &packet);
	return ret == 0 && packet.transferred < 4 ? -EIO : ret;
}

static int read_toc_header(struct ioctl_call *call)
{
	struct cdrom_tochdr header;
	uint8_t toc[12];
	int ret = read_toc(call->drive, 0, 0, false, toc);

	if (ret < 0)
		return ret;
	header.cdth_trk0 = toc[2];
	header.cdth_trk1 = toc[3];
	return ioctl_put(call, &header, sizeof(header));
}

static int read_toc_entry(struct ioctl_call *call)
{
	struct cdrom_tocentry entry;
	uint8_t toc[12];
	int ret = ioctl_get(call, &entry, sizeof(entry));

	if (ret < 0)
		return ret;
	if (!is_address_format(entry.cdte_format))
		return -EINVAL;
	ret = read_toc(call->drive, 0, entry.cdte_track, entry.cdte_format == CDROM_MSF, toc);
	if (ret < 0)
		return ret;
	entry.cdte_ctrl = toc[5] & 0x0f;
	entry.cdte_adr = toc[5] >> 4;
	entry.cdte_datamode = (toc[5] & CDROM_DATA_TRACK) != 0 ? 1 : 0;
	address_from_bytes(toc + 8, entry.cdte_format, &entry.cdte_addr);
	return ioctl_put(call, &entry, sizeof(entry));
}

/* sr_get_last_session(): the first track of the last session, 0 where there is only one. */
static int get_multisession(struct ioctl_call *call)
{
	struct cdrom_multisession session;
	uint8_t toc[12];
	int32_t lba = 0;
	int ret = ioctl_get(call, &session, sizeof(session));

	if (ret < 0)
		return ret;
	if (!is_address_format(session.addr_format))
		return -EINVAL;
	if (read_toc(call->drive, 1, 0, false, toc) == 0 && get_be16(toc) >= 10)
		lba = (int32_t)get_be32(toc + 8);
	session.xa_flag = lba > 0;
	address_from_lba(lba, session.addr_format, &session.addr);
	return ioctl_put(call, &session, sizeof(session));
}

static int disc_status(struct ioctl_call *call)
{
	bool has_audio = false, has_data = false;
	uint8_t toc[12];
	int ret = read_toc(call->drive, 0, 0, false, toc);

	if (ret < 0)
		return ret == -ENOMEDIUM ? CDS_NO_DISC : CDS_NO_INFO;
	for (unsigned track = toc[2], last = toc[3]; track <= last; track++) {
		if (read_toc(call->drive, 0, (uint8_t)track, true, toc) < 0)
			return CDS_NO_INFO;
		if ((toc[5] & CDROM_DATA_TRACK) != 0)
			has_data = true;
		else
			has_audio = true;
	}
	if (has_audio)
		return has_data ? CDS_MIXED : CDS_AUDIO;
	return has_data ? CDS_DATA_1 : CDS_NO_INFO;
}

/* READ SUB-CHANNEL with the Q data asked for (MMC-6 6.25). */
static int read_subchannel(struct server_drive *drive, uint8_t format, uint8_t *bytes, uint8_t size)
{
	struct packet packet = { .cdb = { 0x42, 0x02, 0x40, format, 0, 0, 0, 0, size },
				 .direction = VDRIVE_TO_HOST,
				 .data = bytes,
				 .length = size };

	memset(bytes, 0, size);
	return packet_send(drive, &packet);
}

static int get_mcn(struct ioctl_call *call)
{
	struct cdrom_mcn mcn = { { 0 } };
	uint8_t bytes[24];
	int ret = read_subchannel(call->drive, 2, bytes, sizeof(bytes));

	if (ret < 0)
		return ret;
	memcpy(mcn.medium_catalog_number, bytes + 9, sizeof(mcn.medium_catalog_number) - 1);
	return ioctl_put(call, &mcn, sizeof(mcn));
}

static int get_subchannel(struct ioctl_call *call)
{
	struct cdrom_subchnl q;
	uint8_t format, bytes[16];
	int ret = ioctl_get(call, &q, sizeof(q));

	if (ret < 0)
		return ret;
	if (!is_address_format(q.cdsc_format))
		return -EINVAL;
	format = q.cdsc_format;
	ret = read_subchannel(call->drive, 1, bytes, sizeof(bytes));
	if (ret < 0)
		return ret;
	q.cdsc_audiostatus = bytes[1];
	q.cdsc_ctrl = bytes[5] & 0x0f;
	q.cdsc_adr = bytes[5] >> 4;
	q.cdsc_trk = bytes[6];
	q.cdsc_ind = bytes[7];
	/* The drive was asked for MSF. */
	if (format == CDROM_LBA) {
		address_from_lba(lba_from_msf(bytes[9], bytes[10], bytes[11]), format, &q.cdsc_absaddr);
		address_from_lba(lba_from_msf(bytes[13], bytes[14], bytes[15]) + CD_MSF_OFFSET, format,
				 &q.cdsc_reladdr);
	} else {
		address_from_bytes(bytes + 8, format, &q.cdsc_absaddr);
		address_from_bytes(bytes + 12, format, &q.cdsc_reladdr);
	}
	return ioctl_put(call, &q, sizeof(q));
}

struct sectors_request {
	int32_t lba;
	uint32_t n_sectors;
	/** Expected sector type, and main channel selection (READ CD bytes 1 and 9, MMC-6 6.19.2). */
	uint8_t type, parts;
};

static int read_cd(struct server_drive *drive, const struct sectors_request *request, void *data, size_t length)
{
	struct packet packet = { .cdb = { 0xbe, (uint8_t)(request->type << 2) },
				 .direction = VDRIVE_TO_HOST,
				 .data = data,
				 .length = length };
	int ret;

	put_be32(packet.cdb + 2, (uint32_t)request->lba);
	put_be24(packet.cdb + 6, request->n_sectors);
	packet.cdb[9] = request->parts;
	ret = packet_send(drive, &packet);
	return ret == 0 && packet.transferred < length ? -EIO : ret;
}

/* CDROMREADRAW, CDROMREADMODE1 and CDROMREADMODE2: the address is overwritten by the sector. */
static int read_sector(struct ioctl_call *call)
{
	struct sectors_request request = { .n_sectors = 1, .parts = 0xf8 };
	size_t size = CD_FRAMESIZE_RAW;
	uint8_t sector[CD_FRAMESIZE_RAW];
	struct cdrom_msf msf;
	int ret = ioctl_get(call, &msf, sizeof(msf));

	if (ret < 0)
		return ret;
	if (call->command == CDROMREADMODE1) {
		request.type = 2;
		request.parts = 0x10;
		size = CD_FRAMESIZE;
	} else if (call->command == CDROMREADMODE2) {
		request.parts = 0x58;
		size = CD_FRAMESIZE_RAW0;
	}
	request.lba = lba_from_msf(msf.cdmsf_min0, msf.cdmsf_sec0, msf.cdmsf_frame0);
	if (request.lba < 0)
		return -EINVAL;
	ret = read_cd(call->drive, &request, sector, size);
	return ret < 0 ? ret : ioctl_put(call, sector, size);
}

static int read_audio(struct ioctl_call *call)
{
	uint8_t sectors[AUDIO_CHUNK * CD_FRAMESIZE_RAW];
	struct sectors_request request = { .type = 1, .parts = 0xf8 };
	struct cdrom_read_audio audio;
	uint64_t to;
	int ret = ioctl_get(call, &audio, sizeof(audio));

	if (ret < 0)
		return ret;
	if (!is_address_format(audio.addr_format) || audio.nframes <= 0 || audio.nframes > CD_FRAMES)
		return -EINVAL;
	request.lba = audio.addr_format == CDROM_LBA
			      ? audio.addr.lba
			      : lba_from_msf(audio.addr.msf.minute, audio.addr.msf.second, audio.addr.msf.frame);
	if (request.lba < 0 || request.lba > INT32_MAX - CD_FRAMES)
		return -EINVAL;
	to = (uintptr_t)audio.buf;
	for (uint32_t n_left = (uint32_t)audio.nframes; n_left > 0 && ret == 0; n_left -= request.n_sectors) {
		size_t size;

		request.n_sectors = n_left < AUDIO_CHUNK ? n_left : AUDIO_CHUNK;
		size = (size_t)request.n_sectors * CD_FRAMESIZE_RAW;
		ret = read_cd(call->drive, &request, sectors, size);
		if (ret == 0)
			ret = client_copy(call->thread, CLIENT_WRITE, to, sectors, size);
		request.lba += (int32_t)request.n_sectors;
		to += size;
	}
	return ret;
}

const struct ioctl_entry ioctl_entries_disc[] = {
	{ CDROMREADTOCHDR, read_toc_header },
	{ CDROMREADTOCENTRY, read_toc_entry },
	{ CDROMMULTISESSION, get_multisession },
	{ CDROM_DISC_STATUS, disc_status },
	{ CDROM_GET_MCN, get_mcn },
	{ CDROMSUBCHNL, get_subchannel },
	{ CDROMREADRAW, read_sector },
	{ CDROMREADMODE1, read_sector },
	{ CDROMREADMODE2, read_sector },
	{ CDROMREADAUDIO, read_audio },
	{ 0, NULL },
};
