/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/rip_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "disc/profile.h"

/** Larger than any disc (BDXL: 62.5 million sectors): a volume descriptor that says more is damaged. */
#define MAX_SECTORS ((int64_t)1 << 28)

/** Lead-out, lead-in and pregap after the first and after a later session of a CD (6750 or 2250 + 4500 + 150). */
enum { CD_FIRST_GAP = 11400, CD_LATER_GAP = 6900 };

/** The tracks [first, behind) of the medium go into the image. */
struct area {
	size_t first;
	size_t behind;
};

static int64_t track_end(const struct discern_track *track)
{
	return (int64_t)track->start_lba + track->n_sectors;
}

/** Where what is written in a track ends; an open one is reported with all the room that it still has. */
static int64_t written_end(const struct discern_track *track)
{
	if (track->has_last_recorded)
		return (int64_t)track->last_recorded_lba + 1;
	if (track->has_next_writable)
		return track->next_writable_lba;
	return track_end(track);
}

static bool is_wanted(const struct discern_track *track)
{
	return track->is_data && !track->is_blank && written_end(track) > track->start_lba;
}

/** The longest row of data tracks without another track between them. False if there is no data track. */
static bool find_area(const struct discern_medium *medium, struct area *ret_area)
{
	struct area area = { 0, 0 };
	int64_t longest = 0;

	for (size_t i = 0; i < medium->n_tracks; i = area.behind) {
		area.first = i;
		area.behind = i + 1;
		if (!is_wanted(&medium->tracks[i]))
			continue;
		while (area.behind < medium->n_tracks && is_wanted(&medium->tracks[area.behind]))
			area.behind++;
		if (written_end(&medium->tracks[area.behind - 1]) - medium->tracks[i].start_lba > longest) {
			longest = written_end(&medium->tracks[area.behind - 1]) - medium->tracks[i].start_lba;
			*ret_area = area;
		}
	}
	return longest > 0;
}

static bool find_candidate(const struct rip_plan *plan, const char *source, int64_t *ret_sectors)
{
	for (size_t i = 0; i < plan->n_candidates; i++) {
		if (strcmp(plan->candidates[i].source, source) == 0) {
			*ret_sectors = plan->candidates[i].n_sectors;
			return true;
		}
	}
	return false;
}

/** end is counted from LBA 0, as drives do. Nonsense is left out. */
static void add_candidate(struct rip_plan *plan, const char *source, int64_t end)
{
	struct discern_size_candidate *candidate = &plan->candidates[plan->n_candidates];
	int64_t n_sectors = end - plan->first_lba;

	if (n_sectors <= 0 || n_sectors > MAX_SECTORS || plan->n_candidates == PLAN_MAX_CANDIDATES)
		return;
	snprintf(candidate->source, sizeof(candidate->source), "%s", source);
	candidate->n_sectors = (uint32_t)n_sectors;
	candidate->is_chosen = false;
	plan->n_candidates++;
}

static void choose(struct rip_plan *plan, const char *source, int64_t n_sectors, const char *reason)
{
	for (size_t i = 0; i < plan->n_candidates; i++)
		plan->candidates[i].is_chosen = strcmp(plan->candidates[i].source, source) == 0;
	plan->n_sectors = (uint32_t)n_sectors;
	snprintf(plan->reason, sizeof(plan->reason), "%s", reason);
}

/** What the drive and the disc's structure say, without file systems. False if they say nothing. */
static bool choose_recorded(struct rip_plan *plan, const struct profile *profile, const char *track)
{
	int64_t capacity = 0;
	int64_t structure = 0;
	int64_t end_of_track = 0;

	find_candidate(plan, "READ CAPACITY", &capacity);
	find_candidate(plan, "DVD structure", &structure);
	find_candidate(plan, track, &end_of_track);
	if (profile->family == FAMILY_CD && end_of_track > 0)
		choose(plan, track, end_of_track, "the end of the last data track in the table of contents");
	else if (profile->family == FAMILY_DVD && profile->writing == WRITING_NEVER && structure > capacity)
		/* Some drives answer READ CAPACITY with the first layer only. */
		choose(plan, "DVD structure", structure, "the disc's own structure is longer than READ CAPACITY");
	else if (profile->writing == WRITING_SEQUENTIAL && end_of_track > capacity)
		choose(plan, track, end_of_track, "the last track ends behind what READ CAPACITY says");
	else if (capacity > 0)
		choose(plan, "READ CAPACITY", capacity, "the drive's answer on what is recorded");
	else if (end_of_track > 0)
		choose(plan, track, end_of_track, "READ CAPACITY says nothing");
	else
		return false;
	return true;
}

int64_t rip_plan_iso_end(const struct discern_volume *volume, int64_t session, int64_t recorded_end)
{
	if (session + volume->iso_sectors <= recorded_end)
		return session + volume->iso_sectors;
	return volume->iso_sectors > session ? volume->iso_sectors : session + volume->iso_sectors;
}

static void choose_volume(struct rip_plan *plan, const struct profile *profile, const char *name)
{
	uint32_t n_volume = plan->n_volume_sectors;
	uint32_t unit = profile->ecc_sectors;
	uint32_t n_recorded = plan->n_sectors;
	char reason[160];

	if (n_volume > n_recorded) {
		snprintf(reason, sizeof(reason), "%s is longer than what the drive says is recorded", name);
		choose(plan, name, n_volume, reason);
	} else if (profile->writing == WRITING_RANDOM) {
		snprintf(reason, sizeof(reason), "a rewritable disc is always full, %s tells what is used", name);
		choose(plan, name, n_volume, reason);
	} else if (profile->family == FAMILY_CD) {
		if (profile->writing == WRITING_SEQUENTIAL && n_recorded - n_volume <= PLAN_RUN_OUT_SECTORS)
			plan->n_padding_max = n_recorded - n_volume;
	} else if (n_recorded - n_volume < unit && n_recorded % unit == 0) {
		/* Burning programs fill the last unit with zeros. */
		plan->n_padding_max = n_recorded - n_volume;
	}
}

static void find_gaps(struct rip_plan *plan, const struct discern_medium *medium, const struct profile *profile,
		      const struct area *area)
{
	int32_t session_start = plan->first_lba;

	for (size_t i = area->first; i + 1 < area->behind && plan->n_gaps < PLAN_MAX_GAPS; i++) {
		const struct discern_track *track = &medium->tracks[i];
		const struct discern_track *next = track + 1;
		int64_t end = track_end(track);
		int64_t usual = track->session == 1 ? CD_FIRST_GAP : CD_LATER_GAP;

		if (next->session == track->session)
			continue;
		/* A table of contents alone gives no end of session: then the track seems to reach the next. */
		if (profile->family == FAMILY_CD && next->start_lba - end < CD_LATER_GAP)
			end = next->start_lba - usual;
		if (end > session_start && end < next->start_lba) {
			plan->session_starts[plan->n_gaps] = (uint32_t)(session_start - plan->first_lba);
			plan->gaps[plan->n_gaps].start = (uint32_t)(end - plan->first_lba);
			plan->gaps[plan->n_gaps].n_sectors = (uint32_t)(next->start_lba - end);
			plan->n_gaps++;
		}
		session_start = next->start_lba;
	}
}

/** Says which tracks stay outside. */
static void name_left_out(struct rip_plan *plan, const struct discern_medium *medium, const struct area *area)
{
	unsigned n_audio = 0;
	unsigned n_data = 0;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		if (i >= area->first && i < area->behind)
			continue;
		if (!medium->tracks[i].is_data)
			n_audio++;
		else if (is_wanted(&medium->tracks[i]))
			n_data++;
	}
	if (n_audio == 0 && n_data == 0)
		return;
	snprintf(plan->left_out, sizeof(plan->left_out), "not in the image: %u audio track%s%s; it begins with LBA %d",
		 n_audio, n_audio == 1 ? "" : "s", n_data > 0 ? " and other data tracks" : "", plan->first_lba);
}

static int check_usable(const struct discern_medium *medium, struct discern_error *err)
{
	if (medium->state == DISCERN_MEDIUM_NONE)
		return discern_error_set(err, -ENOMEDIUM, "no disc in the drive");
	if (medium->state == DISCERN_MEDIUM_BLANK) {
		discern_error_set(err, -EMEDIUMTYPE, "the disc is blank (%s): there is nothing to rip",
				  discern_profile_name(medium->profile));
		return -EMEDIUMTYPE;
	}
	return 0;
}

static bool is_audio_only(const struct discern_medium *medium)
{
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (medium->tracks[i].is_data)
			return false;
	return medium->n_tracks > 0;
}

int32_t rip_plan_last_session(const struct discern_medium *medium)
{
	struct area area = { 0, 0 };
	size_t i;

	if (!find_area(medium, &area))
		return 0;
	i = area.behind - 1;
	while (i > area.first && medium->tracks[i - 1].session == medium->tracks[i].session)
		i--;
	return medium->tracks[i].start_lba;
}

static void add_candidates(struct rip_plan *plan, const struct discern_medium *medium, const struct area *area,
			   char ret_track[32])
{
	const struct discern_track *last = area->behind > 0 ? &medium->tracks[area->behind - 1] : NULL;

	ret_track[0] = '\0';
	/* The capacity counts all tracks: it says something only if the image ends with the last one. */
	if (last == NULL || area->behind == medium->n_tracks || medium->tracks[area->behind].is_blank)
		add_candidate(plan, "READ CAPACITY", medium->read_capacity_sectors);
	if (last != NULL) {
		snprintf(ret_track, 32, "track %u", last->number);
		add_candidate(plan, ret_track, written_end(last));
	}
	if (profile_find(medium->profile)->family == FAMILY_DVD)
		add_candidate(plan, "DVD structure", medium->structure_sectors);
}

static void add_volume(struct rip_plan *plan, const struct discern_medium *medium, const struct discern_volume *volume)
{
	static const char *const names[] = { "ISO 9660", "UDF", "partition table" };
	const char *longest = NULL;

	if (volume->has_iso9660)
		add_candidate(plan, names[0],
			      rip_plan_iso_end(volume, rip_plan_last_session(medium),
					       (int64_t)plan->first_lba + plan->n_sectors));
	if (volume->has_udf)
		add_candidate(plan, names[1], volume->udf_sectors);
	/* Partitions behind the file system are part of the image, but a table is no proof of what was recorded. */
	if (plan->first_lba == 0 && volume->partition_sectors <= plan->n_sectors)
		add_candidate(plan, names[2], volume->partition_sectors);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int64_t n_sectors = 0;

		if (find_candidate(plan, names[i], &n_sectors) && n_sectors > plan->n_volume_sectors) {
			plan->n_volume_sectors = (uint32_t)n_sectors;
			longest = names[i];
		}
	}
	if (longest != NULL)
		choose_volume(plan, profile_find(medium->profile), longest);
}

int rip_plan_make(const struct discern_medium *medium, const struct discern_volume *volume, struct rip_plan *ret_plan,
		  struct discern_error *err)
{
	const struct profile *profile = profile_find(medium->profile);
	struct area area = { 0, 0 };
	char track[32];
	int ret = check_usable(medium, err);

	memset(ret_plan, 0, sizeof(*ret_plan));
	if (ret < 0)
		return ret;
	if (is_audio_only(medium)) {
		discern_error_set(err, -EMEDIUMTYPE, "an audio CD has no data to make an image of");
		discern_error_hint(err, "audio tracks are copied with: cdparanoia -B");
		return -EMEDIUMTYPE;
	}
	if (find_area(medium, &area))
		ret_plan->first_lba = medium->tracks[area.first].start_lba;
	add_candidates(ret_plan, medium, &area, track);
	if (!choose_recorded(ret_plan, profile, track))
		return discern_error_set(err, -EMEDIUMTYPE, "the drive cannot tell what is on the disc (%s, %s)",
					 discern_profile_name(medium->profile),
					 discern_medium_state_name(medium->state));
	if (volume != NULL)
		add_volume(ret_plan, medium, volume);
	ret_plan->has_run_out =
		profile->family == FAMILY_CD && area.behind > 0 && ret_plan->n_volume_sectors < ret_plan->n_sectors;
	ret_plan->was_burned = profile->writing != WRITING_NEVER;
	find_gaps(ret_plan, medium, profile, &area);
	name_left_out(ret_plan, medium, &area);
	return 0;
}

const struct plan_range *rip_plan_find_gap(const struct rip_plan *plan, uint32_t sector)
{
	for (size_t i = 0; i < plan->n_gaps; i++)
		if (sector >= plan->gaps[i].start && sector - plan->gaps[i].start < plan->gaps[i].n_sectors)
			return &plan->gaps[i];
	return NULL;
}

bool rip_plan_is_gap(const struct rip_plan *plan, uint32_t sector)
{
	return rip_plan_find_gap(plan, sector) != NULL;
}
