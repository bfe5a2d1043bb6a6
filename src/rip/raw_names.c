/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/raw_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

const char *raw_names_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool raw_names_exist(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

void raw_names_set_base(struct raw_files *files, const char *output)
{
	static const char *const endings[] = { ".cue", ".ccd", ".toc", ".bin", ".img" };
	size_t n;

	snprintf(files->base, sizeof(files->base), "%s", output);
	n = strlen(files->base);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (n > 4 && files->base[n - 5] != '/' && strcasecmp(files->base + n - 4, endings[i]) == 0) {
			files->base[n - 4] = '\0';
			break;
		}
}

static void name_file(struct raw_file *file, const char *base, const char *ending)
{
	snprintf(file->path, sizeof(file->path), "%s%s", base, ending);
	file->fd = -1;
}

/* As redump.org names tracks. */
static void name_tracks(struct raw_files *files, const char *base, const struct cd_layout *layout)
{
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		struct raw_file *file = &files->files[files->n_files++];
		char ending[32] = ".bin";

		if (layout->n_tracks > 1)
			snprintf(ending, sizeof(ending), layout->n_tracks < 10 ? " (Track %u).bin" : " (Track %02u).bin",
				 layout->tracks[i].number);
		name_file(file, base, ending);
		file->index = cd_dump_index(layout, i);
		file->n_sectors = cd_dump_index(layout, i + 1) - file->index;
	}
}

/* What is written beside the sheet, if the format has it. */
static void name_extras(struct raw_files *files, const char *base, const struct raw_disc *disc,
			enum discern_raw_format format)
{
	files->n_extras = 0;
	if (format == DISCERN_RAW_BIN || format == DISCERN_RAW_BIN_PER_TRACK)
		snprintf(files->extras[files->n_extras++], PATH_MAX, "%s.cdt", base);
	for (unsigned session = 2; format == DISCERN_RAW_TOC && session <= disc->layout.n_sessions; session++)
		snprintf(files->extras[files->n_extras++], PATH_MAX, "%s (Session %u).toc", base, session);
}

void raw_names_make(struct raw_files *files, const struct raw_disc *disc,
		       const struct discern_rip_raw_options *options)
{
	static const char *const sheets[] = {
		[DISCERN_RAW_BIN] = ".cue",
		[DISCERN_RAW_BIN_PER_TRACK] = ".cue",
		[DISCERN_RAW_CCD] = ".ccd",
		[DISCERN_RAW_TOC] = ".toc",
	};

	char base[sizeof(files->base)];

	memcpy(base, files->base, sizeof(base));
	files->n_files = 0;
	name_extras(files, base, disc, options->format);
	snprintf(files->sheet, sizeof(files->sheet), "%s%s", base, sheets[options->format]);
	snprintf(files->map_path, sizeof(files->map_path), "%s.map", base);
	snprintf(files->sub_map_path, sizeof(files->sub_map_path), "%s.sub.map", base);
	name_file(&files->sub, base, ".sub");
	files->sub.n_sectors = disc->n_sectors;
	if (options->format == DISCERN_RAW_BIN_PER_TRACK) {
		name_tracks(files, base, &disc->layout);
		return;
	}
	name_file(&files->files[0], base, options->format == DISCERN_RAW_CCD ? ".img" : ".bin");
	files->files[0].index = 0;
	files->files[0].n_sectors = disc->n_sectors;
	files->n_files = 1;
}

/* The file, or what is on the way to it: its name in ret_name. */
static bool has_file(const char *path, char ret_name[PATH_MAX + 8])
{
	snprintf(ret_name, PATH_MAX + 8, "%s", path);
	if (raw_names_exist(ret_name))
		return true;
	snprintf(ret_name, PATH_MAX + 8, "%s.part", path);
	return raw_names_exist(ret_name);
}

/* Any of the job's files, in the end or on the way to it, that there is. */
bool raw_names_find(const struct raw_files *files, char ret_name[PATH_MAX + 8])
{
	if (has_file(files->sheet, ret_name) || has_file(files->sub.path, ret_name))
		return true;
	for (size_t i = 0; i < files->n_extras; i++)
		if (has_file(files->extras[i], ret_name))
			return true;
	for (size_t i = 0; i < files->n_files; i++)
		if (has_file(files->files[i].path, ret_name))
			return true;
	return false;
}
