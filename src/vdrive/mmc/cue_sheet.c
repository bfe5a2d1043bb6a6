/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/cue_sheet.h"

#include <errno.h>
#include <string.h>

/* One entry: control and ADR, track, index, data form, SCMS, then minute, second and frame (MMC-6 table 591). */
enum {
	ENTRY_BYTES = 8,
	AT_CONTROL_ADR = 0,
	AT_TRACK = 1,
	AT_INDEX = 2,
	AT_FORM = 3,
	AT_SCMS = 4,
	AT_MSF = 5,
};

/* ADR: 1 is a place, 2 the catalogue number, 3 an ISRC; the texts of the latter two take two entries. */
enum { ADR_PLACE = 1, ADR_CATALOGUE = 2, ADR_ISRC = 3 };

enum { LEAD_IN = 0, LEAD_OUT = 0xaa, LEAD_OUT_INDEX = 1 };

/* SCMS byte: the track is a copy (MMC-6 6.32.3.9). */
enum { SCMS_COPY = 0x80 };

/* Least sectors of a track from index 1 on: four seconds (MMC-6 6.32.3.6). */
enum { MIN_TRACK = 300 };

enum place_state { BEFORE_LEAD_IN, BEFORE_TRACKS, IN_TRACKS, BEHIND_LEAD_OUT };

struct parser {
	struct cue_sheet *sheet;
	const struct cue_sheet_place *place;
	enum place_state state;
	/** Of the entry before. */
	unsigned index;
	int32_t lba;
	/** ISRC that waits for its track. */
	char isrc[CD_ISRC_LENGTH + 1];
	unsigned isrc_track;
	/** Byte of the entry that is wrong. */
	size_t wrong;
};

static bool refuse(struct parser *parser, size_t byte)
{
	parser->wrong = byte;
	return false;
}

static bool take_lba(struct parser *parser, const uint8_t *entry, int32_t *ret_lba)
{
	const uint8_t *msf = entry + AT_MSF;

	if (msf[0] > 99)
		return refuse(parser, AT_MSF);
	if (msf[1] > 59)
		return refuse(parser, AT_MSF + 1);
	if (msf[2] > 74)
		return refuse(parser, AT_MSF + 2);
	*ret_lba = (msf[0] * 60 + msf[1]) * 75 + msf[2] - CD_PREGAP;
	return true;
}

static struct cd_track *last_track(struct cue_sheet *sheet)
{
	return sheet->layout.n_tracks > 0 ? &sheet->layout.tracks[sheet->layout.n_tracks - 1] : NULL;
}

/* What the sectors of the lead-in hold the drive makes; the host may give sub-channels for them. */
static bool take_lead_in(struct parser *parser, const uint8_t *entry)
{
	struct cd_blocks blocks;
	int32_t lba;

	if (entry[AT_TRACK] != LEAD_IN)
		return refuse(parser, AT_TRACK);
	if (entry[AT_INDEX] != 0)
		return refuse(parser, AT_INDEX);
	/* What is in there is as it will lie on the disc. */
	if (!cd_blocks_by_form(entry[AT_FORM], &blocks) || blocks.sub == CD_SUB_PACKED)
		return refuse(parser, AT_FORM);
	if (!take_lba(parser, entry, &lba))
		return false;
	parser->sheet->has_lead_in_text = blocks.sub != CD_SUB_NONE;
	parser->state = BEFORE_TRACKS;
	return true;
}

/* Four channels and pre-emphasis are of audio alone; the drive makes no data of audio. */
static bool check_control(struct parser *parser, const uint8_t *entry, const struct cd_blocks *blocks)
{
	uint8_t control = entry[AT_CONTROL_ADR] >> 4;
	bool is_audio = blocks->form == SECTOR_AUDIO;

	if (is_audio == ((control & CD_CONTROL_DATA) != 0))
		return refuse(parser, AT_CONTROL_ADR);
	if (!is_audio && control & (CD_CONTROL_PRE_EMPHASIS | CD_CONTROL_FOUR_CHANNEL))
		return refuse(parser, AT_CONTROL_ADR);
	if (entry[AT_SCMS] != 0 && (entry[AT_SCMS] != SCMS_COPY || !is_audio))
		return refuse(parser, AT_SCMS);
	return true;
}

static bool begin_track(struct parser *parser, const uint8_t *entry, int32_t lba)
{
	struct cd_layout *layout = &parser->sheet->layout;
	struct cd_track *track = &layout->tracks[layout->n_tracks];
	bool is_first = layout->n_tracks == 0;

	if (entry[AT_TRACK] != parser->place->first_track + layout->n_tracks || entry[AT_TRACK] > CD_MAX_TRACKS)
		return refuse(parser, AT_TRACK);
	/* Only the session's first track must begin with a pause, and that where the lead-in ends. */
	if (entry[AT_INDEX] > 1 || (is_first && entry[AT_INDEX] != 0))
		return refuse(parser, AT_INDEX);
	if (is_first && lba != parser->place->start_lba - CD_PREGAP)
		return refuse(parser, AT_MSF);
	*track = (struct cd_track){
		.number = entry[AT_TRACK],
		.session = 1,
		.control = entry[AT_CONTROL_ADR] >> 4,
		.pregap_lba = lba,
		.start_lba = lba,
	};
	if (parser->isrc_track == track->number)
		memcpy(track->isrc, parser->isrc, sizeof(track->isrc));
	layout->n_tracks++;
	if (is_first)
		parser->sheet->begin_lba = lba;
	return true;
}

static bool take_index(struct parser *parser, const uint8_t *entry, int32_t lba)
{
	struct cd_track *track = last_track(parser->sheet);

	if (entry[AT_INDEX] != parser->index + 1 || entry[AT_INDEX] > CD_MAX_INDEXES)
		return refuse(parser, AT_INDEX);
	if (entry[AT_CONTROL_ADR] >> 4 != track->control)
		return refuse(parser, AT_CONTROL_ADR);
	if (entry[AT_INDEX] == 1)
		track->start_lba = lba;
	else
		track->indexes[track->n_indexes++] = lba;
	return true;
}

/* A track that ends at lba has index 1, and enough behind it. */
static bool end_track(struct parser *parser, int32_t lba)
{
	struct cd_track *track = last_track(parser->sheet);

	if (track == NULL)
		return refuse(parser, AT_TRACK);
	if (parser->index == 0)
		return refuse(parser, AT_INDEX);
	if (lba - track->start_lba < MIN_TRACK)
		return refuse(parser, AT_MSF);
	track->end_lba = lba;
	return true;
}

/* The mode of a track is that of all its entries. */
static bool take_mode(struct parser *parser, const struct cd_blocks *blocks, bool is_new)
{
	struct cd_track *track = last_track(parser->sheet);
	enum cd_track_mode mode = cd_blocks_mode(blocks);

	if (mode == CD_MODE_2_XA && parser->place->type == CD_TYPE_CDI)
		mode = CD_MODE_2_CDI;
	if (!is_new && track->mode != mode)
		return refuse(parser, AT_FORM);
	track->mode = mode;
	return true;
}

static bool take_track(struct parser *parser, const uint8_t *entry, const struct cd_blocks *blocks)
{
	struct cue_sheet *sheet = parser->sheet;
	struct cd_track *track = last_track(sheet);
	bool is_new = track == NULL || entry[AT_TRACK] != track->number;
	int32_t lba;

	if (!take_lba(parser, entry, &lba) || !check_control(parser, entry, blocks))
		return false;
	/* A pause may be empty, no other index can. */
	if (track != NULL && (lba < parser->lba || (!is_new && entry[AT_INDEX] > 1 && lba == parser->lba)))
		return refuse(parser, AT_MSF);
	if (is_new && track != NULL && !end_track(parser, lba))
		return false;
	if (!(is_new ? begin_track(parser, entry, lba) : take_index(parser, entry, lba)))
		return false;
	if (!take_mode(parser, blocks, is_new))
		return false;
	parser->index = entry[AT_INDEX];
	parser->lba = lba;
	parser->state = IN_TRACKS;
	sheet->extents[sheet->n_extents++] = (struct cue_extent){ .lba = lba, .blocks = *blocks };
	return true;
}

static bool take_lead_out(struct parser *parser, const uint8_t *entry)
{
	int32_t lba;

	if (entry[AT_INDEX] != LEAD_OUT_INDEX)
		return refuse(parser, AT_INDEX);
	if (!take_lba(parser, entry, &lba))
		return false;
	if (lba <= parser->lba)
		return refuse(parser, AT_MSF);
	if (!end_track(parser, lba))
		return false;
	parser->sheet->end_lba = lba;
	parser->state = BEHIND_LEAD_OUT;
	return true;
}

/* Takes one entry with ADR 1. */
static bool take_place(struct parser *parser, const uint8_t *entry)
{
	struct cd_blocks blocks;

	switch (parser->state) {
	case BEFORE_LEAD_IN:
		return take_lead_in(parser, entry);
	case BEFORE_TRACKS:
	case IN_TRACKS:
		if (!cd_blocks_by_form(entry[AT_FORM], &blocks))
			return refuse(parser, AT_FORM);
		return entry[AT_TRACK] == LEAD_OUT ? take_lead_out(parser, entry) : take_track(parser, entry, &blocks);
	case BEHIND_LEAD_OUT:
		break;
	}
	return refuse(parser, AT_CONTROL_ADR);
}

/* Seven and six digits; before all else (MMC-6 6.32.3.4). */
static bool take_catalogue(struct parser *parser, const uint8_t *entry)
{
	char *mcn = parser->sheet->layout.mcn;

	if (parser->state != BEFORE_LEAD_IN)
		return refuse(parser, AT_CONTROL_ADR);
	memcpy(mcn, entry + 1, 7);
	memcpy(mcn + 7, entry + ENTRY_BYTES + 1, 6);
	mcn[CD_MCN_LENGTH] = '\0';
	return cd_mcn_is_sound(mcn) || refuse(parser, 1);
}

/* Twice six characters; before the track that they are of. */
static bool take_isrc(struct parser *parser, const uint8_t *entry)
{
	unsigned next = parser->place->first_track + parser->sheet->layout.n_tracks;

	if (parser->state != BEFORE_TRACKS && parser->state != IN_TRACKS)
		return refuse(parser, AT_CONTROL_ADR);
	if (entry[AT_TRACK] != next)
		return refuse(parser, AT_TRACK);
	if (entry[ENTRY_BYTES + AT_TRACK] != next)
		return refuse(parser, ENTRY_BYTES + AT_TRACK);
	memcpy(parser->isrc, entry + 2, 6);
	memcpy(parser->isrc + 6, entry + ENTRY_BYTES + 2, 6);
	parser->isrc[CD_ISRC_LENGTH] = '\0';
	parser->isrc_track = next;
	return cd_isrc_is_sound(parser->isrc) || refuse(parser, 2);
}

/* Takes what begins at an entry; how many entries that is, 0 if it is wrong. */
static size_t take_entries(struct parser *parser, const uint8_t *entry, size_t n_left)
{
	uint8_t adr = entry[AT_CONTROL_ADR] & 0x0f;
	bool is_taken;

	if (adr == ADR_PLACE)
		return take_place(parser, entry) ? 1 : 0;
	if (adr != ADR_CATALOGUE && adr != ADR_ISRC)
		return refuse(parser, AT_CONTROL_ADR);
	/* The second half of the text follows under the same ADR. */
	if (n_left < 2 || (entry[ENTRY_BYTES + AT_CONTROL_ADR] & 0x0f) != adr)
		return refuse(parser, ENTRY_BYTES);
	is_taken = adr == ADR_ISRC ? take_isrc(parser, entry) : take_catalogue(parser, entry);
	return is_taken ? 2 : 0;
}

int cue_sheet_parse(const uint8_t *data, size_t size, const struct cue_sheet_place *place, struct cue_sheet *ret_sheet,
		    size_t *ret_byte)
{
	struct parser parser = { .sheet = ret_sheet, .place = place };
	size_t n_entries = size / ENTRY_BYTES, n;
	struct cd_layout *layout = &ret_sheet->layout;

	memset(ret_sheet, 0, sizeof(*ret_sheet));
	*ret_byte = size;
	if (size % ENTRY_BYTES != 0 || size > CUE_SHEET_MAX_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < n_entries; i += n) {
		n = take_entries(&parser, data + i * ENTRY_BYTES, n_entries - i);
		if (n == 0) {
			*ret_byte = i * ENTRY_BYTES + parser.wrong;
			return -EINVAL;
		}
	}
	if (parser.state != BEHIND_LEAD_OUT)
		return -EINVAL;
	layout->n_sessions = 1;
	layout->sessions[0] = (struct cd_session){
		.first_track = layout->tracks[0].number,
		.last_track = layout->tracks[layout->n_tracks - 1].number,
		.lead_out_lba = ret_sheet->end_lba,
		.type = place->type,
	};
	return 0;
}

const struct cd_blocks *cue_sheet_blocks(const struct cue_sheet *sheet, int32_t lba, uint32_t *ret_n_sectors)
{
	size_t i = sheet->n_extents;
	int32_t end = sheet->end_lba;

	while (i > 1 && sheet->extents[i - 1].lba > lba) {
		end = sheet->extents[i - 1].lba;
		i--;
	}
	*ret_n_sectors = (uint32_t)(end - lba);
	return &sheet->extents[i - 1].blocks;
}
