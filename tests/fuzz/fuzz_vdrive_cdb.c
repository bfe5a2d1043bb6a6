/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Throws random commands at a virtual drive with each kind of medium: any block, length, direction and data.
 *
 * As a check program it makes its own input, from a fixed seed, for about two seconds. With libFuzzer:
 *   clang -g -fsanitize=fuzzer,address,undefined -DDISCERN_FUZZER -Iinclude -Isrc tests/fuzz/fuzz_vdrive_cdb.c …
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/vdrive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sectors of each medium: enough for a track, few enough to be filled. */
enum { N_SECTORS = 1024, MAX_CDB = 16 };

struct input {
	const uint8_t *at, *end;
};

static const char *const blanks[] = {
	"cd-r",     "dvd+r",    "dvd+rw",  "bd-r",  "cd-rw",   "dvd-r",   "dvd-rw",   "dvd-rw-overwrite",
	"dvd-r-dl", "dvd+r-dl", "dvd-ram", "bd-re", "bd-r-dl", "bd-r-tl", "bd-re-dl", "bd-re-tl",
};
static const char *const pressed[] = { "cd-rom", "dvd-rom", "dvd-rom-dl", "bd-rom" };
enum { N_BLANKS = 16, N_PRESSED = 4, N_MEDIA = N_BLANKS + N_PRESSED + 1 };

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "fuzz_vdrive_cdb: %s\n", what);
	abort();
}

static uint8_t take_byte(struct input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

/** Puts the medium with this number into the drive; the last number is none. */
static void insert_medium(struct vdrive *drive, const char *path, unsigned number)
{
	const char *kind = NULL;

	if (number < N_BLANKS) {
		const struct vdrive_disc_options options = { .media = blanks[number], .n_sectors = N_SECTORS };

		check(vdrive_disc_create(path, &options, NULL) == 0, "cannot make a blank disc");
	} else if (number < N_BLANKS + N_PRESSED) {
		FILE *file = fopen(path, "wb");

		check(file != NULL && ftruncate(fileno(file), N_SECTORS * 2048L) == 0, "cannot make an image");
		fclose(file);
		kind = pressed[number - N_BLANKS];
	} else {
		return;
	}
	check(vdrive_insert(drive, path, kind, NULL) == 0, "cannot insert the medium");
}

/** An opcode that the drive knows, most of the time, and what belongs into the bytes behind it, half of the time. */
static void make_cdb(struct input *input, uint8_t cdb[MAX_CDB])
{
	static const uint8_t opcodes[] = {
		0x00, 0x03, 0x04, 0x12, 0x15, 0x1a, 0x1b, 0x1e, 0x23, 0x25, 0x28, 0x2a, 0x2b, 0x2e, 0x2f,
		0x35, 0x42, 0x43, 0x44, 0x46, 0x4a, 0x51, 0x52, 0x53, 0x54, 0x55, 0x5a, 0x5b, 0x5c, 0x5d,
		0xa0, 0xa1, 0xa4, 0xa8, 0xaa, 0xac, 0xad, 0xb6, 0xb9, 0xbb, 0xbd, 0xbe, 0xbf,
	};
	uint8_t mode = take_byte(input);

	for (size_t i = 0; i < MAX_CDB; i++) {
		uint8_t byte = take_byte(input);

		/* Small numbers reach further than any. */
		cdb[i] = mode & 1 && byte >= 32 && i != 1 ? 0 : byte;
	}
	if (!(mode & 0x80))
		cdb[0] = opcodes[cdb[0] % sizeof(opcodes)];
}

/** Some drives get a clock, rules and marks. True if a rule may end commands in any way. */
static bool give_faults(struct vdrive *drive, struct input *input)
{
	static const char *const rules[] = {
		"read probability=30% short=1000", "read probability=30% flip=9 lba=5-9",
		"read probability=30% stale",      "write probability=30% short=3000",
		"write probability=30% flip=3",    "write probability=30% stale",
		"any probability=2% power-loss",   "any probability=1% tray",
		"write probability=5% underrun",   "any capacity=4294967295",
		"any probability=1% remove",       "scratch count=9 severity=1 width=20",
		"rot severity=1 dead=0",           "design lba=-150-2147483647",
		"any probability=5% delay=100000", "any probability=1% exchange=/dev/null",
	};
	uint8_t mode = take_byte(input);

	if ((mode & 0xc0) != 0xc0)
		return false;
	if (mode & 1)
		vdrive_set_clock(drive, mode & 2 ? VDRIVE_CLOCK_REAL : VDRIVE_CLOCK_VIRTUAL, NULL);
	for (unsigned i = 0; i < 4; i++)
		check(vdrive_add_fault(drive, rules[take_byte(input) % (sizeof(rules) / sizeof(rules[0]))], NULL) == 0,
		      "a rule is refused");
	return true;
}

static void check_answer(const struct vdrive_answer *answer, const struct vdrive_command *command, bool has_faults)
{
	check(answer->transferred <= command->data_length, "more was transferred than there is room for");
	check(has_faults || answer->host_status == VDRIVE_HOST_OK, "a host status without a fault");
	check(answer->status == 0 || answer->status == 2, "another status than GOOD or CHECK CONDITION");
	if (answer->status == 0)
		return;
	check(answer->sense_length >= 18 && answer->sense_length <= sizeof(answer->sense),
	      "sense data of a wrong length");
	check((answer->sense[0] & 0x7f) == 0x70, "sense data of another format than fixed");
	check((answer->sense[2] & 0x0f) != 0, "CHECK CONDITION without a sense key");
}

/** One command, its block and data in memory of exactly their size, so that a sanitizer sees any step beyond. */
static void run_command(struct vdrive *drive, struct input *input, bool has_faults)
{
	uint8_t bytes[MAX_CDB], shape;
	struct vdrive_command command = { .cdb_length = 0 };
	struct vdrive_answer answer;
	uint8_t *cdb;

	make_cdb(input, bytes);
	shape = take_byte(input);
	/* Mostly a whole block; else one of any length. */
	command.cdb_length = shape & 0x30 ? 12 : take_byte(input) % (MAX_CDB + 1);
	command.direction = (enum vdrive_direction)(shape % 3);
	command.data_length = shape & 0x40 ? 2048u * (take_byte(input) % 32) : take_byte(input);
	if (shape & 0x08)
		command.data_length = 28;
	cdb = malloc(command.cdb_length > 0 ? command.cdb_length : 1);
	command.data = malloc(command.data_length > 0 ? command.data_length : 1);
	check(cdb != NULL && command.data != NULL, "no memory");
	memcpy(cdb, bytes, command.cdb_length);
	command.cdb = cdb;
	for (size_t i = 0; i < command.data_length; i++)
		command.data[i] = i < 64 ? take_byte(input) : (uint8_t)i;
	vdrive_execute(drive, &command, &answer);
	check_answer(&answer, &command, has_faults);
	free(cdb);
	free(command.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, data + size };
	char path[] = "/tmp/discern-fuzz.XXXXXX";
	struct vdrive *drive;
	bool has_faults;
	int fd = mkstemp(path);

	check(fd >= 0, "cannot make a file in /tmp");
	close(fd);
	unlink(path);
	check(vdrive_new(NULL, &drive, NULL) == 0, "cannot make a drive");
	insert_medium(drive, path, take_byte(&input) % N_MEDIA);
	has_faults = give_faults(drive, &input);
	while (input.at < input.end)
		run_command(drive, &input, has_faults);
	/* Whatever was done to the disc, it can be opened again. */
	vdrive_press_eject(drive, NULL);
	vdrive_free(drive);
	unlink(path);
	return 0;
}

#ifndef DISCERN_FUZZER
/** xorshift64 (Marsaglia): the same numbers on each machine. */
static uint8_t random_byte(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint8_t)(*state >> 32);
}

int main(void)
{
	const double seconds = 2;
	uint64_t state = 0x6469736365726e21;
	uint8_t data[4096];
	unsigned n = 0;
	clock_t begin = clock();

	while (n < 4 * N_MEDIA || (double)(clock() - begin) / CLOCKS_PER_SEC < seconds) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = random_byte(&state);
		data[0] = (uint8_t)(n % N_MEDIA);
		LLVMFuzzerTestOneInput(data, sizeof(data));
		n++;
	}
	printf("%u drives, none of them broken\n", n);
	return 0;
}
#endif
