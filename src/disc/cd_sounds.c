/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_sounds.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/flac_tags.h"

/* EBU Tech 3264 appendix 3. */
enum { ENGLISH = 0x09 };

static int add_track(struct cd_sheet *sheet, const struct discern_cd_sounds *sounds, size_t i,
		     const struct flac_tags *tags, struct discern_error *err)
{
	const unsigned line = (unsigned)i + 1;
	struct cd_sheet_track track = { .mode = CD_AUDIO, .storage = CD_STORED_AUDIO, .line = line };
	AUTO_FREE char *name = strdup(sounds->paths[i]);
	const struct cd_sheet_file file = { .name = name, .is_sound = true, .line = line };
	struct cd_sheet_piece piece = {
		.storage = CD_STORED_AUDIO, .size_bytes = CD_SHEET_REST, .is_padded = true, .line = line
	};
	struct cd_sheet_mark mark = { .index = 1, .line = line };
	bool has_gap = i > 0 && sounds->n_gap_sectors > 0;
	int ret;

	if (tags->has_pre_emphasis)
		track.control |= CD_CONTROL_PRE_EMPHASIS;
	memcpy(track.isrc, tags->isrc, sizeof(track.isrc));
	if (name == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_sheet_add_track(sheet, &track, err);
	if (ret < 0)
		return ret;
	if (has_gap)
		ret = cd_sheet_add_gap(sheet, sounds->n_gap_sectors, line);
	if (ret == 0)
		ret = cd_sheet_add_file(sheet, &file, &piece.file);
	if (ret == 0)
		ret = cd_sheet_add_piece(sheet, &piece);
	mark.piece = has_gap ? 1 : 0;
	if (ret == 0)
		ret = cd_sheet_add_mark(sheet, &mark);
	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

/* An artist that all files share is the disc's as well. */
static int add_texts(struct cd_sheet *sheet, unsigned number, const struct flac_tags *tags)
{
	struct cd_text_block *block = &sheet->text.blocks[0];
	int ret = 0;

	if (tags->title[0] == '\0' && tags->artist[0] == '\0' && tags->album[0] == '\0')
		return 0;
	sheet->text.n_blocks = 1;
	block->language = ENGLISH;
	if (tags->title[0] != '\0')
		ret = cd_text_set(block, CD_TEXT_TITLE, number, tags->title);
	if (ret == 0 && tags->artist[0] != '\0')
		ret = cd_text_set(block, CD_TEXT_PERFORMER, number, tags->artist);
	if (number > 1 || ret < 0)
		return ret;
	if (tags->album[0] != '\0')
		ret = cd_text_set(block, CD_TEXT_TITLE, 0, tags->album);
	if (ret == 0 && (tags->album_artist[0] != '\0' || tags->artist[0] != '\0'))
		ret = cd_text_set(block, CD_TEXT_PERFORMER, 0,
				  tags->album_artist[0] != '\0' ? tags->album_artist : tags->artist);
	return ret;
}

static int add_file(struct cd_sheet *sheet, const struct discern_cd_sounds *sounds, size_t i, struct discern_error *err)
{
	const char *path = sounds->paths[i];
	struct flac_tags tags;
	int ret;

	if (access(path, R_OK) < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	flac_tags_read(path, &tags);
	ret = add_track(sheet, sounds, i, &tags, err);
	if (ret < 0)
		return ret;
	if (i == 0)
		memcpy(sheet->mcn, tags.mcn, sizeof(sheet->mcn));
	ret = add_texts(sheet, (unsigned)i + 1, &tags);
	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

int cd_sounds_make_sheet(const struct discern_cd_sounds *sounds, struct cd_sheet **ret_sheet, struct discern_error *err)
{
	struct cd_sheet *sheet;
	int ret = 0;

	if (sounds->n_files < 1 || sounds->n_files > CD_MAX_TRACKS)
		return discern_error_set(err, -EINVAL, "a CD has 1 to %d tracks, not %zu", CD_MAX_TRACKS,
					 sounds->n_files);
	sheet = cd_sheet_new();
	if (sheet == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < sounds->n_files && ret == 0; i++)
		ret = add_file(sheet, sounds, i, err);
	if (ret < 0) {
		cd_sheet_free(sheet);
		return ret;
	}
	*ret_sheet = sheet;
	return 0;
}
