/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of checksums, text that is signed in clear, and checksums inside of images, from hostile files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "burn/checksum_file.h"
#include "burn/embedded_sum.h"
#include "burn/pgp_text.h"
#include "disc/packed_file.h"
#include "fuzz/fuzz.h"

static void check_sum(const struct published_sum *sum)
{
	size_t length = strlen(sum->hex);

	if (length != hash_hex_length(sum->kind) || strspn(sum->hex, "0123456789abcdef") != length)
		abort();
}

static void look_up(const char *text)
{
	static const char *const names[] = { "d.iso", "two\nlines \\.iso", "" };
	static const int kinds[] = { PUBLISHED_ANY_KIND, HASH_SHA256, HASH_MD5 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t k = 0; k < 2 * sizeof(kinds) / sizeof(kinds[0]); k++) {
			struct published_sum sum = { 0 };
			int ret = published_sum_in_text(text, names[i], kinds[k / 2], k % 2 != 0, &sum);

			if (ret == 0)
				check_sum(&sum);
			else if (ret != -ENODATA && ret != -ENOMSG && ret != -EBADMSG)
				abort();
		}
	}
}

/* No byte of the body may come from outside, and none twice. */
static void take_body(const char *text)
{
	char *body = NULL;

	if (pgp_text_body(text, &body) == 0 && strlen(body) > strlen(text))
		abort();
	free(body);
}

static void check_image(const uint8_t *data, size_t size)
{
	enum { IMAGE_SIZE = 20 * 2048 };
	struct embedded_check *check;
	struct embedded_sum sum;
	const uint8_t *field;
	uint8_t *image = calloc(1, IMAGE_SIZE);

	if (image == NULL)
		return;
	memcpy(image + 16 * 2048, "\1CD001\1", 7);
	memcpy(image + 16 * 2048 + 80, size > 8 ? data : (const uint8_t *)"12345678", 8);
	memcpy(image + EMBEDDED_FIELD_AT, data, size < EMBEDDED_FIELD_SIZE ? size : EMBEDDED_FIELD_SIZE);
	if (embedded_check_new(&check, NULL) < 0)
		abort();
	embedded_check_update(check, image, IMAGE_SIZE);
	(void)embedded_check_finish(check, &sum);
	if (embedded_check_signature(check, &field) != NULL)
		abort();
	embedded_check_free(check);
	free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	look_up(text);
	take_body(text);
	check_image(data, size);
	(void)packing_of(data, size);
	free(text);
	return 0;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char *const seeds[] = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  d.iso\n"
		"\\cccccccccccccccccccccccccccccccc *two\\nlines \\\\.iso\r\n",
		"SHA256 (d.iso) = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nMD5(d.iso)= 00\n",
		"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- # SHA512 HASH\ncccccccccccccccccccccccccccccccc "
		" "
		"d.iso\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n",
		"ISO MD5SUM = cccccccccccccccccccccccccccccccc;SKIPSECTORS = 1;RHLISOSTATUS=1;FRAGMENT COUNT = 20;",
		"check=1;pad=3;sha256sum=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;signature=12",
	};
	uint8_t *seed;

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	seed = malloc(*ret_size);
	if (seed != NULL)
		memcpy(seed, seeds[index], *ret_size);
	return seed;
}
