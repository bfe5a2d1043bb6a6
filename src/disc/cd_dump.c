/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_dump.h"

bool cd_dump_begins_session(const struct cd_layout *layout, unsigned i)
{
	return i == 0 || layout->tracks[i - 1].session != layout->tracks[i].session;
}

int32_t cd_dump_begin(const struct cd_layout *layout, unsigned i)
{
	const struct cd_track *track = &layout->tracks[i];

	if (i == 0)
		return track->start_lba < 0 ? track->start_lba : 0;
	return cd_dump_begins_session(layout, i) ? track->start_lba : track->pregap_lba;
}

uint32_t cd_dump_index(const struct cd_layout *layout, unsigned i)
{
	uint32_t index = 0;

	for (unsigned j = 0; j < i && j < layout->n_tracks; j++)
		index += (uint32_t)(layout->tracks[j].end_lba - cd_dump_begin(layout, j));
	return index;
}
