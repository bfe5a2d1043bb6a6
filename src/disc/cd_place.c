/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/msf.h"
#include "disc/sector.h"

/* One past the last LBA that a CD can have: 99:59:74. */
#define LBA_END (MSF_END - MSF_LBA_0)

struct placing {
	const struct cd_sheet *sheet;
	const uint64_t *file_bytes;
	struct cd_place *places;
	struct cd_layout *layout;
	/* Where the next piece begins. */
	uint64_t at;
	struct discern_error *err;
};

static uint64_t round_up(uint64_t number, uint64_t unit)
{
	return (number + unit - 1) / unit * unit;
}

static int32_t to_lba(uint64_t at)
{
	return (int32_t)(round_up(at, SECTOR_RAW) / SECTOR_RAW);
}

static int refuse(const struct placing *placing, unsigned line, const char *what)
{
	return discern_error_set(placing->err, -EINVAL, "line %u: %s", line, what);
}

static int too_long(const struct placing *placing)
{
	discern_error_set(placing->err, -EFBIG, "longer than any CD (99:59:74)");
	return -EFBIG;
}

/* Only what a drive would have filled up by itself may be cut short: samples, and the user data of a last sector. */
static bool may_be_partial(enum cd_storage storage)
{
	return storage == CD_STORED_AUDIO || storage == CD_STORED_MODE_1 || storage == CD_STORED_FORM_1;
}

/* How many bytes of its file a piece has. */
static int measure(const struct placing *placing, const struct cd_sheet_piece *piece, uint64_t *ret_size)
{
	const size_t block = cd_stored_bytes(piece->storage, piece->subchannel);
	const struct cd_sheet_file *file;
	uint64_t there, wanted;

	*ret_size = piece->size_bytes;
	if (piece->file == CD_SHEET_NO_FILE)
		return 0;
	file = &placing->sheet->files[piece->file];
	there = placing->file_bytes[piece->file];
	wanted = piece->offset_bytes + (piece->size_bytes == CD_SHEET_REST ? 1 : piece->size_bytes);
	if (wanted < piece->offset_bytes)
		return refuse(placing, piece->line, "a number is too large");
	if (wanted > there) {
		discern_error_set(placing->err, -EINVAL,
				  "%s is too short: line %u wants %s%" PRIu64 " bytes, and it has %" PRIu64, file->name,
				  piece->line, piece->size_bytes == CD_SHEET_REST ? "at least " : "", wanted, there);
		discern_error_hint(placing->err, "was it copied to its end?");
		return -EINVAL;
	}
	if (piece->size_bytes == CD_SHEET_REST)
		*ret_size = there - piece->offset_bytes;
	/* Audio is cut to whole samples, and filled up with silence. */
	if (piece->storage == CD_STORED_AUDIO && piece->subchannel == CD_NO_SUBCHANNEL)
		*ret_size -= *ret_size % 4;
	if (*ret_size % block != 0 && (!may_be_partial(piece->storage) || piece->subchannel != CD_NO_SUBCHANNEL))
		return discern_error_set(placing->err, -EINVAL,
					 "%s: line %u: %" PRIu64 " bytes are no whole number of sectors of %zu bytes",
					 file->name, piece->line, *ret_size, block);
	if (piece->storage == CD_STORED_AUDIO && file->is_sound && piece->offset_bytes % 4 != 0)
		return refuse(placing, piece->line, "a place in a file of sound is within a sample");
	return 0;
}

static int place_piece(struct placing *placing, size_t number)
{
	const struct cd_sheet_piece *piece = &placing->sheet->pieces[number];
	const size_t block = cd_stored_bytes(piece->storage, piece->subchannel);
	struct cd_place *place = &placing->places[number];
	uint64_t size, sectors_size;
	int ret = measure(placing, piece, &size);

	if (ret < 0)
		return ret;
	if (size / cd_storage_bytes(CD_STORED_MODE_1) > LBA_END)
		return too_long(placing);
	sectors_size = piece->storage == CD_STORED_AUDIO && piece->subchannel == CD_NO_SUBCHANNEL
			       ? size
			       : round_up(size, block) / block * SECTOR_RAW;
	if (sectors_size != size || piece->storage != CD_STORED_AUDIO)
		placing->at = round_up(placing->at, SECTOR_RAW);
	*place = (struct cd_place){ .at = placing->at, .size_bytes = size, .piece = piece };
	place->end = place->at + sectors_size;
	placing->at = piece->is_padded ? round_up(place->end, SECTOR_RAW) : place->end;
	return placing->at > (uint64_t)LBA_END * SECTOR_RAW ? too_long(placing) : 0;
}

static int place_mark(struct placing *placing, const struct cd_sheet_track *from, const struct cd_sheet_mark *mark,
		      struct cd_track *track)
{
	uint64_t at = mark->piece < from->n_pieces ? placing->places[from->first_piece + mark->piece].at : placing->at;
	int64_t lba = (mark->is_from_start ? track->start_lba : to_lba(at)) + (int64_t)mark->n_sectors;

	if (lba >= track->end_lba)
		return refuse(placing, mark->line, "an index lies behind the end of its track");
	if (mark->index == 1) {
		track->start_lba = (int32_t)lba;
		return 0;
	}
	if (mark->index != track->n_indexes + 2)
		return refuse(placing, mark->line, "an index is out of order");
	if (lba <= (track->n_indexes == 0 ? track->start_lba : track->indexes[track->n_indexes - 1]))
		return refuse(placing, mark->line, "an index lies where the one before it begins");
	track->indexes[track->n_indexes++] = (int32_t)lba;
	return 0;
}

static int place_track(struct placing *placing, unsigned number)
{
	const struct cd_sheet_track *from = &placing->sheet->tracks[number - 1];
	struct cd_track *track = &placing->layout->tracks[number - 1];
	int ret = 0;

	*track = (struct cd_track){
		.number = number,
		.session = from->session,
		.mode = from->mode,
		.control = from->control,
		.pregap_lba = to_lba(placing->at),
		.start_lba = to_lba(placing->at),
	};
	memcpy(track->isrc, from->isrc, sizeof(track->isrc));
	for (size_t i = 0; i < from->n_pieces && ret == 0; i++)
		ret = place_piece(placing, from->first_piece + i);
	if (ret < 0)
		return ret;
	placing->at = round_up(placing->at, SECTOR_RAW);
	track->end_lba = to_lba(placing->at);
	if (track->end_lba == track->start_lba)
		return refuse(placing, from->line, "a track of no sectors");
	for (size_t i = 0; i < from->n_marks && ret == 0; i++)
		ret = place_mark(placing, from, &placing->sheet->marks[from->first_mark + i], track);
	/* The pause that every disc begins with lies in no file. */
	if (number == 1)
		track->pregap_lba = -CD_PREGAP;
	return ret;
}

static void begin_session(struct placing *placing, const struct cd_sheet_track *from, unsigned number)
{
	struct cd_session *session = &placing->layout->sessions[from->session - 1];

	placing->layout->n_sessions = from->session;
	session->first_track = number;
	session->type = placing->sheet->sessions[from->session - 1].type;
	if (from->session > 1)
		placing->at += (uint64_t)placing->sheet->sessions[from->session - 1].n_gap * SECTOR_RAW;
}

static int place_tracks(struct placing *placing)
{
	struct cd_layout *layout = placing->layout;
	int ret = 0;

	for (unsigned i = 1; i <= placing->sheet->n_tracks && ret == 0; i++) {
		const struct cd_sheet_track *from = &placing->sheet->tracks[i - 1];

		if (from->session > layout->n_sessions)
			begin_session(placing, from, i);
		ret = place_track(placing, i);
		layout->n_tracks = i;
		layout->sessions[from->session - 1].last_track = i;
		layout->sessions[from->session - 1].lead_out_lba = to_lba(placing->at);
	}
	if (ret == 0 && !cd_layout_is_sound(layout))
		ret = discern_error_set(placing->err, -EINVAL, "no CD can have tracks like these");
	return ret;
}

int cd_place_all(const struct cd_sheet *sheet, const uint64_t *file_bytes, struct cd_layout *ret_layout,
		 struct cd_place **ret_places, struct discern_error *err)
{
	struct placing placing = { .sheet = sheet, .file_bytes = file_bytes, .layout = ret_layout, .err = err };
	int ret;

	memset(ret_layout, 0, sizeof(*ret_layout));
	memcpy(ret_layout->mcn, sheet->mcn, sizeof(ret_layout->mcn));
	placing.places = calloc(sheet->n_pieces + 1, sizeof(*placing.places));
	if (placing.places == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = place_tracks(&placing);
	if (ret < 0) {
		free(placing.places);
		return ret;
	}
	*ret_places = placing.places;
	return 0;
}
