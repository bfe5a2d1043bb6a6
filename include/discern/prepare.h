/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blanking and formatting a medium, in two calls: what would be done and what would be lost, and doing it.
 */
#ifndef DISCERN_PREPARE_H
#define DISCERN_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/burn.h>
#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

struct discern_prepare_options {
	/** Format; false: blank. */
	bool format;
	/** All of the medium, which takes about as long as to write it. */
	bool full;
	/** Formatting of BD and DVD-RAM. */
	enum discern_choice defect_management;
	/** BD: so much for spare areas; 0 as the drive proposes. */
	uint64_t spare_bytes;
	/** Formatting of a DVD-RW, said explicitly: other media are refused. */
	bool restricted_overwrite;
};

enum discern_prepare_action {
	DISCERN_PREPARE_NOTHING, /**< the medium is as wanted */
	DISCERN_PREPARE_BLANK,   /**< CD-RW, DVD-RW: BLANK (MMC-6 6.2) */
	DISCERN_PREPARE_ZERO,    /**< media that have no blanking: zeros where a volume would be found, or everywhere */
	DISCERN_PREPARE_FORMAT,  /**< FORMAT UNIT (MMC-6 6.5) */
};

struct discern_prepare_plan {
	enum discern_profile profile;
	enum discern_medium_state state;
	enum discern_prepare_action action;
	bool full;
	enum discern_format_kind format;
	/** Sectors for data afterwards, if the format tells; else 0. */
	uint32_t payload_sectors;
	/** All that the medium has now; 0 if not known. */
	uint32_t capacity_sectors;
	/** In words; empty if there is nothing to lose. */
	char loses[192];
	/** What it means for this kind of medium, and why. */
	struct discern_burn_notes notes;
	/** Estimate; 0 if not known. */
	uint32_t seconds;
};

/** -ENOMEDIUM, or -EMEDIUMTYPE: the medium cannot be blanked or formatted so, err->text says why. */
int discern_prepare_plan(struct discern_drive *drive, const struct discern_prepare_options *options,
			 struct discern_prepare_plan *ret_plan, struct discern_error *err);

/** Carries the plan out. What the drive does by itself cannot be stopped: a wish to stop is told to be in vain, and the
 *  end is waited for. 0, -ECANCELED (of zeros written by us), -EIO … */
int discern_prepare(struct discern_drive *drive, const struct discern_prepare_plan *plan,
		    const struct discern_observer *observer, struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
