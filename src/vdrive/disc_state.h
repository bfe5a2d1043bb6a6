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
#include "vdrive/disc_media.h"

/** First words of both slots; the number of the format follows. */
#define DISC_MAGIC "discern virtual disc "
#define DISC_FORMAT 1

/** Bytes of one slot, and where the bitmap begins, after two of them. */
#define DISC_SLOT_BYTES 65536
#define DISC_BITMAP_OFFSET (2 * DISC_SLOT_BYTES)

/** Two run-out sectors after a track at once, and its shortest length: four seconds (MMC-6 4.2.3.4). */
#define DISC_RUN_OUT 2
#define DISC_CD_MIN_TRACK 300

struct disc_state {
	const struct disc_media *media;
	/** The medium's profile; of a DVD-RW that of how it is recorded now. */
	const struct profile *profile;
	enum disc_recording recording;
	uint64_t sequence;
	/** Sectors of the user area, and those that a format took from it for spares (BD, DVD-RAM). */
	uint32_t n_sectors, n_spares;
	/** DVD-RW with restricted overwrite: sectors that can be written in any order. */
	uint32_t n_formatted;
	/** DVD+R DL: sectors of layer 0 if the host has set the layer break, else 0. */
	uint32_t layer_break;
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
	/** Units that spare ones stand for (disc_defects.c); NULL without any. */
	struct disc_defects *defects;
};

/** State of a blank disc. */
void disc_state_blank(struct disc_state *state, const struct disc_media *media, uint32_t n_sectors);

/** Sets how the disc is recorded, and its profile. */
void disc_state_set_recording(struct disc_state *state, enum disc_recording recording);

/** Random-writable: formatted as in the factory, with spares of the usual size where the medium has any. */
void disc_state_format(struct disc_state *state);

/** Sectors that a format with spares of the usual size takes from all the sectors of this disc. */
uint32_t disc_state_usual_spares(const struct disc_state *state);

/** Sectors that a host can write: all of the user area, but for a DVD-RW with restricted overwrite. */
uint32_t disc_state_capacity(const struct disc_state *state);

/** Random-writable: sectors that can be read as they are formatted, 0 before that. */
uint32_t disc_state_formatted(const struct disc_state *state);

/** A DVD-RW with restricted overwrite whose last format was a quick one that has not been ended by closing. */
bool disc_state_is_intermediate(const struct disc_state *state);

/** Sectors that the file has room for: user area and spares. */
uint32_t disc_state_all_sectors(const struct disc_state *state);

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

/** Bitmap: all of these recorded, one of these recorded, mark these, none from this one on. */
bool disc_all_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
bool disc_any_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_mark_recorded(struct disc *disc, int32_t lba, uint32_t n_sectors);

int disc_forget_recorded(struct disc *disc, int32_t lba);

/** Erases: nothing is recorded, and all sectors are zeros, from this one on. 0 or a negative errno. */
int disc_erase_from(struct disc *disc, int32_t lba);

/** How many sectors from lba on are recorded without a gap, going by the bitmap; at most n_sectors. */
uint32_t disc_recorded_from(const struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Random-writable: 0 if these sectors can be written now; else -EROFS or -ENXIO. The formatted area of a DVD-RW
 *  whose quick format has not ended grows by this. */
int disc_check_random_write(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Writes into the file, whatever the medium allows. 0 or -EIO. */
int disc_put_sectors(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data);

/** Not pressed, written in sequence, and not final. */
bool disc_takes_tracks(const struct disc *disc);

/** Reads the table of replaced units. -EINVAL with words if it is none. */
int disc_load_replaced(struct disc *disc, struct discern_error *err);

/** After the power went away: finds how far open tracks were written and marks them damaged. */
void disc_recover(struct disc *disc);

#endif
