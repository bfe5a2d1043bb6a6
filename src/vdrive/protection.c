/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/protection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "vdrive/words.h"

bool protection_is_word(const char *word)
{
	return strncmp(word, "protection=", 11) == 0;
}

static int parse_kind(const char *word, size_t length, struct protection *protection, struct discern_error *err)
{
	static const struct {
		const char *word;
		enum protection_kind kind;
	} kinds[] = {
		{ "css", PROTECTION_CSS },
		{ "cprm", PROTECTION_CPRM },
		{ "aacs", PROTECTION_AACS },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].word) == length && strncmp(kinds[i].word, word, length) == 0) {
			protection->kind = kinds[i].kind;
			return 0;
		}
	discern_error_set(err, -EINVAL, "fault: protection=%s: it takes css, cprm or aacs", word);
	discern_error_hint(err, "with sectors such as protection=css:1000-1999:3000-3999");
	return -EINVAL;
}

static int parse_ranges(const char *text, struct protection *protection, struct discern_error *err)
{
	while (*text == ':') {
		size_t length = strcspn(text + 1, ":");
		AUTO_FREE char *range = strndup(text + 1, length);
		struct protection_range *to = &protection->ranges[protection->n_ranges];
		int ret;

		if (range == NULL)
			return discern_error_set(err, -ENOMEM, "fault: no memory");
		if (protection->n_ranges == PROTECTION_MAX_RANGES)
			return discern_error_set(err, -EINVAL, "fault: protection: at most %d ranges of sectors",
						 PROTECTION_MAX_RANGES);
		ret = words_to_lba(range, &to->first_lba, &to->last_lba, err);
		if (ret < 0)
			return ret;
		protection->n_ranges++;
		text += 1 + length;
	}
	return 0;
}

/* The digits of all regions where it may be played: bits of the others are set (MMC-6 6.23.3.2.2). */
static int parse_regions(const char *value, struct protection *protection, struct discern_error *err)
{
	protection->closed_regions = 0xff;
	for (const char *at = value; *at != '\0'; at++) {
		if (*at < '1' || *at > '8')
			return discern_error_set(err, -EINVAL, "fault: region=%s: it takes digits from 1 to 8", value);
		protection->closed_regions &= (uint8_t) ~(1u << (*at - '1'));
	}
	if (value[0] == '\0')
		return discern_error_set(err, -EINVAL, "fault: region=: it takes digits from 1 to 8");
	return 0;
}

int protection_parse_word(const char *key, const char *value, struct protection *protection, struct discern_error *err)
{
	size_t length = strcspn(value, ":");
	int ret;

	if (strcmp(key, "region") == 0)
		return parse_regions(value, protection, err);
	if (strcmp(key, "protection") != 0 || protection->kind != PROTECTION_NONE) {
		discern_error_set(err, -EINVAL, "fault: \"%s\" is not known of a protection", key);
		discern_error_hint(err, "protection=css|cprm|aacs, with sectors such as :1000-1999, and region=N");
		return -EINVAL;
	}
	ret = parse_kind(value, length, protection, err);
	return ret == 0 ? parse_ranges(value + length, protection, err) : ret;
}

bool protection_covers(const struct protection *protection, int64_t lba)
{
	for (size_t i = 0; i < protection->n_ranges; i++)
		if (lba >= protection->ranges[i].first_lba && lba <= protection->ranges[i].last_lba)
			return true;
	return false;
}
