/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/test_write.h"

#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/write_page.h"

int vdrive_begin_test(struct vdrive_call *call)
{
	struct disc *disc = call->drive->disc;

	if (!write_page_is_test(call->drive) || (!disc_is_cd(disc) && !disc_is_dvd_minus(disc)))
		return 0;
	/* 4/44/00 internal target failure. */
	return disc_begin_test(disc) < 0 ? vdrive_check_condition(call, 4, 0x44, 0) : 0;
}

void vdrive_end_test(struct vdrive *drive)
{
	if (drive->disc == NULL || !disc_is_test(drive->disc))
		return;
	cd_recording_forget(drive);
	disc_end_test(drive->disc);
}

int vdrive_end_session(struct vdrive *drive)
{
	int ret = disc_close_session(drive->disc, false);

	vdrive_end_test(drive);
	return ret;
}
