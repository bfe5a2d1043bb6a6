/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CD proven without its image: by a digest of each track, and of a place of its sound that tells where samples lie. */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "disc/cd.h"

enum { MAX_TRIES = 3, PROBE_BYTES = CD_VERIFY_PROBE_SECTORS * SECTOR_RAW, SUBHEADER_BYTES = 8 };

static int hash_of(const void *data, size_t size, char ret_hex[65], struct discern_error *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash *hash;
	int ret = hash_new(HASH_SHA256, &hash, err);

	if (ret < 0)
		return ret;
	hash_update(hash, data, size);
	hash_finish(hash, hex);
	memcpy(ret_hex, hex, 65);
	hash_free(hash);
	return 0;
}

/* What disc and image have alike: samples; of data sectors user data and subheader. */
static void add_sector(struct hash *hash, bool is_audio, const uint8_t sector[SECTOR_RAW])
{
	enum sector_form form = is_audio ? 0 : sector_find_form(sector);
	size_t at = is_audio ? 0 : sector_user_at(form);

	if (is_audio) {
		hash_update(hash, sector, SECTOR_RAW);
		return;
	}
	if (at == SECTOR_XA_USER_AT)
		hash_update(hash, sector + SECTOR_SUBHEADER_AT, SUBHEADER_BYTES);
	hash_update(hash, sector + at, sector_user_bytes(form));
}

/* ---- of an image ---- */

/* Where a track's sectors begin that are compared: its pause belongs to it, unless a session begins there. */
static int32_t begin_of(const struct cd_layout *layout, unsigned i)
{
	const struct cd_track *track = &layout->tracks[i];
	struct discern_range run;

	if (track->mode != CD_AUDIO)
		return track->start_lba;
	return cd_verify_run_at(layout, i, &run) ? run.lba : track->pregap_lba;
}

static int tell_unreadable(const struct discern_cd *cd, int32_t lba, struct discern_error *err)
{
	discern_error_set(err, -EIO, "%s: sector %d of the image cannot be read", discern_cd_path(cd), lba);
	return discern_error_hint(err, "nothing was written: look at the files of the image, and where they lie");
}

/* Of the cheaper places whose sound is found nowhere else by chance, the first. */
static int find_sound(struct discern_cd *cd, const struct discern_cd_sum *sum, struct discern_cd_digest *digest,
		      struct discern_error *err)
{
	enum { STEP = 75 };
	uint8_t sound[PROBE_BYTES];
	int32_t end = sum->lba + (int32_t)sum->n_sectors - CD_VERIFY_PROBE_MARGIN - CD_VERIFY_PROBE_SECTORS;

	for (int32_t lba = sum->lba + CD_VERIFY_PROBE_MARGIN; lba < end; lba += STEP) {
		for (int32_t i = 0; i < CD_VERIFY_PROBE_SECTORS; i++)
			if (cd_image_read(cd_image_of(cd), lba + i, sound + (size_t)i * SECTOR_RAW, NULL) < 0)
				return tell_unreadable(cd, lba + i, err);
		if (!cd_verify_is_telling(sound, sizeof(sound)))
			continue;
		digest->has_sound = true;
		digest->sound_lba = lba;
		return hash_of(sound, sizeof(sound), digest->sound_sha256, err);
	}
	return 0;
}

/* An image while it is read for its digest. */
struct digesting {
	struct discern_cd *cd;
	const struct discern_observer *observer;
	struct observe_samples recent;
	uint32_t n_done, n_sectors;
};

static int tell(struct digesting *digesting, struct discern_error *err)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_CHECK,
		.done_bytes = (uint64_t)digesting->n_done * SECTOR_RAW,
		.total_bytes = (uint64_t)digesting->n_sectors * SECTOR_RAW,
		.speed_1x_kbps = CD_VERIFY_1X_KBPS,
	};

	if (observe_bytes(digesting->observer, &digesting->recent, &progress) == 0)
		return 0;
	return discern_error_set(err, -ECANCELED, "stopped before anything was written");
}

static int sum_track(struct digesting *digesting, struct discern_cd_sum *sum, struct discern_error *err)
{
	enum { TELL_EVERY = 750 };
	uint8_t sector[SECTOR_RAW];
	char hex[HASH_HEX_SIZE];
	struct hash *hash;
	int ret = hash_new(HASH_SHA256, &hash, err);

	for (uint32_t i = 0; i < sum->n_sectors && ret == 0; i++) {
		if (digesting->n_done++ % TELL_EVERY == 0)
			ret = tell(digesting, err);
		if (ret == 0 && cd_image_read(cd_image_of(digesting->cd), sum->lba + (int32_t)i, sector, NULL) < 0)
			ret = tell_unreadable(digesting->cd, sum->lba + (int32_t)i, err);
		if (ret == 0)
			add_sector(hash, sum->is_audio, sector);
	}
	if (ret == 0) {
		hash_finish(hash, hex);
		memcpy(sum->sha256, hex, sizeof(sum->sha256));
	}
	hash_free(hash);
	return ret;
}

static void place_sums(const struct cd_layout *layout, struct discern_cd_digest *digest, uint32_t *ret_n_sectors)
{
	*ret_n_sectors = 0;
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		struct discern_cd_sum *sum = &digest->tracks[digest->n_tracks++];

		sum->number = layout->tracks[i].number;
		sum->is_audio = layout->tracks[i].mode == CD_AUDIO;
		sum->start_lba = layout->tracks[i].start_lba;
		sum->lba = begin_of(layout, i);
		sum->n_sectors = (uint32_t)(layout->tracks[i].end_lba - sum->lba);
		*ret_n_sectors += sum->n_sectors;
	}
}

int discern_cd_digest(struct discern_cd *cd, const struct discern_observer *observer,
		      struct discern_cd_digest *ret_digest, struct discern_error *err)
{
	struct digesting digesting = { .cd = cd, .observer = observer };
	int ret = 0;

	discern_error_clear(err);
	memset(ret_digest, 0, sizeof(*ret_digest));
	place_sums(cd_layout_of(cd), ret_digest, &digesting.n_sectors);
	for (unsigned i = 0; i < ret_digest->n_tracks && ret == 0; i++) {
		ret = sum_track(&digesting, &ret_digest->tracks[i], err);
		if (ret == 0 && ret_digest->tracks[i].is_audio && !ret_digest->has_sound)
			ret = find_sound(cd, &ret_digest->tracks[i], ret_digest, err);
	}
	cd_digest_put_tables(cd_image_of(cd), ret_digest);
	return ret == 0 ? tell(&digesting, err) : ret;
}

/* ---- of a disc ---- */

/* The tracks of audio around track i that lie together: there its samples may lie. */
static struct discern_range around(const struct discern_cd_digest *digest, size_t i)
{
	const struct discern_cd_sum *tracks = digest->tracks;
	size_t first = i, last = i;

	while (tracks[i].is_audio && first > 0 && tracks[first - 1].is_audio &&
	       tracks[first - 1].lba + (int32_t)tracks[first - 1].n_sectors == tracks[first].lba)
		first--;
	while (tracks[i].is_audio && last + 1 < digest->n_tracks && tracks[last + 1].is_audio &&
	       tracks[last].lba + (int32_t)tracks[last].n_sectors == tracks[last + 1].lba)
		last++;
	return (struct discern_range){
		tracks[first].lba, (uint32_t)(tracks[last].lba + (int32_t)tracks[last].n_sectors - tracks[first].lba)
	};
}

/* A sector out of the two that its samples lie in. What a drive does not reach is taken for silence, and told. */
static enum cd_verify_state put_together(const struct cd_verify *verify, uint32_t place, size_t cut,
					 uint8_t ret_sector[SECTOR_RAW])
{
	const size_t sizes[2] = { SECTOR_RAW - cut, cut };
	enum cd_verify_state state = CD_VERIFY_READ;

	for (uint32_t i = 0; i < 2 && sizes[i] > 0; i++) {
		uint8_t *to = ret_sector + (i == 0 ? 0 : sizes[0]);

		if (verify->states[place + i] == CD_VERIFY_UNREADABLE)
			return CD_VERIFY_UNREADABLE;
		if (verify->states[place + i] == CD_VERIFY_READ) {
			memcpy(to, verify->sectors[place + i].data + (i == 0 ? cut : 0), sizes[i]);
		} else {
			memset(to, 0, sizes[i]);
			state = CD_VERIFY_OUT_OF_REACH;
		}
	}
	return state;
}

struct reading {
	struct hash *hash;
	char sha256[HASH_HEX_SIZE];
	uint32_t n_unreadable, n_out_of_reach;
};

static void take_sector(struct cd_verify *verify, uint32_t place, bool is_audio, size_t cut, struct reading *reading)
{
	uint8_t sector[SECTOR_RAW];
	enum cd_verify_state state = put_together(verify, place, cut, sector);

	reading->n_unreadable += state == CD_VERIFY_UNREADABLE;
	reading->n_out_of_reach += state == CD_VERIFY_OUT_OF_REACH;
	if (state != CD_VERIFY_UNREADABLE)
		add_sector(reading->hash, is_audio, sector);
}

static int read_track(struct cd_verify *verify, const struct discern_cd_sum *sum, const struct discern_range *within,
		      struct reading *ret_reading, struct discern_error *err)
{
	const struct cd_verify_shift shift =
		sum->is_audio ? cd_verify_shift(verify->result->offset_samples) : (struct cd_verify_shift){ 0 };
	int ret;

	*ret_reading = (struct reading){ 0 };
	ret = hash_new(HASH_SHA256, &ret_reading->hash, err);
	for (uint32_t done = 0; done < sum->n_sectors && ret == 0; done += CD_VERIFY_CHUNK) {
		uint32_t n = sum->n_sectors - done < CD_VERIFY_CHUNK ? sum->n_sectors - done : CD_VERIFY_CHUNK;
		const struct discern_range range = { sum->lba + (int32_t)done + shift.whole, n + (shift.cut > 0) };

		ret = cd_verify_fetch(verify, &range, within, err);
		for (uint32_t i = 0; i < n && ret == 0; i++)
			take_sector(verify, i, sum->is_audio, shift.cut, ret_reading);
		verify->n_done += n;
		if (ret == 0)
			ret = cd_verify_tell(verify, err);
	}
	if (ret == 0)
		hash_finish(ret_reading->hash, ret_reading->sha256);
	ret_reading->hash = hash_free(ret_reading->hash);
	return ret;
}

/* A drive errs in reading as well: what once comes as it should is on the disc. */
static int prove_track(struct cd_verify *verify, const struct discern_cd_digest *digest, size_t i,
		       struct discern_error *err)
{
	const struct discern_cd_sum *sum = &digest->tracks[i];
	const struct discern_range within = around(digest, i);
	const uint32_t n_before = verify->n_done;
	struct reading reading;
	bool is_equal = false;
	int ret = 0;

	cd_audio_take_all(verify->reader, !sum->is_audio);
	for (unsigned n = 0; n < MAX_TRIES && ret == 0 && !is_equal; n++) {
		verify->n_done = n_before;
		ret = read_track(verify, sum, &within, &reading, err);
		is_equal = ret == 0 && reading.n_unreadable == 0 && strcmp(reading.sha256, sum->sha256) == 0;
	}
	cd_audio_take_all(verify->reader, false);
	if (ret < 0)
		return ret;
	if (is_equal) {
		verify->result->n_equal_sectors += sum->n_sectors;
		return 0;
	}
	verify->result->n_unreadable_sectors += reading.n_unreadable;
	verify->result->n_out_of_reach_sectors += reading.n_out_of_reach;
	if (reading.n_unreadable == 0 && reading.n_out_of_reach == 0)
		cd_verify_differs(verify, "track %u: its SHA-256 is another one", sum->number);
	return 0;
}

/* The least offset at which the sound lies that was noted. */
static int find_offset(struct cd_verify *verify, const struct discern_cd_digest *digest, struct discern_error *err)
{
	const struct discern_range range = { digest->sound_lba - CD_VERIFY_PROBE_MARGIN,
					     2 * CD_VERIFY_PROBE_MARGIN + CD_VERIFY_PROBE_SECTORS };
	AUTO_FREE uint8_t *found = buffer_new((size_t)range.n_sectors * SECTOR_RAW);
	const int32_t most = CD_VERIFY_PROBE_MARGIN * SECTOR_RAW / CD_VERIFY_SAMPLE_BYTES;
	char hex[65];
	int ret;

	verify->result->has_audio = true;
	verify->result->offset_samples = verify->options->has_offset ? verify->options->offset_samples : 0;
	if (found == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_verify_fetch(verify, &range, &range, err);
	for (uint32_t i = 0; i < range.n_sectors && ret == 0; i++) {
		if (verify->states[i] != CD_VERIFY_READ)
			return 0;
		memcpy(found + (size_t)i * SECTOR_RAW, verify->sectors[i].data, SECTOR_RAW);
	}
	for (int32_t n = 0; n <= 2 * most && ret == 0; n++) {
		const int32_t offset = n % 2 == 0 ? n / 2 : -(n / 2 + 1);

		ret = hash_of(found + (size_t)(most + offset) * CD_VERIFY_SAMPLE_BYTES, PROBE_BYTES, hex, err);
		if (ret < 0 || strcmp(hex, digest->sound_sha256) != 0)
			continue;
		verify->result->is_offset_found = true;
		if (verify->options->has_offset && offset != verify->options->offset_samples)
			cd_verify_differs(verify, "audio lies %d samples late on the disc (negative: early)",
					  offset - verify->options->offset_samples);
		verify->result->offset_samples = offset;
		break;
	}
	return ret;
}

/* For digests that know nothing else of what lead-in and Q say. */
static int check_starts(struct cd_verify *verify, const struct discern_cd_digest *digest, struct discern_error *err)
{
	struct discern_medium medium;
	size_t n = 0;
	int ret = discern_drive_medium(verify->drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < medium.n_tracks; i++) {
		const struct discern_cd_sum *sum = &digest->tracks[n < digest->n_tracks ? n : 0];

		if (medium.tracks[i].is_blank)
			continue;
		if (n < digest->n_tracks &&
		    (medium.tracks[i].number != sum->number || medium.tracks[i].start_lba != sum->start_lba ||
		     medium.tracks[i].is_data == sum->is_audio))
			cd_verify_differs(verify, "track %u is not where it was burned", sum->number);
		n++;
	}
	if (n != digest->n_tracks)
		cd_verify_differs(verify, "it has %zu tracks, not %zu", n, digest->n_tracks);
	discern_medium_clear(&medium);
	return 0;
}

static bool has_audio(const struct discern_cd_digest *digest)
{
	for (size_t i = 0; i < digest->n_tracks; i++)
		if (digest->tracks[i].is_audio)
			return true;
	return false;
}

static int prove_all(struct cd_verify *verify, struct discern_error *err)
{
	const struct discern_cd_digest *digest = verify->digest;
	int ret = verify->layout != NULL ? cd_verify_tables(verify, err) : check_starts(verify, digest, err);

	verify->result->lacks_tables = verify->layout == NULL;
	for (size_t i = 0; i < digest->n_tracks; i++)
		verify->result->n_sectors += digest->tracks[i].n_sectors;
	verify->result->has_audio = has_audio(digest);
	if (ret == 0 && verify->result->has_audio && digest->has_sound)
		ret = find_offset(verify, digest, err);
	for (size_t i = 0; i < digest->n_tracks && ret == 0; i++)
		ret = prove_track(verify, digest, i, err);
	return ret;
}

int discern_verify_cd_digest(struct discern_drive *drive, const struct discern_cd_digest *digest,
			     const struct discern_verify_cd_options *options, const struct discern_observer *observer,
			     struct discern_verify_cd_result *ret_result, struct discern_error *err)
{
	struct cd_verify verify = {
		.digest = digest,
		.drive = drive,
		.options = options,
		.observer = observer,
		.result = ret_result,
		.text_packs = &digest->text_packs[0][0],
		.n_text_packs = digest->n_text_packs,
	};
	AUTO_FREE struct cd_layout *layout = NULL;
	int ret = digest->has_tables ? cd_digest_make_layout(digest, &layout, err) : 0;

	if (ret < 0)
		return ret;
	verify.layout = layout;
	return cd_verify_run(&verify, prove_all, err);
}
