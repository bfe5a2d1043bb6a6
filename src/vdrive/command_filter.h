/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which commands a client without CAP_SYS_RAWIO may send (scsi_cmd_allowed() in drivers/scsi/scsi_ioctl.c). */
#ifndef VDRIVE_COMMAND_FILTER_H
#define VDRIVE_COMMAND_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct server_handle;

/** Reading commands always, writing ones if the device is open for writing, all others only for root. */
bool command_is_allowed(uint8_t opcode, const struct server_handle *handle);

#endif
