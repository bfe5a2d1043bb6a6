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

/** After a write that is verified: replaces units that marks make bad. CHECK CONDITION 3/0C/02 when there is no spare
 *  unit left; *ret_n_replaced. */
int vdrive_verify_written(struct vdrive_call *call, const struct vdrive_address *address, uint32_t *ret_n_replaced);

/** A write error at these sectors, on a medium with defect management: the same for all their units. */
int vdrive_replace_sectors(struct vdrive_call *call, int64_t first, int64_t last, uint32_t *ret_n_replaced);

/** Whether so many sectors' units could be replaced now. */
bool vdrive_has_spares(const struct vdrive_call *call, int64_t first, int64_t last);

/** CHECK CONDITION 1/0C/01 after a write that was good in the end, if the host wants to be told (page 01h, PER). */
void vdrive_report_replaced(struct vdrive_call *call, const struct vdrive_address *address);

/** What reading these sectors finds, where they lie; damage may be NULL. */
void vdrive_read_places(struct vdrive *drive, const struct vdrive_address *address, unsigned speed_percent,
			struct damage_result *ret_result);

/** A format that certifies: units that marks make bad are replaced before they are written; of all units, or with known
 *  of those alone, n_known of them by their first sector. -ENOSPC, -EIO. */
int vdrive_certify(struct vdrive *drive, const int64_t *known, size_t n_known);

#endif
