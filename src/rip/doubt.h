/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading again what a drive may have got wrong though it said nothing: all of it where that is asked for, else what was
 * slow or what the drive had trouble with. It comes from the medium, not from the drive's cache, and is compared.
 */
#ifndef RIP_DOUBT_H
#define RIP_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/rip.h>

#include "rip/map.h"

struct passes;

struct doubt_options {
	/** Every sector is read twice. */
	bool is_paranoid;
	/** What the image holds of sectors that were read; 0 or a negative errno. */
	int (*read_back)(uint32_t start, uint32_t n_sectors, uint8_t *buffer, void *user);
	/** Keeps one of the readings of a sector that differ; NULL for no. */
	void (*keep)(uint32_t sector, unsigned number, const uint8_t *data, void *user);
	void *user;
};

/** Sets of sectors: a map in which they are good. */
struct doubt {
	struct doubt_options options;
	/** Read, and to be read again; read again; with readings that differ; mended below user data. */
	struct map *pending, *reread, *doubtful, *mended;
	/** What a sector takes usually, of so many reads; and the sector behind the last read. */
	double usual_seconds;
	unsigned n_usual;
	uint32_t next_sector;
	/** What is pending was not read in its order, so that a cache may hold the wrong end of it. */
	bool is_unordered;
	/** Of disagreeing readings. */
	unsigned n_kept, n_told;
	/** How the source was last said to forget. */
	const char *told_words;
};

/** For an image of n_sectors. -ENOMEM. Release with doubt_clear(), which accepts what is all zeros. */
int doubt_init(struct doubt *doubt, const struct doubt_options *options, uint32_t n_sectors);
void doubt_clear(struct doubt *doubt);

/** A sector was mended: on_mended of a source, with the image's first LBA taken off. */
void doubt_note_mended(struct doubt *doubt, uint32_t sector);

struct doubt_read {
	struct map_range piece;
	double seconds;
	/** The drive says that it had trouble; its time says nothing, as the disc had to get up to speed. */
	bool is_recovered, has_started;
};

/** A piece was read. 0 or -ENOMEM. The functions from here on do nothing if passes have no doubt. */
int doubt_note(struct passes *passes, const struct doubt_read *read);

/** After each read: reads again what has gathered, if it is time to, or if the map is about to be saved. */
int doubt_after_read(struct passes *passes, bool saves_now, struct discern_error *err);

/** Reads again what is pending. What cannot be read a second time gets this status. 0, or what ends the job. */
int doubt_settle(struct passes *passes, enum map_status on_failure, struct discern_error *err);

/** At the end: after all was read, reads again what is doubtful only; after a stop, what was to be read twice and was
 *  not does not count as read. Returns ret, or what ends the job. */
int doubt_end(struct passes *passes, int ret, struct discern_error *err);

/** Fills in what result tells of it. */
void doubt_tell(const struct doubt *doubt, int32_t first_lba, struct discern_rip_result *result);

#endif
