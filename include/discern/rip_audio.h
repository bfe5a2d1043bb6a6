/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the audio of a CD into files, one for each track or one for all, and a cue sheet beside them.
 *
 * Every sector is read twice, with more between than a drive's cache holds; sectors that are not the same, or that the
 * drive's C2 pointers tell of, are read again until they agree. While it runs, rip.part in the folder tells which
 * tracks are complete.
 */
#ifndef DISCERN_RIP_AUDIO_H
#define DISCERN_RIP_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

enum discern_audio_format {
	DISCERN_AUDIO_FLAC,
	DISCERN_AUDIO_WAV,
	/** One file of samples, as cue sheets have it. */
	DISCERN_AUDIO_BIN,
};

struct discern_rip_audio_options {
	/** Folder to put the files into, which may exist; NULL: named after performer and title in the current folder. */
	const char *output;
	enum discern_audio_format format;
	/** So many samples late does the drive read (early if negative), as the lists of drives' offsets have it. */
	int32_t offset_samples;
	/** Rounds over sectors that did not come twice the same; -1: as many as usual. */
	int retries;
	/** Stops after so many seconds; 0 for never. */
	double max_seconds;
	/** Read speed in kB/s; 0 as fast as the drive likes. */
	uint32_t speed_kbps;
	/** A folder that is finished and whose sheet names this very disc ends the job with -EALREADY; else the folder of
	 *  another name is made, or with output it is an error. */
	bool skip_done;
	/** File of AccurateRip's database to compare with; NULL for none. */
	const char *accuraterip_path;
	/** Called before the tracks are read; may be NULL. A negative errno with words in err ends the job, but after -EEXIST
	 *  and without output a folder of another name is tried. */
	int (*begin)(const char *folder, void *user, struct discern_error *err);
	void *user;
};

/** How surely sectors are what the disc holds. */
enum discern_audio_doubt {
	DISCERN_AUDIO_DOUBTFUL,     /**< did not come twice the same: the likeliest of what came is in the file */
	DISCERN_AUDIO_UNREADABLE,   /**< nothing came: silence in the file */
	DISCERN_AUDIO_OUT_OF_REACH, /**< beyond what the drive reaches with its offset: silence in a part of them */
};

struct discern_audio_range {
	enum discern_audio_doubt doubt;
	struct discern_range range;
};

enum { DISCERN_AUDIO_MAX_TRACKS = 100, DISCERN_AUDIO_MAX_RANGES = 64, DISCERN_AUDIO_TEXT = 256 };

struct discern_audio_track {
	/** 0 for what is hidden before the first one. */
	unsigned number;
	/** In the result's folder. */
	char file[DISCERN_AUDIO_TEXT];
	char title[DISCERN_AUDIO_TEXT];
	char performer[DISCERN_AUDIO_TEXT];
	char isrc[13];
	bool has_pre_emphasis, may_be_copied;
	/** From index 1 to that of the next track. */
	int32_t start_lba;
	uint32_t n_sectors;
	/** Sectors of the pause before it, which lie at the end of the track before. */
	uint32_t n_pregap_sectors;
	/** An earlier call had read it. */
	bool was_complete;
	uint32_t n_recovered_sectors, n_doubtful_sectors, n_unreadable_sectors, n_out_of_reach_sectors;
	uint32_t crc32, accuraterip_v1, accuraterip_v2, ctdb;
	/** How many rips AccurateRip's file knows with these sums. */
	unsigned confidence_v1, confidence_v2;
};

struct discern_rip_audio_result {
	char folder[4096];
	/** In the folder. */
	char cue_file[DISCERN_AUDIO_TEXT];
	char title[DISCERN_AUDIO_TEXT];
	char performer[DISCERN_AUDIO_TEXT];
	char mcn[14];
	char musicbrainz_id[29];
	char freedb_id[9];
	/** "dBAR-012-0012abcd-…", the file that AccurateRip's database has for this disc. */
	char accuraterip_file[64];
	uint32_t ctdb;
	/** 1 if the file that the options name knows the disc, 0 if not, -1 without. */
	int accuraterip_knows;
	size_t n_tracks;
	struct discern_audio_track tracks[DISCERN_AUDIO_MAX_TRACKS];
	/** Sectors that are not sure; only the first of many. */
	size_t n_ranges;
	struct discern_audio_range ranges[DISCERN_AUDIO_MAX_RANGES];
	uint32_t n_recovered_sectors, n_doubtful_sectors, n_unreadable_sectors, n_out_of_reach_sectors;
	/** The drive has C2 pointers; it does not begin where it should. */
	bool has_c2, has_jitter;
	bool is_resumed;
	/** What of the disc is not in the files, in words; empty if all is. */
	char left_out[160];
	double seconds;
	uint32_t speed_kbps;
};

/**
 * Rips the audio tracks of the CD in drive.
 * @return 0 when every track was read: ret_result tells how surely. Otherwise -ENOMEDIUM, -EMEDIUMTYPE (no audio),
 *         -EALREADY (options->skip_done), -EEXIST (files exist that are of no unfinished job), -ESTALE (the job is of
 *         another disc, or the disc was changed), -ENOTSUP (built without libsndfile), -ENOSPC, -EACCES,
 *         -ECANCELED, -ETIME (the limit) or -EIO;
 *         complete tracks are kept for the next call.
 */
int discern_rip_audio(struct discern_drive *drive, const struct discern_rip_audio_options *options,
		      const struct discern_observer *observer, struct discern_rip_audio_result *ret_result,
		      struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
