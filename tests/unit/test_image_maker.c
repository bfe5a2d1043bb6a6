/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of folders; tests/cli/burn_sources.sh has other programs read them. */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "disc/head_source.h"
#include "fs/image_maker.h"
#include "fs/volume.h"

enum { MOST = 4 << 20, CREATED = 1000000000 };

static char folder[] = "/tmp/discern-maker-XXXXXX";

static char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* The image of the folder, in portions of this size. */
static size_t make(uint8_t *image, size_t portion)
{
	const struct image_maker_options options = { .label = "Unit test", .created = CREATED };
	struct image_maker *maker = NULL;
	struct discern_error err;
	uint64_t size_bytes;
	size_t done = 0;
	ssize_t n;

	assert_int_equal(image_maker_new(&options, &maker, &err), 0);
	assert_int_equal(image_maker_add_folder(maker, folder, &err), 0);
	assert_int_equal(image_maker_n_nodes(maker), 4);
	assert_int_equal(image_maker_begin(maker, &size_bytes, &err), 0);
	assert_in_range(size_bytes, 1, MOST);
	while ((n = image_maker_read(maker, image + done, portion, &err)) > 0)
		done += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(done, size_bytes);
	assert_int_equal(image_maker_compare(maker, &err), 0);
	image_maker_free(maker);
	return done;
}

static void makes_the_same_image_twice(void **state)
{
	uint8_t *first = malloc(MOST), *second = malloc(MOST);
	const struct timespec times[2] = { { .tv_sec = 5 }, { .tv_nsec = UTIME_OMIT } };
	struct discern_image_info info;
	struct head_source head;
	size_t size;

	(void)state;
	size = make(first, MOST);
	head_source_init(&head, first, size, size);
	assert_int_equal(volume_inspect(&head.source, size, &info, NULL), 0);
	assert_true(info.volume.has_iso9660 && info.volume.has_joliet && info.volume.has_rock_ridge);
	assert_string_equal(info.volume.label, "Unit test");
	assert_string_equal(info.volume.created, "2001-09-09 01:46:40");
	assert_int_equal(info.volume.iso_sectors, size / 2048);
	/* What reading a file does to it makes no other image. */
	assert_int_equal(utimensat(AT_FDCWD, in_folder("a"), times, 0), 0);
	assert_int_equal(make(second, 3 * 2048), size);
	assert_memory_equal(first, second, size);
	free(first);
	free(second);
}

static void names_what_changed(void **state)
{
	const struct image_maker_options options = { .label = "Unit test", .created = CREATED };
	struct image_maker *maker = NULL;
	struct discern_error err;
	uint64_t size_bytes;

	(void)state;
	assert_int_equal(image_maker_new(&options, &maker, &err), 0);
	assert_int_equal(image_maker_add_folder(maker, folder, &err), 0);
	assert_int_equal(image_maker_begin(maker, &size_bytes, &err), 0);
	put("a", "another text");
	assert_int_equal(image_maker_compare(maker, &err), -ESTALE);
	assert_non_null(strstr(err.text, "/a: was changed"));
	assert_int_equal(unlink(in_folder("a")), 0);
	assert_int_equal(image_maker_compare(maker, &err), -ESTALE);
	assert_non_null(strstr(err.text, "/a: went away"));
	/* Freed with most of it unread. */
	image_maker_free(maker);
	put("a", "text");
	assert_int_equal(image_maker_new(&options, &maker, &err), 0);
	assert_true(image_maker_add_folder(maker, in_folder("missing"), &err) < 0);
	assert_non_null(strstr(err.text, "missing"));
	image_maker_free(maker);
	assert_null(image_maker_free(NULL));
}

static void head_fills_up_the_last_sector_only(void **state)
{
	uint8_t bytes[5000], sector[2 * 2048];
	struct head_source head;

	(void)state;
	memset(bytes, 7, sizeof(bytes));
	head_source_init(&head, bytes, sizeof(bytes), sizeof(bytes));
	assert_int_equal(head.source.n_sectors, 3);
	assert_int_equal(source_read(&head.source, 1, 2, sector, NULL), 0);
	assert_int_equal(sector[5000 - 2048 - 1], 7);
	assert_int_equal(sector[5000 - 2048], 0);
	assert_int_equal(source_read(&head.source, 3, 1, sector, NULL), -ENXIO);
	assert_int_equal(source_read(&head.source, -1, 1, sector, NULL), -ENXIO);
	/* The same bytes as the begin of something longer. */
	head_source_init(&head, bytes, sizeof(bytes), 100 * 2048);
	assert_int_equal(source_read(&head.source, 1, 1, sector, NULL), 0);
	assert_int_equal(source_read(&head.source, 2, 1, sector, NULL), -EIO);
	assert_int_equal(source_read(&head.source, 99, 1, sector, NULL), -EIO);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || mkdir(in_folder("b"), 0755) < 0)
		return -1;
	put("a", "text");
	put("b/c", "");
	return symlink("a", in_folder("link"));
}

static int tear_down(void **state)
{
	(void)state;
	unlink(in_folder("link"));
	unlink(in_folder("b/c"));
	rmdir(in_folder("b"));
	unlink(in_folder("a"));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef HAVE_LIBISOFS
		cmocka_unit_test(makes_the_same_image_twice),
		cmocka_unit_test(names_what_changed),
#endif
		cmocka_unit_test(head_fills_up_the_last_sector_only),
	};

#ifndef HAVE_LIBISOFS
	(void)makes_the_same_image_twice;
	(void)names_what_changed;
#endif
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
