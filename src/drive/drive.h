/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: one owner of the device at a time, our transport or libburn. */
#ifndef DRIVE_DRIVE_H
#define DRIVE_DRIVE_H

#include <discern/drive.h>

#include "drive/burner.h"
#include "drive/transport.h"

/** Our transport; takes the device back from libburn first. Valid until drive_lend() or close. */
int drive_transport(struct discern_drive *drive, struct transport **ret_transport, struct discern_error *err);

/** Closes our transport and has libburn grab the drive. Valid until drive_transport() or close. */
int drive_lend(struct discern_drive *drive, struct burner **ret_burner, struct discern_error *err);

/** The first layer of a blank DVD+R DL is to have so many sectors, whole ECC blocks and no fewer than the second. It stays so.
 *  An error of the drive's, which need not know the command. */
int drive_set_layer_break(struct discern_drive *drive, uint32_t n_sectors, struct discern_error *err);

/** Each reading of sectors is told from now on; readings must live until the drive is told others, or NULL. */
void drive_tell_readings(struct discern_drive *drive, struct readings *readings);
struct readings *drive_readings(const struct discern_drive *drive);

/** A drive on any transport, for tests; takes the transport over. */
int drive_open_on(struct transport *transport, const char *path, struct discern_drive **ret_drive,
		  struct discern_error *err);

#endif
