/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading every sector of a CD into a raw image: 2352 bytes each, of data, sound and what else there is, with a sheet
 * that says what lies where, and on wish the sub-channels.
 *
 * Data prove themselves by their address and EDC, and are mended by their own redundancy where the drive gives up. Sound
 * is read twice, as discern_rip_audio() does, and moved by the drive's offset; data are not, for a drive gives them by
 * their address. While it runs, the files have .part behind their names, and NAME.map tells what of them is read, in the
 * form of GNU ddrescue with sectors of 2352 bytes (NAME.sub.map with 96).
 */
#ifndef DISCERN_RIP_RAW_H
#define DISCERN_RIP_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

enum discern_raw_format {
	DISCERN_RAW_BIN,           /**< NAME.cue and NAME.bin */
	DISCERN_RAW_BIN_PER_TRACK, /**< NAME.cue and a file for each track, which begins with its pause */
	DISCERN_RAW_CCD,           /**< NAME.ccd, NAME.img and NAME.sub, as of CloneCD */
	DISCERN_RAW_TOC,           /**< NAME.toc and NAME.bin, as of cdrdao; other sessions have toc files of their own */
};

/** What an unfinished or finished job is called, told before anything is read. */
struct discern_raw_begin {
	/** The name without any ending. */
	const char *base_path;
	/** An earlier call has begun it, with this very disc. */
	bool is_resumed;
};

struct discern_rip_raw_options {
	/** NAME, or NAME.cue, NAME.ccd, NAME.toc; NULL: named after the disc, never one that exists. */
	const char *output;
	enum discern_raw_format format;
	/** Also NAME.sub, which DISCERN_RAW_CCD always has: P to W, 96 bytes a sector, channel by channel. */
	bool with_subchannels;
	/** So many samples late does the drive read sound (early if negative). */
	int32_t offset_samples;
	/** Rounds over what cannot be read; -1: as many as usual. */
	int retries;
	/** Stops after so many seconds; 0 for never. */
	double max_seconds;
	/** Read speed in kB/s; 0 as fast as the drive likes. */
	uint32_t speed_kbps;
	/** A Logiqx XML file to look the tracks up in; NULL for none. */
	const char *dat_path;
	/** Called before anything is read; may be NULL. A negative errno with words in err ends the job. */
	int (*begin)(const struct discern_raw_begin *begin, void *user, struct discern_error *err);
	void *user;
};

/** Lower-case hex; empty while sectors are bad. */
struct discern_raw_sums {
	char crc32[9], md5[33], sha1[41], sha256[65];
};

/** What became of sectors that are not simply good. */
enum discern_raw_state {
	DISCERN_RAW_MENDED,       /**< data that the drive gave up, mended: the EDC is right */
	DISCERN_RAW_RECOVERED,    /**< sound that came the same after more tries */
	DISCERN_RAW_RUN_OUT,      /**< the end of a track of a recordable disc that no drive reads and that holds no data */
	DISCERN_RAW_WRONG,        /**< data as they were read: their EDC or address is wrong */
	DISCERN_RAW_DOUBTFUL,     /**< sound that did not come twice the same: the likeliest of what came */
	DISCERN_RAW_UNREADABLE,   /**< nothing came: silence, or sync, header, and 55h */
	DISCERN_RAW_OUT_OF_REACH, /**< sound beyond what the drive reaches with its offset: silence in a part of it */
	DISCERN_RAW_N_STATES,
};

enum { DISCERN_RAW_MAX_TRACKS = 99, DISCERN_RAW_MAX_FILES = 99, DISCERN_RAW_MAX_RANGES = 64, DISCERN_RAW_TEXT = 256 };

struct discern_raw_range {
	enum discern_raw_state state;
	struct discern_range range;
};

struct discern_raw_track {
	unsigned number, session;
	/** "audio", "mode 1", "mode 2", "mode 2 XA", "CD-i". */
	const char *mode;
	bool is_data, has_pre_emphasis, may_be_copied, has_four_channels;
	char isrc[13];
	/** The first sector in the image, of the pause if that is in it, and index 1. */
	int32_t begin_lba, start_lba;
	uint32_t n_sectors;
	uint32_t n_bad_sectors;
	struct discern_raw_sums sums;
	/** The file of the dat that is this track; empty without. */
	char dat_file[DISCERN_RAW_TEXT];
};

struct discern_raw_file {
	char path[4096];
	uint64_t size_bytes;
	struct discern_raw_sums sums;
};

enum discern_raw_dat {
	DISCERN_RAW_DAT_NONE,  /**< no dat was given, or sectors are bad */
	DISCERN_RAW_DAT_MATCH, /**< one of its entries has all tracks, and no other */
	DISCERN_RAW_DAT_PART,  /**< the best of its entries has some of the tracks, or others as well */
	DISCERN_RAW_DAT_OTHER, /**< none of its entries has any of them */
};

struct discern_rip_raw_result {
	/** Without ending; the sheet; the map, empty if it is not needed any more. */
	char base_path[4096];
	char sheet_path[4096];
	char map_path[4096];
	/** All other files but the map. */
	size_t n_files;
	struct discern_raw_file files[DISCERN_RAW_MAX_FILES + 4];
	char title[DISCERN_RAW_TEXT];
	char mcn[14];
	unsigned n_sessions;
	size_t n_tracks;
	struct discern_raw_track tracks[DISCERN_RAW_MAX_TRACKS];
	uint32_t n_sectors;
	/** By state; and where they are on the disc, only the first of many. */
	uint32_t n_states[DISCERN_RAW_N_STATES];
	size_t n_ranges;
	struct discern_raw_range ranges[DISCERN_RAW_MAX_RANGES];
	/** Sectors that are WRONG, DOUBTFUL, UNREADABLE or OUT_OF_REACH. */
	uint32_t n_bad_sectors;
	/** Sub-channels that were read, those whose Q has a wrong CRC each time, those whose Q is that of another sector, and
	 *  those that could not be read. */
	bool has_subchannels;
	uint32_t n_wrong_q, n_displaced_q, n_lost_subchannels;
	size_t n_q_ranges;
	struct discern_range q_ranges[DISCERN_RAW_MAX_RANGES];
	/** The drive has C2 pointers; it does not begin sound where it should. */
	bool has_c2, has_jitter;
	bool is_resumed;
	/** What the format cannot say of this disc, in words; empty if it says all. */
	char left_out[320];
	enum discern_raw_dat dat;
	/** The entry, and how many others are the same. */
	char dat_game[DISCERN_RAW_TEXT];
	unsigned n_dat_games;
	double seconds;
	uint32_t speed_kbps;
};

/**
 * Rips the CD in drive.
 * @return 0 when every sector was tried: ret_result tells how good it is. Otherwise -ENOMEDIUM, -EMEDIUMTYPE (no CD),
 *         -EEXIST (files exist that are of no unfinished job), -ESTALE (the job is of another disc, or the disc was
 *         changed), -EBUSY, -EINVAL (the dat is none), -ENOTSUP (built without expat), -ENOSPC, -EACCES, -ECANCELED,
 *         -ETIME (the limit) or -EIO; what was read is kept for the next call.
 */
int discern_rip_raw(struct discern_drive *drive, const struct discern_rip_raw_options *options,
		    const struct discern_observer *observer, struct discern_rip_raw_result *ret_result,
		    struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
