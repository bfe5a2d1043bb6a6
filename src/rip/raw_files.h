/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a raw image and their maps: with .part behind their names until every sector has been tried. */
#ifndef RIP_RAW_FILES_H
#define RIP_RAW_FILES_H

#include <limits.h>

#include "rip/map.h"
#include "rip/raw_disc.h"

struct raw_file {
	/** Its name in the end, and what it is called now. */
	char path[PATH_MAX - 8];
	char now[PATH_MAX];
	int fd;
	/** Sectors of the image that are in it. */
	uint32_t index, n_sectors;
	/** Written since the kernel was last asked to begin with it. */
	uint32_t n_unflushed;
};

struct raw_files {
	/** Names without ending, of the sheet, and of the maps. */
	char base[PATH_MAX - 64];
	char sheet[PATH_MAX];
	char map_path[PATH_MAX], sub_map_path[PATH_MAX];
	size_t n_files;
	struct raw_file files[DISCERN_RAW_MAX_FILES];
	/** Packs of CD-TEXT, and the toc files of other sessions. */
	size_t n_extras;
	char extras[CD_MAX_TRACKS][PATH_MAX];
	/** Sub-channels; without any fd is -1 and sub_map NULL. */
	struct raw_file sub;
	struct map *map, *sub_map;
	struct map_header header;
	bool is_resumed;
	/** This call has made the files, and nothing is in them yet. */
	bool is_fresh;
	double saved_at;
};

/** Names all files, and makes them, or finds those of an earlier call. 0, -EEXIST, -ESTALE, -EBUSY, -EINVAL, or what the
 *  system says. Release with raw_files_close(), also after an error. */
int raw_files_open(struct raw_files *files, const struct raw_disc *disc, const struct discern_rip_raw_options *options,
		   struct discern_error *err);

/** Closes them; removes them if this call made them and nothing was read. */
void raw_files_close(struct raw_files *files);

/** Sectors of the image, n_sectors of 2352 bytes. 0 or a negative errno with words. */
int raw_files_write(struct raw_files *files, uint32_t index, const uint8_t *sectors, uint32_t n_sectors,
		    struct discern_error *err);
int raw_files_read(struct raw_files *files, uint32_t index, uint8_t *ret_sectors, uint32_t n_sectors);
int raw_files_write_sub(struct raw_files *files, uint32_t index, const uint8_t *channels, uint32_t n_sectors,
			struct discern_error *err);

/** Data to the disk, then the maps; raw_files_tick() does so from time to time. */
int raw_files_save(struct raw_files *files, struct discern_error *err);
int raw_files_tick(struct raw_files *files, struct discern_error *err);

/** Gives all files their names; the map stays if keep_map. */
int raw_files_finish(struct raw_files *files, bool keep_map, struct discern_error *err);

/** Writes a small file of this ending beside them, never over another; over what an earlier call of this job wrote. */
int raw_files_write_text(struct raw_files *files, const char *path, const void *data, size_t size,
			 struct discern_error *err);

#endif
