/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a disc into an image file.
 *
 * While it runs, the image is IMAGE.part and what was read is in IMAGE.map, a ddrescue map file; both are
 * synced before the map claims anything. The image gets its name when every sector has been tried.
 */
#ifndef DISCERN_RIP_H
#define DISCERN_RIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/image.h>
#include <discern/progress.h>
#include <discern/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is known when a job begins. */
struct discern_rip_begin {
	const char *image_path;
	/** As in the record. */
	const char *identity;
	/** An earlier call has begun it, with this very disc. */
	bool is_resumed;
};

/** The form of compressed images: in pieces that can be unpacked one by one, as "zstd -d", "xz -d" and "gzip -d" read. */
enum discern_compression {
	DISCERN_COMPRESSION_NONE,
	DISCERN_COMPRESSION_ZSTD, /**< IMAGE.zst, in the seekable format with its table */
	DISCERN_COMPRESSION_XZ,
	DISCERN_COMPRESSION_GZIP,
};

/** Checksums of an image; to be joined by |. */
enum discern_sums {
	DISCERN_SUM_SHA256 = 1,
	DISCERN_SUM_MD5 = 2,
	DISCERN_SUM_SHA1 = 4,
	DISCERN_SUM_CRC32 = 8,
	DISCERN_SUM_NONE = 16, /**< alone: none of them */
};

struct discern_rip_options {
	/** File to make; NULL: named after the volume label in the current folder, never one that exists. */
	const char *output;
	/** Rounds over what cannot be read, after all else was read, in each way of trying; -1: as many as bring anything. */
	int retries;
	/** Stops after so many seconds, or after so many in which nothing more could be read; 0 for never. */
	double max_seconds;
	double no_progress_seconds;
	/** How long to wait for a drive that drops out, to go on when it is back with the same disc; 0 for a minute, negative
	 *  for not at all. */
	double reconnect_seconds;
	/** How long the disc is stopped when the drive does not even read any more what it has read before: twice as long each
	 *  time, three times; 0 for half a minute, negative for never. Not with several drives. */
	double cool_down_seconds;
	/** Read speed in kB/s; 0 as fast as the drive likes. */
	uint32_t speed_kbps;
	/** Called when the image has its name, before anything is read; may be NULL. A negative errno with words in err ends
	 *  the job; with -EEXIST, an image named after its label takes another name. */
	int (*begin)(const struct discern_rip_begin *begin, void *user, struct discern_error *err);
	void *user;
	/** Called when it is known which disc this is, and before any file is made; may be NULL. Names an image that could be
	 *  of it, by its identity, as the record has it: another one with each call, for candidate counts up; false if there
	 *  is no more. If sectors all over that image are those of the disc, the job ends with -EALREADY, and the result
	 *  names the image. */
	bool (*find_done)(const char *identity, unsigned candidate, char ret_path[4096], void *user);
	void *done_user;
	/** Reads a copy-protected disc as well, without removing the protection: what the drive refuses is bad. */
	bool as_is;
	/** Writes the image to stream_fd, in order and once, instead of into a file: output says nothing. */
	bool is_stream;
	int stream_fd;
	/** Of the image that is there in the end, or of the stream. */
	enum discern_compression compression;
	/** Which checksums are made of the image, as of enum discern_sums; 0 for all. */
	unsigned sums;
	/** Every sector is read twice, past the drive's cache, and counts only if both readings are equal. */
	bool is_paranoid;
	/** CDs are read as other discs are, without their sectors' own checksums. */
	bool no_raw;
};

/** One opinion on how many sectors the disc has. */
struct discern_size_candidate {
	/** "READ CAPACITY", "track 1", "ISO 9660", "UDF" … */
	char source[32];
	uint32_t n_sectors;
	bool is_chosen;
};

/** Most drives that read copies of one disc at the same time. */
#define DISCERN_RIP_MAX_DRIVES 16

/** What one drive has done. */
struct discern_rip_drive {
	/** "/dev/sr0" */
	char path[64];
	/** Sectors of the image that came from it, reads that failed, and its average speed in kB/s while it read; 0 if it read
	 *  nothing. */
	uint32_t n_sectors, n_errors, speed_kbps;
	/** What was amiss with the drive, so that others went on without it; its code is 0 if nothing was. */
	struct discern_error error;
	/** Its reads; NULL if memory is out. */
	struct discern_rip_record *record;
};

/** Most places that a result lists; the map has them all. */
#define DISCERN_RIP_MAX_RANGES 32

/** Release with discern_rip_result_clear(). */
struct discern_rip_result {
	/** The image, and the map: empty if it is not needed any more. */
	char image_path[4096];
	char map_path[4096];
	uint64_t size_bytes;
	/** Of the compressed image; 0 if it is not. */
	uint64_t compressed_bytes;
	/** Where the image begins on the disc: not 0 if audio comes first. */
	int32_t first_lba;
	uint32_t n_bad_sectors;
	/** Those of them that the drive keeps back because of copy protection; and whether what it gave is encrypted. */
	uint32_t n_protected_sectors;
	enum discern_protection protection;
	bool is_encrypted;
	/** Where they are on the disc; only the first of many. */
	size_t n_bad_ranges;
	struct discern_range bad_ranges[DISCERN_RIP_MAX_RANGES];
	/** With bad sectors and a volume whose folders could be read: its files, those that are damaged, by path, and
	 *  folders that could not be read, so that files in them are not counted. */
	uint32_t n_files, n_unread_folders;
	size_t n_damaged_files;
	struct discern_damaged_file *damaged_files;
	/** CD: sectors that the drive did not give right and that were mended by their own redundancy. */
	uint32_t n_mended_sectors;
	size_t n_mended_ranges;
	struct discern_range mended_ranges[DISCERN_RIP_MAX_RANGES];
	/** Sectors that were read again to be compared, as all were to be, or as they were slow or the drive had trouble
	 *  with them; and those of which readings differed. Of these, those of which no two were equal are bad. */
	uint32_t n_reread_sectors, n_doubtful_sectors;
	size_t n_reread_ranges, n_doubtful_ranges;
	struct discern_range reread_ranges[DISCERN_RIP_MAX_RANGES], doubtful_ranges[DISCERN_RIP_MAX_RANGES];
	/** The folder with the readings that differ: a file for each, named LBA-n.bin; empty if there are none. */
	char disagree_path[4096];
	/** They are many and short, and nothing has helped: the disc is made so, as some copy protection does. */
	bool is_bad_by_design;
	/** Run-out sectors at the end of a track that no drive can read and that hold no data. */
	uint32_t n_run_out_sectors;
	/** The job was begun by an earlier call. */
	bool is_resumed;
	size_t n_candidates;
	struct discern_size_candidate candidates[12];
	/** Why the chosen one was chosen. */
	char size_reason[160];
	/** What of the disc is not in the image, in words; empty if all of it is. */
	char left_out[160];
	char volume_label[129];
	/** Lower-case hex over the whole image; empty while sectors are bad, and where it was not wanted. */
	char sha256[65];
	char md5[33];
	char sha1[41];
	char crc32[9];
	double seconds;
	/** Average of the sectors read by this call, in kB/s of 1000 bytes; 0 if it read none. */
	uint32_t speed_kbps;
	/** What happened, also of a job that failed; NULL if reading did not begin. With several drives their reads are in their
	 *  own records only. */
	struct discern_rip_record *record;
	/** With several drives, each, in the order in which they were given. */
	size_t n_drives;
	struct discern_rip_drive *drives;
};

/**
 * Rips the medium in drive.
 * @return 0 when every sector was tried: ret_result->n_bad_sectors tells how good it is. Otherwise
 *         -ENOMEDIUM, -EMEDIUMTYPE (blank, audio), -EEXIST (the image exists), -ESTALE (image and map are
 *         of another disc, or the disc was changed), -EKEYREJECTED (copy-protected), -EBUSY, -ENOSPC, -EACCES,
 *         -ECANCELED, -EALREADY (find_done), -ETIME (a limit of the options) or -EIO; what was read is kept for the next call.
 */
int discern_rip(struct discern_drive *drive, const struct discern_rip_options *options,
		const struct discern_observer *observer, struct discern_rip_result *ret_result,
		struct discern_error *err);

/**
 * discern_rip() with n drives, up to DISCERN_RIP_MAX_DRIVES, that hold copies of one disc: each reads a part of it, and what
 * one cannot read the others try. A drive that gives out does not end it, unless it was the last. Not as a stream.
 * @return as discern_rip(); -ESTALE also if the discs are not copies of one, which err then tells
 */
int discern_rip_copies(struct discern_drive *const *drives, size_t n, const struct discern_rip_options *options,
		       const struct discern_observer *observer, struct discern_rip_result *ret_result,
		       struct discern_error *err);

/** Releases what a result holds, also after an error. */
void discern_rip_result_clear(struct discern_rip_result *result);

#ifdef __cplusplus
}
#endif
#endif
