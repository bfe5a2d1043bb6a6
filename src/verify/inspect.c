/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/image.h>

#include <string.h>

#include "base/error.h"
#include "drive/drive_source.h"
#include "fs/volume.h"
#include "verify/names.h"

bool verify_find_session(const struct discern_medium *medium, int32_t *ret_lba)
{
	unsigned session = 0;

	*ret_lba = 0;
	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (track->is_blank || !track->is_data || track->session <= session)
			continue;
		session = track->session;
		*ret_lba = track->start_lba > 0 ? track->start_lba : 0;
	}
	return session > 0 || medium->read_capacity_sectors > 0;
}

int discern_medium_inspect(struct discern_drive *drive, const struct discern_medium *medium,
			   struct discern_volume *ret_volume, bool *ret_found, struct discern_error *err)
{
	struct discern_source *source;
	int32_t start_lba;
	int ret;

	memset(ret_volume, 0, sizeof(*ret_volume));
	*ret_found = false;
	if (medium->state == DISCERN_MEDIUM_NONE || medium->state == DISCERN_MEDIUM_BLANK ||
	    !verify_find_session(medium, &start_lba))
		return 0;
	ret = drive_source_open(drive, medium, NULL, &source, err);
	if (ret < 0)
		return ret;
	ret = volume_probe(source, start_lba, ret_volume, ret_found, err);
	source_close(source);
	return ret;
}
