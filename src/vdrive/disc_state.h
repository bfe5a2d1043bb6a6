/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside a virtual disc: its state, the text that keeps the state in the file, and the open file itself.
 *
 * File: two slots of text (the second is written first, so one of them is whole at any moment), a bitmap of
 * recorded sectors, then the sectors. All of it is sparse.
 */
#ifndef VDRIVE_DISC_STATE_H
#define VDRIVE_DISC_STATE_H

#include <sys/types.h>

#include "vdrive/disc.h"

/** First words of both slots; the number of the format follows. */
#define DISC_MAGIC "discern virtual disc "
#define DISC_FORMAT 1

/** Bytes of one slot, and where the bitmap begins, after two of them. */
#define DISC_SLOT_BYTES 65536
#define DISC_BITMAP_OFFSET (2 * DISC_SLOT_BYTES)

/** Two run-out sectors after a track at once, and its shortest length: four seconds (MMC-6 4.2.3.4). */
#define DISC_RUN_OUT 2
#define DISC_CD_MIN_TRACK 300

/** Largest CD-R and CD-ROM that is taken for one: 99 minutes. */
#define DISC_CD_MAX 445000

struct disc_state {
	const struct profile *profile;
	uint64_t sequence;
	/** Sectors of the user area, and those that a format took from it for spares (BD-R). */
	uint32_t n_sectors, n_spares;
	uint64_t data_offset;
	uint32_t identifier;
	/** Changed since it was put into the drive: if it is found so at the next opening, the power went away. */
	bool is_in_use;
	/** Can never be appended to. */
	bool is_final;
	enum disc_background background;
	/** The open session is written at once, and whether another may follow it. */
	bool is_session_at_once, is_multi_session;
	unsigned n_closed_sessions;
	/** Tracks that have been begun or reserved; the invisible track comes after them. */
	unsigned n_begun_tracks;
	/** Made by disc_state_rebuild() from the above. */
	unsigned n_sessions, n_tracks;
	struct disc_session sessions[DISC_MAX_TRACKS + 1];
	struct disc_track tracks[DISC_MAX_TRACKS + 1];
};

struct disc {
	int fd;
	bool is_pressed;
	struct disc_state state;
	/** One bit a sector, lowest bit first; NULL for a pressed disc. */
	uint8_t *recorded;
	/** Size of the file when it was opened. */
	off_t file_bytes;
	/** Bytes of a plain image; its last sector may be filled up with zeros. */
	uint64_t image_bytes;
	/** The sectors, mapped for reading; NULL where there is no room in the address space. */
	uint8_t *map;
	size_t map_size;
};

/** A kind of blank disc that can be made. */
struct disc_media {
	const char *name;
	enum discern_profile profile;
	uint32_t min_sectors, max_sectors;
};

/** The entry for a name such as "cd-r", or for a profile; NULL if there is none. */
const struct disc_media *disc_media_by_name(const char *name);
const struct disc_media *disc_media_by_profile(enum discern_profile profile);

/** State of a blank disc. */
void disc_state_blank(struct disc_state *state, const struct disc_media *media, uint32_t n_sectors);

/** Bytes of the bitmap of recorded sectors. */
size_t disc_bitmap_bytes(const struct disc_state *state);

/** Writes the state as text; its length, or -EOVERFLOW. */
int disc_state_print(const struct disc_state *state, char *text, size_t size);

/** Reads it back, believing nothing: -EINVAL with words, -ENOTSUP for another format. size bytes of text, which
 *  need not end in a zero byte. */
int disc_state_parse(const char *text, size_t size, struct disc_state *ret_state, struct discern_error *err);

/** Checksum of the text behind its first two lines, up to and with the line "end". */
uint32_t disc_text_checksum(const char *text, size_t size);

/** Derives the sessions, the invisible track and the numbers of both from what has been written. */
void disc_state_rebuild(struct disc_state *state);

/** Sectors rounded up to the medium's error-correction unit. */
uint32_t disc_round_up(const struct disc_state *state, uint32_t n_sectors);

/** Where the track's sectors end. */
int32_t disc_track_end(const struct disc_track *track);

/** Writes the state into the file, marked as in use or not. 0 or a negative errno. */
int disc_commit(struct disc *disc, bool is_in_use);

/** Bitmap: all of these recorded, one of these recorded, mark these. */
bool disc_all_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
bool disc_any_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_mark_recorded(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** After the power went away: finds how far open tracks were written and marks them damaged. */
void disc_recover(struct disc *disc);

#endif
