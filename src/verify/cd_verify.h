/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside verify: the comparison of a CD, which its parts share. */
#ifndef VERIFY_CD_VERIFY_H
#define VERIFY_CD_VERIFY_H

#include <discern/verify_cd.h>

#include "base/observe.h"
#include "disc/cd_image.h"
#include "drive/cd_audio.h"

/** Sectors that are read and compared at once; some more come where the offset needs them. */
enum { CD_VERIFY_CHUNK = 24, CD_VERIFY_MARGIN = 8 };

/** Single speed in whole sectors. */
enum { CD_VERIFY_1X_KBPS = 176 };

/** What became of a sector of the disc. */
enum cd_verify_state { CD_VERIFY_READ, CD_VERIFY_UNREADABLE, CD_VERIFY_OUT_OF_REACH };

struct cd_verify {
	/** In place of the image where there is none. */
	const struct discern_cd_digest *digest;
	struct discern_drive *drive;
	struct cd_image *image;
	const struct cd_layout *layout;
	/** CD-TEXT as it should be, in packs. */
	const uint8_t *text_packs;
	size_t n_text_packs;
	const struct discern_verify_cd_options *options;
	const struct discern_observer *observer;
	struct discern_verify_cd_result *result;
	struct cd_audio *reader;
	/** For drives that do not begin where they should. */
	struct cd_verify_jitter *jitter;
	/** Read last, from lba on. */
	struct cd_audio_sector *sectors;
	enum cd_verify_state states[CD_VERIFY_CHUNK + 2 * CD_VERIFY_MARGIN];
	struct observe_samples recent;
	uint32_t n_done;
};

/** One sector of the image was compared. */
enum cd_verify_outcome { CD_EQUAL, CD_DIFFERENT, CD_UNREADABLE, CD_OUT_OF_REACH };
void cd_verify_count(struct cd_verify *verify, int32_t lba, enum cd_verify_outcome outcome);

/** Tells how far it is; -ECANCELED. */
int cd_verify_tell(struct cd_verify *verify, struct discern_error *err);

/** Reads sectors into verify->sectors and tells in verify->states what became of each. Those below first_lba and from
 *  end_lba on may be out of reach. 0, or what ends the job. */
int cd_verify_fetch(struct cd_verify *verify, const struct discern_range *range, const struct discern_range *within,
		    struct discern_error *err);

/** Looks at the disc, opens the drive for it, has all of it proven, and notes how long that took. What the result held is
 *  forgotten. */
int cd_verify_run(struct cd_verify *verify, int (*prove)(struct cd_verify *verify, struct discern_error *err),
		  struct discern_error *err);

/** An offset in samples, as sectors and the bytes of the first one that are not wanted. */
enum { CD_VERIFY_SAMPLE_BYTES = 4 };
struct cd_verify_shift {
	int32_t whole;
	size_t cut;
};
struct cd_verify_shift cd_verify_shift(int32_t offset_samples);

/** So much sound tells where it lies, if it is found in so many sectors around; and if it is found nowhere else by chance. */
enum { CD_VERIFY_PROBE_SECTORS = 3, CD_VERIFY_PROBE_MARGIN = 6 };
bool cd_verify_is_telling(const uint8_t *data, size_t size);

/** Finds the offset, once. */
int cd_verify_find_offset(struct cd_verify *verify, struct discern_error *err);

/** Compares a stretch of audio, of which no track lies behind another kind of track or in another session. */
int cd_verify_sound(struct cd_verify *verify, const struct discern_range *run, struct discern_error *err);

/** What is known of a stretch of audio while it is compared; -ENOMEM. Release with free(). */
struct cd_verify_jitter;
int cd_verify_jitter_new(struct cd_verify_jitter **ret_jitter, struct discern_error *err);

/** The next sector of the image was compared. */
void cd_verify_jitter_note(struct cd_verify_jitter *jitter, int32_t lba, bool is_equal);

/** Of a chunk in which something is not equal, reads that again as from a drive that begins a little beside where it should;
 *  and notes all of it. */
int cd_verify_jitter_compare(struct cd_verify *verify, const struct discern_range *chunk,
			     const struct discern_range *run, enum cd_verify_outcome *outcomes,
			     struct discern_error *err);

int cd_verify_data(struct cd_verify *verify, const struct cd_track *track, struct discern_error *err);

/** Tracks, codes and texts. */
int cd_verify_tables(struct cd_verify *verify, struct discern_error *err);

/** What lead-in and sub-channel should say, put into a digest. */
void cd_digest_put_tables(struct cd_image *image, struct discern_cd_digest *digest);

/** And made of one again. Release with free(). -EINVAL if that is no CD, -ENOMEM. */
int cd_digest_make_layout(const struct discern_cd_digest *digest, struct cd_layout **ret_layout,
			  struct discern_error *err);

void cd_verify_differs(struct cd_verify *verify, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** The row of audio tracks that track i (from 0) begins; false if it begins none. */
bool cd_verify_run_at(const struct cd_layout *layout, unsigned i, struct discern_range *ret_run);

#endif
