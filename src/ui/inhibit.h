/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the computer awake and running while a job must not be cut short: an inhibitor lock of systemd-logind
 * (org.freedesktop.login1(5), Inhibit()). Without logind, or built without libsystemd, nothing is held. */
#ifndef UI_INHIBIT_H
#define UI_INHIBIT_H

#include <stddef.h>

/** What is held. */
enum inhibit_kind {
	INHIBIT_NOTHING,
	INHIBIT_SLEEP,     /**< sleep only, as logind does not let this user hold back a shutdown */
	INHIBIT_BOTH,      /**< sleep and shutdown, until it is released */
};

struct inhibit {
	enum inhibit_kind kind;
	/** The lock is held while this is open; of no meaning while nothing is held. */
	int fd;
	/** Why nothing, or only sleep, is held, in words; empty if both are. */
	char reason[160];
};

/** Asks for a lock with a reason that people are shown ("burning a disc"). Waits for logind for some seconds at most.
 *  Release with inhibit_end(). */
void inhibit_begin(const char *why, struct inhibit *ret_inhibit);

/** Gives the lock back. */
void inhibit_end(struct inhibit *inhibit);

#endif
