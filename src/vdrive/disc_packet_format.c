/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-RW that is formatted: one track of fixed packets over the whole disc, each of which can be written again in its
 * place (MMC-6 4.2.3.4.2, 6.5.4.2). */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <string.h>

/* On the disc there are seven sectors of run-in, run-out and link between two packets, which have no addresses; none are
 * needed before the first one nor behind the last, but its two of run-out. */
enum { BETWEEN_PACKETS = 7, RUN_OUT = 2 };

/* Control of a track that is written in packets (MMC-6 table 17). */
enum { CONTROL_PACKETS = 1 };

/* Subheader of a data sector of Form 1. */
static const uint8_t data_subheader[8] = { 0, 0, 0x08, 0, 0, 0, 0x08, 0 };

bool disc_is_packet_formatted(const struct disc *disc)
{
	return disc->state.recording == RECORDING_PACKETS;
}

bool disc_can_be_overwritten(const struct disc *disc)
{
	return !disc->is_pressed && (disc->state.profile->writing == WRITING_RANDOM || disc_is_packet_formatted(disc));
}

static uint32_t most_sectors(const struct disc_state *state)
{
	return (state->n_sectors - RUN_OUT + BETWEEN_PACKETS) / (DISC_PACKET_SECTORS + BETWEEN_PACKETS) *
	       DISC_PACKET_SECTORS;
}

uint32_t disc_packet_sectors(const struct disc *disc)
{
	if (disc->is_pressed || disc->state.media->profile != DISCERN_PROFILE_CD_RW)
		return 0;
	return most_sectors(&disc->state);
}

/* The track, now with so many sectors, of which those from old_end on hold nothing yet. */
static int set_size(struct disc *disc, uint32_t old_end, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;
	struct disc_track *track = &state->tracks[0];
	int ret = 0;

	/* How a sector is kept does not matter before the track is there. */
	if (track->mode != CD_MODE_1)
		ret = disc_set_keeping(disc, (int32_t)old_end, n_sectors - old_end, KEEP_EMPTY);
	if (ret < 0)
		return ret;
	track->n_sectors = track->n_written = n_sectors;
	state->n_begun_tracks = state->n_closed_sessions = 1;
	state->is_final = true;
	disc_state_set_recording(state, RECORDING_PACKETS);
	disc_state_rebuild(state);
	return disc_commit(disc, true);
}

int disc_format_packets(struct disc *disc, uint32_t n_sectors, enum cd_track_mode mode, enum cd_disc_type type)
{
	uint32_t most = disc_packet_sectors(disc);
	int ret;

	if (most == 0)
		return -EROFS;
	if (n_sectors == 0 || n_sectors > most || n_sectors % DISC_PACKET_SECTORS != 0)
		return -EINVAL;
	if (mode != CD_MODE_1 && mode != CD_MODE_2_XA && mode != CD_MODE_2_CDI)
		return -EINVAL;
	ret = disc_blank(disc, false);
	if (ret < 0)
		return ret;
	disc->state.tracks[0] = (struct disc_track){
		.number = 1,
		.session = 1,
		.state = TRACK_CLOSED,
		.control = CD_CONTROL_DATA | CONTROL_PACKETS,
		.data_mode = disc_track_data_mode(mode),
		.mode = mode,
		.pregap_lba = -CD_PREGAP,
		.has_packets = true,
		.packet_sectors = DISC_PACKET_SECTORS,
	};
	disc->state.q_tracks[0] = (struct disc_q_track){ .type = type };
	return set_size(disc, 0, n_sectors);
}

int disc_grow_packets(struct disc *disc, uint32_t n_sectors)
{
	uint32_t n_now = disc->state.tracks[0].n_sectors;

	if (!disc_is_packet_formatted(disc))
		return -EROFS;
	if (n_sectors == 0 || n_sectors % DISC_PACKET_SECTORS != 0 || n_sectors > disc_packet_sectors(disc) - n_now)
		return -EINVAL;
	return set_size(disc, n_now, n_now + n_sectors);
}

int disc_check_packet_write(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t end = disc->state.tracks[0].n_sectors;

	return lba < 0 || n_sectors > end || (uint32_t)lba > end - n_sectors ? -ENXIO : 0;
}

int disc_overwrite_packets(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	int ret = disc_check_packet_write(disc, lba, n_sectors);

	if (ret == 0 && disc->state.tracks[0].mode == CD_MODE_1) {
		ret = disc_put_sectors(disc, lba, n_sectors, data);
		return ret == 0 && disc_set_keeping(disc, lba, n_sectors, 0) < 0 ? -EIO : ret;
	}
	for (; n_sectors > 0 && ret == 0; lba++, n_sectors--, data += DISC_SECTOR) {
		uint8_t sector[SECTOR_RAW] = { 0 };
		const struct disc_raw_sector raw = { .sector = sector };

		memcpy(sector + SECTOR_SUBHEADER_AT, data_subheader, sizeof(data_subheader));
		memcpy(sector + SECTOR_XA_USER_AT, data, SECTOR_USER);
		sector_seal(sector, lba, SECTOR_MODE_2_FORM_1);
		ret = disc_put_raw(disc, lba, &raw);
	}
	return ret;
}
