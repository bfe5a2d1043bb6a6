/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that describe a CD, laid out with files that are only numbers. */
#ifndef UNIT_SHEET_H
#define UNIT_SHEET_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/cd_place.h"
#include "disc/sector.h"
#include "unit/unit.h"

typedef int (*sheet_parser)(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err);

/* What came of a text. */
struct laid_out {
	struct cd_sheet *sheet;
	struct cd_layout layout;
	struct cd_place *places;
	struct discern_error err;
};

/* Parses and lays out; sizes are those of the files, in the order in which the text names them. */
static inline int lay_out(sheet_parser parse, const char *text, const uint64_t *sizes, struct laid_out *ret)
{
	int result;

	memset(ret, 0, sizeof(*ret));
	result = parse(text, strlen(text), &ret->sheet, &ret->err);
	return result < 0 ? result : cd_place_all(ret->sheet, sizes, &ret->layout, &ret->places, &ret->err);
}

static inline void forget(struct laid_out *laid_out)
{
	free(laid_out->places);
	cd_sheet_free(laid_out->sheet);
}

static inline void assert_track(const struct laid_out *laid_out, unsigned number, const int32_t lbas[3])
{
	const struct cd_track *track = cd_layout_track(&laid_out->layout, number);

	assert_non_null(track);
	assert_int_equal(track->pregap_lba, lbas[0]);
	assert_int_equal(track->start_lba, lbas[1]);
	assert_int_equal(track->end_lba, lbas[2]);
}

/* The text is refused with this error, whose words hold these. */
static inline void assert_refused(sheet_parser parse, const char *text, int code, const char *words)
{
	static const uint64_t sizes[16] = { 1 << 20, 1 << 20, 1 << 20, 1 << 20 };
	struct laid_out laid_out;
	int ret = lay_out(parse, text, sizes, &laid_out);

	if (ret != code || strstr(laid_out.err.text, words) == NULL)
		fail_msg("%d, \"%s\" instead of %d, \"%s\":\n%s", ret, ret < 0 ? laid_out.err.text : "", code, words,
			 text);
	forget(&laid_out);
}

#endif
