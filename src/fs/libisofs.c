/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fs/image_maker.h"

#include <errno.h>

#include "base/error.h"

#ifdef HAVE_LIBISOFS

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* libisofs delivers its stream as a struct burn_source, which libburn's header defines. */
#include <libburn/libburn.h>
#include <libisofs/libisofs.h>

enum {
	/** Deeper than any path of the system can be. */
	MAX_DEPTH = 2048,
	/** Blocks between libisofs' thread and ours. */
	FIFO_BLOCKS = 2048,
	/** Zeros at the end: CD drives stumble over the last sectors of a track. As xorriso has it. */
	TAIL_BLOCKS = 150,
	BLOCK_SIZE = 2048
};

/* What a file was when it was added. */
struct seen {
	char *path;
	off_t size;
	struct timespec modified;
};

struct image_maker {
	IsoImage *image;
	IsoWriteOpts *options;
	int64_t created;
	struct burn_source *source;
	uint64_t left_bytes;
	uint32_t n_nodes;
	struct seen *seen;
	size_t n_seen, room_seen;
};

/* ---- messages ---- */

/* The first message that says that the image is not what it should be; the queue is empty then. */
static bool find_trouble(char ret_text[ISO_MSGS_MESSAGE_LEN])
{
	char text[ISO_MSGS_MESSAGE_LEN], severity[80], least[] = "SORRY", all[] = "ALL";
	bool is_found = false;
	int code, image_id, worst, sorry;

	iso_text_to_sev(least, &sorry);
	while (iso_obtain_msgs(all, &code, &image_id, text, severity) == 1) {
		if (is_found || iso_text_to_sev(severity, &worst) != 1 || worst < sorry)
			continue;
		memcpy(ret_text, text, sizeof(text));
		is_found = true;
	}
	return is_found;
}

/* ret is libisofs' own number, negative for an error. */
static int judge(int ret, int code, const char *what, struct discern_error *err)
{
	char text[ISO_MSGS_MESSAGE_LEN] = "";
	bool is_trouble = find_trouble(text);

	if (ret >= 0 && !is_trouble)
		return 0;
	return discern_error_set(err, code, "%s: %s", what,
				 is_trouble ? text
				 : ret < 0  ? iso_error_to_msg(ret)
					    : "failed");
}

/* ---- the tree ---- */

static int remember(struct image_maker *maker, IsoFile *file)
{
	char *path = iso_stream_get_source_path(iso_file_get_stream(file), 0);
	struct stat status;

	if (path == NULL)
		return 0;
	if (stat(path, &status) < 0) {
		free(path);
		return 0;
	}
	if (maker->n_seen == maker->room_seen) {
		size_t room = maker->room_seen > 0 ? 2 * maker->room_seen : 64;
		struct seen *seen = realloc(maker->seen, room * sizeof(*seen));

		if (seen == NULL) {
			free(path);
			return -ENOMEM;
		}
		maker->seen = seen;
		maker->room_seen = room;
	}
	maker->seen[maker->n_seen++] = (struct seen){ path, status.st_size, status.st_mtim };
	return 0;
}

/* Times that change by looking at a file would make another image of the same files. */
static void settle_times(IsoNode *node)
{
	iso_node_set_atime(node, iso_node_get_mtime(node));
	iso_node_set_ctime(node, iso_node_get_mtime(node));
}

static int settle_folder(struct image_maker *maker, IsoDir *folder, unsigned depth)
{
	IsoDirIter *children = NULL;
	IsoNode *node;
	int ret = depth < MAX_DEPTH ? 0 : -ELOOP;

	if (ret == 0 && iso_dir_get_children(folder, &children) < 0)
		ret = -ENOMEM;
	while (ret == 0 && iso_dir_iter_next(children, &node) == 1) {
		settle_times(node);
		maker->n_nodes++;
		if (ISO_NODE_IS_DIR(node))
			ret = settle_folder(maker, ISO_DIR(node), depth + 1);
		else if (ISO_NODE_IS_FILE(node))
			ret = remember(maker, ISO_FILE(node));
	}
	if (children != NULL)
		iso_dir_iter_free(children);
	return ret;
}

int image_maker_add_folder(struct image_maker *maker, const char *folder, struct discern_error *err)
{
	IsoDir *root = iso_image_get_root(maker->image);
	IsoNode *root_node = (IsoNode *)root;
	char path[PATH_MAX];
	struct stat status;
	int ret;

	/* libisofs knows no current folder. */
	if (realpath(folder, path) == NULL)
		return discern_error_set(err, -errno, "%s: cannot open: %s", folder, strerror(errno));
	ret = judge(iso_tree_add_dir_rec(maker->image, root, path), -EIO, folder, err);
	if (ret < 0)
		return discern_error_hint(err, "nothing is left out silently: make it readable, or move it away");
	if (stat(path, &status) == 0) {
		iso_node_set_permissions(root_node, status.st_mode & 07777);
		iso_node_set_uid(root_node, status.st_uid);
		iso_node_set_gid(root_node, status.st_gid);
	}
	iso_node_set_mtime(root_node, (time_t)maker->created);
	settle_times(root_node);
	maker->n_nodes = 0;
	ret = settle_folder(maker, root, 0);
	return ret < 0 ? discern_error_set(err, ret, "%s: cannot list it: %s", folder, strerror(-ret)) : 0;
}

uint32_t image_maker_n_nodes(const struct image_maker *maker)
{
	return maker->n_nodes;
}

int image_maker_compare(const struct image_maker *maker, struct discern_error *err)
{
	for (size_t i = 0; i < maker->n_seen; i++) {
		const struct seen *seen = &maker->seen[i];
		struct stat status;

		if (stat(seen->path, &status) < 0)
			return discern_error_set(err, -ESTALE, "%s: went away: %s", seen->path, strerror(errno));
		if (status.st_size != seen->size || status.st_mtim.tv_sec != seen->modified.tv_sec ||
		    status.st_mtim.tv_nsec != seen->modified.tv_nsec)
			return discern_error_set(err, -ESTALE, "%s: was changed", seen->path);
	}
	return 0;
}

/* ---- the image ---- */

/* The older Rock Ridge has no serial numbers of files: libisofs gives them in the order of addresses in memory. */
static int set_options(struct image_maker *maker)
{
	IsoWriteOpts *options = maker->options;
	time_t created = (time_t)maker->created;
	char no_uuid[] = "";
	bool is_good =
		iso_write_opts_set_iso_level(options, 3) >= 0 && iso_write_opts_set_rockridge(options, 1) >= 0 &&
		iso_write_opts_set_joliet(options, 1) >= 0 && iso_write_opts_set_joliet_long_names(options, 1) >= 0 &&
		iso_write_opts_set_joliet_longer_paths(options, 1) >= 0 &&
		iso_write_opts_set_allow_deep_paths(options, 1) >= 0 &&
		iso_write_opts_set_allow_longer_paths(options, 1) >= 0 &&
		iso_write_opts_set_relaxed_vol_atts(options, 1) >= 0 &&
		iso_write_opts_set_rrip_version_1_10(options, 1) >= 0 &&
		iso_write_opts_set_dir_rec_mtime(options, 1) >= 0 && iso_write_opts_set_always_gmt(options, 1) >= 0 &&
		iso_write_opts_set_fifo_size(options, FIFO_BLOCKS) >= 0 &&
		iso_write_opts_set_tail_blocks(options, TAIL_BLOCKS) >= 0 &&
		iso_write_opts_set_output_charset(options, "UTF-8") >= 0 &&
		iso_write_opts_set_pvd_times(options, created, created, 0, 0, no_uuid) >= 0;

	return is_good ? 0 : -EINVAL;
}

static int make_image(struct image_maker *maker, const char *label)
{
	time_t created = (time_t)maker->created;
	char charset[] = "UTF-8", all[] = "ALL", never[] = "NEVER", nothing[] = "";
	int ret = iso_init();

	if (ret < 0)
		return ret;
	iso_set_msgs_severities(all, never, nothing);
	iso_set_local_charset(charset, 0);
	/* Or the time of the day would be in the image. */
	iso_nowtime(&created, 1);
	ret = iso_image_new(label, &maker->image);
	if (ret < 0)
		return ret;
	iso_image_set_application_id(maker->image, "DISCERN");
	iso_image_set_system_id(maker->image, "LINUX");
	iso_tree_set_follow_symlinks(maker->image, 0);
	iso_tree_set_ignore_hidden(maker->image, 0);
	return iso_write_opts_new(&maker->options, 0);
}

int image_maker_new(const struct image_maker_options *options, struct image_maker **ret_maker,
		    struct discern_error *err)
{
	struct image_maker *maker = calloc(1, sizeof(*maker));
	int ret;

	if (maker == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	maker->created = options->created;
	ret = make_image(maker, options->label);
	if (ret >= 0)
		ret = set_options(maker);
	ret = judge(ret, -ENOMEM, "libisofs cannot begin an image", err);
	if (ret < 0) {
		image_maker_free(maker);
		return ret;
	}
	*ret_maker = maker;
	return 0;
}

int image_maker_begin(struct image_maker *maker, uint64_t *ret_size_bytes, struct discern_error *err)
{
	sigset_t all, before;
	off_t size;
	int ret;

	/* libisofs starts a thread; signals belong to the program's own. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = iso_image_create_burn_source(maker->image, maker->options, &maker->source);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	ret = judge(ret, -EIO, "libisofs cannot make the image", err);
	if (ret < 0)
		return ret;
	size = maker->source->get_size(maker->source);
	if (size <= 0 || size % BLOCK_SIZE != 0)
		return discern_error_set(err, -EIO, "libisofs cannot tell the size of the image");
	maker->left_bytes = *ret_size_bytes = (uint64_t)size;
	return 0;
}

ssize_t image_maker_read(struct image_maker *maker, uint8_t *buffer, size_t size, struct discern_error *err)
{
	enum { MOST = 64 * 1024 };
	size_t done = 0;
	int ret = 0;

	if (size > maker->left_bytes)
		size = (size_t)maker->left_bytes;
	while (done < size && ret >= 0) {
		size_t n = size - done < MOST ? size - done : MOST;

		ret = maker->source->read_xt(maker->source, buffer + done, (int)n) == (int)n ? 0 : -EIO;
		done += n;
	}
	maker->left_bytes -= done;
	/* It fills up what it cannot read, and only says so. */
	ret = judge(ret < 0 ? ISO_ERROR : 0, -ESTALE, "the image that was being made", err);
	return ret < 0 ? ret : (ssize_t)done;
}

/* What libburn does with a source of which nobody holds another reference. */
static void end_source(struct burn_source *source)
{
	if (source->cancel != NULL)
		source->cancel(source);
	if (source->free_data != NULL)
		source->free_data(source);
	free(source);
}

struct image_maker *image_maker_free(struct image_maker *maker)
{
	char text[ISO_MSGS_MESSAGE_LEN];
	time_t now = 0;

	if (maker == NULL)
		return NULL;
	if (maker->source != NULL)
		end_source(maker->source);
	if (maker->options != NULL)
		iso_write_opts_free(maker->options);
	if (maker->image != NULL)
		iso_image_unref(maker->image);
	for (size_t i = 0; i < maker->n_seen; i++)
		free(maker->seen[i].path);
	free(maker->seen);
	free(maker);
	(void)find_trouble(text);
	iso_nowtime(&now, 1 << 1);
	iso_finish();
	return NULL;
}

#else

int image_maker_new(const struct image_maker_options *options, struct image_maker **ret_maker,
		    struct discern_error *err)
{
	(void)options;
	(void)ret_maker;
	discern_error_set(err, -ENOTSUP, "cannot make an image: this discern was built without libisofs");
	return discern_error_hint(err, "make one first: xorriso -as mkisofs -r -J -o IMAGE FOLDER");
}

int image_maker_add_folder(struct image_maker *maker, const char *folder, struct discern_error *err)
{
	(void)maker;
	(void)folder;
	return discern_error_set(err, -ENOTSUP, "built without libisofs");
}

int image_maker_begin(struct image_maker *maker, uint64_t *ret_size_bytes, struct discern_error *err)
{
	(void)maker;
	(void)ret_size_bytes;
	return discern_error_set(err, -ENOTSUP, "built without libisofs");
}

ssize_t image_maker_read(struct image_maker *maker, uint8_t *buffer, size_t size, struct discern_error *err)
{
	(void)maker;
	(void)buffer;
	(void)size;
	return discern_error_set(err, -ENOTSUP, "built without libisofs");
}

int image_maker_compare(const struct image_maker *maker, struct discern_error *err)
{
	(void)maker;
	(void)err;
	return 0;
}

uint32_t image_maker_n_nodes(const struct image_maker *maker)
{
	(void)maker;
	return 0;
}

struct image_maker *image_maker_free(struct image_maker *maker)
{
	(void)maker;
	return NULL;
}

#endif
