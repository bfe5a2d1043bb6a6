/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_id.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

/* Discs that others have published with their names, as offsets from the pause of the first track; a data track is
 * counted from 1, in a session of its own if it is the last. NULL: not published. */
struct disc {
	const char *musicbrainz, *freedb;
	unsigned data_track, n_tracks;
	uint32_t lead_out, offsets[CD_MAX_TRACKS];
};

static const struct disc discs[] = {
	/* musicbrainz.org/doc/Disc_ID_Calculation. */
	{ "49HHV7Eb8UKF3aQiNmu1GR8vKTY-", NULL, 0, 6, 95462, { 150, 15363, 32314, 46592, 63414, 80489 } },
	/* The same page's disc with a data track behind: at 114574 + 11400. */
	{ "BPnh1KU.hea1C.KMYWLGZkHJr0w-",
	  NULL,
	  8,
	  8,
	  200000,
	  { 150, 14109, 33586, 53077, 65781, 77892, 99174, 125974 } },
	/* libdiscid's test_put.c. */
	{ "xUp1F2NkfP8s8jaeFn_Av3jNEI4-", "370fce16", 0, 22, 303602, { 150,    9700,   25887,  39297,  53795,  63735,
								       77517,  94877,  107270, 123552, 135522, 148422,
								       161197, 174790, 192022, 205545, 218010, 228700,
								       239590, 255470, 266932, 288750 } },
	/* python-discid's tests: Guano Apes, Don't give Me Names. */
	{ "TqvKjMu7dMliSfmVEBtrL7sBSno-",
	  "b60d770f",
	  0,
	  15,
	  258725,
	  { 150, 17510, 33275, 45910, 57805, 78310, 94650, 109580, 132010, 149160, 165115, 177710, 203325, 215555,
	    235590 } },
	/* whipper's test_image_table.py: Ladyhawke, with data in a second session. */
	{ "KnpGsLhvH.lPrNc1PBL21lb9Bg4-",
	  "c60af50d",
	  13,
	  13,
	  210535,
	  { 150, 15687, 31841, 51016, 66616, 81352, 99559, 116070, 133243, 149997, 161710, 177832, 207256 } },
	/* ARver's doc/data_track.md: Recoil, Liquid (MusicBrainz, EAC); and a game of which the first track is data. */
	{ "9AQWqQ0eCCwktwPPrIUIYkUw2Uo-",
	  "9e11600b",
	  11,
	  11,
	  333801,
	  { 150, 12767, 40487, 63225, 93410, 118115, 151865, 184340, 215260, 247455, 281735 } },
	{ NULL, "af0da31d", 1, 29, 261976, { 150,    66728,  76502,  85963,  93760,  104048, 116066, 124743,
					     134206, 142916, 151852, 160720, 169425, 178731, 188459, 196711,
					     206354, 214845, 223686, 225746, 226384, 232668, 239447, 239931,
					     244989, 254264, 260066, 261222, 261674 } },
	/* libcddb's check_discid.sh; of its length, only the seconds are known. */
	{ NULL,
	  "920ef00b",
	  0,
	  11,
	  3826 * 75,
	  { 150, 28615, 51027, 75835, 102620, 121460, 148977, 175697, 204322, 231082, 268002 } },
};

static struct cd_layout make_layout(const struct disc *disc)
{
	struct cd_layout layout = { .n_sessions = 1, .n_tracks = disc->n_tracks };
	bool is_extra = disc->data_track > 1;

	for (unsigned i = 0; i < disc->n_tracks; i++) {
		struct cd_track *track = &layout.tracks[i];

		track->number = i + 1;
		track->session = is_extra && i + 1 == disc->data_track ? 2 : 1;
		track->control = i + 1 == disc->data_track ? CD_CONTROL_DATA : 0;
		track->mode = i + 1 == disc->data_track ? CD_MODE_1 : CD_AUDIO;
		track->start_lba = (int32_t)disc->offsets[i] - 150;
		track->pregap_lba = i == 0 || track->session == 2 ? track->start_lba - 150 : track->start_lba;
		track->end_lba = (int32_t)(i + 1 < disc->n_tracks ? disc->offsets[i + 1] : disc->lead_out) - 150;
	}
	layout.sessions[0] = (struct cd_session){ .first_track = 1,
						  .last_track = disc->n_tracks,
						  .lead_out_lba = (int32_t)disc->lead_out - 150 };
	if (is_extra) {
		layout.n_sessions = 2;
		layout.tracks[disc->data_track - 2].end_lba -= 11400;
		layout.sessions[1] = layout.sessions[0];
		layout.sessions[1].first_track = disc->data_track;
		layout.sessions[0].last_track = disc->data_track - 1;
		layout.sessions[0].lead_out_lba = layout.tracks[disc->data_track - 2].end_lba;
	}
	assert_true(cd_layout_is_sound(&layout));
	return layout;
}

static void test_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(discs) / sizeof(discs[0]); i++) {
		struct cd_layout layout = make_layout(&discs[i]);
		char musicbrainz[CD_ID_MUSICBRAINZ], freedb[CD_ID_FREEDB];

		assert_int_equal(cd_id_musicbrainz(&layout, musicbrainz, NULL), 0);
		assert_int_equal(strlen(musicbrainz), CD_ID_MUSICBRAINZ - 1);
		if (discs[i].musicbrainz != NULL)
			assert_string_equal(musicbrainz, discs[i].musicbrainz);
		assert_int_equal(cd_id_freedb(&layout, freedb, NULL), 0);
		if (discs[i].freedb != NULL)
			assert_string_equal(freedb, discs[i].freedb);
	}
}

static void test_nameless(void **state)
{
	struct cd_layout layout = { 0 };
	char musicbrainz[CD_ID_MUSICBRAINZ], freedb[CD_ID_FREEDB];

	(void)state;
	assert_int_equal(cd_id_musicbrainz(&layout, musicbrainz, NULL), -EINVAL);
	assert_int_equal(cd_id_freedb(&layout, freedb, NULL), -EINVAL);
	/* A disc of data only has a FreeDB name all the same. */
	layout = make_layout(&discs[0]);
	for (unsigned i = 0; i < layout.n_tracks; i++)
		layout.tracks[i].control = CD_CONTROL_DATA;
	assert_int_equal(cd_id_musicbrainz(&layout, musicbrainz, NULL), -EINVAL);
	assert_int_equal(cd_id_freedb(&layout, freedb, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_nameless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
