/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lead-in and sub-channel Q of a CD say, held against what they should. */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/cd_text.h"
#include "drive/cd_details.h"
#include "drive/cd_toc.h"

static const char *or_none(const char *text)
{
	return text == NULL || text[0] == '\0' ? "none" : text;
}

static void compare_indexes(struct cd_verify *verify, const struct cd_track *wanted, const struct cd_track *found)
{
	if (wanted->n_indexes != found->n_indexes)
		cd_verify_differs(verify, "track %u has %u indexes from 2 on, not %u", wanted->number, found->n_indexes,
				  wanted->n_indexes);
	for (unsigned i = 0; i < wanted->n_indexes && i < found->n_indexes; i++)
		if (wanted->indexes[i] != found->indexes[i])
			cd_verify_differs(verify, "index %u of track %u is at LBA %d, not %d", i + 2, wanted->number,
					  found->indexes[i], wanted->indexes[i]);
}

/* Q is looked at in audio tracks only. */
static void compare_audio(struct cd_verify *verify, const struct cd_track *wanted, const struct cd_track *found)
{
	bool begins_session = wanted == verify->layout->tracks || wanted[-1].session != wanted->session;

	if (!begins_session && wanted->start_lba - wanted->pregap_lba != found->start_lba - found->pregap_lba)
		cd_verify_differs(verify, "the pause before track %u has %d sectors, not %d", wanted->number,
				  found->start_lba - found->pregap_lba, wanted->start_lba - wanted->pregap_lba);
	compare_indexes(verify, wanted, found);
	if (strcmp(wanted->isrc, found->isrc) != 0)
		cd_verify_differs(verify, "the ISRC of track %u is %s, not %s", wanted->number, or_none(found->isrc),
				  or_none(wanted->isrc));
}

static void compare_track(struct cd_verify *verify, const struct cd_track *wanted, const struct cd_track *found)
{
	if (wanted->session != found->session)
		cd_verify_differs(verify, "track %u is in session %u, not %u", wanted->number, found->session,
				  wanted->session);
	if (wanted->start_lba != found->start_lba)
		cd_verify_differs(verify, "track %u begins at LBA %d, not %d", wanted->number, found->start_lba,
				  wanted->start_lba);
	if (wanted->control != found->control)
		cd_verify_differs(verify,
				  "track %u has the control bits %X, not %X (1 pre-emphasis, 2 copy permitted, 4 data)",
				  wanted->number, (unsigned)found->control, (unsigned)wanted->control);
	if (wanted->mode == CD_AUDIO && found->mode == CD_AUDIO)
		compare_audio(verify, wanted, found);
}

static void compare_layout(struct cd_verify *verify, const struct cd_layout *found)
{
	const struct cd_layout *wanted = verify->layout;

	if (wanted->n_sessions != found->n_sessions)
		cd_verify_differs(verify, "the disc has %u session%s, not %u", found->n_sessions,
				  found->n_sessions == 1 ? "" : "s", wanted->n_sessions);
	if (wanted->n_tracks != found->n_tracks)
		cd_verify_differs(verify, "the disc has %u track%s, not %u", found->n_tracks,
				  found->n_tracks == 1 ? "" : "s", wanted->n_tracks);
	for (unsigned i = 0; i < wanted->n_tracks && i < found->n_tracks; i++)
		compare_track(verify, &wanted->tracks[i], &found->tracks[i]);
	for (unsigned i = 0; i < wanted->n_sessions && i < found->n_sessions; i++)
		if (wanted->sessions[i].lead_out_lba != found->sessions[i].lead_out_lba)
			cd_verify_differs(verify, "session %u ends at LBA %d, not %d", i + 1,
					  found->sessions[i].lead_out_lba, wanted->sessions[i].lead_out_lba);
	if (wanted->tracks[0].mode == CD_AUDIO && strcmp(wanted->mcn, found->mcn) != 0)
		cd_verify_differs(verify, "the catalogue number is %s, not %s", or_none(found->mcn),
				  or_none(wanted->mcn));
}

static void compare_block(struct cd_verify *verify, const struct cd_text_block *wanted,
			  const struct cd_text_block *found)
{
	static const char *const names[CD_TEXT_N_FIELDS] = {
		[CD_TEXT_TITLE] = "title",       [CD_TEXT_PERFORMER] = "performer", [CD_TEXT_SONGWRITER] = "songwriter",
		[CD_TEXT_COMPOSER] = "composer", [CD_TEXT_ARRANGER] = "arranger",   [CD_TEXT_MESSAGE] = "message",
		[CD_TEXT_DISC_ID] = "disc id",   [CD_TEXT_GENRE] = "genre",         [CD_TEXT_CODE] = "code",
	};

	for (unsigned field = 0; field < CD_TEXT_N_FIELDS; field++) {
		for (unsigned track = 0; track <= CD_MAX_TRACKS; track++) {
			const char *one = wanted->texts[field][track], *other = found->texts[field][track];

			if (strcmp(one != NULL ? one : "", other != NULL ? other : "") != 0)
				cd_verify_differs(verify, "CD-TEXT, %s of %s %u: \"%.40s\", not \"%.40s\"",
						  names[field], track == 0 ? "disc" : "track", track, or_none(other),
						  or_none(one));
		}
	}
}

static void decode(const uint8_t *packs, size_t n_packs, struct cd_text *ret_text)
{
	size_t n_bad;

	memset(ret_text, 0, sizeof(*ret_text));
	if (packs != NULL && n_packs > 0 && cd_text_decode(packs, n_packs, ret_text, &n_bad, NULL) < 0)
		memset(ret_text, 0, sizeof(*ret_text));
}

static int compare_text(struct cd_verify *verify, struct discern_error *err)
{
	AUTO_FREE struct cd_text *texts = calloc(2, sizeof(*texts));
	AUTO_FREE uint8_t *packs = NULL;
	const size_t n_wanted = verify->n_text_packs;
	size_t n_packs = 0;
	int ret;

	if (texts == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_toc_read_text(verify->drive, &packs, &n_packs, err);
	if (ret < 0)
		return ret;
	if (n_wanted > 0 && n_packs == 0)
		cd_verify_differs(verify, "the disc has no CD-TEXT, or the drive does not read it");
	else if (n_wanted == 0 && n_packs > 0)
		cd_verify_differs(verify, "the disc has CD-TEXT, which it should not have");
	if (n_wanted == 0 || n_packs == 0)
		return 0;
	decode(verify->text_packs, n_wanted, &texts[0]);
	decode(packs, n_packs, &texts[1]);
	if (texts[0].n_blocks != texts[1].n_blocks)
		cd_verify_differs(verify, "CD-TEXT is in %u languages, not %u", texts[1].n_blocks, texts[0].n_blocks);
	for (unsigned i = 0; i < texts[0].n_blocks && i < texts[1].n_blocks; i++)
		compare_block(verify, &texts[0].blocks[i], &texts[1].blocks[i]);
	cd_text_clear(&texts[0]);
	cd_text_clear(&texts[1]);
	return 0;
}

static bool is_cancelled(void *user)
{
	return cd_verify_tell(user, NULL) < 0;
}

int cd_verify_tables(struct cd_verify *verify, struct discern_error *err)
{
	AUTO_FREE struct cd_layout *found = calloc(1, sizeof(*found));
	int ret;

	if (found == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_toc_read(verify->drive, found, err);
	if (ret < 0)
		return ret;
	ret = cd_details_read(verify->drive, found, CD_DETAILS_OF_AUDIO, is_cancelled, verify);
	if (ret < 0)
		return discern_error_set(err, ret, ret == -ECANCELED ? "stopped while comparing" : "out of memory");
	compare_layout(verify, found);
	return verify->options->no_text ? 0 : compare_text(verify, err);
}
