/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which commands read sectors, and how, for those who are told of each reading. */
#include <stdio.h>

#include "base/bytes.h"
#include "disc/readings.h"
#include "drive/drive_private.h"

void drive_tell_readings(struct discern_drive *drive, struct readings *readings)
{
	drive->readings = readings;
	if (drive->transport != NULL)
		drive->transport->readings = readings;
}

struct readings *drive_readings(const struct discern_drive *drive)
{
	return drive->readings;
}

/* READ CD (MMC-6 6.15): what of the sectors is asked for. */
static const char *name_parts(const uint8_t *cdb, char ret_words[READINGS_WAY_SIZE])
{
	enum { TYPE = 0x1c, AUDIO = 0x04, USER_DATA_ONLY = 0x10, C2 = 0x06, SUBCHANNELS = 0x07 };

	snprintf(ret_words, READINGS_WAY_SIZE, "%s%s%s",
		 (cdb[1] & TYPE) == AUDIO            ? "sound"
		 : (cdb[9] & 0xf8) == USER_DATA_ONLY ? "user data"
		 : (cdb[9] & 0xf8) == 0              ? "no data"
						     : "whole sectors",
		 cdb[9] & C2 ? " with C2" : "", cdb[10] & SUBCHANNELS ? " with sub-channels" : "");
	return ret_words;
}

void drive_note_reading(struct readings *readings, const struct scsi_command *scsi, const char *trouble)
{
	enum { READ_10 = 0x28, READ_12 = 0xa8, READ_CD = 0xbe, FORCE_UNIT_ACCESS = 0x08 };
	const uint8_t *cdb = scsi->cdb;
	char words[READINGS_WAY_SIZE];
	struct readings_command command = { .lba = (int32_t)get_be32(cdb + 2), .trouble = trouble };

	switch (cdb[0]) {
	case READ_10:
		command.n_sectors = get_be16(cdb + 7);
		break;
	case READ_12:
		command.n_sectors = get_be32(cdb + 6);
		break;
	case READ_CD:
		command.n_sectors = get_be32(cdb + 5) & 0xffffff;
		break;
	default:
		return;
	}
	command.way = cdb[0] == READ_CD ? name_parts(cdb, words) : cdb[1] & FORCE_UNIT_ACCESS ? "with FUA" : "";
	readings_note(readings, &command);
}
