/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "unit/unit.h"

struct line {
	enum cd_text_field field;
	unsigned track;
	const char *text;
};

/* The sheets of which libburn 1.5.4 made packs (burn_session_input_sheet_v07t(), burn_cdtext_from_session()). */
static const struct line english[] = {
	{ CD_TEXT_TITLE, 0, "Night Cats and a title that goes on for longer than three packs" },
	{ CD_TEXT_PERFORMER, 0, "United Cat Orchestra" },
	{ CD_TEXT_SONGWRITER, 0, "Various Songwriters" },
	{ CD_TEXT_COMPOSER, 0, "Various Composers" },
	{ CD_TEXT_ARRANGER, 0, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 0, "For all our fans" },
	{ CD_TEXT_DISC_ID, 0, "1234567890" },
	{ CD_TEXT_GENRE, 0, "Feline classic music" },
	{ CD_TEXT_CODE, 0, "1234567890123" },
	{ CD_TEXT_TITLE, 1, "Song of Joy" },
	{ CD_TEXT_PERFORMER, 1, "Felix and The Purrs" },
	{ CD_TEXT_SONGWRITER, 1, "Friedrich Schiller" },
	{ CD_TEXT_COMPOSER, 1, "Ludwig van Beethoven" },
	{ CD_TEXT_ARRANGER, 1, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 1, "Fritz and Louie once were punks" },
	{ CD_TEXT_CODE, 1, "XYBLG1101234" },
	{ CD_TEXT_TITLE, 2, "Humpty Dumpty" },
	{ CD_TEXT_PERFORMER, 2, "Catwalk Beauties" },
	{ CD_TEXT_SONGWRITER, 2, "Mother Goose" },
	{ CD_TEXT_ARRANGER, 2, "Tom Cat" },
	{ CD_TEXT_CODE, 2, "XYBLG1100005" },
	{ CD_TEXT_TITLE, 3, "A" },
	{ CD_TEXT_PERFORMER, 3, "Catwalk Beauties" },
	{ CD_TEXT_COMPOSER, 3, "Mia Kitten" },
	{ CD_TEXT_ARRANGER, 3, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 3, "exactly 12c" },
	{ CD_TEXT_CODE, 3, "XYBLG1100006" },
	{ CD_TEXT_TITLE, 4, "A" },
	{ CD_TEXT_PERFORMER, 4, "Catwalk Beauties" },
	{ CD_TEXT_TITLE, 5, "At last" },
	{ CD_TEXT_PERFORMER, 5, "Mia Kitten" },
};

static const struct line german[] = {
	{ CD_TEXT_TITLE, 0, "Nächtliche Kätzchen für Große and a title that goes on for longer than three packs" },
	{ CD_TEXT_PERFORMER, 0, "United Cat Orchestra" },
	{ CD_TEXT_SONGWRITER, 0, "Various Songwriters" },
	{ CD_TEXT_COMPOSER, 0, "Various Composers" },
	{ CD_TEXT_ARRANGER, 0, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 0, "For all our fans" },
	{ CD_TEXT_DISC_ID, 0, "1234567890" },
	{ CD_TEXT_GENRE, 0, "éÿ Gefühl" },
	{ CD_TEXT_CODE, 0, "1234567890123" },
	{ CD_TEXT_TITLE, 1, "Song of Joy" },
	{ CD_TEXT_PERFORMER, 1, "Felix and The Purrs" },
	{ CD_TEXT_SONGWRITER, 1, "Friedrich Schiller" },
	{ CD_TEXT_COMPOSER, 1, "Ludwig van Beethoven" },
	{ CD_TEXT_ARRANGER, 1, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 1, "Fritz and Louie once were punks" },
	{ CD_TEXT_CODE, 1, "XYBLG1101234" },
	{ CD_TEXT_TITLE, 2, "Übermütig Dumpty" },
	{ CD_TEXT_PERFORMER, 2, "Catwalk Beauties" },
	{ CD_TEXT_SONGWRITER, 2, "Mother Goose" },
	{ CD_TEXT_ARRANGER, 2, "Tom Cat" },
	{ CD_TEXT_CODE, 2, "XYBLG1100005" },
	{ CD_TEXT_TITLE, 3, "A" },
	{ CD_TEXT_PERFORMER, 3, "Catwalk Beauties" },
	{ CD_TEXT_COMPOSER, 3, "Mia Kätzchen" },
	{ CD_TEXT_ARRANGER, 3, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 3, "exactly 12c" },
	{ CD_TEXT_CODE, 3, "XYBLG1100006" },
	{ CD_TEXT_TITLE, 4, "A" },
	{ CD_TEXT_PERFORMER, 4, "Catwalk Beauties" },
	{ CD_TEXT_TITLE, 5, "At last" },
	{ CD_TEXT_PERFORMER, 5, "Mia Kätzchen" },
};

static const struct line french[] = {
	{ CD_TEXT_TITLE, 0, "Night Cats and a title that goes on for longer than three packs" },
	{ CD_TEXT_SONGWRITER, 0, "Various Songwriters" },
	{ CD_TEXT_COMPOSER, 0, "Various Composers" },
	{ CD_TEXT_ARRANGER, 0, "Tom Cat" },
	{ CD_TEXT_MESSAGE, 0, "For all our fans" },
	{ CD_TEXT_DISC_ID, 0, "1234567890" },
	{ CD_TEXT_CODE, 0, "1234567890123" },
};

/* What it made of the English one; and the digest of what it made of all three. */
static const uint8_t libburn_packs[] = {
	0x80, 0x00, 0x00, 0x00, 0x4e, 0x69, 0x67, 0x68, 0x74, 0x20, 0x43, 0x61, 0x74, 0x73, 0x20, 0x61, 0x9d, 0x50,
	0x80, 0x00, 0x01, 0x0c, 0x6e, 0x64, 0x20, 0x61, 0x20, 0x74, 0x69, 0x74, 0x6c, 0x65, 0x20, 0x74, 0x57, 0xb6,
	0x80, 0x00, 0x02, 0x0f, 0x68, 0x61, 0x74, 0x20, 0x67, 0x6f, 0x65, 0x73, 0x20, 0x6f, 0x6e, 0x20, 0x9b, 0xb5,
	0x80, 0x00, 0x03, 0x0f, 0x66, 0x6f, 0x72, 0x20, 0x6c, 0x6f, 0x6e, 0x67, 0x65, 0x72, 0x20, 0x74, 0xaf, 0x8f,
	0x80, 0x00, 0x04, 0x0f, 0x68, 0x61, 0x6e, 0x20, 0x74, 0x68, 0x72, 0x65, 0x65, 0x20, 0x70, 0x61, 0xfc, 0xc6,
	0x80, 0x00, 0x05, 0x0f, 0x63, 0x6b, 0x73, 0x00, 0x53, 0x6f, 0x6e, 0x67, 0x20, 0x6f, 0x66, 0x20, 0xc2, 0x59,
	0x80, 0x01, 0x06, 0x08, 0x4a, 0x6f, 0x79, 0x00, 0x48, 0x75, 0x6d, 0x70, 0x74, 0x79, 0x20, 0x44, 0xdf, 0xf4,
	0x80, 0x02, 0x07, 0x08, 0x75, 0x6d, 0x70, 0x74, 0x79, 0x00, 0x41, 0x00, 0x09, 0x00, 0x41, 0x74, 0x53, 0xac,
	0x80, 0x05, 0x08, 0x02, 0x20, 0x6c, 0x61, 0x73, 0x74, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xcd, 0x07,
	0x81, 0x00, 0x09, 0x00, 0x55, 0x6e, 0x69, 0x74, 0x65, 0x64, 0x20, 0x43, 0x61, 0x74, 0x20, 0x4f, 0x26, 0xe2,
	0x81, 0x00, 0x0a, 0x0c, 0x72, 0x63, 0x68, 0x65, 0x73, 0x74, 0x72, 0x61, 0x00, 0x46, 0x65, 0x6c, 0x60, 0x39,
	0x81, 0x01, 0x0b, 0x03, 0x69, 0x78, 0x20, 0x61, 0x6e, 0x64, 0x20, 0x54, 0x68, 0x65, 0x20, 0x50, 0xf8, 0xc1,
	0x81, 0x01, 0x0c, 0x0f, 0x75, 0x72, 0x72, 0x73, 0x00, 0x43, 0x61, 0x74, 0x77, 0x61, 0x6c, 0x6b, 0x97, 0xb1,
	0x81, 0x02, 0x0d, 0x07, 0x20, 0x42, 0x65, 0x61, 0x75, 0x74, 0x69, 0x65, 0x73, 0x00, 0x09, 0x00, 0x56, 0x26,
	0x81, 0x04, 0x0e, 0x00, 0x09, 0x00, 0x4d, 0x69, 0x61, 0x20, 0x4b, 0x69, 0x74, 0x74, 0x65, 0x6e, 0xb5, 0x65,
	0x81, 0x05, 0x0f, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x70, 0x15,
	0x82, 0x00, 0x10, 0x00, 0x56, 0x61, 0x72, 0x69, 0x6f, 0x75, 0x73, 0x20, 0x53, 0x6f, 0x6e, 0x67, 0xda, 0x87,
	0x82, 0x00, 0x11, 0x0c, 0x77, 0x72, 0x69, 0x74, 0x65, 0x72, 0x73, 0x00, 0x46, 0x72, 0x69, 0x65, 0x12, 0x55,
	0x82, 0x01, 0x12, 0x04, 0x64, 0x72, 0x69, 0x63, 0x68, 0x20, 0x53, 0x63, 0x68, 0x69, 0x6c, 0x6c, 0xbc, 0x86,
	0x82, 0x01, 0x13, 0x0f, 0x65, 0x72, 0x00, 0x4d, 0x6f, 0x74, 0x68, 0x65, 0x72, 0x20, 0x47, 0x6f, 0x6d, 0x52,
	0x82, 0x02, 0x14, 0x09, 0x6f, 0x73, 0x65, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x65, 0x59,
	0x83, 0x00, 0x15, 0x00, 0x56, 0x61, 0x72, 0x69, 0x6f, 0x75, 0x73, 0x20, 0x43, 0x6f, 0x6d, 0x70, 0xd8, 0x45,
	0x83, 0x00, 0x16, 0x0c, 0x6f, 0x73, 0x65, 0x72, 0x73, 0x00, 0x4c, 0x75, 0x64, 0x77, 0x69, 0x67, 0x1f, 0x07,
	0x83, 0x01, 0x17, 0x06, 0x20, 0x76, 0x61, 0x6e, 0x20, 0x42, 0x65, 0x65, 0x74, 0x68, 0x6f, 0x76, 0x5c, 0x9d,
	0x83, 0x01, 0x18, 0x0f, 0x65, 0x6e, 0x00, 0x00, 0x4d, 0x69, 0x61, 0x20, 0x4b, 0x69, 0x74, 0x74, 0xf8, 0xfc,
	0x83, 0x03, 0x19, 0x08, 0x65, 0x6e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xa1, 0xd5,
	0x84, 0x00, 0x1a, 0x00, 0x54, 0x6f, 0x6d, 0x20, 0x43, 0x61, 0x74, 0x00, 0x54, 0x6f, 0x6d, 0x20, 0x6d, 0xed,
	0x84, 0x01, 0x1b, 0x04, 0x43, 0x61, 0x74, 0x00, 0x09, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf1, 0x54,
	0x85, 0x00, 0x1c, 0x00, 0x46, 0x6f, 0x72, 0x20, 0x61, 0x6c, 0x6c, 0x20, 0x6f, 0x75, 0x72, 0x20, 0x99, 0x9c,
	0x85, 0x00, 0x1d, 0x0c, 0x66, 0x61, 0x6e, 0x73, 0x00, 0x46, 0x72, 0x69, 0x74, 0x7a, 0x20, 0x61, 0xee, 0x0a,
	0x85, 0x01, 0x1e, 0x07, 0x6e, 0x64, 0x20, 0x4c, 0x6f, 0x75, 0x69, 0x65, 0x20, 0x6f, 0x6e, 0x63, 0x22, 0x14,
	0x85, 0x01, 0x1f, 0x0f, 0x65, 0x20, 0x77, 0x65, 0x72, 0x65, 0x20, 0x70, 0x75, 0x6e, 0x6b, 0x73, 0x8c, 0x02,
	0x85, 0x01, 0x20, 0x0f, 0x00, 0x00, 0x65, 0x78, 0x61, 0x63, 0x74, 0x6c, 0x79, 0x20, 0x31, 0x32, 0x41, 0x12,
	0x85, 0x03, 0x21, 0x0a, 0x63, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xed, 0x10,
	0x86, 0x00, 0x22, 0x00, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x30, 0x00, 0x00, 0x28, 0x0f,
	0x87, 0x00, 0x23, 0x00, 0x00, 0x05, 0x46, 0x65, 0x6c, 0x69, 0x6e, 0x65, 0x20, 0x63, 0x6c, 0x61, 0xae, 0x63,
	0x87, 0x00, 0x24, 0x0a, 0x73, 0x73, 0x69, 0x63, 0x20, 0x6d, 0x75, 0x73, 0x69, 0x63, 0x00, 0x00, 0x38, 0xf7,
	0x8e, 0x00, 0x25, 0x00, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x30, 0x31, 0x32, 0x69, 0x39,
	0x8e, 0x00, 0x26, 0x0c, 0x33, 0x00, 0x58, 0x59, 0x42, 0x4c, 0x47, 0x31, 0x31, 0x30, 0x31, 0x32, 0xcd, 0xee,
	0x8e, 0x01, 0x27, 0x0a, 0x33, 0x34, 0x00, 0x58, 0x59, 0x42, 0x4c, 0x47, 0x31, 0x31, 0x30, 0x30, 0x90, 0x8d,
	0x8e, 0x02, 0x28, 0x09, 0x30, 0x30, 0x35, 0x00, 0x58, 0x59, 0x42, 0x4c, 0x47, 0x31, 0x31, 0x30, 0x38, 0x8d,
	0x8e, 0x03, 0x29, 0x08, 0x30, 0x30, 0x30, 0x36, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x66, 0xac,
	0x8f, 0x00, 0x2a, 0x00, 0x00, 0x01, 0x05, 0x03, 0x09, 0x07, 0x05, 0x05, 0x02, 0x06, 0x01, 0x02, 0x55, 0x2f,
	0x8f, 0x01, 0x2b, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x03, 0x2c, 0x00, 0x00, 0x00, 0x0e, 0xc0,
	0x8f, 0x02, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x11, 0x45,
};
static const char libburn_digest[] = "00ae3e588b9f0194e97da4395e9dbedc48ded404b7a580a9753c8e093102fe93";
enum { N_LIBBURN_PACKS = sizeof(libburn_packs) / CD_TEXT_PACK };

static void fill(struct cd_text_block *block, const struct line *lines, size_t n_lines)
{
	for (size_t i = 0; i < n_lines; i++)
		assert_int_equal(cd_text_set(block, lines[i].field, lines[i].track, lines[i].text), 0);
}

static void assert_block(const struct cd_text_block *block, const struct line *lines, size_t n_lines)
{
	size_t n_texts = 0;

	for (unsigned field = 0; field < CD_TEXT_N_FIELDS; field++)
		for (unsigned track = 0; track <= CD_MAX_TRACKS; track++)
			n_texts += block->texts[field][track] != NULL;
	assert_int_equal(n_texts, n_lines);
	for (size_t i = 0; i < n_lines; i++)
		assert_string_equal(block->texts[lines[i].field][lines[i].track], lines[i].text);
}

#define LINES(lines) lines, sizeof(lines) / sizeof((lines)[0])

static void test_encode_as_libburn(void **state)
{
	struct cd_text text = { .n_blocks = 1 };
	char hex[HASH_HEX_SIZE];
	struct hash *hash;
	uint8_t *packs;
	size_t n_packs;

	(void)state;
	fill(&text.blocks[0], LINES(english));
	text.blocks[0].language = 0x09;
	text.blocks[0].genre_code = 5;
	text.blocks[0].copyright = 3;
	assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, NULL), 0);
	assert_int_equal(n_packs, N_LIBBURN_PACKS);
	for (size_t i = 0; i < n_packs; i++)
		assert_memory_equal(packs + i * CD_TEXT_PACK, libburn_packs + i * CD_TEXT_PACK, CD_TEXT_PACK);
	free(packs);

	text.n_blocks = 3;
	fill(&text.blocks[1], LINES(german));
	text.blocks[1].language = 0x08;
	text.blocks[1].genre_code = 14;
	fill(&text.blocks[2], LINES(french));
	text.blocks[2].language = 0x0f;
	text.blocks[2].copyright = 3;
	assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, NULL), 0);
	assert_int_equal(n_packs, 112);
	assert_int_equal(hash_new(HASH_SHA256, &hash, NULL), 0);
	hash_update(hash, packs, n_packs * CD_TEXT_PACK);
	hash_finish(hash, hex);
	hash_free(hash);
	assert_string_equal(hex, libburn_digest);
	cd_text_clear(&text);

	/* And back. */
	size_t n_bad = 1;

	assert_int_equal(cd_text_decode(packs, n_packs, &text, &n_bad, NULL), 0);
	assert_int_equal(n_bad, 0);
	assert_int_equal(text.n_blocks, 3);
	assert_block(&text.blocks[0], LINES(english));
	assert_block(&text.blocks[1], LINES(german));
	assert_block(&text.blocks[2], LINES(french));
	assert_int_equal(text.blocks[0].language, 0x09);
	assert_int_equal(text.blocks[1].language, 0x08);
	assert_int_equal(text.blocks[2].language, 0x0f);
	assert_int_equal(text.blocks[0].genre_code, 5);
	assert_int_equal(text.blocks[1].genre_code, 14);
	assert_int_equal(text.blocks[2].genre_code, 0);
	assert_int_equal(text.blocks[0].copyright, 3);
	assert_int_equal(text.blocks[1].copyright, 0);
	free(packs);
	cd_text_clear(&text);
}

/* Each pack in turn is damaged: no text is wrong, at most the texts in it are missing or cut. */
static void test_damaged(void **state)
{
	(void)state;
	for (size_t bad = 0; bad < N_LIBBURN_PACKS; bad++) {
		uint8_t packs[sizeof(libburn_packs)];
		struct cd_text text;
		size_t n_bad, n_good = 0;

		memcpy(packs, libburn_packs, sizeof(packs));
		packs[bad * CD_TEXT_PACK + bad % CD_TEXT_PACK] ^= 0x10;
		assert_int_equal(cd_text_decode(packs, N_LIBBURN_PACKS, &text, &n_bad, NULL), 0);
		assert_int_equal(n_bad, 1);
		for (size_t i = 0; i < sizeof(english) / sizeof(english[0]); i++) {
			const char *got = text.blocks[0].texts[english[i].field][english[i].track];

			if (got == NULL)
				continue;
			n_good += strcmp(got, english[i].text) == 0;
			assert_memory_equal(got, english[i].text, strlen(got));
		}
		/* A pack has at most six texts, and a repeated one is lost with the first. */
		assert_true(n_good + 8 >= sizeof(english) / sizeof(english[0]));
		cd_text_clear(&text);
	}
}

/* A lead-in repeats its packs; a drive may begin anywhere in it. */
static void test_repeated(void **state)
{
	uint8_t packs[3 * sizeof(libburn_packs)];
	struct cd_text text;
	size_t n_bad;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		memcpy(packs + i * sizeof(libburn_packs), libburn_packs, sizeof(libburn_packs));
	assert_int_equal(cd_text_decode(packs, (size_t)3 * N_LIBBURN_PACKS, &text, &n_bad, NULL), 0);
	assert_block(&text.blocks[0], LINES(english));
	cd_text_clear(&text);
	/* Packs without any CRC, as files have them. */
	for (size_t i = 0; i < N_LIBBURN_PACKS; i++)
		memset(packs + i * CD_TEXT_PACK + 16, 0, 2);
	assert_int_equal(cd_text_decode(packs, N_LIBBURN_PACKS, &text, &n_bad, NULL), 0);
	assert_int_equal(n_bad, 0);
	assert_block(&text.blocks[0], LINES(english));
	cd_text_clear(&text);
	for (size_t i = 0; i < N_LIBBURN_PACKS; i++)
		packs[i * CD_TEXT_PACK + 16] = 1;
	assert_int_equal(cd_text_decode(packs, N_LIBBURN_PACKS, &text, &n_bad, NULL), -EINVAL);
	assert_int_equal(n_bad, N_LIBBURN_PACKS);
	assert_int_equal(cd_text_decode(packs, 0, &text, &n_bad, NULL), -EINVAL);
}

/* MS-JIS: each character has two bytes, Latin ones too. The bytes are those of Python's cp932. */
static void test_japanese(void **state)
{
	static const uint8_t expected[] = "\x93\xfa\x96\x7b\x8c\xea\x82\xcc\x89\xcc\0\0"
					  "\x82\x60\x81\x40\x82\x50\0\0\x09\x09\0\0";
	static const struct line japanese[] = {
		{ CD_TEXT_TITLE, 0, "\u65e5\u672c\u8a9e\u306e\u6b4c" },
		{ CD_TEXT_TITLE, 1, "A 1" },
		{ CD_TEXT_TITLE, 2, "A 1" },
		{ CD_TEXT_CODE, 0, "4988006116269" },
	};
	struct cd_text text = { .n_blocks = 1 }, again;
	uint8_t *packs;
	size_t n_packs, n_bad;
	int error;

	(void)state;
	fill(&text.blocks[0], LINES(japanese));
	text.blocks[0].language = 0x69;
	error = cd_text_encode(&text, 1, 2, &packs, &n_packs, NULL);
	if (error == -ENOTSUP) {
		cd_text_clear(&text);
		skip();
	}
	assert_int_equal(error, 0);
	/* Two packs of titles, two of codes, three of sizes. */
	assert_int_equal(n_packs, 7);
	assert_memory_equal(packs + 4, expected, 12);
	assert_memory_equal(packs + CD_TEXT_PACK, "\x80\x01\x01\x80", 4);
	assert_memory_equal(packs + CD_TEXT_PACK + 4, expected + 12, 12);
	assert_memory_equal(packs + 2 * CD_TEXT_PACK,
			    "\x8e\x00\x02\x00"
			    "498800611626",
			    16);
	assert_memory_equal(packs + 4 * CD_TEXT_PACK, "\x8f\x00\x04\x00\x80\x01\x02\x00\x02", 9);
	assert_int_equal(cd_text_decode(packs, n_packs, &again, &n_bad, NULL), 0);
	assert_string_equal(again.blocks[0].texts[CD_TEXT_TITLE][0], japanese[0].text);
	assert_string_equal(again.blocks[0].texts[CD_TEXT_TITLE][1], "\uff21\u3000\uff11");
	assert_string_equal(again.blocks[0].texts[CD_TEXT_TITLE][2], "\uff21\u3000\uff11");
	assert_string_equal(again.blocks[0].texts[CD_TEXT_CODE][0], "4988006116269");
	free(packs);
	cd_text_clear(&again);
	/* Neither halfwidth katakana nor what is not in MS-JIS. */
	cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 1, "\uff76");
	assert_int_equal(cd_text_encode(&text, 1, 2, &packs, &n_packs, NULL), -EINVAL);
	cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 1, "\u0e01");
	assert_int_equal(cd_text_encode(&text, 1, 2, &packs, &n_packs, NULL), -EINVAL);
	cd_text_clear(&text);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = { "\u20ac", "\u0100",           "\xff",
					     "\xc3",   "\xc0\x80",         "\xed\xa0\x80",
					     "\t",     "\xf4\x90\x80\x80", "a\xe2\x82" };
	struct cd_text text = { .n_blocks = 1 };
	struct discern_error err;
	char long_text[3100];
	uint8_t *packs;
	size_t n_packs;

	(void)state;
	assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, NULL), 0);
	assert_int_equal(n_packs, 0);
	assert_null(packs);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 1, wrong[i]);
		assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, NULL), -EINVAL);
		assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, &err), -EINVAL);
		assert_non_null(strstr(err.text, "track 1"));
	}
	memset(long_text, 'x', sizeof(long_text));
	/* 252 packs of text and three of sizes are all that a block has; a text has a zero, and so have five tracks. */
	long_text[252 * 12 - 6] = '\0';
	cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 1, NULL);
	cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 0, long_text);
	assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, &err), 0);
	assert_int_equal(n_packs, CD_TEXT_MAX_PACKS);
	free(packs);
	long_text[252 * 12 - 6] = 'x';
	long_text[252 * 12 - 5] = '\0';
	cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 0, long_text);
	assert_int_equal(cd_text_encode(&text, 1, 5, &packs, &n_packs, &err), -E2BIG);
	assert_int_equal(cd_text_encode(&text, 0, 5, &packs, &n_packs, NULL), -EINVAL);
	assert_int_equal(cd_text_encode(&text, 5, 4, &packs, &n_packs, NULL), -EINVAL);
	assert_int_equal(cd_text_encode(&text, 1, 100, &packs, &n_packs, NULL), -EINVAL);
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 100, "x"), -EINVAL);
	cd_text_clear(&text);
}

/* The first symbols of a lead-in: 80h 00h 00h is 100000 000000 000000 000000. */
static void test_symbols(void **state)
{
	uint8_t symbols[96], packs[4 * CD_TEXT_PACK];

	(void)state;
	cd_text_to_symbols(symbols, libburn_packs);
	assert_memory_equal(symbols, "\x20\x00\x00\x00\x00\x04\x39\x29", 8);
	for (unsigned i = 0; i < 96; i++) {
		assert_true(symbols[i] < 64);
		/* P and Q are none of it. */
		symbols[i] |= (uint8_t)(i << 6);
	}
	cd_text_from_symbols(packs, symbols);
	assert_memory_equal(packs, libburn_packs, sizeof(packs));
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(cd_text_crc(packs + i * CD_TEXT_PACK), get_be16(packs + i * CD_TEXT_PACK + 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode_as_libburn), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_repeated),          cmocka_unit_test(test_japanese),
		cmocka_unit_test(test_refused),           cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
