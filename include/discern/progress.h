/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a long job tells its caller what it is doing, and how the caller stops it.
 *
 * The library never prints. Each long call takes a struct discern_observer; its members may be NULL.
 * All of them are called from the thread that made the call.
 */
#ifndef DISCERN_PROGRESS_H
#define DISCERN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum discern_phase {
	DISCERN_PHASE_CHECK,    /**< reading the image to its end, making its checksums */
	DISCERN_PHASE_READ,     /**< reading the disc */
	DISCERN_PHASE_RETRY,    /**< trying again what could not be read */
	DISCERN_PHASE_HASH,     /**< making checksums of a finished file */
	DISCERN_PHASE_FORMAT,   /**< the drive prepares the medium */
	DISCERN_PHASE_WRITE,    /**< writing the disc */
	DISCERN_PHASE_CLOSE,    /**< the drive empties its buffer and closes session and disc */
	DISCERN_PHASE_RELOAD,   /**< tray out and in, so that nothing is answered from a cache */
	DISCERN_PHASE_VERIFY,   /**< comparing disc and image */
	DISCERN_PHASE_WAIT,     /**< waiting for a disc to be put in or taken out */
	DISCERN_PHASE_COMPRESS, /**< compressing what is not yet of a finished image */
	DISCERN_PHASE_BLANK,    /**< the drive or we erase the medium */
};

/** No value: for a percentage that is not known. */
#define DISCERN_PERCENT_UNKNOWN 255

enum discern_drive_activity {
	DISCERN_DRIVE_READS,   /**< what was not read before */
	DISCERN_DRIVE_RETRIES, /**< what could not be read so far */
	DISCERN_DRIVE_WAITS,   /**< for other drives */
	DISCERN_DRIVE_DONE,
	DISCERN_DRIVE_GONE, /**< it gave out; the others go on */
};

/** What one of several drives does. */
struct discern_progress_drive {
	/** "sr0" */
	const char *name;
	enum discern_drive_activity activity;
	/** Over the last seconds, in kB/s of 1000 bytes. */
	uint32_t speed_kbps;
};

struct discern_progress {
	enum discern_phase phase;
	/** Bytes of this phase that are done, and all of them; total 0 if it is not known. */
	uint64_t done_bytes;
	uint64_t total_bytes;
	/** They are no bytes, and only their ratio counts: of a drive that blanks or formats. */
	bool is_ratio;
	/** Bytes found unreadable (rip, verify) or different (verify) so far. */
	uint64_t bad_bytes;
	/** Bytes that are just tried again, by a job that does so while it reads on (audio, raw images); else 0. */
	uint64_t retry_bytes;
	/** Speed over the last seconds in kB/s of 1000 bytes; 0 if not known. */
	uint32_t speed_kbps;
	/** 1x of this medium in kB/s of 1000 bytes; 0 if it has no x. */
	uint32_t speed_1x_kbps;
	/** Seconds left for the good areas, and for areas with errors; UINT32_MAX if not known. */
	uint32_t seconds_left;
	uint32_t seconds_left_bad;
	/** How full the host's and the drive's write buffers are, or DISCERN_PERCENT_UNKNOWN. */
	uint8_t fifo_percent;
	uint8_t drive_buffer_percent;
	/** Of a job with several drives, each; else none. */
	size_t n_drives;
	const struct discern_progress_drive *drives;
};

enum discern_level {
	DISCERN_LEVEL_DEBUG,   /**< for -vv: commands, reasons of every step */
	DISCERN_LEVEL_DETAIL,  /**< for -v: candidates, decisions and their reasons */
	DISCERN_LEVEL_NOTE,    /**< worth a line in any case */
	DISCERN_LEVEL_WARNING, /**< something is not as it should be, the job goes on */
};

struct discern_observer {
	/** Called a few times a second. A return other than 0 asks the job to stop: it then ends in an
	 *  orderly way, leaving what can be resumed, and returns -ECANCELED. */
	int (*progress)(const struct discern_progress *progress, void *user);
	/** One line of text without newline. */
	void (*message)(enum discern_level level, const char *text, void *user);
	/** Handed to both. */
	void *user;
};

#ifdef __cplusplus
}
#endif
#endif
