/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/rip_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "disc/data_area.h"
#include "disc/profile.h"

/** Larger than any disc (BDXL: 62.5 million sectors): a volume descriptor that says more is damaged. */
#define MAX_SECTORS ((int64_t)1 << 28)

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
	else if (profile->writing != WRITING_RANDOM && end_of_track > capacity)
		/* It is cut off again if the drive reads nothing there (end.c). */
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

void rip_plan_find_padding(struct rip_plan *plan)
{
	uint32_t unit = plan->n_unit_sectors;

	if (unit == 0)
		return;
	plan->n_padding_max = 0;
	if (plan->n_sectors > plan->n_volume_sectors && plan->n_sectors - plan->n_volume_sectors < unit &&
	    plan->n_sectors % unit == 0)
		plan->n_padding_max = plan->n_sectors - plan->n_volume_sectors;
}

static void choose_volume(struct rip_plan *plan, const struct profile *profile, const char *name)
{
	uint32_t n_volume = plan->n_volume_sectors;
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
	} else if (profile->writing != WRITING_NEVER) {
		plan->n_unit_sectors = profile->ecc_sectors;
		rip_plan_find_padding(plan);
	}
}

static void copy_gaps(struct rip_plan *plan, const struct data_area *area)
{
	plan->n_gaps = area->n_gaps;
	for (size_t i = 0; i < area->n_gaps; i++) {
		plan->gaps[i].start = (uint32_t)area->gaps[i].lba;
		plan->gaps[i].n_sectors = area->gaps[i].n_sectors;
		plan->session_starts[i] = area->session_starts[i];
	}
}

/** Several data tracks in one session are not of one volume: most such discs are Video CDs. */
static bool may_be_video(const struct discern_medium *medium, const struct data_area *area)
{
	return profile_find((unsigned)medium->profile)->family == FAMILY_CD &&
	       area->behind_track > area->first_track + 1 && area->behind_track <= medium->n_tracks &&
	       medium->tracks[area->first_track].session == medium->tracks[area->behind_track - 1].session;
}

/** Says which tracks stay outside. */
static void name_left_out(struct rip_plan *plan, const struct discern_medium *medium, const struct data_area *area)
{
	unsigned n_audio = 0;
	unsigned n_data = 0;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		if (i >= area->first_track && i < area->behind_track)
			continue;
		if (!medium->tracks[i].is_data)
			n_audio++;
		else if (data_area_written_end(&medium->tracks[i]) > medium->tracks[i].start_lba)
			n_data++;
	}
	if (n_audio > 0 || n_data > 0)
		snprintf(plan->left_out, sizeof(plan->left_out),
			 "not in the image: %u audio track%s%s%s; --raw reads all of it", n_audio,
			 n_audio == 1 ? "" : "s", n_data > 0 ? " and other data tracks" : "",
			 data_area_begin(area) > 0 ? ", the place of those before the data is empty" : "");
	else if (may_be_video(medium, area))
		snprintf(plan->left_out, sizeof(plan->left_out),
			 "sectors without 2048 bytes of data, as video CDs have, do not go into it; --raw reads them");
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
	struct data_area area;
	size_t i;

	if (!data_area_find(medium, &area) || area.behind_track == 0)
		return 0;
	i = area.behind_track - 1;
	while (i > area.first_track && medium->tracks[i - 1].session == medium->tracks[i].session)
		i--;
	return medium->tracks[i].start_lba;
}

static void add_candidates(struct rip_plan *plan, const struct discern_medium *medium, const struct data_area *area,
			   char ret_track[32])
{
	const struct discern_track *last = area->behind_track > 0 ? &medium->tracks[area->behind_track - 1] : NULL;

	ret_track[0] = '\0';
	/* The capacity counts all tracks: it says something only if the image ends with the last one. */
	if (last == NULL || area->behind_track == medium->n_tracks || medium->tracks[area->behind_track].is_blank)
		add_candidate(plan, "READ CAPACITY", medium->read_capacity_sectors);
	if (last != NULL) {
		snprintf(ret_track, 32, "track %u", last->number);
		add_candidate(plan, ret_track, data_area_written_end(last));
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
	struct data_area area;
	char track[32];
	int ret = check_usable(medium, err);

	memset(ret_plan, 0, sizeof(*ret_plan));
	if (ret < 0)
		return ret;
	if (is_audio_only(medium)) {
		discern_error_set(err, -EMEDIUMTYPE, "an audio CD has no data to make an image of");
		discern_error_hint(err, "with --audio its tracks are read into files");
		return -EMEDIUMTYPE;
	}
	data_area_find(medium, &area);
	ret_plan->first_lba = area.first_lba;
	add_candidates(ret_plan, medium, &area, track);
	if (!choose_recorded(ret_plan, profile, track))
		return discern_error_set(err, -EMEDIUMTYPE, "the drive cannot tell what is on the disc (%s, %s)",
					 discern_profile_name(medium->profile),
					 discern_medium_state_name(medium->state));
	ret_plan->n_recorded = ret_plan->n_sectors;
	if (volume != NULL)
		add_volume(ret_plan, medium, volume);
	ret_plan->is_cd_track = profile->family == FAMILY_CD && area.behind_track > 0;
	ret_plan->has_run_out = ret_plan->is_cd_track && ret_plan->n_volume_sectors < ret_plan->n_sectors;
	ret_plan->was_burned = profile->writing != WRITING_NEVER;
	copy_gaps(ret_plan, &area);
	name_left_out(ret_plan, medium, &area);
	return 0;
}

uint32_t rip_plan_data_start(const struct rip_plan *plan)
{
	return plan->n_gaps > 0 && plan->gaps[0].start == 0 ? plan->gaps[0].n_sectors : 0;
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
