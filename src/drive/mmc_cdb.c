/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "disc/sector.h"
#include "disc/source.h"
#include "disc/subchannel.h"
#include "drive/mmc.h"

/*
 * Time limits, chosen so that only a drive that hangs meets them.
 * ANSWER: answered from the drive's memory, but it may first have to end what it is doing (spin up, retries).
 * MEDIUM: the drive may have to look on the medium: TOC, structures, borders; damaged ones take long.
 * MOTION: tray and spindle; without Immed the command ends when the disc is recognised, or is not.
 */
enum { ANSWER_TIMEOUT_MS = 30000, MEDIUM_TIMEOUT_MS = 60000, MOTION_TIMEOUT_MS = 120000 };

/* WRITE: the first one may wait for the calibration of the laser. CLOSE: a lead-out at the lowest speed. */
enum { WRITE_TIMEOUT_MS = 200000, CLOSE_TIMEOUT_MS = 3600000 };

static const struct {
	uint8_t opcode;
	const char *name;
} names[] = {
	{ MMC_TEST_UNIT_READY, "TEST UNIT READY" },
	{ MMC_REQUEST_SENSE, "REQUEST SENSE" },
	{ MMC_FORMAT_UNIT, "FORMAT UNIT" },
	{ MMC_INQUIRY, "INQUIRY" },
	{ MMC_START_STOP_UNIT, "START STOP UNIT" },
	{ MMC_PREVENT_ALLOW, "PREVENT ALLOW MEDIUM REMOVAL" },
	{ MMC_READ_FORMAT_CAPACITIES, "READ FORMAT CAPACITIES" },
	{ MMC_READ_CAPACITY, "READ CAPACITY" },
	{ MMC_READ_10, "READ(10)" },
	{ MMC_WRITE_10, "WRITE(10)" },
	{ MMC_WRITE_AND_VERIFY_10, "WRITE AND VERIFY(10)" },
	{ MMC_SYNCHRONIZE_CACHE, "SYNCHRONIZE CACHE" },
	{ MMC_READ_SUB_CHANNEL, "READ SUB-CHANNEL" },
	{ MMC_READ_TOC, "READ TOC/PMA/ATIP" },
	{ MMC_GET_CONFIGURATION, "GET CONFIGURATION" },
	{ MMC_GET_EVENT_STATUS, "GET EVENT STATUS NOTIFICATION" },
	{ MMC_READ_DISC_INFORMATION, "READ DISC INFORMATION" },
	{ MMC_READ_TRACK_INFORMATION, "READ TRACK INFORMATION" },
	{ MMC_MODE_SELECT_10, "MODE SELECT(10)" },
	{ MMC_MODE_SENSE_10, "MODE SENSE(10)" },
	{ MMC_SEND_CUE_SHEET, "SEND CUE SHEET" },
	{ MMC_READ_12, "READ(12)" },
	{ MMC_WRITE_12, "WRITE(12)" },
	{ MMC_READ_DISC_STRUCTURE, "READ DISC STRUCTURE" },
	{ MMC_SET_STREAMING, "SET STREAMING" },
	{ MMC_READ_CD_MSF, "READ CD MSF" },
	{ MMC_SET_CD_SPEED, "SET CD SPEED" },
	{ MMC_READ_CD, "READ CD" },
	{ MMC_SEND_DISC_STRUCTURE, "SEND DISC STRUCTURE" },
};

const char *mmc_opcode_name(uint8_t opcode)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].opcode == opcode)
			return names[i].name;
	return "command";
}

bool mmc_is_read(uint8_t opcode)
{
	return opcode == MMC_READ_10 || opcode == MMC_READ_12 || opcode == MMC_READ_CD || opcode == MMC_READ_CD_MSF;
}

bool mmc_is_write(uint8_t opcode)
{
	return opcode == MMC_WRITE_10 || opcode == MMC_WRITE_12 || opcode == MMC_WRITE_AND_VERIFY_10;
}

/* SAM-5 5.2.1: the length of a CDB by the group code, the upper three bits of the opcode. */
static uint8_t cdb_length(uint8_t opcode)
{
	static const uint8_t lengths[8] = { 6, 10, 10, 16, 16, 12, 12, 12 };

	return lengths[opcode >> 5];
}

static void start(struct scsi_command *command, enum mmc_opcode opcode, unsigned timeout_ms)
{
	memset(command, 0, sizeof(*command));
	command->cdb[0] = (uint8_t)opcode;
	command->cdb_length = cdb_length((uint8_t)opcode);
	command->direction = SCSI_NO_DATA;
	command->timeout_ms = timeout_ms;
}

static void set_data(struct scsi_command *command, enum scsi_direction direction, uint8_t *data, size_t size)
{
	command->direction = size == 0 ? SCSI_NO_DATA : direction;
	command->data = size == 0 ? NULL : data;
	command->data_length = size;
}

/* Of the ten-byte commands that have the ALLOCATION LENGTH in bytes 7 and 8. */
static void start_10(struct scsi_command *command, enum mmc_opcode opcode, uint8_t *data, uint16_t size)
{
	start(command, opcode, MEDIUM_TIMEOUT_MS);
	put_be16(command->cdb + 7, size);
	set_data(command, SCSI_FROM_DRIVE, data, size);
}

void mmc_test_unit_ready(struct scsi_command *ret_command)
{
	start(ret_command, MMC_TEST_UNIT_READY, ANSWER_TIMEOUT_MS);
}

void mmc_get_media_event(struct scsi_command *ret_command, uint8_t data[MMC_MEDIA_EVENT_SIZE])
{
	enum { POLLED = 0x01, MEDIA_CLASS = 0x10 };

	start(ret_command, MMC_GET_EVENT_STATUS, ANSWER_TIMEOUT_MS);
	ret_command->cdb[1] = POLLED;
	ret_command->cdb[4] = MEDIA_CLASS;
	ret_command->cdb[8] = MMC_MEDIA_EVENT_SIZE;
	set_data(ret_command, SCSI_FROM_DRIVE, data, MMC_MEDIA_EVENT_SIZE);
}

void mmc_inquiry(struct scsi_command *ret_command, uint8_t *data, uint8_t size)
{
	start(ret_command, MMC_INQUIRY, ANSWER_TIMEOUT_MS);
	ret_command->cdb[4] = size;
	set_data(ret_command, SCSI_FROM_DRIVE, data, size);
}

void mmc_inquiry_serial(struct scsi_command *ret_command, uint8_t *data, uint8_t size)
{
	enum { EVPD = 0x01, UNIT_SERIAL_NUMBER = 0x80 };

	mmc_inquiry(ret_command, data, size);
	ret_command->cdb[1] = EVPD;
	ret_command->cdb[2] = UNIT_SERIAL_NUMBER;
}

void mmc_start_stop_unit(struct scsi_command *ret_command, enum mmc_start_stop action)
{
	start(ret_command, MMC_START_STOP_UNIT, MOTION_TIMEOUT_MS);
	ret_command->cdb[4] = (uint8_t)action;
}

void mmc_prevent_removal(struct scsi_command *ret_command, bool prevent)
{
	start(ret_command, MMC_PREVENT_ALLOW, ANSWER_TIMEOUT_MS);
	ret_command->cdb[4] = prevent ? 1 : 0;
}

void mmc_read_format_capacities(struct scsi_command *ret_command, uint8_t *data, uint16_t size)
{
	start_10(ret_command, MMC_READ_FORMAT_CAPACITIES, data, size);
}

void mmc_read_capacity(struct scsi_command *ret_command, uint8_t data[8])
{
	start(ret_command, MMC_READ_CAPACITY, MEDIUM_TIMEOUT_MS);
	set_data(ret_command, SCSI_FROM_DRIVE, data, 8);
}

void mmc_read_toc(struct scsi_command *ret_command, uint8_t *data, uint16_t size)
{
	/* Format 0, addresses as LBA, from the first track on. */
	start_10(ret_command, MMC_READ_TOC, data, size);
}

void mmc_read_toc_format(struct scsi_command *ret_command, enum mmc_toc_format format, uint8_t *data, uint16_t size)
{
	start_10(ret_command, MMC_READ_TOC, data, size);
	ret_command->cdb[2] = (uint8_t)format;
	/* The session to begin with. */
	ret_command->cdb[6] = format == MMC_TOC_RAW ? 1 : 0;
}

void mmc_read_sub_channel(struct scsi_command *ret_command, enum mmc_sub_channel format, uint8_t track,
			  uint8_t data[MMC_SUB_CHANNEL_SIZE])
{
	enum { WITH_Q = 0x40 };

	start_10(ret_command, MMC_READ_SUB_CHANNEL, data, MMC_SUB_CHANNEL_SIZE);
	ret_command->cdb[2] = WITH_Q;
	ret_command->cdb[3] = (uint8_t)format;
	ret_command->cdb[6] = track;
}

void mmc_get_configuration(struct scsi_command *ret_command, uint8_t *data, uint16_t size)
{
	/* RT 0, starting feature 0: all features. */
	start_10(ret_command, MMC_GET_CONFIGURATION, data, size);
}

void mmc_read_disc_information(struct scsi_command *ret_command, uint8_t *data, uint16_t size)
{
	start_10(ret_command, MMC_READ_DISC_INFORMATION, data, size);
}

void mmc_read_track_information(struct scsi_command *ret_command, uint16_t track, uint8_t *data, uint16_t size)
{
	enum { ADDRESS_IS_TRACK_NUMBER = 0x01 };

	start_10(ret_command, MMC_READ_TRACK_INFORMATION, data, size);
	ret_command->cdb[1] = ADDRESS_IS_TRACK_NUMBER;
	put_be32(ret_command->cdb + 2, track);
}

void mmc_mode_sense(struct scsi_command *ret_command, uint8_t page, uint8_t *data, uint16_t size)
{
	enum { DISABLE_BLOCK_DESCRIPTORS = 0x08 };

	start_10(ret_command, MMC_MODE_SENSE_10, data, size);
	ret_command->cdb[1] = DISABLE_BLOCK_DESCRIPTORS;
	ret_command->cdb[2] = page & 0x3f;
}

void mmc_mode_select(struct scsi_command *ret_command, uint8_t *data, uint16_t size)
{
	enum { PAGE_FORMAT = 0x10 };

	start_10(ret_command, MMC_MODE_SELECT_10, data, size);
	ret_command->cdb[1] = PAGE_FORMAT;
	ret_command->direction = SCSI_TO_DRIVE;
}

void mmc_read_disc_structure(struct scsi_command *ret_command, enum mmc_structure format, uint8_t *data, uint16_t size)
{
	start(ret_command, MMC_READ_DISC_STRUCTURE, MEDIUM_TIMEOUT_MS);
	ret_command->cdb[7] = (uint8_t)format;
	put_be16(ret_command->cdb + 8, size);
	set_data(ret_command, SCSI_FROM_DRIVE, data, size);
}

void mmc_send_disc_structure(struct scsi_command *ret_command, enum mmc_structure format, uint8_t *list, uint16_t size)
{
	start(ret_command, MMC_SEND_DISC_STRUCTURE, MEDIUM_TIMEOUT_MS);
	ret_command->cdb[7] = (uint8_t)format;
	put_be16(ret_command->cdb + 8, size);
	set_data(ret_command, SCSI_TO_DRIVE, list, size);
}

void mmc_read(struct scsi_command *ret_command, int32_t lba, uint32_t n_sectors, uint8_t *data, unsigned timeout_ms)
{
	bool is_long = n_sectors > UINT16_MAX;

	start(ret_command, is_long ? MMC_READ_12 : MMC_READ_10, timeout_ms);
	put_be32(ret_command->cdb + 2, (uint32_t)lba);
	if (is_long)
		put_be32(ret_command->cdb + 6, n_sectors);
	else
		put_be16(ret_command->cdb + 7, (uint16_t)n_sectors);
	set_data(ret_command, SCSI_FROM_DRIVE, data, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
}

size_t mmc_read_cd_bytes(enum mmc_cd_parts parts)
{
	return SECTOR_RAW + (parts & MMC_CD_WITH_C2 ? SECTOR_C2 : 0u) +
	       (parts & MMC_CD_WITH_SUBCHANNEL ? SUBCHANNEL_BYTES : 0u);
}

void mmc_read_cd(struct scsi_command *ret_command, const struct discern_range *range, enum mmc_cd_parts parts,
		 uint8_t *data)
{
	/* MMC-6 6.17.2: the expected type of sector, and the main channel with all its parts, which audio has none of. */
	enum { TYPE_AUDIO = 1 << 2, MAIN_ALL = 0xf8, MAIN_USER = 0x10, C2_POINTERS = 0x02, SUBCHANNEL_RAW = 0x01 };

	start(ret_command, MMC_READ_CD, MMC_READ_TIMEOUT_MS);
	ret_command->cdb[1] = parts & MMC_CD_AUDIO ? TYPE_AUDIO : 0;
	put_be32(ret_command->cdb + 2, (uint32_t)range->lba);
	put_be24(ret_command->cdb + 6, range->n_sectors);
	ret_command->cdb[9] = parts & MMC_CD_AUDIO ? MAIN_USER : MAIN_ALL;
	ret_command->cdb[9] |= parts & MMC_CD_WITH_C2 ? C2_POINTERS : 0;
	ret_command->cdb[10] = parts & MMC_CD_WITH_SUBCHANNEL ? SUBCHANNEL_RAW : 0;
	set_data(ret_command, SCSI_FROM_DRIVE, data, range->n_sectors * mmc_read_cd_bytes(parts));
}

void mmc_force_unit_access(struct scsi_command *command)
{
	enum { FORCE_UNIT_ACCESS = 0x08 };

	command->cdb[1] |= FORCE_UNIT_ACCESS;
}

size_t mmc_raw_bytes(const struct mmc_raw_read *read)
{
	return MMC_RAW_SECTOR + (read->with_c2 ? MMC_C2_POINTERS : 0) + (read->with_subchannel ? MMC_SUBCHANNEL : 0);
}

/* MMC-6 6.17: expected sector type any; sync, all headers, user data, EDC and ECC; C2 pointers; raw sub-channels. */
void mmc_read_raw(struct scsi_command *ret_command, const struct mmc_raw_read *read, uint8_t *data, unsigned timeout_ms)
{
	enum { ALL_PARTS = 0xf8, C2_POINTERS = 0x02, SUBCHANNEL_RAW = 0x01 };

	start(ret_command, MMC_READ_CD, timeout_ms);
	put_be32(ret_command->cdb + 2, (uint32_t)read->lba);
	put_be24(ret_command->cdb + 6, read->n_sectors);
	ret_command->cdb[9] = ALL_PARTS | (read->with_c2 ? C2_POINTERS : 0);
	ret_command->cdb[10] = read->with_subchannel ? SUBCHANNEL_RAW : 0;
	set_data(ret_command, SCSI_FROM_DRIVE, data, read->n_sectors * mmc_raw_bytes(read));
}

void mmc_write(struct scsi_command *ret_command, const struct discern_range *range, uint8_t *data, size_t size)
{
	start(ret_command, MMC_WRITE_10, WRITE_TIMEOUT_MS);
	put_be32(ret_command->cdb + 2, (uint32_t)range->lba);
	put_be16(ret_command->cdb + 7, (uint16_t)range->n_sectors);
	set_data(ret_command, SCSI_TO_DRIVE, data, size);
}

void mmc_synchronize_cache(struct scsi_command *ret_command, bool at_once)
{
	enum { IMMEDIATE = 0x02 };

	start(ret_command, MMC_SYNCHRONIZE_CACHE, CLOSE_TIMEOUT_MS);
	ret_command->cdb[1] = at_once ? IMMEDIATE : 0;
}

void mmc_send_cue_sheet(struct scsi_command *ret_command, uint8_t *data, uint32_t size)
{
	start(ret_command, MMC_SEND_CUE_SHEET, MEDIUM_TIMEOUT_MS);
	put_be24(ret_command->cdb + 6, size);
	set_data(ret_command, SCSI_TO_DRIVE, data, size);
}

void mmc_set_cd_speed(struct scsi_command *ret_command, uint16_t read_kbps, uint16_t write_kbps)
{
	start(ret_command, MMC_SET_CD_SPEED, ANSWER_TIMEOUT_MS);
	put_be16(ret_command->cdb + 2, read_kbps);
	put_be16(ret_command->cdb + 4, write_kbps);
}

static void start_streaming(struct scsi_command *command, uint8_t data[MMC_STREAMING_SIZE])
{
	memset(data, 0, MMC_STREAMING_SIZE);
	start(command, MMC_SET_STREAMING, ANSWER_TIMEOUT_MS);
	put_be16(command->cdb + 9, MMC_STREAMING_SIZE);
	set_data(command, SCSI_TO_DRIVE, data, MMC_STREAMING_SIZE);
}

/* MMC-6, SET STREAMING, performance descriptor. */
void mmc_set_streaming(struct scsi_command *ret_command, uint8_t data[MMC_STREAMING_SIZE], uint32_t last_lba,
		       uint32_t read_kbps, uint32_t write_kbps)
{
	enum { PERIOD_MS = 1000 };

	start_streaming(ret_command, data);
	put_be32(data + 8, last_lba);
	put_be32(data + 12, read_kbps);
	put_be32(data + 16, PERIOD_MS);
	put_be32(data + 20, write_kbps);
	put_be32(data + 24, PERIOD_MS);
}

void mmc_restore_streaming(struct scsi_command *ret_command, uint8_t data[MMC_STREAMING_SIZE])
{
	enum { RESTORE_DRIVE_DEFAULTS = 0x04 };

	start_streaming(ret_command, data);
	data[0] = RESTORE_DRIVE_DEFAULTS;
}
