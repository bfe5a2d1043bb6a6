/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that any device has (SPC-4), and those about the mechanism. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/audio.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/test_write.h"

static int test_unit_ready(struct vdrive_call *call)
{
	return vdrive_need_medium(call);
}

static int request_sense(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	struct vdrive_sense *sense = &drive->last_sense;
	uint8_t bytes[VDRIVE_SENSE_SIZE];

	/* DESC: only the fixed format. */
	if (call->cdb[1] & 1)
		return vdrive_invalid_field(call, 1);
	if (sense->key == 0 && drive->unit_attention.key != 0)
		sense = &drive->unit_attention;
	vdrive_encode_sense(sense, bytes);
	memset(sense, 0, sizeof(*sense));
	return vdrive_give(call, bytes, sizeof(bytes), call->cdb[4]);
}

/** Copies text into a field, filled up with blanks. */
static void put_field(uint8_t *field, size_t size, const char *text)
{
	memset(field, ' ', size);
	memcpy(field, text, strnlen(text, size));
}

static size_t vpd_page(const struct vdrive *drive, uint8_t code, uint8_t *page)
{
	size_t size = strlen(drive->serial);

	page[0] = 0x05;
	page[1] = code;
	switch (code) {
	case 0x00: /* SPC-4 7.8.15: supported pages */
		page[3] = 3;
		page[4] = 0x00;
		page[5] = 0x80;
		page[6] = 0x83;
		return 7;
	case 0x80: /* SPC-4 7.8.14: unit serial number */
		page[3] = (uint8_t)size;
		memcpy(page + 4, drive->serial, size);
		return 4 + size;
	case 0x83: /* SPC-4 7.8.6: one designator, T10 vendor identification, in ASCII */
		page[3] = (uint8_t)(4 + 24 + size);
		page[4] = 0x02;
		page[5] = 0x01;
		page[7] = (uint8_t)(24 + size);
		put_field(page + 8, 8, drive->vendor);
		put_field(page + 16, 16, drive->product);
		memcpy(page + 32, drive->serial, size);
		return 32 + size;
	default:
		return 0;
	}
}

static int inquiry(struct vdrive_call *call)
{
	/* SAM-5, SPC-4 and MMC-6, no version claimed (SPC-4 6.4.2, table of version descriptors). */
	static const uint16_t versions[] = { 0x00a0, 0x0460, 0x04e0 };
	struct vdrive *drive = call->drive;
	uint16_t allocation_length = get_be16(call->cdb + 3);
	uint8_t data[96] = { 0 };

	if (call->cdb[1] & 2)
		return vdrive_invalid_field(call, 1);
	if (call->cdb[1] & 1) {
		size_t size = vpd_page(drive, call->cdb[2], data);

		return size > 0 ? vdrive_give(call, data, size, allocation_length) : vdrive_invalid_field(call, 2);
	}
	if (call->cdb[2] != 0)
		return vdrive_invalid_field(call, 2);
	data[0] = 0x05;
	data[1] = 0x80;
	data[2] = 0x06;
	data[3] = 0x02;
	data[4] = sizeof(data) - 5;
	put_field(data + 8, 8, drive->vendor);
	put_field(data + 16, 16, drive->product);
	put_field(data + 32, 4, drive->revision);
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		put_be16(data + 58 + 2 * i, versions[i]);
	return vdrive_give(call, data, sizeof(data), allocation_length);
}

/** SPC-4 6.33: there is but one logical unit, 0, and no well known one. */
static int report_luns(struct vdrive_call *call)
{
	enum { ALL_BUT_WELL_KNOWN = 0, WELL_KNOWN = 1, ALL = 2, LEAST_ALLOCATION = 16 };
	uint32_t allocation_length = get_be32(call->cdb + 6);
	uint8_t data[16] = { 0 };
	size_t size = call->cdb[2] == WELL_KNOWN ? 8 : 16;

	if (call->cdb[2] > ALL)
		return vdrive_invalid_field(call, 2);
	if (allocation_length < LEAST_ALLOCATION)
		return vdrive_invalid_field(call, 6);
	put_be32(data, (uint32_t)(size - 8));
	return vdrive_give(call, data, size, allocation_length);
}

static int start_stop_unit(struct vdrive_call *call)
{
	enum { STOP = 0, START = 1, EJECT = 2, LOAD = 3 };
	struct vdrive *drive = call->drive;
	uint8_t power = call->cdb[4] >> 4;

	/* FL: no layers to format. Power conditions: any, the drive has but one. */
	if (call->cdb[4] & 4)
		return vdrive_invalid_field(call, 4);
	if (power != 0)
		return power <= 5 && power != 4 ? 0 : vdrive_invalid_field(call, 4);
	switch (call->cdb[4] & 3) {
	case STOP:
		/* A disc that is spun up again is read anew. */
		vdrive_end_test(drive);
		vdrive_stop_player(drive);
		return 0;
	case START:
		return vdrive_need_medium(call);
	case EJECT:
		if (drive->removal_prevented)
			return vdrive_check_condition(call, 5, 0x53, 2);
		vdrive_eject(drive);
		return 0;
	default:
		/* A medium that the drive cannot make out: CANNOT READ MEDIUM, UNKNOWN FORMAT. */
		return vdrive_load(drive) < 0 ? vdrive_check_condition(call, 2, 0x30, 1) : 0;
	}
}

static int prevent_removal(struct vdrive_call *call)
{
	call->drive->removal_prevented = call->cdb[4] & 1;
	return 0;
}

static int get_event_status(struct vdrive_call *call)
{
	/* MMC-6 6.6.2.2, classes: operational change, power management, media, device busy. */
	enum { OPERATION = 1, POWER = 2, MEDIA = 4, BUSY = 6 };
	static const uint8_t classes[] = { MEDIA, OPERATION, POWER, BUSY };
	struct vdrive *drive = call->drive;
	uint8_t data[8] = { 0 };
	uint8_t class = 0;
	uint16_t allocation_length = get_be16(call->cdb + 7);

	/* Only polled, no asynchronous events (feature 0002h says so). */
	if (!(call->cdb[1] & 1))
		return vdrive_invalid_field(call, 1);
	for (size_t i = 0; i < sizeof(classes) && class == 0; i++)
		if (call->cdb[4] & 1u << classes[i])
			class = classes[i];
	data[3] = 1 << OPERATION | 1 << POWER | 1 << MEDIA | 1 << BUSY;
	if (class == 0) {
		data[1] = 2;
		data[2] = 0x80;
		return vdrive_give(call, data, 4, allocation_length);
	}
	data[1] = 6;
	data[2] = class;
	if (class == POWER)
		data[5] = 1;
	if (class == MEDIA) {
		data[4] = drive->media_event;
		data[5] = (uint8_t)(drive->disc != NULL ? 2 : 0) | (drive->tray_open ? 1 : 0);
		/* Told once; a host with less room than an event takes has not been told. */
		if (allocation_length > 4)
			drive->media_event = 0;
	}
	return vdrive_give(call, data, sizeof(data), allocation_length);
}

static int mechanism_status(struct vdrive_call *call)
{
	/* No changer, so no slot table; byte 1 bit 4: the door is open. */
	uint8_t data[8] = { 0 };

	data[1] = call->drive->tray_open ? 0x10 : 0;
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 8));
}

const struct vdrive_opcode vdrive_opcodes_basic[] = {
	{ 0x00, 6, "TEST UNIT READY", test_unit_ready, false },
	{ 0x03, 6, "REQUEST SENSE", request_sense, true },
	{ 0x12, 6, "INQUIRY", inquiry, true },
	{ 0x1b, 6, "START STOP UNIT", start_stop_unit, false },
	{ 0x1e, 6, "PREVENT ALLOW MEDIUM REMOVAL", prevent_removal, false },
	{ 0x4a, 10, "GET EVENT STATUS NOTIFICATION", get_event_status, true },
	{ 0xa0, 12, "REPORT LUNS", report_luns, true },
	{ 0xbd, 12, "MECHANISM STATUS", mechanism_status, false },
	{ 0 },
};
