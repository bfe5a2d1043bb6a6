/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_cd_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/burn_report.h"

enum { SECOND = 75 };

/* "3:12.40": minutes, seconds and sectors, as cue sheets count. */
static const char *playing_time(uint32_t n_sectors, char buffer[TEXT_SIZE])
{
	snprintf(buffer, TEXT_SIZE, "%" PRIu32 ":%02" PRIu32 ".%02" PRIu32, n_sectors / (60 * SECOND),
		 n_sectors / SECOND % 60, n_sectors % SECOND);
	return buffer;
}

static const char *mode_name(enum discern_cd_mode mode)
{
	switch (mode) {
	case DISCERN_CD_AUDIO:
		return "audio";
	case DISCERN_CD_MODE_1:
		return "data (Mode 1)";
	case DISCERN_CD_MODE_2:
		return "data (Mode 2)";
	case DISCERN_CD_XA:
		return "data (Mode 2 XA)";
	case DISCERN_CD_CDI:
		break;
	}
	return "data (CD-i)";
}

enum { LINE_SIZE = 1024 };

static void append(char line[LINE_SIZE], const char *before, const char *word, const char *behind)
{
	size_t length = strlen(line);

	snprintf(line + length, LINE_SIZE - length, "%s%s%s", before, word, behind);
}

static void print_track(struct report *report, const struct discern_cd_track *track, const char *label)
{
	char line[LINE_SIZE], start[TEXT_SIZE], length[TEXT_SIZE], words[64];

	snprintf(line, sizeof(line), "%2u  %9s  %9s  %s", track->number,
		 playing_time((uint32_t)track->start_lba, start), playing_time(track->n_sectors, length),
		 mode_name(track->mode));
	if (track->title[0] != '\0')
		append(line, "  \"", track->title, "\"");
	if (track->performer[0] != '\0')
		append(line, " by ", track->performer, "");
	if (track->n_pregap_sectors > 0)
		append(line, ", pause ", playing_time(track->n_pregap_sectors, start), "");
	snprintf(words, sizeof(words), "%u", track->n_indexes + 1);
	if (track->n_indexes > 0)
		append(line, ", ", words, " indexes");
	if (track->isrc[0] != '\0')
		append(line, ", ISRC ", track->isrc, "");
	if (track->has_pre_emphasis)
		append(line, ", ", "pre-emphasis", "");
	if (track->may_be_copied)
		append(line, ", ", "copy permitted", "");
	report_text(report, label, "%s", line);
}

static void report_track(struct report *report, const struct discern_cd_track *track)
{
	static const char *const modes[] = { "audio", "mode1", "mode2", "xa", "cdi" };

	report_open_object(report, NULL);
	report_number(report, "number", NULL, track->number, NULL);
	report_number(report, "session", NULL, track->session, NULL);
	report_string(report, "mode", NULL, modes[track->mode]);
	report_number(report, "lba", NULL, track->start_lba, NULL);
	report_number(report, "sectors", NULL, track->n_sectors, NULL);
	report_number(report, "pregap_sectors", NULL, track->n_pregap_sectors, NULL);
	report_number(report, "indexes", NULL, track->n_indexes + 1, NULL);
	report_string(report, "title", NULL, track->title);
	report_string(report, "performer", NULL, track->performer);
	report_string(report, "isrc", NULL, track->isrc);
	report_bool(report, "pre_emphasis", NULL, track->has_pre_emphasis, NULL);
	report_bool(report, "copy_permitted", NULL, track->may_be_copied, NULL);
	report_close(report);
}

static void print_image(struct report *report, const struct discern_cd *cd)
{
	const struct discern_cd_info *info = discern_cd_info(cd);
	char line[LINE_SIZE] = "", time[TEXT_SIZE];

	if (info->title[0] != '\0')
		append(line, ", \"", info->title, "\"");
	if (info->performer[0] != '\0')
		append(line, " by ", info->performer, "");
	if (info->mcn[0] != '\0')
		append(line, ", MCN ", info->mcn, "");
	report_text(report, "image", "%s, %zu track%s (%zu of audio)%s, %s%s", burn_base_name(discern_cd_path(cd)),
		    info->n_tracks, info->n_tracks == 1 ? "" : "s", info->n_audio_tracks,
		    info->n_sessions > 1 ? " in several sessions" : "", playing_time(info->n_sectors, time), line);
	for (size_t i = 0; i < info->n_tracks; i++)
		print_track(report, &info->tracks[i], i == 0 ? "tracks" : "");
}

void burn_cd_report_image(struct report *report, const struct discern_cd *cd, const struct discern_burn_cd_check *check)
{
	const struct discern_cd_info *info = discern_cd_info(cd);

	print_image(report, cd);
	report_open_object(report, "image");
	report_string(report, "path", NULL, discern_cd_path(cd));
	report_number(report, "n_sectors", NULL, info->n_sectors, NULL);
	report_number(report, "n_sessions", NULL, info->n_sessions, NULL);
	report_string(report, "title", NULL, info->title);
	report_string(report, "performer", NULL, info->performer);
	report_string(report, "mcn", NULL, info->mcn);
	report_bool(report, "cd_text", NULL, info->has_text, NULL);
	report_open_list(report, "tracks");
	for (size_t i = 0; i < info->n_tracks; i++)
		report_track(report, &info->tracks[i]);
	report_close(report);
	if (check != NULL) {
		report_string(report, "fed_sha256", NULL, check->sha256);
		report_number(report, "remade_sectors", NULL, check->n_remade_sectors, NULL);
		report_number(report, "sectors_without_edc", NULL, check->n_sectors_without_edc, NULL);
		report_number(report, "lost_samples", NULL, check->n_lost_samples, NULL);
		report_bool(report, "subchannel", NULL, check->has_subchannel, NULL);
	}
	report_close(report);
	if (check == NULL)
		return;
	report_text(report, "", "SHA-256 %s (of all sectors as they are fed)", check->sha256);
	if (check->n_remade_sectors > 0)
		report_text(report, "", "%" PRIu32 " data sectors are not sound: the drive makes them right",
			    check->n_remade_sectors);
	if (check->n_sectors_without_edc > 0)
		report_text(report, "",
			    "%" PRIu32
			    " sector%s of Form 2 without a checksum (EDC), as is allowed: the drive puts one there, "
			    "and leaves all else as it is",
			    check->n_sectors_without_edc, check->n_sectors_without_edc == 1 ? "" : "s");
	if (check->n_lost_samples > 0)
		report_text(report, "", "the last %" PRIu32 " samples of sound are lost, as the drive writes early",
			    check->n_lost_samples);
}

static void report_disc(struct report *report, const struct burn_cd_job *job)
{
	const struct discern_burn_cd_plan *plan = &job->plan;
	const char *path = discern_drive_path(job->drive);
	char time[TEXT_SIZE], name[64], room[TEXT_SIZE + 16] = "";

	/* Of a CD-RW that is closed drives do not tell it. */
	if (plan->free_sectors > 0)
		snprintf(room, sizeof(room), ", room for %s", playing_time(plan->free_sectors, time));
	burn_name_drive(discern_drive_id(job->drive), name, sizeof(name));
	report_text(report, "disc", "%s, %s%s%s%s%s in %s%s%s", discern_profile_name(plan->profile),
		    discern_medium_state_name(plan->state), room, plan->manufacturer[0] != '\0' ? " (" : "",
		    plan->manufacturer, plan->manufacturer[0] != '\0' ? ")" : "", burn_base_name(path),
		    name[0] != '\0' ? ", " : "", name);
	report_open_object(report, "drive");
	report_string(report, "path", NULL, path);
	report_string(report, "vendor", NULL, discern_drive_id(job->drive)->vendor);
	report_string(report, "product", NULL, discern_drive_id(job->drive)->product);
	report_string(report, "revision", NULL, discern_drive_id(job->drive)->revision);
	report_close(report);
	report_open_object(report, "disc");
	report_string(report, "profile", NULL, discern_profile_name(plan->profile));
	report_string(report, "state", NULL, discern_medium_state_name(plan->state));
	report_string(report, "holds", NULL, plan->overwrites);
	report_number(report, "capacity_sectors", NULL, plan->free_sectors, NULL);
	report_number(report, "free_sectors", NULL, plan->free_sectors, NULL);
	report_string(report, "media_id", NULL, plan->media_id);
	report_string(report, "manufacturer", NULL, plan->manufacturer);
	report_close(report);
}

static void print_plan(struct report *report, const struct burn_cd_job *job)
{
	const struct discern_burn_cd_plan *plan = &job->plan;
	unsigned n_sessions = discern_cd_info(job->cd)->n_sessions;
	const bool will_verify = job->options->will_verify && !job->burn.is_test;
	const char *end = job->burn.is_test ? "" : will_verify ? ", close, read back" : ", close";
	char speed[64] = "", time[64] = "", sessions[32] = "the session";

	if (plan->speed_kbps > 0)
		burn_tell_speed(plan->speed_kbps, plan->speed_1x_kbps, speed, sizeof(speed));
	if (plan->seconds > 0)
		burn_tell_estimate(plan->seconds - (will_verify ? 0 : plan->verify_seconds) -
					   (job->burn.is_test ? plan->close_seconds : 0),
				   time, sizeof(time));
	if (n_sessions > 1)
		snprintf(sessions, sizeof(sessions), "each of %u sessions", n_sessions);
	report_text(report, "plan", "%s%s %s at once (SAO: pauses, indexes and codes as they are)%s%s%s%s%s%s",
		    plan->blank ? "blank, " : "", job->burn.is_test ? "simulate" : "write", sessions,
		    plan->has_text ? ", with CD-TEXT" : "", speed[0] != '\0' ? ", at " : "", speed, end,
		    time[0] != '\0' ? ": " : "", time);
	if (job->burn.is_test)
		report_text(report, "",
			    "a trial with the laser at the power of reading, which proves nothing of the disc");
	if (plan->overwrites[0] != '\0')
		report_text(report, "", "the disc loses what it holds: %s", plan->overwrites);
	if (plan->lacks[0] != '\0')
		report_text(report, "lacks", "%s", plan->lacks);
}

static void report_times(struct report *report, const struct burn_cd_job *job)
{
	const struct discern_burn_cd_plan *plan = &job->plan;
	const bool is_test = job->burn.is_test;
	const struct burn_times times = {
		.check_seconds = job->check.seconds,
		.prepare_seconds = plan->prepare_seconds,
		.write_seconds = plan->write_seconds,
		.close_seconds = is_test ? 0 : plan->close_seconds,
		.verify_seconds = job->options->will_verify && !is_test ? plan->verify_seconds : 0,
	};

	burn_report_times(report, &times);
}

void burn_cd_report_plan(struct report *report, const struct burn_cd_job *job)
{
	const struct discern_burn_cd_plan *plan = &job->plan;

	report_disc(report, job);
	print_plan(report, job);
	report_times(report, job);
	report_open_object(report, "plan");
	report_string(report, "mode", NULL, "SAO");
	report_bool(report, "simulate", NULL, job->burn.is_test, NULL);
	report_number(report, "n_sectors", NULL, plan->n_sectors, NULL);
	report_bool(report, "cd_text", NULL, plan->has_text, NULL);
	report_bool(report, "subchannel", NULL, plan->has_subchannel, NULL);
	report_bool(report, "blank", NULL, plan->blank, NULL);
	report_string(report, "overwrites", NULL, plan->overwrites);
	report_string(report, "lacks", NULL, plan->lacks);
	report_number(report, "write_offset", NULL, job->burn.write_offset_samples, NULL);
	report_number(report, "speed_kbps", NULL, plan->speed_kbps, NULL);
	report_number(report, "speed_1x_kbps", NULL, plan->speed_1x_kbps, NULL);
	report_number(report, "seconds", NULL, plan->seconds, NULL);
	report_bool(report, "verify", NULL, job->options->will_verify, NULL);
	report_close(report);
}

void burn_cd_report_verify(struct report *report, const struct discern_verify_cd_result *result)
{
	report_open_object(report, "verify");
	cli_report_verify_cd(report, result);
	report_close(report);
}
