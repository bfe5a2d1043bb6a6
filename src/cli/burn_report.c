/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/verify_report.h"

const char *burn_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* "ASUS DRW-24D5MT 1.00" */
void burn_name_drive(const struct discern_drive_id *id, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s%s%s%s", id->vendor, id->vendor[0] != '\0' ? " " : "", id->product,
		 id->revision[0] != '\0' ? " " : "", id->revision);
}

/* "16x (22.2 MB/s)" */
void burn_tell_speed(uint32_t kbps, uint32_t speed_1x_kbps, char *ret, size_t size)
{
	double x = speed_1x_kbps > 0 ? (double)kbps / speed_1x_kbps : 0;

	if (x > 0)
		snprintf(ret, size, "%.*fx (%.1f MB/s)", x < 9.95 && x - (unsigned)x >= 0.05 ? 1 : 0, x,
			 (double)kbps / 1000);
	else
		snprintf(ret, size, "%.1f MB/s", (double)kbps / 1000);
}

/* No more exact than it can be. */
void burn_tell_estimate(uint32_t seconds, char *ret, size_t size)
{
	uint32_t minutes = (seconds + 30) / 60;

	if (seconds < 90)
		snprintf(ret, size, "about %u seconds", (seconds + 9) / 10 * 10);
	else if (minutes < 90)
		snprintf(ret, size, "about %u minutes", minutes);
	else
		snprintf(ret, size, "about %u hour%s and %u minutes", minutes / 60, minutes < 120 ? "" : "s",
			 minutes % 60);
}

enum { TIMES_SIZE = 512 };

/* ", 40 s to close": no more exact than it can be. */
static void add_time(char words[TIMES_SIZE], uint32_t seconds, const char *what)
{
	enum { MINUTE = 60, EXACT_SECONDS = 90, STEP = 10 };
	bool is_short = seconds < EXACT_SECONDS;
	size_t length = strlen(words);

	if (seconds > 0)
		snprintf(words + length, TIMES_SIZE - length, "%s%" PRIu32 " %s to %s", length == 0 ? "; about " : ", ",
			 is_short ? (seconds + STEP - 1) / STEP * STEP : (seconds + MINUTE / 2) / MINUTE,
			 is_short ? "s" : "min", what);
}

void burn_report_times(struct report *report, const struct burn_times *times)
{
	char words[TIMES_SIZE] = "", check[TEXT_SIZE], done[TEXT_SIZE + 32] = "checked";

	if (times->is_checked_later)
		snprintf(done, sizeof(done), "checked while it is written");
	else if (times->check_seconds >= 1)
		snprintf(done, sizeof(done), "checked in %s",
			 text_duration((uint64_t)(times->check_seconds + 0.5), check));
	add_time(words, times->prepare_seconds, "prepare the disc");
	add_time(words, times->write_seconds, "write");
	add_time(words, times->close_seconds, "close");
	add_time(words, times->verify_seconds, "read back");
	if (words[0] != '\0')
		report_text(report, "times", "%s%s", done, words);
	report_open_object(report, "times");
	report_real(report, "check_seconds", NULL, times->check_seconds, NULL);
	report_number(report, "prepare_seconds", NULL, times->prepare_seconds, NULL);
	report_number(report, "write_seconds", NULL, times->write_seconds, NULL);
	report_number(report, "close_seconds", NULL, times->close_seconds, NULL);
	report_number(report, "verify_seconds", NULL, times->verify_seconds, NULL);
	report_close(report);
}

void burn_report_disc(struct report *report, const struct discern_burn_plan *plan, struct discern_drive *drive)
{
	const char *path = discern_drive_path(drive);
	uint32_t n_sectors = plan->capacity_sectors > 0 ? plan->capacity_sectors : plan->free_sectors;
	char size[TEXT_SIZE];
	char maker[sizeof(plan->media_id) + sizeof(plan->manufacturer) + 8] = "";
	char name[64];

	if (plan->manufacturer[0] != '\0' || plan->media_id[0] != '\0')
		snprintf(maker, sizeof(maker), " (%s%s%s)", plan->manufacturer,
			 plan->manufacturer[0] != '\0' && plan->media_id[0] != '\0' ? ", " : "", plan->media_id);
	burn_name_drive(discern_drive_id(drive), name, sizeof(name));
	report_text(report, "disc", "%s, %s, %s%s in %s%s%s", discern_profile_name(plan->profile),
		    plan->overwrites[0] == '\0' && plan->appends_to[0] == '\0' ? "blank"
									       : discern_medium_state_name(plan->state),
		    text_size((uint64_t)n_sectors * DISCERN_SECTOR_SIZE, size), maker, burn_base_name(path),
		    name[0] != '\0' ? ", " : "", name);
	report_open_object(report, "drive");
	report_string(report, "path", NULL, path);
	report_string(report, "vendor", NULL, discern_drive_id(drive)->vendor);
	report_string(report, "product", NULL, discern_drive_id(drive)->product);
	report_string(report, "revision", NULL, discern_drive_id(drive)->revision);
	report_string(report, "serial", NULL, discern_drive_id(drive)->serial);
	report_close(report);
	report_open_object(report, "disc");
	report_string(report, "profile", NULL, discern_profile_name(plan->profile));
	report_string(report, "state", NULL, discern_medium_state_name(plan->state));
	report_number(report, "capacity_sectors", NULL, n_sectors, NULL);
	report_number(report, "free_sectors", NULL, plan->free_sectors, NULL);
	report_string(report, "media_id", NULL, plan->media_id);
	report_string(report, "manufacturer", NULL, plan->manufacturer);
	report_string(report, "holds", NULL, plan->overwrites[0] != '\0' ? plan->overwrites : plan->appends_to);
	report_close(report);
}

static void tell_steps(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent)
{
	char speed[64];
	char estimate[64];
	const char *prepare = plan->blank ? "blank, " : plan->format != DISCERN_FORMAT_NONE ? "format, " : "";
	const char *verify = intent->will_verify ? ", read back and compare" : ", without reading it back";
	const char *end = plan->leave_open ? ", leave the disc open" : ", close";
	uint32_t seconds = plan->seconds - (intent->will_verify ? 0 : plan->verify_seconds);

	burn_tell_speed(plan->speed_kbps, plan->speed_1x_kbps, speed, sizeof(speed));
	/* Nothing is there to close or to read back. */
	if (plan->simulate) {
		end = verify = "";
		seconds -= plan->close_seconds;
	}
	burn_tell_estimate(seconds, estimate, sizeof(estimate));
	report_text(report, "plan", "%s%s%s%s in one session%s%s%s%s%s", prepare, plan->simulate ? "simulate" : "write",
		    plan->speed_kbps > 0 ? " at " : "", plan->speed_kbps > 0 ? speed : "",
		    plan->appends_to[0] != '\0' ? " more" : "", end, verify, plan->seconds > 0 ? ": " : "",
		    plan->seconds > 0 ? estimate : "");
}

/* "16x (22.2 MB/s), 8x (11.1 MB/s)" */
static void list_speeds(const struct discern_burn_plan *plan, char *ret, size_t size)
{
	size_t length = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < plan->n_speeds && length + 64 < size; i++) {
		char speed[64];

		burn_tell_speed(plan->speeds_kbps[i], plan->speed_1x_kbps, speed, sizeof(speed));
		length += (size_t)snprintf(ret + length, size - length, "%s%s", i > 0 ? ", " : "", speed);
	}
}

/* A drive has a few speeds, of which the next lower one was taken, or the slowest. */
static void tell_other_speed(struct report *report, const struct discern_burn_plan *plan)
{
	char wanted[64], taken[64], offered[512];

	if (plan->wanted_kbps == 0)
		return;
	if (plan->n_speeds == 0) {
		report_text(report, "", "the drive does not say which speeds it has for this disc");
		return;
	}
	if ((uint64_t)plan->speed_kbps * 100 >= (uint64_t)plan->wanted_kbps * 98 &&
	    (uint64_t)plan->speed_kbps * 100 <= (uint64_t)plan->wanted_kbps * 102)
		return;
	burn_tell_speed(plan->wanted_kbps, plan->speed_1x_kbps, wanted, sizeof(wanted));
	burn_tell_speed(plan->speed_kbps, plan->speed_1x_kbps, taken, sizeof(taken));
	list_speeds(plan, offered, sizeof(offered));
	report_text(report, "", "%s is not offered, so it is %s: the drive has %s for this disc", wanted, taken,
		    offered);
}

static void tell_sessions(struct report *report, const struct discern_burn_plan *plan)
{
	if (plan->overwrites[0] != '\0')
		report_text(report, "", "the disc loses what it holds: %s", plan->overwrites);
	if (plan->appends_to[0] != '\0')
		report_text(report, "", "session %u, from LBA %" PRId32 " on; what is there stays: %s",
			    (unsigned)plan->session, plan->start_lba, plan->appends_to);
	if (plan->leave_open)
		report_text(report, "", "the disc stays open: another session can be added, with --append");
}

static const char *format_name(enum discern_format_kind kind)
{
	static const char *const names[] = {
		[DISCERN_FORMAT_NONE] = "none",           [DISCERN_FORMAT_DEFAULT] = "default",
		[DISCERN_FORMAT_SIZED] = "sized",         [DISCERN_FORMAT_NO_SPARES] = "no spares",
		[DISCERN_FORMAT_OVERWRITE] = "overwrite",
	};

	return names[kind];
}

static void report_choices(struct report *report, const struct discern_burn_plan *plan)
{
	report_string(report, "mode", NULL, plan->mode_name);
	report_string(report, "mode_reason", NULL, plan->mode_reason);
	report_bool(report, "blank", NULL, plan->blank, NULL);
	report_bool(report, "format", NULL, plan->format != DISCERN_FORMAT_NONE, NULL);
	report_string(report, "format_kind", NULL, format_name(plan->format));
	report_string(report, "overwrites", NULL, plan->overwrites);
	report_string(report, "appends_to", NULL, plan->appends_to);
	report_number(report, "session", NULL, plan->session, NULL);
	report_number(report, "start_lba", NULL, plan->start_lba, NULL);
	report_bool(report, "leave_open", NULL, plan->leave_open, NULL);
	report_bool(report, "simulate", NULL, plan->simulate, NULL);
	report_number(report, "layer_break_sectors", NULL, plan->layer_break_sectors, NULL);
	report_bool(report, "stream_recording", NULL, plan->stream_recording, NULL);
	report_open_list(report, "notes");
	for (size_t i = 0; i < plan->notes.n; i++)
		report_string(report, "note", NULL, plan->notes.lines[i]);
	report_close(report);
}

static void report_times(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent)
{
	const struct burn_times times = {
		.check_seconds = intent->check_seconds,
		.is_checked_later = intent->is_checked_later,
		.prepare_seconds = plan->prepare_seconds,
		.write_seconds = plan->write_seconds,
		.close_seconds = plan->simulate ? 0 : plan->close_seconds,
		.verify_seconds = intent->will_verify ? plan->verify_seconds : 0,
	};

	burn_report_times(report, &times);
}

void burn_report_plan(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent)
{
	tell_steps(report, plan, intent);
	tell_sessions(report, plan);
	report_text(report, "", "mode %s%s%s", plan->mode_name, plan->mode_reason[0] != '\0' ? ": " : "",
		    plan->mode_reason);
	for (size_t i = 0; i < plan->notes.n; i++)
		report_text(report, "", "%s", plan->notes.lines[i]);
	tell_other_speed(report, plan);
	report_times(report, plan, intent);
	report_open_object(report, "plan");
	report_choices(report, plan);
	report_number(report, "n_sectors", NULL, plan->n_sectors, NULL);
	report_number(report, "wanted_kbps", NULL, plan->wanted_kbps, NULL);
	report_number(report, "speed_kbps", NULL, plan->speed_kbps, NULL);
	report_number(report, "speed_1x_kbps", NULL, plan->speed_1x_kbps, NULL);
	report_number(report, "seconds", NULL, plan->seconds, NULL);
	report_bool(report, "verify", NULL, intent->will_verify, NULL);
	report_close(report);
}

/* What is true of the disc now, whatever was planned. */
static void tell_end(struct report *report, const struct discern_burn_plan *plan,
		     const struct discern_burn_result *result)
{
	if (plan->simulate)
		return;
	if (plan->leave_open && result->state != DISCERN_MEDIUM_APPENDABLE)
		report_text(report, "close", "the disc did not stay open: it has no room for another session");
	else if (plan->leave_open)
		report_text(report, "close",
			    "the drive finished the session without a complaint; the disc is open for more");
	else
		report_text(report, "close", "the drive finished the disc without a complaint");
}

void burn_report_write(struct report *report, const struct discern_burn_plan *plan,
		       const struct discern_burn_result *result)
{
	char size[TEXT_SIZE];
	char duration[TEXT_SIZE];
	char speed[64];
	char buffer[80] = "";

	burn_tell_speed(result->average_kbps, plan->speed_1x_kbps, speed, sizeof(speed));
	if (result->n_fifo_empty > 0)
		snprintf(buffer, sizeof(buffer), "; the image came too slowly, the buffer ran empty %u time%s",
			 result->n_fifo_empty, result->n_fifo_empty == 1 ? "" : "s");
	else if (result->min_fifo_percent < 100)
		snprintf(buffer, sizeof(buffer), ", buffer never below %u %%", result->min_fifo_percent);
	report_text(report, plan->simulate ? "simulate" : "write", "%s%s%s, %s in all%s",
		    text_size(result->written_bytes, size), result->average_kbps > 0 ? " at " : "",
		    result->average_kbps > 0 ? speed : "", text_duration((uint64_t)(result->seconds + 0.5), duration),
		    buffer);
	tell_end(report, plan, result);
	report_open_object(report, "write");
	report_number(report, "bytes", NULL, (int64_t)result->written_bytes, NULL);
	report_string(report, "sha256", NULL, result->sha256);
	report_real(report, "seconds", NULL, result->seconds, NULL);
	report_number(report, "average_kbps", NULL, result->average_kbps, NULL);
	report_number(report, "min_fifo_percent", NULL, result->min_fifo_percent, NULL);
	report_number(report, "n_fifo_empty", NULL, result->n_fifo_empty, NULL);
	report_string(report, "state", NULL, discern_medium_state_name(result->state));
	report_number(report, "behind_bytes", NULL, (int64_t)result->behind_bytes, NULL);
	if (result->min_drive_buffer_percent != DISCERN_PERCENT_UNKNOWN)
		report_number(report, "min_drive_buffer_percent", NULL, result->min_drive_buffer_percent, NULL);
	else
		report_string(report, "min_drive_buffer_percent", NULL, NULL);
	report_close(report);
}

void burn_report_spares(struct report *report, const struct discern_spares *before, const struct discern_spares *after)
{
	/* A format in between gives it new spare areas. */
	uint32_t n_before = before->n_all == after->n_all ? before->n_free : after->n_all;
	uint32_t n_used = n_before > after->n_free ? n_before - after->n_free : 0;

	if (!before->is_known || !after->is_known)
		return;
	if (n_used > 0)
		report_text(report, "spares",
			    "the drive replaced %" PRIu32 " blocks of the medium while writing, %" PRIu32
			    " spare ones are left",
			    n_used, after->n_free);
	report_open_object(report, "spares");
	report_number(report, "all", NULL, after->n_all, NULL);
	report_number(report, "free_before", NULL, n_before, NULL);
	report_number(report, "free_after", NULL, after->n_free, NULL);
	report_close(report);
}

void burn_report_verify(struct report *report, const struct discern_verify_result *result)
{
	char size[TEXT_SIZE];
	char duration[TEXT_SIZE];
	bool is_equal = discern_verify_is_equal(result);

	if (is_equal)
		report_text(report, "verify", "%s in %s, %s", text_size(result->image_bytes, size),
			    text_duration((uint64_t)(result->seconds + 0.5), duration),
			    result->is_by_digest ? "the SHA-256 of all of it is that of what was burned"
						 : "every sector equals the image");
	report_hush(report, is_equal);
	report_open_object(report, "verify");
	cli_report_verify(report, result, false);
	report_close(report);
	report_hush(report, false);
}
