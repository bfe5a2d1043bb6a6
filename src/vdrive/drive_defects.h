/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a drive manages defects: it verifies what it writes, and puts spare units where the medium does not hold it. */
#ifndef VDRIVE_DRIVE_DEFECTS_H
#define VDRIVE_DRIVE_DEFECTS_H

#include "vdrive/drive.h"

/** True for a write that the drive verifies; streams (WRITE(12) with the bit for it) it does not, nor media without
 *  spare areas. */
bool vdrive_verifies(const struct vdrive_call *call);

/** Before a write that is not verified: CHECK CONDITION 3/0C/00 where marks let nothing be written. */
int vdrive_check_writing(struct vdrive_call *call, const struct vdrive_address *address);

/** After a command that ended with ret: whether marks on the medium let the user data be read that it has just read from
 *  the disc's file; else CHECK CONDITION. Of whole sectors of a CD the decoder sees to that. */
int vdrive_check_damage(struct vdrive_call *call, const struct vdrive_address *address, int ret);

/** The same, and after a write that is verified: replaces units that marks make bad, *ret_n_replaced of them. CHECK
 *  CONDITION 3/0C/02 when there is no spare unit left. */
int vdrive_meet_medium(struct vdrive_call *call, const struct vdrive_address *address, int ret,
		       uint32_t *ret_n_replaced);

/** Whether a rule's write error is one that the drive helps itself out of; and the write then, with all units that the
 *  rule is about replaced. Below 0 after CHECK CONDITION: 3/0C/02 if there are too few spare units. */
bool vdrive_can_replace(const struct vdrive_call *call, const struct vdrive_address *address,
			const struct fault_outcome *outcome);
int vdrive_write_elsewhere(struct vdrive_call *call, const struct vdrive_opcode *op,
			   const struct vdrive_address *address, const struct fault_outcome *outcome);

/** CHECK CONDITION 1/0C/01 after a write that was good in the end, if the host wants to be told (page 01h, PER). */
void vdrive_report_replaced(struct vdrive_call *call, const struct vdrive_address *address);

/** A format that certifies: units that marks make bad are replaced before they are written; of all units, or with known
 *  of those alone, n_known of them by their first sector. -ENOSPC, -EIO. */
int vdrive_certify(struct vdrive *drive, const int64_t *known, size_t n_known);

#endif
