/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_cue_sheet.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "disc/msf.h"
#include "disc/sector.h"

/* One entry: control and ADR, track, index, data form, SCMS, then minute, second and frame (MMC-6 table 591). */
enum { ENTRY_BYTES = 8, ADR_PLACE = 1, ADR_CATALOGUE = 2, ADR_ISRC = 3, LEAD_IN = 0, LEAD_OUT = 0xaa };

/* Data forms; those that the drive makes have nothing sent for them. */
enum {
	FORM_AUDIO = 0x00,
	FORM_AUDIO_MADE = 0x01,
	FORM_MODE_1 = 0x10,
	FORM_MODE_1_MADE = 0x14,
	FORM_XA = 0x20,
	FORM_XA_MADE = 0x24,
	FORM_MODE_2 = 0x30,
	FORM_MODE_2_MADE = 0x34,
	FORM_WITH_RW = 0x40,
};

/* Least sectors of a track from index 1 on (MMC-6 6.32.3.6). */
enum { MIN_TRACK = 300 };

struct list {
	uint8_t *entries;
	size_t n;
};

struct cd_cue_form cd_cue_form_of(enum cd_track_mode mode, bool has_subchannel)
{
	struct cd_cue_form form = { FORM_AUDIO, SECTOR_RAW, 0, has_subchannel };

	switch (mode) {
	case CD_AUDIO:
		break;
	case CD_MODE_1:
		form = (struct cd_cue_form){ FORM_MODE_1, SECTOR_USER, SECTOR_USER_AT, has_subchannel };
		break;
	case CD_MODE_2:
		form = (struct cd_cue_form){ FORM_MODE_2, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, has_subchannel };
		break;
	case CD_MODE_2_XA:
	case CD_MODE_2_CDI:
		form = (struct cd_cue_form){ FORM_XA, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, has_subchannel };
		break;
	}
	if (has_subchannel)
		form.code |= FORM_WITH_RW;
	return form;
}

static uint8_t made_form(enum cd_track_mode mode)
{
	switch (mode) {
	case CD_AUDIO:
		return FORM_AUDIO_MADE;
	case CD_MODE_1:
		return FORM_MODE_1_MADE;
	case CD_MODE_2:
		return FORM_MODE_2_MADE;
	case CD_MODE_2_XA:
	case CD_MODE_2_CDI:
		break;
	}
	return FORM_XA_MADE;
}

int32_t cd_cue_begin_lba(const struct cd_layout *layout, unsigned session)
{
	return cd_layout_track(layout, layout->sessions[session - 1].first_track)->pregap_lba;
}

static int refuse(const struct cd_track *track, const char *why, struct discern_error *err)
{
	return discern_error_set(err, -EINVAL, "track %u %s", track->number, why);
}

static int check_track(const struct cd_track *track, int32_t next_lba, struct discern_error *err)
{
	if (track->end_lba != next_lba)
		return refuse(track, "does not end where the next one begins", err);
	if (track->end_lba - track->start_lba < MIN_TRACK) {
		refuse(track, "is shorter than four seconds, which no drive writes", err);
		return discern_error_hint(err, "put it together with the track before or behind it");
	}
	return 0;
}

int cd_cue_check(const struct cd_layout *layout, unsigned session, struct discern_error *err)
{
	const struct cd_session *wanted = &layout->sessions[session - 1];
	const struct cd_track *first = cd_layout_track(layout, wanted->first_track);
	int ret = 0;

	/* What is hidden before the first track of a disc makes its pause longer. */
	if (session == 1 ? first->pregap_lba != -CD_PREGAP : first->start_lba - first->pregap_lba != CD_PREGAP)
		return refuse(first, "does not begin with the pause of two seconds that a session begins with", err);
	for (unsigned number = wanted->first_track; number <= wanted->last_track && ret == 0; number++) {
		const struct cd_track *track = cd_layout_track(layout, number);
		const struct cd_track *next = number < wanted->last_track ? cd_layout_track(layout, number + 1) : NULL;

		ret = check_track(track, next != NULL ? next->pregap_lba : wanted->lead_out_lba, err);
	}
	return ret;
}

static uint8_t *add_entry(struct list *list, uint8_t control, uint8_t adr)
{
	uint8_t *entry = list->entries + list->n++ * ENTRY_BYTES;

	memset(entry, 0, ENTRY_BYTES);
	entry[0] = (uint8_t)(control << 4 | adr);
	return entry;
}

static void add_place(struct list *list, const struct cd_track *track, unsigned index, int32_t lba)
{
	uint8_t *entry = add_entry(list, track->control, ADR_PLACE);
	int32_t at = lba + MSF_LBA_0;

	entry[1] = (uint8_t)track->number;
	entry[2] = (uint8_t)index;
	entry[5] = (uint8_t)(at / MSF_MINUTE);
	entry[6] = (uint8_t)(at / MSF_SECOND % 60);
	entry[7] = (uint8_t)(at % MSF_SECOND);
}

static uint8_t *last_entry(const struct list *list)
{
	return list->entries + (list->n - 1) * ENTRY_BYTES;
}

/* Seven and six digits. */
static void add_catalogue(struct list *list, const char *mcn)
{
	memcpy(add_entry(list, 0, ADR_CATALOGUE) + 1, mcn, 7);
	memcpy(add_entry(list, 0, ADR_CATALOGUE) + 1, mcn + 7, 6);
}

static void add_isrc(struct list *list, const struct cd_track *track)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *entry = add_entry(list, track->control, ADR_ISRC);

		entry[1] = (uint8_t)track->number;
		memcpy(entry + 2, track->isrc + (size_t)i * 6, 6);
	}
}

static void add_track(struct list *list, const struct cd_track *track, bool has_pause, bool has_subchannel)
{
	const uint8_t code = cd_cue_form_of(track->mode, has_subchannel).code;
	size_t first;

	if (track->isrc[0] != '\0')
		add_isrc(list, track);
	first = list->n;
	if (has_pause)
		add_place(list, track, 0, track->pregap_lba);
	add_place(list, track, 1, track->start_lba);
	for (unsigned i = 0; i < track->n_indexes; i++)
		add_place(list, track, i + 2, track->indexes[i]);
	for (size_t i = first; i < list->n; i++)
		list->entries[i * ENTRY_BYTES + 3] = code;
}

size_t cd_cue_make(const struct cd_layout *layout, const struct cd_cue_options *options,
		   uint8_t ret_list[CD_CUE_SHEET_MAX])
{
	const struct cd_session *session = &layout->sessions[options->session - 1];
	const struct cd_track *first = cd_layout_track(layout, session->first_track);
	const struct cd_track *last = cd_layout_track(layout, session->last_track);
	struct list list = { .entries = ret_list };

	if (options->session == 1 && layout->mcn[0] != '\0')
		add_catalogue(&list, layout->mcn);
	add_entry(&list, first->control, ADR_PLACE)[3] =
		(uint8_t)(made_form(first->mode) | (options->has_text ? FORM_WITH_RW : 0));
	for (unsigned number = session->first_track; number <= session->last_track; number++) {
		const struct cd_track *track = cd_layout_track(layout, number);

		add_track(&list, track, track == first || track->pregap_lba < track->start_lba,
			  options->has_subchannel);
	}
	add_place(&list, last, 1, session->lead_out_lba);
	last_entry(&list)[1] = LEAD_OUT;
	last_entry(&list)[3] = made_form(last->mode);
	return list.n * ENTRY_BYTES;
}
