/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing two sources; discern_verify() does it with a drive and a file. */
#ifndef VERIFY_COMPARE_H
#define VERIFY_COMPARE_H

#include <discern/verify.h>

#include "disc/source.h"
#include "disc/data_area.h"

struct compare_options {
	/** Stays the caller's; its errors of reading are errors of the comparison. */
	struct discern_source *image;
	/** Only its length is known: nothing is compared but the digest, by the caller. */
	bool is_by_digest;
	/** The image's length; its last sector counts as filled up with zeros. */
	uint64_t image_bytes;
	/** Only the session that begins here is compared. */
	bool is_session;
	int32_t session_lba;
	/** What of the disc is compared; its n_sectors is the end by table of contents or READ CAPACITY. */
	struct data_area area;
	/** Last sectors of the disc that hold nothing if they cannot be read: 2 on a CD (run-out), else 0. */
	uint32_t n_run_out_sectors;
	/** The medium can be overwritten anywhere: what follows the image is free space. */
	bool is_rest_free;
	/** What follows the image holds data (another session, audio): no need to look. */
	bool is_rest_data;
	uint32_t speed_1x_kbps;
	const struct discern_observer *observer;
};

/** Fills ret_result. Returns what discern_verify() does; release with discern_verify_result_clear() in any case. */
int compare_sources(struct discern_source *disc, const struct compare_options *options,
		    struct discern_verify_result *ret_result, struct discern_error *err);

#endif
