/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/raw_disc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "drive/cd_details.h"
#include "drive/cd_toc.h"

static bool is_loss(int code)
{
	return code == -EIO || code == -ENXIO;
}

/* The lead-in tells Mode 1 from XA by the kind of the session only; each track says itself what it is. */
static int find_mode(struct cd_whole *whole, struct cd_track *track, struct discern_error *err)
{
	enum { PROBES = 20 };
	uint8_t sector[SECTOR_RAW];
	enum cd_whole_state state;
	enum sector_form form = SECTOR_AUDIO;

	for (int32_t lba = track->start_lba; lba < track->end_lba && lba < track->start_lba + PROBES; lba++) {
		const struct discern_range range = { lba, 1 };
		int ret = cd_whole_read(whole, &range, sector, &state, err);

		if (ret < 0 && !is_loss(ret))
			return ret;
		form = ret == 0 ? sector_find_form(sector) : SECTOR_AUDIO;
		if (form != SECTOR_AUDIO && form != SECTOR_MODE_0)
			break;
	}
	if (form == SECTOR_MODE_1)
		track->mode = CD_MODE_1;
	else if (form == SECTOR_MODE_2 && track->mode == CD_MODE_1)
		track->mode = CD_MODE_2;
	else if (form >= SECTOR_MODE_2_FORM_1 && track->mode == CD_MODE_1)
		track->mode = CD_MODE_2_XA;
	return 0;
}

/* Other sessions begin with a pause as well, which no lead-in tells of (MMC-6 4.2.3.6). */
static void add_pauses(struct cd_layout *layout)
{
	for (unsigned i = 1; i < layout->n_tracks; i++) {
		struct cd_track *track = &layout->tracks[i];

		if (!cd_dump_begins_session(layout, i))
			continue;
		track->pregap_lba = track->start_lba - CD_PREGAP;
		if (track->pregap_lba < track[-1].end_lba)
			track->pregap_lba = track[-1].end_lba;
	}
}

static void find_areas(struct raw_disc *disc)
{
	const struct cd_layout *layout = &disc->layout;

	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const struct cd_track *track = &layout->tracks[i];
		struct raw_area *last = disc->n_areas > 0 ? &disc->areas[disc->n_areas - 1] : NULL;
		struct raw_area area = { .range = { cd_dump_begin(layout, i), 0 },
					 .index = cd_dump_index(layout, i),
					 .is_audio = track->mode == CD_AUDIO };

		area.range.n_sectors = (uint32_t)(track->end_lba - area.range.lba);
		if (last != NULL && last->is_audio == area.is_audio && !cd_dump_begins_session(layout, i))
			last->range.n_sectors += area.range.n_sectors;
		else
			disc->areas[disc->n_areas++] = area;
	}
	disc->n_sectors = cd_dump_index(layout, layout->n_tracks);
}

static void copy_text(char *ret, size_t size, const char *text)
{
	size_t n = strlen(text);

	/* Not in the middle of a character. */
	if (n >= size)
		for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(ret, text, n);
	ret[n] = '\0';
}

static void find_title(struct raw_disc *disc)
{
	const struct cd_text_block *block = disc->text.n_blocks > 0 ? &disc->text.blocks[0] : NULL;
	const char *title = block != NULL ? block->texts[CD_TEXT_TITLE][0] : NULL;
	const char *performer = block != NULL ? block->texts[CD_TEXT_PERFORMER][0] : NULL;
	char both[2 * DISCERN_RAW_TEXT];

	if (title == NULL || *title == '\0')
		return;
	if (performer != NULL && *performer != '\0')
		snprintf(both, sizeof(both), "%s - %s", performer, title);
	else
		snprintf(both, sizeof(both), "%s", title);
	copy_text(disc->title, sizeof(disc->title), both);
}

/* The label of the first volume (ECMA-119 8.4). */
static int find_label(struct cd_whole *whole, struct raw_disc *disc, struct discern_error *err)
{
	enum { DESCRIPTOR = 16, LABEL_AT = 40, LABEL_BYTES = 32 };

	for (unsigned i = 0; i < disc->layout.n_tracks && disc->title[0] == '\0'; i++) {
		const struct cd_track *track = &disc->layout.tracks[i];
		const struct discern_range range = { track->start_lba + DESCRIPTOR, 1 };
		enum cd_whole_state state = CD_WHOLE_LOST;
		uint8_t sector[SECTOR_RAW];
		const uint8_t *user;
		int ret = 0;

		if (track->mode == CD_AUDIO || range.lba >= track->end_lba)
			continue;
		ret = cd_whole_read(whole, &range, sector, &state, err);
		if (ret < 0 && !is_loss(ret))
			return ret;
		user = sector + sector_user_at(sector_find_form(sector));
		if (ret == 0 && state == CD_WHOLE_PROVEN && memcmp(user, "\1CD001", 6) == 0)
			text_from_field(user + LABEL_AT, LABEL_BYTES, disc->title);
	}
	return 0;
}

/* A digest of what lies where: of index 1 of the tracks, or of their pauses. */
static int digest(const struct cd_layout *layout, bool of_pauses, char ret_hex[HASH_HEX_SIZE],
		  struct discern_error *err)
{
	struct hash *hash;
	int ret = hash_new(HASH_SHA1, &hash, err);

	if (ret < 0)
		return ret;
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const struct cd_track *track = &layout->tracks[i];
		char line[64];
		int n = snprintf(line, sizeof(line), "%u %u %d %" PRId32 " %" PRId32 "\n", track->session,
				 track->number, track->mode == CD_AUDIO,
				 of_pauses ? track->pregap_lba : track->start_lba,
				 layout->sessions[track->session - 1].lead_out_lba);

		hash_update(hash, line, (size_t)n);
	}
	hash_finish(hash, ret_hex);
	hash_free(hash);
	return 0;
}

/* Two discs with the same tracks to the sector are copies, as a rule. */
static int make_identity(struct raw_disc *disc, struct discern_error *err)
{
	char tracks[HASH_HEX_SIZE], pauses[HASH_HEX_SIZE];
	int ret = digest(&disc->layout, false, tracks, err);

	if (ret == 0)
		ret = digest(&disc->layout, true, pauses, err);
	if (ret < 0)
		return ret;
	snprintf(disc->identity, sizeof(disc->identity), "%.40s", tracks);
	snprintf(disc->pauses, sizeof(disc->pauses), "%.16s", pauses);
	return 0;
}

static int read_lead_ins(struct discern_drive *drive, struct raw_disc *disc, struct discern_error *err)
{
	size_t n_bad = 0;
	int ret = cd_toc_read(drive, &disc->layout, err);

	if (ret == 0)
		ret = cd_toc_read_entries(drive, &disc->entries, &disc->n_entries, err);
	if (ret == 0)
		ret = cd_toc_read_text(drive, &disc->packs, &disc->n_packs, err);
	if (ret == 0 && disc->n_packs > 0)
		cd_text_decode(disc->packs, disc->n_packs, &disc->text, &n_bad, NULL);
	return ret;
}

int raw_disc_read(struct discern_drive *drive, struct cd_whole *whole, const struct raw_asker *asker,
		  struct raw_disc *ret_disc, struct discern_error *err)
{
	struct cd_layout *layout = &ret_disc->layout;
	int ret;

	memset(ret_disc, 0, sizeof(*ret_disc));
	ret = read_lead_ins(drive, ret_disc, err);
	if (ret < 0)
		return ret;
	add_pauses(layout);
	ret = cd_details_read(drive, layout, CD_DETAILS_OF_ALL, asker->is_cancelled, asker->user);
	if (ret < 0)
		return discern_error_set(err, ret, ret == -ECANCELED ? "stopped" : "out of memory");
	for (unsigned i = 0; ret == 0 && i < layout->n_tracks; i++)
		if (layout->tracks[i].mode != CD_AUDIO)
			ret = find_mode(whole, &layout->tracks[i], err);
	if (ret == 0)
		ret = make_identity(ret_disc, err);
	if (ret < 0)
		return ret;
	find_areas(ret_disc);
	find_title(ret_disc);
	return find_label(whole, ret_disc, err);
}

void raw_disc_clear(struct raw_disc *disc)
{
	cd_text_clear(&disc->text);
	free(disc->packs);
	free(disc->entries);
	disc->packs = disc->entries = NULL;
}

const struct raw_area *raw_disc_area(const struct raw_disc *disc, uint32_t index)
{
	size_t i = disc->n_areas - 1;

	while (i > 0 && index < disc->areas[i].index)
		i--;
	return &disc->areas[i];
}

int32_t raw_disc_lba(const struct raw_disc *disc, uint32_t index)
{
	const struct raw_area *area = raw_disc_area(disc, index);

	return area->range.lba + (int32_t)(index - area->index);
}

unsigned raw_disc_track(const struct raw_disc *disc, uint32_t index)
{
	unsigned i = disc->layout.n_tracks - 1;

	while (i > 0 && index < cd_dump_index(&disc->layout, i))
		i--;
	return i;
}
