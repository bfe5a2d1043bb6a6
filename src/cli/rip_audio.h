/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --audio. */
#ifndef CLI_RIP_AUDIO_H
#define CLI_RIP_AUDIO_H

#include <discern/rip_audio.h>

#include "cli/rip_options.h"

/** Rips the disc and tells of it. Returns an enum cli_exit. */
int rip_audio(struct rip_options *options, struct discern_drive *drive);

#endif
