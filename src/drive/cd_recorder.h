/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes CD sessions at once with our own commands: a list of tracks, indexes and codes first, then every sector in
 * order. libburn has no session of audio and data, none behind another, and no Mode 2.
 */
#ifndef DRIVE_CD_RECORDER_H
#define DRIVE_CD_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

#include "disc/cd_layout.h"
#include "disc/sector.h"
#include "disc/subchannel.h"

/** What the drive says of itself (feature 002Eh, CD Mastering) and of the disc in it. */
struct cd_recorder_abilities {
	bool can_at_once;
	/** It can pretend: with the laser at low power. */
	bool can_test;
	/** It takes R to W from us, without which there is no CD-TEXT. */
	bool can_subchannel;
	/** Most bytes of a list. */
	uint32_t max_list_bytes;
	/** Where the lead-in begins; 0 if the disc does not say. */
	int32_t lead_in_lba;
	/** Where the last possible lead-out begins; 0 if it is not known. */
	int32_t last_lead_out_lba;
};

int cd_recorder_look(struct discern_drive *drive, struct cd_recorder_abilities *ret_abilities,
		     struct discern_error *err);

struct cd_recorder_job {
	const struct cd_layout *layout;
	/** Counted from 1; all others are on the disc already, or come later. */
	unsigned session;
	/** Another session will follow. */
	bool is_kept_open;
	bool is_test;
	/** R to W is delivered with each sector. */
	bool has_subchannel;
	/** CD-TEXT, in packs of 18 bytes; for the first session. */
	const uint8_t *packs;
	size_t n_packs;
	/** Delivers the next whole sector and, where has_subchannel, its raw sub-channels; 0, or a negative errno that
	 *  ends the burn. */
	int (*deliver)(uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel, void *user);
	void *deliver_user;
	/** Called some times a second; other than 0 stops the burn, unless only the closing is left. */
	int (*progress)(const struct discern_progress *progress, void *user);
	void *progress_user;
};

/**
 * Writes one session and waits until it is closed. The speed is the drive's affair (discern_drive_set_speed()).
 * @return 0 only if no command failed, and the drive says that the disc is as it should be; -EMEDIUMTYPE where the
 *         drive does not take the list, -ECANCELED, or what the drive or deliver says
 */
int cd_recorder_write(struct discern_drive *drive, const struct cd_recorder_job *job, struct discern_error *err);

#endif
