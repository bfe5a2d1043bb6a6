/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The medium: one physical disc, as its drive describes it.
 */
#ifndef DISCERN_MEDIUM_H
#define DISCERN_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of user data in a data sector: CD-ROM Mode 1, DVD and BD. */
#define DISCERN_SECTOR_SIZE 2048

/** Sectors lba … lba + n_sectors - 1. */
struct discern_range {
	int32_t lba;
	uint32_t n_sectors;
};

/** MMC-6 table 95: Profile List. The value is what the drive reports. */
enum discern_profile {
	DISCERN_PROFILE_NONE = 0x00,
	DISCERN_PROFILE_CD_ROM = 0x08,
	DISCERN_PROFILE_CD_R = 0x09,
	DISCERN_PROFILE_CD_RW = 0x0a,
	DISCERN_PROFILE_DVD_ROM = 0x10,
	DISCERN_PROFILE_DVD_R = 0x11,
	DISCERN_PROFILE_DVD_RAM = 0x12,
	DISCERN_PROFILE_DVD_RW_OVERWRITE = 0x13,
	DISCERN_PROFILE_DVD_RW = 0x14,
	DISCERN_PROFILE_DVD_R_DL = 0x15,
	DISCERN_PROFILE_DVD_R_DL_JUMP = 0x16,
	DISCERN_PROFILE_DVD_RW_DL = 0x17,
	DISCERN_PROFILE_DVD_PLUS_RW = 0x1a,
	DISCERN_PROFILE_DVD_PLUS_R = 0x1b,
	DISCERN_PROFILE_DVD_PLUS_RW_DL = 0x2a,
	DISCERN_PROFILE_DVD_PLUS_R_DL = 0x2b,
	DISCERN_PROFILE_BD_ROM = 0x40,
	DISCERN_PROFILE_BD_R = 0x41,
	DISCERN_PROFILE_BD_R_RRM = 0x42,
	DISCERN_PROFILE_BD_RE = 0x43,
	DISCERN_PROFILE_HD_DVD_ROM = 0x50,
	DISCERN_PROFILE_HD_DVD_R = 0x51,
	DISCERN_PROFILE_HD_DVD_RAM = 0x52,
};

enum discern_medium_state {
	DISCERN_MEDIUM_NONE,         /**< no disc, or the tray is open */
	DISCERN_MEDIUM_BLANK,        /**< nothing written, writable */
	DISCERN_MEDIUM_APPENDABLE,   /**< holds data, another session fits */
	DISCERN_MEDIUM_COMPLETE,     /**< closed, or pressed */
	DISCERN_MEDIUM_OVERWRITABLE, /**< every sector may be written at any time (DVD+RW, DVD-RAM, BD-RE …) */
	DISCERN_MEDIUM_UNUSABLE,     /**< the drive cannot tell, or the medium is damaged */
};

/** Copy protection; the value is the protection system type of MMC-6 table 398, of which there may be others. */
enum discern_protection {
	DISCERN_PROTECTION_NONE = 0x00,
	DISCERN_PROTECTION_CSS = 0x01, /**< or CPPM, of DVD-Audio */
	DISCERN_PROTECTION_CPRM = 0x02,
	DISCERN_PROTECTION_AACS = 0x10,
};

/** One track (CD), or what a DVD or BD drive reports as one (MMC-6 6.27, READ TRACK INFORMATION). */
struct discern_track {
	uint16_t number;
	uint16_t session;
	bool is_data;
	/** Nothing is written in it: the invisible or a reserved track. */
	bool is_blank;
	/** Left open by a failed burn; only a close can follow. */
	bool is_damaged;
	/** Written as packets or incrementally; on CD the end then has unreadable run-out sectors. */
	bool is_packet;
	int32_t start_lba;
	uint32_t n_sectors;
	/** Valid when has_next_writable is set. */
	bool has_next_writable;
	int32_t next_writable_lba;
	uint32_t free_sectors;
	bool has_last_recorded;
	int32_t last_recorded_lba;
};

/** Everything known about the medium in a drive. Filled by discern_drive_medium(), emptied by
 *  discern_medium_clear(). */
struct discern_medium {
	enum discern_profile profile;
	enum discern_medium_state state;
	/** With state NONE: the drive says that its tray is open. */
	bool is_tray_open;
	/** Can be blanked or overwritten. */
	bool is_rewritable;
	uint16_t n_sessions;
	size_t n_tracks;
	struct discern_track *tracks;
	/** As READ CAPACITY says (last LBA + 1); 0 if it says nothing, as for a blank disc. */
	uint32_t read_capacity_sectors;
	/** All user sectors that a recordable medium has; 0 if not known or pressed. */
	uint32_t capacity_sectors;
	/** What can still be written in one track. */
	uint32_t free_sectors;
	/** Physical end by READ DISC STRUCTURE format 0 (DVD), in sectors; 0 if not known. */
	uint32_t structure_sectors;
	/** Of a recordable DVD with two layers the sectors of the first (READ DISC STRUCTURE format 20h); 0 if not known. */
	uint32_t first_layer_sectors;
	/** That was set, or the disc is no longer blank: it stays so. */
	bool is_first_layer_set;
	/** Spare areas of a BD (format 0Ah), in sectors: bad places are replaced from there. 0 without. */
	uint32_t spare_sectors;
	uint32_t free_spare_sectors;
	/** "MCC-004-00", "97m15s17f" … and "Mitsubishi Chemical Corporation"; empty if not known. */
	char media_id[64];
	char manufacturer[96];
	/** Write speeds that the drive offers for this medium in kB/s of 1000 bytes, fastest first. As drives do, they
	 *  count all 2352 bytes of a CD sector. */
	size_t n_write_speeds;
	uint32_t write_speeds_kbps[32];
	/** Announced by the disc or its drive. */
	enum discern_protection protection;
	/** The drive says that such media can hold AACS-protected content, which says nothing of what is on this one. */
	bool may_hold_protected;
};

/** Sectors that stand in for those which the medium has lost, in blocks of the drive's: 2048 bytes on BD. */
struct discern_spares {
	/** The medium has defect management, and the drive counts. */
	bool is_known;
	/** All, 0 if the drive tells only of the free ones (DVD-RAM), and those that are not in use. */
	uint32_t n_all, n_free;
};

/** Frees what the medium holds and sets it to "no medium". */
void discern_medium_clear(struct discern_medium *medium);

/** What an image for another session has to be made with, as mkisofs -C FIRST,NEXT: the first sector of the last
 *  session and of the one to come. False if the medium takes no other session. */
bool discern_medium_next_session(const struct discern_medium *medium, int32_t *ret_first_lba, int32_t *ret_next_lba);

/** "DVD+R", "BD-R sequential" …; "unknown medium" for a profile this library does not know. */
const char *discern_profile_name(enum discern_profile profile);

/** 1x in kB/s of 1000 bytes of user data: CD 154, DVD 1385, BD 4496; 0 for no medium. */
uint32_t discern_profile_1x_kbps(enum discern_profile profile);

/** "blank", "appendable", "complete", "overwritable", "no disc", "unusable". */
const char *discern_medium_state_name(enum discern_medium_state state);

/** "CSS", "CPRM", "AACS"; "of an unknown kind" for a system this library does not know; empty for none. */
const char *discern_protection_name(enum discern_protection protection);

#ifdef __cplusplus
}
#endif
#endif
