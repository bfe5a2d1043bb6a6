/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/toc_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/sector.h"
#include "disc/sheet_words.h"

/* Bytes of a sample of both channels, and samples of a sector. */
enum { SAMPLE_BYTES = 4, SECTOR_SAMPLES = SECTOR_RAW / SAMPLE_BYTES };

struct toc {
	struct toc_lexer lexer;
	struct cd_sheet *sheet;
	struct toc_languages languages;
	/* Of the track: whether its start is said, and END; 0 for none. */
	bool has_start;
	struct cd_sheet_mark end;
};

struct statement {
	const char *word;
	int (*run)(struct toc *toc);
};

struct mode_name {
	const char *name;
	enum cd_track_mode mode;
	enum cd_storage storage;
};

static const struct mode_name modes[] = {
	{ "AUDIO", CD_AUDIO, CD_STORED_AUDIO },
	{ "MODE0", CD_MODE_1, CD_STORED_MODE_0 },
	{ "MODE1", CD_MODE_1, CD_STORED_MODE_1 },
	{ "MODE1_RAW", CD_MODE_1, CD_STORED_RAW },
	{ "MODE2", CD_MODE_2, CD_STORED_MODE_2 },
	{ "MODE2_FORM1", CD_MODE_2_XA, CD_STORED_FORM_1 },
	{ "MODE2_FORM2", CD_MODE_2_XA, CD_STORED_FORM_2 },
	{ "MODE2_FORM_MIX", CD_MODE_2_XA, CD_STORED_FORM_MIX },
	{ "MODE2_RAW", CD_MODE_2_XA, CD_STORED_RAW },
};

static int checked(const struct toc *toc, int ret)
{
	return ret == -ENOMEM ? discern_error_set(toc->lexer.err, ret, "out of memory") : ret;
}

static const struct mode_name *find_mode(const struct toc *toc)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (toc_lexer_is(&toc->lexer, modes[i].name))
			return &modes[i];
	return NULL;
}

static int take_subchannel(struct toc *toc, enum cd_stored_subchannel *ret_subchannel)
{
	if (toc_lexer_is(&toc->lexer, "RW"))
		*ret_subchannel = CD_SUBCHANNEL_RW;
	else if (toc_lexer_is(&toc->lexer, "RW_RAW"))
		*ret_subchannel = CD_SUBCHANNEL_RW_RAW;
	else
		return 0;
	return toc_lexer_next(&toc->lexer);
}

static struct cd_sheet_track *last_track(struct toc *toc)
{
	return cd_sheet_last_track(toc->sheet);
}

static bool is_plain_audio(struct toc *toc)
{
	return last_track(toc)->mode == CD_AUDIO && last_track(toc)->subchannel == CD_NO_SUBCHANNEL;
}

static int run_catalog(struct toc *toc)
{
	AUTO_FREE char *mcn = NULL;
	int ret = toc_lexer_take_string(&toc->lexer, &mcn);

	if (ret < 0)
		return ret;
	if (!cd_mcn_is_sound(mcn))
		return toc_lexer_refuse(&toc->lexer, "a CATALOG number is 13 digits");
	memcpy(toc->sheet->mcn, mcn, CD_MCN_LENGTH + 1);
	return 0;
}

static int run_isrc(struct toc *toc)
{
	AUTO_FREE char *isrc = NULL;
	int ret = toc_lexer_take_string(&toc->lexer, &isrc);

	if (ret < 0)
		return ret;
	if (!sheet_isrc(isrc, last_track(toc)->isrc))
		return toc_lexer_refuse(&toc->lexer, "an ISRC is two letters, three letters or digits, seven digits");
	return 0;
}

static int set_control(struct toc *toc, uint8_t bit, bool is_on)
{
	struct cd_sheet_track *track = last_track(toc);

	if (is_on && bit != CD_CONTROL_COPY_PERMITTED && track->mode != CD_AUDIO)
		return toc_lexer_refuse(&toc->lexer, "only audio tracks have pre-emphasis or channels");
	track->control = (uint8_t)(is_on ? track->control | bit : track->control & ~bit);
	return 0;
}

static int run_copy(struct toc *toc)
{
	return set_control(toc, CD_CONTROL_COPY_PERMITTED, true);
}

static int run_pre_emphasis(struct toc *toc)
{
	return set_control(toc, CD_CONTROL_PRE_EMPHASIS, true);
}

static int run_no(struct toc *toc)
{
	uint8_t bit = toc_lexer_is(&toc->lexer, "COPY")           ? CD_CONTROL_COPY_PERMITTED
		      : toc_lexer_is(&toc->lexer, "PRE_EMPHASIS") ? CD_CONTROL_PRE_EMPHASIS
								  : 0;

	if (bit == 0)
		return toc_lexer_refuse(&toc->lexer, "NO is to be followed by COPY or PRE_EMPHASIS");
	set_control(toc, bit, false);
	return toc_lexer_next(&toc->lexer);
}

static int run_two_channels(struct toc *toc)
{
	return set_control(toc, CD_CONTROL_FOUR_CHANNEL, false);
}

static int run_four_channels(struct toc *toc)
{
	return set_control(toc, CD_CONTROL_FOUR_CHANNEL, true);
}

static int run_track_text(struct toc *toc)
{
	return toc_file_text(&toc->lexer, &toc->sheet->text, &toc->languages, toc->sheet->n_tracks);
}

/* SWAP and the offset in bytes, both of which may be missing. */
static int take_swap_and_offset(struct toc *toc, struct cd_sheet_piece *piece)
{
	int ret = 0;

	if (toc_lexer_is(&toc->lexer, "SWAP")) {
		piece->is_swapped = !piece->is_swapped;
		ret = toc_lexer_next(&toc->lexer);
	}
	if (ret == 0 && toc->lexer.kind == '#') {
		ret = toc_lexer_next(&toc->lexer);
		if (ret == 0)
			ret = toc_lexer_take_number(&toc->lexer, UINT32_MAX, &piece->offset_bytes);
	}
	return ret;
}

static int add_piece(struct toc *toc, struct cd_sheet_piece *piece, char *name, bool is_sound)
{
	struct cd_sheet_file file = { .name = name, .is_sound = is_sound, .line = piece->line };
	int ret = cd_sheet_add_file(toc->sheet, &file, &piece->file);

	return checked(toc, ret < 0 ? ret : cd_sheet_add_piece(toc->sheet, piece));
}

static bool has_ending(const char *name, const char *ending)
{
	size_t length = strlen(name), ending_length = strlen(ending);

	return length > ending_length && strcasecmp(name + length - ending_length, ending) == 0;
}

static int run_audio_file(struct toc *toc)
{
	struct cd_sheet_piece piece = { .storage = CD_STORED_AUDIO, .line = toc->lexer.line };
	AUTO_FREE char *name = NULL;
	uint64_t start = 0, length = 0;
	bool is_sound;
	int ret = toc_lexer_take_string(&toc->lexer, &name);

	if (ret < 0)
		return ret;
	if (!is_plain_audio(toc))
		return toc_lexer_refuse(&toc->lexer, "FILE is for audio tracks without sub-channels; else DATAFILE");
	is_sound = has_ending(name, ".wav") || has_ending(name, ".flac") || has_ending(name, ".aiff") ||
		   has_ending(name, ".aif");
	/* Bare samples have the highest byte first. */
	piece.is_swapped = !is_sound;
	ret = take_swap_and_offset(toc, &piece);
	if (ret == 0)
		ret = toc_lexer_take_length(&toc->lexer, SECTOR_SAMPLES, &start);
	if (ret == 0 && toc->lexer.kind == TOC_NUMBER)
		ret = toc_lexer_take_length(&toc->lexer, SECTOR_SAMPLES, &length);
	if (ret < 0)
		return ret;
	piece.offset_bytes += start * SAMPLE_BYTES;
	piece.size_bytes = length == 0 ? CD_SHEET_REST : length * SAMPLE_BYTES;
	return add_piece(toc, &piece, name, is_sound);
}

static int run_data_file(struct toc *toc)
{
	const struct cd_sheet_track *track = last_track(toc);
	struct cd_sheet_piece piece = {
		.storage = track->storage,
		.subchannel = track->subchannel,
		.is_swapped = track->mode == CD_AUDIO,
		.is_padded = true,
		.line = toc->lexer.line,
	};
	AUTO_FREE char *name = NULL;
	uint64_t length = 0;
	int ret = toc_lexer_take_string(&toc->lexer, &name);

	if (ret == 0)
		ret = take_swap_and_offset(toc, &piece);
	if (ret == 0 && toc->lexer.kind == TOC_NUMBER)
		ret = toc_lexer_take_length(&toc->lexer, cd_stored_bytes(piece.storage, piece.subchannel), &length);
	if (ret < 0)
		return ret;
	piece.size_bytes = length == 0 ? CD_SHEET_REST : length;
	return add_piece(toc, &piece, name, false);
}

static int run_fifo(struct toc *toc)
{
	return discern_error_set(toc->lexer.err, -ENOTSUP, "line %u: a FIFO cannot be read twice, as a disc is",
				 toc->lexer.line);
}

static int run_silence(struct toc *toc)
{
	struct cd_sheet_piece piece = { .file = CD_SHEET_NO_FILE, .storage = CD_STORED_AUDIO, .line = toc->lexer.line };
	uint64_t length;
	int ret = toc_lexer_take_length(&toc->lexer, SECTOR_SAMPLES, &length);

	if (ret < 0)
		return ret;
	if (!is_plain_audio(toc))
		return toc_lexer_refuse(&toc->lexer, "SILENCE is for audio tracks without sub-channels; else ZERO");
	piece.size_bytes = length * SAMPLE_BYTES;
	return checked(toc, cd_sheet_add_piece(toc->sheet, &piece));
}

/* Empty sectors; those of the raw modes are made whole, as what a raw file holds is. */
static int run_zero(struct toc *toc)
{
	const struct cd_sheet_track *track = last_track(toc);
	const struct mode_name *mode = find_mode(toc);
	struct cd_sheet_piece piece = {
		.file = CD_SHEET_NO_FILE,
		.storage = mode != NULL ? mode->storage : track->storage,
		.is_padded = true,
		.line = toc->lexer.line,
	};
	enum cd_stored_subchannel subchannel = track->subchannel;
	size_t block;
	uint64_t length;
	int ret = mode != NULL ? toc_lexer_next(&toc->lexer) : 0;

	if (ret == 0)
		ret = take_subchannel(toc, &subchannel);
	block = cd_stored_bytes(piece.storage, subchannel);
	if (ret == 0)
		ret = toc_lexer_take_length(&toc->lexer, block, &length);
	if (ret < 0)
		return ret;
	if (piece.storage == CD_STORED_RAW || piece.storage == CD_STORED_FORM_MIX)
		piece.storage =
			(mode != NULL ? mode->mode : track->mode) == CD_MODE_1 ? CD_STORED_MODE_1 : CD_STORED_FORM_2;
	piece.size_bytes = (length + block - 1) / block * cd_storage_bytes(piece.storage);
	return checked(toc, cd_sheet_add_piece(toc->sheet, &piece));
}

/* A mark at a time within the track, or at the end of what there is of it. */
static int take_position(struct toc *toc, struct cd_sheet_mark *mark)
{
	uint64_t n_sectors;
	int ret;

	mark->line = toc->lexer.line;
	mark->piece = last_track(toc)->n_pieces;
	if (toc->lexer.kind != TOC_NUMBER)
		return 0;
	ret = toc_lexer_take_length(&toc->lexer, 1, &n_sectors);
	if (ret == 0 && n_sectors > CD_SHEET_MAX_SECTORS)
		return toc_lexer_refuse(&toc->lexer, "longer than any CD");
	mark->piece = 0;
	mark->n_sectors = (uint32_t)n_sectors;
	return ret;
}

static int run_start(struct toc *toc)
{
	struct cd_sheet_mark mark = { .index = 1 };
	int ret;

	if (toc->has_start)
		return toc_lexer_refuse(&toc->lexer, "the start of the track is said twice");
	toc->has_start = true;
	ret = take_position(toc, &mark);
	return ret < 0 ? ret : checked(toc, cd_sheet_add_mark(toc->sheet, &mark));
}

static int run_end(struct toc *toc)
{
	if (toc->end.index != 0)
		return toc_lexer_refuse(&toc->lexer, "the end of the track is said twice");
	toc->end.index = 1;
	return take_position(toc, &toc->end);
}

static int run_pregap(struct toc *toc)
{
	struct cd_sheet_mark mark = { .index = 1, .piece = 1, .line = toc->lexer.line };
	uint64_t n_sectors;
	int ret = toc_lexer_take_length(&toc->lexer, 1, &n_sectors);

	if (ret < 0)
		return ret;
	if (n_sectors == 0 || n_sectors > CD_SHEET_MAX_SECTORS)
		return toc_lexer_refuse(&toc->lexer, "a PREGAP is longer than nothing and shorter than a CD");
	if (toc->has_start || last_track(toc)->n_pieces > 0)
		return toc_lexer_refuse(&toc->lexer, "a PREGAP is to stand once, before all else that the track has");
	toc->has_start = true;
	ret = cd_sheet_add_gap(toc->sheet, (uint32_t)n_sectors, toc->lexer.line);
	return checked(toc, ret < 0 ? ret : cd_sheet_add_mark(toc->sheet, &mark));
}

static unsigned next_index(struct toc *toc)
{
	const struct cd_sheet_track *track = last_track(toc);

	return (unsigned)track->n_marks + (toc->has_start ? 1 : 2);
}

static int run_index(struct toc *toc)
{
	struct cd_sheet_mark mark = { .index = next_index(toc), .is_from_start = true };
	int ret;

	if (toc->lexer.kind != TOC_NUMBER)
		return toc_lexer_refuse(&toc->lexer, "INDEX needs a time");
	if (mark.index > CD_MAX_INDEXES)
		return toc_lexer_refuse(&toc->lexer, "more than 99 indexes");
	ret = take_position(toc, &mark);
	return ret < 0 ? ret : checked(toc, cd_sheet_add_mark(toc->sheet, &mark));
}

static const struct statement statements[] = {
	{ "ISRC", run_isrc },
	{ "NO", run_no },
	{ "COPY", run_copy },
	{ "PRE_EMPHASIS", run_pre_emphasis },
	{ "TWO_CHANNEL_AUDIO", run_two_channels },
	{ "FOUR_CHANNEL_AUDIO", run_four_channels },
	{ "CD_TEXT", run_track_text },
	{ "PREGAP", run_pregap },
	{ "FILE", run_audio_file },
	{ "AUDIOFILE", run_audio_file },
	{ "DATAFILE", run_data_file },
	{ "FIFO", run_fifo },
	{ "SILENCE", run_silence },
	{ "ZERO", run_zero },
	{ "START", run_start },
	{ "END", run_end },
	{ "INDEX", run_index },
};

static int run_statement(struct toc *toc)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (toc_lexer_is(&toc->lexer, statements[i].word)) {
			int ret = toc_lexer_next(&toc->lexer);

			return ret < 0 ? ret : statements[i].run(toc);
		}
	}
	return toc_lexer_refuse(&toc->lexer, "unknown word");
}

/* The post-gap has an index of its own. */
static int end_track(struct toc *toc)
{
	if (last_track(toc)->n_pieces == 0)
		return toc_lexer_refuse(&toc->lexer, "the track before has no data");
	if (toc->end.index == 0)
		return 0;
	toc->end.index = next_index(toc);
	return checked(toc, cd_sheet_add_mark(toc->sheet, &toc->end));
}

static int run_track(struct toc *toc)
{
	struct cd_sheet_track track = { .line = toc->lexer.line };
	const struct mode_name *mode = find_mode(toc);
	int ret;

	if (mode == NULL || mode->storage == CD_STORED_MODE_0)
		return toc_lexer_refuse(&toc->lexer, "unknown mode of a track");
	track.mode = mode->mode;
	track.storage = mode->storage;
	track.control = mode->mode == CD_AUDIO ? 0 : CD_CONTROL_DATA;
	ret = toc_lexer_next(&toc->lexer);
	if (ret == 0)
		ret = take_subchannel(toc, &track.subchannel);
	if (ret == 0)
		ret = cd_sheet_add_track(toc->sheet, &track, toc->lexer.err);
	toc->has_start = false;
	toc->end = (struct cd_sheet_mark){ .index = 0 };
	while (ret == 0 && toc->lexer.kind != TOC_END && !toc_lexer_is(&toc->lexer, "TRACK"))
		ret = run_statement(toc);
	return ret < 0 ? ret : end_track(toc);
}

static int run_header(struct toc *toc)
{
	static const struct {
		const char *name;
		enum cd_disc_type type;
	} types[] = {
		{ "CD_DA", CD_TYPE_CDDA_OR_DATA },
		{ "CD_ROM", CD_TYPE_CDDA_OR_DATA },
		{ "CD_ROM_XA", CD_TYPE_XA },
		{ "CD_I", CD_TYPE_CDI },
	};
	int ret;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (toc_lexer_is(&toc->lexer, types[i].name)) {
			toc->sheet->sessions[0].type = types[i].type;
			return toc_lexer_next(&toc->lexer);
		}
	}
	if (toc_lexer_is(&toc->lexer, "CATALOG")) {
		ret = toc_lexer_next(&toc->lexer);
		return ret < 0 ? ret : run_catalog(toc);
	}
	if (!toc_lexer_is(&toc->lexer, "CD_TEXT"))
		return toc_lexer_refuse(&toc->lexer, "a toc file begins with CD_DA, CD_ROM, CD_ROM_XA or CD_I, "
						     "CATALOG and CD_TEXT, and then has a TRACK");
	ret = toc_lexer_next(&toc->lexer);
	return ret < 0 ? ret : toc_file_text(&toc->lexer, &toc->sheet->text, &toc->languages, 0);
}

int toc_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err)
{
	struct toc toc = { .sheet = cd_sheet_new(), .lexer = { .err = err } };
	AUTO_FREE char *utf8 = NULL;
	int ret = checked(&toc, toc.sheet == NULL ? -ENOMEM : 0);

	if (ret == 0)
		ret = cd_sheet_to_utf8(text, size, &utf8, err);
	if (ret == 0)
		ret = toc_lexer_begin(&toc.lexer, utf8, err);
	while (ret == 0 && !toc_lexer_is(&toc.lexer, "TRACK"))
		ret = run_header(&toc);
	while (ret == 0 && toc.lexer.kind != TOC_END) {
		ret = toc_lexer_next(&toc.lexer);
		if (ret == 0)
			ret = run_track(&toc);
	}
	toc_lexer_end(&toc.lexer);
	if (ret < 0) {
		cd_sheet_free(toc.sheet);
		return ret;
	}
	*ret_sheet = toc.sheet;
	return 0;
}
