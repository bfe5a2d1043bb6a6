/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides, from what is known about image, medium and drive, what will be done. Touches nothing. */
#ifndef BURN_PLAN_H
#define BURN_PLAN_H

#include <discern/burn.h>

#include "burn/contents.h"
#include "drive/burner.h"

struct plan_facts {
	/** For texts. */
	const char *drive_path;
	const struct discern_burn_check *check;
	const struct discern_medium *medium;
	const struct contents *contents;
	/** Needed by plan_make() only, with the formats that the drive offers. */
	const struct burner_choice *choice;
	const struct burner_offer *offers;
	size_t n_offers;
};

/** May this medium be written at all, and as asked for? -ENOMEDIUM or -EMEDIUMTYPE, with the reason. options may be
 *  NULL. */
int plan_admit(const struct plan_facts *facts, const struct discern_burn_options *options, struct discern_error *err);

/** A CD-RW or DVD-RW that was admitted, but has to be blanked before libburn chooses anything. */
bool plan_needs_blank(const struct discern_medium *medium, const struct discern_burn_options *options);

/** What is asked of libburn, for a medium that was admitted. -EMEDIUMTYPE if its kind has no such mode. */
int plan_wish(const struct plan_facts *facts, const struct discern_burn_options *options, struct burner_wish *ret_wish,
	      struct discern_error *err);

/** What libburn would choose if the medium were blank already. */
void plan_foresee(const struct plan_facts *facts, const struct burner_wish *wish, struct burner_choice *ret_choice);

/** The plan for a medium that was admitted; -EFBIG if the image does not fit. */
int plan_make(const struct plan_facts *facts, const struct discern_burn_options *options,
	      struct discern_burn_plan *ret_plan, struct discern_error *err);

/** The size that is left for data by the format: from the offers, or 0 if the drive offers no such format. */
uint32_t plan_payload_sectors(const struct plan_facts *facts, enum discern_format_kind kind);

/** Drives count all 2352 bytes of a CD's sectors in a speed. From and to kB/s of user data; 0 stays 0. */
uint32_t plan_speed_of_data(enum discern_profile profile, uint32_t drive_kbps);
uint32_t plan_speed_of_drive(enum discern_profile profile, uint32_t data_kbps);

/** Of the speeds that the drive offers, in kB/s of user data, the one to write with; 0 if it offers none. */
uint32_t plan_choose_speed(const struct discern_medium *medium, uint32_t wanted_kbps);

#endif
