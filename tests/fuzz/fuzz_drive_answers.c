/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hostile drive: whatever it answers to what we ask of a medium and its sectors, in whatever length, with whatever
 * sense. The input is a series of answers: kind, length (two bytes), bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drive/drive_private.h"
#include "drive/drive_source.h"
#include "fuzz/fuzz.h"

/* What an answer's kind says, modulo their number. */
enum { ANSWER_DATA, ANSWER_MORE_DATA, ANSWER_SENSE, ANSWER_GOOD_WITH_SENSE, ANSWER_HOST, ANSWER_FAILED, N_KINDS };

struct hostile {
	struct transport transport;
	const uint8_t *at, *end;
};

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "fuzz_drive_answers: %s\n", what);
	abort();
}

/* The next answer of the input; none of it is left: no data, GOOD. */
static uint8_t next_answer(struct hostile *hostile, const uint8_t **ret_bytes, size_t *ret_length)
{
	size_t left = (size_t)(hostile->end - hostile->at);
	uint8_t kind;

	*ret_length = 0;
	*ret_bytes = hostile->end;
	if (left < 3)
		return ANSWER_DATA;
	kind = hostile->at[0] % N_KINDS;
	*ret_length = get_be16(hostile->at + 1) < left - 3 ? get_be16(hostile->at + 1) : left - 3;
	*ret_bytes = hostile->at + 3;
	hostile->at += 3 + *ret_length;
	return kind;
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct hostile *hostile = (struct hostile *)transport;
	const uint8_t *bytes;
	size_t length, sense_length;
	uint8_t kind = next_answer(hostile, &bytes, &length);

	memset(ret_result, 0, sizeof(*ret_result));
	sense_length = length < sizeof(ret_result->sense) ? length : sizeof(ret_result->sense);
	if (kind == ANSWER_FAILED)
		return length > 0 && bytes[0] > 0 ? -(int)bytes[0] : -EIO;
	if (kind == ANSWER_SENSE || kind == ANSWER_GOOD_WITH_SENSE) {
		ret_result->status = kind == ANSWER_SENSE ? 0x02 : 0x00;
		memcpy(ret_result->sense, bytes, sense_length);
		/* More than there is room for, which a kernel never says. */
		ret_result->sense_length = length > sizeof(ret_result->sense) ? 255 : (uint8_t)sense_length;
		return 0;
	}
	if (kind == ANSWER_HOST && length >= 3) {
		ret_result->host_status = bytes[0];
		ret_result->driver_status = bytes[1];
		ret_result->status = bytes[2];
	}
	if (command->direction != SCSI_FROM_DRIVE)
		return 0;
	if (length > command->data_length)
		length = command->data_length;
	memcpy(command->data, bytes, length);
	ret_result->residual = kind == ANSWER_MORE_DATA ? SIZE_MAX : command->data_length - length;
	return 0;
}

static void close_hostile(struct transport *transport)
{
	(void)transport;
}

static const struct transport_ops hostile_ops = { .execute = execute, .close = close_hostile };

/* Up to here the drive behaves; the rest is up to the input. */
static struct discern_drive *open_drive(struct hostile *hostile)
{
	static const uint8_t good[] = { ANSWER_DATA, 0,   36,  0x05,        0x80, 0x05, 0x02, 31,   0,   0,   0,   'F',
					'U',         'Z', 'Z', ' ',         ' ',  ' ',  ' ',  'D',  'R', 'I', 'V', 'E',
					' ',         ' ', ' ', ' ',         ' ',  ' ',  ' ',  ' ',  ' ', ' ', ' ', '1',
					'.',         '0', '0', ANSWER_DATA, 0,    5,    0x05, 0x80, 0,   1,   'S' };
	struct discern_drive *drive = NULL;
	const uint8_t *at = hostile->at, *end = hostile->end;

	hostile->at = good;
	hostile->end = good + sizeof(good);
	check(drive_open_on(&hostile->transport, "/dev/sr9", &drive, NULL) == 0, "a good drive does not open");
	hostile->at = at;
	hostile->end = end;
	/* No waiting for a drive that says it gets ready. */
	drive->ready_seconds = 0;
	return drive;
}

static void check_medium(const struct discern_medium *medium)
{
	check(medium->n_tracks <= 1200, "too many tracks");
	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		check((int64_t)track->start_lba + track->n_sectors <= INT32_MAX, "a track beyond all sectors");
	}
	check(medium->read_capacity_sectors <= INT32_MAX, "more sectors than there can be");
	check(discern_medium_state_name(medium->state)[0] != '\0', "no state");
}

static void read_some(struct discern_drive *drive, const struct discern_medium *medium)
{
	static uint8_t buffer[300 * DISCERN_SECTOR_SIZE];
	struct discern_source *source = NULL;
	struct discern_error err;

	if (drive_source_open(drive, medium, NULL, &source, &err) < 0)
		return;
	check(source->preferred_sectors > 0 && source->ecc_sectors > 0, "a source that reads nothing");
	for (int32_t lba = 0; lba < 4; lba++) {
		int ret = source_read(source, lba * 300, 300, buffer, &err);

		check(ret <= 0, "a read that returns more than 0");
		check(ret == 0 || (err.code == ret && err.text[0] != '\0'), "an error without code or words");
	}
	source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile hostile = { .transport.ops = &hostile_ops, .at = data, .end = data + size };
	struct discern_drive *drive = open_drive(&hostile);
	struct discern_drive_abilities abilities;
	struct discern_medium medium;
	struct discern_error err;

	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err) == 0) {
		check_medium(&medium);
		read_some(drive, &medium);
		discern_medium_clear(&medium);
	} else {
		check(err.code < 0 && err.text[0] != '\0', "an error without code or words");
	}
	if (discern_drive_abilities(drive, &abilities, &err) == 0)
		check(abilities.n_profiles <= 48, "too many profiles");
	discern_drive_set_speed(drive, 1000, 1000, &err);
	discern_drive_eject(drive, &err);
	discern_drive_close(drive);
	return 0;
}

/* ---- seeds ---- */

struct seed {
	uint8_t bytes[8192];
	size_t size;
};

static void add(struct seed *seed, const void *bytes, size_t length)
{
	check(seed->size + 3 + length <= sizeof(seed->bytes), "a seed too large");
	seed->bytes[seed->size] = ANSWER_DATA;
	put_be16(seed->bytes + seed->size + 1, (uint16_t)length);
	memcpy(seed->bytes + seed->size + 3, bytes, length);
	seed->size += 3 + length;
}

static void add_track(struct seed *seed, uint8_t number, uint32_t start_lba, uint32_t n_sectors)
{
	uint8_t track[36] = { 0, 34, number, 1, 0, 4, 0x01, 0x02 };

	put_be32(track + 8, start_lba);
	put_be32(track + 12, start_lba + n_sectors);
	put_be32(track + 16, 1000);
	put_be32(track + 24, n_sectors);
	put_be32(track + 28, start_lba + n_sectors - 1);
	add(seed, track, sizeof(track));
}

/* In the order in which discern_drive_medium() asks. */
static void add_disc(struct seed *seed, enum discern_profile profile, uint8_t n_tracks)
{
	uint8_t capacity[8] = { 0, 0, 0x40, 0, 0, 0, 8, 0 };
	uint8_t configuration[24] = { 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0x1b, 0, 0, 0, 3, 3, 4, 9, 0, 0, 0 };
	uint8_t information[34] = { 0, 32, 0x01, 1, 1, 1, n_tracks, 0, 0, 0, 0, 0 };

	put_be16(configuration + 6, (uint16_t)profile);
	add(seed, "", 0);
	add(seed, capacity, sizeof(capacity));
	add(seed, configuration, 8);
	add(seed, configuration, sizeof(configuration));
	information[21] = 79;
	add(seed, information, sizeof(information));
	for (uint8_t i = 0; i < n_tracks; i++)
		add_track(seed, (uint8_t)(i + 1), i * 1000U, 900);
}

static void add_cd(struct seed *seed)
{
	static const uint8_t toc[28] = { 0, 26, 1, 2, 0,    0x14, 1, 0,    0,    0, 0, 0, 0,    0x10,
					 2, 0,  0, 0, 0x27, 0x10, 0, 0x10, 0xaa, 0, 0, 0, 0x4e, 0x20 };

	add_disc(seed, DISCERN_PROFILE_CD_R, 3);
	add(seed, toc, sizeof(toc));
}

static void add_dvd(struct seed *seed)
{
	uint8_t structure[20] = { 0, 18, 0, 0, 0, 0, 0x31, 0, 0, 3, 0, 0, 0xfc, 0xff, 0xff, 0, 0x03, 0, 0, 0x10 };
	static const uint8_t copyright[8] = { 0, 6, 0, 0, 1, 0, 0, 0 };

	add_disc(seed, DISCERN_PROFILE_DVD_ROM, 1);
	add(seed, structure, sizeof(structure));
	add(seed, copyright, sizeof(copyright));
}

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	struct seed seed = { .size = 0 };
	uint8_t *copy;

	switch (index) {
	case 0:
		add_cd(&seed);
		break;
	case 1:
		add_dvd(&seed);
		break;
	case 2:
		add_disc(&seed, DISCERN_PROFILE_DVD_PLUS_RW, 1);
		break;
	default:
		return NULL;
	}
	copy = malloc(seed.size);
	check(copy != NULL, "out of memory");
	memcpy(copy, seed.bytes, seed.size);
	*ret_size = seed.size;
	return copy;
}
