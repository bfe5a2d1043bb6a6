/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In a receipt: what a CD with tracks is known by. */
#include "ui/receipt_private.h"

#include <string.h>

/* ---- written ---- */

static void put_numbers(json_t *object, const char *key, const int32_t *numbers, size_t n)
{
	json_t *list = manifest_must(json_array());

	for (size_t i = 0; i < n; i++)
		manifest_append(list, json_integer(numbers[i]));
	manifest_put(object, key, list);
}

static json_t *make_sum(const struct discern_cd_sum *sum, bool has_tables)
{
	json_t *object = manifest_must(json_object());

	manifest_put(object, "number", json_integer(sum->number));
	manifest_put(object, "audio", json_boolean(sum->is_audio));
	manifest_put(object, "start_lba", json_integer(sum->start_lba));
	manifest_put(object, "lba", json_integer(sum->lba));
	manifest_put(object, "sectors", json_integer(sum->n_sectors));
	manifest_put(object, "sha256", json_string(sum->sha256));
	if (!has_tables)
		return object;
	manifest_put(object, "session", json_integer(sum->session));
	manifest_put(object, "control", json_integer(sum->control));
	manifest_put(object, "pause_sectors", json_integer(sum->n_pause_sectors));
	put_numbers(object, "indexes", sum->indexes, sum->n_indexes);
	manifest_put(object, "isrc", json_string(sum->isrc));
	return object;
}

static json_t *make_pack(const uint8_t pack[DISCERN_CD_TEXT_PACK])
{
	char hex[2 * DISCERN_CD_TEXT_PACK + 1];

	for (size_t i = 0; i < DISCERN_CD_TEXT_PACK; i++)
		snprintf(hex + 2 * i, 3, "%02x", pack[i]);
	return json_string(hex);
}

static void put_tables(json_t *root, const struct discern_cd_digest *cd)
{
	json_t *text = manifest_must(json_array());

	put_numbers(root, "lead_outs", cd->lead_out_lbas, cd->n_sessions);
	manifest_put(root, "mcn", json_string(cd->mcn));
	for (size_t i = 0; i < cd->n_text_packs; i++)
		manifest_append(text, make_pack(cd->text_packs[i]));
	manifest_put(root, "cd_text", text);
}

void receipt_put_cd(json_t *root, const struct discern_cd_digest *cd)
{
	json_t *tracks = manifest_must(json_array());
	json_t *sound = cd->has_sound ? manifest_must(json_object()) : json_null();

	for (size_t i = 0; i < cd->n_tracks; i++)
		manifest_append(tracks, make_sum(&cd->tracks[i], cd->has_tables));
	if (cd->has_sound) {
		manifest_put(sound, "lba", json_integer(cd->sound_lba));
		manifest_put(sound, "sha256", json_string(cd->sound_sha256));
	}
	manifest_put(root, "tracks", tracks);
	manifest_put(root, "sound", sound);
	if (cd->has_tables)
		put_tables(root, cd);
}

/* ---- read ---- */

static bool get_sha256(const json_t *object, char ret_hex[65])
{
	const char *sha256 = manifest_string(object, "sha256");

	if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64)
		return false;
	memcpy(ret_hex, sha256, 65);
	return true;
}

/* Of a disc, whose numbers have bounds. */
enum { MOST = 500000 };

static bool get_number(const json_t *object, const char *key, int64_t least, int64_t *ret_number)
{
	*ret_number = manifest_integer(object, key);
	return json_is_integer(json_object_get(object, key)) && *ret_number >= least && *ret_number <= MOST;
}

static bool get_numbers(const json_t *list, int32_t *ret_numbers, size_t n_most, unsigned *ret_n)
{
	const size_t n = json_array_size(list);

	if (!json_is_array(list) || n > n_most)
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *number = json_array_get(list, i);

		if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > MOST)
			return false;
		ret_numbers[i] = (int32_t)json_integer_value(number);
	}
	*ret_n = (unsigned)n;
	return true;
}

/* A code, which may be empty. */
static bool get_code(const json_t *object, const char *key, size_t length, char *ret_code)
{
	const char *code = manifest_string(object, key);

	if (!json_is_string(json_object_get(object, key)) || (code[0] != '\0' && strlen(code) != length))
		return false;
	memcpy(ret_code, code, strlen(code) + 1);
	return true;
}

static bool get_tables_of(const json_t *object, struct discern_cd_sum *ret_sum)
{
	int64_t session, control, n_pause_sectors;

	if (!get_number(object, "session", 1, &session) || session > DISCERN_CD_MAX_TRACKS ||
	    !get_number(object, "control", 0, &control) || control > 15 ||
	    !get_number(object, "pause_sectors", 0, &n_pause_sectors) ||
	    !get_numbers(json_object_get(object, "indexes"), ret_sum->indexes, DISCERN_CD_MAX_INDEXES,
			 &ret_sum->n_indexes))
		return false;
	ret_sum->session = (unsigned)session;
	ret_sum->control = (uint8_t)control;
	ret_sum->n_pause_sectors = (uint32_t)n_pause_sectors;
	return get_code(object, "isrc", sizeof(ret_sum->isrc) - 1, ret_sum->isrc);
}

static bool get_sum(const json_t *object, struct discern_cd_sum *ret_sum)
{
	int64_t number, start_lba, lba, n_sectors;

	if (!get_number(object, "number", 1, &number) || !get_number(object, "start_lba", 0, &start_lba) ||
	    !get_number(object, "lba", 0, &lba) || !get_number(object, "sectors", 1, &n_sectors) ||
	    !get_sha256(object, ret_sum->sha256))
		return false;
	/* A pause that begins behind its track, or no track of a CD. */
	if (number > DISCERN_CD_MAX_TRACKS || start_lba < lba || start_lba - lba >= n_sectors)
		return false;
	ret_sum->number = (unsigned)number;
	ret_sum->is_audio = json_is_true(json_object_get(object, "audio"));
	ret_sum->start_lba = (int32_t)start_lba;
	ret_sum->lba = (int32_t)lba;
	ret_sum->n_sectors = (uint32_t)n_sectors;
	return true;
}

/* One behind the other. */
static bool are_in_order(const struct discern_cd_digest *cd)
{
	for (size_t i = 1; i < cd->n_tracks; i++) {
		const struct discern_cd_sum *before = &cd->tracks[i - 1], *sum = &cd->tracks[i];

		if (sum->number <= before->number || (int64_t)sum->lba - before->lba < before->n_sectors)
			return false;
	}
	return true;
}

static bool get_pack(const json_t *value, uint8_t ret_pack[DISCERN_CD_TEXT_PACK])
{
	static const char digits[] = "0123456789abcdef";
	const char *hex = json_string_value(value);

	if (hex == NULL || strlen(hex) != 2 * DISCERN_CD_TEXT_PACK || strspn(hex, digits) != strlen(hex))
		return false;
	for (size_t i = 0; i < DISCERN_CD_TEXT_PACK; i++)
		ret_pack[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) * 16 +
					(strchr(digits, hex[2 * i + 1]) - digits));
	return true;
}

/* Receipts of the first versions had none of this. */
static bool get_tables(const json_t *root, struct discern_cd_digest *ret_cd)
{
	const json_t *text = json_object_get(root, "cd_text");

	ret_cd->n_text_packs = json_array_size(text);
	if (!json_is_array(text) || ret_cd->n_text_packs > DISCERN_CD_MAX_TEXT_PACKS ||
	    !get_numbers(json_object_get(root, "lead_outs"), ret_cd->lead_out_lbas, DISCERN_CD_MAX_TRACKS,
			 &ret_cd->n_sessions) ||
	    !get_code(root, "mcn", sizeof(ret_cd->mcn) - 1, ret_cd->mcn))
		return false;
	for (size_t i = 0; i < ret_cd->n_text_packs; i++)
		if (!get_pack(json_array_get(text, i), ret_cd->text_packs[i]))
			return false;
	for (size_t i = 0; i < ret_cd->n_tracks; i++)
		if (!get_tables_of(json_array_get(json_object_get(root, "tracks"), i), &ret_cd->tracks[i]))
			return false;
	ret_cd->has_tables = true;
	return true;
}

bool receipt_get_cd(const json_t *root, struct discern_cd_digest *ret_cd)
{
	const json_t *tracks = json_object_get(root, "tracks"), *sound = json_object_get(root, "sound");
	int64_t lba;

	memset(ret_cd, 0, sizeof(*ret_cd));
	ret_cd->n_tracks = json_array_size(tracks);
	if (ret_cd->n_tracks == 0 || ret_cd->n_tracks > DISCERN_CD_MAX_TRACKS)
		return false;
	for (size_t i = 0; i < ret_cd->n_tracks; i++)
		if (!get_sum(json_array_get(tracks, i), &ret_cd->tracks[i]))
			return false;
	if (!are_in_order(ret_cd))
		return false;
	if (json_object_get(root, "lead_outs") != NULL && !get_tables(root, ret_cd))
		return false;
	ret_cd->has_sound = json_is_object(sound);
	if (!ret_cd->has_sound)
		return true;
	if (!get_number(sound, "lba", 0, &lba) || !get_sha256(sound, ret_cd->sound_sha256))
		return false;
	ret_cd->sound_lba = (int32_t)lba;
	return true;
}
