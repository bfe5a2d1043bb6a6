/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CD kept as files: cue sheet with bin, WAV or FLAC files; cdrdao's toc file; CloneCD's ccd, img and sub. Whatever
 * the files hold, sectors come out whole, with sync, header, EDC and ECC made where only user data are kept.
 */
#ifndef DISC_CD_IMAGE_H
#define DISC_CD_IMAGE_H

#include <discern/error.h>

#include "disc/cd_layout.h"
#include "disc/sector.h"

struct cd_image;

/** True for a name that ends in .cue, .toc or .ccd in any case: a text that describes an image, not the image. */
bool cd_image_is_name(const char *path);

/**
 * Opens the text and all files that it names, relative to its folder, and checks that they are as long as it says.
 * -ENOENT, -EINVAL with the line, -ENOTSUP for what this version was built without. Release with cd_image_close().
 */
int cd_image_open(const char *path, struct cd_image **ret_image, struct discern_error *err);

/** True for a file of whole data sectors: it begins with the sync of one. */
bool cd_image_is_raw(int fd);

/** Opens such a file as a disc with one data track, whose mode is that of its first sector. Its size must be a multiple
 *  of 2352: -EINVAL. Else as cd_image_open(). */
int cd_image_open_raw(const char *path, struct cd_image **ret_image, struct discern_error *err);

struct cd_sheet;

/** A sheet that was made by the program, which is taken over, also after an error; its names are relative to the folder
 *  of path. Else as cd_image_open(). */
int cd_image_open_sheet(struct cd_sheet *sheet, const char *path, struct cd_image **ret_image,
			struct discern_error *err);

/** Accepts NULL, returns NULL. */
struct cd_image *cd_image_close(struct cd_image *image);

/** Shared locks on the files that the text names, until cd_image_close(): -EBUSY if one is another's alone. */
int cd_image_lock(struct cd_image *image, struct discern_error *err);

/** The path of a file that is not as it was when the image was opened; NULL if there is none. */
const char *cd_image_changed_file(const struct cd_image *image);

/** Valid until cd_image_close(). */
const struct cd_layout *cd_image_layout(const struct cd_image *image);

/** CD-TEXT packs of 18 bytes each, or NULL without; *ret_n_packs is their number. */
const uint8_t *cd_image_text(const struct cd_image *image, size_t *ret_n_packs);

/**
 * One sector: 2352 bytes, audio as 16 bit samples with the lowest byte first, and, where ret_subchannel is not NULL,
 * 96 bytes of P to W as READ CD gives them raw (disc/subchannel.h), from the sub file or made from the layout.
 * What lies in no file, such as a PREGAP or SILENCE, is silence or empty sectors. -ENXIO outside of all tracks, -EIO.
 * From one thread at a time.
 */
int cd_image_read(struct cd_image *image, int32_t lba, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel);

#endif
