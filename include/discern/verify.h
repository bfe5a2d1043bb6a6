/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing a disc with an image, sector by sector.
 */
#ifndef DISCERN_VERIFY_H
#define DISCERN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/burn.h>
#include <discern/drive.h>
#include <discern/error.h>
#include <discern/image.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most ranges of one kind that a result lists; a disc with more damage only has its sectors counted. */
#define DISCERN_MAX_RANGES 65536

enum discern_tail {
	DISCERN_TAIL_NONE,    /**< the disc ends where the image ends */
	DISCERN_TAIL_PADDING, /**< the disc goes on with zeros, or with sectors that hold nothing */
	DISCERN_TAIL_DATA,    /**< the disc goes on with other data */
	DISCERN_TAIL_SHORT,   /**< the disc ends before the image does */
	DISCERN_TAIL_FREE,    /**< the medium can be overwritten: its rest is free space and was not looked at */
};

struct discern_verify_result {
	uint64_t image_bytes;
	/** Sectors compared and found equal, different, or not readable; the latter also behind the image's end,
	 *  where they may hold anything. Ranges are in order. */
	uint32_t n_equal_sectors;
	uint32_t n_different_sectors;
	uint32_t n_unreadable_sectors;
	struct discern_range *different;
	size_t n_different_ranges;
	struct discern_range *unreadable;
	size_t n_unreadable_ranges;
	enum discern_tail tail;
	uint32_t n_tail_sectors;
	/** Unless all is equal, and the image has a volume: its files, those of which sectors differ, cannot be read or
	 *  are missing, by path, and folders of the image that make no sense. */
	uint32_t n_files, n_unread_folders;
	size_t n_damaged_files;
	struct discern_damaged_file *damaged_files;
	/** SHA-256 of the image's bytes as read from the disc; empty unless all of them could be read. */
	char disc_sha256[65];
	/** Compared by SHA-256 alone: then nothing is known of single sectors but which cannot be read; and the digest is
	 *  another one. */
	bool is_by_digest, is_digest_different;
	double seconds;
};

/** Everything in the image is on the disc, and nothing but padding follows. */
bool discern_verify_is_equal(const struct discern_verify_result *result);

/**
 * Compares the medium in drive with the image, which may be a compressed file, never from the drive's or the kernel's cache.
 * @return 0 when all of it was compared, whatever the outcome; -ENOMEDIUM, -EMEDIUMTYPE (blank or audio
 *         disc), -EINVAL (empty image), -ESTALE (disc or image changed), -ECANCELED, -EIO or an error of the
 *         image file. Release the result with discern_verify_result_clear() in any case.
 */
int discern_verify(struct discern_drive *drive, const char *image_path, const struct discern_observer *observer,
		   struct discern_verify_result *ret_result, struct discern_error *err);

/** The same from the session on that begins at start_lba, up to its end: for an image that was appended to a disc.
 *  -EINVAL if no session begins there. */
int discern_verify_session(struct discern_drive *drive, const char *image_path, int32_t start_lba,
			   const struct discern_observer *observer, struct discern_verify_result *ret_result,
			   struct discern_error *err);

/** What is known of an image that is not at hand. */
struct discern_image_digest {
	uint64_t size_bytes;
	/** Lower-case hex. */
	char sha256[65];
	/** It is all of the session that begins at session_lba; else of the disc. */
	bool is_session;
	int32_t session_lba;
};

/** The same with an image of which only size and SHA-256 are known, such as a manifest of discern rip has. */
int discern_verify_digest(struct discern_drive *drive, const struct discern_image_digest *digest,
			  const struct discern_observer *observer, struct discern_verify_result *ret_result,
			  struct discern_error *err);

/**
 * Compares the medium in drive with what was burned on it: sector by sector with a file, or what it unpacks to; by the
 * digest alone with what came through a pipe or out of a folder.
 * @param check      as discern_burn_check() filled it; of a pipe with the SHA-256 of struct discern_burn_result in it
 * @param start_lba  where the session begins that was burned; 0 for the whole disc
 */
int discern_verify_burned(struct discern_drive *drive, const struct discern_burn_check *check, int32_t start_lba,
			  const struct discern_observer *observer, struct discern_verify_result *ret_result,
			  struct discern_error *err);

void discern_verify_result_clear(struct discern_verify_result *result);

#ifdef __cplusplus
}
#endif
#endif
