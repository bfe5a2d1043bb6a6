/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "disc/ccd_file.h"
#include "disc/cd_file.h"
#include "disc/cd_image_text.h"
#include "disc/cd_place.h"
#include "disc/cue_file.h"
#include "disc/rw_pack.h"
#include "disc/subchannel.h"
#include "disc/toc_file.h"

struct cd_image {
	struct cd_sheet *sheet;
	struct cd_file **files;
	struct cd_file *subchannels;
	struct cd_place *places;
	struct cd_layout layout;
	uint8_t *packs;
	size_t n_packs;
};

typedef int (*parse_function)(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err);

static const struct {
	const char *ending;
	parse_function parse;
} formats[] = {
	{ ".cue", cue_file_parse },
	{ ".toc", toc_file_parse },
	{ ".ccd", ccd_file_parse },
};

static parse_function find_parser(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (length > 4 && strcasecmp(path + length - 4, formats[i].ending) == 0)
			return formats[i].parse;
	return NULL;
}

bool cd_image_is_name(const char *path)
{
	return find_parser(path) != NULL;
}

static int read_sheet(const char *path, struct cd_image *image, struct discern_error *err)
{
	parse_function parse = find_parser(path);
	AUTO_FREE char *text = NULL;
	size_t size;
	int ret;

	if (parse == NULL) {
		discern_error_set(err, -EINVAL, "%s: no description of a CD", path);
		discern_error_hint(err, "name a .cue, .toc or .ccd file");
		return -EINVAL;
	}
	ret = file_read_all(path, CD_SHEET_MAX_BYTES, &text, &size, err);
	if (ret < 0)
		return ret;
	ret = parse(text, size, &image->sheet, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", path);
	return ret;
}

/* They may be left out, but not cut short. */
static int open_subchannels(const char *path, struct cd_image *image, struct discern_error *err)
{
	uint64_t n_sectors = cd_file_size_bytes(image->files[0]) / SECTOR_RAW, there;
	int ret = cd_file_open(path, image->sheet->subchannel_file, false, &image->subchannels, err);

	if (ret == -ENOENT) {
		discern_error_clear(err);
		return 0;
	}
	if (ret < 0)
		return ret;
	there = cd_file_size_bytes(image->subchannels);
	if (there < n_sectors * SUBCHANNEL_BYTES)
		return discern_error_set(err, -EINVAL, "%s is too short: wanted %llu bytes, and it has %llu",
					 cd_file_path(image->subchannels),
					 (unsigned long long)n_sectors * SUBCHANNEL_BYTES, (unsigned long long)there);
	return 0;
}

/* Opens what the sheet names and lays it out. */
static int open_files(const char *path, struct cd_image *image, struct discern_error *err)
{
	const struct cd_sheet *sheet = image->sheet;
	AUTO_FREE uint64_t *sizes = calloc(sheet->n_files + 1, sizeof(*sizes));
	int ret = 0;

	image->files = calloc(sheet->n_files + 1, sizeof(struct cd_file *));
	if (sizes == NULL || image->files == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < sheet->n_files && ret == 0; i++) {
		ret = cd_file_open(path, sheet->files[i].name, sheet->files[i].is_sound, &image->files[i], err);
		if (ret == 0)
			sizes[i] = cd_file_size_bytes(image->files[i]);
	}
	if (ret == 0 && find_parser(path) == ccd_file_parse)
		ccd_file_fit(image->sheet, sizes[0]);
	if (ret == 0)
		ret = cd_place_all(sheet, sizes, &image->layout, &image->places, err);
	if (ret == 0)
		ret = cd_image_find_text(path, sheet, &image->packs, &image->n_packs, err);
	if (ret == 0 && sheet->subchannel_file != NULL)
		ret = open_subchannels(path, image, err);
	return ret < 0 && path[0] != '\0' ? discern_error_wrap(err, "%s", path) : ret;
}

static int give(struct cd_image *image, int ret, struct cd_image **ret_image)
{
	if (ret < 0)
		cd_image_close(image);
	else
		*ret_image = image;
	return ret;
}

int cd_image_open(const char *path, struct cd_image **ret_image, struct discern_error *err)
{
	struct cd_image *image = calloc(1, sizeof(*image));
	int ret;

	if (image == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = read_sheet(path, image, err);
	if (ret == 0)
		ret = open_files(path, image, err);
	return give(image, ret, ret_image);
}

bool cd_image_is_raw(int fd)
{
	static const uint8_t sync[] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	uint8_t first[sizeof(sync)];

	return file_read_at(fd, first, sizeof(first), 0) == (ssize_t)sizeof(first) &&
	       memcmp(first, sync, sizeof(sync)) == 0;
}

/* A sheet of one track that is all of the file, which its first sector tells of. */
static int make_raw_sheet(const char *path, struct cd_image *image, struct discern_error *err)
{
	const char *slash = strrchr(path, '/');
	struct cd_sheet_track track = {
		.mode = CD_MODE_2_XA, .storage = CD_STORED_RAW, .control = CD_CONTROL_DATA, .line = 1
	};
	struct cd_sheet_piece piece = { .storage = CD_STORED_RAW, .size_bytes = CD_SHEET_REST, .line = 1 };
	struct cd_sheet_file file = { .name = strdup(slash != NULL ? slash + 1 : path) };
	uint8_t sector[SECTOR_RAW] = { 0 };
	struct cd_file *first = NULL;
	int ret = -ENOMEM;

	image->sheet = cd_sheet_new();
	if (image->sheet != NULL && file.name != NULL)
		ret = cd_sheet_add_file(image->sheet, &file, &piece.file);
	if (ret == 0)
		ret = cd_file_open(path, file.name, false, &first, err);
	if (ret == 0 && cd_file_size_bytes(first) >= SECTOR_RAW)
		ret = cd_file_read(first, 0, sector, SECTOR_RAW);
	cd_file_close(first);
	free(file.name);
	if (sector_find_form(sector) == SECTOR_MODE_1 || sector_find_form(sector) == SECTOR_MODE_0)
		track.mode = CD_MODE_1;
	else if (sector_find_form(sector) == SECTOR_MODE_2)
		track.mode = CD_MODE_2;
	if (ret == 0)
		ret = cd_sheet_add_track(image->sheet, &track, err);
	if (ret == 0)
		ret = cd_sheet_add_piece(image->sheet, &piece);
	if (ret == 0 && track.mode == CD_MODE_2_XA)
		image->sheet->sessions[0].type = CD_TYPE_XA;
	return ret;
}

int cd_image_open_raw(const char *path, struct cd_image **ret_image, struct discern_error *err)
{
	struct cd_image *image = calloc(1, sizeof(*image));
	int ret = image != NULL ? make_raw_sheet(path, image, err) : -ENOMEM;

	if (ret == -ENOMEM || ret == -EIO)
		discern_error_set(err, ret, "%s: %s", path, strerror(-ret));
	if (ret == 0)
		ret = open_files(path, image, err);
	return give(image, ret, ret_image);
}

int cd_image_open_sheet(struct cd_sheet *sheet, const char *path, struct cd_image **ret_image,
			struct discern_error *err)
{
	struct cd_image *image = calloc(1, sizeof(*image));
	int ret;

	if (image == NULL) {
		cd_sheet_free(sheet);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	image->sheet = sheet;
	ret = open_files(path, image, err);
	return give(image, ret, ret_image);
}

struct cd_image *cd_image_close(struct cd_image *image)
{
	if (image == NULL)
		return NULL;
	for (size_t i = 0; image->files != NULL && image->sheet != NULL && i < image->sheet->n_files; i++)
		cd_file_close(image->files[i]);
	free(image->files);
	cd_file_close(image->subchannels);
	free(image->places);
	free(image->packs);
	cd_sheet_free(image->sheet);
	free(image);
	return NULL;
}

int cd_image_lock(struct cd_image *image, struct discern_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < image->sheet->n_files && ret == 0; i++)
		ret = cd_file_lock(image->files[i], err);
	if (ret == 0 && image->subchannels != NULL)
		ret = cd_file_lock(image->subchannels, err);
	return ret;
}

const char *cd_image_changed_file(const struct cd_image *image)
{
	for (size_t i = 0; i < image->sheet->n_files; i++)
		if (cd_file_has_changed(image->files[i]))
			return cd_file_path(image->files[i]);
	return cd_file_has_changed(image->subchannels) ? cd_file_path(image->subchannels) : NULL;
}

const struct cd_layout *cd_image_layout(const struct cd_image *image)
{
	return &image->layout;
}

const uint8_t *cd_image_text(const struct cd_image *image, size_t *ret_n_packs)
{
	*ret_n_packs = image->n_packs;
	return image->packs;
}

/* The first piece that ends behind this place; they are in order. */
static size_t find_place(const struct cd_image *image, uint64_t at)
{
	size_t first = 0, last = image->sheet->n_pieces;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (image->places[middle].end <= at)
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

static void swap_bytes(uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2) {
		uint8_t high = data[i];

		data[i] = data[i + 1];
		data[i + 1] = high;
	}
}

/* Samples of one piece, as many as it has of this sector. */
static int read_samples(struct cd_image *image, const struct cd_place *place, uint64_t at, uint8_t *ret_sector)
{
	const struct cd_sheet_piece *piece = place->piece;
	uint64_t begin = place->at > at ? place->at : at;
	uint64_t end = place->end < at + SECTOR_RAW ? place->end : at + SECTOR_RAW;
	uint8_t *buffer = ret_sector + (begin - at);
	int ret;

	if (piece->file == CD_SHEET_NO_FILE)
		return 0;
	ret = cd_file_read(image->files[piece->file], piece->offset_bytes + (begin - place->at), buffer,
			   (size_t)(end - begin));
	if (ret == 0 && piece->is_swapped)
		swap_bytes(buffer, (size_t)(end - begin));
	return ret;
}

/* Subheader of sectors that come without (CD-ROM XA II.4.6): data in Form 1 or 2. */
static void put_subheader(uint8_t *sector, uint8_t submode)
{
	sector[SECTOR_SUBHEADER_AT + 2] = sector[SECTOR_SUBHEADER_AT + 6] = submode;
}

enum { SUBMODE_DATA = 0x08, SUBMODE_FORM_2 = 0x20 };

/* 2336 bytes are there, whose subheader tells the form. What its writer put in for EDC and ECC stays, damage included,
 * but for zeros: those are of programs that leave it to the drive. */
static void seal_mix(uint8_t sector[SECTOR_RAW], int32_t lba)
{
	uint8_t whole[SECTOR_RAW];
	const uint8_t *subheader = sector + SECTOR_SUBHEADER_AT;
	enum sector_form form = SECTOR_MODE_2_FORM_1;
	size_t kept_from = SECTOR_XA_USER_AT + SECTOR_USER;

	if (memcmp(subheader, subheader + 4, 4) != 0)
		form = SECTOR_MODE_2;
	else if (subheader[2] & SUBMODE_FORM_2)
		form = SECTOR_MODE_2_FORM_2;
	if (form == SECTOR_MODE_2_FORM_2)
		kept_from = SECTOR_XA_USER_AT + SECTOR_FORM_2_USER;
	memcpy(whole, sector, SECTOR_RAW);
	sector_seal(sector, lba, form);
	for (size_t i = kept_from; i < SECTOR_RAW; i++) {
		if (whole[i] != 0 || form == SECTOR_MODE_2_FORM_2) {
			memcpy(sector + kept_from, whole + kept_from, SECTOR_RAW - kept_from);
			return;
		}
	}
}

/* Puts sync, header, EDC and ECC around what a file holds of a sector; size is that of what is there. */
static void seal(uint8_t sector[SECTOR_RAW], int32_t lba, enum cd_storage storage)
{
	switch (storage) {
	case CD_STORED_AUDIO:
	case CD_STORED_RAW:
		break;
	case CD_STORED_MODE_0:
		memset(sector, 0, SECTOR_RAW);
		sector_seal(sector, lba, SECTOR_MODE_0);
		break;
	case CD_STORED_MODE_1:
		sector_seal(sector, lba, SECTOR_MODE_1);
		break;
	case CD_STORED_MODE_2:
		sector_seal(sector, lba, SECTOR_MODE_2);
		break;
	case CD_STORED_FORM_1:
		put_subheader(sector, SUBMODE_DATA);
		sector_seal(sector, lba, SECTOR_MODE_2_FORM_1);
		break;
	case CD_STORED_FORM_2:
		put_subheader(sector, SUBMODE_FORM_2);
		sector_seal(sector, lba, SECTOR_MODE_2_FORM_2);
		break;
	case CD_STORED_FORM_MIX:
		seal_mix(sector, lba);
		break;
	}
}

static size_t stored_at(enum cd_storage storage)
{
	if (storage == CD_STORED_AUDIO || storage == CD_STORED_RAW)
		return 0;
	return storage == CD_STORED_FORM_1 || storage == CD_STORED_FORM_2 ? SECTOR_XA_USER_AT : SECTOR_USER_AT;
}

/* R to W that lie behind the sector with this number in a piece. Zeros before its begin. */
static int read_rw(struct cd_image *image, const struct cd_place *place, int64_t number,
		   uint8_t ret_rw[SUBCHANNEL_BYTES])
{
	const struct cd_sheet_piece *piece = place->piece;
	const size_t block = cd_stored_bytes(piece->storage, piece->subchannel);

	memset(ret_rw, 0, SUBCHANNEL_BYTES);
	if (number < 0)
		return 0;
	return cd_file_read(image->files[piece->file],
			    piece->offset_bytes + (uint64_t)number * block + cd_storage_bytes(piece->storage), ret_rw,
			    SUBCHANNEL_BYTES);
}

/* P and Q are the recorder's; R to W are added to them. */
static int add_rw(struct cd_image *image, const struct cd_place *place, int64_t number, uint8_t *subchannel)
{
	uint8_t window[RW_WINDOW_SECTORS * SUBCHANNEL_BYTES], rw[SUBCHANNEL_BYTES];
	int ret = 0;

	if (place->piece->subchannel == CD_SUBCHANNEL_RW_RAW) {
		ret = read_rw(image, place, number, rw);
	} else {
		for (int i = 0; i < RW_WINDOW_SECTORS && ret == 0; i++)
			ret = read_rw(image, place, number - (RW_WINDOW_SECTORS - 1) + i,
				      window + i * SUBCHANNEL_BYTES);
		for (size_t i = 0; ret == 0 && i < sizeof(window); i += RW_PACK_SYMBOLS)
			rw_pack_add_parity(window + i);
		if (ret == 0)
			rw_pack_interleave(rw, window);
	}
	for (size_t i = 0; ret == 0 && i < SUBCHANNEL_BYTES; i++)
		subchannel[i] |= rw[i] & 0x3f;
	return ret;
}

/* A sector of its own in the file, with sub-channels behind it or not. */
static int read_block(struct cd_image *image, const struct cd_place *place, int32_t lba, uint8_t *ret_sector,
		      uint8_t *ret_subchannel)
{
	const struct cd_sheet_piece *piece = place->piece;
	const size_t bytes = cd_storage_bytes(piece->storage);
	uint64_t number = (uint64_t)lba - place->at / SECTOR_RAW;
	uint64_t begin = number * cd_stored_bytes(piece->storage, piece->subchannel);
	uint64_t there = place->size_bytes - begin < bytes ? place->size_bytes - begin : bytes;
	int ret = 0;

	if (piece->file != CD_SHEET_NO_FILE) {
		ret = cd_file_read(image->files[piece->file], piece->offset_bytes + begin,
				   ret_sector + stored_at(piece->storage), (size_t)there);
		if (ret == 0 && ret_subchannel != NULL && piece->subchannel != CD_NO_SUBCHANNEL)
			ret = add_rw(image, place, (int64_t)number, ret_subchannel);
	}
	if (ret < 0)
		return ret;
	if (piece->is_swapped && piece->storage == CD_STORED_AUDIO)
		swap_bytes(ret_sector, SECTOR_RAW);
	seal(ret_sector, lba, piece->storage);
	return 0;
}

/* Where a track has nothing in any file. */
static void make_empty(uint8_t *ret_sector, int32_t lba, enum cd_track_mode mode)
{
	static const enum cd_storage storages[] = {
		[CD_AUDIO] = CD_STORED_AUDIO,      [CD_MODE_1] = CD_STORED_MODE_1,     [CD_MODE_2] = CD_STORED_MODE_2,
		[CD_MODE_2_XA] = CD_STORED_FORM_2, [CD_MODE_2_CDI] = CD_STORED_FORM_2,
	};

	seal(ret_sector, lba, storages[mode]);
}

/* All eight channels, one behind the other, from the file that lies beside the first one. */
static int read_subchannels(struct cd_image *image, const struct cd_place *place, int32_t lba, uint8_t *ret_subchannel)
{
	uint64_t number = place->piece->offset_bytes / SECTOR_RAW + (uint64_t)lba - place->at / SECTOR_RAW;
	uint8_t channels[SUBCHANNEL_BYTES];
	int ret;

	if (place->piece->file != 0)
		return 0;
	ret = cd_file_read(image->subchannels, number * SUBCHANNEL_BYTES, channels, sizeof(channels));
	if (ret == 0)
		subchannel_interleave(ret_subchannel, channels);
	return ret;
}

static bool is_audio(const struct cd_place *place)
{
	return place->piece->storage == CD_STORED_AUDIO && place->piece->subchannel == CD_NO_SUBCHANNEL;
}

int cd_image_read(struct cd_image *image, int32_t lba, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel)
{
	const struct cd_track *track = cd_layout_track_at(&image->layout, lba);
	uint64_t at = lba < 0 ? 0 : (uint64_t)lba * SECTOR_RAW;
	size_t number = find_place(image, at);
	const struct cd_place *place = &image->places[number];
	int ret = 0;

	if (track == NULL)
		return -ENXIO;
	memset(ret_sector, 0, SECTOR_RAW);
	if (ret_subchannel != NULL)
		subchannel_make(ret_subchannel, &image->layout, lba);
	if (lba < 0 || number == image->sheet->n_pieces || place->at >= at + SECTOR_RAW) {
		make_empty(ret_sector, lba, track->mode);
		return 0;
	}
	if (!is_audio(place))
		ret = read_block(image, place, lba, ret_sector, ret_subchannel);
	for (; number < image->sheet->n_pieces && ret == 0; number++) {
		if (image->places[number].at >= at + SECTOR_RAW || !is_audio(&image->places[number]))
			break;
		ret = read_samples(image, &image->places[number], at, ret_sector);
	}
	if (ret == 0 && ret_subchannel != NULL && image->subchannels != NULL)
		ret = read_subchannels(image, place, lba, ret_subchannel);
	return ret;
}
