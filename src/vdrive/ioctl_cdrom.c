/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ioctls on the drive itself: tray, lock, state, speed, options (drivers/cdrom/cdrom.c, drivers/scsi/sr_ioctl.c). */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <limits.h>
#include <linux/cdrom.h>

#include "base/bytes.h"
#include "vdrive/packet.h"

/* sr.c: what the driver can do with any drive; there is no changer. */
#define CAPABILITY_ALWAYS                                                                                              \
	(CDC_PLAY_AUDIO | CDC_LOCK | CDC_SELECT_SPEED | CDC_MULTI_SESSION | CDC_MCN | CDC_MEDIA_CHANGED | CDC_RESET |  \
	 CDC_DRIVE_STATUS | CDC_GENERIC_PACKET)

#define CDO_ALL (CDO_AUTO_CLOSE | CDO_AUTO_EJECT | CDO_USE_FFLAGS | CDO_LOCK | CDO_CHECK_TYPE)

/* 1x of a CD in kB/s with all 2352 bytes of a sector, as SET CD SPEED counts. */
#define SPEED_1X_KBPS 177UL

static int eject(struct ioctl_call *call)
{
	if (server_open_count(call->drive) != 1 || call->drive->keep_locked)
		return -EBUSY;
	packet_lock_door(call->drive, false);
	return packet_start_stop(call->drive, PACKET_EJECT);
}

static int close_tray(struct ioctl_call *call)
{
	return packet_start_stop(call->drive, PACKET_LOAD);
}

static int set_auto_eject(struct ioctl_call *call)
{
	if (call->argument != 0)
		atomic_fetch_or(&call->drive->options, CDO_AUTO_CLOSE | CDO_AUTO_EJECT);
	else
		atomic_fetch_and(&call->drive->options, ~(unsigned)(CDO_AUTO_CLOSE | CDO_AUTO_EJECT));
	return 0;
}

static int change_options(struct ioctl_call *call)
{
	unsigned bits = (unsigned)call->argument & CDO_ALL;

	if (call->command == CDROM_SET_OPTIONS)
		atomic_fetch_or(&call->drive->options, bits);
	else
		atomic_fetch_and(&call->drive->options, ~bits);
	return (int)call->drive->options;
}

static int lock_door(struct ioctl_call *call)
{
	struct server_drive *drive = call->drive;
	bool lock = call->argument != 0;

	/* Whoever has it open too may rely on the lock. */
	if (!lock && !call->handle->is_privileged && server_open_count(drive) != 1)
		return -EBUSY;
	drive->keep_locked = lock;
	return packet_lock_door(drive, lock);
}

static int drive_status(struct ioctl_call *call)
{
	/* There is one slot only. */
	if (call->argument != CDSL_CURRENT && call->argument != CDSL_NONE && call->argument != 0)
		return -EINVAL;
	return packet_drive_status(call->drive);
}

static int media_changed(struct ioctl_call *call)
{
	if (call->argument != CDSL_CURRENT && call->argument != 0)
		return -EINVAL;
	packet_test_unit_ready(call->drive, NULL);
	return atomic_exchange(&call->drive->media_changed, false) ? 1 : 0;
}

static int select_speed(struct ioctl_call *call)
{
	unsigned long speed = call->argument == 0 ? 0xffff : 0xfffe;
	struct packet packet = { .cdb = { 0xbb } };

	if (call->argument != 0 && call->argument < speed / SPEED_1X_KBPS)
		speed = (unsigned long)call->argument * SPEED_1X_KBPS;
	put_be16(packet.cdb + 2, (uint16_t)speed);
	return packet_send(call->drive, &packet);
}

/* get_capabilities() of sr.c: the mode page 2Ah, CD/DVD capabilities and mechanical status (MMC-3 5.5.10). */
static int get_capability(struct ioctl_call *call)
{
	uint8_t page[32] = { 0 };
	struct packet packet = { .cdb = { 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, sizeof(page) },
				 .direction = VDRIVE_TO_HOST,
				 .data = page,
				 .length = sizeof(page) };
	int capability = CAPABILITY_ALWAYS;
	const uint8_t *p;
	size_t offset;

	if (packet_send(call->drive, &packet) < 0)
		return CDC_PLAY_AUDIO | CDC_LOCK | CDC_MULTI_SESSION | CDC_MCN | CDC_MEDIA_CHANGED | CDC_RESET |
		       CDC_DRIVE_STATUS | CDC_GENERIC_PACKET | CDC_OPEN_TRAY | CDC_CLOSE_TRAY;
	offset = 8 + (size_t)get_be16(page + 6);
	if (offset + 8 > packet.transferred)
		return capability;
	p = page + offset;
	capability |= (p[2] & 0x08) != 0 ? CDC_DVD : 0;
	capability |= (p[3] & 0x20) != 0 ? CDC_DVD_RAM : 0;
	capability |= (p[3] & 0x10) != 0 ? CDC_DVD_R : 0;
	capability |= (p[3] & 0x02) != 0 ? CDC_CD_RW : 0;
	capability |= (p[3] & 0x01) != 0 ? CDC_CD_R : 0;
	capability |= (p[6] & 0x08) != 0 ? CDC_OPEN_TRAY : 0;
	/* A caddy cannot be drawn in. */
	capability |= p[6] >> 5 != 0 ? CDC_CLOSE_TRAY : 0;
	capability |= packet_is_random_writable(call->drive) ? CDC_RAM : 0;
	return capability;
}

static int one_slot(struct ioctl_call *call)
{
	(void)call;
	return 1;
}

/* cdrom_ioctl_reset(): sr has nothing to reset a drive with, and only root may ask. */
static int reset(struct ioctl_call *call)
{
	return call->handle->is_privileged ? 0 : -EACCES;
}

static int start(struct ioctl_call *call)
{
	return packet_start_stop(call->drive, PACKET_START);
}

static int stop(struct ioctl_call *call)
{
	return packet_start_stop(call->drive, PACKET_STOP);
}

/* Changers: CDC_SELECT_DISC is not set. */
static int cannot(struct ioctl_call *call)
{
	(void)call;
	return -ENOSYS;
}

const struct ioctl_entry ioctl_entries_cdrom[] = {
	{ CDROMEJECT, eject },
	{ CDROMCLOSETRAY, close_tray },
	{ CDROMEJECT_SW, set_auto_eject },
	{ CDROM_SET_OPTIONS, change_options },
	{ CDROM_CLEAR_OPTIONS, change_options },
	{ CDROM_LOCKDOOR, lock_door },
	{ CDROM_DRIVE_STATUS, drive_status },
	{ CDROM_MEDIA_CHANGED, media_changed },
	{ CDROM_SELECT_SPEED, select_speed },
	{ CDROM_GET_CAPABILITY, get_capability },
	{ CDROM_CHANGER_NSLOTS, one_slot },
	{ CDROMRESET, reset },
	{ CDROMSTART, start },
	{ CDROMSTOP, stop },
	{ CDROM_SELECT_DISC, cannot },
	{ 0, NULL },
};
