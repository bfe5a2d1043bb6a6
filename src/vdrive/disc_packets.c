/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD tracks that are written in packets (MMC-6 4.2.3.4.2). Those of a fixed size follow each other without a gap in
 * the numbers of their sectors (addressing method 2); others do not (method 1). */
#include "vdrive/disc_state.h"

/* Two run-out sectors, the link, four of run-in. */
enum { LINK_SECTORS = DISC_RUN_OUT + 1 + 4 };

static struct disc_track *open_packet_track(struct disc *disc)
{
	for (unsigned i = 0; i < disc->state.n_begun_tracks; i++) {
		struct disc_track *track = &disc->state.tracks[i];

		if (track->state == TRACK_OPEN && track->has_packets)
			return track;
	}
	return NULL;
}

/* Behind a link nothing is recorded yet. */
static bool ends_in_data(const struct disc *disc, const struct disc_track *track)
{
	return track->n_written > 0 && disc_all_recorded(disc, track->start_lba + (int32_t)track->n_written - 1, 1);
}

void disc_set_track_packets(struct disc *disc, unsigned number, bool has_packets, uint32_t packet_sectors)
{
	struct disc_track *track = number >= 1 ? &disc->state.tracks[number - 1] : NULL;

	if (track == NULL || number > disc->state.n_tracks || track->state != TRACK_INVISIBLE)
		return;
	track->has_packets = has_packets;
	track->packet_sectors = has_packets ? packet_sectors : 0;
}

static int fill_packet(struct disc *disc, struct disc_track *track)
{
	uint32_t n_missing = track->packet_sectors - track->n_written % track->packet_sectors;
	int32_t lba = track->start_lba + (int32_t)track->n_written;
	int ret;

	if (n_missing == track->packet_sectors)
		return 0;
	if (n_missing > track->n_sectors - track->n_written)
		n_missing = track->n_sectors - track->n_written;
	/* The file is sparse: sectors that were never written are zeros. */
	ret = disc_set_keeping(disc, lba, n_missing, track->mode == CD_MODE_1 ? 0 : KEEP_EMPTY);
	if (ret == 0)
		ret = disc_mark_recorded(disc, lba, n_missing);
	if (ret == 0)
		track->n_written += n_missing;
	return ret;
}

int disc_end_packet(struct disc *disc)
{
	struct disc_track *track = open_packet_track(disc);
	int ret = 0;

	if (track == NULL || !ends_in_data(disc, track))
		return 0;
	if (track->packet_sectors > 0)
		ret = fill_packet(disc, track);
	else
		track->n_written += track->n_sectors - track->n_written < LINK_SECTORS
					    ? track->n_sectors - track->n_written
					    : LINK_SECTORS;
	return ret == 0 ? disc_commit(disc, true) : ret;
}

void disc_strip_link(struct disc *disc, struct disc_track *track)
{
	if (track->has_packets)
		while (track->n_written > 0 && !ends_in_data(disc, track))
			track->n_written--;
}

uint32_t disc_find_written(const struct disc *disc, const struct disc_track *track)
{
	uint32_t n_written = disc_recorded_from(disc, track->start_lba, track->n_sectors), n;
	int32_t next;

	if (!track->has_packets || n_written == 0)
		return n_written;
	/* Packet by packet, as far as one is linked to the one before. */
	do {
		next = track->start_lba + (int32_t)n_written + LINK_SECTORS;
		n = n_written + LINK_SECTORS < track->n_sectors
			    ? disc_recorded_from(disc, next, track->n_sectors - n_written - LINK_SECTORS)
			    : 0;
		if (n > 0)
			n_written += LINK_SECTORS + n;
	} while (n > 0);
	return n_written;
}
