/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ TOC/PMA/ATIP (MMC-6 6.26). */
#include "vdrive/mmc/toc.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disc/cd_text.h"
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/msf.h"

enum { LEAD_OUT_TRACK = 0xaa, DATA_CONTROL = 4, ADR_POSITION = 1, ADR_MULTI_SESSION = 5 };

/* Header, 11 bytes for each track and 5 more entries for each session, which holds a track at least. */
enum { MAX_ANSWER = 4 + 11 * 6 * DISC_MAX_TRACKS };

static uint8_t adr_control(unsigned adr, uint8_t control)
{
	return (uint8_t)(adr << 4 | (control & 0x0f));
}

/** True for a track that the lead-ins of closed sessions name. */
static bool is_in_toc(const struct disc *disc, const struct disc_track *track)
{
	const struct disc_session *session = disc_session(disc, track->session);

	if (disc_profile(disc)->writing == WRITING_RANDOM)
		return disc_status(disc) != DISC_BLANK;
	return session != NULL && session->status == DISC_SESSION_COMPLETE && track->state != TRACK_INVISIBLE;
}

/** The highest track number in the TOC; 0 without one. */
static unsigned last_track_in_toc(const struct disc *disc)
{
	unsigned number = (unsigned)disc_n_tracks(disc);

	while (number > 0 && !is_in_toc(disc, disc_track(disc, number)))
		number--;
	return number;
}

static int32_t lead_out(const struct disc *disc, unsigned last_track)
{
	const struct disc_session *session = disc_session(disc, disc_track(disc, last_track)->session);

	if (disc_profile(disc)->writing == WRITING_RANDOM || session == NULL)
		return (int32_t)disc_recorded_end(disc);
	return session->lead_out_lba;
}

/** Sets the length field and gives what fits. */
static int give_toc(struct vdrive_call *call, uint8_t *data, size_t size)
{
	put_be16(data, (uint16_t)(size - 2));
	return vdrive_give(call, data, size, get_be16(call->cdb + 7));
}

/** One entry of format 0 and 1; its size. */
static size_t put_track(uint8_t *entry, const struct disc_track *track, bool as_msf)
{
	entry[1] = adr_control(ADR_POSITION, track->control);
	entry[2] = (uint8_t)track->number;
	put_address(entry + 4, track->start_lba, as_msf);
	return 8;
}

/** Format 0: each track and the lead-out. DVD and BD drives make it up from their logical tracks. */
static int toc_tracks(struct vdrive_call *call, const struct disc *disc, bool as_msf)
{
	uint8_t data[MAX_ANSWER] = { 0 };
	unsigned start = call->cdb[6], n_tracks = last_track_in_toc(disc), last = n_tracks;
	size_t size = 4;

	if (last == 0)
		return vdrive_invalid_field(call, 2);
	/* A TOC has 99 track numbers at most; a BD-R may have more tracks. */
	if (last > 99)
		last = 99;
	if (start > last && start != LEAD_OUT_TRACK)
		return vdrive_invalid_field(call, 6);
	data[2] = 1;
	data[3] = (uint8_t)last;
	for (unsigned i = start > 0 ? start : 1; i <= last; i++)
		size += put_track(data + size, disc_track(disc, i), as_msf);
	data[size + 1] = adr_control(ADR_POSITION, disc_track(disc, last)->control);
	data[size + 2] = LEAD_OUT_TRACK;
	put_address(data + size + 4, lead_out(disc, n_tracks), as_msf);
	return give_toc(call, data, size + 8);
}

/** Format 1: first and last complete session, and the first track of the last. */
static int toc_sessions(struct vdrive_call *call, const struct disc *disc, bool as_msf)
{
	uint8_t data[12] = { 0 };
	unsigned last = last_track_in_toc(disc), session, first;

	if (last == 0)
		return vdrive_invalid_field(call, 2);
	session = disc_track(disc, last)->session;
	first = last;
	while (first > 1 && disc_track(disc, first - 1)->session == session)
		first--;
	data[2] = 1;
	data[3] = (uint8_t)session;
	return give_toc(call, data, 4 + put_track(data + 4, disc_track(disc, first), as_msf));
}

/** One entry of format 2 and 3: what Q says in a lead-in or in the PMA. */
struct q_entry {
	unsigned session;
	uint8_t adr_control;
	uint8_t point;
	/** Minute, second, frame and PMIN, PSEC, PFRAME. */
	uint8_t msf[3], pmsf[3];
};

static size_t put_q(uint8_t *entry, const struct q_entry *q)
{
	entry[0] = (uint8_t)q->session;
	entry[1] = q->adr_control;
	entry[3] = q->point;
	memcpy(entry + 4, q->msf, 3);
	memcpy(entry + 8, q->pmsf, 3);
	return TOC_ENTRY;
}

/** B0h, where the next session's program area can begin, and in the first session C0h, where the lead-in began. */
static size_t put_multi_session(const struct disc *disc, const struct cd_session *session, unsigned number,
				uint8_t *entries)
{
	/* A lead-out of 1:30 or, later, 0:30 and a lead-in of 1:00 lie between (Orange Book part II). */
	enum { AFTER_FIRST = 11250, AFTER_LATER = 6750 };
	struct q_entry q = { .session = number, .adr_control = adr_control(ADR_MULTI_SESSION, DATA_CONTROL) };
	size_t size;

	q.point = 0xb0;
	put_msf(q.msf, session->lead_out_lba + (number == 1 ? AFTER_FIRST : AFTER_LATER));
	put_msf(q.pmsf, (int32_t)disc_capacity(disc));
	size = put_q(entries, &q);
	if (number > 1)
		return size;
	memset(q.msf, 0, sizeof(q.msf));
	q.point = 0xc0;
	q.pmsf[0] = LEAD_IN_MINUTE;
	q.pmsf[1] = LEAD_IN_SECOND;
	q.pmsf[2] = 0;
	return size + put_q(entries + size, &q);
}

size_t toc_put_session(const struct disc *disc, unsigned number, uint8_t *entries)
{
	const struct cd_layout *layout = disc_cd_layout(disc);
	const struct cd_session *session = &layout->sessions[number - 1];
	const struct cd_track *first = cd_layout_track(layout, session->first_track);
	const struct cd_track *last = cd_layout_track(layout, session->last_track);
	struct q_entry q = { .session = number };
	size_t size = 0;

	q.adr_control = adr_control(ADR_POSITION, first->control);
	q.point = 0xa0;
	q.pmsf[0] = (uint8_t)first->number;
	q.pmsf[1] = (uint8_t)session->type;
	size += put_q(entries + size, &q);
	q.adr_control = adr_control(ADR_POSITION, last->control);
	q.point = 0xa1;
	q.pmsf[0] = (uint8_t)last->number;
	q.pmsf[1] = 0;
	size += put_q(entries + size, &q);
	q.point = 0xa2;
	put_msf(q.pmsf, session->lead_out_lba);
	size += put_q(entries + size, &q);
	for (const struct cd_track *track = first; track <= last; track++) {
		q.adr_control = adr_control(ADR_POSITION, track->control);
		q.point = (uint8_t)track->number;
		put_msf(q.pmsf, track->start_lba);
		size += put_q(entries + size, &q);
	}
	/* The last session of a final disc points nowhere. */
	if (number < layout->n_sessions || disc_status(disc) == DISC_APPENDABLE)
		size += put_multi_session(disc, session, number, entries + size);
	return size;
}

/** Format 2: the lead-ins of all complete sessions from a number on. CD only. */
static int raw_toc(struct vdrive_call *call, const struct disc *disc)
{
	uint8_t data[MAX_ANSWER] = { 0 };
	unsigned last = last_track_in_toc(disc), last_session;
	size_t size = 4;

	if (disc_profile(disc)->family != FAMILY_CD || last == 0)
		return vdrive_invalid_field(call, 2);
	last_session = cd_layout_track(disc_cd_layout(disc), last)->session;
	if (call->cdb[6] > last_session)
		return vdrive_invalid_field(call, 6);
	data[2] = 1;
	data[3] = (uint8_t)last_session;
	for (unsigned i = call->cdb[6] > 0 ? call->cdb[6] : 1; i <= last_session; i++)
		size += toc_put_session(disc, i, data + size);
	return give_toc(call, data, size);
}

/** Format 5: CD-TEXT, packs of 18 bytes. */
static int cd_text(struct vdrive_call *call, const struct disc *disc)
{
	size_t n_packs = 0, size;
	const uint8_t *packs = disc_is_cd(disc) ? disc_cd_text(disc, &n_packs) : NULL;
	uint8_t *data;
	int ret;

	if (packs == NULL || !call->drive->has_cd_text)
		return vdrive_invalid_field(call, 2);
	size = 4 + n_packs * CD_TEXT_PACK;
	data = calloc(1, size);
	if (data == NULL)
		return vdrive_check_condition(call, 4, 0x44, 0);
	memcpy(data + 4, packs, n_packs * CD_TEXT_PACK);
	ret = give_toc(call, data, size);
	free(data);
	return ret;
}

/** Format 3: the program memory area, one entry for each track with its end and its start. CD-R only. */
static int pma(struct vdrive_call *call, const struct disc *disc)
{
	uint8_t data[MAX_ANSWER] = { 0 };
	size_t size = 4;

	if (disc_profile(disc)->family != FAMILY_CD || disc_is_pressed(disc))
		return vdrive_invalid_field(call, 2);
	for (unsigned i = 1; i <= disc_n_tracks(disc); i++) {
		const struct disc_track *track = disc_track(disc, i);
		struct q_entry q = { .adr_control = adr_control(ADR_POSITION, track->control), .point = (uint8_t)i };

		if (track->state == TRACK_INVISIBLE || track->state == TRACK_OPEN)
			continue;
		put_msf(q.msf, track->start_lba + (int32_t)track->n_sectors);
		put_msf(q.pmsf, track->start_lba);
		size += put_q(data + size, &q);
	}
	return give_toc(call, data, size);
}

/** Format 4: what is pressed into the groove of a CD-R. */
static int atip(struct vdrive_call *call, const struct disc *disc)
{
	uint8_t data[28] = { 0 };

	if (disc_profile(disc)->family != FAMILY_CD || disc_is_pressed(disc))
		return vdrive_invalid_field(call, 2);
	/* Indicative target writing power 4; unrestricted use; CD-R, medium type A with high beta (sub-type 3). */
	data[4] = 0x80 | 4 << 4;
	data[5] = 0x40;
	data[6] = 0x80 | 3 << 3;
	/* CD-RW of high speed (sub-type 1, Orange Book part III, volume 2): indicative power 3, reference speed 6x (3); A1,
	 * which tells 4x to 10x and powers, and A2, as such discs have them. */
	if (disc_profile(disc)->number == DISCERN_PROFILE_CD_RW) {
		static const uint8_t a1[] = { 0x24, 0x1a, 0xd8 }, a2[] = { 0x26, 0xb2, 0x4a };

		data[4] = 0x80 | 3 << 4 | 3;
		data[6] = 0x80 | 0x40 | 1 << 3 | 0x04 | 0x02;
		memcpy(data + 16, a1, sizeof(a1));
		memcpy(data + 20, a2, sizeof(a2));
	}
	data[8] = LEAD_IN_MINUTE;
	data[9] = LEAD_IN_SECOND;
	put_msf(data + 12, (int32_t)disc_capacity(disc));
	return give_toc(call, data, sizeof(data));
}

static int read_toc(struct vdrive_call *call)
{
	bool as_msf = call->cdb[1] & 2;
	uint8_t format = call->cdb[2] & 0x0f;
	const struct disc *disc = call->drive->disc;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	/* Where SFF-8020 had the format, and old programs have it still. */
	if (format == 0)
		format = call->cdb[9] >> 6;
	switch (format) {
	case 0:
		return toc_tracks(call, disc, as_msf);
	case 1:
		return toc_sessions(call, disc, as_msf);
	case 2:
		return raw_toc(call, disc);
	case 3:
		return pma(call, disc);
	case 4:
		return atip(call, disc);
	case 5:
		return cd_text(call, disc);
	default:
		return vdrive_invalid_field(call, 2);
	}
}

const struct vdrive_opcode vdrive_opcodes_toc[] = {
	{ 0x43, 10, "READ TOC/PMA/ATIP", read_toc, false },
	{ 0 },
};
