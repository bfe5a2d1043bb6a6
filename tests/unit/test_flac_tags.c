/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/flac_tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "unit/unit.h"

static char path[] = "/tmp/discern-flac-XXXXXX";

/* A file of STREAMINFO and comments; n_claimed comments are announced. */
static void write_file(const char *const *comments, uint32_t n_claimed, size_t cut)
{
	uint8_t data[8192] = "fLaC";
	size_t at = 4 + 4 + 34 + 4, begin = at;
	FILE *file = fopen(path, "wb");

	data[7] = 34;
	data[42] = 0x84;
	put_le32(data + at, 3);
	memcpy(data + at + 4, "abc", 3);
	put_le32(data + at + 7, n_claimed);
	at += 11;
	for (size_t i = 0; comments[i] != NULL; i++) {
		size_t length = strlen(comments[i]);

		put_le32(data + at, (uint32_t)length);
		memcpy(data + at + 4, comments[i], length);
		at += 4 + length;
	}
	put_be24(data + 43, (uint32_t)(at - begin));
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, at - cut, file), at - cut);
	assert_int_equal(fclose(file), 0);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void test_tags(void **state)
{
	static const char *const comments[] = { "title=Ein Lied",
						"ARTIST=A",
						"Artist=B",
						"ALBUM=C",
						"ALBUMARTIST=D",
						"ISRC=de-abc-24-12345",
						"BARCODE=012345678905",
						"PRE_EMPHASIS=1",
						"nothing",
						NULL };
	struct flac_tags tags;

	(void)state;
	write_file(comments, 9, 0);
	flac_tags_read(path, &tags);
	assert_string_equal(tags.title, "Ein Lied");
	assert_string_equal(tags.artist, "A");
	assert_string_equal(tags.album, "C");
	assert_string_equal(tags.album_artist, "D");
	assert_string_equal(tags.isrc, "DEABC2412345");
	assert_string_equal(tags.mcn, "0012345678905");
	assert_true(tags.has_pre_emphasis);
}

/* Codes that are none, and texts that are too long: cut, but not within a character. */
static void test_unsound(void **state)
{
	static char title[400] = "TITLE=";
	const char *const comments[] = { title, "ISRC=DEABC241234", "BARCODE=12", "ARTIST=a\tb", NULL };
	struct flac_tags tags;

	(void)state;
	for (size_t i = 6; i + 2 < sizeof(title); i += 2)
		memcpy(title + i, "\xc3\xa4", 2);
	write_file(comments, 4, 0);
	flac_tags_read(path, &tags);
	assert_int_equal(strlen(tags.title), 254);
	assert_string_equal(tags.isrc, "");
	assert_string_equal(tags.mcn, "");
	assert_string_equal(tags.artist, "a b");
}

static void test_broken(void **state)
{
	static const char *const comments[] = { "TITLE=One", NULL };
	struct flac_tags tags;

	(void)state;
	write_file(comments, UINT32_MAX, 0);
	flac_tags_read(path, &tags);
	assert_string_equal(tags.title, "One");
	for (size_t cut = 1; cut < 60; cut++) {
		write_file(comments, 1, cut);
		flac_tags_read(path, &tags);
		assert_string_equal(tags.title, "");
	}
	flac_tags_read("/nonexistent", &tags);
	assert_string_equal(tags.title, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_unsound),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
