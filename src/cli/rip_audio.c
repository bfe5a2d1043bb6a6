/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_audio.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/rip_done.h"
#include "cli/rip_manifest.h"
#include "cli/range_words.h"

static const char *doubt_name(enum discern_audio_doubt doubt)
{
	return doubt == DISCERN_AUDIO_DOUBTFUL     ? "doubtful"
	       : doubt == DISCERN_AUDIO_UNREADABLE ? "unreadable"
						   : "out of reach";
}

static void hex(struct report *report, const char *key, uint32_t value)
{
	char digits[9];

	snprintf(digits, sizeof(digits), "%08" PRIx32, value);
	report_string(report, key, NULL, digits);
}

/* For JSON. */
static void report_track(struct report *report, const struct discern_audio_track *track)
{
	report_open_object(report, NULL);
	report_number(report, "number", NULL, track->number, NULL);
	report_string(report, "file", NULL, track->file);
	report_string(report, "title", NULL, track->title);
	report_string(report, "performer", NULL, track->performer);
	report_string(report, "isrc", NULL, track->isrc);
	report_bool(report, "pre_emphasis", NULL, track->has_pre_emphasis, NULL);
	report_bool(report, "copy_permitted", NULL, track->may_be_copied, NULL);
	report_number(report, "lba", NULL, track->start_lba, NULL);
	report_number(report, "sectors", NULL, track->n_sectors, NULL);
	report_number(report, "pregap_sectors", NULL, track->n_pregap_sectors, NULL);
	report_bool(report, "resumed", NULL, track->was_complete, NULL);
	report_number(report, "recovered_sectors", NULL, track->n_recovered_sectors, NULL);
	report_number(report, "doubtful_sectors", NULL, track->n_doubtful_sectors, NULL);
	report_number(report, "unreadable_sectors", NULL, track->n_unreadable_sectors, NULL);
	report_number(report, "out_of_reach_sectors", NULL, track->n_out_of_reach_sectors, NULL);
	hex(report, "crc32", track->crc32);
	if (track->number > 0) {
		hex(report, "accuraterip_v1", track->accuraterip_v1);
		hex(report, "accuraterip_v2", track->accuraterip_v2);
		hex(report, "ctdb", track->ctdb);
		report_number(report, "confidence_v1", NULL, track->confidence_v1, NULL);
		report_number(report, "confidence_v2", NULL, track->confidence_v2, NULL);
	}
	report_close(report);
}

static const char *verdict(const struct discern_rip_audio_result *result, const struct discern_audio_track *track,
			   char text[TEXT_SIZE])
{
	text[0] = '\0';
	if (result->accuraterip_knows != 1 || track->number == 0)
		return text;
	if (track->confidence_v1 + track->confidence_v2 > 0)
		snprintf(text, TEXT_SIZE, ", as %u other rips", track->confidence_v1 + track->confidence_v2);
	else
		snprintf(text, TEXT_SIZE, ", not as others have it");
	return text;
}

static void report_tracks(struct report *report, const struct discern_rip_audio_result *result)
{
	char text[TEXT_SIZE];

	report_open_list(report, "tracks");
	for (size_t i = 0; i < result->n_tracks; i++)
		report_track(report, &result->tracks[i]);
	report_close(report);
	for (size_t i = 0; i < result->n_tracks; i++) {
		const struct discern_audio_track *track = &result->tracks[i];

		report_text(report, i == 0 ? "tracks" : "", "%s", track->file);
		if (track->number == 0)
			report_text(report, "", "     CRC-32 %08" PRIx32, track->crc32);
		else
			report_text(report, "",
				    "     CRC-32 %08" PRIx32 ", AccurateRip %08" PRIx32 " %08" PRIx32
				    ", CTDB %08" PRIx32 "%s",
				    track->crc32, track->accuraterip_v1, track->accuraterip_v2, track->ctdb,
				    verdict(result, track, text));
	}
}

static void report_ids(struct report *report, const struct discern_rip_audio_result *result)
{
	report_string(report, "title", "title", result->title);
	report_string(report, "performer", "artist", result->performer);
	report_string(report, "mcn", "MCN", result->mcn);
	report_string(report, "musicbrainz_id", "MB id", result->musicbrainz_id);
	report_string(report, "freedb_id", "FreeDB", result->freedb_id);
	report_string(report, "accuraterip_file", "AR file", result->accuraterip_file);
	hex(report, "ctdb", result->ctdb);
	report_text(report, "CTDB", "%08" PRIx32, result->ctdb);
	if (result->accuraterip_knows >= 0)
		report_bool(report, "accuraterip_known", NULL, result->accuraterip_knows, NULL);
	if (result->accuraterip_knows == 0)
		report_text(report, "", "AccurateRip's file has nothing of this disc");
}

static void report_doubts(struct report *report, const struct discern_rip_audio_result *result)
{
	char words[TEXT_SIZE];

	report_number(report, "recovered_sectors", NULL, result->n_recovered_sectors, NULL);
	report_number(report, "doubtful_sectors", NULL, result->n_doubtful_sectors, NULL);
	report_number(report, "unreadable_sectors", NULL, result->n_unreadable_sectors, NULL);
	report_number(report, "out_of_reach_sectors", NULL, result->n_out_of_reach_sectors, NULL);
	report_text(report, "proof", "each sector came twice the same%s%s", result->has_c2 ? ", and no C2 error" : "",
		    result->has_jitter ? "; pieces were joined, as the drive does not begin where it should" : "");
	if (result->n_recovered_sectors > 0)
		report_text(report, "", "%" PRIu32 " after more tries", result->n_recovered_sectors);
	report_open_list(report, "ranges");
	for (size_t i = 0; i < result->n_ranges; i++) {
		const struct discern_audio_range *range = &result->ranges[i];

		report_open_object(report, NULL);
		report_string(report, "what", NULL, doubt_name(range->doubt));
		report_number(report, "lba", NULL, range->range.lba, NULL);
		report_number(report, "sectors", NULL, range->range.n_sectors, NULL);
		report_close(report);
	}
	report_close(report);
	for (size_t i = 0; i < result->n_ranges; i++)
		report_text(report, i == 0 ? "unsure" : "", "%s: %s", range_words(&result->ranges[i].range, words),
			    doubt_name(result->ranges[i].doubt));
}

void rip_audio_report(struct report *report, const struct rip_audio_run *run)
{
	const struct discern_rip_audio_result *result = run->result;
	char duration[TEXT_SIZE];

	report_string(report, "folder", "folder", result->folder);
	report_string(report, "cue_file", "sheet", result->cue_file);
	report_string(report, "drive", "drive", discern_drive_path(run->run.drive));
	report_bool(report, "resumed", NULL, result->is_resumed, NULL);
	report_number(report, "offset", NULL, run->options->audio.offset_samples, NULL);
	report_bool(report, "c2", NULL, result->has_c2, NULL);
	report_bool(report, "jitter", NULL, result->has_jitter, NULL);
	report_string(report, "left_out", "note", result->left_out);
	report_ids(report, result);
	report_tracks(report, result);
	report_doubts(report, result);
	report_real(report, "seconds", NULL, result->seconds, NULL);
	report_number(report, "speed_kbps", NULL, result->speed_kbps, NULL);
	report_text(report, "time", "%s", text_duration((uint64_t)(result->seconds + 0.5), duration));
}

static void tell(const struct rip_audio_run *run, bool has_manifest, const char *page)
{
	struct report *report = cli_report(run->options->cli);

	rip_audio_report(report, run);
	report_string(report, "manifest", "manifest", has_manifest ? run->manifest : "");
	if (page != NULL)
		report_string(report, "report", "report", page);
	report_finish(report);
}

static int judge(struct rip_options *options, const char *drive, const struct discern_rip_audio_result *result)
{
	uint32_t n_bad = result->n_doubtful_sectors + result->n_unreadable_sectors;

	if (result->n_out_of_reach_sectors > 0)
		cli_complain(options->cli, RIP_OUT_OF_REACH, drive, result->n_out_of_reach_sectors,
			     result->n_out_of_reach_sectors == 1 ? "" : "s");
	if (n_bad > 0)
		cli_complain(options->cli, "%s: %" PRIu32 " sector%s not sure", drive, n_bad,
			     n_bad == 1 ? " is" : "s are");
	return n_bad + result->n_out_of_reach_sectors > 0 ? CLI_EXIT_UNREADABLE : CLI_EXIT_GOOD;
}

int rip_audio(struct rip_options *options, struct discern_drive *drive, const char *const *command)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct discern_rip_audio_result result;
	static struct rip_audio_run run;
	struct discern_error err = { 0 };
	bool has_manifest;
	int ret, written;

	run = (struct rip_audio_run){ options, &result, { drive, command, time(NULL) }, "" };
	options->audio.output = options->rip.output;
	options->audio.retries = options->rip.retries;
	options->audio.max_seconds = options->rip.max_seconds;
	options->audio.speed_kbps = options->rip.speed_kbps;
	if (!options->no_manifest) {
		options->audio.begin = rip_audio_prepare_manifest;
		options->audio.user = &run;
	}
	if (discern_rip_audio(drive, &options->audio, &options->cli->observer, &result, &err) < 0) {
		if (err.code != -EALREADY)
			return cli_fail(options->cli, &err);
		rip_done_report(options->cli, "folder", result.folder, discern_drive_path(drive));
		return CLI_EXIT_GOOD;
	}
	progress_end(options->cli->progress);
	written = rip_audio_write_manifest(&run);
	has_manifest = written == CLI_EXIT_GOOD;
	if (written == CLI_EXIT_GOOD)
		written = rip_manifest_write_page(options, run.manifest);
	tell(&run, has_manifest, written == CLI_EXIT_GOOD ? options->report : NULL);
	ret = judge(options, discern_drive_path(drive), &result);
	return ret == CLI_EXIT_GOOD ? written : ret;
}
