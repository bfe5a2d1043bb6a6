/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequences of commands for a virtual drive with each kind of medium, with discs changed and rules added in between.
 * What must hold whatever they are: answers are well-formed; a write-once sector never changes; a finished or pressed
 * disc stays as it is; the file of a disc can be opened again, also one whose server was killed.
 *
 * As a check program it makes its own input, from a fixed seed, for about two seconds. tools/fuzz drives it without
 * end.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/vdrive_commands.h"
#include "fuzz/vdrive_sessions.h"
#include "vdrive/disc.h"
#include "vdrive/disc_cd.h"
#include "vdrive/vdrive.h"

/* Sectors of each medium: enough for some tracks, few enough to be filled. */
enum { N_SECTORS = 1280, N_PRESSED_SECTORS = 600 };

static const char *const blanks[] = {
	"cd-r",     "dvd+r",    "dvd+rw",  "bd-r",  "cd-rw",   "dvd-r",   "dvd-rw",   "dvd-rw-overwrite",
	"dvd-r-dl", "dvd+r-dl", "dvd-ram", "bd-re", "bd-r-dl", "bd-r-tl", "bd-re-dl", "bd-re-tl",
};
static const char *const pressed[] = { "cd-rom", "dvd-rom", "dvd-rom-dl", "bd-rom", NULL };
/* The last pressed one is a CD with sound and data, by a cue sheet. */
enum { N_BLANKS = 16, N_PRESSED = 5, N_MEDIA = N_BLANKS + N_PRESSED + 1 };

/* What a write-once disc held when it was last looked at. */
struct shadow {
	uint64_t hashes[N_SECTORS];
	bool is_recorded[N_SECTORS];
	bool is_complete;
	size_t n_tracks, n_sessions;
	uint32_t recorded_end;
};

struct run {
	struct input input;
	struct vdrive *drive;
	char path[64];
	const char *kind, *medium_path;
	bool has_faults, has_disc;
	struct shadow shadow;
	struct fuzz_command command;
};

/* A pressed disc's image, one for all runs: nobody may change it. */
static char image_path[64], cue_path[72];
static uint8_t *image, *image_copy;

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "fuzz_vdrive_cdb: %s\n", what);
	abort();
}

static void make_name(char *path, size_t size)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, size, "%.40s/discern-fuzz.XXXXXX", folder != NULL ? folder : "/tmp");
	fd = mkstemp(path);
	check(fd >= 0, "cannot make a temporary file");
	close(fd);
	unlink(path);
}

static void remove_image(void)
{
	unlink(image_path);
	unlink(cue_path);
}

static void make_image(void)
{
	const size_t size = N_PRESSED_SECTORS * 2048;
	FILE *cue;
	int fd;

	if (image != NULL)
		return;
	make_name(image_path, sizeof(image_path));
	fd = open(image_path, O_RDWR | O_CREAT | O_EXCL, 0600);
	image_copy = malloc(size);
	check(fd >= 0 && image_copy != NULL, "cannot make an image");
	atexit(remove_image);
	for (size_t i = 0; i < size; i++)
		image_copy[i] = (uint8_t)(i * 7 + i / 2048);
	check(write(fd, image_copy, size) == (ssize_t)size, "cannot write the image");
	snprintf(cue_path, sizeof(cue_path), "%s.cue", image_path);
	cue = fopen(cue_path, "w");
	check(cue != NULL, "cannot make a cue sheet");
	/* Where a track of sound ends the length of its sectors changes. */
	fprintf(cue,
		"FILE \"%s\" BINARY\n"
		"TRACK 01 MODE1/2048\nINDEX 01 00:00:00\n"
		"TRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:04:00\n",
		strrchr(image_path, '/') + 1);
	fclose(cue);
	image = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	check(image != MAP_FAILED, "cannot map the image");
	close(fd);
}

/* A new medium with this number into the drive; the last number is none. */
static void insert_medium(struct run *run, unsigned number)
{
	run->has_disc = false;
	run->kind = NULL;
	run->medium_path = NULL;
	memset(&run->shadow, 0, sizeof(run->shadow));
	if (number < N_BLANKS) {
		const struct vdrive_disc_options options = { .media = blanks[number], .n_sectors = N_SECTORS };

		if (run->path[0] == '\0')
			make_name(run->path, sizeof(run->path));
		unlink(run->path);
		check(vdrive_disc_create(run->path, &options, NULL) == 0, "cannot make a blank disc");
		run->has_disc = true;
		run->medium_path = run->path;
		check(vdrive_insert(run->drive, run->path, NULL, NULL) == 0, "cannot insert the medium");
	} else if (number < N_BLANKS + N_PRESSED) {
		run->kind = pressed[number - N_BLANKS];
		run->medium_path = run->kind != NULL ? image_path : cue_path;
		check(vdrive_insert(run->drive, run->medium_path, run->kind, NULL) == 0, "cannot insert the image");
	}
}

static uint64_t hash_of(const uint8_t *data, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < size; i += 8) {
		uint64_t word;

		memcpy(&word, data + i, sizeof(word));
		hash = (hash ^ word) * 0x100000001b3;
		hash ^= hash >> 29;
	}
	return hash;
}

static bool read_sector(struct disc *disc, int32_t lba, uint64_t *ret_hash)
{
	uint8_t sector[SECTOR_RAW];
	bool is_raw = disc_is_cd(disc) && !disc_is_plain(disc, lba, 1);
	bool is_read = is_raw ? disc_read_raw(disc, lba, sector, NULL) == 0 : disc_read(disc, lba, 1, sector) == 0;

	*ret_hash = is_read ? hash_of(sector, is_raw ? SECTOR_RAW : DISC_SECTOR) : 0;
	return is_read;
}

static void check_sectors(struct shadow *shadow, struct disc *disc)
{
	for (int32_t lba = 0; lba < N_SECTORS; lba++) {
		uint64_t hash;
		bool is_recorded = read_sector(disc, lba, &hash);

		if (shadow->is_recorded[lba])
			check(is_recorded && hash == shadow->hashes[lba], "a write-once sector has changed");
		shadow->is_recorded[lba] = is_recorded;
		shadow->hashes[lba] = hash;
	}
}

/* What a medium does not allow has not been done to the one in the drive. */
static void check_disc(struct run *run)
{
	struct disc *disc = run->drive->disc;
	struct shadow *shadow = &run->shadow;

	/* What a test write does is undone. */
	if (disc == NULL || disc_is_pressed(disc) || run->has_faults || disc_profile(disc)->is_rewritable ||
	    disc_is_test(disc))
		return;
	/* Pseudo-overwrite is what lets a BD-R appear to change. */
	if (disc_recording(disc) != RECORDING_PSEUDO_OVERWRITE)
		check_sectors(shadow, disc);
	if (shadow->is_complete)
		check(disc_status(disc) == DISC_COMPLETE && disc_n_tracks(disc) == shadow->n_tracks &&
			      disc_n_sessions(disc) == shadow->n_sessions &&
			      disc_recorded_end(disc) == shadow->recorded_end,
		      "a finished disc has changed");
	shadow->is_complete = disc_status(disc) == DISC_COMPLETE;
	shadow->n_tracks = disc_n_tracks(disc);
	shadow->n_sessions = disc_n_sessions(disc);
	shadow->recorded_end = disc_recorded_end(disc);
}

/* The file as it is now, as after a server that was killed. */
static void check_killed(const struct run *run)
{
	uint8_t block[65536];
	char path[64];
	struct disc *disc;
	struct discern_error err;
	int from = open(run->path, O_RDONLY), to;
	off_t size = lseek(from, 0, SEEK_END), at = 0;
	ssize_t n;

	make_name(path, sizeof(path));
	to = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	check(from >= 0 && to >= 0 && ftruncate(to, size) == 0, "cannot copy the disc");
	while ((at = lseek(from, at, SEEK_DATA)) >= 0 && (n = pread(from, block, sizeof(block), at)) > 0) {
		check(pwrite(to, block, (size_t)n, at) == n, "cannot copy the disc");
		at += n;
	}
	close(from);
	close(to);
	if (disc_open(path, NULL, &disc, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		check(false, "the disc of a killed server cannot be opened");
	}
	disc_close(disc);
	unlink(path);
}

static void check_answer(const struct run *run, const struct vdrive_answer *answer)
{
	check(answer->transferred <= run->command.data_length, "more was transferred than there is room for");
	check(run->has_faults || answer->host_status == VDRIVE_HOST_OK, "a host status without a fault");
	check(answer->status == 0 || answer->status == 2 || run->has_faults, "neither GOOD nor CHECK CONDITION");
	if (answer->status != 2)
		return;
	check(answer->sense_length >= 18 && answer->sense_length <= sizeof(answer->sense),
	      "sense data of a wrong length");
	check((answer->sense[0] & 0x7f) == 0x70, "sense data of another format than fixed");
	check((answer->sense[2] & 0x0f) != 0 || run->has_faults, "CHECK CONDITION without a sense key");
}

/* Its block and data in memory of exactly their size, so that a sanitizer sees any step beyond. */
static void execute(struct run *run)
{
	const struct fuzz_command *made = &run->command;
	struct vdrive_command command = { .cdb_length = made->cdb_length,
					  .direction = made->direction,
					  .data_length = made->data_length };
	uint8_t *cdb = malloc(made->cdb_length > 0 ? made->cdb_length : 1);
	struct vdrive_answer answer;

	command.data = malloc(made->data_length > 0 ? made->data_length : 1);
	check(cdb != NULL && command.data != NULL, "no memory");
	memcpy(cdb, made->cdb, made->cdb_length);
	memcpy(command.data, made->data, made->data_length);
	command.cdb = cdb;
	vdrive_execute(run->drive, &command, &answer);
	check_answer(run, &answer);
	check(made->direction == VDRIVE_TO_HOST || memcmp(command.data, made->data, made->data_length) == 0,
	      "the host's data was written to");
	free(cdb);
	free(command.data);
}

static void give_fault(struct run *run)
{
	static const char *const rules[] = {
		"read probability=30% short=1000",
		"read probability=30% flip=9 lba=5-9",
		"read probability=30% stale",
		"write probability=30% short=3000",
		"write probability=30% flip=3",
		"write probability=30% stale",
		"any probability=2% power-loss",
		"any probability=1% tray",
		"write probability=5% underrun",
		"any capacity=4294967295",
		"any probability=1% remove",
		"scratch count=9 severity=1 width=20",
		"rot severity=1 dead=0",
		"design lba=-150-2147483647",
		"any probability=5% delay=100000",
		"any probability=1% exchange=/dev/null",
		"any probability=1% status=8",
		"write probability=2% host=reset",
		"any probability=1% sense=0/00/00",
		"any probability=0.1% unplug",
		"ring radius=24-58 severity=0.5",
		"any probability=1% sense=1/17/01",
		"protection=css:100-300 region=2",
		"protection=aacs:0-500",
		"protection=cprm",
		"write count=1 skip=9 power-loss",
	};
	uint8_t mode = input_byte(&run->input);
	const char *rule = rules[input_byte(&run->input) % (sizeof(rules) / sizeof(rules[0]))];
	char *copy = strdup(rule);

	if (mode < 64) {
		vdrive_set_clock(run->drive, mode & 1 ? VDRIVE_CLOCK_REAL : VDRIVE_CLOCK_VIRTUAL, NULL);
	} else if (mode < 128) {
		run->has_faults = true;
		check(copy != NULL && vdrive_replace_faults(run->drive, &copy, mode % 2, NULL) == 0,
		      "a rule is refused");
	} else {
		run->has_faults = true;
		check(vdrive_add_fault(run->drive, rule, NULL) == 0, "a rule is refused");
	}
	free(copy);
}

/* Out and in again, which changes nothing. */
static void reload(struct run *run)
{
	const char *path = run->medium_path;
	enum disc_status status;
	size_t n_tracks;

	if (run->drive->disc == NULL || vdrive_press_eject(run->drive, NULL) < 0)
		return;
	check(vdrive_insert(run->drive, path, run->kind, NULL) == 0, "a disc cannot be inserted again");
	status = disc_status(run->drive->disc);
	n_tracks = disc_n_tracks(run->drive->disc);
	check_disc(run);
	vdrive_press_eject(run->drive, NULL);
	check(vdrive_insert(run->drive, path, run->kind, NULL) == 0, "a disc cannot be inserted a third time");
	check(disc_status(run->drive->disc) == status && disc_n_tracks(run->drive->disc) == n_tracks,
	      "a disc is another one after it was inserted again");
}

static void execute_plain(struct run *run, const uint8_t cdb[10])
{
	memcpy(run->command.cdb, cdb, 10);
	run->command.cdb_length = cdb[0] == 0 ? 6 : 10;
	run->command.direction = VDRIVE_NO_DATA;
	run->command.data_length = 0;
	execute(run);
}

/* A session from its page to its end, now and then with something else in between. */
static void record_session(struct run *run)
{
	static const uint8_t ready[10] = { 0 }, synchronize[10] = { 0x35 }, close_session[10] = { 0x5b, 0, 2 };
	uint8_t how = input_byte(&run->input);
	unsigned n_writes = how & 1 ? 300 : input_below(&run->input, 40);

	/* What a new disc makes the next command tell. */
	execute_plain(run, ready);
	make_session_page(&run->input, &run->command);
	execute(run);
	if (how & 2) {
		make_packet_format(&run->input, &run->command);
		execute(run);
	} else {
		make_session_sheet(&run->input, run->drive, &run->command);
		execute(run);
	}
	for (unsigned i = 0; i < n_writes && run->input.at < run->input.end; i++) {
		make_session_write(&run->input, run->drive, &run->command);
		execute(run);
		if (how & 4 && input_byte(&run->input) < 8) {
			make_sense(&run->input, run->drive, &run->command);
			execute(run);
		}
	}
	execute_plain(run, synchronize);
	if (!(how & 8))
		execute_plain(run, close_session);
}

static void take_step(struct run *run)
{
	uint8_t what = input_byte(&run->input);

	if (what < 10 && run->drive->disc != NULL && disc_is_cd(run->drive->disc)) {
		record_session(run);
	} else if (what < 208) {
		make_sense(&run->input, run->drive, &run->command);
		execute(run);
	} else if (what < 240) {
		make_nonsense(&run->input, &run->command);
		execute(run);
	} else if (what < 248) {
		reload(run);
	} else if (what < 250) {
		check_disc(run);
		if (vdrive_press_eject(run->drive, NULL) == 0)
			insert_medium(run, input_byte(&run->input) % N_MEDIA);
	} else if (what < 252 && run->has_disc) {
		check_killed(run);
	} else if (what >= 254 && input_byte(&run->input) < 64) {
		give_fault(run);
	}
	if (what % 16 == 0)
		check_disc(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *run = calloc(1, sizeof(*run));

	check(run != NULL, "no memory");
	make_image();
	run->input = (struct input){ data, data + size };
	check(vdrive_new(NULL, &run->drive, NULL) == 0, "cannot make a drive");
	insert_medium(run, input_byte(&run->input) % N_MEDIA);
	while (run->input.at < run->input.end)
		take_step(run);
	check_disc(run);
	run->has_faults = run->has_faults || run->drive->disc == NULL;
	reload(run);
	vdrive_free(run->drive);
	if (run->has_disc)
		check_killed(run);
	if (run->path[0] != '\0')
		unlink(run->path);
	check(memcmp(image, image_copy, N_PRESSED_SECTORS * 2048) == 0, "a pressed disc was written to");
	free(run);
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
	const time_t seconds = 2;
	uint64_t state = 0x6469736365726e21;
	uint8_t data[4096];
	unsigned n = 0;
	time_t begin = time(NULL);

	while (n < 2 * N_MEDIA || time(NULL) - begin < seconds) {
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
