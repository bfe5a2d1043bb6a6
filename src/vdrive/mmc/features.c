/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET CONFIGURATION and the features (MMC-6 5.3): what the drive can do, and what it can do with
 * the medium that is in it. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_defects.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/cue_sheet.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/formats.h"
#include "vdrive/mmc/keys.h"

/* Room for the header and all descriptors. */
enum { MAX_ANSWER = 512 };

struct feature {
	uint16_t number;
	uint8_t version;
	bool is_persistent;
	/** NULL: always current. */
	bool (*is_current)(const struct vdrive *drive);
	/** Writes what follows the descriptor's four bytes of head; NULL: nothing does. */
	size_t (*fill)(const struct vdrive *drive, uint8_t *data);
};

static bool has_medium(const struct vdrive *drive)
{
	return drive->disc != NULL;
}

static bool has_cd(const struct vdrive *drive)
{
	return vdrive_profile(drive)->family == FAMILY_CD;
}

static bool has_dvd(const struct vdrive *drive)
{
	return vdrive_profile(drive)->family == FAMILY_DVD;
}

static bool has_bd(const struct vdrive *drive)
{
	return vdrive_profile(drive)->family == FAMILY_BD;
}

static bool has_profile(const struct vdrive *drive, enum discern_profile number)
{
	return vdrive_profile(drive)->number == number;
}

static bool has_dvd_plus_rw(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_DVD_PLUS_RW);
}

static bool is_formattable(const struct vdrive *drive)
{
	struct vdrive_format formats[VDRIVE_MAX_FORMATS];

	return drive->disc != NULL && vdrive_formats(drive->disc, formats) > 0;
}

static bool has_dvd_plus_r(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_DVD_PLUS_R);
}

static bool has_dvd_plus_r_dl(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_DVD_PLUS_R_DL);
}

/* Sectors that are written in any order and number, with defects managed by the drive. */
static bool has_random_writable(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_DVD_RAM) || has_profile(drive, DISCERN_PROFILE_BD_RE);
}

/* Addresses without a defect behind them (MMC-6 5.3.16): a BD-RE has none before it is formatted with spares. */
static bool has_defect_management(const struct vdrive *drive)
{
	return drive->disc != NULL && disc_manages_defects(drive->disc);
}

static bool has_overwrite(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_DVD_RW_OVERWRITE);
}

static bool has_writable_dvd_minus(const struct vdrive *drive)
{
	return drive->disc != NULL && disc_is_dvd_minus(drive->disc) && vdrive_is_writable(drive);
}

static bool has_cd_rw(const struct vdrive *drive)
{
	return has_profile(drive, DISCERN_PROFILE_CD_RW);
}

static bool has_pseudo_overwrite(const struct vdrive *drive)
{
	return drive->disc != NULL && disc_recording(drive->disc) == RECORDING_PSEUDO_OVERWRITE;
}

/* CD-RW in packets that can be overwritten, DVD-RW in ECC blocks. */
static bool has_restricted_overwrite(const struct vdrive *drive)
{
	return has_overwrite(drive) || (drive->disc != NULL && disc_is_packet_formatted(drive->disc));
}

static bool has_writable_cd(const struct vdrive *drive)
{
	return has_cd(drive) && vdrive_is_writable(drive) && !has_restricted_overwrite(drive);
}

static bool has_writable_bd(const struct vdrive *drive)
{
	return has_bd(drive) && vdrive_is_writable(drive);
}

static bool is_incremental(const struct vdrive *drive)
{
	bool is_linkable = has_writable_dvd_minus(drive) && disc_recording(drive->disc) != RECORDING_AT_ONCE;
	bool is_bd_r = has_profile(drive, DISCERN_PROFILE_BD_R) && vdrive_is_writable(drive);

	return has_writable_cd(drive) || is_linkable || is_bd_r;
}

static bool has_css(const struct vdrive *drive)
{
	return vdrive_has_protection(drive, PROTECTION_CSS);
}

static bool has_cprm(const struct vdrive *drive)
{
	return vdrive_has_protection(drive, PROTECTION_CPRM);
}

static bool has_aacs(const struct vdrive *drive)
{
	return vdrive_has_protection(drive, PROTECTION_AACS);
}

/* 0000h, Profile List: the profile with the highest capacity first. */
static size_t fill_profiles(const struct vdrive *drive, uint8_t *data)
{
	static const enum discern_profile profiles[] = {
		DISCERN_PROFILE_BD_RE,       DISCERN_PROFILE_BD_R,
		DISCERN_PROFILE_BD_ROM,      DISCERN_PROFILE_DVD_PLUS_R_DL,
		DISCERN_PROFILE_DVD_R_DL,    DISCERN_PROFILE_DVD_PLUS_R,
		DISCERN_PROFILE_DVD_PLUS_RW, DISCERN_PROFILE_DVD_R,
		DISCERN_PROFILE_DVD_RW,      DISCERN_PROFILE_DVD_RW_OVERWRITE,
		DISCERN_PROFILE_DVD_RAM,     DISCERN_PROFILE_DVD_ROM,
		DISCERN_PROFILE_CD_RW,       DISCERN_PROFILE_CD_R,
		DISCERN_PROFILE_CD_ROM,
	};
	size_t n = sizeof(profiles) / sizeof(profiles[0]);

	for (size_t i = 0; i < n; i++) {
		put_be16(data + 4 * i, (uint16_t)profiles[i]);
		data[4 * i + 2] = vdrive_profile(drive)->number == profiles[i];
	}
	return 4 * n;
}

/* 0001h, Core: Serial ATA; INQ2, INQUIRY as SPC-4 has it. */
static size_t fill_core(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	put_be32(data, 7);
	data[4] = 2;
	return 8;
}

static bool has_media_serial(const struct vdrive *drive)
{
	uint8_t serial[VDRIVE_MEDIA_SERIAL];

	return vdrive_media_serial(drive, serial) > 0;
}

/* 010Ch, Firmware Information: when it was made, as digits, year to second, in UTC. */
static size_t fill_firmware(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	memcpy(data, "20260101000000", 14);
	return 16;
}

/* 0002h, Morphing: GET EVENT STATUS NOTIFICATION reports operational changes, polled only. */
static size_t fill_morphing(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 2;
	return 4;
}

/* 0003h, Removable Medium: tray that loads, ejects and locks. */
static size_t fill_removable(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x39;
	return 4;
}

/* 0010h, Random Readable: bytes of a block, blocks of an error correction unit, mode page 01h present. */
static size_t fill_random_readable(const struct vdrive *drive, uint8_t *data)
{
	put_be32(data, DISC_SECTOR);
	put_be16(data + 4, (uint16_t)vdrive_profile(drive)->ecc_sectors);
	data[6] = 1;
	return 8;
}

/* 001Eh, CD Read: concealment (DAP), C2 pointers, CD-Text. */
static size_t fill_cd_read(const struct vdrive *drive, uint8_t *data)
{
	enum { DAP = 0x80, C2 = 0x02, CD_TEXT = 0x01 };

	data[0] = (uint8_t)(DAP | (drive->has_c2 ? C2 : 0) | (drive->has_cd_text ? CD_TEXT : 0));
	return 4;
}

/* 0103h, CD External Audio Play: SCAN, both channels on their own, 256 levels. */
static size_t fill_audio_play(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x07;
	put_be16(data + 2, 256);
	return 4;
}

/* Time-out: no group 3. Pseudo overwrite has nothing to tell. */
static size_t fill_zeros(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	(void)data;
	return 4;
}

/* 001Fh, DVD Read: Multi 1.1, dual layer DVD-R. */
static size_t fill_dvd_read(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 1;
	data[2] = 1;
	return 4;
}

/* 0020h, Random Writable: the last address, bytes of a block, blocks that are best written together, page 01h. */
static size_t fill_random_writable(const struct vdrive *drive, uint8_t *data)
{
	put_be32(data, drive->disc != NULL ? disc_capacity(drive->disc) - 1 : 0);
	put_be32(data + 4, DISC_SECTOR);
	put_be16(data + 8, (uint16_t)vdrive_profile(drive)->ecc_sectors);
	data[10] = 1;
	return 12;
}

/* Data block types 8 to 13: all forms of data sectors. */
enum { DATA_BLOCK_TYPES = 0x3f00 };

/* 0021h, Incremental Streaming Writable: buffer underrun free; packets of data on CD. Links take 7 sectors there and 16
 * on DVD. */
static size_t fill_incremental(const struct vdrive *drive, uint8_t *data)
{
	enum { CD_LINK = 7, DVD_LINK = 16 };

	data[2] = 1;
	if (has_cd(drive))
		put_be16(data, DATA_BLOCK_TYPES);
	else if (!has_dvd(drive))
		return 4;
	data[3] = 1;
	data[4] = has_cd(drive) ? CD_LINK : DVD_LINK;
	return 8;
}

/* 0023h, Formattable: BD-RE without spares, and with certification in full or quick. No random recording of BD-R. */
static size_t fill_formattable(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x0b;
	return 8;
}

/* 0024h, Hardware Defect Management: spare areas are told by READ DISC STRUCTURE. */
static size_t fill_defect_management(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x80;
	return 4;
}

/* 002Ch, Rigid Restricted Overwrite: there is an intermediate state, and BLANK. */
static size_t fill_rigid_overwrite(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x03;
	return 4;
}

/* 002Fh, DVD-R/-RW Write: buffer underrun free, dual layer, test write, DVD-RW. */
static size_t fill_dvd_minus(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x4e;
	return 4;
}

/* 0037h, CD-RW Media Write Support: sub-types 0 to 3. */
static size_t fill_cd_rw(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[1] = 0x0f;
	return 4;
}

/* 002Ah, 002Bh and 003Bh, DVD+RW, DVD+R and DVD+R DL: writes. */
static size_t fill_dvd_plus(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 1;
	return 4;
}

/* 002Dh, CD Track at Once: buffer underrun free, raw R to W of audio, test write, CD-RW; data block types 0 and 3 (audio)
 * and of data. */
static size_t fill_track_at_once(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x57;
	put_be16(data + 2, DATA_BLOCK_TYPES | 0x09);
	return 4;
}

/* 002Eh, CD Mastering: buffer underrun free, session at once, raw in one session and in several, test write, CD-RW, R
 * to W; the longest cue sheet. */
static size_t fill_mastering(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x7f;
	put_be24(data + 1, CUE_SHEET_MAX_BYTES);
	return 4;
}

/* 0040h, BD Read: of class 0 BD-RE of versions 2 and 3, BD-R of versions 1 and 2, BD-ROM of version 1. */
static size_t fill_bd_read(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	put_be16(data + 4, 1u << 2 | 1u << 3);
	put_be16(data + 12, 1u << 1 | 1u << 2);
	put_be16(data + 20, 1u << 1);
	return 28;
}

/* 0041h, BD Write: of class 0 BD-RE of versions 2 and 3, BD-R of versions 1 and 2. */
static size_t fill_bd_write(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	put_be16(data + 4, 1u << 2 | 1u << 3);
	put_be16(data + 12, 1u << 1 | 1u << 2);
	return 20;
}

/* 010Dh, AACS: no binding nonces, four authentication grants, version 1. */
static size_t fill_aacs(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[2] = 4;
	data[3] = 1;
	return 4;
}

/* 0106h, DVD CSS, and 010Bh, DVD CPRM: version 1. */
static size_t fill_css(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[3] = 1;
	return 4;
}

/* 0107h, Real Time Streaming: READ BUFFER CAPACITY in blocks, SET CD SPEED, page 2Ah with write speeds, GET
 * PERFORMANCE type 3 and SET STREAMING. */
static size_t fill_streaming(const struct vdrive *drive, uint8_t *data)
{
	(void)drive;
	data[0] = 0x1f;
	return 4;
}

/* 0108h, Logical Unit Serial Number: ASCII, filled up with blanks to a multiple of four. */
static size_t fill_serial(const struct vdrive *drive, uint8_t *data)
{
	size_t length = strlen(drive->serial), size = (length + 3) / 4 * 4;

	memset(data, ' ', size);
	memcpy(data, drive->serial, length);
	return size;
}

static const struct feature features[] = {
	{ 0x0000, 0, true, NULL, fill_profiles },
	{ 0x0001, 2, true, NULL, fill_core },
	{ 0x0002, 1, true, NULL, fill_morphing },
	{ 0x0003, 2, true, NULL, fill_removable },
	{ 0x0010, 0, false, has_medium, fill_random_readable },
	{ 0x001d, 0, false, has_cd, NULL },
	{ 0x001e, 2, false, has_cd, fill_cd_read },
	{ 0x001f, 2, false, has_dvd, fill_dvd_read },
	{ 0x0020, 1, false, has_random_writable, fill_random_writable },
	{ 0x0021, 3, false, is_incremental, fill_incremental },
	{ 0x0023, 1, false, is_formattable, fill_formattable },
	{ 0x0024, 1, false, has_defect_management, fill_defect_management },
	{ 0x0026, 0, false, has_restricted_overwrite, NULL },
	{ 0x002a, 1, false, has_dvd_plus_rw, fill_dvd_plus },
	{ 0x002b, 0, false, has_dvd_plus_r, fill_dvd_plus },
	{ 0x002c, 0, false, has_overwrite, fill_rigid_overwrite },
	{ 0x002d, 2, false, has_writable_cd, fill_track_at_once },
	{ 0x002e, 1, false, has_writable_cd, fill_mastering },
	{ 0x002f, 2, false, has_writable_dvd_minus, fill_dvd_minus },
	{ 0x0037, 0, false, has_cd_rw, fill_cd_rw },
	{ 0x0038, 0, false, has_pseudo_overwrite, fill_zeros },
	{ 0x003b, 0, false, has_dvd_plus_r_dl, fill_dvd_plus },
	{ 0x0040, 1, false, has_bd, fill_bd_read },
	{ 0x0041, 1, false, has_writable_bd, fill_bd_write },
	{ 0x0100, 0, true, NULL, NULL },
	{ 0x0103, 0, false, has_cd, fill_audio_play },
	{ 0x0105, 1, true, NULL, fill_zeros },
	{ 0x0106, 0, false, has_css, fill_css },
	{ 0x0107, 4, false, has_medium, fill_streaming },
	{ 0x0108, 0, true, NULL, fill_serial },
	{ 0x0109, 0, false, has_media_serial, NULL },
	{ 0x010b, 0, false, has_cprm, fill_css },
	{ 0x010c, 0, true, NULL, fill_firmware },
	{ 0x010d, 0, false, has_aacs, fill_aacs },
};

/** Writes one descriptor and returns its size. */
static size_t put_feature(const struct vdrive *drive, const struct feature *feature, bool is_current,
			  uint8_t *descriptor)
{
	size_t size = feature->fill != NULL ? feature->fill(drive, descriptor + 4) : 0;

	put_be16(descriptor, feature->number);
	descriptor[2] = (uint8_t)(feature->version << 2 | (feature->is_persistent ? 2 : 0) | (is_current ? 1 : 0));
	descriptor[3] = (uint8_t)size;
	return 4 + size;
}

static int get_configuration(struct vdrive_call *call)
{
	enum { ALL = 0, CURRENT = 1, ONE = 2 };
	const struct vdrive *drive = call->drive;
	uint8_t requested = call->cdb[1] & 3;
	uint16_t start = get_be16(call->cdb + 2);
	uint8_t answer[MAX_ANSWER] = { 0 };
	size_t size = 8;

	if (requested > ONE)
		return vdrive_invalid_field(call, 1);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct feature *feature = &features[i];
		bool is_current = feature->is_current == NULL || feature->is_current(drive);

		if (feature->number < start || (requested == ONE && feature->number != start) ||
		    (requested == CURRENT && !is_current))
			continue;
		size += put_feature(drive, feature, is_current, answer + size);
	}
	put_be32(answer, (uint32_t)(size - 4));
	put_be16(answer + 6, (uint16_t)vdrive_profile(drive)->number);
	return vdrive_give(call, answer, size, get_be16(call->cdb + 7));
}

const struct vdrive_opcode vdrive_opcodes_features[] = {
	{ 0x46, 10, "GET CONFIGURATION", get_configuration, true },
	{ 0 },
};
