/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: what the source of sectors shares with its files about caches and about CDs. */
#ifndef DRIVE_DRIVE_SOURCE_PRIVATE_H
#define DRIVE_DRIVE_SOURCE_PRIVATE_H

#include "disc/source.h"
#include "drive/drive_private.h"

/* 8 MiB: the caches of most drives have 0.5 to 4 MiB. */
enum { MORE_THAN_CACHES = 4096 };

/** Whether reads with FUA come from the medium. */
enum fua_knowledge { FUA_UNKNOWN, FUA_HONOURED, FUA_IGNORED };

struct drive_source {
	struct discern_source base;
	struct discern_drive *drive;
	unsigned timeout_ms;
	/** Most sectors of one command; falls when the system refuses longer ones. */
	uint32_t max_sectors;
	/** What tells this disc from another: the size that the drive named when the source was opened. */
	uint32_t capacity_sectors;
	/** So many sectors are still read with FUA: behind them the cache holds only what was read with it. */
	uint32_t n_fua_sectors;
	enum fua_knowledge fua;
	/** So many sectors are read elsewhere to empty the cache; and whether the time of the next read has shown that it was so.
	 *  0 before that was tried. */
	uint32_t n_away_sectors;
	bool is_away_proven;
	/** Reads in a row over which the drive was lost. */
	unsigned n_lost;
	/** The sector that was read last, to try the drive with; -1 before the first. */
	int32_t good_lba;
	/** As in the options; and that one of the calls is going on. */
	unsigned reconnect_seconds;
	int (*on_drop_out)(struct discern_source *source, const char *drive, void *user, struct discern_error *err);
	int (*on_reset)(struct discern_source *source, const char *drive, void *user, struct discern_error *err);
	void *user;
	bool is_reconnecting;
	/** What was set when it was first to be changed, or one of the below; and whether it is lower now. */
	int usual_retries;
	bool gives_up_soon;
	uint32_t usual_kbps, speed_kbps;
};

/** The size that the drive tells now. 0, or why it tells none. */
int drive_source_capacity(struct discern_drive *drive, uint32_t *ret_n_sectors, struct discern_error *err);

/** Sets again what was set in a drive that may have forgotten it. */
void drive_source_renew_effort(struct drive_source *source);

/** Whether a drive says that its disc was changed; and -ESTALE, with words. */
bool drive_source_is_medium_change(const struct discern_error *err);
int drive_source_changed(const struct drive_source *source, struct discern_error *err);

/** After a read over which the drive was lost; is_gone after -ENODEV. 0 when it can be asked again, with the same disc in it. */
int drive_source_get_back(struct drive_source *source, bool is_gone, struct discern_error *err);

/** One command; with FUA while n_fua_sectors is not 0, and then -EOPNOTSUPP if the drive refuses it. */
int drive_source_read_once(struct drive_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			   struct discern_error *err);

/** Whole sectors of a CD, each with its C2 pointers and sub-channels behind it if these are wanted. As source_read(), but for
 *  -EOPNOTSUPP where the drive refuses the command; and when it fails, what came nevertheless is in buffer. */
int drive_source_read_raw(struct discern_source *base, const struct mmc_raw_read *read, uint8_t *buffer,
			  struct discern_error *err);

/** How to read sectors of which nobody wants the data. */
struct far_reader {
	int (*read)(const struct far_reader *reader, int32_t lba, uint32_t n_sectors, struct discern_error *err);
	struct drive_source *source;
	/** Room for so many at once. */
	uint8_t *buffer;
	uint32_t n_at_once;
	/** Of the disc. */
	uint32_t n_sectors;
};

/** Has what a cache holds read away, at the other end of the disc: 8 MiB, and the first time more and more until the time
 *  of the sector at lba proves that it comes from the disc. 0, or trouble of the drive. */
int drive_source_read_away(const struct far_reader *reader, int32_t lba, struct discern_error *err);

/** The same with plain reads, and with as much as has proven enough. */
void drive_source_flush(struct drive_source *source, int32_t lba);

/** source_forget(). */
int drive_source_forget(struct discern_source *base, int32_t lba, uint32_t n_sectors, struct discern_error *err);

#endif
