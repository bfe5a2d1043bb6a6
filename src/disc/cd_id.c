/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_id.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "disc/msf.h"

/* Lead-out and lead-in between two sessions, and the pause of the second one's track (MMC-6 4.2.3.4). */
enum { SESSION_GAP = 6750 + 4500 + CD_PREGAP, SHA1_BYTES = 20 };

/* What all of them count from: the pause before LBA 0. */
static uint32_t offset_of(int32_t lba)
{
	return (uint32_t)(lba + MSF_LBA_0);
}

static const struct cd_track *find_last_audio(const struct cd_layout *layout)
{
	for (unsigned i = layout->n_tracks; i > 0; i--)
		if (!(layout->tracks[i - 1].control & CD_CONTROL_DATA))
			return &layout->tracks[i - 1];
	return NULL;
}

static int32_t find_lead_out(const struct cd_layout *layout, const struct cd_track *last)
{
	const struct cd_track *next = cd_layout_track(layout, last->number + 1);

	if (next == NULL)
		return layout->sessions[layout->n_sessions - 1].lead_out_lba;
	/* Data directly behind audio, in the same session, have no such gap. */
	if (next->start_lba - SESSION_GAP <= last->start_lba)
		return last->end_lba;
	return next->start_lba - SESSION_GAP;
}

/* Base 64 of RFC 4648, but with signs that a URL may have. */
static void put_base64(char *ret, const uint8_t bytes[SHA1_BYTES])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

	for (unsigned i = 0; i < SHA1_BYTES; i += 3) {
		unsigned n = SHA1_BYTES - i < 3 ? SHA1_BYTES - i : 3;
		uint32_t bits = 0;

		for (unsigned j = 0; j < 3; j++)
			bits = bits << 8 | (j < n ? bytes[i + j] : 0u);
		for (unsigned j = 0; j < 4; j++)
			*ret++ = j <= n ? digits[bits >> (18 - 6 * j) & 0x3f] : '-';
	}
	*ret = '\0';
}

static uint8_t from_hex(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

int cd_id_musicbrainz(const struct cd_layout *layout, char ret_id[CD_ID_MUSICBRAINZ], struct discern_error *err)
{
	const struct cd_track *last = layout->n_sessions > 0 ? find_last_audio(layout) : NULL;
	char number[9], hex[HASH_HEX_SIZE];
	uint8_t digest[SHA1_BYTES];
	struct hash *hash;
	int error;

	if (last == NULL)
		return discern_error_set(err, -EINVAL, "no audio track, so MusicBrainz has no name for this disc");
	error = hash_new(HASH_SHA1, &hash, err);
	if (error < 0)
		return error;
	snprintf(number, sizeof(number), "%02X%02X", layout->tracks[0].number & 0xff, last->number & 0xff);
	hash_update(hash, number, strlen(number));
	/* The lead-out stands first, for no track has the number 0. */
	for (unsigned i = 0; i <= CD_MAX_TRACKS; i++) {
		const struct cd_track *track = i > 0 && i <= last->number ? cd_layout_track(layout, i) : NULL;
		uint32_t offset = track != NULL ? offset_of(track->start_lba) : 0;

		if (i == 0)
			offset = offset_of(find_lead_out(layout, last));
		snprintf(number, sizeof(number), "%08X", offset);
		hash_update(hash, number, strlen(number));
	}
	hash_finish(hash, hex);
	hash_free(hash);
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		digest[i] = (uint8_t)(from_hex(hex[2 * i]) << 4 | from_hex(hex[2 * i + 1]));
	put_base64(ret_id, digest);
	return 0;
}

static unsigned digit_sum(uint32_t number)
{
	unsigned sum = 0;

	for (; number > 0; number /= 10)
		sum += number % 10;
	return sum;
}

int cd_id_freedb(const struct cd_layout *layout, char ret_id[CD_ID_FREEDB], struct discern_error *err)
{
	uint32_t sum = 0, seconds;

	if (layout->n_tracks == 0 || layout->n_sessions == 0)
		return discern_error_set(err, -EINVAL, "no track, so FreeDB has no name for this disc");
	for (unsigned i = 0; i < layout->n_tracks; i++)
		sum += digit_sum(offset_of(layout->tracks[i].start_lba) / MSF_SECOND);
	seconds = offset_of(layout->sessions[layout->n_sessions - 1].lead_out_lba) / MSF_SECOND -
		  offset_of(layout->tracks[0].start_lba) / MSF_SECOND;
	snprintf(ret_id, CD_ID_FREEDB, "%08x", sum % 255 << 24 | (seconds & 0xffff) << 8 | (layout->n_tracks & 0xff));
	return 0;
}
