/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/cd_reader.h"

#include <errno.h>
#include <string.h>

#include "vdrive/damage.h"
#include "vdrive/drive_faults.h"
#include "vdrive/mmc/lead_in.h"
#include "vdrive/random.h"
#include "vdrive/timing.h"

/* Of 16 bits each, two of which are a sample. */
enum { SAMPLE_BYTES = 4, N_WORDS = SECTOR_RAW / 2 };

/* A burst that CIRC cannot correct leaves wrong words all over a sector, as it interleaves over 109 frames of 24
 * bytes (IEC 60908 16): at least so many, and so many more. */
enum { LEAST_WRONG_WORDS = 8, MORE_WRONG_WORDS = 240 };

/* Step between wrong bytes of a rule: with no common divisor with a sector's bytes it comes by all of them. */
enum { WRONG_STEP = 605 };

/* Mode page 01h byte 2 (MMC-6 7.3.4). */
enum { RECOVERY_DCR = 0x01 };

const struct cd_track *cd_track_before(const struct cd_layout *layout, int32_t lba)
{
	unsigned i = 0;

	if (layout->n_tracks == 0)
		return NULL;
	while (i + 1 < layout->n_tracks && layout->tracks[i + 1].pregap_lba <= lba)
		i++;
	return &layout->tracks[i];
}

bool cd_is_lead_out(const struct disc *disc, int32_t lba)
{
	const struct cd_layout *layout = disc_cd_layout(disc);

	for (unsigned i = 1; i <= layout->n_sessions && i <= disc_n_sessions(disc); i++) {
		const struct cd_track *next = cd_layout_track(layout, layout->sessions[i - 1].last_track + 1);

		if (disc_session(disc, i)->status == DISC_SESSION_COMPLETE &&
		    lba >= layout->sessions[i - 1].lead_out_lba && (next == NULL || lba < next->pregap_lba))
			return true;
	}
	return false;
}

static void put_wrong(struct cd_sector *sector, size_t at, uint8_t value)
{
	if (sector->data[at] == value)
		return;
	sector->data[at] = value;
	sector->c2[at / 8] |= (uint8_t)(0x80 >> at % 8);
	sector->has_errors = true;
}

static int get_word(const uint8_t *data, unsigned word)
{
	return (int16_t)(data[2 * word] | data[2 * word + 1] << 8);
}

/* The mean of the words of the same channel before and behind. */
static uint16_t interpolate(const uint8_t *data, unsigned word)
{
	int before = get_word(data, word >= 2 ? word - 2 : word + 2);
	int behind = get_word(data, word + 2 < N_WORDS ? word + 2 : word - 2);

	return (uint16_t)((before + behind) / 2);
}

/* Wrong words, of which some are concealed, or all. */
static void spoil_words(struct cd_sector *sector, uint64_t random, bool conceals)
{
	uint64_t state = random;
	unsigned n = LEAST_WRONG_WORDS + (unsigned)(random_next(&state) % MORE_WRONG_WORDS);
	uint8_t good[SECTOR_RAW];

	memcpy(good, sector->data, sizeof(good));
	for (unsigned i = 0; i < n; i++) {
		uint64_t number = random_next(&state);
		unsigned word = (unsigned)(number % N_WORDS);
		uint16_t value = (uint16_t)(number >> 40);

		/* Two bits for its bytes: it was drawn before. */
		if (sector->c2[word / 4] & 0xc0 >> word % 4 * 2)
			continue;
		if (conceals || (sector->is_audio && number >> 32 & 1))
			value = interpolate(good, word);
		put_wrong(sector, 2 * (size_t)word, (uint8_t)value);
		put_wrong(sector, 2 * (size_t)word + 1, (uint8_t)(value >> 8));
	}
}

/* As many wrong bytes as a rule says. */
static void spoil_bytes(struct cd_sector *sector, uint64_t random, uint32_t n_bytes)
{
	size_t at = (size_t)(random % SECTOR_RAW);

	for (uint32_t i = 0; i < n_bytes; i++) {
		random = random_of(random, i);
		put_wrong(sector, at, (uint8_t)(sector->data[at] ^ (1 + random % 255)));
		at = (at + WRONG_STEP) % SECTOR_RAW;
	}
}

/* What marks and rules do to the sector. */
static void damage_sector(struct cd_reader *reader, struct cd_sector *sector)
{
	struct vdrive *drive = reader->drive;
	const struct vdrive_reading *reading = &drive->reading;
	const struct damage_try wanted = { sector->lba, 1, vdrive_read_percent(drive), drive->recovery_page[3] };
	struct damage_result result;

	if (damage_try_one(drive->damage, &wanted, reading->is_cached, &result)) {
		spoil_words(sector, result.random, reader->conceals && sector->is_audio);
		sector->is_uncorrectable = !sector->is_audio;
	}
	/* Sound is not read again: who plays it cannot wait. */
	if (!sector->is_audio)
		timing_note_retries(drive, &result);
	if (reading->n_wrong_bytes > 0 && sector->lba >= reading->first_lba && sector->lba <= reading->last_lba)
		spoil_bytes(sector, random_of(reading->random, (uint64_t)sector->lba), reading->n_wrong_bytes);
}

/* Mends what the disc or a rule has made wrong, but for what a mark makes unreadable. Sync and header, as head has
 * them, a drive knows from those before. */
static void correct_sector(struct cd_reader *reader, struct cd_sector *sector, const uint8_t head[SECTOR_USER_AT])
{
	if (sector->is_uncorrectable)
		return;
	/* Without layered correction only CIRC tells that something is wrong. */
	if (reader->drive->recovery_page[2] & RECOVERY_DCR) {
		sector->is_uncorrectable = sector->has_errors;
		return;
	}
	if (!sector->has_errors && disc_is_plain(reader->drive->disc, sector->lba, 1))
		return;
	memcpy(sector->data, head, SECTOR_USER_AT);
	if (sector_find_form(sector->data) != sector->form)
		sector->is_uncorrectable = true;
	else if (!sector_is_sound(sector->data))
		sector->is_uncorrectable = sector_correct(sector->data, sector->has_errors ? sector->c2 : NULL) < 0;
}

static void load(struct cd_reader *reader, int32_t lba, struct cd_sector *sector)
{
	struct disc *disc = reader->drive->disc;
	const struct cd_track *track = cd_track_before(disc_cd_layout(disc), lba);
	enum vdrive_overread overread = reader->drive->overread;
	bool may_read = track != NULL && (overread & VDRIVE_OVERREAD_LEAD_OUT || !cd_is_lead_out(disc, lba)) &&
			(overread & VDRIVE_OVERREAD_LEAD_IN || lba >= -CD_PREGAP);

	sector->lba = lba;
	sector->ret = -ENXIO;
	sector->is_audio = sector->has_errors = sector->is_uncorrectable = false;
	memset(sector->c2, 0, sizeof(sector->c2));
	if (!may_read)
		return;
	sector->is_audio = track->mode == CD_AUDIO;
	if (lba < -CD_PREGAP)
		sector->ret = lead_in_read(disc, lba, sector);
	else
		sector->ret =
			disc_read_raw(disc, lba, sector->data, reader->needs_subchannel ? sector->subchannel : NULL);
}

/* A data sector as good as it gets. */
static void finish_data(struct cd_reader *reader, struct cd_sector *sector)
{
	uint8_t head[SECTOR_USER_AT];

	memcpy(head, sector->data, sizeof(head));
	sector->form = sector_find_form(sector->data);
	if (!reader->ignores_damage)
		damage_sector(reader, sector);
	/* Without sync and mode in a data track there is nothing to be corrected. */
	if (sector->form == SECTOR_AUDIO)
		sector->is_uncorrectable = true;
	correct_sector(reader, sector, head);
}

/* ECMA-130 annex B: all but the sync is combined with the output of a shift register, x^15 + x + 1 from 1 on. */
static void scramble(uint8_t data[SECTOR_RAW])
{
	unsigned bits = 1;

	for (size_t i = SECTOR_HEADER_AT; i < SECTOR_RAW; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			data[i] ^= (uint8_t)((bits & 1) << bit);
			bits = bits >> 1 | ((bits ^ bits >> 1) & 1) << 14;
		}
}

/* A sector as samples: damaged, and scrambled if it is one of data. */
static const struct cd_sector *get_part(struct cd_reader *reader, int32_t lba)
{
	unsigned slot = (unsigned)lba & 1;
	struct cd_sector *part = &reader->parts[slot];

	if (reader->has_part[slot] && part->lba == lba)
		return part;
	reader->has_part[slot] = true;
	load(reader, lba, part);
	if (part->ret < 0)
		return part;
	if (!part->is_audio)
		scramble(part->data);
	part->is_audio = true;
	damage_sector(reader, part);
	return part;
}

/* Bits of C2 pointers from one sector to another. */
static void copy_errors(const struct cd_sector *part, size_t from, struct cd_sector *sector, size_t to, size_t n)
{
	for (size_t i = 0; i < n; i++, from++, to++)
		if (part->c2[from / 8] & 0x80 >> from % 8) {
			sector->c2[to / 8] |= (uint8_t)(0x80 >> to % 8);
			sector->has_errors = true;
		}
}

/* Puts sound together from the sectors that it lies in; what cannot be read of them is silence. */
static void shift_audio(struct cd_reader *reader, struct cd_sector *sector)
{
	const struct vdrive *drive = reader->drive;
	int64_t shift = (int64_t)drive->read_offset_samples + drive->reading.jitter_samples;
	int64_t begin = (int64_t)sector->lba * SECTOR_RAW - shift * SAMPLE_BYTES;

	for (size_t done = 0; done < SECTOR_RAW;) {
		int64_t at = begin + (int64_t)done;
		int32_t lba = (int32_t)((at >= 0 ? at : at - SECTOR_RAW + 1) / SECTOR_RAW);
		size_t from = (size_t)(at - (int64_t)lba * SECTOR_RAW);
		size_t n = SECTOR_RAW - (from > done ? from : done);
		const struct cd_sector *part = get_part(reader, lba);

		if (part->ret == 0)
			memcpy(sector->data + done, part->data + from, n);
		else
			memset(sector->data + done, 0, n);
		if (part->ret == 0 && part->has_errors)
			copy_errors(part, from, sector, done, n);
		done += n;
	}
}

void cd_reader_read(struct cd_reader *reader, int32_t lba, struct cd_sector *ret_sector)
{
	load(reader, lba, ret_sector);
	if (ret_sector->ret < 0)
		return;
	if (!ret_sector->is_audio) {
		finish_data(reader, ret_sector);
		return;
	}
	ret_sector->form = SECTOR_AUDIO;
	if (!reader->ignores_damage)
		shift_audio(reader, ret_sector);
}
