/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a virtual disc or of a plain image: making it and opening it. */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "disc/cd_text.h"

int disc_commit(struct disc *disc, bool is_in_use)
{
	char *text = calloc(1, DISC_SLOT_BYTES);
	int length, ret;

	if (text == NULL)
		return -ENOMEM;
	disc->state.is_in_use = is_in_use;
	if (disc->layout != NULL)
		disc->layout->is_current = false;
	disc->state.sequence++;
	length = disc_state_print(&disc->state, text, DISC_SLOT_BYTES);
	ret = length;
	/* A kill between the two leaves the newer state in the second slot, a kill within one a whole other one. */
	if (length >= 0)
		ret = disc_store(disc, text, (size_t)length, DISC_SLOT_BYTES);
	if (ret == 0)
		ret = disc_store(disc, text, (size_t)length, 0);
	free(text);
	return ret;
}

static int create_file(const char *path, const struct disc_state *state, struct discern_error *err)
{
	struct disc disc = { .state = *state };
	off_t size = (off_t)(state->data_offset + (uint64_t)disc_state_all_sectors(state) * DISC_SECTOR);
	int ret = 0;

	disc.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (disc.fd < 0) {
		ret = -errno;
		discern_error_set(err, ret, "%s: cannot make a virtual disc: %s", path, strerror(errno));
		if (ret == -EEXIST)
			discern_error_hint(err, "remove it first, or choose another name; nothing is overwritten");
		return ret;
	}
	if (ftruncate(disc.fd, size) < 0)
		ret = -errno;
	if (ret == 0)
		ret = disc_commit(&disc, false);
	close(disc.fd);
	if (ret < 0) {
		unlink(path);
		discern_error_set(err, ret, "%s: cannot make a virtual disc: %s", path, strerror(-ret));
	}
	return ret;
}

static int refuse_name(const char *name, bool is_pressed, struct discern_error *err)
{
	char names[256];

	disc_media_names(is_pressed, names, sizeof(names));
	discern_error_set(err, -EINVAL, "no %s disc is called \"%s\"", is_pressed ? "pressed" : "blank",
			  name != NULL ? name : "");
	discern_error_hint(err, "one of %s", names);
	return -EINVAL;
}

int vdrive_disc_create(const char *path, const struct vdrive_disc_options *options, struct discern_error *err)
{
	const struct disc_media *media = options->media != NULL ? disc_media_by_name(options->media) : NULL;
	struct disc_state state;
	uint32_t n_sectors = options->n_sectors;

	if (media == NULL || media->is_pressed)
		return refuse_name(options->media, false, err);
	if (n_sectors == 0)
		n_sectors = media->usual_sectors;
	if (n_sectors < media->min_sectors || n_sectors > media->max_sectors)
		return discern_error_set(err, -EINVAL, "a %s has %u to %u sectors, not %u", media->name,
					 media->min_sectors, media->max_sectors, n_sectors);
	disc_state_blank(&state, media, n_sectors - n_sectors % profile_find(media->profile)->ecc_sectors);
	if (getrandom(&state.identifier, sizeof(state.identifier), 0) != sizeof(state.identifier))
		return discern_error_set(err, -errno, "cannot get random bytes: %s", strerror(errno));
	return create_file(path, &state, err);
}

/* The kind asked for, or the smallest that holds the image. */
static int choose_kind(const char *kind, uint64_t n_sectors, const struct disc_media **ret_kind,
		       struct discern_error *err)
{
	const struct disc_media *entry = NULL;
	size_t n;
	const struct disc_media *media = disc_media_all(&n);

	for (size_t i = 0; i < n; i++) {
		if (!media[i].is_pressed || (kind != NULL && strcmp(kind, media[i].name) != 0))
			continue;
		entry = &media[i];
		if (n_sectors >= entry->min_sectors && n_sectors <= entry->max_sectors) {
			*ret_kind = entry;
			return 0;
		}
	}
	if (entry == NULL)
		return refuse_name(kind, true, err);
	if (n_sectors < entry->min_sectors) {
		discern_error_set(err, -EINVAL, "a %s has at least %u sectors, not %llu", entry->name,
				  entry->min_sectors, (unsigned long long)n_sectors);
		return -EINVAL;
	}
	discern_error_set(err, -EFBIG, "%llu sectors are more than a %s can hold (%u)", (unsigned long long)n_sectors,
			  entry->name, entry->max_sectors);
	return -EFBIG;
}

static int open_image(struct disc *disc, const char *kind, const struct stat *status, struct discern_error *err)
{
	uint64_t n_sectors = ((uint64_t)status->st_size + DISC_SECTOR - 1) / DISC_SECTOR;
	const struct disc_media *entry = NULL;
	int ret;

	if (status->st_size == 0) {
		discern_error_set(err, -EINVAL, "the image is empty");
		discern_error_hint(err, "a blank disc is made by discern vdrive create");
		return -EINVAL;
	}
	ret = choose_kind(kind, n_sectors, &entry, err);
	if (ret < 0)
		return ret;
	disc->is_pressed = true;
	disc->image_bytes = (uint64_t)status->st_size;
	disc->state.media = entry;
	disc->state.profile = profile_find(entry->profile);
	disc->state.n_sectors = (uint32_t)n_sectors;
	disc->state.is_final = true;
	disc->state.n_closed_sessions = disc->state.n_begun_tracks = 1;
	disc->state.tracks[0] = (struct disc_track){
		.number = 1,
		.session = 1,
		.state = TRACK_CLOSED,
		.control = 4,
		.data_mode = 1,
		.mode = CD_MODE_1,
		.pregap_lba = entry->profile == DISCERN_PROFILE_CD_ROM ? -CD_PREGAP : 0,
		.n_sectors = (uint32_t)n_sectors,
		.n_written = (uint32_t)n_sectors,
	};
	disc_state_rebuild(&disc->state);
	return 0;
}

/* Of two whole slots the newer one; of one whole slot that one. */
static int read_state(struct disc *disc, struct discern_error *err)
{
	char *text = malloc(DISC_SLOT_BYTES);
	struct disc_state *second = malloc(sizeof(*second));
	ssize_t first_size, second_size;
	struct discern_error second_err;
	int ret = -ENOMEM, second_ret = -EINVAL;

	if (text == NULL || second == NULL) {
		discern_error_set(err, ret, "no memory for the state of the disc");
		goto out;
	}
	first_size = file_read_at(disc->fd, text, DISC_SLOT_BYTES, 0);
	ret = first_size < 0 ? discern_error_set(err, (int)first_size, "cannot read: %s", strerror(-(int)first_size))
			     : disc_state_parse(text, (size_t)first_size, &disc->state, err);
	/* Made by a newer version: its second slot is not for this one either. */
	if (ret == -ENOTSUP)
		goto out;
	second_size = file_read_at(disc->fd, text, DISC_SLOT_BYTES, DISC_SLOT_BYTES);
	if (second_size > 0)
		second_ret = disc_state_parse(text, (size_t)second_size, second, &second_err);
	if (second_ret == 0 && (ret < 0 || second->sequence > disc->state.sequence)) {
		disc->state = *second;
		ret = 0;
	}
out:
	free(text);
	free(second);
	return ret;
}

static int load_cd(struct disc *disc)
{
	unsigned n_packs = disc->state.n_text_packs;
	int ret = disc_cd_load(disc);

	disc->next_track = (struct disc_next_track){ .mode = CD_MODE_1, .control = CD_CONTROL_DATA };
	if (ret < 0 || n_packs == 0)
		return ret;
	disc->text_packs = malloc((size_t)n_packs * CD_TEXT_PACK);
	return disc->text_packs == NULL ? -ENOMEM : disc_get_text_packs(disc, disc->text_packs, n_packs);
}

static int open_virtual(struct disc *disc, const struct stat *status, struct discern_error *err)
{
	uint64_t need;
	size_t n_bitmap;
	int ret = read_state(disc, err);

	if (ret < 0) {
		if (ret == -EINVAL)
			discern_error_wrap(err, "the virtual disc is damaged");
		return ret;
	}
	need = disc->state.data_offset + (uint64_t)disc_state_all_sectors(&disc->state) * DISC_SECTOR;
	if ((uint64_t)status->st_size < need)
		return discern_error_set(err, -EINVAL, "the virtual disc is cut short: %lld of %llu bytes",
					 (long long)status->st_size, (unsigned long long)need);
	n_bitmap = disc_bitmap_bytes(&disc->state);
	disc->recorded = malloc(n_bitmap);
	if (disc->recorded == NULL)
		return discern_error_set(err, -ENOMEM, "no memory for the bitmap of the disc");
	if (file_read_at(disc->fd, disc->recorded, n_bitmap, DISC_BITMAP_OFFSET) != (ssize_t)n_bitmap)
		return discern_error_set(err, -EIO, "cannot read the bitmap of the virtual disc");
	if (disc->state.profile->family == FAMILY_CD) {
		ret = load_cd(disc);
		if (ret < 0)
			return discern_error_set(err, ret, "cannot read what the virtual CD says of its sectors: %s",
						 strerror(-ret));
	}
	if (disc->state.is_in_use)
		disc_recover(disc);
	if (disc_is_cd_session(disc))
		disc->session_next_lba = disc_session_next(&disc->state);
	return disc_load_replaced(disc, err);
}

static bool has_magic(int fd)
{
	char first[sizeof(DISC_MAGIC)], second[sizeof(DISC_MAGIC)];
	const size_t size = strlen(DISC_MAGIC);

	return (file_read_at(fd, first, size, 0) == (ssize_t)size && memcmp(first, DISC_MAGIC, size) == 0) ||
	       (file_read_at(fd, second, size, DISC_SLOT_BYTES) == (ssize_t)size &&
		memcmp(second, DISC_MAGIC, size) == 0);
}

/* One disc is in one drive; a pressed one may be in several, as there are many copies of it. */
static int lock_file(int fd, bool is_shared, struct discern_error *err)
{
	if (flock(fd, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return discern_error_set(err, -errno, "cannot lock it: %s", strerror(errno));
	discern_error_set(err, -EBUSY, "the disc is in another virtual drive");
	discern_error_hint(err, "eject it there, or stop that drive");
	return -EBUSY;
}

static void map_sectors(struct disc *disc)
{
	uint64_t size =
		disc->is_pressed ? disc->image_bytes : (uint64_t)disc_state_all_sectors(&disc->state) * DISC_SECTOR;
	void *map;

	if (size > SIZE_MAX / 2)
		return;
	map = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, disc->fd, (off_t)disc->state.data_offset);
	if (map == MAP_FAILED)
		return;
	disc->map = map;
	disc->map_size = (size_t)size;
}

static int open_file(struct disc *disc, const char *path, const char *kind, struct discern_error *err)
{
	struct stat status;
	bool is_virtual;
	int ret;

	/* O_NONBLOCK: a pipe would block before it can be refused. */
	disc->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (disc->fd < 0 || fstat(disc->fd, &status) < 0)
		return discern_error_set(err, -errno, "cannot open: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return discern_error_set(err, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, "not a file");
	is_virtual = has_magic(disc->fd);
	if (is_virtual && kind != NULL)
		return discern_error_set(err, -EINVAL, "a virtual disc knows its kind; \"%s\" is for images", kind);
	if (is_virtual) {
		close(disc->fd);
		disc->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (disc->fd < 0 || fstat(disc->fd, &status) < 0)
			return discern_error_set(err, -errno, "cannot open for writing: %s", strerror(errno));
	}
	ret = lock_file(disc->fd, !is_virtual, err);
	if (ret == 0 && is_virtual)
		ret = open_virtual(disc, &status, err);
	else if (ret == 0 && (cd_image_is_name(path) || cd_image_is_raw(disc->fd)))
		ret = disc_open_cd_image(disc, path, kind, err);
	else if (ret == 0)
		ret = open_image(disc, kind, &status, err);
	disc->file_bytes = status.st_size;
	if (ret == 0 && disc->image == NULL)
		map_sectors(disc);
	if (ret == 0 && disc->state.profile->family == FAMILY_CD) {
		disc->layout = calloc(1, sizeof(*disc->layout));
		if (disc->layout == NULL)
			return discern_error_set(err, -ENOMEM, "no memory for the layout of the disc");
	}
	return ret;
}

int disc_open(const char *path, const char *kind, struct disc **ret_disc, struct discern_error *err)
{
	struct disc *disc = calloc(1, sizeof(*disc));
	int ret;

	if (disc == NULL)
		return discern_error_set(err, -ENOMEM, "%s: no memory", path);
	disc->fd = -1;
	ret = open_file(disc, path, kind, err);
	if (ret < 0) {
		if (err != NULL && strncmp(err->text, path, strlen(path)) != 0)
			discern_error_wrap(err, "%s", path);
		/* Without this there is nothing to settle: not all of the file was read. */
		free(disc->recorded);
		disc->recorded = NULL;
		disc_close(disc);
		return ret;
	}
	*ret_disc = disc;
	return 0;
}
