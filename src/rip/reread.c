/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/reread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

static int read_back(uint32_t start, uint32_t n_sectors, uint8_t *buffer, void *user)
{
	const struct reread *reread = user;
	size_t size = (size_t)n_sectors * DISCERN_SECTOR_SIZE, done = 0;

	while (done < size) {
		ssize_t n = pread(reread->output->fd, buffer + done, size - done,
				  (off_t)start * DISCERN_SECTOR_SIZE + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

/* It is for people to look at: where it cannot be kept, the job goes on. */
static void keep(uint32_t sector, unsigned number, const uint8_t *data, void *user)
{
	struct reread *reread = user;
	int32_t lba = reread->passes->plan->first_lba + (int32_t)sector;
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -1;

	if (!reread->has_folder && mkdir(reread->folder, 0777) < 0 && errno != EEXIST)
		return;
	reread->has_folder = true;
	if (snprintf(path, sizeof(path), "%s/%d-%u.bin", reread->folder, (int)lba, number) >= (int)sizeof(path))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0 || write(fd, data, DISCERN_SECTOR_SIZE) != DISCERN_SECTOR_SIZE)
		observe_message(&reread->passes->meter->observer, DISCERN_LEVEL_WARNING, "%s: %s", path,
				strerror(errno));
}

static void note_mended(int32_t lba, unsigned n_bytes, void *user)
{
	struct reread *reread = user;

	observe_message(&reread->passes->meter->observer, DISCERN_LEVEL_DETAIL, "LBA %d was mended: %u bytes", (int)lba,
			n_bytes);
	if (lba >= reread->passes->plan->first_lba)
		doubt_note_mended(&reread->doubt, (uint32_t)(lba - reread->passes->plan->first_lba));
}

int reread_begin(struct reread *reread, struct passes *passes, const struct output *output, bool is_paranoid,
		 struct discern_error *err)
{
	const struct doubt_options options = { is_paranoid, read_back, keep, reread };

	*reread = (struct reread){ .output = output, .passes = passes };
	if (snprintf(reread->folder, sizeof(reread->folder), "%s.disagree", output->image_path) >=
	    (int)sizeof(reread->folder))
		return discern_error_set(err, -ENAMETOOLONG, "%s: the name is too long", output->image_path);
	if (doubt_init(&reread->doubt, &options, map_n_sectors(passes->map)) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	passes->doubt = &reread->doubt;
	passes->source->on_mended = note_mended;
	passes->source->user = reread;
	return 0;
}

void reread_keep(struct reread *reread, uint32_t sector, const uint8_t *first, const uint8_t *second)
{
	keep(sector, 1, first, reread);
	keep(sector, 2, second, reread);
}

static int add_map(struct map *map, const struct map *other)
{
	struct map_range range;

	for (uint32_t at = 0; map_next(other, at, MAP_GOOD, &range); at = range.start + range.n_sectors)
		if (map_set(map, range.start, range.n_sectors, MAP_GOOD) < 0)
			return -ENOMEM;
	return 0;
}

int reread_add(struct reread *reread, const struct reread *other)
{
	const struct doubt *from = &other->doubt;
	struct doubt *to = &reread->doubt;

	reread->has_folder = reread->has_folder || other->has_folder;
	if (add_map(to->mended, from->mended) < 0 || add_map(to->reread, from->reread) < 0)
		return -ENOMEM;
	return add_map(to->doubtful, from->doubtful);
}

void reread_end(struct reread *reread, struct discern_rip_result *result)
{
	if (reread->passes == NULL)
		return;
	if (result != NULL)
		doubt_tell(&reread->doubt, reread->passes->plan->first_lba, result);
	if (result != NULL && reread->has_folder)
		snprintf(result->disagree_path, sizeof(result->disagree_path), "%s", reread->folder);
	reread->passes->source->on_mended = NULL;
	reread->passes->doubt = NULL;
	doubt_clear(&reread->doubt);
}
