/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a cue sheet, a toc file or a ccd file says of a CD: tracks, made of pieces of files, and marks where their
 * indexes begin. None of the files that it names has been looked at; cd_place.h holds them against it.
 */
#ifndef DISC_CD_SHEET_H
#define DISC_CD_SHEET_H

#include <discern/error.h>

#include "disc/cd_layout.h"
#include "disc/cd_text.h"

/** Most bytes of such a text: none has more than some kilobytes. */
#define CD_SHEET_MAX_BYTES (4 << 20)

/** More sectors than any CD has. */
#define CD_SHEET_MAX_SECTORS (100 * 60 * 75)

/** Size of a piece that goes on to the end of its file. */
#define CD_SHEET_REST UINT64_MAX

/** File of a piece that lies in none: zeros. */
#define CD_SHEET_NO_FILE SIZE_MAX

/** Lead-out of the first session and of others, and a lead-in (IEC 60908 17.4, MMC-6 4.2.3.6), in sectors. */
enum { CD_FIRST_LEAD_OUT = 6750, CD_OTHER_LEAD_OUT = 2250, CD_LEAD_IN = 4500 };

/** How sectors lie in a file. */
enum cd_storage {
	CD_STORED_AUDIO,
	CD_STORED_MODE_0,
	CD_STORED_MODE_1,
	/** Whole, 2352 bytes of any data mode. */
	CD_STORED_RAW,
	/** Without subheader; and the three of CD-ROM XA: user data of either form, or 2336 bytes with subheader. */
	CD_STORED_MODE_2,
	CD_STORED_FORM_1,
	CD_STORED_FORM_2,
	CD_STORED_FORM_MIX,
};

/** Sub-channels R to W behind each sector in the same file: packs as they were before interleaving, or raw. */
enum cd_stored_subchannel { CD_NO_SUBCHANNEL, CD_SUBCHANNEL_RW, CD_SUBCHANNEL_RW_RAW };

struct cd_sheet_file {
	/** As the text has it, in UTF-8; with * for the text's own name without ending. */
	char *name;
	/** Sound: samples in a format that says what they are (WAV, AIFF, FLAC), not bytes. */
	bool is_sound;
	unsigned line;
};

struct cd_sheet_piece {
	/** Number of the file, or CD_SHEET_NO_FILE. */
	size_t file;
	enum cd_storage storage;
	enum cd_stored_subchannel subchannel;
	/** Samples with the highest byte first. */
	bool is_swapped;
	/** The next piece begins with a sector; else, with audio, with a sample. */
	bool is_padded;
	/** Of a sound file, bytes of its samples. */
	uint64_t offset_bytes, size_bytes;
	unsigned line;
};

/** Where an index begins: so many sectors behind the begin of a piece, or behind index 1. Index 0 begins with the
 *  track, and index 1 as well if it has no mark. */
struct cd_sheet_mark {
	unsigned index;
	bool is_from_start;
	/** Of the track's pieces, the first being 0; their number for the end of the last one. */
	size_t piece;
	uint32_t n_sectors;
	unsigned line;
};

struct cd_sheet_track {
	unsigned session;
	enum cd_track_mode mode;
	/** How its sectors lie in files if nothing else is said, and their sub-channels. */
	enum cd_storage storage;
	enum cd_stored_subchannel subchannel;
	uint8_t control;
	char isrc[CD_ISRC_LENGTH + 1];
	size_t first_piece, n_pieces;
	size_t first_mark, n_marks;
	unsigned line;
};

struct cd_sheet_session {
	enum cd_disc_type type;
	/** Sectors between the begin of the lead-out before and the first piece. */
	uint32_t n_gap;
};

struct cd_sheet {
	char mcn[CD_MCN_LENGTH + 1];
	size_t n_files, n_pieces, n_marks;
	struct cd_sheet_file *files;
	struct cd_sheet_piece *pieces;
	struct cd_sheet_mark *marks;
	unsigned n_tracks, n_sessions;
	struct cd_sheet_track tracks[CD_MAX_TRACKS];
	struct cd_sheet_session sessions[CD_MAX_TRACKS];
	/** Texts; or packs of 18 bytes; or the name of a file with those. */
	struct cd_text text;
	uint8_t *packs;
	size_t n_packs;
	char *text_file;
	/** 96 bytes of P to W, channel by channel, for each sector of file 0; it need not be there. NULL without. */
	char *subchannel_file;
};

/** An empty one, to be released with cd_sheet_free(), which accepts NULL. NULL without memory. */
struct cd_sheet *cd_sheet_new(void);
void cd_sheet_free(struct cd_sheet *sheet);

/** Bytes of a sector in a file, and with its sub-channels. */
size_t cd_storage_bytes(enum cd_storage storage);
size_t cd_stored_bytes(enum cd_storage storage, enum cd_stored_subchannel subchannel);

/** Number of the file with this name and kind, which is added if it is not there. -ENOMEM. */
int cd_sheet_add_file(struct cd_sheet *sheet, const struct cd_sheet_file *file, size_t *ret_number);

/** Begins a track in the last session; it has the next number. -EINVAL if there are 99, with words; -ENOMEM. */
int cd_sheet_add_track(struct cd_sheet *sheet, const struct cd_sheet_track *track, struct discern_error *err);

/** Another piece, another mark of the last track. -ENOMEM. */
int cd_sheet_add_piece(struct cd_sheet *sheet, const struct cd_sheet_piece *piece);
int cd_sheet_add_mark(struct cd_sheet *sheet, const struct cd_sheet_mark *mark);

/** n_sectors of zeros as the last track has them. */
int cd_sheet_add_gap(struct cd_sheet *sheet, uint32_t n_sectors, unsigned line);

/** The last track, which there must be. */
struct cd_sheet_track *cd_sheet_last_track(struct cd_sheet *sheet);

/** Minutes, seconds and frames as sectors; false if it is none, or longer than a CD. */
bool cd_sheet_msf(const char *text, uint32_t *ret_n_sectors);

/** The text in UTF-8 without byte order mark: taken as ISO 8859-1 if it is not UTF-8. *ret_text is the caller's.
 *  -EINVAL for UTF-16, for zero bytes, and for more than CD_SHEET_MAX_BYTES. */
int cd_sheet_to_utf8(const char *text, size_t size, char **ret_text, struct discern_error *err);

#endif
