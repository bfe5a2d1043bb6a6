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

/** How a session is to be written. */
enum discern_burn_mode {
	DISCERN_BURN_AUTO,
	DISCERN_BURN_SAO,         /**< CD: session at once; DVD+R, BD-R: in a reserved track */
	DISCERN_BURN_TAO,         /**< CD: track at once */
	DISCERN_BURN_DAO,         /**< DVD-R, DVD-RW: disc at once */
	DISCERN_BURN_INCREMENTAL, /**< DVD-R, DVD-RW: incremental; DVD+R, BD-R: without a reservation */
};

enum discern_choice { DISCERN_CHOICE_AUTO, DISCERN_CHOICE_ON, DISCERN_CHOICE_OFF };

struct discern_burn_options {
	/** Expected checksum in hex (32 MD5, 40 SHA-1, 64 SHA-256, 128 SHA-512 digits), or NULL: then a file beside
	 *  the image is looked for (SHA256SUMS, IMAGE.sha256 …). */
	const char *checksum;
	/** Allow writing over what a medium holds; a CD-RW or DVD-RW that is not blank is blanked first. */
	bool overwrite;
	enum discern_burn_mode mode;
	/** Leave the disc open for another session. */
	bool multi;
	/** Add a session to a disc that is open for one; the image must have been made for where it begins. */
	bool append;
	/** With the laser at the power of reading: nothing is written. */
	bool simulate;
	/** BD and DVD-RAM: full speed, without the drive reading what it wrote and replacing what is bad. */
	enum discern_choice stream_recording;
	/** BD: format a disc that is not formatted with spare areas, or without. */
	enum discern_choice defect_management;
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

/** How a medium is formatted. */
enum discern_format_kind {
	DISCERN_FORMAT_NONE,
	DISCERN_FORMAT_DEFAULT,   /**< as the drive proposes; a BD with spare areas */
	DISCERN_FORMAT_SIZED,     /**< a BD with spare areas of a given size */
	DISCERN_FORMAT_NO_SPARES, /**< BD-RE, DVD-RAM: all sectors are for data */
	DISCERN_FORMAT_OVERWRITE, /**< DVD-RW: restricted overwrite */
};

/** Reasons and other words about a plan, a line each. */
struct discern_burn_notes {
	size_t n;
	char lines[10][200];
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
	/** As it is called on this kind of medium: "SAO", "TAO", "DAO", "incremental", "random access". */
	const char *mode_name;
	/** Why this mode and not the other; libburn's own words where it has some. */
	char mode_reason[256];
	/** What is done first: a medium that was never formatted, or that is to be formatted otherwise. */
	enum discern_format_kind format;
	/** CD-RW, DVD-RW: what the medium holds is blanked first, all of it if thorough. */
	bool blank;
	bool blank_thoroughly;
	/** The session's number and first sector; 1 and 0 unless it is appended. */
	uint16_t session;
	int32_t start_lba;
	/** What the sessions hold that it is appended to; empty if there are none. */
	char appends_to[192];
	bool leave_open;
	bool simulate;
	bool stream_recording;
	/** The drive has spare areas to replace bad places with, and is to use them: it reads what it wrote. */
	bool checks_itself;
	/** All that is to be said of the choices above and of the medium, but for mode_reason. */
	struct discern_burn_notes notes;
	/** Volume label or other words for what will be lost; empty if nothing. */
	char overwrites[192];
	uint32_t n_sectors;
	/** Sectors that the medium has room for. */
	uint32_t free_sectors;
	/** kB/s of 1000 bytes of user data; 0 if the drive does not tell. */
	uint32_t speed_kbps;
	/** What was asked for, 0 if nothing was; and what the drive offers for this medium, fastest first. */
	uint32_t wanted_kbps;
	size_t n_speeds;
	uint32_t speeds_kbps[32];
	uint32_t speed_1x_kbps;
	/** Estimate of write, close and verify together; 0 if not known. */
	uint32_t seconds;
};

/** -ENOMEDIUM, -EMEDIUMTYPE (pressed, closed, or holding data without options->overwrite; or it cannot be written as
 *  asked for), -EFBIG (too large), -EINVAL (the image was made for another place). */
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
	/** As the drive tells it afterwards. */
	enum discern_medium_state state;
};

/** Carries the plan out. 0 only if every byte of the checked image was handed to the drive, no command
 *  failed, the medium was closed as planned, and all earlier sessions are where they were. Otherwise -EIO, -ESTALE
 *  (the image changed), -ECANCELED … */
int discern_burn(struct discern_drive *drive, const struct discern_burn_check *check,
		 const struct discern_burn_plan *plan, const struct discern_burn_options *options,
		 const struct discern_observer *observer, struct discern_burn_result *ret_result,
		 struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
