/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a virtual disc as text: one line a fact, "name key=value ...", the last line "end". */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "vdrive/disc_state.h"

/* Longest line and longest value that this program writes. */
enum { LINE_SIZE = 1000, VALUE_SIZE = 700 };

static const char *const track_states[] = { "invisible", "reserved", "open", "closed", "damaged" };
static const char *const backgrounds[] = { "none", "stopped", "running", "done" };
static const char *const recordings[] = { "usual", "at-once", "overwrite", "pseudo-overwrite", "packets" };
static const char *const modes[] = { "audio", "mode-1", "mode-2", "mode-2-xa", "mode-2-cdi" };
static const char *const yes_no[] = { "no", "yes" };

/* CRC-32 of IEEE 802.3, a nibble at a time: the text is short and seldom written. */
uint32_t disc_text_checksum(const char *text, size_t size)
{
	static const uint32_t nibbles[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= (uint8_t)text[i];
		crc = nibbles[crc & 15] ^ crc >> 4;
		crc = nibbles[crc & 15] ^ crc >> 4;
	}
	return ~crc;
}

/* The head holds the checksum of the body, which is all that comes after it. */
static const char head_format[] = DISC_MAGIC "%d\nchecksum=%08x\n";

/* Only what cannot be told from the line before. Indexes are so many sectors behind each other, as 99 tracks with 98
 * of them have room in the slot then. */
static void print_cd_track(const struct disc_state *state, unsigned index, FILE *file)
{
	const struct disc_track *track = &state->tracks[index];
	const struct disc_q_track *q = &state->q_tracks[index];
	int32_t last = track->start_lba;

	if (q->n_indexes == 0 && q->isrc[0] == '\0' && track->pregap_lba == disc_usual_pregap(state, index) &&
	    track->mode == disc_track_mode(track->control, track->data_mode) && q->type == disc_usual_type(track->mode))
		return;
	fprintf(file, "cd-track pause=%d form=%s type=%d isrc=%s indexes=", track->pregap_lba, modes[track->mode],
		q->type, q->isrc);
	for (unsigned i = 0; i < q->n_indexes; last = q->indexes[i++])
		fprintf(file, i == 0 ? "%d" : ",%d", q->indexes[i] - last);
	fprintf(file, "\n");
}

static void print_body(const struct disc_state *state, FILE *file)
{
	fprintf(file, "sequence=%llu\n", (unsigned long long)state->sequence);
	fprintf(file, "media=%s\n", state->media->name);
	fprintf(file, "sectors=%u\nspares=%u\nsector-bytes=%d\n", state->n_sectors, state->n_spares, DISC_SECTOR);
	fprintf(file, "data-offset=%llu\n", (unsigned long long)state->data_offset);
	fprintf(file, "identifier=%u\n", state->identifier);
	fprintf(file, "in-use=%s\nfinal=%s\n", yes_no[state->is_in_use], yes_no[state->is_final]);
	fprintf(file, "background-format=%s\n", backgrounds[state->background]);
	/* Only where it is not as it has always been, so that older versions read what they know. */
	if (state->recording != RECORDING_USUAL || state->layer_break != 0)
		fprintf(file, "recording=%s formatted=%u layer-break=%u\n", recordings[state->recording],
			state->n_formatted, state->layer_break);
	if (state->mcn[0] != '\0' || state->n_text_packs > 0)
		fprintf(file, "cd text-packs=%u text-session=%u mcn=%s\n", state->n_text_packs, state->text_session,
			state->mcn);
	fprintf(file, "session-at-once=%s\nmulti-session=%s\n", yes_no[state->is_session_at_once],
		yes_no[state->is_multi_session]);
	fprintf(file, "closed-sessions=%u\ntracks=%u\n", state->n_closed_sessions, state->n_begun_tracks);
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		const struct disc_track *track = &state->tracks[i];

		fprintf(file, "track number=%u session=%u state=%s start=%d sectors=%u written=%u", track->number,
			track->session, track_states[track->state], track->start_lba, track->n_sectors,
			track->n_written);
		fprintf(file, " control=%u mode=%u run-out=%s", track->control, track->data_mode,
			yes_no[track->has_run_out]);
		if (track->has_packets)
			fprintf(file, " packets=%u", track->packet_sectors);
		fputc('\n', file);
		if (state->profile->family == FAMILY_CD)
			print_cd_track(state, i, file);
	}
	fprintf(file, "end\n");
}

int disc_state_print(const struct disc_state *state, char *text, size_t size)
{
	char *body = NULL;
	size_t body_size = 0;
	FILE *file = open_memstream(&body, &body_size);
	int head, ret;

	if (file == NULL)
		return -errno;
	print_body(state, file);
	if (fclose(file) != 0) {
		free(body);
		return -ENOMEM;
	}
	head = snprintf(text, size, head_format, DISC_FORMAT, disc_text_checksum(body, body_size));
	if (head < 0 || (size_t)head + body_size >= size) {
		ret = -EOVERFLOW;
	} else {
		memcpy(text + head, body, body_size + 1);
		ret = head + (int)body_size;
	}
	free(body);
	return ret;
}

struct reader {
	const char *at, *end;
	unsigned n_lines;
	char line[LINE_SIZE];
	struct discern_error *err;
	int ret;
};

static void refuse(struct reader *reader, const char *what)
{
	if (reader->ret == 0)
		reader->ret = discern_error_set(reader->err, -EINVAL, "line %u of its state: %s is missing or wrong",
						reader->n_lines, what);
}

static void next_line(struct reader *reader)
{
	size_t size = (size_t)(reader->end - reader->at);
	const char *newline = memchr(reader->at, '\n', size < LINE_SIZE ? size : LINE_SIZE);

	reader->n_lines++;
	reader->line[0] = '\0';
	if (newline == NULL) {
		refuse(reader, "the line");
		return;
	}
	memcpy(reader->line, reader->at, (size_t)(newline - reader->at));
	reader->line[newline - reader->at] = '\0';
	reader->at = newline + 1;
}

/* The value of key=value at the beginning of the line or after a blank. */
static bool find_value(const char *line, const char *key, char value[VALUE_SIZE])
{
	size_t key_length = strlen(key);

	for (const char *at = line; at != NULL; at = strchr(at, ' ')) {
		size_t length;

		if (*at == ' ')
			at++;
		if (strncmp(at, key, key_length) != 0 || at[key_length] != '=')
			continue;
		at += key_length + 1;
		length = strcspn(at, " ");
		if (length >= VALUE_SIZE)
			return false;
		memcpy(value, at, length);
		value[length] = '\0';
		return true;
	}
	return false;
}

static int64_t get_number(struct reader *reader, const char *key, int64_t min, int64_t max)
{
	char value[VALUE_SIZE];
	int64_t number = 0;

	if (!find_value(reader->line, key, value) || !text_to_number(value, min, max, &number)) {
		refuse(reader, key);
		return min;
	}
	return number;
}

static unsigned get_word(struct reader *reader, const char *key, const char *const *words, unsigned n_words)
{
	char value[VALUE_SIZE];

	if (find_value(reader->line, key, value))
		for (unsigned i = 0; i < n_words; i++)
			if (strcmp(words[i], value) == 0)
				return i;
	refuse(reader, key);
	return 0;
}

static bool has_line(const struct reader *reader, const char *begin)
{
	size_t size = strlen(begin);

	return (size_t)(reader->end - reader->at) >= size && strncmp(reader->at, begin, size) == 0;
}

static int64_t line_number(struct reader *reader, const char *key, int64_t min, int64_t max)
{
	next_line(reader);
	return get_number(reader, key, min, max);
}

static unsigned line_word(struct reader *reader, const char *key, const char *const *words, unsigned n_words)
{
	next_line(reader);
	return get_word(reader, key, words, n_words);
}

static void parse_media(struct reader *reader, struct disc_state *state)
{
	char name[VALUE_SIZE];
	const struct disc_media *media = NULL;

	next_line(reader);
	if (find_value(reader->line, "media", name))
		media = disc_media_by_name(name);
	if (media == NULL || media->is_pressed) {
		refuse(reader, "media");
		return;
	}
	state->media = media;
	state->profile = profile_find(media->profile);
	/* The spares were sectors of the same disc. */
	state->n_sectors = (uint32_t)line_number(
		reader, "sectors", media->spare_sectors > 0 ? state->profile->ecc_sectors : media->min_sectors,
		media->max_sectors);
	if (reader->ret == 0 && state->n_sectors % state->profile->ecc_sectors != 0)
		refuse(reader, "sectors");
	state->n_spares = (uint32_t)line_number(
		reader, "spares", 0, media->spare_sectors > 0 ? (int64_t)media->max_sectors - state->n_sectors : 0);
	line_number(reader, "sector-bytes", DISC_SECTOR, DISC_SECTOR);
}

/* A track lies behind the one before it, within the disc, and holds no more than it has room for. */
static void parse_track(struct reader *reader, struct disc_state *state, unsigned index)
{
	struct disc_track *track = &state->tracks[index];
	const struct disc_track *before = index > 0 ? track - 1 : NULL;
	int64_t first = before != NULL ? disc_track_end(before) : 0;
	unsigned session = before != NULL ? before->session : 1;
	int64_t room;

	next_line(reader);
	if (strncmp(reader->line, "track ", 6) != 0)
		refuse(reader, "track");
	track->number = (unsigned)get_number(reader, "number", index + 1, index + 1);
	track->session = (unsigned)get_number(reader, "session", session, session + (before != NULL));
	track->state = (enum disc_track_state)get_word(reader, "state", track_states, 5);
	track->has_run_out = get_word(reader, "run-out", yes_no, 2) != 0;
	track->start_lba = (int32_t)get_number(reader, "start", first, state->n_sectors);
	room = (int64_t)state->n_sectors - track->start_lba +
	       (track->has_run_out && track->state == TRACK_CLOSED ? DISC_RUN_OUT : 0);
	track->n_sectors = (uint32_t)get_number(reader, "sectors", 0, room);
	track->n_written = (uint32_t)get_number(reader, "written", 0, track->n_sectors);
	track->control = (uint8_t)get_number(reader, "control", 0, 15);
	track->data_mode = (uint8_t)get_number(reader, "mode", 0, 15);
	track->has_packets = strstr(reader->line, " packets=") != NULL;
	if (track->has_packets)
		track->packet_sectors = (uint32_t)get_number(reader, "packets", 0, state->n_sectors);
	if (track->state == TRACK_INVISIBLE)
		refuse(reader, "state");
	if (track->session <= state->n_closed_sessions && track->state != TRACK_CLOSED)
		refuse(reader, "state");
	if ((int64_t)track->start_lba + track->n_written > state->n_sectors)
		refuse(reader, "written");
	if (track->has_run_out && state->profile->family != FAMILY_CD)
		refuse(reader, "run-out");
}

/* So many sectors behind each other, all of them in the track. */
static void parse_indexes(struct reader *reader, const struct disc_track *track, struct disc_q_track *q)
{
	char value[VALUE_SIZE], *at = value, *word;
	int32_t last = track->start_lba;
	int64_t distance;

	if (!find_value(reader->line, "indexes", value)) {
		refuse(reader, "indexes");
		return;
	}
	if (value[0] == '\0')
		return;
	while ((word = strsep(&at, ",")) != NULL) {
		int64_t room = (int64_t)disc_track_end(track) - last - 1;

		if (q->n_indexes == CD_MAX_INDEXES - 1 || !text_to_number(word, 1, room, &distance)) {
			refuse(reader, "indexes");
			return;
		}
		last += (int32_t)distance;
		q->indexes[q->n_indexes++] = last;
	}
}

/* A line that tracks which are as the line before says do not have. */
static void parse_cd_track(struct reader *reader, struct disc_state *state, unsigned index)
{
	struct disc_track *track = &state->tracks[index];
	struct disc_q_track *q = &state->q_tracks[index];
	int32_t earliest = index > 0 ? disc_track_end(track - 1) : -CD_PREGAP;
	char isrc[VALUE_SIZE];

	track->mode = disc_track_mode(track->control, track->data_mode);
	track->pregap_lba = disc_usual_pregap(state, index);
	q->type = disc_usual_type(track->mode);
	if (!has_line(reader, "cd-track "))
		return;
	next_line(reader);
	track->pregap_lba = (int32_t)get_number(reader, "pause", earliest, track->start_lba);
	track->mode = (enum cd_track_mode)get_word(reader, "form", modes, 5);
	q->type = (enum cd_disc_type)get_number(reader, "type", CD_TYPE_CDDA_OR_DATA, CD_TYPE_XA);
	if (q->type % CD_TYPE_CDI != 0)
		refuse(reader, "type");
	if (!find_value(reader->line, "isrc", isrc) || (isrc[0] != '\0' && !cd_isrc_is_sound(isrc)))
		refuse(reader, "isrc");
	else
		strcpy(q->isrc, isrc);
	parse_indexes(reader, track, q);
}

static void parse_tracks(struct reader *reader, struct disc_state *state)
{
	bool is_random = state->profile->writing == WRITING_RANDOM, is_cd = state->profile->family == FAMILY_CD;
	unsigned last_session, max_tracks = is_random ? 0 : is_cd ? CD_MAX_TRACKS : DISC_MAX_TRACKS;

	state->n_closed_sessions = (unsigned)line_number(reader, "closed-sessions", 0, max_tracks);
	state->n_begun_tracks = (unsigned)line_number(reader, "tracks", 0, max_tracks);
	for (unsigned i = 0; i < state->n_begun_tracks && reader->ret == 0; i++) {
		parse_track(reader, state, i);
		if (is_cd && reader->ret == 0)
			parse_cd_track(reader, state, i);
	}
	last_session = state->n_begun_tracks > 0 ? state->tracks[state->n_begun_tracks - 1].session : 0;
	/* Every closed session has a track; at most one session is open. */
	if (last_session < state->n_closed_sessions || last_session > state->n_closed_sessions + 1)
		refuse(reader, "closed-sessions");
	if (state->is_final && (last_session != state->n_closed_sessions || last_session == 0))
		refuse(reader, "final");
}

/* A line that only some CDs have. */
static void parse_cd(struct reader *reader, struct disc_state *state)
{
	char mcn[VALUE_SIZE];

	if (state->profile->family != FAMILY_CD || !has_line(reader, "cd "))
		return;
	next_line(reader);
	state->n_text_packs = (unsigned)get_number(reader, "text-packs", 0, DISC_MAX_TEXT_PACKS);
	state->text_session = (unsigned)get_number(reader, "text-session", state->n_text_packs > 0, CD_MAX_TRACKS);
	if (!find_value(reader->line, "mcn", mcn) || (mcn[0] != '\0' && !cd_mcn_is_sound(mcn)))
		refuse(reader, "mcn");
	else
		strcpy(state->mcn, mcn);
}

/* A line that discs recorded in the one way that there was before do not have. */
static void parse_recording(struct reader *reader, struct disc_state *state)
{
	static const enum discern_profile owners[] = { [RECORDING_AT_ONCE] = DISCERN_PROFILE_DVD_RW,
						       [RECORDING_OVERWRITE] = DISCERN_PROFILE_DVD_RW,
						       [RECORDING_PSEUDO_OVERWRITE] = DISCERN_PROFILE_BD_R,
						       [RECORDING_PACKETS] = DISCERN_PROFILE_CD_RW };
	enum disc_recording recording;

	if (!has_line(reader, "recording="))
		return;
	next_line(reader);
	recording = (enum disc_recording)get_word(reader, "recording", recordings, 5);
	if (recording != RECORDING_USUAL && owners[recording] != state->media->profile) {
		refuse(reader, "recording");
		return;
	}
	disc_state_set_recording(state, recording);
	state->n_formatted = (uint32_t)get_number(reader, "formatted", 0,
						  recording == RECORDING_OVERWRITE ? disc_state_capacity(state) : 0);
	state->layer_break = (uint32_t)get_number(reader, "layer-break", 0,
						  state->media->n_layers > 1 ? (state->n_sectors + 1) / 2 : 0);
	if (recording == RECORDING_OVERWRITE && state->background == DISC_BACKGROUND_NONE)
		refuse(reader, "background-format");
}

/* Past the two lines of the head; the body's checksum is checked on the way. */
static void parse_head(struct reader *reader)
{
	const char *line_end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	char value[VALUE_SIZE];
	int64_t number;
	const char *last;

	next_line(reader);
	if (line_end == NULL || strncmp(reader->line, DISC_MAGIC, strlen(DISC_MAGIC)) != 0) {
		refuse(reader, "\"" DISC_MAGIC "\"");
		return;
	}
	if (!text_to_number(reader->line + strlen(DISC_MAGIC), 0, INT32_MAX, &number)) {
		refuse(reader, "the number of the format");
		return;
	}
	if (number != DISC_FORMAT) {
		reader->ret = discern_error_set(reader->err, -ENOTSUP,
						"a virtual disc of format %lld; this version knows format %d",
						(long long)number, DISC_FORMAT);
		return;
	}
	next_line(reader);
	last = memmem(reader->at, (size_t)(reader->end - reader->at), "\nend\n", 5);
	if (last == NULL || !find_value(reader->line, "checksum", value) || strlen(value) != 8) {
		refuse(reader, "checksum");
		return;
	}
	if (strtoul(value, NULL, 16) != disc_text_checksum(reader->at, (size_t)(last + 5 - reader->at)))
		refuse(reader, "checksum");
	reader->end = last + 5;
}

/* What a CD-RW that is formatted has and nothing else. */
static bool is_one_packet_track(const struct disc_state *state)
{
	const struct disc_track *track = &state->tracks[0];

	return state->is_final && state->n_begun_tracks == 1 && track->state == TRACK_CLOSED &&
	       track->packet_sectors == DISC_PACKET_SECTORS && track->start_lba == 0 &&
	       track->n_written == track->n_sectors && track->n_sectors > 0 && !track->has_run_out &&
	       track->n_sectors % DISC_PACKET_SECTORS == 0 && track->mode != CD_AUDIO && track->mode != CD_MODE_2;
}

int disc_state_parse(const char *text, size_t size, struct disc_state *ret_state, struct discern_error *err)
{
	struct reader reader = { .at = text, .end = text + size, .err = err };
	struct disc_state *state = ret_state;

	memset(state, 0, sizeof(*state));
	parse_head(&reader);
	if (reader.ret < 0)
		return reader.ret;
	state->sequence = (uint64_t)line_number(&reader, "sequence", 0, INT64_MAX);
	parse_media(&reader, state);
	if (reader.ret < 0)
		return reader.ret;
	state->data_offset = (uint64_t)line_number(&reader, "data-offset",
						   DISC_BITMAP_OFFSET + (int64_t)disc_bitmap_bytes(state), 1 << 30);
	if (state->data_offset % 65536 != 0)
		refuse(&reader, "data-offset");
	state->identifier = (uint32_t)line_number(&reader, "identifier", 0, UINT32_MAX);
	state->is_in_use = line_word(&reader, "in-use", yes_no, 2) != 0;
	state->is_final = line_word(&reader, "final", yes_no, 2) != 0;
	state->background = (enum disc_background)line_word(&reader, "background-format", backgrounds, 4);
	parse_recording(&reader, state);
	parse_cd(&reader, state);
	state->is_session_at_once = line_word(&reader, "session-at-once", yes_no, 2) != 0;
	state->is_multi_session = line_word(&reader, "multi-session", yes_no, 2) != 0;
	parse_tracks(&reader, state);
	if (reader.ret < 0)
		return reader.ret;
	if (reader.at != reader.end - 4 || memcmp(reader.at, "end\n", 4) != 0)
		refuse(&reader, "end");
	if (state->background != DISC_BACKGROUND_NONE && state->profile->writing != WRITING_RANDOM)
		refuse(&reader, "background-format");
	if (state->is_final && state->profile->writing == WRITING_RANDOM)
		refuse(&reader, "final");
	if (state->is_session_at_once && (state->profile->writing != WRITING_SEQUENTIAL || state->n_begun_tracks == 0))
		refuse(&reader, "session-at-once");
	if (state->recording == RECORDING_PACKETS && !is_one_packet_track(state))
		refuse(&reader, "recording");
	if (reader.ret == 0)
		disc_state_rebuild(state);
	return reader.ret;
}
