/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CD kept in files, with all that makes it one: sessions, tracks, pauses, indexes, codes and texts. Cue sheets (with
 * bin, WAV or FLAC files), cdrdao's toc files, CloneCD's ccd, img and sub, a bin file of whole sectors, or a list of
 * files of sound.
 */
#ifndef DISCERN_CD_H
#define DISCERN_CD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct discern_cd;

enum { DISCERN_CD_MAX_TRACKS = 99, DISCERN_CD_TEXT = 256 };

enum discern_cd_mode { DISCERN_CD_AUDIO, DISCERN_CD_MODE_1, DISCERN_CD_MODE_2, DISCERN_CD_XA, DISCERN_CD_CDI };

struct discern_cd_track {
	unsigned number, session;
	enum discern_cd_mode mode;
	/** Index 1, and sectors from there to the track's end. */
	int32_t start_lba;
	uint32_t n_sectors;
	/** Its pause, in front of that; of the first track without the two seconds that every disc begins with. */
	uint32_t n_pregap_sectors;
	/** Indexes from 2 on. */
	unsigned n_indexes;
	bool has_pre_emphasis, may_be_copied;
	char isrc[13];
	/** In UTF-8, of the first language of CD-TEXT; empty without. */
	char title[DISCERN_CD_TEXT], performer[DISCERN_CD_TEXT];
};

struct discern_cd_info {
	size_t n_tracks;
	struct discern_cd_track tracks[DISCERN_CD_MAX_TRACKS];
	unsigned n_sessions;
	/** From LBA 0 to the last lead-out. */
	uint32_t n_sectors;
	size_t n_audio_tracks;
	char mcn[14];
	char title[DISCERN_CD_TEXT], performer[DISCERN_CD_TEXT];
	/** It has CD-TEXT. */
	bool has_text;
};

/**
 * Opens the text, or the bin file of whole sectors, and all files that it names.
 * @return 0, or -ENOENT, -EINVAL with the line, -ENOTSUP for sound where this version was built without
 */
int discern_cd_open(const char *path, struct discern_cd **ret_cd, struct discern_error *err);

/** True for a name that discern_cd_open() is for: .cue, .toc, .ccd, or a file that begins as a whole data sector does. */
bool discern_cd_is_one(const char *path);

struct discern_cd_sounds {
	size_t n_files;
	/** Each becomes a track: 44.1 kHz, 16 bit, stereo. */
	const char *const *paths;
	/** Silence between tracks, in sectors (75 a second), as the pause of the later one. */
	uint32_t n_gap_sectors;
};

/** Makes a CD of files of sound. What tags FLAC files have become CD-TEXT, ISRC and catalogue number. */
int discern_cd_open_sounds(const struct discern_cd_sounds *sounds, struct discern_cd **ret_cd,
			   struct discern_error *err);

/** Accepts NULL, returns NULL. */
struct discern_cd *discern_cd_close(struct discern_cd *cd);

/** Valid until it is closed. */
const struct discern_cd_info *discern_cd_info(const struct discern_cd *cd);

/** The path that it was opened with; of files of sound, that of the first one. */
const char *discern_cd_path(const struct discern_cd *cd);

#ifdef __cplusplus
}
#endif
#endif
