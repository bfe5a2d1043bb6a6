/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the drive has replaced on a medium with defect management. */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "drive/drive_private.h"
#include "drive/mmc.h"
#include "drive/sense.h"

/* READ DISC STRUCTURE, format 0Ah: the header of 4 bytes, and 12 of counts (MMC-6 6.22.3.2.11 for DVD-RAM, 6.22.3.3.4 for BD). */
enum { ROOM = 16 };

static bool is_bd(enum discern_profile profile)
{
	return profile == DISCERN_PROFILE_BD_R || profile == DISCERN_PROFILE_BD_R_RRM || profile == DISCERN_PROFILE_BD_RE;
}

int discern_drive_spares(struct discern_drive *drive, enum discern_profile profile, struct discern_spares *ret_spares,
			 struct discern_error *err)
{
	struct scsi_command command;
	uint8_t data[ROOM] = { 0 };
	struct discern_error own;
	size_t length = 0;
	int ret;

	discern_error_clear(err);
	memset(ret_spares, 0, sizeof(*ret_spares));
	if (!is_bd(profile) && profile != DISCERN_PROFILE_DVD_RAM)
		return 0;
	mmc_read_disc_structure(&command, MMC_STRUCTURE_SPARES, data, sizeof(data));
	if (is_bd(profile))
		command.cdb[1] = MMC_STRUCTURE_OF_BD;
	ret = drive_run(drive, &command, &length, &own);
	/* A medium without spare areas has no such structure. */
	if (ret < 0 && own.sense.key == SENSE_ILLEGAL_REQUEST)
		return 0;
	if (ret < 0) {
		if (err != NULL)
			*err = own;
		return ret;
	}
	if (length < ROOM)
		return 0;
	ret_spares->is_known = true;
	ret_spares->n_free = get_be32(data + 8);
	/* Of DVD-RAM: unused in the primary area, unused and all in the supplementary one. */
	if (profile == DISCERN_PROFILE_DVD_RAM)
		ret_spares->n_free += get_be32(data + 4);
	else
		ret_spares->n_all = get_be32(data + 12);
	return 0;
}
