/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/session.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static int set_tray(const char *value, struct server_drive_options *options, struct discern_error *err)
{
	if (strcmp(value, "open") != 0 && strcmp(value, "closed") != 0)
		return discern_error_set(err, -EINVAL, "tray=%s: possible are open and closed", value);
	options->tray_open = strcmp(value, "open") == 0;
	return 0;
}

static int set_mode(const char *value, struct server_drive_options *options, struct discern_error *err)
{
	char *end = NULL;
	unsigned long mode = isdigit((unsigned char)value[0]) ? strtoul(value, &end, 8) : 0;

	if (end == NULL || *end != '\0' || mode > 0777)
		return discern_error_set(err, -EINVAL, "mode=%s: not an octal number up to 0777", value);
	options->mode = (mode_t)mode;
	return 0;
}

static int set_owner(const char *key, const char *value, struct server_drive_options *options,
		     struct discern_error *err)
{
	int64_t number;

	if (!text_to_number(value, 0, UINT32_MAX - 1, &number))
		return discern_error_set(err, -EINVAL, "%s=%s: not a number", key, value);
	if (key[0] == 'u')
		options->uid = (uid_t)number;
	else
		options->gid = (gid_t)number;
	return 0;
}

static int set_text(const char *key, const char *value, size_t max_length, const char **ret_text,
		    struct discern_error *err)
{
	if (strlen(value) > max_length)
		return discern_error_set(err, -EINVAL, "%s=%s: at most %zu characters", key, value, max_length);
	*ret_text = value;
	return 0;
}

static int set_offset(const char *key, const char *value, int32_t *ret_samples, struct discern_error *err)
{
	int64_t number;

	/* A plus sign as in the lists of drives' offsets. */
	if (!text_to_number(value[0] == '+' ? value + 1 : value, -VDRIVE_MAX_OFFSET_SAMPLES, VDRIVE_MAX_OFFSET_SAMPLES,
			    &number))
		return discern_error_set(err, -EINVAL, "%s=%s: a number of samples from -%d to %d", key, value,
					 VDRIVE_MAX_OFFSET_SAMPLES, VDRIVE_MAX_OFFSET_SAMPLES);
	*ret_samples = (int32_t)number;
	return 0;
}

static int set_overread(const char *value, struct vdrive_options *options, struct discern_error *err)
{
	static const char *const words[] = {
		[VDRIVE_OVERREAD_NONE] = "none",
		[VDRIVE_OVERREAD_LEAD_IN] = "lead-in",
		[VDRIVE_OVERREAD_LEAD_OUT] = "lead-out",
		[VDRIVE_OVERREAD_BOTH] = "both",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i]) == 0) {
			options->overread = (enum vdrive_overread)i;
			return 0;
		}
	return discern_error_set(err, -EINVAL, "overread=%s: possible are none, lead-in, lead-out and both", value);
}

static int set_ability(const char *key, const char *value, bool *ret_lacks, struct discern_error *err)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return discern_error_set(err, -EINVAL, "%s=%s: possible are yes and no", key, value);
	*ret_lacks = strcmp(value, "no") == 0;
	return 0;
}

static int set_highest(const char *key, const char *value, struct vdrive_options *options, struct discern_error *err)
{
	const int64_t most = key[0] == 'c' ? VDRIVE_MAX_CD_X : key[0] == 'd' ? VDRIVE_MAX_DVD_X : VDRIVE_MAX_BD_X;
	uint16_t *speed = key[0] == 'c' ? &options->cd_x : key[0] == 'd' ? &options->dvd_x : &options->bd_x;
	int64_t number;

	if (!text_to_number(value, 1, most, &number))
		return discern_error_set(err, -EINVAL, "%s=%s: a number from 1 to %" PRId64, key, value, most);
	*speed = (uint16_t)number;
	return 0;
}

static int set_rotation(const char *value, struct vdrive_options *options, struct discern_error *err)
{
	if (strcmp(value, "cav") != 0 && strcmp(value, "clv") != 0)
		return discern_error_set(err, -EINVAL, "rotation=%s: possible are cav and clv", value);
	options->rotation = strcmp(value, "clv") == 0 ? VDRIVE_ROTATION_CLV : VDRIVE_ROTATION_CAV;
	return 0;
}

int session_set_drive_option(const char *key, const char *value, struct vdrive_options *options,
			     struct discern_error *err)
{
	if (strcmp(key, "vendor") == 0)
		return set_text(key, value, 8, &options->vendor, err);
	if (strcmp(key, "product") == 0)
		return set_text(key, value, 16, &options->product, err);
	if (strcmp(key, "revision") == 0)
		return set_text(key, value, 4, &options->revision, err);
	if (strcmp(key, "serial") == 0)
		return set_text(key, value, 16, &options->serial, err);
	if (strcmp(key, "read-offset") == 0)
		return set_offset(key, value, &options->read_offset_samples, err);
	if (strcmp(key, "write-offset") == 0)
		return set_offset(key, value, &options->write_offset_samples, err);
	if (strcmp(key, "overread") == 0)
		return set_overread(value, options, err);
	if (strcmp(key, "c2") == 0)
		return set_ability(key, value, &options->lacks_c2, err);
	if (strcmp(key, "fua") == 0)
		return set_ability(key, value, &options->ignores_fua, err);
	if (strcmp(key, "cdtext") == 0)
		return set_ability(key, value, &options->lacks_cd_text, err);
	if (strcmp(key, "cd-speed") == 0 || strcmp(key, "dvd-speed") == 0 || strcmp(key, "bd-speed") == 0)
		return set_highest(key, value, options, err);
	if (strcmp(key, "rotation") == 0)
		return set_rotation(value, options, err);
	discern_error_set(err, -EINVAL, "%s: not known of a drive", key);
	discern_error_hint(err, "vendor product revision serial read-offset write-offset overread c2 cdtext fua "
				"cd-speed dvd-speed bd-speed rotation");
	return -EINVAL;
}

static int set_option(const char *key, const char *value, struct server_drive_options *options,
		      struct discern_error *err)
{
	if (strcmp(key, "kind") == 0)
		return set_text(key, value, 16, &options->kind, err);
	if (strcmp(key, "protection") == 0)
		return set_text(key, value, 128, &options->protection, err);
	if (strcmp(key, "region") == 0)
		return set_text(key, value, 8, &options->region, err);
	if (strcmp(key, "tray") == 0)
		return set_tray(value, options, err);
	if (strcmp(key, "mode") == 0)
		return set_mode(value, options, err);
	if (strcmp(key, "uid") == 0 || strcmp(key, "gid") == 0)
		return set_owner(key, value, options, err);
	return session_set_drive_option(key, value, &options->identity, err);
}

/* A comma may also be part of the medium's name: only one of these words after it makes an option. */
static bool is_option(const char *word)
{
	static const char *const keys[] = { "kind",     "protection", "region",      "tray",         "vendor",   "product",
					    "revision", "serial",     "mode",        "uid",          "gid",      "c2",
					    "cdtext",   "overread",   "read-offset", "write-offset", "fua",
					    "cd-speed", "dvd-speed",  "bd-speed",    "rotation" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(word, keys[i], strlen(keys[i])) == 0 && word[strlen(keys[i])] == '=')
			return true;
	return false;
}

/* Cuts options off the end, last one first. */
static int take_options(char *medium, struct server_drive_options *options, struct discern_error *err)
{
	for (;;) {
		char *comma = strrchr(medium, ','), *equals;
		int ret;

		if (comma == NULL || !is_option(comma + 1))
			return 0;
		*comma = '\0';
		equals = strchr(comma + 1, '=');
		*equals = '\0';
		ret = set_option(comma + 1, equals + 1, options, err);
		if (ret < 0)
			return ret;
	}
}

int session_parse_medium(char *words, struct server_drive_options *options, struct discern_error *err)
{
	int ret = take_options(words, options, err);

	if (ret < 0)
		return ret;
	options->medium = words[0] != '\0' ? words : NULL;
	if (options->medium == NULL && options->kind != NULL)
		return discern_error_set(err, -EINVAL, "kind=%s, but no medium", options->kind);
	return 0;
}

int session_parse_drive(char *words, struct server_drive_options *ret_options, struct discern_error *err)
{
	unsigned number = 0;
	int end = 0, ret;

	if (sscanf(words, "sr%2u=%n", &number, &end) != 1 || end == 0 || number >= SERVER_MAX_DRIVES ||
	    (words[2] == '0' && words[3] != '='))
		return discern_error_set(err, -EINVAL, "drive '%s': not of the form sr0=MEDIUM, with sr0 to sr%d",
					 words, SERVER_MAX_DRIVES - 1);
	ret_options->number = number;
	ret = session_parse_medium(words + end, ret_options, err);
	if (ret < 0)
		discern_error_wrap(err, "drive sr%u", number);
	return ret;
}
