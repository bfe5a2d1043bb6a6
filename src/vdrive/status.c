/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be seen from in front of the drive. */
#include <stdio.h>
#include <string.h>

#include "vdrive/drive.h"

void vdrive_get_status(struct vdrive *drive, struct vdrive_status *ret_status)
{
	memset(ret_status, 0, sizeof(*ret_status));
	pthread_mutex_lock(&drive->lock);
	ret_status->tray_open = drive->tray_open;
	ret_status->removal_prevented = drive->removal_prevented;
	ret_status->is_unplugged = drive->is_unplugged;
	if (drive->medium_path != NULL)
		snprintf(ret_status->medium, sizeof(ret_status->medium), "%s", drive->medium_path);
	if (drive->disc != NULL)
		snprintf(ret_status->profile, sizeof(ret_status->profile), "%s", disc_profile(drive->disc)->name);
	pthread_mutex_unlock(&drive->lock);
}
