/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/raw_toc.h"

#include <errno.h>
#include <string.h>

/* Bytes of Q in a lead-in: control and ADR, TNO 0, POINT, the running address, zero, PMIN, PSEC, PFRAME. */
enum { AT_CONTROL_ADR = 0, AT_TNO = 1, AT_POINT = 2, AT_PMIN = 7, AT_PSEC = 8, AT_PFRAME = 9 };

enum { POINT_FIRST = 0xa0, POINT_LAST = 0xa1, POINT_LEAD_OUT = 0xa2, POINT_NEXT_SESSION = 0xb0 };

/* Two decimal digits; above any number that can stand there if they are none. */
static unsigned from_bcd(uint8_t byte)
{
	return byte >> 4 > 9 || (byte & 15) > 9 ? 255 : (unsigned)(byte >> 4) * 10 + (byte & 15);
}

static bool get_address(const uint8_t *q, int32_t *ret_lba)
{
	unsigned minute = from_bcd(q[AT_PMIN]), second = from_bcd(q[AT_PSEC]), frame = from_bcd(q[AT_PFRAME]);

	if (minute > 99 || second > 59 || frame > 74)
		return false;
	*ret_lba = (int32_t)((minute * 60 + second) * 75 + frame) - CD_PREGAP;
	return true;
}

static void take_position(struct raw_toc *toc, const uint8_t *q)
{
	unsigned number = from_bcd(q[AT_POINT]);
	int32_t lba;

	switch (q[AT_POINT]) {
	case POINT_FIRST:
		toc->first_track = from_bcd(q[AT_PMIN]);
		toc->type = q[AT_PSEC];
		return;
	case POINT_LAST:
		toc->last_track = from_bcd(q[AT_PMIN]);
		return;
	case POINT_LEAD_OUT:
		if (get_address(q, &lba))
			toc->lead_out_lba = lba;
		return;
	default:
		break;
	}
	if (number < 1 || number > CD_MAX_TRACKS || !get_address(q, &lba))
		return;
	toc->has_track[number] = true;
	toc->control[number] = q[AT_CONTROL_ADR] >> 4;
	toc->start_lba[number] = lba;
}

void raw_toc_take(struct raw_toc *toc, const uint8_t q[SUBCHANNEL_ONE])
{
	uint8_t adr = q[AT_CONTROL_ADR] & 0x0f;

	if (!q_is_sound(q) || q[AT_TNO] != 0)
		return;
	if (adr == Q_POSITION)
		take_position(toc, q);
	else if (adr == Q_MULTI_SESSION && q[AT_POINT] == POINT_NEXT_SESSION)
		toc->has_next_session = true;
}

/* Which mode the sectors have, their headers tell; until then it is the usual one of such a disc. */
static enum cd_track_mode usual_mode(const struct raw_toc *toc, unsigned number)
{
	if (!(toc->control[number] & CD_CONTROL_DATA))
		return CD_AUDIO;
	if (toc->type == CD_TYPE_CDI)
		return CD_MODE_2_CDI;
	return toc->type == CD_TYPE_XA ? CD_MODE_2_XA : CD_MODE_1;
}

int raw_toc_layout(const struct raw_toc *toc, unsigned first_track, int32_t begin_lba, struct cd_layout *ret_layout)
{
	int32_t at = begin_lba + CD_PREGAP;

	memset(ret_layout, 0, sizeof(*ret_layout));
	if (toc->first_track != first_track || toc->last_track < first_track || toc->last_track > CD_MAX_TRACKS)
		return -EINVAL;
	for (unsigned number = first_track; number <= toc->last_track; number++) {
		int32_t start = toc->start_lba[number];
		int32_t end = number < toc->last_track ? toc->start_lba[number + 1] : toc->lead_out_lba;
		struct cd_track *track = &ret_layout->tracks[ret_layout->n_tracks++];

		if (!toc->has_track[number] || start < at || end <= start)
			return -EINVAL;
		*track = (struct cd_track){
			.number = number,
			.session = 1,
			.mode = usual_mode(toc, number),
			.control = toc->control[number],
			.pregap_lba = number == first_track ? begin_lba : start,
			.start_lba = start,
			.end_lba = end,
		};
		at = end;
	}
	ret_layout->n_sessions = 1;
	ret_layout->sessions[0] = (struct cd_session){ first_track, toc->last_track, toc->lead_out_lba, toc->type };
	return 0;
}

/* Index 0 is the end of the track before as well. */
static void add_pause(struct cd_layout *layout, struct cd_track *track, int32_t lba)
{
	struct cd_track *before = track > layout->tracks ? track - 1 : NULL;

	if (before == NULL || track->pregap_lba != track->start_lba || lba >= track->start_lba ||
	    lba <= before->start_lba)
		return;
	if (before->n_indexes > 0 && lba <= before->indexes[before->n_indexes - 1])
		return;
	track->pregap_lba = before->end_lba = lba;
}

static void add_position(struct cd_layout *layout, struct cd_track *track, int32_t lba, unsigned index)
{
	int32_t last = track->n_indexes > 0 ? track->indexes[track->n_indexes - 1] : track->start_lba;

	if (index == 0)
		add_pause(layout, track, lba);
	else if (index == track->n_indexes + 2 && index <= CD_MAX_INDEXES && lba > last && lba < track->end_lba)
		track->indexes[track->n_indexes++] = lba;
}

static struct cd_track *find_track(struct cd_layout *layout, unsigned number)
{
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (layout->tracks[i].number == number)
			return &layout->tracks[i];
	return NULL;
}

void raw_toc_add(struct cd_layout *layout, int32_t lba, const uint8_t q[SUBCHANNEL_ONE])
{
	const struct cd_track *at = cd_layout_track_at(layout, lba);
	struct cd_track *track;
	struct q_data data;

	if (!q_decode(q, &data))
		return;
	if (data.adr == Q_MCN && cd_mcn_is_sound(data.mcn))
		memcpy(layout->mcn, data.mcn, sizeof(layout->mcn));
	if (data.adr != Q_POSITION && (data.adr != Q_ISRC || at == NULL))
		return;
	track = find_track(layout, data.adr == Q_POSITION ? data.track : at->number);
	if (track == NULL)
		return;
	if (data.adr == Q_POSITION)
		add_position(layout, track, lba, data.index);
	else if (cd_isrc_is_sound(data.isrc))
		memcpy(track->isrc, data.isrc, sizeof(track->isrc));
}
