/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cue_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "disc/sheet_words.h"

/* REM LEAD-OUT, LEAD-IN and PREGAP between two sessions. */
struct session_gap {
	bool is_pending;
	bool has_lead_out, has_lead_in, has_pregap;
	uint32_t lead_out, lead_in, pregap;
};

struct cue {
	struct cd_sheet *sheet;
	struct discern_error *err;
	unsigned line;
	/* The file that FILE named, and what its last INDEX was. */
	bool has_file, has_index;
	size_t file;
	bool is_sound, is_swapped;
	uint32_t last_frame;
	uint64_t last_offset;
	/* The piece that lasts until the next INDEX of its file, and bytes of its sectors. */
	size_t open_piece;
	size_t block_bytes;
	/* Of the track: the index that must come next, and the PREGAP and POSTGAP that it has. */
	int next_index;
	bool has_postgap;
	struct session_gap gap;
};

struct command {
	const char *name;
	int (*run)(struct cue *cue, char *words);
};

static int refuse(struct cue *cue, const char *what)
{
	return discern_error_set(cue->err, -EINVAL, "line %u: %s", cue->line, what);
}

static int checked(struct cue *cue, int ret)
{
	return ret == -ENOMEM ? discern_error_set(cue->err, ret, "out of memory") : ret;
}

static int need_msf(struct cue *cue, char *words, uint32_t *ret_n_sectors)
{
	const char *word = sheet_next_word(&words);

	if (word == NULL || !cd_sheet_msf(word, ret_n_sectors))
		return refuse(cue, "a time is to be minutes:seconds:frames, at most 99:59:74");
	return 0;
}

static int run_file(struct cue *cue, char *words)
{
	static const char *const sounds[] = { "WAVE", "AIFF", "FLAC", "MP3" };
	char *name = words, *type = NULL;
	struct cd_sheet_file file = { .line = cue->line };

	if (*words == '"')
		name = sheet_next_word(&words);
	else
		words = sheet_last_word(words);
	if (name != NULL && words != NULL)
		type = sheet_next_word(&words);
	if (type == NULL || *name == '\0')
		return refuse(cue, "FILE needs a name and BINARY, MOTOROLA, WAVE, AIFF or FLAC");
	for (size_t i = 0; i < sizeof(sounds) / sizeof(sounds[0]); i++)
		if (strcasecmp(type, sounds[i]) == 0)
			file.is_sound = true;
	if (!file.is_sound && strcasecmp(type, "BINARY") != 0 && strcasecmp(type, "MOTOROLA") != 0)
		return refuse(cue, "a FILE is BINARY, MOTOROLA, WAVE, AIFF or FLAC");
	file.name = name;
	cue->is_sound = file.is_sound;
	cue->is_swapped = strcasecmp(type, "MOTOROLA") == 0;
	cue->has_file = true;
	cue->has_index = false;
	cue->last_frame = 0;
	cue->last_offset = 0;
	return checked(cue, cd_sheet_add_file(cue->sheet, &file, &cue->file));
}

struct mode_name {
	const char *name;
	enum cd_track_mode mode;
	enum cd_storage storage;
};

static const struct mode_name modes[] = {
	{ "AUDIO", CD_AUDIO, CD_STORED_AUDIO },           { "MODE1/2048", CD_MODE_1, CD_STORED_MODE_1 },
	{ "MODE1/2352", CD_MODE_1, CD_STORED_RAW },       { "MODE2/2048", CD_MODE_2_XA, CD_STORED_FORM_1 },
	{ "MODE2/2324", CD_MODE_2_XA, CD_STORED_FORM_2 }, { "MODE2/2336", CD_MODE_2_XA, CD_STORED_FORM_MIX },
	{ "MODE2/2352", CD_MODE_2_XA, CD_STORED_RAW },    { "CDI/2336", CD_MODE_2_CDI, CD_STORED_FORM_MIX },
	{ "CDI/2352", CD_MODE_2_CDI, CD_STORED_RAW },
};

/* What the last track must have when it is over. */
static int end_track(struct cue *cue)
{
	if (cue->sheet->n_tracks > 0 && cue->next_index < 2)
		return discern_error_set(cue->err, -EINVAL, "line %u: the track has no INDEX 01",
					 cd_sheet_last_track(cue->sheet)->line);
	return 0;
}

static enum cd_disc_type type_of(enum cd_track_mode mode)
{
	return mode == CD_MODE_2_XA ? CD_TYPE_XA : mode == CD_MODE_2_CDI ? CD_TYPE_CDI : CD_TYPE_CDDA_OR_DATA;
}

/* The first track of another session: what lies between them, if the next INDEX does not tell it otherwise. */
static void begin_session(struct cue *cue)
{
	struct session_gap *gap = &cue->gap;
	uint32_t usual = cue->sheet->n_sessions == 1 ? CD_FIRST_LEAD_OUT : CD_OTHER_LEAD_OUT;

	cue->sheet->n_sessions++;
	cue->sheet->sessions[cue->sheet->n_sessions - 1].n_gap =
		(gap->has_lead_out ? gap->lead_out : usual) + (gap->has_lead_in ? gap->lead_in : CD_LEAD_IN);
}

static int run_track(struct cue *cue, char *words)
{
	const char *number_word = sheet_next_word(&words), *mode = sheet_next_word(&words);
	struct cd_sheet_track track = { .line = cue->line };
	struct cd_sheet_session *session;
	int64_t number;
	size_t i = 0;
	int ret = end_track(cue);

	if (ret < 0)
		return ret;
	if (number_word == NULL || mode == NULL || !text_to_number(number_word, 1, CD_MAX_TRACKS, &number))
		return refuse(cue, "TRACK needs a number from 01 to 99 and a mode");
	if (number != cue->sheet->n_tracks + 1)
		return refuse(cue, "tracks are to be numbered from 01 on, one after the other");
	if (strncasecmp(mode, "CDG", 3) == 0)
		return discern_error_set(cue->err, -ENOTSUP, "line %u: CD+G tracks (CDG) are not read", cue->line);
	while (i < sizeof(modes) / sizeof(modes[0]) && strcasecmp(modes[i].name, mode) != 0)
		i++;
	if (i == sizeof(modes) / sizeof(modes[0]))
		return refuse(cue, "unknown mode of a track");
	track.mode = modes[i].mode;
	track.storage = modes[i].storage;
	track.control = track.mode == CD_AUDIO ? 0 : CD_CONTROL_DATA;
	if (cue->gap.is_pending)
		begin_session(cue);
	cue->next_index = 0;
	cue->has_postgap = false;
	session = &cue->sheet->sessions[cue->sheet->n_sessions - 1];
	if (session->type == CD_TYPE_CDDA_OR_DATA)
		session->type = type_of(track.mode);
	return cd_sheet_add_track(cue->sheet, &track, cue->err);
}

static int run_flags(struct cue *cue, char *words)
{
	struct cd_sheet_track *track;

	if (cue->sheet->n_tracks == 0)
		return refuse(cue, "FLAGS before the first TRACK");
	track = cd_sheet_last_track(cue->sheet);
	for (char *word; (word = sheet_next_word(&words)) != NULL;) {
		if (strcasecmp(word, "DCP") == 0)
			track->control |= CD_CONTROL_COPY_PERMITTED;
		else if (strcasecmp(word, "4CH") == 0 && track->mode == CD_AUDIO)
			track->control |= CD_CONTROL_FOUR_CHANNEL;
		else if (strcasecmp(word, "PRE") == 0 && track->mode == CD_AUDIO)
			track->control |= CD_CONTROL_PRE_EMPHASIS;
		/* The serial copy management system alternates the copy bit, which no file can say; DATA is the mode. */
		else if (strcasecmp(word, "SCMS") != 0 && strcasecmp(word, "DATA") != 0)
			return refuse(cue, "FLAGS are DCP, 4CH and PRE (both of audio tracks) and SCMS");
	}
	return 0;
}

static int run_isrc(struct cue *cue, char *words)
{
	const char *isrc = sheet_next_word(&words);

	if (cue->sheet->n_tracks == 0)
		return refuse(cue, "ISRC before the first TRACK");
	if (isrc == NULL || !sheet_isrc(isrc, cd_sheet_last_track(cue->sheet)->isrc))
		return refuse(cue, "an ISRC is two letters, three letters or digits and seven digits");
	return 0;
}

static int run_catalog(struct cue *cue, char *words)
{
	const char *mcn = sheet_next_word(&words);

	if (mcn == NULL || !cd_mcn_is_sound(mcn))
		return refuse(cue, "a CATALOG number is 13 digits");
	memcpy(cue->sheet->mcn, mcn, CD_MCN_LENGTH + 1);
	return 0;
}

static int run_pregap(struct cue *cue, char *words)
{
	uint32_t n_sectors;
	int ret = need_msf(cue, words, &n_sectors);

	if (ret < 0)
		return ret;
	if (cue->sheet->n_tracks == 0 || cue->next_index != 0 || cd_sheet_last_track(cue->sheet)->n_pieces > 0)
		return refuse(cue, "a PREGAP is to stand once, between TRACK and its first INDEX");
	/* It is the pause that another session begins with. */
	cue->gap.has_pregap = cue->gap.is_pending;
	cue->gap.pregap = 0;
	return checked(cue, cd_sheet_add_gap(cue->sheet, n_sectors, cue->line));
}

static int run_postgap(struct cue *cue, char *words)
{
	uint32_t n_sectors;
	int ret = need_msf(cue, words, &n_sectors);

	if (ret < 0)
		return ret;
	if (cue->sheet->n_tracks == 0 || cue->next_index < 2 || cue->has_postgap)
		return refuse(cue, "a POSTGAP is to stand once, behind the last INDEX of a track");
	cue->has_postgap = true;
	return checked(cue, cd_sheet_add_gap(cue->sheet, n_sectors, cue->line));
}

/* Ends the piece that the INDEX before began, where this one begins. In a file that holds both sessions REM LEAD-OUT
 * is where the first one ends in it; what follows up to the second one, if anything, is the gap between them. */
static int end_piece(struct cue *cue, uint32_t frame)
{
	const struct session_gap *gap = &cue->gap;
	uint32_t usual = cue->sheet->n_sessions == 2 ? CD_FIRST_LEAD_OUT : CD_OTHER_LEAD_OUT;
	uint32_t end = frame;

	if (frame < cue->last_frame)
		return refuse(cue, "an INDEX lies before the one that comes before it");
	if (gap->is_pending && gap->has_lead_out && !gap->has_lead_in && gap->lead_out >= cue->last_frame &&
	    gap->lead_out <= frame) {
		end = gap->lead_out;
		cue->sheet->sessions[cue->sheet->n_sessions - 1].n_gap =
			frame - end > CD_PREGAP ? frame - end - CD_PREGAP : usual + CD_LEAD_IN;
	}
	cue->sheet->pieces[cue->open_piece].size_bytes = (uint64_t)(end - cue->last_frame) * cue->block_bytes;
	cue->last_offset += (uint64_t)(frame - cue->last_frame) * cue->block_bytes;
	return 0;
}

/* The INDEX that is the first one of its file. */
static int begin_file(struct cue *cue, uint32_t frame)
{
	struct cd_sheet_piece hidden = {
		.file = cue->file,
		.storage = cd_sheet_last_track(cue->sheet)->storage,
		.is_swapped = cue->is_swapped,
		.is_padded = true,
		.line = cue->line,
	};

	cue->last_offset = 0;
	if (frame == 0)
		return 0;
	if (cue->sheet->n_tracks != 1 || cd_sheet_last_track(cue->sheet)->n_pieces != 0)
		return refuse(cue, "the first INDEX in a file is to be at 00:00:00");
	/* What lies before the first track is its pause. */
	hidden.size_bytes = cue->last_offset = (uint64_t)frame * cd_storage_bytes(hidden.storage);
	return checked(cue, cd_sheet_add_piece(cue->sheet, &hidden));
}

static int add_index(struct cue *cue, unsigned number, uint32_t frame)
{
	const struct cd_sheet_track *track = cd_sheet_last_track(cue->sheet);
	struct cd_sheet_piece piece = {
		.file = cue->file,
		.storage = track->storage,
		.is_swapped = cue->is_swapped,
		.is_padded = true,
		.offset_bytes = cue->last_offset,
		.size_bytes = CD_SHEET_REST,
		.line = cue->line,
	};
	struct cd_sheet_mark mark = { .index = number, .piece = track->n_pieces, .line = cue->line };
	int ret = 0;

	/* The pause begins with the track. */
	if (number > 0)
		ret = cd_sheet_add_mark(cue->sheet, &mark);
	if (ret == 0)
		ret = cd_sheet_add_piece(cue->sheet, &piece);
	cue->open_piece = cue->sheet->n_pieces - 1;
	cue->block_bytes = cd_storage_bytes(track->storage);
	cue->last_frame = frame;
	cue->has_index = true;
	cue->next_index = (int)number + 1;
	return checked(cue, ret);
}

/* Another session begins with a pause, in the file or not. */
static int begin_pause(struct cue *cue, unsigned number)
{
	struct session_gap *gap = &cue->gap;
	uint32_t n_sectors = gap->has_pregap ? gap->pregap : number == 0 ? 0 : CD_PREGAP;

	*gap = (struct session_gap){ .is_pending = false };
	return checked(cue, cd_sheet_add_gap(cue->sheet, n_sectors, cue->line));
}

static int run_index(struct cue *cue, char *words)
{
	const char *word = sheet_next_word(&words);
	int64_t number;
	uint32_t frame;
	int ret;

	if (word == NULL || !text_to_number(word, 0, CD_MAX_INDEXES, &number))
		return refuse(cue, "an INDEX is a number from 00 to 99 and a time");
	if (cue->sheet->n_tracks == 0 || !cue->has_file)
		return refuse(cue, "an INDEX needs a FILE and a TRACK before it");
	if (number != cue->next_index && !(cue->next_index == 0 && number == 1))
		return refuse(cue, "an INDEX is out of order");
	if (cue->is_sound && cd_sheet_last_track(cue->sheet)->mode != CD_AUDIO)
		return refuse(cue, "a data track cannot be in a file of sound");
	ret = need_msf(cue, words, &frame);
	if (ret == 0)
		ret = cue->has_index ? end_piece(cue, frame) : begin_file(cue, frame);
	if (ret == 0 && cue->gap.is_pending)
		ret = begin_pause(cue, (unsigned)number);
	return ret < 0 ? ret : add_index(cue, (unsigned)number, frame);
}

static int run_session(struct cue *cue, char *words)
{
	const char *word = sheet_next_word(&words);
	int64_t number;

	/* Before any track it is the first one, whatever its number. */
	if (word == NULL || !text_to_number(word, 1, CD_MAX_TRACKS, &number) || cue->sheet->n_tracks == 0)
		return 0;
	if (number == cue->sheet->n_sessions)
		return 0;
	if (number != cue->sheet->n_sessions + 1)
		return refuse(cue, "sessions are to be numbered one after the other");
	cue->gap.is_pending = true;
	return 0;
}

/* Comments; programs that save discs tell of sessions in them. */
static int run_rem(struct cue *cue, char *words)
{
	const char *word = sheet_next_word(&words);
	struct session_gap *gap = &cue->gap;
	uint32_t n_sectors;

	if (word == NULL)
		return 0;
	if (strcasecmp(word, "SESSION") == 0)
		return run_session(cue, words);
	word = strcasecmp(word, "LEAD-OUT") == 0 || strcasecmp(word, "LEAD-IN") == 0 || strcasecmp(word, "PREGAP") == 0
		       ? word
		       : NULL;
	if (word == NULL || need_msf(cue, words, &n_sectors) < 0)
		return 0;
	if (strcasecmp(word, "LEAD-OUT") == 0) {
		gap->has_lead_out = true;
		gap->lead_out = n_sectors;
	} else if (strcasecmp(word, "LEAD-IN") == 0) {
		gap->has_lead_in = true;
		gap->lead_in = n_sectors;
	} else {
		gap->has_pregap = true;
		gap->pregap = n_sectors;
	}
	return 0;
}

static int run_text_file(struct cue *cue, char *words)
{
	const char *name = *words == '"' ? sheet_next_word(&words) : words;

	if (*name == '\0')
		return refuse(cue, "CDTEXTFILE needs a name");
	free(cue->sheet->text_file);
	cue->sheet->text_file = strdup(name);
	return checked(cue, cue->sheet->text_file == NULL ? -ENOMEM : 0);
}

static const struct command commands[] = {
	{ "FILE", run_file },       { "TRACK", run_track },     { "INDEX", run_index },
	{ "FLAGS", run_flags },     { "ISRC", run_isrc },       { "PREGAP", run_pregap },
	{ "POSTGAP", run_postgap }, { "CATALOG", run_catalog }, { "CDTEXTFILE", run_text_file },
	{ "REM", run_rem },
};

/* The words of CD-TEXT that cue sheets have, CDRWIN's three and what others added. */
static int run_text(struct cue *cue, enum cd_text_field field, char *words)
{
	struct cd_text *text = &cue->sheet->text;
	const char *value = *words == '"' ? sheet_next_word(&words) : words;

	text->n_blocks = 1;
	text->blocks[0].language = CD_TEXT_ENGLISH;
	return checked(cue, cd_text_set(&text->blocks[0], field, cue->sheet->n_tracks, *value != '\0' ? value : NULL));
}

static int run_line(struct cue *cue, char *words)
{
	char *name = sheet_next_word(&words);
	enum cd_text_field field;

	if (name == NULL)
		return 0;
	sheet_trim(&words);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcasecmp(commands[i].name, name) == 0)
			return commands[i].run(cue, words);
	if (sheet_text_field(name, &field))
		return run_text(cue, field, words);
	return refuse(cue, "unknown word");
}

int cue_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err)
{
	struct cue cue = { .sheet = cd_sheet_new(), .err = err };
	AUTO_FREE char *utf8 = NULL;
	char *at;
	int ret = checked(&cue, cue.sheet == NULL ? -ENOMEM : 0);

	if (ret == 0)
		ret = cd_sheet_to_utf8(text, size, &utf8, err);
	at = utf8;
	while (ret == 0 && at != NULL) {
		char *line = strsep(&at, "\n");

		cue.line++;
		ret = run_line(&cue, line);
	}
	if (ret == 0)
		ret = end_track(&cue);
	if (ret == 0 && cue.sheet->n_tracks == 0)
		ret = discern_error_set(err, -EINVAL, "no TRACK in it: not a cue sheet");
	if (ret < 0) {
		cd_sheet_free(cue.sheet);
		return ret;
	}
	*ret_sheet = cue.sheet;
	return 0;
}
