/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a medium already holds, in words: so that nobody loses it without having been told. */
#ifndef BURN_CONTENTS_H
#define BURN_CONTENTS_H

#include <stdbool.h>

#include <discern/drive.h>
#include <discern/image.h>

#include "disc/source.h"

struct contents {
	bool is_empty;
	/** "the volume "Debian 12", 658 MB, in 1 session"; empty if is_empty. */
	char words[192];
};

/** Looks at the medium's own sectors where its state does not say it all: the drive calls overwritable media blank
 *  whatever they hold. */
int contents_find(struct discern_drive *drive, const struct discern_medium *medium, struct contents *ret_contents,
		  struct discern_error *err);

/** The same on any source, for media of which every sector can be written at any time: empty only if there is no volume
 *  and the sectors where data would begin are zero or cannot be read. */
int contents_find_on(struct discern_source *source, const struct discern_medium *medium, struct contents *ret_contents,
		     struct discern_error *err);

#endif
