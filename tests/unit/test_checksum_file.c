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
	assert_int_equal(look("SHA256 (d.iso) = " MD5_C "\n", "d.iso", &sum), -ENOMSG);
	assert_int_equal(look("SHA256 (d.iso) =\n", "d.iso", &sum), -ENOMSG);
	assert_int_equal(look("SHA256 (d.iso\nSHA256 )(\n(\nSHA3 (d.iso) = " SHA256_A "\n", "d.iso", &sum), -ENODATA);
}

#define SIGNED "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"

static void believes_only_what_is_signed(void **state)
{
	struct published_sum sum;

	(void)state;
	assert_int_equal(look(SIGNED "- " SHA256_A "  d.iso\n" SIGNATURE, "d.iso", &sum), 0);
	assert_string_equal(sum.hex, SHA256_A);
	assert_int_equal(
		look(SHA256_B "  d.iso\n" SIGNED SHA256_A "  d.iso\n" SIGNATURE SHA256_B "  d.iso\n", "d.iso", &sum),
		0);
	assert_string_equal(sum.hex, SHA256_A);
	assert_int_equal(look(SIGNED SIGNATURE SHA256_A "  d.iso\n", "d.iso", &sum), -ENODATA);
	assert_int_equal(look(SIGNED SHA256_A "  d.iso\n", "d.iso", &sum), -EBADMSG);
	assert_int_equal(look("-----BEGIN PGP SIGNED MESSAGE-----\n", "d.iso", &sum), -EBADMSG);
	/* A header cannot be the message. */
	assert_int_equal(
		look("-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n\n" SIGNATURE, "d.iso", &sum),
		-EBADMSG);
}

/* As Gentoo has them: BLAKE2B has as many digits as SHA-512. */
static void reads_headings(void **state)
{
	struct published_sum sum = { 0 };
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text), "# BLAKE2B HASH\n%s%s  d.iso\n# SHA512 HASH\n%s%s  d.iso\n", SHA256_B, SHA256_B,
		 SHA256_A, SHA256_A);
	assert_int_equal(published_sum_in_text(text, "d.iso", PUBLISHED_ANY_KIND, false, &sum), 0);
	assert_int_equal(sum.kind, HASH_SHA512);
	assert_string_equal(sum.hex, SHA256_A SHA256_A);
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
	assert_int_equal(look("00ff  d.iso\n", "d.iso", &sum), -ENOMSG);
	assert_int_equal(look(MD5_C "  d.iso\n", "d.iso", &sum), -ENOMSG);
	assert_int_equal(published_sum_in_text(MD5_C "  d.iso\n", "d.iso", PUBLISHED_ANY_KIND, false, &sum), 0);
	assert_int_equal(sum.kind, HASH_MD5);
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

static void drop(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static int find(const char *path, const char *inner_name, struct published_sum *sum)
{
	const struct published_names names = { path, inner_name };
	struct published_list list;
	struct discern_error err;
	int ret = published_sum_beside(&names, NULL, sum, &list, &err);

	if (ret == -EBADMSG)
		assert_true(err.text[0] != '\0');
	published_list_clear(&list);
	return ret;
}

static void finds_lists_beside_the_image(void **state)
{
	struct published_sum sum;
	char image[256];

	(void)state;
	snprintf(image, sizeof(image), "%s/d.iso", folder);
	assert_int_equal(find(image, NULL, &sum), -ENOENT);
	put("d.iso.md5", MD5_C "  d.iso\n");
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_int_equal(sum.kind, HASH_MD5);
	assert_string_equal(sum.origin, "d.iso.md5");
	put("d.iso.sha256", SHA256_B "\n");
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_string_equal(sum.origin, "d.iso.sha256");
	put("SHA256SUMS", SHA256_A "  other.iso\n");
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_string_equal(sum.origin, "d.iso.sha256");
	put("SHA256SUMS", SHA256_A "  other.iso\n" SHA256_A "  d.iso\n");
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_string_equal(sum.origin, "SHA256SUMS");
	assert_string_equal(sum.hex, SHA256_A);
	/* A name without a folder is looked for in the current one. */
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(find("d.iso", NULL, &sum), 0);
	assert_string_equal(sum.origin, "SHA256SUMS");
	put("SHA256SUMS", SHA256_A "  d.iso\n" SHA256_B "  d.iso\n");
	assert_int_equal(find("d.iso", NULL, &sum), -EBADMSG);
	put("SHA256SUMS", "abc  d.iso\n");
	assert_int_equal(find("d.iso", NULL, &sum), -EBADMSG);
	drop("SHA256SUMS");
	drop("d.iso.sha256");
	drop("d.iso.md5");
	assert_int_equal(chdir("/"), 0);
}

static void prefers_what_is_signed(void **state)
{
	struct published_sum sum;
	char image[256];

	(void)state;
	snprintf(image, sizeof(image), "%s/d.iso", folder);
	put("SHA256SUMS", SHA256_B "  d.iso\n");
	put("Project-9-CHECKSUM", SIGNED "SHA256 (d.iso) = " SHA256_A "\n" SIGNATURE);
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_string_equal(sum.origin, "Project-9-CHECKSUM");
	/* But not a weak digest, and not what only a signature's name is of. */
	put("MD5SUMS", MD5_C "  d.iso\n");
	put("MD5SUMS.sign", "?");
	drop("Project-9-CHECKSUM");
	assert_int_equal(find(image, NULL, &sum), 0);
	assert_string_equal(sum.origin, "SHA256SUMS");
	put("SHA256SUMS", SHA256_B "  other.iso\n");
	put("MD5SUMS", MD5_C "  other.iso\n");
	put("d.iso.sha256.sig", SHA256_A "  d.iso\n");
	assert_int_equal(find(image, NULL, &sum), -ENODATA);
	assert_string_equal(sum.origin, "SHA256SUMS, MD5SUMS");
	drop("d.iso.sha256.sig");
	drop("MD5SUMS.sign");
	drop("MD5SUMS");
	drop("SHA256SUMS");
}

static void tells_the_file_from_what_is_in_it(void **state)
{
	struct published_sum sum;
	char image[256];

	(void)state;
	snprintf(image, sizeof(image), "%s/d.iso.xz", folder);
	put("SHA256SUMS", SHA256_A "  d.iso\n");
	assert_int_equal(find(image, "d.iso", &sum), 0);
	assert_true(sum.is_of_inner);
	assert_int_equal(find(image, NULL, &sum), -ENODATA);
	put("SHA256SUMS", SHA256_A "  d.iso\n" SHA256_B "  d.iso.xz\n");
	assert_int_equal(find(image, "d.iso", &sum), 0);
	assert_false(sum.is_of_inner);
	assert_string_equal(sum.hex, SHA256_B);
	drop("SHA256SUMS");
	/* A lone sum means what the list is named after. */
	put("d.iso.sha256", SHA256_A "\n");
	assert_int_equal(find(image, "d.iso", &sum), 0);
	assert_true(sum.is_of_inner);
	drop("d.iso.sha256");
	put("d.iso.xz.sha256", SHA256_B "\n");
	assert_int_equal(find(image, "d.iso", &sum), 0);
	assert_false(sum.is_of_inner);
	drop("d.iso.xz.sha256");
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
		cmocka_unit_test(believes_only_what_is_signed),
		cmocka_unit_test(reads_headings),
		cmocka_unit_test(finds_lists_beside_the_image),
		cmocka_unit_test(prefers_what_is_signed),
		cmocka_unit_test(tells_the_file_from_what_is_in_it),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
