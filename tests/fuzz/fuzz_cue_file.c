/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cue sheets from anywhere: no crash, and what is accepted makes a disc that can be, within files of any size. */
#include <stdlib.h>
#include <string.h>

#include "disc/cd_place.h"
#include "disc/cue_file.h"
#include "fuzz/fuzz.h"

/* Pieces follow each other and are within their files. */
static void check_places(const struct cd_sheet *sheet, const struct cd_place *places, const uint64_t *sizes)
{
	uint64_t at = 0;

	for (size_t i = 0; i < sheet->n_pieces; i++) {
		const struct cd_sheet_piece *piece = &sheet->pieces[i];

		if (places[i].piece != piece || places[i].at < at || places[i].end < places[i].at)
			abort();
		if (piece->file != CD_SHEET_NO_FILE &&
		    (piece->file >= sheet->n_files || piece->offset_bytes > sizes[piece->file] ||
		     places[i].size_bytes > sizes[piece->file] - piece->offset_bytes))
			abort();
		at = places[i].end;
	}
}

static void check_sheet(struct cd_sheet *sheet, uint64_t size)
{
	uint64_t *sizes = calloc(sheet->n_files + 1, sizeof(*sizes));
	struct cd_place *places;
	struct cd_layout layout;

	if (sizes == NULL)
		abort();
	for (size_t i = 0; i < sheet->n_files; i++)
		sizes[i] = size;
	if (cd_place_all(sheet, sizes, &layout, &places, NULL) == 0) {
		if (!cd_layout_is_sound(&layout))
			abort();
		check_places(sheet, places, sizes);
		free(places);
	}
	free(sizes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t file_sizes[] = { 0, 2048 * 1000, 2352 * 1500, 2336 * 800 + 1, UINT64_MAX - 5 };

	for (size_t i = 0; i < sizeof(file_sizes) / sizeof(file_sizes[0]); i++) {
		struct cd_sheet *sheet = NULL;

		if (cue_file_parse((const char *)data, size, &sheet, NULL) < 0)
			return 0;
		check_sheet(sheet, file_sizes[i]);
		cd_sheet_free(sheet);
	}
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char audio[] =
		"CATALOG 1234567890123\nTITLE \"A disc\"\nFILE \"x.bin\" BINARY\n"
		"  TRACK 01 AUDIO\n    FLAGS DCP PRE\n    ISRC DEABC1234567\n    INDEX 00 00:00:00\n"
		"    INDEX 01 00:00:33\n    INDEX 02 00:04:00\n"
		"  TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:06:00\n    POSTGAP 00:01:00\n";
	static const char sessions[] =
		"REM SESSION 01\nFILE x.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM LEAD-OUT 00:08:00\n"
		"REM SESSION 02\nTRACK 02 MODE2/2352\nINDEX 01 00:08:00\nREM LEAD-OUT 01:30:00\nREM SESSION 03\n"
		"REM LEAD-IN 01:00:00\nREM PREGAP 00:02:00\nFILE y.iso BINARY\nTRACK 03 MODE1/2048\nINDEX 01 "
		"00:00:00\n";
	static const char sound[] =
		"\xef\xbb\xbfPERFORMER \"D\xc3\xbcnn\"\r\nCDTEXTFILE \"x.cdt\"\r\nFILE \"1.wav\" WAVE\r\nTRACK 01 "
		"AUDIO\r\n"
		"INDEX 01 00:00:00\r\nTRACK 02 AUDIO\r\nINDEX 00 00:05:00\r\nFILE 2.flac FLAC\r\nINDEX 01 00:00:00\r\n";
	static const char *const seeds[] = { audio, sessions, sound };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
