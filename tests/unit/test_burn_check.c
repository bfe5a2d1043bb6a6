/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <discern/burn.h>

#include "base/bytes.h"
#include "base/error.h"

/* An ISO 9660 image as small as can be: descriptors at 16 and 17, a root folder at 18, and some sectors of data. */
enum { N_SECTORS = 400, SIZE = N_SECTORS * 2048 };

static char folder[] = "/tmp/discern-check-XXXXXX";
static char image_path[64];
static char list_path[64];
static uint8_t content[SIZE];

static void put_both_endian(uint8_t *p, uint32_t value)
{
	put_le32(p, value);
	put_be32(p + 4, value);
}

/* ECMA-119 8.4 and 9.1, as far as a reader looks. */
static void make_content(void)
{
	uint8_t *volume = content + 16 * 2048;
	uint8_t *root = volume + 156;

	memset(content, 0, sizeof(content));
	memset(volume + 8, ' ', 64);
	volume[0] = 1;
	memcpy(volume + 1, "CD001\1", 6);
	memcpy(volume + 40, "UNIT_TEST", 9);
	put_both_endian(volume + 80, N_SECTORS);
	volume[120] = volume[123] = volume[124] = volume[127] = 1;
	/* Block size 2048, both ways. */
	volume[129] = 8;
	volume[130] = 8;
	volume[131] = 0;
	root[0] = 34;
	put_both_endian(root + 2, 18);
	put_both_endian(root + 10, 2048);
	root[25] = 2;
	root[28] = root[31] = 1;
	root[32] = 1;
	volume[881] = 1;
	memcpy(content + 17 * 2048, "\377CD001\1", 7);
	for (size_t i = 20 * 2048; i < SIZE; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
}

static void put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void accepts_an_image(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, content, SIZE);
	assert_int_equal(discern_burn_check(image_path, NULL, NULL, &check, &err), 0);
	assert_int_equal(check.image.size_bytes, SIZE);
	assert_int_equal(check.n_sectors, N_SECTORS);
	assert_true(check.image.has_volume);
	assert_string_equal(check.image.volume.label, "UNIT_TEST");
	assert_int_equal(strlen(check.sha256), 64);
	assert_string_equal(check.checksum_kind, "");
	assert_string_equal(check.path, image_path);
}

static void rounds_the_size_up(void **state)
{
	const struct discern_burn_options any = { .any_file = true };
	struct discern_burn_check check;

	(void)state;
	put(image_path, content, 2049);
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, NULL), 0);
	assert_int_equal(check.n_sectors, 2);
	/* The digest is that of the file, not of the sectors. */
	put(image_path, "abc", 3);
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, NULL), 0);
	assert_int_equal(check.n_sectors, 1);
	assert_string_equal(check.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void refuses_what_is_no_image(void **state)
{
	const struct discern_burn_options any = { .any_file = true };
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, "", 0);
	assert_int_equal(discern_burn_check(image_path, NULL, NULL, &check, &err), -EINVAL);
	assert_non_null(strstr(err.text, "empty"));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), -EINVAL);
	put(image_path, content + 20 * 2048, 100 * 2048);
	assert_int_equal(discern_burn_check(image_path, NULL, NULL, &check, &err), -EINVAL);
	assert_non_null(strstr(err.hint, "--any-file"));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), 0);
	assert_int_equal(discern_burn_check(folder, NULL, NULL, &check, &err), -EISDIR);
	assert_int_equal(discern_burn_check("/dev/null", &any, NULL, &check, &err), -EINVAL);
	assert_int_equal(discern_burn_check("/nonexistent", &any, NULL, &check, &err), -ENOENT);
}

static void refuses_a_truncated_download(void **state)
{
	const struct discern_burn_options any = { .any_file = true };
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, content, SIZE / 2);
	assert_int_equal(discern_burn_check(image_path, NULL, NULL, &check, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not complete"));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), 0);
	assert_true(check.image.is_truncated);
}

static void holds_it_against_a_typed_sum(void **state)
{
	struct discern_burn_options options = { .any_file = true };
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, "abc", 3);
	options.checksum = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
	assert_int_equal(discern_burn_check(image_path, &options, NULL, &check, &err), 0);
	assert_string_equal(check.checksum_kind, "SHA-256");
	assert_string_equal(check.checksum_origin, "");
	options.checksum = "900150983cd24fb0d6963f7d28e17f72";
	assert_int_equal(discern_burn_check(image_path, &options, NULL, &check, &err), 0);
	assert_string_equal(check.checksum_kind, "MD5");
	options.checksum = "900150983cd24fb0d6963f7d28e17f73";
	assert_int_equal(discern_burn_check(image_path, &options, NULL, &check, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "900150983cd24fb0d6963f7d28e17f72"));
	options.checksum = "nonsense";
	assert_int_equal(discern_burn_check(image_path, &options, NULL, &check, &err), -EINVAL);
}

static void holds_it_against_a_list(void **state)
{
	static const char good[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad *d.iso\n";
	static const char bad[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae *d.iso\n";
	static const char other[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae *e.iso\n";
	const struct discern_burn_options any = { .any_file = true };
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, "abc", 3);
	put(list_path, good, strlen(good));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), 0);
	assert_string_equal(check.checksum_kind, "SHA-256");
	assert_string_equal(check.checksum_origin, "SHA256SUMS");
	put(list_path, bad, strlen(bad));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "SHA256SUMS"));
	put(list_path, other, strlen(other));
	assert_int_equal(discern_burn_check(image_path, &any, NULL, &check, &err), 0);
	assert_string_equal(check.checksum_kind, "");
	assert_int_equal(unlink(list_path), 0);
}

static uint64_t last_done_bytes;

static int watch(const struct discern_progress *progress, void *user)
{
	assert_int_equal(progress->phase, DISCERN_PHASE_CHECK);
	assert_int_equal(progress->total_bytes, SIZE);
	assert_true(progress->done_bytes >= last_done_bytes);
	last_done_bytes = progress->done_bytes;
	return *(int *)user;
}

/* A callback as another program would write to the file while it is read. */
static int append_a_byte(const struct discern_progress *progress, void *user)
{
	FILE *file = fopen(image_path, "a");

	(void)progress;
	(void)user;
	assert_non_null(file);
	fputc('x', file);
	return fclose(file);
}

static void tells_progress_and_stops(void **state)
{
	int answer = 0;
	const struct discern_observer observer = { .progress = watch, .user = &answer };
	const struct discern_observer writer = { .progress = append_a_byte };
	struct discern_burn_check check;
	struct discern_error err;

	(void)state;
	put(image_path, content, SIZE);
	assert_int_equal(discern_burn_check(image_path, NULL, &observer, &check, &err), 0);
	assert_int_equal(last_done_bytes, SIZE);
	last_done_bytes = 0;
	answer = 1;
	assert_int_equal(discern_burn_check(image_path, NULL, &observer, &check, &err), -ECANCELED);
	assert_int_equal(discern_burn_check(image_path, NULL, &writer, &check, &err), -ESTALE);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(image_path, sizeof(image_path), "%s/d.iso", folder);
	snprintf(list_path, sizeof(list_path), "%s/SHA256SUMS", folder);
	make_content();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(image_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_an_image),
		cmocka_unit_test(rounds_the_size_up),
		cmocka_unit_test(refuses_what_is_no_image),
		cmocka_unit_test(refuses_a_truncated_download),
		cmocka_unit_test(holds_it_against_a_typed_sum),
		cmocka_unit_test(holds_it_against_a_list),
		cmocka_unit_test(tells_progress_and_stops),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
