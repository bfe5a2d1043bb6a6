/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing an image onto a blank or overwritable disc, in three calls: check the image, make a plan for the
 * medium in the drive, carry the plan out. What was burned is proven afterwards with discern_verify().
 */
#ifndef DISCERN_BURN_H
#define DISCERN_BURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/image.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

struct discern_burn_options {
	/** Expected checksum in hex (32 MD5, 40 SHA-1, 64 SHA-256, 128 SHA-512 digits), or NULL: then a file beside
	 *  the image is looked for (SHA256SUMS, IMAGE.sha256 …). */
	const char *checksum;
	/** Allow writing over what a medium holds. */
	bool overwrite;
	/** Burn a file in which no volume is found, or which its volume says is longer. */
	bool any_file;
	/** Write speed in kB/s of 1000 bytes of user data; 0 as fast as drive and medium allow. */
	uint32_t speed_kbps;
	/** Bytes buffered between file and drive; 0 for the usual 64 MiB, which is also the least. */
	size_t buffer_bytes;
};

/** An image that is read once for burns in several processes. */
struct discern_burn_window;

/** What was found out about the image before the disc is touched. */
struct discern_burn_check {
	char path[4096];
	struct discern_image_info image;
	/** Sectors to write: the size rounded up. */
	uint32_t n_sectors;
	char sha256[65];
	/** The checksum that it was held against: "SHA-256", "MD5" …, where it came from, "SHA256SUMS"; empty if
	 *  there was none. A checksum that differs is an error, so this one was equal. */
	char checksum_kind[16];
	char checksum_origin[256];
	/** To notice a change between check and burn. */
	uint64_t inode;
	int64_t modified_ns;
	/** From discern_burn_window_open(); NULL if the burn reads the file by itself. */
	struct discern_burn_window *window;
};

/** Reads the image to its end. 0, -EBADMSG (checksum differs), -EINVAL (empty, not an image, truncated),
 *  -ECANCELED or an error of the file. */
int discern_burn_check(const char *image_path, const struct discern_burn_options *options,
		       const struct discern_observer *observer, struct discern_burn_check *ret_check,
		       struct discern_error *err);

/**
 * Reads a checked image once for several burns, each of which is another process, as libburn's state is one for a process: a
 * thread reads it into shared memory, ahead of the fastest of them. A burn that falls behind by more than the memory holds
 * reads the file itself, so that none waits for another.
 * @param ring_bytes  how much of the image is held; 0 for the usual 128 MiB
 * @return 0, -ENOMEM, or an error of the file. Release with discern_burn_window_free().
 */
int discern_burn_window_new(const struct discern_burn_check *check, size_t ring_bytes,
			    struct discern_burn_window **ret_window, struct discern_error *err);

/** To be inherited by the other processes. Closed with the window. */
int discern_burn_window_fd(const struct discern_burn_window *window);

/** How much of the image has been read. */
uint64_t discern_burn_window_read_bytes(const struct discern_burn_window *window);

/** In one of these: the check, which the burn takes instead of making its own; ret_check->window is released with
 *  discern_burn_window_free() after the burn. -EINVAL if fd is none of this program's making. */
int discern_burn_window_open(int fd, struct discern_burn_check *ret_check, struct discern_error *err);

/** Accepts NULL, returns NULL. */
struct discern_burn_window *discern_burn_window_free(struct discern_burn_window *window);

enum discern_write_mode {
	DISCERN_WRITE_SAO, /**< CD session at once, DVD-R disc at once: size announced before */
	DISCERN_WRITE_TAO, /**< CD track at once, DVD incremental, and all of DVD+R, BD and overwritable media */
};

/** What will be done, in words and numbers. */
struct discern_burn_plan {
	/** The medium that this is planned for. */
	enum discern_profile profile;
	enum discern_medium_state state;
	/** All sectors that it has; 0 if not known. */
	uint32_t capacity_sectors;
	/** As in struct discern_medium. */
	char media_id[64];
	char manufacturer[96];
	enum discern_write_mode mode;
	/** Why this mode and not the other; libburn's own words where it has some. */
	char mode_reason[256];
	/** Medium is to be formatted first (DVD+RW, BD-RE, DVD-RAM that never was). */
	bool format;
	/** Volume label or other words for what will be lost; empty if nothing. */
	char overwrites[192];
	uint32_t n_sectors;
	/** Sectors that the medium has room for. */
	uint32_t free_sectors;
	/** kB/s of 1000 bytes of user data; 0 if the drive does not tell. */
	uint32_t speed_kbps;
	uint32_t speed_1x_kbps;
	/** Estimate of write, close and verify together; 0 if not known. */
	uint32_t seconds;
};

/** -ENOMEDIUM, -EMEDIUMTYPE (pressed, closed, or holding data without options->overwrite), -EFBIG (too large). */
int discern_burn_plan(struct discern_drive *drive, const struct discern_burn_check *check,
		      const struct discern_burn_options *options, struct discern_burn_plan *ret_plan,
		      struct discern_error *err);

struct discern_burn_result {
	uint64_t written_bytes;
	uint32_t average_kbps;
	/** Least fill of the buffer between file and drive while writing, and how often it ran empty. */
	uint8_t min_fifo_percent;
	uint32_t n_fifo_empty;
	/** With a window: bytes that it did not have any more, and that were read from the file. */
	uint64_t behind_bytes;
	/** Least fill of the drive's own buffer once it had been full, or DISCERN_PERCENT_UNKNOWN. */
	uint8_t min_drive_buffer_percent;
	double seconds;
};

/** Carries the plan out. 0 only if every byte of the checked image was handed to the drive, no command
 *  failed and the medium was closed. Otherwise -EIO, -ESTALE (the image changed), -ECANCELED … */
int discern_burn(struct discern_drive *drive, const struct discern_burn_check *check,
		 const struct discern_burn_plan *plan, const struct discern_burn_options *options,
		 const struct discern_observer *observer, struct discern_burn_result *ret_result,
		 struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
