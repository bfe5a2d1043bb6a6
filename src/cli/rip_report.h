/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rip has come to, as text or JSON. */
#ifndef CLI_RIP_REPORT_H
#define CLI_RIP_REPORT_H

#include <discern/rip.h>

#include "cli/command.h"
#include "cli/rip_drives.h"
#include "cli/rip_manifest.h"

void rip_report(struct cli *cli, const struct rip_manifest *manifest, const struct rip_drives *drives,
		const struct discern_rip_result *result);

#endif
