/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/medium_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "disc/profile.h"

/* Tracks that are printed; JSON has all. */
#define MAX_PRINTED_TRACKS 99

static void append(char *buffer, size_t size, const char *text)
{
	size_t length = strlen(buffer);

	snprintf(buffer + length, size - length, "%s%s", length > 0 ? ", " : "", text);
}

static void report_profiles(struct report *report, const struct discern_drive_abilities *abilities)
{
	char names[1024] = "";
	size_t n = abilities->n_profiles;

	if (n > sizeof(abilities->profiles) / sizeof(abilities->profiles[0]))
		n = sizeof(abilities->profiles) / sizeof(abilities->profiles[0]);
	report_open_list(report, "profiles");
	for (size_t i = 0; i < n; i++) {
		const char *name = discern_profile_name(abilities->profiles[i]);

		report_string(report, "name", NULL, name);
		append(names, sizeof(names), name);
	}
	report_close(report);
	report_text(report, "takes", "%s", names);
}

void cli_report_abilities(struct report *report, struct discern_drive *drive)
{
	struct discern_drive_abilities abilities;
	char words[256] = "";

	if (discern_drive_abilities(drive, &abilities, NULL) < 0)
		return;
	report_profiles(report, &abilities);
	if (abilities.can_c2)
		append(words, sizeof(words), "C2 error pointers");
	if (abilities.can_underrun_proof)
		append(words, sizeof(words), "buffer underrun protection");
	if (abilities.can_eject)
		append(words, sizeof(words), "eject");
	if (abilities.can_lock)
		append(words, sizeof(words), "lock");
	if (words[0] != '\0')
		report_text(report, "can", "%s", words);
	if (abilities.buffer_kib > 0)
		report_text(report, "buffer", "%" PRIu32 " KiB", abilities.buffer_kib);
	report_number(report, "buffer_kib", NULL, abilities.buffer_kib, NULL);
	report_number(report, "max_read_kbps", NULL, abilities.max_read_kbps, NULL);
	report_bool(report, "c2", NULL, abilities.can_c2, NULL);
	report_bool(report, "underrun_proof", NULL, abilities.can_underrun_proof, NULL);
	report_bool(report, "eject", NULL, abilities.can_eject, NULL);
	report_bool(report, "lock", NULL, abilities.can_lock, NULL);
}

bool cli_medium_has_data(const struct discern_medium *medium)
{
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (medium->tracks[i].is_data && !medium->tracks[i].is_blank)
			return true;
	return false;
}

/* Sectors written in a track. */
static uint32_t used_sectors(const struct discern_track *track)
{
	if (track->is_blank)
		return 0;
	if (track->has_next_writable && track->next_writable_lba >= track->start_lba &&
	    (uint32_t)(track->next_writable_lba - track->start_lba) < track->n_sectors)
		return (uint32_t)(track->next_writable_lba - track->start_lba);
	return track->n_sectors;
}

/* A size in JSON and as a row; left out of the text if it is not known. */
static void report_sectors(struct report *report, const char *key, const char *label, uint64_t n_sectors)
{
	char size[TEXT_SIZE];

	if (n_sectors > 0)
		report_text(report, label, "%s, %" PRIu64 " sectors", text_size(n_sectors * DISCERN_SECTOR_SIZE, size),
			    n_sectors);
	report_number(report, key, NULL, (int64_t)n_sectors, NULL);
}

/* How many bad places the drive has replaced, and could still. */
static void report_spares(struct report *report, const struct discern_medium *medium)
{
	char all[TEXT_SIZE], used[TEXT_SIZE];
	uint64_t n_used = medium->spare_sectors - medium->free_spare_sectors;

	if (medium->spare_sectors > 0)
		report_text(report, "spares", "%s for bad places, %s of them used",
			    text_size((uint64_t)medium->spare_sectors * DISCERN_SECTOR_SIZE, all),
			    n_used > 0 ? text_size(n_used * DISCERN_SECTOR_SIZE, used) : "nothing");
	report_number(report, "spare_sectors", NULL, medium->spare_sectors, NULL);
	report_number(report, "free_spare_sectors", NULL, medium->free_spare_sectors, NULL);
}

/* What cdrskin -msinfo prints. */
static void report_next_session(struct report *report, const struct discern_medium *medium)
{
	char words[32];
	int32_t first_lba, next_lba;

	if (!discern_medium_next_session(medium, &first_lba, &next_lba))
		return;
	snprintf(words, sizeof(words), "%" PRId32 ",%" PRId32, first_lba, next_lba);
	report_text(report, "append", "at LBA %" PRId32 ": an image made with xorriso -as mkisofs -C %s -M DRIVE",
		    next_lba, words);
	report_string(report, "msinfo", NULL, words);
}

static void report_space(struct report *report, const struct discern_medium *medium)
{
	bool is_overwritable = medium->state == DISCERN_MEDIUM_OVERWRITABLE;
	uint64_t used = 0;

	for (size_t i = 0; i < medium->n_tracks; i++)
		used += used_sectors(&medium->tracks[i]);
	report_sectors(report, "capacity_sectors", "capacity", medium->capacity_sectors);
	/* On overwritable media a track says nothing on how much of it is in use. */
	report_sectors(report, "used_sectors", "used", is_overwritable ? 0 : used);
	report_sectors(report, "free_sectors", is_overwritable ? NULL : "free", medium->free_sectors);
	report_number(report, "read_capacity_sectors", NULL, medium->read_capacity_sectors, NULL);
	if (medium->first_layer_sectors > 0)
		report_text(report, "layers", "the second one begins at LBA %" PRIu32, medium->first_layer_sectors);
	report_number(report, "first_layer_sectors", NULL, medium->first_layer_sectors, NULL);
	report_spares(report, medium);
	report_next_session(report, medium);
}

/* Drives count the whole 2352 bytes of a CD sector, we the 2048 of user data. */
static uint32_t data_kbps(const struct discern_medium *medium, uint32_t drive_kbps)
{
	if (profile_find((unsigned)medium->profile)->family != FAMILY_CD)
		return drive_kbps;
	return (uint32_t)((uint64_t)drive_kbps * DISCERN_SECTOR_SIZE / 2352);
}

/* A drive's 48x is a few kB/s less or more. */
static double times(double kbps, double speed_1x)
{
	double x = kbps / speed_1x;
	double whole = (double)(uint32_t)(x + 0.5);

	return whole * 0.99 <= x && x <= whole * 1.01 ? whole : x;
}

static void report_speeds(struct report *report, const struct discern_medium *medium)
{
	uint32_t speed_1x = discern_profile_1x_kbps(medium->profile);
	char words[1024] = "";
	size_t n = medium->n_write_speeds;

	if (n > sizeof(medium->write_speeds_kbps) / sizeof(medium->write_speeds_kbps[0]))
		n = sizeof(medium->write_speeds_kbps) / sizeof(medium->write_speeds_kbps[0]);
	report_number(report, "speed_1x_kbps", NULL, speed_1x, NULL);
	report_open_list(report, "write_speeds_kbps");
	for (size_t i = 0; i < n; i++) {
		char word[64];
		double kbps = data_kbps(medium, medium->write_speeds_kbps[i]);

		report_number(report, "speed", NULL, (int64_t)kbps, NULL);
		if (speed_1x > 0)
			snprintf(word, sizeof(word), "%.3gx (%.1f MB/s)", times(kbps, speed_1x), kbps / 1000);
		else
			snprintf(word, sizeof(word), "%.1f MB/s", kbps / 1000);
		append(words, sizeof(words), word);
	}
	report_close(report);
	if (words[0] != '\0')
		report_text(report, "writes", "at %s", words);
}

static void print_track(struct report *report, const struct discern_track *track, const char *label)
{
	const char *kind = track->is_blank ? "free" : track->is_data ? "data" : "audio";
	char size[TEXT_SIZE];

	report_text(report, label, "%u in session %u: %s from LBA %" PRId32 ", %s%s", (unsigned)track->number,
		    (unsigned)track->session, kind, track->start_lba,
		    text_size((uint64_t)track->n_sectors * DISCERN_SECTOR_SIZE, size),
		    track->is_damaged ? ", left open by a failed burn" : "");
}

static void report_track(struct report *report, const struct discern_track *track)
{
	report_open_object(report, NULL);
	report_number(report, "number", NULL, track->number, NULL);
	report_number(report, "session", NULL, track->session, NULL);
	report_bool(report, "data", NULL, track->is_data, NULL);
	report_bool(report, "blank", NULL, track->is_blank, NULL);
	report_bool(report, "damaged", NULL, track->is_damaged, NULL);
	report_bool(report, "packet", NULL, track->is_packet, NULL);
	report_number(report, "start_lba", NULL, track->start_lba, NULL);
	report_number(report, "sectors", NULL, track->n_sectors, NULL);
	if (track->has_next_writable)
		report_number(report, "next_writable_lba", NULL, track->next_writable_lba, NULL);
	report_close(report);
}

static void report_tracks(struct report *report, const struct discern_medium *medium)
{
	report_number(report, "sessions", NULL, medium->n_sessions, NULL);
	for (size_t i = 0; i < medium->n_tracks && i < MAX_PRINTED_TRACKS; i++)
		print_track(report, &medium->tracks[i], i == 0 ? "track" : "");
	report_open_list(report, "tracks");
	for (size_t i = 0; i < medium->n_tracks; i++)
		report_track(report, &medium->tracks[i]);
	report_close(report);
}

static void report_maker(struct report *report, const struct discern_medium *medium)
{
	if (medium->manufacturer[0] != '\0' && medium->media_id[0] != '\0')
		report_text(report, "made by", "%s (%s)", medium->manufacturer, medium->media_id);
	else if (medium->media_id[0] != '\0')
		report_text(report, "code", "%s", medium->media_id);
	report_string(report, "manufacturer", NULL, medium->manufacturer);
	report_string(report, "media_id", NULL, medium->media_id);
}

void cli_report_medium(struct report *report, const struct discern_medium *medium)
{
	const char *state = discern_medium_state_name(medium->state);

	report_open_object(report, "medium");
	if (medium->state == DISCERN_MEDIUM_NONE)
		report_text(report, "disc", "%s%s", state, medium->is_tray_open ? ", the tray is open" : "");
	else
		report_text(report, "disc", "%s, %s", discern_profile_name(medium->profile), state);
	report_string(report, "state", NULL, state);
	report_bool(report, "tray_open", NULL, medium->is_tray_open, NULL);
	if (medium->state != DISCERN_MEDIUM_NONE) {
		report_string(report, "profile", NULL, discern_profile_name(medium->profile));
		report_number(report, "profile_number", NULL, medium->profile, NULL);
		report_bool(report, "rewritable", NULL, medium->is_rewritable, NULL);
		report_maker(report, medium);
		report_space(report, medium);
		report_speeds(report, medium);
		report_tracks(report, medium);
		report_number(report, "protection", NULL, medium->protection, NULL);
		report_string(report, "protection_system", NULL, discern_protection_name(medium->protection));
		if (medium->protection != DISCERN_PROTECTION_NONE)
			report_text(report, "protect", "copy-protected (%s)",
				    discern_protection_name(medium->protection));
	}
	report_close(report);
}
