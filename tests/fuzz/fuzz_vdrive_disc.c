/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual discs from a stranger: whatever the file says, it is refused with words or is a disc that can be used.
 * Built with -fsanitize=fuzzer and -DDISCERN_FUZZER it is a libFuzzer target; alone it runs some thousand mutations
 * of real discs from a fixed seed, as an ordinary test.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

enum { MAX_BODY = DISC_SLOT_BYTES - 100 };

/* Checksums are not guessed: the body gets a right head. Returns the length of both. */
static size_t seal(const char *body, size_t size, char text[DISC_SLOT_BYTES])
{
	int head = snprintf(text, DISC_SLOT_BYTES, DISC_MAGIC "%d\nchecksum=%08x\n", DISC_FORMAT,
			    disc_text_checksum(body, size));

	memcpy(text + head, body, size);
	return (size_t)head + size;
}

static void check_state(const struct disc_state *state)
{
	int64_t end = 0;

	CHECK(state->n_tracks <= DISC_MAX_TRACKS + 1 && state->n_sessions <= DISC_MAX_TRACKS + 1);
	for (unsigned i = 0; i < state->n_tracks; i++) {
		const struct disc_track *track = &state->tracks[i];

		CHECK(track->number == i + 1);
		CHECK(track->start_lba >= 0 && track->n_written <= track->n_sectors);
		CHECK(track->start_lba >= end || track->state == TRACK_INVISIBLE);
		CHECK((int64_t)track->start_lba + track->n_written <= state->n_sectors);
		end = (int64_t)track->start_lba + track->n_sectors;
		if (state->profile->family != FAMILY_CD)
			continue;
		CHECK(i < CD_MAX_TRACKS && track->mode <= CD_MODE_2_CDI);
		CHECK(track->pregap_lba >= -CD_PREGAP && track->pregap_lba <= track->start_lba);
		CHECK(i == 0 || track->pregap_lba >= disc_track_end(track - 1) || track->state == TRACK_INVISIBLE);
		for (unsigned k = 0, last = 0; i < state->n_begun_tracks && k < state->q_tracks[i].n_indexes; k++) {
			int32_t index = state->q_tracks[i].indexes[k];

			CHECK(index > track->start_lba && index < end && (unsigned)index > last);
			last = (unsigned)index;
		}
	}
	CHECK(state->n_text_packs <= DISC_MAX_TEXT_PACKS);
}

/* Tracks and indexes are where those of a disc can be, whatever it may hold. */
static void check_layout(const struct disc *disc)
{
	const struct cd_layout *layout = disc_cd_layout(disc);

	CHECK(layout->n_tracks <= CD_MAX_TRACKS && layout->n_sessions <= layout->n_tracks);
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const struct cd_track *track = &layout->tracks[i];

		CHECK(track->session >= 1 && track->session <= layout->n_sessions);
		CHECK(track->pregap_lba <= track->start_lba && track->start_lba < track->end_lba);
		CHECK(strlen(track->isrc) <= CD_ISRC_LENGTH && track->n_indexes < CD_MAX_INDEXES);
	}
}

/* Below user data: where tracks and sessions begin and end, and wherever the file says that something is. */
static void use_cd(struct disc *disc)
{
	struct cd_layout *session = calloc(1, sizeof(*session));
	const struct disc_track *track = disc_invisible_track(disc);
	uint8_t sector[SECTOR_RAW] = { 0 }, subchannel[SUBCHANNEL_BYTES] = { 0 };
	const struct disc_raw_sector raw = { .sector = sector,
					     .subchannel = disc->state.identifier & 4 ? subchannel : NULL };
	int32_t end = 0;
	size_t n_packs;

	CHECK(session != NULL);
	check_layout(disc);
	for (unsigned number = 1; number <= disc_n_tracks(disc); number++) {
		const struct disc_track *at = disc_track(disc, number);

		for (int32_t lba = at->pregap_lba; lba <= at->pregap_lba + 302; lba += 151)
			disc_read_raw(disc, lba, sector, subchannel);
		end = disc_track_end(at);
		for (int32_t lba = end - 3; lba <= end + 6; lba += 3)
			disc_read_raw(disc, lba, sector, subchannel);
		disc_write_raw(disc, at->start_lba + (int32_t)at->n_written, &raw);
		disc_user_run(disc, at->start_lba, 40);
	}
	disc_cd_text(disc, &n_packs);
	disc_set_cd_text(disc, subchannel, 5);
	disc_set_mcn(disc, "4012345678901");
	disc_set_next_track(disc, (enum cd_track_mode)(disc->state.identifier % 5), 2, "DEABC2412345");
	if (track != NULL && track->n_sectors > 700) {
		session->n_tracks = 2;
		session->tracks[0].pregap_lba = track->start_lba - (disc->state.identifier & 1 ? 150 : 0);
		session->tracks[0].start_lba = track->start_lba;
		session->tracks[0].end_lba = session->tracks[1].pregap_lba = track->start_lba + 20;
		session->tracks[1].start_lba = track->start_lba + 30;
		session->tracks[1].end_lba = track->start_lba + 60;
		session->tracks[1].n_indexes = 1;
		session->tracks[1].indexes[0] = track->start_lba + 50;
	}
	if (disc_begin_cd_session(disc, session, disc->state.identifier & 2) == 0) {
		end = session->tracks[1].end_lba;
		for (unsigned i = 0; i < disc->state.identifier % 230; i++) {
			int32_t lba = disc->session_next_lba;

			CHECK(disc_write_raw(disc, lba, &raw) == (lba < end ? 0 : -ENXIO));
		}
	}
	if (disc->state.identifier & 8)
		disc_lose_power(disc, disc->state.identifier % 100);
	check_state(&disc->state);
	check_layout(disc);
	free(session);
}

/* Uses the disc as a drive would, as far as it lets one. */
static void use_disc(struct disc *disc)
{
	static const uint8_t zeros[32 * DISC_SECTOR];
	uint8_t sector[DISC_SECTOR];

	for (unsigned number = 1; number <= disc_n_tracks(disc); number++) {
		const struct disc_track *track = disc_track(disc, number);

		disc_read(disc, track->start_lba, 1, sector);
		disc_write(disc, track->start_lba + (int32_t)track->n_written, 32, zeros);
		disc_peek(disc, track->start_lba, 32);
	}
	if (disc_is_cd(disc) && disc->state.identifier & 16)
		use_cd(disc);
	disc_reserve_track(disc, 64);
	disc_close_track(disc, (unsigned)disc_n_tracks(disc));
	disc_format(disc);
	disc_fill_unit(disc);
	disc_close_session(disc, false);
	check_state(&disc->state);
	disc_unclose_session(disc);
	disc_blank_session(disc);
	disc_close_session(disc, true);
	check_state(&disc->state);
	disc_format_stop(disc);
	disc_format_grow(disc, 32);
	disc_format_user_area(disc, 19200);
	disc_format_with_spares(disc, 19200, true);
	disc_write(disc, 0, 32, zeros);
	disc_write(disc, 0, 16, zeros);
	check_state(&disc->state);
	if (disc_format_packets(disc, 320, disc->state.identifier & 4 ? CD_MODE_1 : CD_MODE_2_XA, CD_TYPE_XA) == 0)
		CHECK(disc_is_packet_formatted(disc) && disc_write(disc, 288, 32, zeros) == 0);
	disc_grow_packets(disc, 64);
	if (disc_is_packet_formatted(disc))
		CHECK(disc_read(disc, disc_track_end(disc_track(disc, 1)) - 1, 1, sector) == 0);
	check_state(&disc->state);
	disc_blank(disc, disc->state.identifier & 1);
	if (disc_is_cd(disc))
		use_cd(disc);
	disc_begin_session_at_once(disc, 33, true);
	disc_format_overwrite(disc, 320, disc->state.identifier & 2);
	disc_set_layer_break(disc, 4096);
	check_state(&disc->state);
}

/* Sectors that are recorded, and ways of keeping them, wherever the tracks say that they end. */
static void scribble(int fd, const struct disc_state *state)
{
	uint64_t user_end = state->data_offset + (uint64_t)state->n_sectors * DISC_SECTOR;
	uint8_t bytes[2000];

	memset(bytes, 0xff, sizeof(bytes));
	if (state->identifier & 32)
		CHECK(pwrite(fd, bytes, disc_bitmap_bytes(state) < 60 ? 1 : 60, DISC_BITMAP_OFFSET) > 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i % 3 == 0 ? i / 3 + state->identifier : 0);
	if (state->identifier & 64 && state->profile->family == FAMILY_CD)
		CHECK(pwrite(fd, bytes, sizeof(bytes), (off_t)((user_end + 65535) / 65536 * 65536)) > 0);
}

static void open_as_file(const char *text, size_t size, const struct disc_state *state)
{
	int fd = memfd_create("disc", MFD_CLOEXEC);
	char path[40];
	struct discern_error err;
	struct disc *disc;

	CHECK(fd >= 0);
	CHECK(ftruncate(fd, (off_t)(state->data_offset + (uint64_t)disc_state_all_sectors(state) * DISC_SECTOR)) == 0);
	CHECK(pwrite(fd, text, size, 0) == (ssize_t)size);
	scribble(fd, state);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(disc_open(path, NULL, &disc, NULL) == 0);
	use_disc(disc);
	disc_close(disc);
	/* What it became must be readable again. */
	if (disc_open(path, NULL, &disc, &err) < 0) {
		fprintf(stderr, "%.*s%s\n", (int)size, text, err.text);
		abort();
	}
	disc_close(disc);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disc_state *state = malloc(sizeof(*state));
	char *text = calloc(1, DISC_SLOT_BYTES);
	struct discern_error err;
	size_t length;

	CHECK(state != NULL && text != NULL);
	/* As it is, head and all. */
	disc_state_parse((const char *)data, size, state, &err);
	if (size <= MAX_BODY) {
		length = seal((const char *)data, size, text);
		if (disc_state_parse(text, length, state, &err) == 0) {
			check_state(state);
			open_as_file(text, length, state);
		} else {
			CHECK(err.text[0] != '\0');
		}
	}
	free(text);
	free(state);
	return 0;
}

#ifndef DISCERN_FUZZER

static uint32_t seed = 20240229;

static uint32_t pick(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return n == 0 ? 0 : seed % n;
}

/* The text of a disc with some tracks on it, without its head. */
static size_t make_body(unsigned kind, char body[DISC_SLOT_BYTES])
{
	static const char *const names[] = { "cd-r",   "dvd+r",    "dvd+rw",           "bd-r",    "cd-rw", "dvd-r",
					     "dvd-rw", "dvd+r-dl", "dvd-rw-overwrite", "dvd-ram", "bd-re", "bd-r-dl" };
	static const char *const recordings[] = {
		"",
		"recording=usual formatted=0 layer-break=4096\n",
		"recording=at-once formatted=0 layer-break=0\n",
		"recording=overwrite formatted=4096 layer-break=0\n",
		"recording=pseudo-overwrite formatted=0 layer-break=0\n",
		"recording=packets formatted=0 layer-break=0\n",
	};
	static const char *const tails[] = {
		"closed-sessions=0\ntracks=0\n",
		"closed-sessions=1\ntracks=2\n"
		"track number=1 session=1 state=closed start=0 sectors=64 written=64 control=4 mode=1 run-out=no\n"
		"track number=2 session=2 state=open start=11464 sectors=512 written=32 control=4 mode=1 run-out=no\n",
		"closed-sessions=0\ntracks=2\n"
		"track number=1 session=1 state=closed start=0 sectors=320 written=320 control=4 mode=1 run-out=no\n"
		"track number=2 session=1 state=reserved start=480 sectors=64 written=0 control=4 mode=1 run-out=no\n",
		"closed-sessions=1\ntracks=3\n"
		"track number=1 session=1 state=closed start=0 sectors=302 written=300 control=0 mode=15 run-out=yes\n"
		"cd-track pause=-150 form=audio type=16 isrc=DEABC2412345 indexes=\n"
		"track number=2 session=1 state=closed start=452 sectors=300 written=300 control=4 mode=1 run-out=no\n"
		"track number=3 session=2 state=open start=12152 sectors=500 written=10 control=4 mode=2 run-out=no\n"
		"cd-track pause=12002 form=mode-2 type=16 isrc= indexes=1,22,333\n",
		"closed-sessions=0\ntracks=2\n"
		"track number=1 session=1 state=reserved start=10 sectors=20 written=20 control=4 mode=1 run-out=no\n"
		"cd-track pause=-150 form=mode-2-cdi type=16 isrc=DEABC2412345 indexes=19\n"
		"track number=2 session=1 state=reserved start=30 sectors=20 written=3 control=0 mode=15 run-out=no\n"
		"cd-track pause=30 form=audio type=16 isrc= indexes=\n",
		"closed-sessions=1\ntracks=1\n"
		"track number=1 session=1 state=closed start=0 sectors=320 written=320 control=5 mode=2 run-out=no "
		"packets=32\n",
	};
	static const char *const cds[] = { "", "cd text-packs=3 text-session=1 mcn=4012345678901\n",
					   "cd text-packs=2048 text-session=2 mcn=\n" };
	const char *recording = recordings[pick(2) ? 0 : pick(6)];
	bool is_formatted_cd = recording == recordings[5];
	const char *name = is_formatted_cd ? "cd-rw" : names[kind % 12];
	bool is_random = strcmp(name, "dvd+rw") == 0 || strcmp(name, "dvd-ram") == 0 || strcmp(name, "bd-re") == 0 ||
			 recording == recordings[3];
	bool is_cd = strncmp(name, "cd", 2) == 0;
	const char *tail = tails[is_random ? 0 : is_formatted_cd ? 5 : pick(is_cd ? 5 : 3)];
	const char *cd = is_cd ? cds[pick(3)] : "";
	const char *background = is_random ? (pick(2) ? "done" : "running") : "none";
	int length = snprintf(body, DISC_SLOT_BYTES,
			      "sequence=5\nmedia=%s\nsectors=20480\nspares=0\nsector-bytes=2048\ndata-offset=196608\n"
			      "identifier=%u\nin-use=%s\nfinal=%s\nbackground-format=%s\n%s%ssession-at-once=%s\n"
			      "multi-session=no\n%send\n",
			      name, pick(1000), pick(2) ? "yes" : "no", is_formatted_cd ? "yes" : "no", background, recording, cd,
			      tail == tails[4] ? "yes" : "no", tail);

	return (size_t)length;
}

static void mutate(char *body, size_t *size)
{
	static const char *const numbers[] = {
		"0", "1", "-1", "2147483647", "4294967295", "4294967296", "99999999999999999999"
	};
	size_t at = pick((uint32_t)*size), length;
	const char *number;

	switch (pick(5)) {
	case 0: /* a byte */
		body[at] = (char)pick(256);
		break;
	case 1: /* a digit */
		while (at < *size && (body[at] < '0' || body[at] > '9'))
			at++;
		if (at < *size)
			body[at] = (char)('0' + pick(10));
		break;
	case 2: /* a whole number */
		while (at < *size && (body[at] < '0' || body[at] > '9'))
			at++;
		number = numbers[pick(7)];
		length = strlen(number);
		memmove(body + at + length, body + at, *size - at);
		memcpy(body + at, number, length);
		*size += length;
		break;
	case 3: /* less of it */
		length = pick(40);
		if (at + length > *size)
			length = *size - at;
		memmove(body + at, body + at + length, *size - at - length);
		*size -= length;
		break;
	default: /* something twice */
		length = pick(120);
		if (at + length > *size)
			length = *size - at;
		memmove(body + at + length, body + at, *size - at);
		*size += length;
		break;
	}
}

int main(void)
{
	char *body = calloc(2, DISC_SLOT_BYTES);

	CHECK(body != NULL);
	for (unsigned round = 0; round < 12000; round++) {
		size_t size = make_body(round, body);
		unsigned n_mutations = pick(4);

		for (unsigned i = 0; i < n_mutations && size > 0; i++)
			mutate(body, &size);
		/* Exactly as much memory as text, so that reading past it is seen. */
		char *exact = malloc(size);

		CHECK(exact != NULL || size == 0);
		memcpy(exact, body, size);
		LLVMFuzzerTestOneInput((const uint8_t *)exact, size);
		free(exact);
	}
	free(body);
	puts("ok - 12000 mutated virtual discs were refused or used");
	return 0;
}

#endif
