/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where on a CD: sessions, tracks, their indexes, and what the Q sub-channel and the lead-in say of them. */
#ifndef DISC_CD_LAYOUT_H
#define DISC_CD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** IEC 60908 17.5: tracks 1 to 99, and each with indexes up to 99. */
#define CD_MAX_TRACKS 99
#define CD_MAX_INDEXES 99

/** Sectors before LBA 0, the pause that the first track begins with (MMC-6 4.2.3). */
#define CD_PREGAP 150

/** Characters of a catalogue number (MCN: EAN-13 digits) and of an ISRC, without the zero byte. */
enum { CD_MCN_LENGTH = 13, CD_ISRC_LENGTH = 12 };

/** What the sectors of a track are. In a Mode 2 (XA) track each sector's subheader tells its form. */
enum cd_track_mode { CD_AUDIO, CD_MODE_1, CD_MODE_2, CD_MODE_2_XA, CD_MODE_2_CDI };

/** Control nibble of Q (IEC 60908 17.5.1, ECMA-130 22.3.1). */
enum { CD_CONTROL_PRE_EMPHASIS = 1, CD_CONTROL_COPY_PERMITTED = 2, CD_CONTROL_DATA = 4, CD_CONTROL_FOUR_CHANNEL = 8 };

/** PSEC of point A0h in the lead-in: what kind of disc a session says it is on (MMC-6 table 493). */
enum cd_disc_type { CD_TYPE_CDDA_OR_DATA = 0x00, CD_TYPE_CDI = 0x10, CD_TYPE_XA = 0x20 };

struct cd_track {
	unsigned number;  /**< from 1 */
	unsigned session; /**< from 1 */
	enum cd_track_mode mode;
	uint8_t control;
	/** Index 0, 1, and one past the last sector. Without a pause index 0 is where index 1 is. That of the first
	 *  track is -150 at the latest. */
	int32_t pregap_lba, start_lba, end_lba;
	/** Where indexes 2, 3 ... begin, in order. */
	unsigned n_indexes;
	int32_t indexes[CD_MAX_INDEXES - 1];
	/** "" without. */
	char isrc[CD_ISRC_LENGTH + 1];
};

struct cd_session {
	unsigned first_track, last_track;
	int32_t lead_out_lba;
	enum cd_disc_type type;
};

struct cd_layout {
	unsigned n_sessions, n_tracks;
	struct cd_session sessions[CD_MAX_TRACKS];
	struct cd_track tracks[CD_MAX_TRACKS];
	/** "" without. */
	char mcn[CD_MCN_LENGTH + 1];
};

/** The track with this number, or NULL. */
const struct cd_track *cd_layout_track(const struct cd_layout *layout, unsigned number);

/** The track whose sectors, pause included, lba is one of; NULL in the gaps between sessions and outside. */
const struct cd_track *cd_layout_track_at(const struct cd_layout *layout, int32_t lba);

/** The index of the track that lba lies in. */
unsigned cd_track_index_at(const struct cd_track *track, int32_t lba);

/** True if tracks follow each other in order and in range, with sessions that hold one at least. */
bool cd_layout_is_sound(const struct cd_layout *layout);

/** Letters and digits as IEC 60908 17.5.3 has them: two letters, three letters or digits, seven digits; 13 digits. */
bool cd_isrc_is_sound(const char *isrc);
bool cd_mcn_is_sound(const char *mcn);

#endif
