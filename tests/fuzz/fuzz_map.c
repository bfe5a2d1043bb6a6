/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Map files from anywhere: no crash, no endless memory, and what is accepted comes back the same. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "rip/map.h"

static void check_ranges(const struct map *map)
{
	uint32_t at = 0;

	for (size_t i = 0; i < map_n_ranges(map); i++) {
		struct map_range range = map_range_at(map, i);

		if (range.start != at || range.n_sectors == 0)
			abort();
		at += range.n_sectors;
	}
	if (at != map_n_sectors(map))
		abort();
}

static void check_again(const struct map *map, const struct map_header *header)
{
	struct map_header again_header;
	struct map *again = NULL;
	size_t size = 0;
	char *text = map_format(map, header, &size);

	if (text == NULL)
		return;
	if (map_parse(text, size, &again, &again_header, NULL) < 0 || map_n_ranges(again) != map_n_ranges(map))
		abort();
	for (size_t i = 0; i < map_n_ranges(map); i++)
		if (map_range_at(again, i).start != map_range_at(map, i).start ||
		    map_range_at(again, i).status != map_range_at(map, i).status)
			abort();
	if (strcmp(header->identity, again_header.identity) != 0)
		abort();
	map_free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct map_header header;
	struct map *map = NULL;

	if (map_parse((const char *)data, size, &map, &header, NULL) < 0)
		return 0;
	check_ranges(map);
	check_again(map, &header);
	if (map_distrust(map, 3) < 0 || map_resize(map, 100) < 0)
		abort();
	check_ranges(map);
	map_free(map);
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char by_discern[] =
		"# Mapfile. Created by discern rip\n# discern disc CD 0123456789abcdef sectors=2481 16=- 17=ab\n"
		"# current_pos  current_status  current_pass\n0x00032000     -               1\n"
		"0x00000000  0x00032000  +\n0x00032000  0x00005000  -\n0x00037000  0x001BD000  *\n"
		"0x001F4000  0x00002800  /\n0x001F6800  0x0015B800  ?\n";
	static const char by_ddrescue[] =
		"# Mapfile. Created by GNU ddrescue version 1.27\n0x2A00 + 1\n0x0 0x1200 +\n0x1200 0x200 -\n"
		"0x1400 0x1600 +\n";
	static const char by_hand[] = "0 ?\n0 4096 +\n10240 2048 -\n012000 2048 ?\n";
	static const char *const seeds[] = { by_discern, by_ddrescue, by_hand };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
