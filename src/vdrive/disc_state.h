/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside a virtual disc: its state, the text that keeps the state in the file, and the open file itself.
 *
 * File: two slots of text (the second is written first, so one of them is whole at any moment), a bitmap of
 * recorded sectors, then the sectors. Behind them a CD has, as far as it needs them, a byte for each sector that is
 * kept otherwise than as user data (disc_cd_map.c), whole sectors with sub-channels, and packs of CD-TEXT. All of it
 * is sparse.
 */
#ifndef VDRIVE_DISC_STATE_H
#define VDRIVE_DISC_STATE_H

#include <sys/types.h>

#include "disc/cd_image.h"
#include "disc/cd_layout.h"
#include "disc/sector.h"
#include "disc/subchannel.h"
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

/** What Q tells of a track beside its place. */
struct disc_q_track {
	unsigned n_indexes;
	/** Where indexes 2, 3 ... begin. */
	int32_t indexes[CD_MAX_INDEXES - 1];
	char isrc[CD_ISRC_LENGTH + 1];
	/** What its session says that the disc is. */
	enum cd_disc_type type;
};

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
	/** CD: the catalogue number, "" without; packs of CD-TEXT and the session whose lead-in they are in. */
	char mcn[CD_MCN_LENGTH + 1];
	unsigned n_text_packs, text_session;
	struct disc_q_track q_tracks[CD_MAX_TRACKS];
};

/** How a CD sector is kept, bits of its byte; none of them: as user data of Mode 1. */
enum disc_keeping {
	KEEP_WHOLE = 1,      /**< 2352 bytes */
	KEEP_SUBCHANNEL = 2, /**< 96 bytes of sub-channels that the host gave */
	KEEP_EMPTY = 4,      /**< written by the recorder: silence, or no user data in the track's mode */
	KEEP_RECORDED = 8,   /**< before LBA 0, where the bitmap does not reach */
	KEEP_ALL = 15,
};

/** What the track that a track at once begins with the next write is. */
struct disc_next_track {
	enum cd_track_mode mode;
	uint8_t control;
	char isrc[CD_ISRC_LENGTH + 1];
};

struct disc_layout {
	bool is_current;
	struct cd_layout layout;
};

struct disc_raw_sector;

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
	/** Pressed CD whose image is more than user data: all that is read comes from there. NULL on others. */
	struct cd_image *image;
	/** CD that can be written: one byte a sector from LBA -150 on, see enum disc_keeping; NULL on others. */
	uint8_t *keeping;
	/** CD: made anew by disc_cd_layout() where it is not current. */
	struct disc_layout *layout;
	/** CD, session at once: the sector that has to come next. */
	int32_t session_next_lba;
	struct disc_next_track next_track;
	/** The CD-TEXT, once somebody has asked for it. */
	uint8_t *text_packs;
	/** While a test write goes on: what the disc was before. NULL else. */
	struct disc_backup *backup;
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

/** Variable packets: takes back the link behind the last one, as none follows it. */
void disc_strip_link(struct disc *disc, struct disc_track *track);
/** How far a track was written, going by the bitmap; between packets there are gaps. */
uint32_t disc_find_written(const struct disc *disc, const struct disc_track *track);

/** Sectors rounded up to the medium's error-correction unit. */
uint32_t disc_round_up(const struct disc_state *state, uint32_t n_sectors);

/** Where the track's sectors end. */
int32_t disc_track_end(const struct disc_track *track);

/** Writes into the file, but for a test. 0 or a negative errno. */
int disc_store(struct disc *disc, const void *data, size_t size, off_t offset);

/** Writes the state into the file, marked as in use or not. 0 or a negative errno. */
int disc_commit(struct disc *disc, bool is_in_use);

/** Bitmap: all of these recorded, one of these recorded, mark these, none from this one on. CD sectors before LBA 0
 *  are in none. */
bool disc_all_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
bool disc_any_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_mark_recorded(struct disc *disc, int32_t lba, uint32_t n_sectors);

int disc_forget_recorded(struct disc *disc, int32_t lba);

/** Makes these bytes of the file zeros; it gets no longer by it. 0 or a negative errno. */
int disc_clear_file(struct disc *disc, uint64_t begin, uint64_t end);

/** Erases: nothing is recorded, and all sectors are zeros, from this one on. 0 or a negative errno. */
int disc_erase_from(struct disc *disc, int32_t lba);

/** How many sectors from lba on are recorded without a gap, going by the bitmap; at most n_sectors. */
uint32_t disc_recorded_from(const struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Random-writable: 0 if these sectors can be written now; else -EROFS or -ENXIO. The formatted area of a DVD-RW
 *  whose quick format has not ended grows by this. */
int disc_check_random_write(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** Sequential: what comes before and behind the data of a write. The first finds out whether n_sectors can be written
 *  at lba and begins the track that they begin; the second makes them recorded. As disc_write(). */
int disc_begin_write(struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_end_write(struct disc *disc, int32_t lba, uint32_t n_sectors);

/** The same two for a CD session at once, which goes on through all of its pauses and tracks. */
bool disc_is_cd_session(const struct disc *disc);
/** User data go into Mode 1: 0, or -EBADMSG where one of these sectors of the session at once is of another mode, or
 *  what is written into this track, NULL for none. */
int disc_check_session_mode(const struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_check_track_mode(const struct disc *disc, const struct disc_track *track);
/** Where that session goes on, going by its tracks. */
int32_t disc_session_next(const struct disc_state *state);
/** A track at once becomes what has been set for the next one. */
void disc_begin_cd_track(struct disc *disc, struct disc_track *track);
/** Writes one sector of user data as a whole one, as in the pause before LBA 0. */
int disc_write_user_raw(struct disc *disc, int32_t lba, const uint8_t user[SECTOR_USER]);
int disc_check_session_write(const struct disc *disc, int32_t lba, uint32_t n_sectors);
void disc_count_session_write(struct disc *disc, uint32_t n_sectors);

/** Where the CD session at once that is open begins with its first pause, and where the pause of a track is that no
 *  cue sheet told of. */
int32_t disc_session_begin(const struct disc_state *state);
int32_t disc_usual_pregap(const struct disc_state *state, unsigned index);

/** The mode of a CD track by its control nibble and data mode, and the data mode by it. */
enum cd_track_mode disc_track_mode(uint8_t control, uint8_t data_mode);
uint8_t disc_track_data_mode(enum cd_track_mode mode);
/** True if the track's indexes from 2 on lie in it, in order. */
bool disc_has_sound_indexes(const struct cd_track *track);
/** What a session says with such a track in it, if nobody has said it. */
enum cd_disc_type disc_usual_type(enum cd_track_mode mode);

/** Pressed CD of a description of a CD or of a file of whole sectors, which disc->fd is open on: fills image and state. */
int disc_open_cd_image(struct disc *disc, const char *path, const char *kind, struct discern_error *err);

/** Fills state as that of a disc on which all of this is closed, as pressed ones are. -EINVAL if it cannot be. */
int disc_state_take_layout(struct disc_state *state, const struct cd_layout *layout);

/** True where all of these are sectors of tracks or of their pauses. */
bool disc_in_tracks(const struct disc *disc, int32_t lba, uint32_t n_sectors);

/** CD that can be written: reads how sectors are kept. 0 or a negative errno. */
int disc_cd_load(struct disc *disc);
/** Bytes that say how sectors are kept, of the whole disc. */
size_t disc_keeping_bytes(const struct disc *disc);
/** How a sector is kept; 0 for what a disc has no such byte for. */
uint8_t disc_keeping(const struct disc *disc, int32_t lba);
int disc_set_keeping(struct disc *disc, int32_t lba, uint32_t n_sectors, uint8_t keeping);
/** Gives all of it back from this sector on. */
int disc_cd_erase_from(struct disc *disc, int32_t lba);
/** Reads and writes 2352 bytes and 96 of a sector; a part that is NULL is left out. 0 or -EIO. */
int disc_get_whole(struct disc *disc, int32_t lba, uint8_t *ret_sector, uint8_t *ret_subchannel);
int disc_put_whole(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector);
/** Writes a whole sector and says how it is kept, whatever the medium allows. 0 or -EIO. */
int disc_put_raw(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector);
/** CD-RW that is formatted: 0, or -ENXIO where not all of these are sectors of its track; and writes user data. */
int disc_check_packet_write(const struct disc *disc, int32_t lba, uint32_t n_sectors);
int disc_overwrite_packets(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data);
int disc_get_text_packs(struct disc *disc, uint8_t *ret_packs, size_t n_packs);
int disc_put_text_packs(struct disc *disc, const uint8_t *packs, size_t n_packs);
/** How many of these recorded sectors, from the first one on, are kept as user data. */
uint32_t disc_plain_run(const struct disc *disc, int32_t lba, uint32_t n_sectors);
/** The user data of a recorded sector that is not plain: 0, -EBADMSG or -EIO. */
int disc_read_kept_user(struct disc *disc, int32_t lba, uint8_t ret_user[SECTOR_USER]);

/** Writes into the file, whatever the medium allows. 0 or -EIO. */
int disc_put_sectors(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data);

/** Not pressed, written in sequence, and not final. */
bool disc_takes_tracks(const struct disc *disc);

/** Reads the table of replaced units. -EINVAL with words if it is none. */
int disc_load_replaced(struct disc *disc, struct discern_error *err);

/** After the power went away: finds how far open tracks were written and marks them damaged. */
void disc_recover(struct disc *disc);

#endif
