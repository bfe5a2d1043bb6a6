/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/packet.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "disc/profile.h"

/* As often as sr_do_ioctl() of the kernel tries. */
#define MAX_RETRIES 10
#define BECOMING_READY_MS 2000

int packet_send_once(struct server_drive *drive, struct packet *packet)
{
	struct vdrive_command command = { packet->cdb, sizeof(packet->cdb), packet->direction, packet->data,
					  packet->length };
	struct vdrive_answer answer;

	server_execute(drive, &command, SERVER_KERNEL_TIMEOUT_MS, &answer);
	packet->transferred = answer.transferred;
	packet->key = packet->asc = packet->ascq = 0;
	packet->has_lba = answer.sense_length > 0 && (answer.sense[0] & 0x80) != 0;
	if (answer.sense_length >= 14) {
		packet->key = answer.sense[2] & 0x0f;
		packet->asc = answer.sense[12];
		packet->ascq = answer.sense[13];
	}
	if (answer.host_status != VDRIVE_HOST_OK)
		return -EIO;
	/* A recovered error (key 1) comes with good data. */
	return answer.status == 0 || packet->key == 0x01 ? 0 : -EIO;
}

static void sleep_ms(unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

int packet_send(struct server_drive *drive, struct packet *packet)
{
	for (int n_tries = 0; packet_send_once(drive, packet) < 0; n_tries++) {
		bool becoming_ready = packet->key == 0x02 && packet->asc == 0x04 && packet->ascq == 0x01;

		if ((packet->key == 0x06 || becoming_ready) && n_tries < MAX_RETRIES) {
			if (becoming_ready)
				sleep_ms(BECOMING_READY_MS);
			continue;
		}
		if (packet->key == 0x02 || packet->key == 0x06)
			return -ENOMEDIUM;
		if (packet->key == 0x05 && packet->asc == 0x20 && packet->ascq == 0x00)
			return -EOPNOTSUPP;
		return -EIO;
	}
	return 0;
}

int packet_test_unit_ready(struct server_drive *drive, struct packet *ret_packet)
{
	struct packet packet = { .cdb = { 0x00 } };
	int ret = -EIO;

	for (int n_tries = 0; n_tries < 3; n_tries++) {
		ret = packet_send_once(drive, &packet);
		if (ret == 0 || packet.key != 0x06)
			break;
	}
	if (ret_packet != NULL)
		*ret_packet = packet;
	return ret;
}

int packet_start_stop(struct server_drive *drive, enum packet_load action)
{
	struct packet packet = { .cdb = { 0x1b, 0, 0, 0, (uint8_t)action } };

	return packet_send(drive, &packet);
}

int packet_lock_door(struct server_drive *drive, bool is_locked)
{
	struct packet packet = { .cdb = { 0x1e, 0, 0, 0, is_locked ? 1 : 0 } };

	return packet_send(drive, &packet);
}

int packet_media_status(struct server_drive *drive)
{
	uint8_t event[8] = { 0 };
	/* Polled, class 4: media (MMC-6 6.6.2). */
	struct packet packet = { .cdb = { 0x4a, 1, 0, 0, 1 << 4, 0, 0, 0, sizeof(event) },
				 .direction = VDRIVE_TO_HOST,
				 .data = event,
				 .length = sizeof(event) };

	if (packet_send_once(drive, &packet) < 0 || packet.transferred < sizeof(event))
		return -EIO;
	/* No event available (NEA), or another class than asked. */
	if ((event[2] & 0x80) != 0 || (event[2] & 0x07) != 4)
		return -EIO;
	return event[5];
}

int packet_drive_status(struct server_drive *drive)
{
	struct packet packet;
	int media;

	if (packet_test_unit_ready(drive, &packet) == 0)
		return CDS_DISC_OK;
	if (packet.key == 0x02 && packet.asc == 0x04 && packet.ascq == 0x01)
		return CDS_DRIVE_NOT_READY;
	media = packet_media_status(drive);
	if (media >= 0) {
		if ((media & 0x02) != 0)
			return CDS_DISC_OK;
		return (media & 0x01) != 0 ? CDS_TRAY_OPEN : CDS_NO_DISC;
	}
	/* 2/04/xx, as while formatting: busy with a disc that is there. */
	if (packet.key == 0x02 && packet.asc == 0x04)
		return CDS_DISC_OK;
	return packet.asc == 0x3a ? CDS_NO_DISC : CDS_TRAY_OPEN;
}

/* Asks for one feature (GET CONFIGURATION, MMC-6 6.5). The profile that came along, NULL if it is not current. */
static const struct profile *current_feature(struct server_drive *drive, uint16_t feature)
{
	uint8_t features[24] = { 0 };
	struct packet packet = { .cdb = { 0x46, 0x02, 0, (uint8_t)feature, 0, 0, 0, 0, sizeof(features) },
				 .direction = VDRIVE_TO_HOST,
				 .data = features,
				 .length = sizeof(features) };

	if (packet_send_once(drive, &packet) < 0 || packet.transferred < 12)
		return NULL;
	if (get_be16(features + 8) != feature || (features[10] & 1) == 0)
		return NULL;
	return profile_find(get_be16(features + 6));
}

bool packet_is_random_writable(struct server_drive *drive)
{
	/* Random Writable, or DVD+RW, which not every drive counts among the former. */
	const struct profile *profile = current_feature(drive, 0x0020);

	if (profile == NULL)
		profile = current_feature(drive, 0x002a);
	return profile != NULL && profile->is_rewritable && profile->writing == WRITING_RANDOM;
}
