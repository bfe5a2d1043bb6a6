/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloneCD files from anywhere: no crash, and what is accepted makes a disc that can be, within files of any size. */
#include <stdlib.h>
#include <string.h>

#include "disc/cd_place.h"
#include "disc/ccd_file.h"
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
	ccd_file_fit(sheet, sizes[0]);
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

		if (ccd_file_parse((const char *)data, size, &sheet, NULL) < 0)
			return 0;
		check_sheet(sheet, file_sizes[i]);
		cd_sheet_free(sheet);
	}
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char one[] =
		"[CloneCD]\nVersion=3\n[Disc]\nTocEntries=5\nSessions=1\nDataTracksScrambled=0\nCATALOG=1234567890123\n"
		"[Entry 0]\nSession=1\nPoint=0xa0\nADR=0x01\nControl=0x04\nPMin=1\nPSec=32\nPLBA=4350\n"
		"[Entry 2]\nSession=1\nPoint=0xa2\nControl=0x00\nPLBA=1500\n[Entry 3]\nSession=1\nPoint=0x01\n"
		"Control=0x04\nPLBA=0\n[Entry 4]\nSession=1\nPoint=0x02\nControl=0x01\nPLBA=600\n[TRACK 1]\nMODE=2\n"
		"INDEX 1=0\n[TRACK 2]\nINDEX 0=450\nINDEX 1=600\nINDEX 2=700\nISRC=DEABC1234567\n"
		"[CDText]\nEntries=1\nEntry 0=80 00 00 00 41 42 43 00 44 45 46 00 47 48 49 00\n";
	static const char two[] = "[Entry 0]\nSession=1\nPoint=0xa2\nPLBA=500\n[Entry 1]\nSession=1\nPoint=1\nPLBA=0\n"
				  "[Entry 2]\nSession=2\nPoint=0xa2\nControl=4\nPLBA=12300\n"
				  "[Entry 3]\nSession=2\nPoint=2\nControl=4\nPLBA=11900\n[TRACK 2]\nMODE=1\n";
	static const char *const seeds[] = { one, two };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
