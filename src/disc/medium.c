/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/medium_need.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

void discern_medium_clear(struct discern_medium *medium)
{
	free(medium->tracks);
	memset(medium, 0, sizeof(*medium));
}

bool discern_medium_next_session(const struct discern_medium *medium, int32_t *ret_first_lba, int32_t *ret_next_lba)
{
	const struct discern_track *first = NULL;
	const struct discern_track *next = NULL;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (track->is_blank && track->has_next_writable && !track->is_damaged)
			next = track;
		else if (!track->is_blank && (first == NULL || track->session != first->session))
			first = track;
	}
	if (medium->state != DISCERN_MEDIUM_APPENDABLE || first == NULL || next == NULL)
		return false;
	*ret_first_lba = first->start_lba;
	/* With the write parameters of a session at once, drives name the pause before a CD's track. */
	*ret_next_lba = next->next_writable_lba > next->start_lba ? next->next_writable_lba : next->start_lba;
	return true;
}

const char *discern_medium_state_name(enum discern_medium_state state)
{
	static const char *const names[] = {
		[DISCERN_MEDIUM_NONE] = "no disc",
		[DISCERN_MEDIUM_BLANK] = "blank",
		[DISCERN_MEDIUM_APPENDABLE] = "appendable",
		[DISCERN_MEDIUM_COMPLETE] = "complete",
		[DISCERN_MEDIUM_OVERWRITABLE] = "overwritable",
		[DISCERN_MEDIUM_UNUSABLE] = "unusable",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

const char *discern_protection_name(enum discern_protection protection)
{
	switch (protection) {
	case DISCERN_PROTECTION_NONE:
		return "";
	case DISCERN_PROTECTION_CSS:
		return "CSS";
	case DISCERN_PROTECTION_CPRM:
		return "CPRM";
	case DISCERN_PROTECTION_AACS:
		return "AACS";
	}
	return "of an unknown kind";
}

int medium_need(const struct discern_medium *medium, const char *drive_path, const char *wanted,
		struct discern_error *err)
{
	if (medium->state != DISCERN_MEDIUM_NONE)
		return 0;
	if (medium->is_tray_open) {
		discern_error_set(err, -ENOMEDIUM, "%s: the tray is open", drive_path);
		discern_error_hint(err, "put in %s, and close the tray: discern load %s", wanted, drive_path);
	} else {
		discern_error_set(err, -ENOMEDIUM, "%s: no disc in the drive", drive_path);
		discern_error_hint(err, "put in %s; \"discern eject %s\" opens the tray", wanted, drive_path);
	}
	return -ENOMEDIUM;
}
