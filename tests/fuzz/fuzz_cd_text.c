/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-TEXT packs as any disc may hold them; what is read of them must be the same after it was written again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disc/cd_text.h"
#include "fuzz/fuzz.h"

enum { LANGUAGE_JAPANESE = 0x69, MAX_PACKS = 4096 };

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "fuzz_cd_text: %s\n", what);
	abort();
}

static bool is_same(const struct cd_text *a, const struct cd_text *b, unsigned block)
{
	for (unsigned field = 0; field < CD_TEXT_N_FIELDS; field++)
		for (unsigned track = 0; track <= CD_MAX_TRACKS; track++) {
			const char *text = a->blocks[block].texts[field][track];
			const char *again = b->blocks[block].texts[field][track];

			if ((text == NULL) != (again == NULL) || (text != NULL && strcmp(text, again) != 0))
				return false;
		}
	return true;
}

static void check_again(const struct cd_text *text)
{
	struct cd_text again;
	uint8_t *packs;
	size_t n_packs, n_bad;
	int error = cd_text_encode(text, 1, CD_MAX_TRACKS, &packs, &n_packs, NULL);

	if (error < 0) {
		check(error == -EINVAL || error == -E2BIG || error == -ENOTSUP, "another error");
		return;
	}
	if (n_packs == 0)
		return;
	check(n_packs <= (size_t)CD_TEXT_MAX_BLOCKS * CD_TEXT_MAX_PACKS, "too many packs");
	check(cd_text_decode(packs, n_packs, &again, &n_bad, NULL) == 0 && n_bad == 0, "its own packs are not sound");
	/* A Japanese block is written with wide characters. */
	for (unsigned i = 0; i < again.n_blocks; i++)
		check(text->blocks[i].language == LANGUAGE_JAPANESE || is_same(text, &again, i), "another text");
	cd_text_clear(&again);
	free(packs);
}

/* The first byte says whether CRCs are made right. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n_packs = size > 0 ? (size - 1) / CD_TEXT_PACK : 0, n_bad;
	struct cd_text text;
	uint8_t *packs;

	if (n_packs > MAX_PACKS)
		n_packs = MAX_PACKS;
	/* No byte more, so that reading behind them is seen. */
	packs = malloc(n_packs * CD_TEXT_PACK + (n_packs == 0));
	if (packs == NULL)
		return 0;
	if (n_packs > 0)
		memcpy(packs, data + 1, n_packs * CD_TEXT_PACK);
	for (size_t i = 0; i < n_packs && data[0] & 1; i++)
		put_be16(packs + i * CD_TEXT_PACK + 16, cd_text_crc(packs + i * CD_TEXT_PACK));
	if (cd_text_decode(packs, n_packs, &text, &n_bad, NULL) == 0) {
		check(n_bad < n_packs && text.n_blocks <= CD_TEXT_MAX_BLOCKS, "numbers do not fit");
		check_again(&text);
		cd_text_clear(&text);
	}
	free(packs);
	return 0;
}

/* Texts of many lengths, some repeated, in one language or two. */
static uint8_t *make_seed(unsigned n_tracks, uint8_t language, const char *word, size_t *ret_size)
{
	struct cd_text text = { .n_blocks = language == 0 ? 1 : 2 };
	uint8_t *packs, *seed;
	size_t n_packs;

	for (unsigned i = 0; i < text.n_blocks; i++) {
		text.blocks[i].language = i == 0 ? 9 : language;
		text.blocks[i].genre_code = 5;
		for (unsigned track = 0; track <= n_tracks; track++) {
			char title[100];

			snprintf(title, sizeof(title), "%s %0*u", i == 0 ? "Song" : word, (int)track % 40 + 1,
				 track / 2);
			check(cd_text_set(&text.blocks[i], CD_TEXT_TITLE, track, title) == 0, "no memory");
			if (track % 3 == 0)
				check(cd_text_set(&text.blocks[i], CD_TEXT_CODE, track, "DEA620412345") == 0,
				      "no memory");
		}
		check(cd_text_set(&text.blocks[i], CD_TEXT_GENRE, 0, "music that nobody has heard") == 0, "no memory");
	}
	if (cd_text_encode(&text, 1, n_tracks, &packs, &n_packs, NULL) < 0) {
		cd_text_clear(&text);
		return language == 0 ? NULL : make_seed(n_tracks, 0, word, ret_size);
	}
	cd_text_clear(&text);
	*ret_size = 1 + n_packs * CD_TEXT_PACK;
	seed = malloc(*ret_size);
	check(seed != NULL, "no memory");
	seed[0] = 1;
	memcpy(seed + 1, packs, n_packs * CD_TEXT_PACK);
	free(packs);
	return seed;
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	switch (index) {
	case 0:
		return make_seed(3, 0, "", ret_size);
	case 1:
		return make_seed(40, 8, "Lied f\u00fcr", ret_size);
	case 2:
		return make_seed(12, LANGUAGE_JAPANESE, "\u6b4c", ret_size);
	default:
		return NULL;
	}
}
