/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the medium and where the next data goes: disc and track information, capacities, the buffer. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/msf.h"
#include "vdrive/timing.h"

/* From the lead-out of a session: 1:30 of it after the first and 0:30 after a later one, 1:00 of lead-in and two
 * seconds of pregap lie before the next session's data (Orange Book part II). */
enum { LEAD_IN_SECTORS = 4500, PREGAP_SECTORS = 150 };

/** Addresses of the last session on a CD-R that is not complete. */
static void put_session_addresses(const struct disc *disc, uint8_t *data)
{
	const struct disc_session *last = disc_session(disc, (unsigned)disc_n_sessions(disc));
	const struct disc_track *first = last != NULL ? disc_track(disc, last->first_track) : NULL;

	if (disc_n_sessions(disc) <= 1 || first == NULL) {
		data[17] = LEAD_IN_MINUTE;
		data[18] = LEAD_IN_SECOND;
	} else {
		put_address(data + 16, first->start_lba - LEAD_IN_SECTORS - PREGAP_SECTORS, true);
	}
	put_address(data + 20, (int32_t)disc_capacity(disc), true);
}

/** Blank, appendable or complete; but of a DVD-RAM only that it is none of them (MMC-6 6.22.3.1.2). */
static enum disc_status told_status(const struct disc *disc)
{
	bool is_ram = disc_profile(disc)->number == DISCERN_PROFILE_DVD_RAM;

	return is_ram && disc_status(disc) != DISC_BLANK ? DISC_RANDOM : disc_status(disc);
}

/** As the first lead-in tells it; FFh of what has none. */
static uint8_t disc_type(const struct disc *disc)
{
	if (!disc_is_cd(disc) || disc_status(disc) == DISC_BLANK)
		return 0xff;
	return (uint8_t)disc_cd_layout(disc)->sessions[0].type;
}

/** Data type 0, standard disc information (MMC-6 6.22.3.1). */
static int standard_information(struct vdrive_call *call, const struct disc *disc)
{
	const struct profile *profile = disc_profile(disc);
	unsigned n_sessions = (unsigned)disc_n_sessions(disc), n_tracks = (unsigned)disc_n_tracks(disc);
	const struct disc_session *last = disc_session(disc, n_sessions);
	unsigned first_in_last = last != NULL ? last->first_track : 1;
	bool is_cd = profile->family == FAMILY_CD;
	uint8_t data[34] = { 0 };

	put_be16(data, sizeof(data) - 2);
	data[2] = (uint8_t)(told_status(disc) | (last != NULL ? last->status : DISC_SESSION_EMPTY) << 2 |
			    (profile->is_rewritable ? 0x10 : 0));
	data[3] = 1;
	data[4] = (uint8_t)n_sessions;
	data[5] = (uint8_t)first_in_last;
	data[6] = (uint8_t)n_tracks;
	/* URU: the use is not restricted. */
	data[7] = (uint8_t)(0x20 | disc_background(disc));
	data[8] = disc_type(disc);
	data[9] = (uint8_t)(n_sessions >> 8);
	data[10] = (uint8_t)(first_in_last >> 8);
	data[11] = (uint8_t)(n_tracks >> 8);
	if (!disc_is_pressed(disc)) {
		data[7] |= 0x80;
		put_be32(data + 12, disc_identifier(disc));
	}
	if (is_cd && disc_status(disc) == DISC_COMPLETE)
		memset(data + 16, 0xff, 8);
	else if (is_cd)
		put_session_addresses(disc, data);
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
}

/** Data type 1, track resources (MMC-6 6.22.3.2). */
static int track_resources(struct vdrive_call *call, const struct disc *disc)
{
	bool is_cd = disc_profile(disc)->family == FAMILY_CD;
	unsigned most = is_cd ? 99 : DISC_MAX_TRACKS, n_tracks = (unsigned)disc_n_tracks(disc), n_open = 0;
	uint8_t data[12] = { 0 };

	for (unsigned i = 1; i <= n_tracks; i++) {
		const struct disc_track *track = disc_track(disc, i);

		n_open +=
			track->state == TRACK_INVISIBLE || track->state == TRACK_RESERVED || track->state == TRACK_OPEN;
	}
	put_be16(data, sizeof(data) - 2);
	data[2] = 1 << 5;
	put_be16(data + 4, (uint16_t)most);
	put_be16(data + 6, (uint16_t)n_tracks);
	put_be16(data + 8, (uint16_t)(vdrive_is_writable(call->drive) ? most : 0));
	put_be16(data + 10, (uint16_t)n_open);
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
}

static int read_disc_information(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	switch (call->cdb[1] & 7) {
	case 0:
		return standard_information(call, call->drive->disc);
	case 1:
		return track_resources(call, call->drive->disc);
	case 2: {
		/* POW resources (MMC-6 6.22.3.3): as many replacements as there are clusters free, if any. */
		uint32_t n_free = disc_pseudo_overwrite_units(call->drive->disc);
		uint8_t data[16] = { 0 };

		if (disc_profile(call->drive->disc)->number != DISCERN_PROFILE_BD_R)
			return vdrive_invalid_field(call, 1);
		put_be16(data, sizeof(data) - 2);
		data[2] = 2 << 5;
		for (size_t i = 4; i < sizeof(data); i += 4)
			put_be32(data + i, n_free);
		return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
	}
	default:
		return vdrive_invalid_field(call, 1);
	}
}

static bool takes_data(const struct disc_track *track)
{
	return track->state == TRACK_INVISIBLE || track->state == TRACK_RESERVED || track->state == TRACK_OPEN;
}

/** The track that a cue sheet announced, until its session is closed; else NULL. */
static const struct disc_track *announced_track(const struct vdrive *drive)
{
	return drive->recording != NULL ? disc_track(drive->disc, (unsigned)disc_n_tracks(drive->disc)) : NULL;
}

/** FFh: the invisible track, or the incomplete or announced one that is where it was (MMC-6 6.27.2). */
static const struct disc_track *next_track(const struct vdrive *drive)
{
	const struct disc_track *track = disc_incomplete_track(drive->disc);

	if (track == NULL)
		track = disc_invisible_track(drive->disc);
	return track != NULL ? track : announced_track(drive);
}

/** Of a CD the pause before a track is part of it. */
static const struct disc_track *track_at(const struct disc *disc, int32_t lba)
{
	const struct disc_track *track = disc_track_at(disc, lba);
	const struct cd_track *on_cd =
		track == NULL && disc_is_cd(disc) ? cd_layout_track_at(disc_cd_layout(disc), lba) : NULL;

	return on_cd != NULL ? disc_track(disc, on_cd->number) : track;
}

/** The track that READ TRACK INFORMATION asks for (MMC-6 6.27.2), NULL if there is none. */
static const struct disc_track *find_asked_track(const struct vdrive *drive, const uint8_t *cdb)
{
	const struct disc *disc = drive->disc;
	enum { BY_LBA = 0, BY_TRACK = 1, BY_SESSION = 2, INVISIBLE = 0xff };
	uint32_t address = get_be32(cdb + 2);
	const struct disc_track *track = NULL;
	const struct disc_session *session;

	switch (cdb[1] & 3) {
	case BY_LBA:
		track = track_at(disc, (int32_t)address);
		break;
	case BY_TRACK:
		if (address == INVISIBLE)
			track = next_track(drive);
		else if (address >= 1 && address <= disc_n_tracks(disc))
			track = disc_track(disc, address);
		break;
	case BY_SESSION:
		session = address >= 1 && address <= disc_n_sessions(disc) ? disc_session(disc, address) : NULL;
		track = session != NULL ? disc_track(disc, session->first_track) : NULL;
		break;
	}
	/* Open: the first track from there on that takes data. */
	while (cdb[1] & 4 && track != NULL && !takes_data(track))
		track = track->number < disc_n_tracks(disc) ? disc_track(disc, track->number + 1) : NULL;
	return track;
}

/** How the track is or will be written (MMC-6 6.27.3.5 to 6.27.3.8). DVD-RW with restricted overwrite: in ECC blocks, as
 *  fixed packets. BD-R, and DVD+RW until it is formatted: incrementally. RT of DVD+R and BD-R tells a track that has its
 *  end, reserved or closed, from the invisible one. */
static void put_recording(const struct disc *disc, const struct disc_track *track, uint8_t *data)
{
	enum { RESERVED = 0x80, PACKET = 0x20, FIXED_PACKET = 0x10 };
	enum discern_profile number = disc_profile(disc)->number;
	bool is_bd_r = number == DISCERN_PROFILE_BD_R;
	bool is_dvd_plus_r = number == DISCERN_PROFILE_DVD_PLUS_R || number == DISCERN_PROFILE_DVD_PLUS_R_DL;
	bool has_end = track->state == TRACK_CLOSED && (is_bd_r || is_dvd_plus_r);
	bool is_incremental = is_bd_r || (number == DISCERN_PROFILE_DVD_PLUS_RW && takes_data(track));
	bool is_overwritten = disc_recording(disc) == RECORDING_OVERWRITE;
	uint32_t packet_sectors = is_overwritten ? disc_profile(disc)->ecc_sectors : track->packet_sectors;

	if (track->state == TRACK_RESERVED || has_end)
		data[6] |= RESERVED;
	if (is_incremental || is_overwritten || track->has_packets)
		data[6] |= PACKET;
	if (packet_sectors > 0)
		data[6] |= FIXED_PACKET;
	put_be32(data + 20, packet_sectors);
}

/** A session at once begins in the pause before its track, or before that in its lead-in. */
static int32_t next_writable_lba(const struct vdrive *drive, const struct disc_track *track)
{
	bool is_next = track->state == TRACK_INVISIBLE || track == announced_track(drive);
	int32_t lba;

	if (is_next && cd_recording_next_lba(drive, &lba))
		return lba;
	return track->start_lba + (int32_t)track->n_written;
}

static int read_track_information(struct vdrive_call *call)
{
	const struct disc *disc = call->drive->disc;
	const struct disc_track *track;
	uint8_t data[36] = { 0 };
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	if ((call->cdb[1] & 3) == 3)
		return vdrive_invalid_field(call, 1);
	track = find_asked_track(call->drive, call->cdb);
	if (track == NULL)
		return vdrive_invalid_field(call, 2);
	put_be16(data, sizeof(data) - 2);
	data[2] = (uint8_t)track->number;
	data[3] = (uint8_t)track->session;
	data[5] = (uint8_t)((track->state == TRACK_DAMAGED ? 0x20 : 0) | (track->control & 0x0f));
	data[6] = track->data_mode & 0x0f;
	if (takes_data(track) && track->n_written == 0)
		data[6] |= 0x40;
	put_recording(disc, track, data);
	put_be32(data + 8, (uint32_t)track->start_lba);
	if (takes_data(track) && track->n_written < track->n_sectors)
		put_be32(data + 16, track->n_sectors - track->n_written);
	/* Where a host may write: on a random writable medium anywhere, so there is no such address. */
	if (get_be32(data + 16) > 0 && disc_profile(disc)->writing == WRITING_SEQUENTIAL) {
		data[7] |= 1;
		put_be32(data + 12, (uint32_t)next_writable_lba(call->drive, track));
	}
	put_be32(data + 24, track->n_sectors);
	if (disc_profile(disc)->family != FAMILY_CD && disc_profile(disc)->writing == WRITING_SEQUENTIAL &&
	    track->n_written > 0) {
		data[7] |= 2;
		put_be32(data + 28, (uint32_t)track->start_lba + track->n_written - 1);
	}
	data[32] = (uint8_t)(track->number >> 8);
	data[33] = (uint8_t)(track->session >> 8);
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
}

static int read_capacity(struct vdrive_call *call)
{
	uint8_t data[8];
	uint32_t end;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	/* PMI and an address are for direct access devices. */
	if (get_be32(call->cdb + 2) != 0)
		return vdrive_invalid_field(call, 2);
	if (call->cdb[8] & 1)
		return vdrive_invalid_field(call, 8);
	end = disc_recorded_end(call->drive->disc);
	put_be32(data, end > 0 ? end - 1 : 0);
	put_be32(data + 4, DISC_SECTOR);
	return vdrive_give(call, data, sizeof(data), sizeof(data));
}

static int read_buffer_capacity(struct vdrive_call *call)
{
	/* Without a clock all written data is on the medium at once, so the buffer is always empty. */
	uint32_t n_free = timing_free_bytes(call->drive);
	uint8_t data[12] = { 0 };

	put_be16(data, sizeof(data) - 2);
	if (call->cdb[1] & 1) {
		data[3] = 1;
		put_be32(data + 8, n_free / DISC_SECTOR);
	} else {
		put_be32(data + 4, VDRIVE_BUFFER_SIZE);
		put_be32(data + 8, n_free);
	}
	return vdrive_give(call, data, sizeof(data), get_be16(call->cdb + 7));
}

const struct vdrive_opcode vdrive_opcodes_info[] = {
	{ 0x25, 10, "READ CAPACITY(10)", read_capacity, false },
	{ 0x51, 10, "READ DISC INFORMATION", read_disc_information, false },
	{ 0x52, 10, "READ TRACK INFORMATION", read_track_information, false },
	{ 0x5c, 10, "READ BUFFER CAPACITY", read_buffer_capacity, false },
	{ 0 },
};
