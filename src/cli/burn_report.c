/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/verify_report.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* "ASUS DRW-24D5MT 1.00" */
static void name_drive(const struct discern_drive_id *id, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s%s%s%s", id->vendor, id->vendor[0] != '\0' ? " " : "", id->product,
		 id->revision[0] != '\0' ? " " : "", id->revision);
}

/* "16x (22.2 MB/s)" */
static void tell_speed(uint32_t kbps, uint32_t speed_1x_kbps, char *ret, size_t size)
{
	double x = speed_1x_kbps > 0 ? (double)kbps / speed_1x_kbps : 0;

	if (x > 0)
		snprintf(ret, size, "%.*fx (%.1f MB/s)", x < 9.95 && x - (unsigned)x >= 0.05 ? 1 : 0, x,
			 (double)kbps / 1000);
	else
		snprintf(ret, size, "%.1f MB/s", (double)kbps / 1000);
}

/* No more exact than it can be. */
static void tell_estimate(uint32_t seconds, char *ret, size_t size)
{
	uint32_t minutes = (seconds + 30) / 60;

	if (seconds < 90)
		snprintf(ret, size, "about %u seconds", (seconds + 9) / 10 * 10);
	else if (minutes < 90)
		snprintf(ret, size, "about %u minutes", minutes);
	else
		snprintf(ret, size, "about %u hours and %u minutes", minutes / 60, minutes % 60);
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
	name_drive(discern_drive_id(drive), name, sizeof(name));
	report_text(report, "disc", "%s, %s, %s%s in %s%s%s", discern_profile_name(plan->profile),
		    plan->overwrites[0] == '\0' ? "blank" : discern_medium_state_name(plan->state),
		    text_size((uint64_t)n_sectors * DISCERN_SECTOR_SIZE, size), maker, base_name(path),
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
	report_string(report, "holds", NULL, plan->overwrites);
	report_close(report);
}

static void tell_steps(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent)
{
	char speed[64];
	char estimate[64];
	const char *verify = intent->will_verify ? ", read back and compare" : ", without reading it back";

	tell_speed(plan->speed_kbps, plan->speed_1x_kbps, speed, sizeof(speed));
	tell_estimate(intent->will_verify ? plan->seconds : plan->seconds / 2, estimate, sizeof(estimate));
	report_text(report, "plan", "%swrite%s%s in one session, close%s%s%s", plan->format ? "format, " : "",
		    plan->speed_kbps > 0 ? " at " : "", plan->speed_kbps > 0 ? speed : "", verify,
		    plan->seconds > 0 ? ": " : "", plan->seconds > 0 ? estimate : "");
}

void burn_report_plan(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent)
{
	const char *mode = plan->mode == DISCERN_WRITE_SAO ? "SAO" : "TAO";

	tell_steps(report, plan, intent);
	if (plan->overwrites[0] != '\0')
		report_text(report, "", "the disc loses what it holds: %s", plan->overwrites);
	if (intent->is_verbose)
		report_text(report, "", "mode %s%s%s", mode, plan->mode_reason[0] != '\0' ? ": " : "",
			    plan->mode_reason);
	report_open_object(report, "plan");
	report_string(report, "mode", NULL, mode);
	report_string(report, "mode_reason", NULL, plan->mode_reason);
	report_bool(report, "format", NULL, plan->format, NULL);
	report_string(report, "overwrites", NULL, plan->overwrites);
	report_number(report, "n_sectors", NULL, plan->n_sectors, NULL);
	report_number(report, "speed_kbps", NULL, plan->speed_kbps, NULL);
	report_number(report, "speed_1x_kbps", NULL, plan->speed_1x_kbps, NULL);
	report_number(report, "seconds", NULL, plan->seconds, NULL);
	report_bool(report, "verify", NULL, intent->will_verify, NULL);
	report_close(report);
}

void burn_report_write(struct report *report, const struct discern_burn_plan *plan,
		       const struct discern_burn_result *result)
{
	char size[TEXT_SIZE];
	char duration[TEXT_SIZE];
	char speed[64];
	char buffer[80] = "";

	tell_speed(result->average_kbps, plan->speed_1x_kbps, speed, sizeof(speed));
	if (result->n_fifo_empty > 0)
		snprintf(buffer, sizeof(buffer), "; the image came too slowly, the buffer ran empty %u times",
			 result->n_fifo_empty);
	else if (result->min_fifo_percent < 100)
		snprintf(buffer, sizeof(buffer), ", buffer never below %u %%", result->min_fifo_percent);
	report_text(report, "write", "%s%s%s, %s in all%s", text_size(result->written_bytes, size),
		    result->average_kbps > 0 ? " at " : "", result->average_kbps > 0 ? speed : "",
		    text_duration((uint64_t)(result->seconds + 0.5), duration), buffer);
	report_text(report, "close", "%s", "the drive finished the disc without a complaint");
	report_open_object(report, "write");
	report_number(report, "bytes", NULL, (int64_t)result->written_bytes, NULL);
	report_string(report, "sha256", NULL, result->sha256);
	report_real(report, "seconds", NULL, result->seconds, NULL);
	report_number(report, "average_kbps", NULL, result->average_kbps, NULL);
	report_number(report, "min_fifo_percent", NULL, result->min_fifo_percent, NULL);
	report_number(report, "n_fifo_empty", NULL, result->n_fifo_empty, NULL);
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
