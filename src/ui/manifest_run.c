/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a rip has come to, to JSON. */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "ui/manifest_private.h"
#include "ui/printable.h"

/* null if it is empty: not known. */
static json_t *text(const char *value)
{
	json_t *string;
	char *clean;

	if (value == NULL || value[0] == '\0')
		return json_null();
	clean = manifest_must(printable_utf8(value));
	string = json_string(clean);
	free(clean);
	return string;
}

/* null if it is 0: not known. */
static json_t *known(uint32_t value)
{
	return value != 0 ? json_integer(value) : json_null();
}

/* Three digits after the point. */
static json_t *seconds(double value)
{
	return json_real(isfinite(value) ? round(value * 1000) / 1000 : 0);
}

static json_t *timestamp(time_t time)
{
	char words[32] = "";
	struct tm parts;

	if (gmtime_r(&time, &parts) != NULL)
		strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%SZ", &parts);
	return text(words);
}

static json_t *new_object(void)
{
	return manifest_must(json_object());
}

static json_t *new_list(void)
{
	return manifest_must(json_array());
}

/* ---- the disc ---- */

static json_t *make_tracks(const struct discern_medium *medium)
{
	json_t *list = new_list();

	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];
		json_t *entry = new_object();

		manifest_put(entry, "number", json_integer(track->number));
		manifest_put(entry, "session", json_integer(track->session));
		manifest_put(entry, "data", json_boolean(track->is_data));
		manifest_put(entry, "blank", json_boolean(track->is_blank));
		manifest_put(entry, "lba", json_integer(track->start_lba));
		manifest_put(entry, "sectors", json_integer(track->n_sectors));
		manifest_append(list, entry);
	}
	return list;
}

static json_t *make_disc(const struct manifest_run *run)
{
	const struct discern_rip_result *result = run->result;
	const struct discern_medium *medium = &result->record->medium;
	const struct discern_medium *maker = run->medium != NULL ? run->medium : medium;
	json_t *disc = new_object();

	manifest_put(disc, "identity", text(result->record->identity));
	manifest_put(disc, "label", text(result->volume_label));
	manifest_put(disc, "kind", text(discern_profile_name(medium->profile)));
	manifest_put(disc, "profile", json_integer(medium->profile));
	manifest_put(disc, "state", text(discern_medium_state_name(medium->state)));
	manifest_put(disc, "media_id", text(maker->media_id));
	manifest_put(disc, "manufacturer", text(maker->manufacturer));
	manifest_put(disc, "protection", json_integer(medium->protection));
	manifest_put(disc, "read_capacity_sectors", known(medium->read_capacity_sectors));
	manifest_put(disc, "structure_sectors", known(medium->structure_sectors));
	manifest_put(disc, "capacity_sectors", known(medium->capacity_sectors));
	manifest_put(disc, "sessions", json_integer(medium->n_sessions));
	manifest_put(disc, "tracks", make_tracks(medium));
	return disc;
}

static json_t *make_size(const struct discern_rip_result *result)
{
	json_t *size = new_object(), *list = new_list();

	for (size_t i = 0; i < result->n_candidates; i++) {
		json_t *entry = new_object();

		manifest_put(entry, "source", text(result->candidates[i].source));
		manifest_put(entry, "sectors", json_integer(result->candidates[i].n_sectors));
		manifest_put(entry, "chosen", json_boolean(result->candidates[i].is_chosen));
		manifest_append(list, entry);
	}
	manifest_put(size, "reason", text(result->size_reason));
	manifest_put(size, "left_out", text(result->left_out));
	manifest_put(size, "run_out_sectors", json_integer(result->n_run_out_sectors));
	manifest_put(size, "candidates", list);
	return size;
}

static json_t *make_hashes(const struct discern_rip_result *result)
{
	json_t *hashes = new_object();

	manifest_put(hashes, "sha256", text(result->sha256));
	manifest_put(hashes, "sha1", text(result->sha1));
	manifest_put(hashes, "md5", text(result->md5));
	manifest_put(hashes, "crc32", text(result->crc32));
	return hashes;
}

/* ---- what is missing ---- */

static json_t *make_counts(const struct discern_rip_record *record)
{
	json_t *counts = new_object();

	manifest_put(counts, "all", json_integer(record->n_sectors));
	manifest_put(counts, "good", json_integer(record->n_good));
	manifest_put(counts, "bad", json_integer(record->n_bad));
	manifest_put(counts, "failed", json_integer(record->n_failed));
	manifest_put(counts, "untried", json_integer(record->n_untried));
	return counts;
}

static json_t *make_range(const struct discern_rip_range *range)
{
	static const char *const states[] = { "untried", "failed", "bad", "doubtful" };
	json_t *entry = new_object();

	manifest_put(entry, "lba", json_integer(range->lba));
	manifest_put(entry, "sectors", json_integer(range->n_sectors));
	if (range->state != DISCERN_SECTOR_DOUBTFUL)
		manifest_put(entry, "state", text(states[range->state]));
	return entry;
}

/* What a run has read itself. */
static const struct discern_rip_record *own_record(const struct manifest_run *run)
{
	return run->part != NULL ? run->part->record : run->result->record;
}

static void put_ranges(json_t *root, const struct manifest_run *run)
{
	const struct discern_rip_record *record = own_record(run);
	json_t *bad = new_list(), *doubtful = json_object_get(root, "doubtful_ranges");

	/* What earlier runs found doubtful stays so: nobody reads it again. */
	doubtful = json_is_array(doubtful) ? json_incref(doubtful) : new_list();
	for (size_t i = 0; i < record->n_ranges; i++)
		manifest_append(record->ranges[i].state == DISCERN_SECTOR_DOUBTFUL ? doubtful : bad,
				make_range(&record->ranges[i]));
	manifest_put(root, "bad_ranges", bad);
	manifest_put(root, "doubtful_ranges", doubtful);
}

static json_t *make_files(const struct discern_rip_result *result)
{
	json_t *list = new_list();

	for (size_t i = 0; i < result->n_damaged_files; i++) {
		const struct discern_damaged_file *file = &result->damaged_files[i];
		json_t *entry = new_object();

		manifest_put(entry, "path", text(file->path));
		manifest_put(entry, "folder", json_boolean(file->is_folder));
		manifest_put(entry, "bytes", json_integer((json_int_t)file->size_bytes));
		manifest_put(entry, "bad_sectors", json_integer(file->n_bad_sectors));
		manifest_append(list, entry);
	}
	return list;
}

/* ---- a run ---- */

static void put_tally(json_t *object, const struct discern_rip_tally *tally)
{
	manifest_put(object, "reads", json_integer(tally->n_reads));
	manifest_put(object, "errors", json_integer(tally->n_errors));
	manifest_put(object, "sectors", json_integer(tally->n_sectors));
	manifest_put(object, "read_seconds", seconds(tally->read_seconds));
	manifest_put(object, "error_seconds", seconds(tally->error_seconds));
}

static bool is_empty(const struct discern_rip_tally *tally)
{
	return tally->n_reads == 0 && tally->n_errors == 0;
}

static json_t *make_passes(const struct discern_rip_record *record)
{
	json_t *list = new_list();

	for (size_t i = 0; i < record->n_passes; i++) {
		const struct discern_rip_pass *pass = &record->passes[i];
		json_t *entry = new_object();

		manifest_put(entry, "name", text(pass->name));
		manifest_put(entry, "how", text(pass->words));
		manifest_put(entry, "where", text(pass->where));
		manifest_put(entry, "start", seconds(pass->start_seconds));
		manifest_put(entry, "seconds", seconds(pass->seconds));
		manifest_put(entry, "rounds", json_integer(pass->n_rounds));
		put_tally(entry, &pass->tally);
		manifest_put(entry, "left", json_integer(pass->n_left));
		manifest_append(list, entry);
	}
	return list;
}

/* Sectors that a run did not touch are not listed. */
static json_t *make_zones(const struct manifest_run *run)
{
	const struct discern_rip_record *record = own_record(run);
	json_t *list = new_list();

	for (size_t i = 0; i < record->n_zones; i++) {
		const struct discern_rip_tally *tally = &record->zones[i];
		double kbps = tally->read_seconds > 0 ? tally->n_sectors * 2.048 / tally->read_seconds : 0;
		json_t *entry;

		if (is_empty(tally))
			continue;
		entry = new_object();
		manifest_put(entry, "lba",
			     json_integer((json_int_t)run->result->first_lba + (json_int_t)i * record->zone_sectors));
		put_tally(entry, tally);
		manifest_put(entry, "speed_kbps",
			     kbps > 0 && kbps < 1e9 ? json_integer((json_int_t)(kbps + 0.5)) : json_null());
		manifest_append(list, entry);
	}
	return list;
}

static json_t *make_times(const struct discern_rip_record *record)
{
	json_t *list = new_list();

	for (size_t i = 0; i < record->n_slots; i++) {
		json_t *entry;

		if (is_empty(&record->slots[i]))
			continue;
		entry = new_object();
		manifest_put(entry, "start", seconds((double)i * record->slot_seconds));
		put_tally(entry, &record->slots[i]);
		manifest_append(list, entry);
	}
	return list;
}

static void append_messages(json_t *list, const struct discern_rip_record *record)
{
	static const char *const levels[] = { "debug", "detail", "note", "warning" };

	for (size_t i = 0; i < record->n_events; i++) {
		json_t *entry = new_object();

		manifest_put(entry, "time", seconds(record->events[i].seconds));
		manifest_put(entry, "level", text(levels[record->events[i].level]));
		manifest_put(entry, "text", text(record->events[i].text));
		manifest_append(list, entry);
	}
}

/* What concerns all drives is told with the first. */
static json_t *make_messages(const struct manifest_run *run)
{
	json_t *list = new_list();

	if (run->part == run->result->drives)
		append_messages(list, run->result->record);
	if (run->part != NULL)
		append_messages(list, run->part->record);
	return list;
}

static const char *outcome(const struct manifest_run *run)
{
	if (run->part != NULL && run->part->error.code < 0)
		return "failed";
	switch (-run->error->code) {
	case 0:
		return run->result->n_bad_sectors == 0 ? "complete" : "bad";
	case ETIME:
		return "limit";
	case ECANCELED:
		return "stopped";
	default:
		return "failed";
	}
}

static json_t *make_drive(const struct manifest_run *run)
{
	json_t *drive = new_object();

	manifest_put(drive, "path", text(run->drive_path));
	manifest_put(drive, "vendor", text(run->drive->vendor));
	manifest_put(drive, "product", text(run->drive->product));
	manifest_put(drive, "firmware", text(run->drive->revision));
	manifest_put(drive, "serial", text(run->drive->serial));
	return drive;
}

static json_t *make_run(const struct manifest_run *run)
{
	const struct discern_rip_record *record = own_record(run);
	const struct discern_error *error =
		run->part != NULL && run->part->error.code < 0 ? &run->part->error : run->error;
	uint32_t speed_kbps = run->part != NULL ? run->part->speed_kbps : run->result->speed_kbps;
	json_t *entry = new_object(), *command = new_list();

	for (size_t i = 0; run->command[i] != NULL; i++)
		manifest_append(command, text(run->command[i]));
	manifest_put(entry, "version", text(run->version));
	manifest_put(entry, "command", command);
	manifest_put(entry, "start", timestamp(run->start));
	manifest_put(entry, "end", timestamp(run->end));
	manifest_put(entry, "seconds", seconds(run->result->seconds));
	manifest_put(entry, "drive_seconds", seconds(record->seconds));
	manifest_put(entry, "drive", make_drive(run));
	manifest_put(entry, "resumed", json_boolean(run->result->is_resumed));
	manifest_put(entry, "outcome", text(outcome(run)));
	manifest_put(entry, "error", text(error->code < 0 ? error->text : ""));
	manifest_put(entry, "speed_kbps", json_integer(speed_kbps));
	manifest_put(entry, "sectors", make_counts(record));
	manifest_put(entry, "passes", make_passes(record));
	manifest_put(entry, "zone_sectors", json_integer(record->zone_sectors));
	manifest_put(entry, "zones", make_zones(run));
	manifest_put(entry, "slot_seconds", json_real(record->slot_seconds));
	manifest_put(entry, "times", make_times(record));
	manifest_put(entry, "messages", make_messages(run));
	manifest_put(entry, "messages_left_out", json_integer((json_int_t)record->n_events_left_out));
	return entry;
}

static const char *state(const struct manifest_run *run)
{
	if (run->error->code < 0)
		return "unfinished";
	return run->result->n_bad_sectors == 0 ? "complete" : "bad";
}

/* Without folders: manifest and image are moved together. */
static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* An image that is not finished has this at its end while it is made. */
static json_t *make_image_name(const struct manifest_run *run)
{
	const char *name = file_name(run->result->image_path), *part;
	char *copy = manifest_must(strdup(name));
	json_t *string;

	part = strlen(copy) > 5 ? copy + strlen(copy) - 5 : "";
	if (run->error->code < 0 && strcmp(part, ".part") == 0)
		copy[strlen(copy) - 5] = '\0';
	string = text(copy);
	free(copy);
	return string;
}

void manifest_add_run(struct manifest *manifest, const struct manifest_run *run)
{
	const struct discern_rip_result *result = run->result;
	json_t *root = manifest->root, *runs = json_object_get(root, "runs");

	runs = json_is_array(runs) ? json_incref(runs) : new_list();
	manifest_put(root, "image", make_image_name(run));
	manifest_put(root, "state", text(state(run)));
	manifest_put(root, "image_bytes", json_integer((json_int_t)result->size_bytes));
	manifest_put(root, "sector_bytes", json_integer(DISCERN_SECTOR_SIZE));
	manifest_put(root, "first_lba", json_integer(result->first_lba));
	manifest_put(root, "hashes", make_hashes(result));
	manifest_put(root, "disc", make_disc(run));
	manifest_put(root, "size_decision", make_size(result));
	manifest_put(root, "sectors", make_counts(result->record));
	manifest_put(root, "bad_by_design", json_boolean(result->is_bad_by_design));
	put_ranges(root, run);
	manifest_put(root, "files", json_integer(result->n_files));
	manifest_put(root, "unread_folders", json_integer(result->n_unread_folders));
	manifest_put(root, "damaged_files", make_files(result));
	/* The longest comes last. */
	json_object_del(root, "runs");
	manifest_append(runs, make_run(run));
	manifest_put(root, "runs", runs);
}
