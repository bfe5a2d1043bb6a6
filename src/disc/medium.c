/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <discern/medium.h>

void discern_medium_clear(struct discern_medium *medium)
{
	free(medium->tracks);
	memset(medium, 0, sizeof(*medium));
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
