/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/raw_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/observe.h"
#include "disc/subchannel.h"
#include "rip/audio_disc.h"
#include "rip/output.h"

/* Names that are tried where none was given. */
enum { MAX_NUMBER = 99, SAVE_SECONDS = 15 };

const char *raw_files_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* ---- names ---- */

static void set_base(struct raw_files *files, const char *output)
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

static void name_files(struct raw_files *files, const struct raw_disc *disc,
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

static bool has_subchannels(const struct discern_rip_raw_options *options)
{
	return options->with_subchannels || options->format == DISCERN_RAW_CCD;
}

/* The file, or what is on the way to it: its name in ret_name. */
static bool has_file(const char *path, char ret_name[PATH_MAX + 8])
{
	snprintf(ret_name, PATH_MAX + 8, "%s", path);
	if (exists(ret_name))
		return true;
	snprintf(ret_name, PATH_MAX + 8, "%s.part", path);
	return exists(ret_name);
}

/* Any of the job's files, in the end or on the way to it, that there is. */
static bool find_existing(const struct raw_files *files, char ret_name[PATH_MAX + 8])
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

/* ---- opening ---- */

static int open_file(struct raw_file *file, bool is_new, struct discern_error *err)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;

	snprintf(file->now, sizeof(file->now), "%s.part", file->path);
	if (!is_new && !exists(file->now) && exists(file->path))
		snprintf(file->now, sizeof(file->now), "%s", file->path);
	if (is_new)
		flags |= O_CREAT | O_EXCL;
	file->fd = open(file->now, flags, 0666);
	if (file->fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", file->now, strerror(errno));
	if (flock(file->fd, LOCK_EX | LOCK_NB) < 0)
		return discern_error_set(err, -EBUSY, "%s: another process is working on it", file->now);
	return 0;
}

static int open_all(struct raw_files *files, bool is_new, bool with_sub, struct discern_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < files->n_files; i++)
		ret = open_file(&files->files[i], is_new, err);
	return ret == 0 && with_sub ? open_file(&files->sub, is_new, err) : ret;
}

/* The map of an earlier call, which must be of this job. */
static int load_map(const char *path, const struct map_header *wanted, uint32_t sector_bytes, struct map **ret_map,
		    struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	struct map_header header;
	size_t size = 0;
	int ret = file_read_all(path, MAP_FILE_MAX_BYTES, &text, &size, err);

	if (ret < 0)
		return ret;
	ret = map_parse_sectors(text, size, sector_bytes, ret_map, &header, err);
	if (ret < 0)
		return discern_error_wrap(err, "%s", path);
	if (strcmp(header.identity, wanted->identity) == 0)
		return 0;
	if (strncmp(header.identity, "raw ", 4) != 0)
		discern_error_set(err, -EEXIST, "%s exists, and is of no raw image", path);
	else
		discern_error_set(err, -ESTALE, "%s was begun with another disc, offset or format", path);
	return discern_error_hint(err, "insert that disc, or name another image with -o NAME");
}

/* What a file does not reach cannot have been read. */
static int distrust(const struct raw_file *file, struct map *map, size_t sector_bytes)
{
	off_t end = lseek(file->fd, 0, SEEK_END);
	uint64_t n_there = end > 0 ? (uint64_t)end / sector_bytes : 0;
	int ret = 0;

	for (uint32_t i = n_there < file->n_sectors ? (uint32_t)n_there : file->n_sectors; i < file->n_sectors;) {
		struct map_range range = map_range_of(map, file->index + i);
		uint32_t n = range.start + range.n_sectors - file->index - i;

		if (n > file->n_sectors - i)
			n = file->n_sectors - i;
		if (range.status != MAP_UNTRIED)
			ret = map_set(map, file->index + i, n, MAP_UNTRIED);
		i += n;
	}
	return ret;
}

/* An earlier call may have gone without. */
static int resume_sub(struct raw_files *files, const struct raw_disc *disc, struct discern_error *err)
{
	if (exists(files->sub_map_path))
		return load_map(files->sub_map_path, &files->header, SUBCHANNEL_BYTES, &files->sub_map, err);
	files->sub_map = map_new(disc->n_sectors);
	return files->sub_map != NULL ? open_file(&files->sub, true, err)
				      : discern_error_set(err, -ENOMEM, "out of memory");
}

static int resume(struct raw_files *files, const struct raw_disc *disc, bool with_sub, struct discern_error *err)
{
	int ret = load_map(files->map_path, &files->header, SECTOR_RAW, &files->map, err);

	if (ret == 0 && with_sub)
		ret = resume_sub(files, disc, err);
	if (ret < 0)
		return ret;
	files->is_resumed = true;
	if (map_resize(files->map, disc->n_sectors) < 0 ||
	    (with_sub && map_resize(files->sub_map, disc->n_sectors) < 0))
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = open_all(files, false, with_sub && files->sub.fd < 0, err);
	for (size_t i = 0; ret == 0 && i < files->n_files; i++)
		ret = distrust(&files->files[i], files->map, SECTOR_RAW);
	if (ret == 0 && with_sub)
		ret = distrust(&files->sub, files->sub_map, SUBCHANNEL_BYTES);
	return ret;
}

static int begin(struct raw_files *files, const struct raw_disc *disc, bool with_sub, struct discern_error *err)
{
	uint64_t size = (uint64_t)disc->n_sectors * (SECTOR_RAW + (with_sub ? SUBCHANNEL_BYTES : 0));
	struct output first = { .fd = -1 };
	int ret;

	files->map = map_new(disc->n_sectors);
	files->sub_map = with_sub ? map_new(disc->n_sectors) : NULL;
	if (files->map == NULL || (with_sub && files->sub_map == NULL))
		return discern_error_set(err, -ENOMEM, "out of memory");
	files->is_fresh = true;
	ret = open_all(files, true, with_sub, err);
	if (ret < 0)
		return ret;
	first.path = files->files[0].now;
	first.fd = files->files[0].fd;
	ret = output_check_space(&first, size, err);
	/* From now on the names are this job's. */
	return ret == 0 ? raw_files_save(files, err) : ret;
}

/* A name that nothing has, or that an unfinished job of this disc has. */
static int choose(struct raw_files *files, const struct raw_disc *disc, const struct discern_rip_raw_options *options,
		  struct discern_error *err)
{
	char title[DISCERN_RAW_TEXT], there[PATH_MAX + 8] = "";

	if (options->output != NULL) {
		set_base(files, options->output);
		name_files(files, disc, options);
		return 0;
	}
	audio_safe_name(disc->title, title, sizeof(title));
	for (unsigned number = 1; number <= MAX_NUMBER; number++) {
		const char *name = title[0] != '\0' ? title : "disc";
		struct map *map = NULL;

		if (number == 1)
			snprintf(files->base, sizeof(files->base), "%s", name);
		else
			snprintf(files->base, sizeof(files->base), "%s-%u", name, number);
		name_files(files, disc, options);
		if (!find_existing(files, there) && !exists(files->map_path))
			return 0;
		if (load_map(files->map_path, &files->header, SECTOR_RAW, &map, NULL) == 0) {
			map_free(map);
			return 0;
		}
	}
	return discern_error_set(err, -EEXIST, "%s exists already, and is never overwritten", there);
}

int raw_files_open(struct raw_files *files, const struct raw_disc *disc, const struct discern_rip_raw_options *options,
		   struct discern_error *err)
{
	bool with_sub = has_subchannels(options);
	char there[PATH_MAX + 8];
	int ret;

	memset(files, 0, sizeof(*files));
	files->sub.fd = -1;
	files->saved_at = observe_now();
	files->header.current_status = MAP_UNTRIED;
	/* Where each track's file begins depends on its pause. */
	snprintf(files->header.identity, sizeof(files->header.identity), "raw %s offset %d format %d%s%s",
		 disc->identity, (int)options->offset_samples, (int)options->format,
		 options->format == DISCERN_RAW_BIN_PER_TRACK ? " pauses " : "",
		 options->format == DISCERN_RAW_BIN_PER_TRACK ? disc->pauses : "");
	ret = choose(files, disc, options, err);
	if (ret == 0)
		ret = output_check_folder(files->base, err);
	if (ret < 0)
		return ret;
	if (exists(files->map_path))
		return resume(files, disc, with_sub, err);
	if (!find_existing(files, there))
		return begin(files, disc, with_sub, err);
	discern_error_set(err, -EEXIST, "%s exists already, and is never overwritten", there);
	return discern_error_hint(err, "name another image with -o NAME");
}

static void close_file(const struct raw_files *files, struct raw_file *file, bool is_dropped)
{
	if (file->fd < 0)
		return;
	if (is_dropped && files->is_fresh)
		unlink(file->now);
	close(file->fd);
	file->fd = -1;
}

void raw_files_close(struct raw_files *files)
{
	bool is_dropped = files->map == NULL || map_count(files->map, MAP_GOOD) == 0;

	for (size_t i = 0; i < files->n_files; i++)
		close_file(files, &files->files[i], is_dropped);
	close_file(files, &files->sub, is_dropped);
	if (is_dropped && files->is_fresh) {
		unlink(files->map_path);
		unlink(files->sub_map_path);
	}
	files->map = map_free(files->map);
	files->sub_map = map_free(files->sub_map);
}

/* ---- writing ---- */

static int explain(const struct raw_file *file, int code, struct discern_error *err)
{
	discern_error_set(err, code, "%s: cannot write: %s", file->now, strerror(-code));
	if (code == -ENOSPC || code == -EDQUOT)
		discern_error_hint(err, "free some space, then the same command goes on from here");
	return code;
}

static struct raw_file *file_of(struct raw_files *files, uint32_t index)
{
	size_t i = files->n_files - 1;

	while (i > 0 && index < files->files[i].index)
		i--;
	return &files->files[i];
}

int raw_files_write(struct raw_files *files, uint32_t index, const uint8_t *sectors, uint32_t n_sectors,
		    struct discern_error *err)
{
	while (n_sectors > 0) {
		struct raw_file *file = file_of(files, index);
		uint32_t left = file->n_sectors - (index - file->index), n = left < n_sectors ? left : n_sectors;
		int ret = file_write_at(file->fd, sectors, (size_t)n * SECTOR_RAW,
					(off_t)(index - file->index) * SECTOR_RAW);

		if (ret < 0)
			return explain(file, ret, err);
		index += n;
		sectors += (size_t)n * SECTOR_RAW;
		n_sectors -= n;
	}
	files->is_fresh = false;
	return 0;
}

int raw_files_read(struct raw_files *files, uint32_t index, uint8_t *ret_sectors, uint32_t n_sectors)
{
	while (n_sectors > 0) {
		struct raw_file *file = file_of(files, index);
		uint32_t left = file->n_sectors - (index - file->index), n = left < n_sectors ? left : n_sectors;
		ssize_t size = (ssize_t)n * SECTOR_RAW;

		if (file_read_at(file->fd, ret_sectors, (size_t)size, (off_t)(index - file->index) * SECTOR_RAW) !=
		    size)
			return -EIO;
		index += n;
		ret_sectors += (size_t)n * SECTOR_RAW;
		n_sectors -= n;
	}
	return 0;
}

int raw_files_write_sub(struct raw_files *files, uint32_t index, const uint8_t *channels, uint32_t n_sectors,
			struct discern_error *err)
{
	int ret = file_write_at(files->sub.fd, channels, (size_t)n_sectors * SUBCHANNEL_BYTES,
				(off_t)index * SUBCHANNEL_BYTES);

	return ret < 0 ? explain(&files->sub, ret, err) : 0;
}

static int save_map(struct raw_files *files, const char *path, const struct map *map, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size;

	if (map == NULL)
		return 0;
	text = map_format_sectors(map, &files->header, map == files->map ? SECTOR_RAW : SUBCHANNEL_BYTES, &size);
	if (text == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	return file_replace(path, text, size, err);
}

static int sync_file(const struct raw_file *file, struct discern_error *err)
{
	return file->fd >= 0 && fdatasync(file->fd) < 0 ? explain(file, -errno, err) : 0;
}

int raw_files_save(struct raw_files *files, struct discern_error *err)
{
	int ret = sync_file(&files->sub, err);

	for (size_t i = 0; ret == 0 && i < files->n_files; i++)
		ret = sync_file(&files->files[i], err);
	if (ret == 0)
		ret = save_map(files, files->map_path, files->map, err);
	if (ret == 0)
		ret = save_map(files, files->sub_map_path, files->sub_map, err);
	files->saved_at = observe_now();
	return ret;
}

int raw_files_tick(struct raw_files *files, struct discern_error *err)
{
	return observe_now() - files->saved_at >= SAVE_SECONDS ? raw_files_save(files, err) : 0;
}

/* ---- the end ---- */

static int give_name(struct raw_file *file, struct discern_error *err)
{
	int ret = 0;

	if (file->fd >= 0 && strcmp(file->now, file->path) != 0)
		ret = output_give_name(file->now, file->path, err);
	if (ret == 0)
		snprintf(file->now, sizeof(file->now), "%s", file->path);
	return ret;
}

int raw_files_finish(struct raw_files *files, bool keep_map, struct discern_error *err)
{
	int ret = 0;

	files->is_fresh = false;
	for (size_t i = 0; ret == 0 && i < files->n_files; i++)
		ret = give_name(&files->files[i], err);
	if (ret == 0 && files->sub.fd >= 0)
		ret = give_name(&files->sub, err);
	if (ret < 0 || keep_map)
		return ret;
	unlink(files->map_path);
	if (files->sub_map != NULL)
		unlink(files->sub_map_path);
	return 0;
}

int raw_files_write_text(struct raw_files *files, const char *path, const void *data, size_t size,
			 struct discern_error *err)
{
	char part[PATH_MAX + 8];
	int ret;

	/* An earlier call has finished this job, but for bad sectors. */
	if (files->is_resumed && exists(path))
		return file_replace(path, data, size, err);
	snprintf(part, sizeof(part), "%s.part", path);
	ret = file_replace(part, data, size, err);
	return ret == 0 ? output_give_name(part, path, err) : ret;
}
