/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What receipt*.c share. */
#ifndef UI_RECEIPT_PRIVATE_H
#define UI_RECEIPT_PRIVATE_H

#include <discern/verify_cd.h>

#include "ui/manifest_private.h"

/** Members of a receipt by which a CD with tracks is known again. */
#define RECEIPT_CD_MEMBERS "tracks", "sound", "lead_outs", "mcn", "cd_text"

void receipt_put_cd(json_t *root, const struct discern_cd_digest *cd);

/** False if what they say makes no sense. */
bool receipt_get_cd(const json_t *root, struct discern_cd_digest *ret_cd);

#endif
