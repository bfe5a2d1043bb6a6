/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dats from anywhere: no crash, and texts that end where they must. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "rip/dat_file.h"

static int take(const struct dat_entry *entry, void *user, struct discern_error *err)
{
	unsigned *n_entries = user;

	(void)err;
	if (strnlen(entry->name, DAT_TEXT) == DAT_TEXT || entry->n_files > DAT_MAX_FILES)
		abort();
	for (size_t i = 0; i < entry->n_files; i++) {
		const struct dat_entry_file *file = &entry->files[i];

		if (strnlen(file->name, DAT_TEXT) == DAT_TEXT || strlen(file->crc32) % 8 != 0 ||
		    strlen(file->md5) % 32 != 0 || strlen(file->sha1) % 40 != 0 || strlen(file->sha256) % 64 != 0)
			abort();
	}
	++*n_entries;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_entries = 0;
	const struct dat_reader reader = { take, &n_entries };

	dat_file_parse((const char *)data, size, &reader, NULL);
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char one[] =
		"<?xml version=\"1.0\"?>\n<!DOCTYPE datafile PUBLIC \"-//Logiqx//DTD ROM Management Datafile//EN\" "
		"\"http://www.logiqx.com/Dats/datafile.dtd\">\n<datafile><header><name>All</name></header>\n"
		"<game name=\"One\"><category>Games</category><description>One</description>"
		"<rom name=\"One.cue\" size=\"75\" crc=\"84d7edbc\" md5=\"d41d8cd98f00b204e9800998ecf8427e\" "
		"sha1=\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"/><rom name=\"One.bin\" size=\"2352\" crc=\"12345678\"/>"
		"</game>\n<!-- a comment --><machine name=\"Tw&#246;\"><rom name=\"a&amp;b\" size=\"4704\"/></machine>"
		"</datafile>\n";
	static const char two[] = "<!DOCTYPE datafile [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]><datafile>&b;</datafile>";
	static const char *const seeds[] = { one, two };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
