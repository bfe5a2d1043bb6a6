/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/libburn/absence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* An answer alone may be one of the moment. */
enum { ENOUGH = 3 };

int absence_look(struct absence *absence, const char *path)
{
	/* Beside libburn's exclusive one; neither moves the tray nor waits. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int status = fd >= 0 ? ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT) : -1;

	if (fd >= 0)
		close(fd);
	absence->n_without_drive = status < 0 ? absence->n_without_drive + 1 : 0;
	absence->n_without_medium =
		status == CDS_NO_DISC || status == CDS_TRAY_OPEN ? absence->n_without_medium + 1 : 0;
	if (absence->n_without_drive >= ENOUGH)
		return -ENODEV;
	return absence->n_without_medium >= ENOUGH ? -ENOMEDIUM : 0;
}
