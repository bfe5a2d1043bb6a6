/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/range_words.h"
#include "cli/rip_raw.h"

static const char *const state_names[] = {
	[DISCERN_RAW_MENDED] = "mended",
	[DISCERN_RAW_RECOVERED] = "recovered",
	[DISCERN_RAW_RUN_OUT] = "run_out",
	[DISCERN_RAW_WRONG] = "wrong",
	[DISCERN_RAW_DOUBTFUL] = "doubtful",
	[DISCERN_RAW_UNREADABLE] = "unreadable",
	[DISCERN_RAW_OUT_OF_REACH] = "out_of_reach",
};

static const char *const state_words[] = {
	[DISCERN_RAW_MENDED] = "mended: the drive gave it up, and the checksum is right now",
	[DISCERN_RAW_RECOVERED] = "the same after more tries",
	[DISCERN_RAW_RUN_OUT] = "the end of a written track, which holds no data",
	[DISCERN_RAW_WRONG] = "as it was read: its checksum or address is wrong",
	[DISCERN_RAW_DOUBTFUL] = "did not come twice the same",
	[DISCERN_RAW_UNREADABLE] = "unreadable",
	[DISCERN_RAW_OUT_OF_REACH] = "out of the drive's reach with this offset",
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void put_sums(struct report *report, const struct discern_raw_sums *sums)
{
	report_string(report, "crc32", NULL, sums->crc32);
	report_string(report, "md5", NULL, sums->md5);
	report_string(report, "sha1", NULL, sums->sha1);
	report_string(report, "sha256", NULL, sums->sha256);
}

/* For JSON. */
static void put_track(struct report *report, const struct discern_raw_track *track)
{
	report_open_object(report, NULL);
	report_number(report, "number", NULL, track->number, NULL);
	report_number(report, "session", NULL, track->session, NULL);
	report_string(report, "mode", NULL, track->mode);
	report_bool(report, "pre_emphasis", NULL, track->has_pre_emphasis, NULL);
	report_bool(report, "copy_permitted", NULL, track->may_be_copied, NULL);
	report_bool(report, "four_channels", NULL, track->has_four_channels, NULL);
	report_string(report, "isrc", NULL, track->isrc);
	report_number(report, "lba", NULL, track->begin_lba, NULL);
	report_number(report, "index1_lba", NULL, track->start_lba, NULL);
	report_number(report, "sectors", NULL, track->n_sectors, NULL);
	report_number(report, "bytes", NULL, (int64_t)track->n_sectors * 2352, NULL);
	report_number(report, "bad_sectors", NULL, track->n_bad_sectors, NULL);
	put_sums(report, &track->sums);
	report_string(report, "dat_file", NULL, track->dat_file);
	report_close(report);
}

static void put_tracks(struct report *report, const struct discern_rip_raw_result *result)
{
	report_open_list(report, "tracks");
	for (size_t i = 0; i < result->n_tracks; i++)
		put_track(report, &result->tracks[i]);
	report_close(report);
	for (size_t i = 0; i < result->n_tracks; i++) {
		const struct discern_raw_track *track = &result->tracks[i];

		report_text(report, i == 0 ? "tracks" : "",
			    "%2u %-9s %" PRIu32 " sectors from LBA %" PRId32 ", CRC-32 %s, MD5 %s", track->number,
			    track->mode, track->n_sectors, track->begin_lba, track->sums.crc32, track->sums.md5);
		report_text(report, "", "   SHA-1 %s", track->sums.sha1);
	}
}

static void put_files(struct report *report, const struct discern_rip_raw_result *result)
{
	char size[TEXT_SIZE];

	report_open_list(report, "files");
	for (size_t i = 0; i < result->n_files; i++) {
		const struct discern_raw_file *file = &result->files[i];

		report_open_object(report, NULL);
		report_string(report, "path", NULL, file->path);
		report_number(report, "bytes", NULL, (int64_t)file->size_bytes, NULL);
		put_sums(report, &file->sums);
		report_close(report);
	}
	report_close(report);
	for (size_t i = 0; i < result->n_files; i++)
		if (result->files[i].size_bytes > 0)
			report_text(report, i == 0 ? "files" : "", "%s, %s", result->files[i].path,
				    text_size(result->files[i].size_bytes, size));
		else
			report_text(report, i == 0 ? "files" : "", "%s", result->files[i].path);
}

static void put_range(struct report *report, const struct discern_range *range, const char *what)
{
	report_open_object(report, NULL);
	if (what != NULL)
		report_string(report, "what", NULL, what);
	report_number(report, "lba", NULL, range->lba, NULL);
	report_number(report, "sectors", NULL, range->n_sectors, NULL);
	report_close(report);
}

static void tell_range(struct report *report, const char *label, const struct discern_range *range, const char *words)
{
	char where[TEXT_SIZE];

	report_text(report, label, "%s: %s", range_words(range, where), words);
}

static void put_states(struct report *report, const struct discern_rip_raw_result *result)
{
	report_number(report, "bad_sectors", NULL, result->n_bad_sectors, NULL);
	for (unsigned i = 0; i < DISCERN_RAW_N_STATES; i++) {
		char key[32];

		snprintf(key, sizeof(key), "%s_sectors", state_names[i]);
		report_number(report, key, NULL, result->n_states[i], NULL);
	}
	report_open_list(report, "ranges");
	for (size_t i = 0; i < result->n_ranges; i++)
		put_range(report, &result->ranges[i].range, state_names[result->ranges[i].state]);
	report_close(report);
	for (size_t i = 0; i < result->n_ranges; i++)
		tell_range(report, i == 0 ? "sectors" : "", &result->ranges[i].range,
			   state_words[result->ranges[i].state]);
	if (result->n_ranges == DISCERN_RAW_MAX_RANGES)
		report_text(report, "", "and so on");
	if (result->n_states[DISCERN_RAW_RECOVERED] > 0)
		report_text(report, "sound", "%" PRIu32 " sector%s came the same after more tries",
			    result->n_states[DISCERN_RAW_RECOVERED],
			    result->n_states[DISCERN_RAW_RECOVERED] == 1 ? "" : "s");
}

static void put_subchannels(struct report *report, const struct discern_rip_raw_result *result)
{
	report_bool(report, "subchannels", NULL, result->has_subchannels, NULL);
	report_number(report, "wrong_q_sectors", NULL, result->n_wrong_q, NULL);
	report_number(report, "displaced_q_sectors", NULL, result->n_displaced_q, NULL);
	report_number(report, "lost_subchannel_sectors", NULL, result->n_lost_subchannels, NULL);
	report_open_list(report, "wrong_q_ranges");
	for (size_t i = 0; i < result->n_q_ranges; i++)
		put_range(report, &result->q_ranges[i], NULL);
	report_close(report);
	if (!result->has_subchannels)
		return;
	if (result->n_wrong_q == 0)
		report_text(report, "Q", "the checksum is right in every sector%s",
			    result->n_lost_subchannels > 0 ? " that could be read" : "");
	else
		report_text(report, "Q", "%" PRIu32 " sector%s with a wrong checksum each time, as read in the image",
			    result->n_wrong_q, result->n_wrong_q == 1 ? "" : "s");
	if (result->n_displaced_q > 0)
		report_text(report, "",
			    "%" PRIu32 " with the address of another sector: does this drive give Q early or late?",
			    result->n_displaced_q);
	for (size_t i = 0; i < result->n_q_ranges; i++)
		tell_range(report, "", &result->q_ranges[i], "wrong Q");
	if (result->n_lost_subchannels > 0)
		report_text(report, "", "%" PRIu32 " could not be read: zeros", result->n_lost_subchannels);
}

static void put_dat(struct report *report, const struct rip_raw_run *run)
{
	static const char *const names[] = {
		[DISCERN_RAW_DAT_NONE] = "",
		[DISCERN_RAW_DAT_MATCH] = "match",
		[DISCERN_RAW_DAT_PART] = "part",
		[DISCERN_RAW_DAT_OTHER] = "other",
	};
	const struct discern_rip_raw_result *result = run->result;

	report_string(report, "dat", NULL, run->options->raw.dat_path);
	report_string(report, "dat_verdict", NULL, names[result->dat]);
	report_string(report, "dat_game", NULL, result->dat_game);
	report_number(report, "dat_games", NULL, result->n_dat_games, NULL);
	if (result->dat == DISCERN_RAW_DAT_MATCH)
		report_text(report, "dat", "%s%s", result->dat_game,
			    result->n_dat_games > 1 ? ", and others with the same tracks" : "");
	else if (result->dat == DISCERN_RAW_DAT_PART)
		report_text(report, "dat", "not quite %s", result->dat_game);
	else if (result->dat == DISCERN_RAW_DAT_OTHER)
		report_text(report, "dat", "no entry has any of these tracks");
	for (size_t i = 0; i < result->n_tracks && result->dat == DISCERN_RAW_DAT_PART; i++)
		report_text(report, "", "track %u %s%s", result->tracks[i].number,
			    result->tracks[i].dat_file[0] != '\0' ? "is " : "differs", result->tracks[i].dat_file);
}

void rip_raw_report(struct report *report, const struct rip_raw_run *run)
{
	const struct discern_rip_raw_result *result = run->result;
	char duration[TEXT_SIZE];

	rip_manifest_report_run(report, "discern_raw_manifest", &run->run);
	report_string(report, "sheet", "sheet", result->sheet_path);
	put_files(report, result);
	report_string(report, "drive", "drive", discern_drive_path(run->run.drive));
	report_string(report, "title", "title", result->title);
	report_string(report, "mcn", "MCN", result->mcn);
	report_number(report, "sessions", NULL, result->n_sessions, NULL);
	if (result->n_sessions > 1)
		report_text(report, "sessions", "%u", result->n_sessions);
	report_bool(report, "resumed", NULL, result->is_resumed, NULL);
	report_number(report, "offset", NULL, run->options->raw.offset_samples, NULL);
	report_bool(report, "c2", NULL, result->has_c2, NULL);
	report_bool(report, "jitter", NULL, result->has_jitter, NULL);
	report_number(report, "sectors", NULL, result->n_sectors, NULL);
	put_tracks(report, result);
	put_states(report, result);
	put_subchannels(report, result);
	put_dat(report, run);
	report_string(report, "left_out", "note", result->left_out);
	report_string(report, "map", "map", result->map_path);
	report_string(report, "manifest", "manifest", name_of(run->manifest));
	report_real(report, "seconds", NULL, result->seconds, NULL);
	report_number(report, "speed_kbps", NULL, result->speed_kbps, NULL);
	report_text(report, "time", "%s", text_duration((uint64_t)(result->seconds + 0.5), duration));
}
