/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing a CD with tracks of all kinds, session by session, each at once: check what is to be burned, make a plan for
 * the disc in the drive, carry it out. What was burned is proven afterwards with discern_verify_cd().
 */
#ifndef DISCERN_BURN_CD_H
#define DISCERN_BURN_CD_H

#include <discern/burn.h>
#include <discern/cd.h>

#ifdef __cplusplus
extern "C" {
#endif

struct discern_burn_cd_options {
	/** Write speed in kB/s of 1000 bytes of user data, as in struct discern_burn_options; 0 for the fastest. */
	uint32_t speed_kbps;
	/** The drive puts audio so many samples late (early if negative) onto a disc; it is sent so much earlier. */
	int32_t write_offset_samples;
	/** Leave CD-TEXT out. */
	bool no_text;
	/** Burn data sectors whose EDC, ECC or address are wrong, which the drive makes right. */
	bool remake_sectors;
	/** The drive pretends: nothing is written. */
	bool is_test;
	/** A CD-RW that is not blank is blanked first. */
	bool overwrite;
};

struct discern_burn_cd_check {
	/** Of all sectors as they are fed, 2352 bytes each. */
	char sha256[65];
	/** Sectors that are fed, pauses before sessions included, of all sessions. */
	uint32_t n_sectors;
	/** Data sectors that the disc will have otherwise than the image: with EDC, ECC and address as they should be. */
	uint32_t n_remade_sectors;
	/** Sectors of Mode 2 Form 2 that have zeros for an EDC, which they may; the disc will have one there. */
	uint32_t n_sectors_without_edc;
	/** Some sectors have something in the sub-channels R to W, such as graphics. */
	bool has_subchannel;
	/** Samples that are sound and that an early drive loses at the end. */
	uint32_t n_lost_samples;
	double seconds;
};

/** Reads everything to its end. 0, -EINVAL (tracks that no drive writes; sectors that are not what their track is, or
 *  not sound), -EIO with the place, -ECANCELED. */
int discern_burn_cd_check(struct discern_cd *cd, const struct discern_burn_cd_options *options,
			  const struct discern_observer *observer, struct discern_burn_cd_check *ret_check,
			  struct discern_error *err);

struct discern_burn_cd_plan {
	enum discern_profile profile;
	char media_id[64];
	char manufacturer[96];
	/** Sectors from LBA 0 on that the disc has room for, and that are needed. */
	uint32_t free_sectors, n_sectors;
	uint32_t speed_kbps, speed_1x_kbps;
	/** What a CD-RW holds that is blanked first; empty if nothing is lost. */
	bool blank;
	char overwrites[192];
	enum discern_medium_state state;
	/** Estimates: blanking, writing, closing, reading back, and all of them together; 0 if not known. */
	uint32_t prepare_seconds, write_seconds, close_seconds, verify_seconds, seconds;
	/** What the disc will lack, as the drive cannot write it, in words; empty if nothing. */
	char lacks[200];
	/** R to W is sent. */
	bool has_subchannel;
	/** CD-TEXT is written. */
	bool has_text;
};

/** -ENOMEDIUM, -EMEDIUMTYPE (not a blank CD; a drive that does not write sessions at once), -EFBIG. */
int discern_burn_cd_plan(struct discern_drive *drive, struct discern_cd *cd, const struct discern_burn_cd_check *check,
			 const struct discern_burn_cd_options *options, struct discern_burn_cd_plan *ret_plan,
			 struct discern_error *err);

/** What is burned, and how. */
struct discern_burn_cd_job {
	struct discern_cd *cd;
	const struct discern_burn_cd_check *check;
	const struct discern_burn_cd_plan *plan;
	const struct discern_burn_cd_options *options;
};

/** 0 only if every checked byte was handed to the drive, no command failed, and the disc is closed. */
int discern_burn_cd(struct discern_drive *drive, const struct discern_burn_cd_job *job,
		    const struct discern_observer *observer, struct discern_burn_result *ret_result,
		    struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
