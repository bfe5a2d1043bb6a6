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
	/** Public keys that may have signed a list of checksums: a file, or the name of one in /usr/share/keyrings; NULL for
	 *  the user's own keyring. */
	const char *keyring;
	/** Nothing is burned without a good signature by a key of the keyring. */
	bool require_signature;
	/** The path is a folder, of which an image is made; label is its volume's, NULL for the folder's name. */
	bool is_folder;
	const char *label;
	/** What comes from a pipe has so many bytes; 0 for what its volume says. */
	uint64_t size_bytes;
	/** A pipe that brings nothing for so long has failed; 0 for 300. */
	unsigned pipe_timeout_seconds;
	/** What is compressed must not be larger than that when unpacked; 0 for the largest disc there is. */
	uint64_t max_bytes;
};

/** Where the bytes of an image come from. */
enum discern_image_kind {
	DISCERN_IMAGE_FILE,   /**< a file, byte for byte */
	DISCERN_IMAGE_PACKED, /**< a compressed file, or an archive with one image in it: burned is what it unpacks to */
	DISCERN_IMAGE_PIPE,   /**< a pipe: it can be read only once, while it is burned */
	DISCERN_IMAGE_FOLDER, /**< a folder, of which an image is made while it is burned */
};

enum discern_signature_state {
	DISCERN_SIGNATURE_NONE,
	DISCERN_SIGNATURE_GOOD,        /**< by a key of the keyring */
	DISCERN_SIGNATURE_UNKNOWN_KEY, /**< the keyring does not have the key, so nothing is known */
	DISCERN_SIGNATURE_EXPIRED,     /**< it fits, but it or its key has expired */
	DISCERN_SIGNATURE_REVOKED,     /**< it fits, but its key has been revoked: an error */
	DISCERN_SIGNATURE_BAD,         /**< it does not fit what it is to sign: an error */
	DISCERN_SIGNATURE_UNUSABLE,    /**< it cannot be judged; reason says why */
};

struct discern_signature {
	enum discern_signature_state state;
	/** The file that it is in, and what it signs: "SHA256SUMS.gpg" of "SHA256SUMS". */
	char origin[256];
	char signed_name[256];
	/** Of the primary key; of an unknown key maybe only its ID. Upper case. */
	char fingerprint[65];
	/** The key's first user ID, and how far the user's own keyring trusts it, in a word. */
	char signer[192];
	char trust[16];
	/** Where the key is; for an unknown key a keyring of the system that has it, or empty. */
	char keyring[256];
	char reason[160];
};

/** "good", "unknown key", "bad" … */
const char *discern_signature_state_name(enum discern_signature_state state);

/** An image that can be read only once, between check and burn. */
struct discern_burn_input;

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
	enum discern_image_kind kind;
	/** Of a compressed file: "xz", its size, and the image's name in an archive. Its checksum is that of the file, not of
	 *  the image in it, if is_checksum_of_file. */
	char packing[16];
	char member[256];
	uint64_t file_bytes;
	bool is_checksum_of_file;
	/** Lists of checksums beside it that do not name it, where none does. */
	char other_lists[256];
	struct discern_signature signature;
	/** What the image's own checksum is of, which was right: "isomd5sum" or "checkmedia", and "MD5" …; empty if it has
	 *  none. */
	char embedded_kind[16];
	char embedded_digest[16];
	/** Bytes behind the end of the volume and of all partitions, and whether they are zeros. */
	uint64_t trailing_bytes;
	bool is_trailing_zero;
	/** Of a pipe: its size is what its volume says. sha256 is empty: it is known when the pipe has been burned. */
	bool is_size_from_volume;
	/** Of a folder: its volume's label, and the seconds since 1970 that its descriptors have. */
	char label[33];
	int64_t created;
	uint32_t n_files;
	double seconds;
	struct discern_burn_input *input;
	/** From discern_burn_window_open(); NULL if the burn reads the file by itself. */
	struct discern_burn_window *window;
};

/** Reads the image to its end; of a pipe ("-" for standard input, or a FIFO) only the begin. 0, -EBADMSG (checksum or
 *  signature is wrong, or compressed data are damaged), -EINVAL (empty, not an image, truncated), -EFBIG, -ENOTSUP (built
 *  without the library for it), -ECANCELED or an error of the file. Release with discern_burn_check_clear(), whatever it
 *  returned. */
int discern_burn_check(const char *image_path, const struct discern_burn_options *options,
		       const struct discern_observer *observer, struct discern_burn_check *ret_check,
		       struct discern_error *err);

/** Releases what a check holds: the pipe. Accepts one that is all zeros. */
void discern_burn_check_clear(struct discern_burn_check *check);

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
	/** DVD+R DL: the first layer is made so long before, so that both are alike; 0 if it is left as it is. */
	uint32_t layer_break_sectors;
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
	/** Estimates: blanking and formatting, writing, closing, reading back, and all of them together; 0 if not known. */
	uint32_t prepare_seconds, write_seconds, close_seconds, verify_seconds, seconds;
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
	/** Of the image's bytes as the drive got them; for a pipe it is the first that is known of it. */
	char sha256[65];
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
