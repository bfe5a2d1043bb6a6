/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of MMC-6 and SPC-4 that are sent, as struct scsi_command, each with its own time limit.
 * A function sets every member of the command; data is borrowed until the command was run.
 */
#ifndef DRIVE_MMC_H
#define DRIVE_MMC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/medium.h>

#include "drive/transport.h"

enum mmc_opcode {
	MMC_TEST_UNIT_READY = 0x00,
	MMC_REQUEST_SENSE = 0x03,
	MMC_FORMAT_UNIT = 0x04,
	MMC_INQUIRY = 0x12,
	MMC_START_STOP_UNIT = 0x1b,
	MMC_PREVENT_ALLOW = 0x1e,
	MMC_READ_FORMAT_CAPACITIES = 0x23,
	MMC_READ_CAPACITY = 0x25,
	MMC_READ_10 = 0x28,
	MMC_WRITE_10 = 0x2a,
	MMC_WRITE_AND_VERIFY_10 = 0x2e,
	MMC_SYNCHRONIZE_CACHE = 0x35,
	MMC_READ_SUB_CHANNEL = 0x42,
	MMC_READ_TOC = 0x43,
	MMC_GET_CONFIGURATION = 0x46,
	MMC_GET_EVENT_STATUS = 0x4a,
	MMC_READ_DISC_INFORMATION = 0x51,
	MMC_READ_TRACK_INFORMATION = 0x52,
	MMC_MODE_SELECT_10 = 0x55,
	MMC_MODE_SENSE_10 = 0x5a,
	MMC_SEND_CUE_SHEET = 0x5d,
	MMC_READ_12 = 0xa8,
	MMC_WRITE_12 = 0xaa,
	MMC_READ_DISC_STRUCTURE = 0xad,
	MMC_SET_STREAMING = 0xb6,
	MMC_READ_CD_MSF = 0xb9,
	MMC_SET_CD_SPEED = 0xbb,
	MMC_READ_CD = 0xbe,
	MMC_SEND_DISC_STRUCTURE = 0xbf,
};

/** "READ DISC INFORMATION"; "command" for an opcode without an entry. */
const char *mmc_opcode_name(uint8_t opcode);

/** It delivers sectors of the medium. */
bool mmc_is_read(uint8_t opcode);

/** It brings sectors for the medium. */
bool mmc_is_write(uint8_t opcode);

/** GET EVENT STATUS NOTIFICATION of the media class, polled (MMC-6 6.6): moves nothing, wakes nothing. */
enum { MMC_MEDIA_EVENT_SIZE = 8 };
void mmc_get_media_event(struct scsi_command *ret_command, uint8_t data[MMC_MEDIA_EVENT_SIZE]);

/** Usual limit of one read: a drive gives up on a bad sector after 1 to 30 s, and may have to spin up first. */
enum { MMC_READ_TIMEOUT_MS = 60000 };

void mmc_test_unit_ready(struct scsi_command *ret_command);
void mmc_inquiry(struct scsi_command *ret_command, uint8_t *data, uint8_t size);
/** Vital product data page 80h, the serial number (SPC-4, unit serial number). */
void mmc_inquiry_serial(struct scsi_command *ret_command, uint8_t *data, uint8_t size);

enum mmc_start_stop { MMC_STOP = 0x00, MMC_START = 0x01, MMC_EJECT = 0x02, MMC_LOAD = 0x03 };
void mmc_start_stop_unit(struct scsi_command *ret_command, enum mmc_start_stop action);

void mmc_prevent_removal(struct scsi_command *ret_command, bool prevent);
void mmc_read_format_capacities(struct scsi_command *ret_command, uint8_t *data, uint16_t size);
void mmc_read_capacity(struct scsi_command *ret_command, uint8_t data[8]);
void mmc_read_toc(struct scsi_command *ret_command, uint8_t *data, uint16_t size);
/** Formats of READ TOC/PMA/ATIP beside that of mmc_read_toc(), which is 0 (MMC-6 6.25): all that a lead-in says, with
 *  addresses in BCD as they lie there; what the groove of a recordable disc says; CD-TEXT packs. */
enum mmc_toc_format { MMC_TOC_RAW = 2, MMC_TOC_ATIP = 4, MMC_TOC_CD_TEXT = 5 };
void mmc_read_toc_format(struct scsi_command *ret_command, enum mmc_toc_format format, uint8_t *data, uint16_t size);

/** READ SUB-CHANNEL: the catalogue number, or the ISRC of a track. */
enum mmc_sub_channel { MMC_SUB_CHANNEL_MCN = 2, MMC_SUB_CHANNEL_ISRC = 3, MMC_SUB_CHANNEL_SIZE = 24 };
void mmc_read_sub_channel(struct scsi_command *ret_command, enum mmc_sub_channel format, uint8_t track,
			  uint8_t data[MMC_SUB_CHANNEL_SIZE]);

void mmc_get_configuration(struct scsi_command *ret_command, uint8_t *data, uint16_t size);
void mmc_read_disc_information(struct scsi_command *ret_command, uint8_t *data, uint16_t size);
void mmc_read_track_information(struct scsi_command *ret_command, uint16_t track, uint8_t *data, uint16_t size);
void mmc_mode_sense(struct scsi_command *ret_command, uint8_t page, uint8_t *data, uint16_t size);

/** data: header and page, in the form of the standard (PF), until the drive is reset (SP is 0). */
void mmc_mode_select(struct scsi_command *ret_command, uint8_t *data, uint16_t size);

/** Formats of READ DISC STRUCTURE for DVD. */
enum mmc_structure {
	MMC_STRUCTURE_PHYSICAL = 0x00,
	MMC_STRUCTURE_COPYRIGHT = 0x01,
	MMC_STRUCTURE_SPARES = 0x0a,
	MMC_STRUCTURE_LAYER_BOUNDARY = 0x20,
};
/** Media type in byte 1 of the command, for BD. */
enum { MMC_STRUCTURE_OF_BD = 0x01 };
void mmc_read_disc_structure(struct scsi_command *ret_command, enum mmc_structure format, uint8_t *data, uint16_t size);
void mmc_send_disc_structure(struct scsi_command *ret_command, enum mmc_structure format, uint8_t *list, uint16_t size);

/** READ(10), or READ(12) where n_sectors needs it. data has room for n_sectors * 2048 bytes. */
void mmc_read(struct scsi_command *ret_command, int32_t lba, uint32_t n_sectors, uint8_t *data, unsigned timeout_ms);
/** READ CD: whole sectors of any kind, or of audio only, and behind each what else is wanted of it. data has room for
 *  n_sectors * mmc_read_cd_bytes(). */
enum mmc_cd_parts {
	MMC_CD_ANY = 0,
	MMC_CD_AUDIO = 1,
	MMC_CD_WITH_C2 = 2,
	MMC_CD_WITH_SUBCHANNEL = 4,
};
size_t mmc_read_cd_bytes(enum mmc_cd_parts parts);
void mmc_read_cd(struct scsi_command *ret_command, const struct discern_range *range, enum mmc_cd_parts parts,
		 uint8_t *data);
/** Sets FUA in a command of mmc_read(): the data comes from the medium, not from the drive's cache. */
void mmc_force_unit_access(struct scsi_command *command);

/** Whole sectors of a CD. */
struct mmc_raw_read {
	int32_t lba;
	uint32_t n_sectors;
	bool with_c2, with_subchannel;
};
/** Bytes of a whole sector of a CD, and of what may be wanted behind it: C2 pointers, raw P to W. */
enum { MMC_RAW_SECTOR = 2352, MMC_C2_POINTERS = 294, MMC_SUBCHANNEL = 96 };
size_t mmc_raw_bytes(const struct mmc_raw_read *read);
/** READ CD: whole sectors of any type, each with what else is wanted of it behind it. */
void mmc_read_raw(struct scsi_command *ret_command, const struct mmc_raw_read *read, uint8_t *data, unsigned timeout_ms);

/** WRITE(10) of n_sectors blocks, which together have size bytes. */
void mmc_write(struct scsi_command *ret_command, const struct discern_range *range, uint8_t *data, size_t size);
/** The drive's buffer is written, and of a CD what ends the session; at once: it answers before that is done. */
void mmc_synchronize_cache(struct scsi_command *ret_command, bool at_once);
void mmc_send_cue_sheet(struct scsi_command *ret_command, uint8_t *data, uint32_t size);

/** kB/s of 1000 bytes; 0xffff for the fastest. */
void mmc_set_cd_speed(struct scsi_command *ret_command, uint16_t read_kbps, uint16_t write_kbps);

enum { MMC_STREAMING_SIZE = 28 };
/** Speeds for the LBAs up to last_lba; the other one: back to the defaults of the drive. data is filled here. */
void mmc_set_streaming(struct scsi_command *ret_command, uint8_t data[MMC_STREAMING_SIZE], uint32_t last_lba,
		       uint32_t read_kbps, uint32_t write_kbps);
void mmc_restore_streaming(struct scsi_command *ret_command, uint8_t data[MMC_STREAMING_SIZE]);

#endif
