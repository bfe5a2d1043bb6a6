/* SPDX-License-Identifier: GPL-3.0-or-later */
/* REPORT KEY and SEND KEY (MMC-6 6.28, 6.34), and what else a protected medium changes. The drive grants what comes
 * before an authentication, and no authentication: it knows no keys. */
#include "vdrive/mmc/keys.h"

#include <string.h>

#include "base/bytes.h"
#include "vdrive/random.h"

/* Key classes: CSS and CPRM; AACS (MMC-6 table 399). */
enum { CLASS_DVD = 0x00, CLASS_AACS = 0x02 };

/* Key formats of class 0 (MMC-6 table 400). */
enum {
	KEY_AGID = 0x00,
	KEY_CHALLENGE = 0x01,
	KEY_1 = 0x02,
	KEY_2 = 0x03,
	KEY_TITLE = 0x04,
	KEY_ASF = 0x05,
	KEY_RPC_SET = 0x06,
	KEY_RPC_STATE = 0x08,
	KEY_AGID_CPRM = 0x11,
	KEY_INVALIDATE = 0x3f,
};

/* 5/6F/xx, copy protection key exchange failure. */
enum { ASC_KEYS = 0x6f, AUTHENTICATION_FAILED = 0, NOT_PRESENT = 1, NOT_ESTABLISHED = 2, SCRAMBLED = 3, REGION = 4 };
enum { REGION_FINAL = 5 };

enum { N_AGIDS = 4, VENDOR_RESETS = 4, USER_CHANGES = 5 };

/* As a DVD-Video's files are: program streams of packs, one a sector (ISO 13818-1 2.5.3.3). */
static const uint8_t pack_start[] = { 0x00, 0x00, 0x01, 0xba };

const struct protected_format vdrive_protected_formats[] = {
	{ 0x02, 2048, PROTECTION_CSS, CLASS_DVD },   /* disc key */
	{ 0x06, 20, PROTECTION_CPRM, CLASS_DVD },    /* media identifier */
	{ 0x07, 24576, PROTECTION_CPRM, CLASS_DVD }, /* media key block */
	{ 0x80, 32, PROTECTION_AACS, CLASS_AACS },   /* volume identifier */
	{ 0x81, 32, PROTECTION_AACS, CLASS_AACS },   /* pre-recorded media serial number */
	{ 0x84, 32, PROTECTION_AACS, CLASS_AACS },   /* data keys */
	{ 0, 0, PROTECTION_NONE, 0 },
};

static bool is_of(const struct disc *disc, enum protection_kind kind)
{
	enum discern_profile number = disc_profile(disc)->number;

	switch (kind) {
	case PROTECTION_CSS:
		return number == DISCERN_PROFILE_DVD_ROM;
	case PROTECTION_CPRM:
		return number == DISCERN_PROFILE_DVD_RAM || disc_media(disc)->profile == DISCERN_PROFILE_DVD_RW ||
		       number == DISCERN_PROFILE_DVD_R || number == DISCERN_PROFILE_DVD_R_DL;
	case PROTECTION_AACS:
		return disc_profile(disc)->family == FAMILY_BD;
	case PROTECTION_NONE:
		break;
	}
	return false;
}

const struct protection *vdrive_protection(const struct vdrive *drive)
{
	const struct protection *protection = faults_protection(drive->faults);

	if (protection == NULL || drive->disc == NULL || !is_of(drive->disc, protection->kind))
		return NULL;
	return protection;
}

bool vdrive_has_protection(const struct vdrive *drive, enum protection_kind kind)
{
	const struct protection *protection = vdrive_protection(drive);

	return protection != NULL && protection->kind == kind;
}

void vdrive_reset_keys(struct vdrive *drive)
{
	memset(drive->agids, 0, sizeof(drive->agids));
}

static int key_failure(struct vdrive_call *call, uint8_t ascq)
{
	return vdrive_check_condition(call, 5, ASC_KEYS, ascq);
}

void vdrive_put_copyright(const struct vdrive *drive, uint8_t *data)
{
	/* Copyright protection system type: 1 CSS, 2 CPRM. */
	const struct protection *protection = vdrive_protection(drive);

	if (protection == NULL || protection->kind == PROTECTION_AACS)
		return;
	data[0] = protection->kind == PROTECTION_CSS ? 1 : 2;
	data[1] = protection->closed_regions;
}

void vdrive_put_sector_copyright(const struct vdrive *drive, int64_t lba, uint8_t *data)
{
	const struct protection *protection = vdrive_protection(drive);

	/* Copyrighted, with a title key, no copies (MMC-6 6.23.3.2.6). */
	if (protection != NULL && protection->kind == PROTECTION_CSS && protection_covers(protection, lba))
		data[0] = 0xf0;
}

/* True with an AGID of the class that has been given out. */
static bool is_granted(const struct vdrive_call *call, uint8_t class)
{
	return call->drive->agids[class] >> (call->cdb[10] >> 6) & 1;
}

int vdrive_refuse_protected(struct vdrive_call *call, uint8_t format)
{
	for (const struct protected_format *entry = vdrive_protected_formats; entry->size != 0; entry++) {
		if (entry->format != format || !vdrive_has_protection(call->drive, entry->kind))
			continue;
		return is_granted(call, entry->class) ? key_failure(call, NOT_ESTABLISHED)
						      : vdrive_invalid_field(call, 10);
	}
	return 0;
}

/* The bus's encryption as a host without its key sees it: all of a sector but its first 16 bytes is noise. */
static void encrypt_sector(uint8_t *sector, int64_t lba)
{
	enum { CLEAR_BYTES = 16 };
	uint64_t state = random_mix((uint64_t)lba + 1);

	for (size_t at = CLEAR_BYTES; at < DISC_SECTOR; at += 8) {
		uint64_t noise = random_next(&state);

		for (size_t i = 0; i < 8; i++)
			sector[at + i] ^= (uint8_t)(noise >> (8 * i));
	}
}

static bool is_scrambled(const struct protection *protection, int64_t lba, const uint8_t *sector)
{
	if (protection->n_ranges > 0)
		return protection_covers(protection, lba);
	return memcmp(sector, pack_start, sizeof(pack_start)) == 0;
}

int vdrive_protect_read(struct vdrive_call *call, const struct vdrive_address *address)
{
	const struct protection *protection = vdrive_protection(call->drive);
	struct vdrive_sense sense = { .key = 5, .asc = ASC_KEYS, .ascq = SCRAMBLED, .has_lba = true };
	size_t n_sectors = call->answer->transferred / DISC_SECTOR;

	if (protection == NULL || protection->kind == PROTECTION_CPRM || !faults_is_read(call->cdb[0]))
		return 0;
	for (size_t i = 0; i < n_sectors; i++) {
		uint8_t *sector = call->command->data + i * DISC_SECTOR;
		int64_t lba = address->lba + (int64_t)i;

		if (protection->kind == PROTECTION_AACS && protection_covers(protection, lba))
			encrypt_sector(sector, lba);
		if (protection->kind != PROTECTION_CSS || !is_scrambled(protection, lba, sector))
			continue;
		/* Not a byte of it is given. */
		memset(call->command->data, 0, call->answer->transferred);
		call->answer->transferred = 0;
		sense.lba = (int32_t)lba;
		return vdrive_report_sense(call, &sense);
	}
	return 0;
}

static int give_key(struct vdrive_call *call, uint8_t *data, size_t size)
{
	put_be16(data, (uint16_t)(size - 2));
	return vdrive_give(call, data, size, get_be16(call->cdb + 8));
}

/* An authentication grant identifier, the next that is free. */
static int give_agid(struct vdrive_call *call, uint8_t class)
{
	uint8_t *agids = &call->drive->agids[class], data[8] = { 0 };

	for (uint8_t agid = 0; agid < N_AGIDS; agid++) {
		if (*agids >> agid & 1)
			continue;
		*agids |= (uint8_t)(1u << agid);
		data[7] = (uint8_t)(agid << 6);
		return give_key(call, data, sizeof(data));
	}
	/* 5/55/00 system resource failure. */
	return vdrive_check_condition(call, 5, 0x55, 0);
}

/* The region that the drive is set to (MMC-6 6.28.3.1.6). */
static int give_region(struct vdrive_call *call)
{
	enum { NONE = 0, SET = 1, LAST_CHANCE = 2, PERMANENT = 3, PHASE_2 = 1 };
	const struct vdrive *drive = call->drive;
	unsigned n_left = USER_CHANGES - drive->n_region_changes, type = SET;
	uint8_t data[8] = { 0 };

	if (drive->n_region_changes == 0)
		type = NONE;
	else if (n_left == 1)
		type = LAST_CHANCE;
	else if (n_left == 0)
		type = PERMANENT;
	data[4] = (uint8_t)(type << 6 | VENDOR_RESETS << 3 | n_left);
	data[5] = drive->n_region_changes == 0 ? 0xff : drive->region_mask;
	data[6] = PHASE_2;
	return give_key(call, data, sizeof(data));
}

/* What needs a medium that has such keys: DVD of class 0, BD of class 2. */
static int need_protected(struct vdrive_call *call, uint8_t class, enum protection_kind kind)
{
	enum profile_family family = class == CLASS_DVD ? FAMILY_DVD : FAMILY_BD;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	if (disc_profile(call->drive->disc)->family != family)
		return vdrive_check_condition(call, 5, 0x30, 2);
	return vdrive_has_protection(call->drive, kind) ? 0 : key_failure(call, NOT_PRESENT);
}

/* A host that plays is refused where its region, that of the drive, is not one of the disc's. */
static bool is_region_closed(const struct vdrive *drive)
{
	const struct protection *protection = vdrive_protection(drive);

	return protection != NULL && drive->n_region_changes > 0 &&
	       (protection->closed_regions | drive->region_mask) == 0xff;
}

static int give_asf(struct vdrive_call *call)
{
	/* Authentication has not been completed, nor ever is. */
	uint8_t data[8] = { 0 };

	return give_key(call, data, sizeof(data));
}

static int report_dvd_key(struct vdrive_call *call, uint8_t format)
{
	bool is_cprm = format == KEY_AGID_CPRM || vdrive_has_protection(call->drive, PROTECTION_CPRM);
	int ret;

	if (format == KEY_RPC_STATE)
		return give_region(call);
	ret = need_protected(call, CLASS_DVD, is_cprm ? PROTECTION_CPRM : PROTECTION_CSS);
	if (ret != 0)
		return ret;
	if (format == KEY_AGID || format == KEY_AGID_CPRM)
		return give_agid(call, CLASS_DVD);
	if (!is_granted(call, CLASS_DVD))
		return vdrive_invalid_field(call, 10);
	switch (format) {
	case KEY_CHALLENGE:
	case KEY_1:
		return key_failure(call, AUTHENTICATION_FAILED);
	case KEY_TITLE:
		return key_failure(call, is_region_closed(call->drive) ? REGION : NOT_ESTABLISHED);
	case KEY_ASF:
		return give_asf(call);
	default:
		return vdrive_invalid_field(call, 10);
	}
}

/* Class 2: an AGID is given, and the drive's certificate, which would begin the authentication, is not. */
static int report_aacs_key(struct vdrive_call *call, uint8_t format)
{
	enum { CERTIFICATE = 0x01, KEY = 0x02 };
	int ret = need_protected(call, CLASS_AACS, PROTECTION_AACS);

	if (ret != 0)
		return ret;
	if (format == KEY_AGID)
		return give_agid(call, CLASS_AACS);
	if (!is_granted(call, CLASS_AACS) || (format != CERTIFICATE && format != KEY))
		return vdrive_invalid_field(call, 10);
	return key_failure(call, AUTHENTICATION_FAILED);
}

static int report_key(struct vdrive_call *call)
{
	uint8_t class = call->cdb[7], format = call->cdb[10] & 0x3f;

	if (class != CLASS_DVD && class != CLASS_AACS)
		return vdrive_invalid_field(call, 7);
	if (format == KEY_INVALIDATE) {
		call->drive->agids[class] &= (uint8_t) ~(1u << (call->cdb[10] >> 6));
		return 0;
	}
	return class == CLASS_DVD ? report_dvd_key(call, format) : report_aacs_key(call, format);
}

/* One region, which may be set five times, with a disc of that region in the drive. */
static int set_region(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	uint8_t mask, open_regions;
	int ret = vdrive_take(call, 8);

	if (ret == 0)
		ret = need_protected(call, CLASS_DVD, PROTECTION_CSS);
	if (ret != 0)
		return ret;
	mask = call->command->data[4];
	open_regions = (uint8_t)~mask;
	if (open_regions == 0 || open_regions & (open_regions - 1))
		return vdrive_invalid_parameter(call);
	if (drive->n_region_changes > 0 && mask == drive->region_mask)
		return 0;
	if (vdrive_protection(drive)->closed_regions & open_regions)
		return key_failure(call, REGION);
	if (drive->n_region_changes == USER_CHANGES)
		return key_failure(call, REGION_FINAL);
	drive->region_mask = mask;
	drive->n_region_changes++;
	return 0;
}

/* A challenge is taken, as it asks for nothing yet; a key never is the right one. */
static int take_dvd_key(struct vdrive_call *call, uint8_t format)
{
	bool is_cprm = vdrive_has_protection(call->drive, PROTECTION_CPRM);
	int ret = need_protected(call, CLASS_DVD, is_cprm ? PROTECTION_CPRM : PROTECTION_CSS);

	if (ret == 0 && !is_granted(call, CLASS_DVD))
		ret = vdrive_invalid_field(call, 10);
	if (ret == 0)
		ret = vdrive_take(call, format == KEY_CHALLENGE ? 16 : 12);
	if (ret != 0 || format == KEY_CHALLENGE)
		return ret;
	call->drive->agids[CLASS_DVD] &= (uint8_t) ~(1u << (call->cdb[10] >> 6));
	return key_failure(call, AUTHENTICATION_FAILED);
}

static int send_aacs_key(struct vdrive_call *call, uint8_t format)
{
	enum { CERTIFICATE = 0x01, KEY = 0x02, CERTIFICATE_SIZE = 116, KEY_SIZE = 84 };
	int ret = need_protected(call, CLASS_AACS, PROTECTION_AACS);

	if (ret == 0 && (!is_granted(call, CLASS_AACS) || (format != CERTIFICATE && format != KEY)))
		ret = vdrive_invalid_field(call, 10);
	if (ret == 0)
		ret = vdrive_take(call, format == CERTIFICATE ? CERTIFICATE_SIZE : KEY_SIZE);
	return ret == 0 ? key_failure(call, AUTHENTICATION_FAILED) : ret;
}

static int send_key(struct vdrive_call *call)
{
	uint8_t class = call->cdb[7], format = call->cdb[10] & 0x3f;

	if (class == CLASS_AACS)
		return send_aacs_key(call, format);
	if (class != CLASS_DVD)
		return vdrive_invalid_field(call, 7);
	switch (format) {
	case KEY_CHALLENGE:
	case KEY_2:
		return take_dvd_key(call, format);
	case KEY_RPC_SET:
		return set_region(call);
	case KEY_INVALIDATE:
		call->drive->agids[class] &= (uint8_t) ~(1u << (call->cdb[10] >> 6));
		return 0;
	default:
		return vdrive_invalid_field(call, 10);
	}
}

/* A medium with CPRM has a number of its own, eight bytes in its burst cutting area; others here have none. */
size_t vdrive_media_serial(const struct vdrive *drive, uint8_t serial[VDRIVE_MEDIA_SERIAL])
{
	if (!vdrive_has_protection(drive, PROTECTION_CPRM))
		return 0;
	put_be32(serial, 0);
	put_be32(serial + 4, disc_identifier(drive->disc));
	return VDRIVE_MEDIA_SERIAL;
}

/* READ MEDIA SERIAL NUMBER, service action 01h of ABh (SPC-4 6.19). */
static int read_media_serial_number(struct vdrive_call *call)
{
	enum { SERVICE_ACTION = 0x01, HEADER = 4 };
	uint8_t data[HEADER + VDRIVE_MEDIA_SERIAL] = { 0 };
	size_t size;
	int ret;

	/* Others of its service actions are not there. */
	if ((call->cdb[1] & 0x1f) != SERVICE_ACTION)
		return vdrive_invalid_field(call, 1);
	ret = vdrive_need_medium(call);
	if (ret != 0)
		return ret;
	size = vdrive_media_serial(call->drive, data + HEADER);
	put_be32(data, (uint32_t)size);
	return vdrive_give(call, data, HEADER + size, get_be32(call->cdb + 6));
}

const struct vdrive_opcode vdrive_opcodes_keys[] = {
	{ 0xab, 12, "READ MEDIA SERIAL NUMBER", read_media_serial_number, false },
	{ 0xa3, 12, "SEND KEY", send_key, false },
	{ 0xa4, 12, "REPORT KEY", report_key, false },
	{ 0 },
};
