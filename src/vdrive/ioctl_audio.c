/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ioctls that play audio (drivers/cdrom/cdrom.c, drivers/scsi/sr_ioctl.c). */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/packet.h"

/* Mode page 0Eh behind the header of MODE SENSE(10), and where in it the volumes of the four ports are. */
enum { PAGE_AUDIO = 0x0e, HEADER_BYTES = 8, PAGE_BYTES = 16, MAX_DESCRIPTOR_BYTES = 8, N_PORTS = 4 };
enum { CURRENT_VALUES = 0, CHANGEABLE_VALUES = 1 };

struct audio_page {
	uint8_t bytes[HEADER_BYTES + MAX_DESCRIPTOR_BYTES + PAGE_BYTES];
	size_t offset;
};

static size_t volume_at(unsigned port)
{
	return 9 + 2 * (size_t)port;
}

static int get_page(struct server_drive *drive, unsigned control, struct audio_page *ret_page)
{
	struct packet packet = { .cdb = { 0x5a, 0,
					  (uint8_t)(control << 6 | PAGE_AUDIO), [8] = sizeof(ret_page->bytes) },
				 .direction = VDRIVE_TO_HOST,
				 .data = ret_page->bytes,
				 .length = sizeof(ret_page->bytes) };
	int ret;

	memset(ret_page, 0, sizeof(*ret_page));
	ret = packet_send(drive, &packet);
	if (ret < 0)
		return ret;
	ret_page->offset = HEADER_BYTES + (size_t)get_be16(ret_page->bytes + 6);
	if (ret_page->offset + PAGE_BYTES > sizeof(ret_page->bytes))
		return -E2BIG;
	if ((ret_page->bytes[ret_page->offset] & 0x3f) != PAGE_AUDIO ||
	    ret_page->bytes[ret_page->offset + 1] < PAGE_BYTES - 2)
		return -EINVAL;
	return 0;
}

/* The kernel's structure has four single members. */
static uint8_t *channel(struct cdrom_volctrl *volumes, unsigned port)
{
	uint8_t *const channels[N_PORTS] = { &volumes->channel0, &volumes->channel1, &volumes->channel2,
					     &volumes->channel3 };

	return channels[port];
}

static int read_volume(struct ioctl_call *call)
{
	struct cdrom_volctrl volumes;
	struct audio_page page;
	int ret = get_page(call->drive, CURRENT_VALUES, &page);

	if (ret < 0)
		return ret;
	for (unsigned i = 0; i < N_PORTS; i++)
		*channel(&volumes, i) = page.bytes[page.offset + volume_at(i)];
	return ioctl_put(call, &volumes, sizeof(volumes));
}

static int set_volume(struct ioctl_call *call)
{
	struct cdrom_volctrl volumes;
	struct audio_page page, mask;
	struct packet packet = { .cdb = { 0x55, 0x10, [8] = HEADER_BYTES + PAGE_BYTES },
				 .direction = VDRIVE_FROM_HOST,
				 .length = HEADER_BYTES + PAGE_BYTES };
	int ret = ioctl_get(call, &volumes, sizeof(volumes));

	if (ret == 0)
		ret = get_page(call->drive, CURRENT_VALUES, &page);
	if (ret == 0)
		ret = get_page(call->drive, CHANGEABLE_VALUES, &mask);
	if (ret < 0)
		return ret;
	for (unsigned i = 0; i < N_PORTS; i++)
		page.bytes[page.offset + volume_at(i)] = *channel(&volumes, i) & mask.bytes[mask.offset + volume_at(i)];
	packet.data = page.bytes + page.offset - HEADER_BYTES;
	memset(packet.data, 0, HEADER_BYTES);
	return packet_send(call->drive, &packet);
}

static int play_msf(struct ioctl_call *call)
{
	struct packet packet = { .cdb = { 0x47 } };
	struct cdrom_msf msf;
	int ret = ioctl_get(call, &msf, sizeof(msf));

	if (ret < 0)
		return ret;
	/* Begin and end as the command has them. */
	memcpy(packet.cdb + 3, &msf, sizeof(msf));
	return packet_send(call->drive, &packet);
}

static int play_blocks(struct ioctl_call *call)
{
	struct packet packet = { .cdb = { 0x45 } };
	struct cdrom_blk blocks;
	int ret = ioctl_get(call, &blocks, sizeof(blocks));

	if (ret < 0)
		return ret;
	put_be32(packet.cdb + 2, blocks.from);
	put_be16(packet.cdb + 7, blocks.len);
	return packet_send(call->drive, &packet);
}

/* Minute, second and frame of a track's begin; and the last track there is, unless it is not wanted. */
static int find_track(struct server_drive *drive, uint8_t track, uint8_t ret_msf[3], uint8_t *ret_last)
{
	uint8_t toc[12] = { 0 };
	struct packet packet = { .cdb = { 0x43, 2, [6] = track, [8] = sizeof(toc) },
				 .direction = VDRIVE_TO_HOST,
				 .data = toc,
				 .length = sizeof(toc) };
	int ret = packet_send(drive, &packet);

	if (ret == 0 && packet.transferred < sizeof(toc))
		ret = -EIO;
	memcpy(ret_msf, toc + 9, 3);
	if (ret_last != NULL)
		*ret_last = toc[3];
	return ret;
}

/* sr_play_trkind(), and what it does with a drive that has no PLAY AUDIO TRACK INDEX: from the begin of the first
 * track to the end of the last. */
static int play_tracks(struct ioctl_call *call)
{
	struct packet packet = { .cdb = { 0x48 } }, play = { .cdb = { 0x47 } };
	struct cdrom_ti tracks;
	uint8_t last;
	int ret = ioctl_get(call, &tracks, sizeof(tracks));

	if (ret < 0)
		return ret;
	packet.cdb[4] = tracks.cdti_trk0;
	packet.cdb[5] = tracks.cdti_ind0;
	packet.cdb[7] = tracks.cdti_trk1;
	packet.cdb[8] = tracks.cdti_ind1;
	ret = packet_send(call->drive, &packet);
	if (ret != -EOPNOTSUPP)
		return ret;
	ret = find_track(call->drive, tracks.cdti_trk0, play.cdb + 3, &last);
	if (ret == 0)
		ret = find_track(call->drive, tracks.cdti_trk1 >= last ? CDROM_LEADOUT : tracks.cdti_trk1 + 1,
				 play.cdb + 6, NULL);
	return ret < 0 ? ret : packet_send(call->drive, &play);
}

static int pause_resume(struct ioctl_call *call)
{
	struct packet packet = { .cdb = { 0x4b, [8] = call->command == CDROMRESUME ? 1 : 0 } };

	return packet_send(call->drive, &packet);
}

const struct ioctl_entry ioctl_entries_audio[] = {
	{ CDROMPAUSE, pause_resume },  { CDROMRESUME, pause_resume },
	{ CDROMPLAYMSF, play_msf },    { CDROMPLAYTRKIND, play_tracks },
	{ CDROMPLAYBLK, play_blocks }, { CDROMVOLCTRL, set_volume },
	{ CDROMVOLREAD, read_volume }, { 0, NULL },
};
