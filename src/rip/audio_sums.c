/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_sums.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"

enum { SECTOR_SAMPLES = 588, SAMPLE_BYTES = 4 };

/* AccurateRip: five sectors; CTDB: ten, and a multiple of them is what its parity is made of. */
enum { ACCURATERIP_SKIP = 5 * SECTOR_SAMPLES, CTDB_SKIP = 10 * SECTOR_SAMPLES };

uint64_t audio_sums_ctdb_end(uint64_t n_samples)
{
	return CTDB_SKIP + n_samples % CTDB_SKIP;
}

/* Samples count from 1, and those that are left out count, too. */
static void add_accuraterip(struct audio_sums *sums, const uint8_t *samples, size_t size)
{
	const struct audio_sums_track *track = &sums->track;
	uint64_t first = track->is_first ? ACCURATERIP_SKIP : 1, last = track->n_samples, number = sums->n_done;

	if (track->is_last)
		last = last > ACCURATERIP_SKIP ? last - ACCURATERIP_SKIP : 0;
	for (size_t i = 0; i < size; i += SAMPLE_BYTES) {
		uint64_t product;

		if (++number < first || number > last)
			continue;
		product = number * get_le32(samples + i);
		sums->accuraterip_v1 += (uint32_t)product;
		sums->accuraterip_v2 += (uint32_t)product + (uint32_t)(product >> 32);
	}
}

/* The samples that CTDB has of these. */
static void add_ctdb(struct audio_sums *sums, const uint8_t *samples, size_t size, uint32_t *disc_crc)
{
	const struct audio_sums_track *track = &sums->track;
	uint64_t from = track->is_first ? CTDB_SKIP : 0, to = track->n_samples;
	uint64_t begin = sums->n_done, end = begin + size / SAMPLE_BYTES;

	if (track->is_last)
		to = to > track->n_left_out ? to - track->n_left_out : 0;
	from = from > begin ? from : begin;
	to = to < end ? to : end;
	if (from >= to)
		return;
	samples += (from - begin) * SAMPLE_BYTES;
	size = (size_t)(to - from) * SAMPLE_BYTES;
	sums->ctdb = crc32_add(sums->ctdb, samples, size);
	if (disc_crc != NULL)
		*disc_crc = crc32_add(*disc_crc, samples, size);
}

void audio_sums_add(struct audio_sums *sums, const uint8_t *samples, size_t size, uint32_t *disc_crc)
{
	sums->crc32 = crc32_add(sums->crc32, samples, size);
	add_accuraterip(sums, samples, size);
	add_ctdb(sums, samples, size, disc_crc);
	sums->n_done += size / SAMPLE_BYTES;
}

void accuraterip_id_make(const struct cd_layout *layout, uint32_t freedb, struct accuraterip_id *ret_id)
{
	uint32_t end = (uint32_t)layout->sessions[layout->n_sessions - 1].lead_out_lba;

	*ret_id = (struct accuraterip_id){ .freedb = freedb };
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		uint32_t lba = (uint32_t)layout->tracks[i].start_lba;

		if (layout->tracks[i].mode != CD_AUDIO)
			continue;
		ret_id->n_tracks++;
		ret_id->id1 += lba;
		ret_id->id2 += (lba > 0 ? lba : 1) * ret_id->n_tracks;
	}
	ret_id->id1 += end;
	ret_id->id2 += end * (ret_id->n_tracks + 1);
}

/* An entry: number of tracks, three names of the disc, and for each track a confidence and two sums. */
enum { ENTRY_HEAD = 13, ENTRY_TRACK = 9 };

static size_t entry_size(const uint8_t *entry)
{
	return ENTRY_HEAD + (size_t)entry[0] * ENTRY_TRACK;
}

/* The entry at this place; NULL at the end, and for what is no whole entry. */
static const uint8_t *entry_at(const struct accuraterip_file *file, size_t at)
{
	const uint8_t *entry = file->data + at;

	return at < file->size && entry[0] > 0 && entry_size(entry) <= file->size - at ? entry : NULL;
}

bool accuraterip_is_sound(const struct accuraterip_file *file)
{
	size_t at = 0;

	for (const uint8_t *entry; (entry = entry_at(file, at)) != NULL;)
		at += entry_size(entry);
	return at == file->size && at > 0;
}

bool accuraterip_find(const struct accuraterip_file *file, const struct accuraterip_id *id, unsigned place,
		      const struct audio_sums *sums, struct accuraterip_match *ret_match)
{
	bool is_known = false;
	size_t at = 0;

	memset(ret_match, 0, sizeof(*ret_match));
	for (const uint8_t *entry; (entry = entry_at(file, at)) != NULL; at += entry_size(entry)) {
		const uint8_t *track = entry + ENTRY_HEAD + (size_t)place * ENTRY_TRACK;
		uint32_t sum;

		if (entry[0] != id->n_tracks || place >= id->n_tracks || get_le32(entry + 1) != id->id1 ||
		    get_le32(entry + 5) != id->id2 || get_le32(entry + 9) != id->freedb)
			continue;
		is_known = true;
		sum = get_le32(track + 1);
		/* Sums of both versions stand in the same place, and 0 for none. */
		if (sum == 0)
			continue;
		if (sum == sums->accuraterip_v2)
			ret_match->confidence_v2 += track[0];
		else if (sum == sums->accuraterip_v1)
			ret_match->confidence_v1 += track[0];
	}
	return is_known;
}
