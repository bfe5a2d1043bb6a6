/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dats as redump.org has them are read, and what is made to do harm does none. */
#include "rip/dat_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

#define HEAD                                                                                                           \
	"<?xml version=\"1.0\"?>\n<!DOCTYPE datafile PUBLIC \"-//Logiqx//DTD ROM Management Datafile//EN\" "               \
	"\"http://www.logiqx.com/Dats/datafile.dtd\">\n<datafile>\n<header><name>All</name></header>\n"

struct seen {
	unsigned n_entries;
	struct dat_entry last;
};

static int take(const struct dat_entry *entry, void *user, struct discern_error *err)
{
	struct seen *seen = user;

	(void)err;
	seen->n_entries++;
	seen->last = *entry;
	return 0;
}

static int parse(const char *text, struct seen *seen, struct discern_error *err)
{
	const struct dat_reader reader = { take, seen };

	memset(seen, 0, sizeof(*seen));
	return dat_file_parse(text, strlen(text), &reader, err);
}

static void entries_are_read(void **state)
{
	static struct seen seen;

	(void)state;
	assert_int_equal(parse(HEAD "<game name=\"One\"><rom name=\"x\" size=\"1\"/></game>"
				    "<machine name=\"T&amp;wo &#xe4;\"><category>Games</category>"
				    "<rom name=\"Two (Track 1).bin\" size=\"2352\" crc=\"0123ABCD\" "
				    "md5=\"d41d8cd98f00b204e9800998ecf8427e\" sha1=\"zz\"/>"
				    "<rom name=\"Two.cue\" size=\"-1\" crc=\"1\"/></machine></datafile>",
			       &seen, NULL),
			 0);
	assert_int_equal(seen.n_entries, 2);
	assert_string_equal(seen.last.name, "T&wo ä");
	assert_int_equal(seen.last.n_files, 2);
	assert_string_equal(seen.last.files[0].name, "Two (Track 1).bin");
	assert_int_equal(seen.last.files[0].size_bytes, 2352);
	assert_string_equal(seen.last.files[0].crc32, "0123abcd");
	assert_string_equal(seen.last.files[0].md5, "d41d8cd98f00b204e9800998ecf8427e");
	assert_string_equal(seen.last.files[0].sha1, "");
	assert_int_equal(seen.last.files[1].size_bytes, 0);
	assert_string_equal(seen.last.files[1].crc32, "");
}

static void assert_refused(const char *text, int code, const char *words)
{
	static struct seen seen;
	struct discern_error err = { 0 };
	int ret = parse(text, &seen, &err);

	if (ret != code || strstr(err.text, words) == NULL)
		fail_msg("%d, \"%s\" instead of %d, \"%s\"", ret, err.text, code, words);
}

static void what_is_none_is_refused(void **state)
{
	(void)state;
	assert_refused("", -EINVAL, "line 1");
	assert_refused("not XML", -EINVAL, "line 1");
	assert_refused("<html></html>", -EINVAL, "not a Logiqx dat");
	assert_refused(HEAD "<game name=\"a\">", -EINVAL, "line ");
	assert_refused(HEAD "<game></datafile>", -EINVAL, "mismatched tag");
}

/* A billion laughs, and the same without nesting. */
static void entities_are_refused(void **state)
{
	(void)state;
	assert_refused("<!DOCTYPE datafile [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n"
		       "<datafile><game name=\"&b;\"/></datafile>",
		       -EINVAL, "entities");
	assert_refused("<!DOCTYPE datafile [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><datafile>&x;</datafile>", -EINVAL,
		       "entities");
	assert_refused("<!DOCTYPE datafile [<!ENTITY % p \"x\">]><datafile/>", -EINVAL, "entities");
}

/* text, n times. */
static char *repeat(const char *before, const char *text, size_t n, const char *after)
{
	char *ret = NULL;
	size_t size;
	FILE *out = open_memstream(&ret, &size);

	assert_non_null(out);
	fputs(before, out);
	for (size_t i = 0; i < n; i++)
		fputs(text, out);
	fputs(after, out);
	fclose(out);
	return ret;
}

static void too_much_is_refused(void **state)
{
	static struct seen seen;
	char *text = repeat("<datafile>", "<a>", 100000, "");

	(void)state;
	assert_refused(text, -EINVAL, "nested too deep");
	free(text);
	text = repeat("<datafile><game name=\"", "xxxxxxxxxxxxxxxx", 100000, "\"/></datafile>");
	assert_refused(text, -EINVAL, "without end");
	free(text);
	text = repeat("<datafile><game name=\"g\">", "<rom name=\"a\"/>", 2000, "</game></datafile>");
	assert_refused(text, -EFBIG, "more files");
	free(text);
	/* A long name is cut. */
	text = repeat("<datafile><game name=\"", "ä", 1000, "\"/></datafile>");
	assert_int_equal(parse(text, &seen, NULL), 0);
	assert_int_equal(strlen(seen.last.name), DAT_TEXT - 2);
	free(text);
	/* And many entries are no trouble. */
	text = repeat("<datafile>", "<game name=\"g\"><rom name=\"a\" size=\"5\"/></game>\n", 20000, "</datafile>");
	assert_int_equal(parse(text, &seen, NULL), 0);
	assert_int_equal(seen.n_entries, 20000);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_read),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
