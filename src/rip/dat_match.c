/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/dat_match.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rip/dat_file.h"

enum { RAW_SECTOR = 2352 };

/* What an entry has of the disc. */
struct matched {
	unsigned n_tracks, n_others;
};

struct search {
	struct discern_rip_raw_result *result;
	struct matched best;
};

/* Equal in all that the entry tells, which must be more than nothing. */
static bool sums_match(const struct dat_entry_file *file, const struct discern_raw_sums *sums)
{
	const struct {
		const char *told, *made;
	} pairs[] = { { file->crc32, sums->crc32 },
		      { file->md5, sums->md5 },
		      { file->sha1, sums->sha1 },
		      { file->sha256, sums->sha256 } };
	bool has_any = false;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i].told[0] == '\0')
			continue;
		if (strcmp(pairs[i].told, pairs[i].made) != 0)
			return false;
		has_any = true;
	}
	return has_any;
}

static bool is_track(const struct dat_entry_file *file, const struct discern_raw_track *track)
{
	return file->size_bytes == (uint64_t)track->n_sectors * RAW_SECTOR && sums_match(file, &track->sums);
}

/* The sheet and the like stand in dats, too, and say nothing of what is on a disc. */
static bool holds_sectors(const struct dat_entry_file *file)
{
	static const char *const endings[] = { ".cue", ".ccd", ".toc", ".sub", ".cdt", ".gdi", ".m3u", ".sbi" };
	const char *point = strrchr(file->name, '.');

	for (size_t i = 0; point != NULL && i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcasecmp(point, endings[i]) == 0)
			return false;
	return true;
}

/* The file of the entry that this track is; equal tracks have one each. */
static const struct dat_entry_file *find_file(const struct dat_entry *entry, const struct discern_raw_track *track,
					      bool is_used[DAT_MAX_FILES])
{
	for (size_t i = 0; i < entry->n_files; i++) {
		if (is_used[i] || !is_track(&entry->files[i], track))
			continue;
		is_used[i] = true;
		return &entry->files[i];
	}
	return NULL;
}

/* One file may hold the whole image. */
static bool is_image(const struct dat_entry *entry, const struct discern_rip_raw_result *result, bool *is_used)
{
	for (size_t i = 0; i < entry->n_files; i++)
		if (result->n_files > 0 && entry->files[i].size_bytes == result->files[0].size_bytes &&
		    sums_match(&entry->files[i], &result->files[0].sums)) {
			is_used[i] = true;
			return true;
		}
	return false;
}

static void set_names(struct discern_rip_raw_result *result, const struct dat_entry *entry,
		      const struct dat_entry_file *const *files)
{
	snprintf(result->dat_game, sizeof(result->dat_game), "%s", entry->name);
	for (size_t i = 0; i < result->n_tracks; i++)
		snprintf(result->tracks[i].dat_file, sizeof(result->tracks[i].dat_file), "%s",
			 files[i] != NULL ? files[i]->name : "");
}

static bool is_better(const struct matched *a, const struct matched *b)
{
	return a->n_tracks > b->n_tracks || (a->n_tracks == b->n_tracks && a->n_others < b->n_others);
}

static int take_entry(const struct dat_entry *entry, void *user, struct discern_error *err)
{
	struct search *search = user;
	struct discern_rip_raw_result *result = search->result;
	const struct dat_entry_file *files[DISCERN_RAW_MAX_TRACKS];
	bool is_used[DAT_MAX_FILES] = { false };
	struct matched matched = { 0, 0 };

	(void)err;
	for (size_t i = 0; i < result->n_tracks; i++) {
		files[i] = find_file(entry, &result->tracks[i], is_used);
		matched.n_tracks += files[i] != NULL;
	}
	if (matched.n_tracks == 0 && is_image(entry, result, is_used))
		matched.n_tracks = (unsigned)result->n_tracks;
	for (size_t i = 0; i < entry->n_files; i++)
		matched.n_others += !is_used[i] && holds_sectors(&entry->files[i]);
	if (matched.n_tracks == 0)
		return 0;
	if (matched.n_tracks == result->n_tracks && matched.n_others == 0)
		result->n_dat_games++;
	if (is_better(&matched, &search->best)) {
		search->best = matched;
		set_names(result, entry, files);
	}
	return 0;
}

int dat_match(const char *path, struct discern_rip_raw_result *result, struct discern_error *err)
{
	struct search search = { .result = result };
	const struct dat_reader reader = { take_entry, &search };
	int ret = dat_file_read(path, &reader, err);

	if (ret < 0)
		return ret;
	result->dat = search.best.n_tracks == 0                                                        ? DISCERN_RAW_DAT_OTHER
		      : search.best.n_tracks == result->n_tracks && search.best.n_others == 0 ? DISCERN_RAW_DAT_MATCH
											      : DISCERN_RAW_DAT_PART;
	return 0;
}

int dat_check(const char *path, struct discern_error *err)
{
	const struct dat_reader reader = { NULL, NULL };

	return dat_file_read(path, &reader, err);
}
