/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Test writes (MMC-6 7.5.4.7): the drive does all that a write takes, and the medium stays as it is. */
#ifndef VDRIVE_MMC_TEST_WRITE_H
#define VDRIVE_MMC_TEST_WRITE_H

#include "vdrive/drive.h"

/** Before a command that changes the medium: from the first one on for which the write parameters page asks for a test,
 *  the drive only tells that it has done so. 0 or the value of a CHECK CONDITION. */
int vdrive_begin_test(struct vdrive_call *call);

/** The recording that was tested is over, or the page asks for no more tests: nothing of it is left. */
void vdrive_end_test(struct vdrive *drive);

/** Closes the session that was written at once, which ends a test of it. 0 or as disc_close_session(). */
int vdrive_end_session(struct vdrive *drive);

#endif
