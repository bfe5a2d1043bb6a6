/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copy protection: recognised before the disc is read, so that nobody waits for an image that is of no use. Nothing is
 * decrypted. With as_is what the drive gives out is read all the same, and what it refuses is told apart from damage.
 */
#ifndef RIP_PROTECTION_H
#define RIP_PROTECTION_H

#include <discern/image.h>
#include <discern/rip.h>

#include "base/observe.h"
#include "disc/source.h"

struct protection_disc {
	const struct discern_medium *medium;
	/** At the session that begins at session_lba; empty if there is none. */
	const struct discern_volume *volume;
	int32_t session_lba;
	/** It is to be read all the same. */
	bool as_is;
};

/**
 * How the disc is protected, as far as it says, or as a few sectors that would be show; without a source only the former.
 * @return 0, -EKEYREJECTED with the words for it unless as_is, or trouble of the source
 */
int protection_check(struct discern_source *source, const struct protection_disc *disc,
		     enum discern_protection *ret_protection, struct discern_error *err);

/** Says what becomes of such a disc that is read as it is. */
void protection_warn(enum discern_protection protection, const struct discern_observer *observer);

/** The same source, of which a refused sector is one that cannot be read (-EIO), with the drive's own sense. It belongs to
 *  the caller, inner stays open. NULL if memory is out. Release with source_close(). */
struct discern_source *protection_lenient(struct discern_source *inner);

/** True if an error's sense says that the drive refuses a protected sector. */
bool protection_is_refusal(const struct discern_error *err);

#endif
