/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disc out and in, between writing and reading it back. */
#ifndef CLI_RELOAD_H
#define CLI_RELOAD_H

#include "cli/command.h"

/** Out and in, so that neither drive nor kernel answers from what they remember; where a drive cannot, that is said.
 *  False if the disc is not there any more. */
bool cli_reload(struct cli *cli, struct discern_drive *drive, bool *ret_is_reloaded);

/** False also if it cannot be told. */
bool cli_has_medium(struct discern_drive *drive);

#endif
