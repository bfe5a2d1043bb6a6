/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a job: IMAGE.part while it runs, IMAGE when every sector has been tried, and IMAGE.map beside them.
 * What the map calls read is on disk before the map is; no file that belongs to something else is touched.
 */
#ifndef RIP_OUTPUT_H
#define RIP_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "rip/identity.h"
#include "rip/map.h"

struct output {
	char image_path[PATH_MAX - 8];
	char part_path[PATH_MAX];
	char map_path[PATH_MAX];
	/** What is open now: part_path, or image_path for a job whose image has its name already. */
	const char *path;
	int fd;
	/** The job was begun by an earlier call. */
	bool is_resumed;
	/** Of the disc: what this call and earlier ones know. */
	char identity[IDENTITY_SIZE];
	/** This call has made the files, and nothing worth keeping is in them yet. */
	bool is_fresh;
	/** It is not to stay, whatever was read. */
	bool is_dropped;
	/** Bytes written since the kernel was last asked to begin with them. */
	uint64_t flush_start;
	uint64_t flush_end;
};

/** Whether a file can be made at path: its folder exists and may be written. 0, -ENOENT, -ENOTDIR, -EACCES, -EROFS. */
int output_check_folder(const char *path, struct discern_error *err);

/** Whether the file system has room for size_bytes more. 0 or -ENOSPC, which says how much is missing. */
int output_check_space(const struct output *output, uint64_t size_bytes, struct discern_error *err);

/** What a job is about. */
struct output_job {
	const char *image_path;
	/** Of the disc (identity.h). */
	const char *identity;
	/** Of the image. */
	uint32_t n_sectors;
};

/**
 * Makes the files for a new job, or finds those of an earlier one.
 * @param ret_map    what is read already; released by the caller with map_free()
 * @return 0, -EEXIST (something is there that is no unfinished job), -ESTALE (a job for another disc), -EBUSY (another
 *         process works on it), -EINVAL (the map is damaged), or what the system says. Release with output_close().
 */
int output_open(struct output *output, const struct output_job *job, struct map **ret_map, struct discern_error *err);

/** Closes the files; removes them if this call made them and nothing was read. */
void output_close(struct output *output, const struct map *map);

/** Of files that this call has made nothing is to stay: output_close() removes them. Others stay as they are. */
void output_drop(struct output *output);

/** Writes into the image. 0 or a negative errno. */
int output_write(struct output *output, const uint8_t *data, uint32_t size, uint64_t offset);

/** Syncs the image, then replaces the map file by text. */
int output_save(struct output *output, const char *text, size_t size, struct discern_error *err);

/** Gives the file its full size, zeros where nothing was written. */
int output_extend(struct output *output, uint64_t size_bytes, struct discern_error *err);

/** Gives the image its size and its name; the map is removed if keep_map is false. -EEXIST if the name is taken. */
int output_finish(struct output *output, uint64_t size_bytes, bool keep_map, struct discern_error *err);

/** Words for an error of output_write() or output_save(). Returns code. */
int output_explain(const struct output *output, int code, struct discern_error *err);

/** Gives a complete file its name, never over another, and makes that last. */
int output_give_name(const char *from, const char *to, struct discern_error *err);

/** Renames a file, never over one that is there: -EEXIST. */
int output_rename(const char *from, const char *to);

/** Removes image and map: another file holds all of it. */
int output_remove(struct output *output, struct discern_error *err);

#endif
