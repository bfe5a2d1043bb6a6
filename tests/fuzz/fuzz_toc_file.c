/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Toc files from anywhere: no crash, and what is accepted makes a disc that can be, within files of any size. */
#include <stdlib.h>
#include <string.h>

#include "disc/cd_place.h"
#include "disc/toc_file.h"
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

		if (toc_file_parse((const char *)data, size, &sheet, NULL) < 0)
			return 0;
		check_sheet(sheet, file_sizes[i]);
		cd_sheet_free(sheet);
	}
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char pieces[] =
		"CD_ROM_XA\nCATALOG \"1234567890123\" // a comment\nTRACK MODE1\nDATAFILE \"d1.iso\"\nZERO 00:02:00\n"
		"TRACK AUDIO\nNO COPY\nPRE_EMPHASIS\nISRC \"DEABC1234567\"\nSILENCE 00:02:00\nSTART\n"
		"FILE \"a.wav\" #44 0 00:03:00\nINDEX 00:02:00\nTRACK AUDIO\nPREGAP 00:01:00\n"
		"AUDIOFILE \"audio.bin\" SWAP 100 00:05:00\nSILENCE 1000\nEND 0:4:0\nTRACK MODE2_FORM_MIX RW_RAW\n"
		"ZERO MODE2_FORM2 RW 00:02:00\nSTART 0:1:0\nDATAFILE \"f1.bin\" 00:02:00\n";
	static const char text[] =
		"CD_DA\nCD_TEXT { LANGUAGE_MAP { 0 : EN 2 : 8 }\nLANGUAGE 0 { TITLE \"D\\374nn \\\"x\\\"\" "
		"GENRE { 0, 5, 80, 111, 112, 0} SIZE_INFO { 0, 1 } }\nLANGUAGE 2 { TITLE \"Deutsch\" } }\n"
		"TRACK AUDIO CD_TEXT { LANGUAGE 2 { PERFORMER \"P\" ISRC \"DE-ABC-12-34567\" } }\nFILE \"a\" 0\n";
	static const char *const seeds[] = { pieces, text };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
