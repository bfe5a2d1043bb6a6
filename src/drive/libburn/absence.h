/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a drive that blanks or formats has lost its medium, or is gone. libburn 1.5.4 then asks it for ever whether it
 * is ready, in a thread that nothing ends; and the drive is in its hands, so that the kernel is asked.
 */
#ifndef DRIVE_LIBBURN_ABSENCE_H
#define DRIVE_LIBBURN_ABSENCE_H

/** All zeros at first. */
struct absence {
	/** How often in a row there was no medium, or no answer. */
	unsigned n_without_medium, n_without_drive;
};

/** Asks once. 0; -ENOMEDIUM or -ENODEV when it was so for some times. */
int absence_look(struct absence *absence, const char *path);

#endif
