/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual discs from a stranger: whatever the file says, it is refused with words or is a disc that can be used.
 * Built with -fsanitize=fuzzer and -DDISCERN_FUZZER it is a libFuzzer target; alone it runs some thousand mutations
 * of real discs from a fixed seed, as an ordinary test.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
	}
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
	disc_blank(disc, disc->state.identifier & 1);
	disc_begin_session_at_once(disc, 33, true);
	disc_format_overwrite(disc, 320, disc->state.identifier & 2);
	disc_set_layer_break(disc, 4096);
	check_state(&disc->state);
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
	};
	static const char *const tails[] = {
		"closed-sessions=0\ntracks=0\n",
		"closed-sessions=1\ntracks=2\n"
		"track number=1 session=1 state=closed start=0 sectors=64 written=64 control=4 mode=1 run-out=no\n"
		"track number=2 session=2 state=open start=11464 sectors=512 written=32 control=4 mode=1 run-out=no\n",
		"closed-sessions=0\ntracks=2\n"
		"track number=1 session=1 state=closed start=0 sectors=320 written=320 control=4 mode=1 run-out=no\n"
		"track number=2 session=1 state=reserved start=480 sectors=64 written=0 control=4 mode=1 run-out=no\n",
	};
	const char *name = names[kind % 12];
	const char *recording = recordings[pick(2) ? 0 : pick(5)];
	bool is_random = strcmp(name, "dvd+rw") == 0 || strcmp(name, "dvd-ram") == 0 || strcmp(name, "bd-re") == 0 ||
			 recording == recordings[3];
	const char *tail = tails[is_random ? 0 : pick(3)];
	const char *background = is_random ? (pick(2) ? "done" : "running") : "none";
	int length = snprintf(body, DISC_SLOT_BYTES,
			      "sequence=5\nmedia=%s\nsectors=20480\nspares=0\nsector-bytes=2048\ndata-offset=196608\n"
			      "identifier=77\nin-use=%s\nfinal=no\nbackground-format=%s\n%ssession-at-once=no\n"
			      "multi-session=no\n%send\n",
			      name, pick(2) ? "yes" : "no", background, recording, tail);

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
	for (unsigned round = 0; round < 6000; round++) {
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
	puts("ok - 6000 mutated virtual discs were refused or used");
	return 0;
}

#endif
