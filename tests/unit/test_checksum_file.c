/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "burn/checksum_file.h"

#define SHA256_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA256_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define MD5_C "cccccccccccccccccccccccccccccccc"

static int look(const char *text, const char *name, struct published_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	return published_sum_in_text(text, name, HASH_SHA256, false, sum);
}

static void reads_gnu_lines(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look(SHA256_B "  other.iso\n" SHA256_A "  debian.iso\n", "debian.iso", &sum), 0);
	assert_string_equal(sum.hex, SHA256_A);
	assert_int_equal(sum.kind, HASH_SHA256);
	assert_int_equal(look(SHA256_A " *debian.iso\n", "debian.iso", &sum), 0);
	assert_int_equal(look(SHA256_A " *./debian.iso", "debian.iso", &sum), 0);
	assert_int_equal(look(SHA256_A " debian.iso\r\n", "debian.iso", &sum), 0);
	assert_int_equal(look("\xef\xbb\xbf" SHA256_A "  debian.iso\n", "debian.iso", &sum), 0);
	assert_int_equal(look(SHA256_A "  a name with  blanks.iso\n", "a name with  blanks.iso", &sum), 0);
	assert_int_equal(
		look("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA  d.iso\n", "d.iso", &sum), 0);
	assert_string_equal(sum.hex, SHA256_A);
}

static void undoes_escapes(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look("\\" SHA256_A "  two\\nlines \\\\.iso\n", "two\nlines \\.iso", &sum), 0);
	/* Without the mark a backslash is a backslash. */
	assert_int_equal(look(SHA256_A "  two\\nlines.iso\n", "two\nlines.iso", &sum), -ENODATA);
	assert_int_equal(look(SHA256_A "  two\\nlines.iso\n", "two\\nlines.iso", &sum), 0);
	assert_int_equal(look("\\" SHA256_A "  ends\\\n", "ends\\", &sum), -ENODATA);
}

static void reads_bsd_lines(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look("MD5 (d.iso) = " MD5_C "\n", "d.iso", &sum), 0);
	assert_int_equal(sum.kind, HASH_MD5);
	assert_string_equal(sum.hex, MD5_C);
	assert_int_equal(look("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# d.iso: 5 bytes\n"
			      "SHA256 (d.iso) = " SHA256_A "\n-----BEGIN PGP SIGNATURE-----\n",
			      "d.iso", &sum),
			 0);
	assert_int_equal(look("SHA2-256(d.iso)= " SHA256_A "\n", "d.iso", &sum), 0);
	assert_int_equal(look("SHA256 (d (1).iso) = " SHA256_A "\n", "d (1).iso", &sum), 0);
	/* The stronger of two counts, in either order. */
	assert_int_equal(look("SHA256 (d.iso) = " SHA256_A "\nMD5 (d.iso) = " MD5_C "\n", "d.iso", &sum), 0);
	assert_int_equal(sum.kind, HASH_SHA256);
	assert_int_equal(look("MD5 (d.iso) = " MD5_C "\nSHA256 (d.iso) = " SHA256_A "\n", "d.iso", &sum), 0);
	assert_int_equal(sum.kind, HASH_SHA256);
	/* A digest of the wrong length for its tag is none. */
	assert_int_equal(look("SHA256 (d.iso) = " MD5_C "\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look("SHA256 (d.iso) =\nSHA256 (d.iso\nSHA256 )(\n(", "d.iso", &sum), -ENODATA);
}

static void passes_over_what_is_not_named(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look("", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(SHA256_A "\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(SHA256_A "  d.iso.old\n" SHA256_A "  d.is\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(SHA256_A "  i386/d.iso\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(SHA256_A "\td.iso\n", "d.iso", &sum), 0);
	assert_int_equal(look(SHA256_A "xd.iso\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(MD5_C "  d.iso\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(published_sum_in_text(SHA256_A "\n", "d.iso", HASH_SHA256, true, &sum), 0);
}

static void refuses_contradictions(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look(SHA256_A "  d.iso\n" SHA256_B "  d.iso\n", "d.iso", &sum), -EBADMSG);
	assert_int_equal(look(SHA256_A "  d.iso\n" SHA256_A " *d.iso\n", "d.iso", &sum), 0);
}

static void takes_typed_sums(void **state)
{
	struct published_sum sum;
	struct discern_error err;

	(void)state;
	assert_int_equal(published_sum_from_hex(SHA256_A, &sum, &err), 0);
	assert_int_equal(sum.kind, HASH_SHA256);
	assert_string_equal(sum.origin, "");
	assert_int_equal(published_sum_from_hex("CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", &sum, &err), 0);
	assert_int_equal(sum.kind, HASH_MD5);
	assert_string_equal(sum.hex, MD5_C);
	assert_int_equal(published_sum_from_hex("", &sum, &err), -EINVAL);
	assert_int_equal(published_sum_from_hex("abc", &sum, &err), -EINVAL);
	assert_int_equal(published_sum_from_hex("gccccccccccccccccccccccccccccccc", &sum, &err), -EINVAL);
}

static char folder[] = "/tmp/discern-test-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void finds_lists_beside_the_image(void **state)
{
	struct published_sum sum;
	struct discern_error err;
	char image[256];

	(void)state;
	snprintf(image, sizeof(image), "%s/d.iso", folder);
	assert_int_equal(published_sum_beside(image, NULL, &sum, &err), -ENOENT);
	put("d.iso.md5", MD5_C "  d.iso\n");
	assert_int_equal(published_sum_beside(image, NULL, &sum, &err), 0);
	assert_int_equal(sum.kind, HASH_MD5);
	assert_string_equal(sum.origin, "d.iso.md5");
	put("d.iso.sha256", SHA256_B "\n");
	assert_int_equal(published_sum_beside(image, NULL, &sum, &err), 0);
	assert_string_equal(sum.origin, "d.iso.sha256");
	put("SHA256SUMS", SHA256_A "  other.iso\n");
	assert_int_equal(published_sum_beside(image, NULL, &sum, &err), 0);
	assert_string_equal(sum.origin, "d.iso.sha256");
	put("SHA256SUMS", SHA256_A "  other.iso\n" SHA256_A "  d.iso\n");
	assert_int_equal(published_sum_beside(image, NULL, &sum, &err), 0);
	assert_string_equal(sum.origin, "SHA256SUMS");
	assert_string_equal(sum.hex, SHA256_A);
	/* A name without a folder is looked for in the current one. */
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(published_sum_beside("d.iso", NULL, &sum, &err), 0);
	assert_string_equal(sum.origin, "SHA256SUMS");
	put("SHA256SUMS", SHA256_A "  d.iso\n" SHA256_B "  d.iso\n");
	assert_int_equal(published_sum_beside("d.iso", NULL, &sum, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "SHA256SUMS"));
	assert_int_equal(unlink("SHA256SUMS"), 0);
	assert_int_equal(unlink("d.iso.sha256"), 0);
	assert_int_equal(unlink("d.iso.md5"), 0);
	assert_int_equal(chdir("/"), 0);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_gnu_lines),
		cmocka_unit_test(undoes_escapes),
		cmocka_unit_test(reads_bsd_lines),
		cmocka_unit_test(passes_over_what_is_not_named),
		cmocka_unit_test(refuses_contradictions),
		cmocka_unit_test(takes_typed_sums),
		cmocka_unit_test(finds_lists_beside_the_image),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
