/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lay on a rewritable medium before the last writes: of these a power loss leaves those that were still in the
 * drive's buffer undone. */
#ifndef VDRIVE_UNDO_H
#define VDRIVE_UNDO_H

#include "vdrive/disc.h"

struct undo;

/** Before a write; remembers at least max_sectors of the last ones. *undo NULL at first. Sectors that cannot be read
 *  are not remembered, as they cannot be written either. */
void undo_remember(struct undo **undo, struct disc *disc, const struct vdrive_command *command, int32_t lba,
		   uint32_t max_sectors);

/** Puts back what lay under the last n_sectors that were written, and forgets all. */
void undo_apply(struct undo **undo, struct disc *disc, uint32_t n_sectors);

/** All has come to the medium. Accepts NULL in *undo. */
void undo_forget(struct undo **undo);

#endif
