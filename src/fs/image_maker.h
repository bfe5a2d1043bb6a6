/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes an image of files and folders: ISO 9660 with Rock Ridge and Joliet, as a stream of sectors. The same files and the
 * same options make the same bytes, so that a second image can prove the first. No type of libisofs is seen here.
 *
 * libisofs keeps its messages for the whole process: one maker at a time.
 */
#ifndef FS_IMAGE_MAKER_H
#define FS_IMAGE_MAKER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <discern/error.h>

struct image_maker;

struct image_maker_options {
	/** Of the volume, UTF-8. ISO 9660 keeps 32 characters of it, Joliet 16. */
	const char *label;
	/** Seconds since 1970: when the volume was made, by its descriptors. */
	int64_t created;
};

/** An empty image. 0, -ENOTSUP (built without libisofs) or -ENOMEM. Release with image_maker_free(). */
int image_maker_new(const struct image_maker_options *options, struct image_maker **ret_maker,
		    struct discern_error *err);

/** Puts what is in a folder into the image's root: files, folders, symbolic links (which Joliet cannot hold). 0, or an
 *  error that names what cannot be read. */
int image_maker_add_folder(struct image_maker *maker, const char *folder, struct discern_error *err);

/** Lays the image out; nothing can be added any more. */
int image_maker_begin(struct image_maker *maker, uint64_t *ret_size_bytes, struct discern_error *err);

/** The next size bytes of the image; fewer only at the end. -ESTALE if a file changed, -EIO if it cannot be read. */
ssize_t image_maker_read(struct image_maker *maker, uint8_t *buffer, size_t size, struct discern_error *err);

/** Have all files the sizes and times that they had when they were added? -ESTALE names the first that has not. */
int image_maker_compare(const struct image_maker *maker, struct discern_error *err);

/** Files and folders in it. */
uint32_t image_maker_n_nodes(const struct image_maker *maker);

/** Accepts NULL, returns NULL. */
struct image_maker *image_maker_free(struct image_maker *maker);

#endif
