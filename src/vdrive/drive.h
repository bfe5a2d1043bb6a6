/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the virtual drive: the state that drive.c, faults.c and the command families in mmc/ share. */
#ifndef VDRIVE_DRIVE_H
#define VDRIVE_DRIVE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vdrive/disc.h"
#include "vdrive/faults.h"
#include "vdrive/vdrive.h"

/** One sense code, with the field pointer of SPC-4 4.5.2.4.2 (0 for none) and progress (0 for none). */
struct vdrive_sense {
	uint8_t key, asc, ascq;
	/** Byte of the CDB, or of the parameter list, that is wrong. */
	uint16_t field;
	/** Of 65536. */
	uint16_t progress;
	/** LBA for the information field, valid when has_lba. */
	bool has_lba;
	int32_t lba;
};

/** Where a command is while its family's function carries it out. */
struct vdrive_call {
	struct vdrive *drive;
	const uint8_t *cdb;
	const struct vdrive_command *command;
	struct vdrive_answer *answer;
};

/** The sectors that a command is about. */
struct vdrive_address {
	int32_t lba;
	/** 0 for a command without an address. */
	uint32_t n_sectors;
};

/** Write parameters mode page (05h, MMC-6 7.5), as MODE SELECT left it. */
struct vdrive_write_page {
	uint8_t bytes[0x34];
};

/** What rules do to sectors that READ CD reads, while it does so. */
struct vdrive_reading {
	/** Audio begins so many samples late. */
	int32_t jitter_samples;
	/** So many bytes are wrong in each sector from first_lba to last_lba, drawn from random; 0 for none. */
	uint32_t n_wrong_bytes;
	int32_t first_lba, last_lba;
	uint64_t random;
	/** The sectors are in the drive's memory. */
	bool is_cached;
};

/** Sound that is played, or was. */
struct vdrive_player {
	/** READ SUB-CHANNEL byte 1 (MMC-6 table 492); 0 for nothing to tell. */
	uint8_t status;
	/** 13h or 14h, when it comes to its end. */
	uint8_t end_status;
	/** Sectors in 1/75 second: 1, or more when scanning, negative backwards. */
	int speed;
	/** At since_us of the drive's clock it was at start_lba; it plays up to end_lba. */
	int32_t start_lba, end_lba;
	int64_t since_us;
};

struct vdrive {
	pthread_mutex_t lock;
	char vendor[9], product[17], revision[5], serial[17];
	struct disc *disc;
	/** The medium in the drive or on its open tray, where a load finds it again; NULL without. */
	char *medium_path, *medium_kind;
	/** Where the medium lay that was taken out, and which file that was: another one in its place is the next disc. */
	char *taken_path;
	dev_t taken_device;
	ino_t taken_inode;
	bool tray_open;
	bool removal_prevented;
	/** The next command that is not exempt gets this; key 0: none. */
	struct vdrive_sense unit_attention;
	/** Media events for GET EVENT STATUS NOTIFICATION (MMC-6 6.6.2.6): 0 none, 1 eject, 2 new, 3 removal. */
	uint8_t media_event;
	struct vdrive_sense last_sense;
	struct vdrive_write_page write_page;
	uint8_t recovery_page[12];
	uint8_t audio_page[16];
	uint32_t read_kbps, write_kbps;
	/** Its highest speed in parts of 1x, and how it turns. */
	uint16_t cd_x, dvd_x, bd_x;
	enum vdrive_rotation rotation;
	/** CD: the session at once that was announced or is being written; NULL without (mmc/cd_recording.h). */
	struct cd_recording *recording;
	/** Where audio is put; NULL for where it belongs (mmc/write_offset.h). */
	struct write_offset *write_offset;
	/** Authentication grants in use, a bit each, by key class; and the region that the drive was set to, never or so
	 *  many times (mmc/keys.c). */
	uint8_t agids[3];
	uint8_t region_mask, n_region_changes;
	/** Of CDs. */
	int32_t read_offset_samples;
	enum vdrive_overread overread;
	bool has_c2, has_cd_text;
	/** Reads with FUA are answered from the cache as others are. */
	bool ignores_fua;
	struct vdrive_reading reading;
	struct vdrive_player player;
	/** The last sector that was read. */
	int32_t position_lba;
	struct faults *faults;
	/** Marks on the medium, made from rules with this generation; NULL without. */
	struct damage *damage;
	unsigned damage_generation;
	/** Data of the last read, while a rule may want it again. */
	uint8_t *last_read;
	size_t last_read_bytes;
	/** Sectors written since the buffer was last emptied, at most as many as it holds. */
	uint32_t n_unflushed;
	/** What lay under these, on a rewritable medium, while a rule may undo them. */
	struct undo *undo;
	/** Never answers again. */
	bool is_unplugged;
	/** NULL: as fast as the machine. */
	struct timing *timing;
};

void vdrive_get_address(const struct vdrive_call *call, struct vdrive_address *ret_address);

/** Ends a command with CHECK CONDITION; return its value from a family's function. */
int vdrive_check_condition(struct vdrive_call *call, uint8_t key, uint8_t asc, uint8_t ascq);
/** The same with all that a sense can tell: LBA, progress, field pointer. */
int vdrive_report_sense(struct vdrive_call *call, const struct vdrive_sense *sense);
/** 5/24/00 with the field pointer on a byte of the CDB. */
int vdrive_invalid_field(struct vdrive_call *call, uint8_t cdb_byte);
/** 5/26/00, invalid field in the parameter list. */
int vdrive_invalid_parameter(struct vdrive_call *call);
/** The same with the field pointer on a byte of the list. */
int vdrive_invalid_parameter_at(struct vdrive_call *call, size_t byte);
/** Gives size bytes to the host, cut to allocation_length and to what the host has room for. 0, or the value of
 *  a CHECK CONDITION when the host announced another direction. */
int vdrive_give(struct vdrive_call *call, const void *data, size_t size, size_t allocation_length);
/** Checks that the host sends size bytes at least; 0, or the value of a CHECK CONDITION. */
int vdrive_take(struct vdrive_call *call, size_t size);
/** 0 with a medium that is ready; else CHECK CONDITION 2/3A/xx. */
int vdrive_need_medium(struct vdrive_call *call);

/** Bytes of sense data in fixed format (SPC-4 4.5.3) that the drive gives. */
#define VDRIVE_SENSE_SIZE 18
void vdrive_encode_sense(const struct vdrive_sense *sense, uint8_t ret_bytes[VDRIVE_SENSE_SIZE]);

/** What START STOP UNIT does to the mechanism (tray.c); the caller has seen to removal_prevented. */
void vdrive_eject(struct vdrive *drive);
/** 0, or -EIO if the medium on the tray cannot be opened any more. */
int vdrive_load(struct vdrive *drive);
/** By force, whatever the drive is at; the tray is closed afterwards, and empty. */
void vdrive_take_medium_out(struct vdrive *drive);
/** Into an empty drive. A negative errno if the file is no medium. */
int vdrive_put_medium_in(struct vdrive *drive, const char *path);

/** One command family's entry. */
struct vdrive_opcode {
	uint8_t code;
	/** Bytes that the CDB must have. */
	uint8_t cdb_length;
	const char *name;
	int (*run)(struct vdrive_call *call);
	/** Carried out even with a unit attention pending (SPC-4 5.14) and without clearing it. */
	bool ignores_unit_attention;
};

/** The families' tables, each ended by an entry without a name. */
extern const struct vdrive_opcode vdrive_opcodes_basic[];     /* mmc/basic.c: 00 03 12 1B 1E 4A A0 BD */
extern const struct vdrive_opcode vdrive_opcodes_features[];  /* mmc/features.c: 46 */
extern const struct vdrive_opcode vdrive_opcodes_mode[];      /* mmc/mode_pages.c: 1A 5A 15 55 */
extern const struct vdrive_opcode vdrive_opcodes_info[];      /* mmc/disc_info.c: 51 52 25 5C */
extern const struct vdrive_opcode vdrive_opcodes_formats[];   /* mmc/formats.c: 23 */
extern const struct vdrive_opcode vdrive_opcodes_toc[];       /* mmc/toc.c: 43 */
extern const struct vdrive_opcode vdrive_opcodes_subchannel[]; /* mmc/subchannel.c: 42 44 */
extern const struct vdrive_opcode vdrive_opcodes_structure[]; /* mmc/structure.c: AD BF */
extern const struct vdrive_opcode vdrive_opcodes_keys[];      /* mmc/keys.c: A3 A4 AB */
extern const struct vdrive_opcode vdrive_opcodes_performance[]; /* mmc/performance.c: A7 AC B6 BB */
extern const struct vdrive_opcode vdrive_opcodes_read[];      /* mmc/read.c: 28 A8 2F 2B */
extern const struct vdrive_opcode vdrive_opcodes_read_cd[];   /* mmc/read_cd.c: BE B9 */
extern const struct vdrive_opcode vdrive_opcodes_audio[];     /* mmc/audio.c: 45 47 4B 4E A5 BA */
extern const struct vdrive_opcode vdrive_opcodes_write[];     /* mmc/write.c: 2A AA 2E 35 53 54 5B 5D */
extern const struct vdrive_opcode vdrive_opcodes_format[];    /* mmc/format.c: 04 A1 */

#endif
