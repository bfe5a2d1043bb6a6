/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A virtual disc: what a medium holds and what has been done to it, kept in one sparse file.
 *
 * It enforces what the medium itself enforces: a write-once sector takes data once, an unwritten one gives
 * none, a closed disc stays closed. Which command is allowed when, and with which sense a drive refuses, is
 * the business of mmc/. Every call leaves the file so that a server killed at any moment finds a disc as a
 * drive would after a power loss.
 */
#ifndef VDRIVE_DISC_H
#define VDRIVE_DISC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "disc/cd_layout.h"
#include "disc/profile.h"
#include "vdrive/disc_media.h"
#include "vdrive/vdrive.h"

/** Bytes of user data in a sector. */
#define DISC_SECTOR 2048

/** Most tracks on one disc, closed and open. */
#define DISC_MAX_TRACKS 200

/** Most packs of CD-TEXT in a lead-in: eight languages of 255, rounded up. */
#define DISC_MAX_TEXT_PACKS 2048

/** READ DISC INFORMATION byte 2 (MMC-6 6.22.3.1.2, 6.22.3.1.3). */
enum disc_status { DISC_BLANK = 0, DISC_APPENDABLE = 1, DISC_COMPLETE = 2, DISC_RANDOM = 3 };
enum disc_session_status { DISC_SESSION_EMPTY = 0, DISC_SESSION_INCOMPLETE = 1, DISC_SESSION_COMPLETE = 3 };

/** READ DISC INFORMATION byte 7 (MMC-6 6.22.3.1.13): background format of DVD+RW. */
enum disc_background {
	DISC_BACKGROUND_NONE = 0,
	DISC_BACKGROUND_STOPPED = 1,
	DISC_BACKGROUND_RUNNING = 2,
	DISC_BACKGROUND_DONE = 3
};

enum disc_track_state {
	TRACK_INVISIBLE, /**< the open rest of the disc: where a new track begins */
	TRACK_RESERVED,  /**< announced by RESERVE TRACK or a cue sheet, not full yet */
	TRACK_OPEN,      /**< being written, size not announced */
	TRACK_CLOSED,
	TRACK_DAMAGED, /**< open when the power went away: can be closed, not written */
};

struct disc_track {
	unsigned number;  /**< from 1 */
	unsigned session; /**< from 1 */
	enum disc_track_state state;
	/** Q control nibble, 4 for data; and data mode 1 (Mode 1, DVD, BD), 2 (Mode 2), 15 unknown (audio). */
	uint8_t control;
	uint8_t data_mode;
	/** CD: what its sectors are, and where its pause (index 0) begins; start_lba where it has none. */
	enum cd_track_mode mode;
	int32_t pregap_lba;
	/** Written as track at once: two unreadable run-out sectors follow the data (CD). */
	bool has_run_out;
	/** CD, written in packets, and the sectors of each; 0 if they have any number. */
	bool has_packets;
	uint32_t packet_sectors;
	int32_t start_lba;
	/** Announced or final size in sectors; for INVISIBLE and OPEN what is still free plus what is written. */
	uint32_t n_sectors;
	/** Sectors written from start_lba on; the next writable address is start_lba + n_written. */
	uint32_t n_written;
};

struct disc_session {
	enum disc_session_status status;
	unsigned first_track;
	/** 0 while empty. */
	unsigned last_track;
	int32_t lead_out_lba;
};

struct disc;

/** Opens a virtual disc, or a plain image as a pressed one; see vdrive_insert(). A track that was open when
 *  the server was killed is found TRACK_DAMAGED. Release with disc_close(). */
int disc_open(const char *path, const char *kind, struct disc **ret_disc, struct discern_error *err);

/** Syncs and releases; accepts NULL. Open tracks stay open, as after a regular eject. */
void disc_close(struct disc *disc);

/** Shapes of the medium. */
const struct profile *disc_profile(const struct disc *disc);
bool disc_is_pressed(const struct disc *disc);
/** User sectors that the medium has. */
uint32_t disc_capacity(const struct disc *disc);
/** The entry for it in the table of media, how it is recorded now, and its layers. */
const struct disc_media *disc_media(const struct disc *disc);
enum disc_recording disc_recording(const struct disc *disc);
unsigned disc_n_layers(const struct disc *disc);
/** DVD-R, DVD-R DL, or DVD-RW that is written in sequence. */
bool disc_is_dvd_minus(const struct disc *disc);
/** User area and spares; and how many of them a format makes spares if nobody says otherwise. */
uint32_t disc_all_sectors(const struct disc *disc);
uint32_t disc_usual_spares(const struct disc *disc);
/** DVD+R DL: sectors of layer 0 if the host has set them, else 0. Once, on a blank disc: -EROFS, -EINVAL. */
uint32_t disc_layer_break(const struct disc *disc);
int disc_set_layer_break(struct disc *disc, uint32_t n_sectors);
/** Four bytes that name this disc (READ DISC INFORMATION bytes 12 to 15), made at random at creation. */
uint32_t disc_identifier(const struct disc *disc);

/** What has been done to it. */
enum disc_status disc_status(const struct disc *disc);
enum disc_background disc_background(const struct disc *disc);
size_t disc_n_sessions(const struct disc *disc);
const struct disc_session *disc_session(const struct disc *disc, unsigned number);
/** Tracks from 1, the invisible one included where there is one. */
size_t disc_n_tracks(const struct disc *disc);
const struct disc_track *disc_track(const struct disc *disc, unsigned number);
/** The track that holds lba, or NULL. */
const struct disc_track *disc_track_at(const struct disc *disc, int32_t lba);
/** The invisible track, or NULL on a complete, pressed or random-writable disc. */
const struct disc_track *disc_invisible_track(const struct disc *disc);
/** The track that is open or damaged, or NULL: while there is one, there is no invisible track. */
const struct disc_track *disc_incomplete_track(const struct disc *disc);
/** One more than the last LBA that READ CAPACITY counts: closed tracks (with run-out), or a formatted area. */
uint32_t disc_recorded_end(const struct disc *disc);

/** 0, or -ENXIO if one of the sectors is not recorded, -EIO if the file fails. Of a CD, user data of Mode 1 and of
 *  Mode 2 Form 1; -EBADMSG if one of the sectors is something else, such as audio (illegal mode for this track). */
int disc_read(struct disc *disc, int32_t lba, uint32_t n_sectors, uint8_t *buffer);

/** How many sectors from lba on are recorded, at most n_sectors: where a read of all of them would fail. */
uint32_t disc_recorded_run(const struct disc *disc, int32_t lba, uint32_t n_sectors);

/** How many sectors from lba on disc_read() gives: of a CD only those with 2048 bytes of user data. */
uint32_t disc_user_run(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Points to n_sectors recorded sectors in the mapped file, so that a front-end need not copy twice; NULL if
 *  they are not recorded, not mapped, or kept as whole CD sectors. Valid until the next call that changes the disc. */
const uint8_t *disc_peek(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Writes n_sectors. Sequential media: only at a track's next writable address, within its size; the invisible
 *  track becomes an open one. In a CD session at once they go on from pause to track to track. 0, or -ENXIO (not
 *  there), -EROFS (closed, pressed, not formatted), -ENOSPC, -EIO, -EBADMSG (a CD track that is not of Mode 1). */
int disc_write(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data);

/** Splits the invisible track: n_sectors reserved, the rest stays invisible. -ENOSPC, -EROFS. */
int disc_reserve_track(struct disc *disc, uint32_t n_sectors);

/** CD written with a cue sheet, or blank DVD-R and DVD-RW written at once: the lead-out comes right after the track,
 *  so there is no run-out, and closing closes the disc unless multi_session. On CD one track of Mode 1, with a pause
 *  that the drive writes; disc_begin_cd_session() has all others. */
int disc_begin_session_at_once(struct disc *disc, uint32_t n_sectors, bool multi_session);

/** True from then until that session is closed. */
bool disc_is_session_at_once(const struct disc *disc);

/** Marks the invisible, open or reserved track with this number as a track at once (has_run_out on CD). */
void disc_set_track_run_out(struct disc *disc, unsigned number);

/** CD: whether the invisible track comes in packets, of a fixed number of sectors or (0) of any; and the end of one: a
 *  fixed one is filled with zeros, behind another lie seven sectors that nobody can read, where the next one is linked
 *  to it. */
void disc_set_track_packets(struct disc *disc, unsigned number, bool has_packets, uint32_t packet_sectors);
int disc_end_packet(struct disc *disc);

/** Fills the error-correction unit that each open track ends in with zeros, as a drive must before it can stop. */
int disc_fill_unit(struct disc *disc);

/** Closes a track: its size becomes final, rounded up to the profile's ECC unit with zeros. 0 or -EROFS. */
int disc_close_track(struct disc *disc, unsigned number);

/** Closes all tracks of the open session and the session. final: the disc can then never be appended to. On a
 *  blank disc there is nothing to close: 0, and it stays blank. */
int disc_close_session(struct disc *disc, bool final);

/** DVD+RW: begins the background format, or restarts a stopped one; every sector then is recorded, zero unless
 *  written. A disc whose format is done loses its data. */
int disc_format(struct disc *disc);
/** Ends the background format: the lead-out is written, the format is done. A disc that is taken out while it
 *  runs has a stopped one. */
int disc_format_stop(struct disc *disc);

/** Blank BD-R: takes what is more than n_sectors, a multiple of the ECC unit, from the user area for spares
 *  (MMC-6 4.5.3). The disc then is appendable with an empty session. -EROFS, -EINVAL. */
int disc_format_with_spares(struct disc *disc, uint32_t n_sectors, bool pseudo_overwrite);
/** DVD-RAM and BD-RE: n_sectors become the user area, the rest spares; what was written is lost. -EROFS, -EINVAL. */
int disc_format_user_area(struct disc *disc, uint32_t n_sectors);
/** DVD-RW: restricted overwrite, n_sectors of it formatted. A quick format grows as it is written, to the disc's end,
 *  until disc_format_stop(). -EROFS, -EINVAL. */
int disc_format_overwrite(struct disc *disc, uint32_t n_sectors, bool is_quick);
/** The same disc once its format is ended: formats n_sectors more, 0 for as many as come to be written. */
int disc_format_grow(struct disc *disc, uint32_t n_sectors);
/** True while such a format is not ended. */
bool disc_is_intermediate(const struct disc *disc);

/** Sectors of each packet of a CD-RW that is formatted. */
#define DISC_PACKET_SECTORS 32

/** CD-RW: most sectors that a format can have, 0 of other discs; and the format: one closed track of n_sectors in
 *  packets, in Mode 1 or Mode 2 Form 1, all zeros. What was on the disc is lost. -EROFS, -EINVAL. */
uint32_t disc_packet_sectors(const struct disc *disc);
int disc_format_packets(struct disc *disc, uint32_t n_sectors, enum cd_track_mode mode, enum cd_disc_type type);
/** Such a disc gets n_sectors more. -EROFS, -EINVAL. */
int disc_grow_packets(struct disc *disc, uint32_t n_sectors);
bool disc_is_packet_formatted(const struct disc *disc);

/** What is recorded can be written again in its place. */
bool disc_can_be_overwritten(const struct disc *disc);

/** BD-R formatted for it: error-correction units that may yet be written again, 0 on others; and writes again what is
 *  recorded, at the cost of so many units at the next writable address. -ENXIO, -ENOSPC, -EIO. */
uint32_t disc_pseudo_overwrite_units(const struct disc *disc);
int disc_pseudo_overwrite(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data);

/** CD-RW and DVD-RW: blanks the disc; the last session; or only opens that again. -EROFS. A minimal blank of a DVD-RW
 *  takes one more session, at once. */
int disc_blank(struct disc *disc, bool is_minimal);
int disc_blank_session(struct disc *disc);
int disc_unclose_session(struct disc *disc);

/** Sectors that a format took for spares, 0 on an unformatted disc. */
uint32_t disc_spares(const struct disc *disc);

/** The power goes away: the last n_lost sectors of an open track never came from the drive's buffer to the disc, and
 *  the track is damaged. What lies on a rewritable disc stays. */
void disc_lose_power(struct disc *disc, uint32_t n_lost);

/** From here on nothing comes into the file, though all calls say that it does; until the end, which makes the disc
 *  what it was at the begin. -EROFS, -ENOMEM. */
int disc_begin_test(struct disc *disc);
bool disc_is_test(const struct disc *disc);
void disc_end_test(struct disc *disc);

/** Flushes written data and state to the file. 0 or a negative errno. */
int disc_sync(struct disc *disc);

#endif
