/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the first layer of a DVD+R DL ends, which can be set once, before the disc is first written. */
#include "base/bytes.h"
#include "base/error.h"
#include "drive/drive.h"
#include "drive/drive_private.h"
#include "drive/mmc.h"

/* SEND DISC STRUCTURE, format 20h: the header of 4 bytes, 4 reserved, the sectors of layer 0 (MMC-6, SEND DISC STRUCTURE). */
enum { LIST_SIZE = 12, LENGTH_SIZE = 2, SECTORS_AT = 8 };

/* Drives are known that calibrate their laser then. */
enum { TIMEOUT_MS = 180000 };

int drive_set_layer_break(struct discern_drive *drive, uint32_t n_sectors, struct discern_error *err)
{
	uint8_t list[LIST_SIZE] = { 0 };
	struct scsi_command command;
	int ret;

	put_be16(list, LIST_SIZE - LENGTH_SIZE);
	put_be32(list + SECTORS_AT, n_sectors);
	mmc_send_disc_structure(&command, MMC_STRUCTURE_LAYER_BOUNDARY, list, sizeof(list));
	command.timeout_ms = TIMEOUT_MS;
	ret = drive_run(drive, &command, NULL, err);
	return ret < 0 ? discern_error_wrap(err, "cannot set where the layers change") : 0;
}
