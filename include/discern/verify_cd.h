/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing a CD with what it was made of: every sample of audio, every sector of data, and what lead-in and
 * sub-channel say: tracks, pauses, indexes, ISRCs, catalogue number and CD-TEXT.
 */
#ifndef DISCERN_VERIFY_CD_H
#define DISCERN_VERIFY_CD_H

#include <discern/cd.h>
#include <discern/drive.h>
#include <discern/medium.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { DISCERN_CD_MAX_RANGES = 256, DISCERN_CD_MAX_DIFFERENCES = 64, DISCERN_CD_DIFFERENCE = 160 };

struct discern_verify_cd_options {
	/** Samples are to lie where this number says, which is that of discern rip --offset; else where they lie is found
	 *  out, and told. */
	bool has_offset;
	int32_t offset_samples;
	/** CD-TEXT is not compared. */
	bool no_text;
};

struct discern_verify_cd_result {
	/** All that were to be compared, and what came of it. Out of reach is sound that the drive's offset puts where the
	 *  drive does not read. */
	uint32_t n_sectors;
	uint32_t n_equal_sectors, n_different_sectors, n_unreadable_sectors, n_out_of_reach_sectors;
	/** In order, the first ones. */
	size_t n_different_ranges, n_unreadable_ranges;
	struct discern_range different[DISCERN_CD_MAX_RANGES], unreadable[DISCERN_CD_MAX_RANGES];
	/** All audio was compared so many samples later than it should lie: offset of this drive's reading and of the
	 *  writing together. Not found if no place of the disc has the sound that it should have. */
	bool has_audio, is_offset_found;
	int32_t offset_samples;
	/** The drive began a little beside where it should, each time elsewhere: what it gave was placed by what lies
	 *  before it on the disc. offset_samples is but about right then, unless it was given. */
	bool has_jitter;
	/** What is otherwise on the disc than in the image, but for sectors: "track 2 begins at LBA …"; the first ones. */
	uint32_t n_differences;
	char differences[DISCERN_CD_MAX_DIFFERENCES][DISCERN_CD_DIFFERENCE];
	/** By digest alone: nothing is known of single sectors but which cannot be read; and by one that does not know what
	 *  lead-in and sub-channel should say, but for where tracks begin. */
	bool is_by_digest, lacks_tables;
	double seconds;
};

/** Everything was compared and is as it should be. */
bool discern_verify_cd_is_equal(const struct discern_verify_cd_result *result);

/** 0 when all was compared, whatever came of it; -ENOMEDIUM, -EMEDIUMTYPE (blank, no CD), -ESTALE, -ECANCELED, -EIO of
 *  the image. */
int discern_verify_cd(struct discern_drive *drive, struct discern_cd *cd,
		      const struct discern_verify_cd_options *options, const struct discern_observer *observer,
		      struct discern_verify_cd_result *ret_result, struct discern_error *err);

/** Indexes from 2 on of a track; packs of CD-TEXT of all languages, and the bytes of one with its CRC. */
enum { DISCERN_CD_MAX_INDEXES = 98, DISCERN_CD_MAX_TEXT_PACKS = 2040, DISCERN_CD_TEXT_PACK = 18 };

/** A CD that is to be known again without its image. */
struct discern_cd_sum {
	unsigned number;
	bool is_audio;
	/** Where index 1 is; and where the sectors begin that are compared, its pause among them. */
	int32_t start_lba, lba;
	uint32_t n_sectors;
	/** Lower-case hex: of all samples; of data of each sector's user data, in Mode 2 behind its subheader. */
	char sha256[65];
	/* The rest is known with discern_cd_digest.has_tables. */
	unsigned session;
	/** Of Q (ECMA-130 22.3.1): 1 pre-emphasis, 2 copy permitted, 4 data, 8 four channels. */
	uint8_t control;
	/** In front of index 1; of the first track all 150 sectors before LBA 0 are part of it. */
	uint32_t n_pause_sectors;
	unsigned n_indexes;
	int32_t indexes[DISCERN_CD_MAX_INDEXES];
	char isrc[13];
};

struct discern_cd_digest {
	size_t n_tracks;
	struct discern_cd_sum tracks[DISCERN_CD_MAX_TRACKS];
	/** What lead-in and sub-channel say is known: sessions, pauses, indexes, control bits, codes and CD-TEXT. */
	bool has_tables;
	unsigned n_sessions;
	int32_t lead_out_lbas[DISCERN_CD_MAX_TRACKS];
	char mcn[14];
	/** As the lead-in has them; of a disc without CD-TEXT none. */
	size_t n_text_packs;
	uint8_t text_packs[DISCERN_CD_MAX_TEXT_PACKS][DISCERN_CD_TEXT_PACK];
	/** Three sectors of sound that are found nowhere else, by which it is told where a drive's samples lie. */
	bool has_sound;
	int32_t sound_lba;
	char sound_sha256[65];
};

/** Reads all of the image, as a check. 0, -EIO, -ECANCELED or -ENOMEM. */
int discern_cd_digest(struct discern_cd *cd, const struct discern_observer *observer,
		      struct discern_cd_digest *ret_digest, struct discern_error *err);

/** As discern_verify_cd(), with a CD of which only the digest is known: a track that is another one is a difference. -EINVAL
 *  if what the digest says of lead-in and sub-channel is that of no CD. */
int discern_verify_cd_digest(struct discern_drive *drive, const struct discern_cd_digest *digest,
			     const struct discern_verify_cd_options *options, const struct discern_observer *observer,
			     struct discern_verify_cd_result *ret_result, struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
