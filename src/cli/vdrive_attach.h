/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of discern vdrive for drives that are attached to the system. */
#ifndef CLI_VDRIVE_ATTACH_H
#define CLI_VDRIVE_ATTACH_H

#include "cli/command.h"

extern const struct cli_command cmd_vdrive_attach, cmd_vdrive_list, cmd_vdrive_insert, cmd_vdrive_eject,
	cmd_vdrive_detach;

#endif
