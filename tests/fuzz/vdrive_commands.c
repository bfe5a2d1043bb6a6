/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz/vdrive_commands.h"

#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_state.h"

uint8_t input_byte(struct input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

uint32_t input_below(struct input *input, uint32_t limit)
{
	uint32_t value = (uint32_t)(input_byte(input) << 8);

	value |= input_byte(input);
	return limit > 0 ? value % limit : 0;
}

/* Numbers at which programs err. */
static uint32_t odd_number(struct input *input)
{
	static const uint32_t numbers[] = { 0,          1,          0x7f,       0xff,       0x800,
					    0xffff,     0xffffff,   0x7fffffff, 0x80000000, 0xffffff6a,
					    0xffffffff, 0xf0000000, 0xfffffffe, 0x7ffffff0 };

	return numbers[input_byte(input) % (sizeof(numbers) / sizeof(numbers[0]))];
}

static void fill(struct input *input, uint8_t *data, size_t size, size_t n_random)
{
	uint8_t seed = input_byte(input);

	for (size_t i = 0; i < size; i++)
		data[i] = i < n_random ? input_byte(input) : (uint8_t)(i * 31 + i / 2048 + seed);
}

void make_nonsense(struct input *input, struct fuzz_command *command)
{
	uint8_t shape = input_byte(input);

	memset(command->cdb, 0, sizeof(command->cdb));
	for (size_t i = 0; i < FUZZ_MAX_CDB; i++)
		command->cdb[i] = input_byte(input);
	/* Small numbers reach further than any. */
	for (size_t i = 2; i < FUZZ_MAX_CDB && shape & 1; i++)
		command->cdb[i] = command->cdb[i] < 32 ? command->cdb[i] : 0;
	command->cdb_length = shape & 0x30 ? 12 : input_byte(input) % (FUZZ_MAX_CDB + 1);
	command->direction = (enum vdrive_direction)(input_byte(input) % 3);
	command->data_length = shape & 0x40 ? 2048u * (input_byte(input) % 33) : input_byte(input);
	if (shape & 0x08)
		command->data_length = 28;
	fill(input, command->data, command->data_length, 64);
}

static void set_cdb(struct fuzz_command *command, uint8_t opcode, enum vdrive_direction direction, size_t data_length)
{
	memset(command->cdb, 0, sizeof(command->cdb));
	command->cdb[0] = opcode;
	command->cdb_length = 12;
	command->direction = direction;
	command->data_length = data_length < FUZZ_MAX_DATA ? data_length : FUZZ_MAX_DATA;
}

/* Where a write is allowed, or was, or nearly. */
static uint32_t pick_write_address(struct input *input, const struct vdrive *drive)
{
	const struct disc *disc = drive->disc;
	unsigned n_tracks = disc != NULL ? (unsigned)disc_n_tracks(disc) : 0;
	const struct disc_track *track;

	if (n_tracks == 0 || disc_can_be_overwritten(disc))
		return input_below(input, 64) * 16;
	track = disc_track(disc, 1 + input_below(input, n_tracks));
	if (input_byte(input) < 160 && disc_incomplete_track(disc) != NULL)
		track = disc_incomplete_track(disc);
	else if (input_byte(input) < 160 && disc_invisible_track(disc) != NULL)
		track = disc_invisible_track(disc);
	/* A session at once begins with its first pause. */
	if (disc_is_session_at_once(disc) && input_byte(input) < 200)
		return (uint32_t)disc->session_next_lba;
	return (uint32_t)track->start_lba + track->n_written;
}

static void make_write(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	/* By data block type (MMC-6 table 668), and any. */
	static const uint16_t block_sizes[16] = { 2352, 2368, 2448, 2448, 2048, 2048, 2048, 2048,
						  2048, 2336, 2048, 2056, 2324, 2332, 2048, 2048 };
	static const uint16_t sizes[] = { 2048, 2352, 2448, 2368, 96, 2056, 2332, 2336 };
	uint32_t n_sectors = 1 + input_below(input, 3) * 15 + input_below(input, 3) * 16;
	uint16_t size = block_sizes[drive->write_page.bytes[4] & 15];

	if (input_byte(input) < 64)
		size = sizes[input_byte(input) % (sizeof(sizes) / sizeof(sizes[0]))];

	set_cdb(command,
		input_byte(input) < 220 ? 0x2a
		: input_byte(input) & 1 ? 0xaa
					: 0x2e,
		VDRIVE_FROM_HOST, (size_t)n_sectors * size);
	put_be32(command->cdb + 2, pick_write_address(input, drive));
	if (command->cdb[0] == 0xaa)
		put_be32(command->cdb + 6, n_sectors);
	else
		put_be16(command->cdb + 7, (uint16_t)n_sectors);
	fill(input, command->data, command->data_length, 4);
}

static void make_read(struct input *input, struct fuzz_command *command)
{
	static const uint8_t opcodes[] = { 0x28, 0x28, 0xa8, 0xbe, 0xbe, 0xb9, 0x2f };
	uint32_t lba = input_below(input, 1400) - 160, n_sectors = input_below(input, 33);

	set_cdb(command, opcodes[input_byte(input) % sizeof(opcodes)], VDRIVE_TO_HOST, (size_t)n_sectors * 2744);
	put_be32(command->cdb + 2, input_byte(input) < 8 ? odd_number(input) : lba);
	put_be16(command->cdb + 7, (uint16_t)n_sectors);
	if (command->cdb[0] == 0xa8)
		put_be32(command->cdb + 6, n_sectors);
	if (command->cdb[0] == 0x2f)
		command->direction = VDRIVE_NO_DATA;
	if (command->cdb[0] == 0xbe || command->cdb[0] == 0xb9) {
		command->cdb[1] = (uint8_t)(input_byte(input) % 8 << 2);
		command->cdb[9] = input_byte(input);
		command->cdb[10] = input_byte(input) % 6;
	}
	if (command->cdb[0] == 0xb9) {
		lba += 150;
		for (unsigned i = 0; i < 2; i++, lba += n_sectors) {
			command->cdb[3 + 3 * i] = (uint8_t)(lba / 4500);
			command->cdb[4 + 3 * i] = (uint8_t)(lba / 75 % 60);
			command->cdb[5 + 3 * i] = (uint8_t)(lba % 75);
		}
		command->cdb[9] = input_byte(input);
	}
}

/* Write parameters page (MMC-6 7.5) behind the header of MODE SELECT(10). */
static void make_mode_select(struct input *input, struct fuzz_command *command)
{
	uint8_t *page = command->data + 8;

	set_cdb(command, 0x55, VDRIVE_FROM_HOST, 8 + 0x34);
	command->cdb[1] = 0x10;
	put_be16(command->cdb + 7, 8 + 0x34);
	memset(command->data, 0, 8 + 0x34);
	page[0] = 0x05;
	page[1] = 0x32;
	page[2] = (uint8_t)((input_byte(input) & 0xf0) | input_byte(input) % 5);
	page[3] = (uint8_t)((input_byte(input) & 0xf0) | input_byte(input) % 8);
	page[4] = input_byte(input) % 14;
	page[5] = input_byte(input) & 1 ? 16 : 0;
	page[8] = input_byte(input) & 1 ? 0x20 : 0;
	page[13] = input_byte(input) & 1 ? 16 : 0;
	/* As packet writers set it. */
	if (input_byte(input) < 64) {
		page[2] &= 0xf0;
		page[3] |= 0x24;
		page[4] = input_byte(input) & 1 ? 8 : 10;
		page[13] = 32;
	}
	page[15] = input_byte(input) & 1 ? 150 : input_byte(input);
	if (input_byte(input) < 64)
		fill(input, page + 16, 36, 36);
	if (input_byte(input) < 32) {
		page[0] = input_byte(input) & 0x3f;
		page[1] = input_byte(input) % 0x33;
	}
}

static void make_format(struct input *input, struct fuzz_command *command)
{
	static const uint8_t types[] = { 0x00, 0x01, 0x04, 0x05, 0x10, 0x11, 0x12, 0x13,
					 0x15, 0x20, 0x24, 0x25, 0x26, 0x30, 0x31, 0x32 };
	static const uint32_t blocks[] = { 0, 16, 32, 320, 512, 768, 1024, 0xffffffff };

	set_cdb(command, 0x04, VDRIVE_FROM_HOST, 12);
	command->cdb[1] = input_byte(input) < 224 ? 0x11 : input_byte(input);
	memset(command->data, 0, 12);
	command->data[1] = input_byte(input) < 128 ? 0x02 : input_byte(input);
	command->data[3] = 8;
	put_be32(command->data + 4, input_byte(input) < 16 ? odd_number(input) : blocks[input_byte(input) % 8]);
	command->data[8] = (uint8_t)(types[input_byte(input) % sizeof(types)] << 2 | (input_byte(input) & 3));
	put_be24(command->data + 9, input_byte(input) & 1 ? input_below(input, 64) : 2048);
	if (input_byte(input) < 32)
		put_be24(command->data + 9, 32);
	/* Code 7 has four bytes before its descriptor. */
	if (input_byte(input) < 48) {
		command->cdb[1] = 0x17;
		command->data_length = 16;
		memmove(command->data + 12, command->data + 4, 4);
		memset(command->data + 4, 0, 8);
		command->data[8] = (uint8_t)(input_byte(input) % 4 << 6);
	}
}

static void put_cue(uint8_t *entry, uint8_t control, uint8_t track, uint8_t index)
{
	entry[0] = control;
	entry[1] = track;
	entry[2] = index;
}

static void put_cue_time(uint8_t *entry, uint32_t frames)
{
	entry[5] = (uint8_t)(frames / 4500);
	entry[6] = (uint8_t)(frames / 75 % 60);
	entry[7] = (uint8_t)(frames % 75);
}

/* Lead-in, up to four tracks, lead-out (MMC-6 6.32.3.2). */
static void make_cue_sheet(struct input *input, struct fuzz_command *command)
{
	static const uint8_t forms[] = { 0x10, 0x10, 0x10, 0x00, 0x00, 0x01, 0x11, 0x12, 0x20, 0x21, 0x30, 0x50, 0xc0 };
	uint8_t *entry = command->data, n_tracks = (uint8_t)(1 + input_byte(input) % 4);
	uint32_t frames = 0;

	memset(command->data, 0, 32 * 8);
	put_cue(entry, 0x41, 0, 0);
	entry[3] = input_byte(input) & 1 ? 0x14 : 0x01;
	for (uint8_t track = 1; track <= n_tracks; track++) {
		uint8_t form = forms[input_byte(input) % sizeof(forms)], control = form < 0x10 ? 0x01 : 0x41;

		if (input_byte(input) < 24) {
			entry += 8;
			fill(input, entry, 16, 16);
			entry[0] = (uint8_t)(control - 1 + 2 + input_byte(input) % 2);
			entry[8] = entry[0];
			entry += 8;
		}
		if (track == 1 || input_byte(input) & 1) {
			entry += 8;
			put_cue(entry, control, track, 0);
			entry[3] = form;
			put_cue_time(entry, frames);
			frames += track == 1 || input_byte(input) < 200 ? 150 : input_below(input, 300);
		}
		entry += 8;
		put_cue(entry, control, track, 1);
		entry[3] = form;
		put_cue_time(entry, frames);
		frames += input_byte(input) < 200 ? 300 + input_below(input, 100) : input_below(input, 400);
	}
	entry += 8;
	put_cue(entry, 0x41, 0xaa, 1);
	entry[3] = 0x14;
	put_cue_time(entry, frames);
	set_cdb(command, 0x5d, VDRIVE_FROM_HOST, (size_t)(entry + 8 - command->data));
	put_be24(command->cdb + 6, (uint32_t)command->data_length);
}

/* What is asked and told without an address, each with plausible operands. */
static void make_other(struct input *input, struct fuzz_command *command)
{
	static const struct {
		uint8_t opcode, byte_1_mask, byte_2_mask, length_byte;
	} commands[] = {
		{ 0x00, 0, 0, 0 },    { 0x03, 0, 0, 4 },    { 0x12, 1, 0xff, 4 }, { 0x1a, 8, 0xff, 4 },
		{ 0x1b, 1, 0, 0 },    { 0x1e, 0, 0, 0 },    { 0x23, 0, 0, 8 },    { 0x25, 0, 0, 0 },
		{ 0x35, 2, 0, 0 },    { 0x42, 2, 0x40, 8 }, { 0x43, 2, 7, 8 },    { 0x44, 2, 0, 8 },
		{ 0x46, 3, 0, 8 },    { 0x4a, 1, 0, 8 },    { 0x51, 7, 0, 8 },    { 0x52, 7, 0, 8 },
		{ 0x5a, 8, 0xff, 8 }, { 0x5b, 1, 7, 0 },    { 0x5b, 1, 7, 0 },    { 0x5c, 1, 0, 8 },
		{ 0xa1, 0x17, 0, 0 }, { 0xa4, 0, 0, 9 },    { 0xac, 0x1f, 0, 9 }, { 0xad, 1, 0, 9 },
		{ 0xbb, 3, 0xff, 0 }, { 0xbd, 0, 0, 9 },    { 0x2b, 0, 0, 0 },    { 0x54, 1, 0, 0 },
		{ 0x53, 0, 0, 0 },    { 0xb6, 0, 0, 0 },    { 0xa3, 0, 0, 0 },    { 0xbf, 7, 0, 0 },
	};
	unsigned n = input_byte(input) % (sizeof(commands) / sizeof(commands[0]));
	size_t length = input_byte(input) & 1 ? 0xf0 : input_byte(input);

	set_cdb(command, commands[n].opcode, commands[n].length_byte != 0 ? VDRIVE_TO_HOST : VDRIVE_NO_DATA, 0);
	command->cdb[1] = input_byte(input) & commands[n].byte_1_mask;
	command->cdb[2] = input_byte(input) & commands[n].byte_2_mask;
	for (size_t i = 3; i < 12; i++)
		command->cdb[i] = input_byte(input) < 128 ? input_byte(input) % 17 : 0;
	if (commands[n].length_byte != 0 || commands[n].opcode == 0x25)
		command->data_length = length;
	if (commands[n].opcode == 0x25)
		command->direction = VDRIVE_TO_HOST;
	if (commands[n].length_byte != 0)
		command->cdb[commands[n].length_byte] = (uint8_t)length;
	if (commands[n].opcode == 0x53)
		put_be32(command->cdb + 5, 1 + input_below(input, 640));
	if (commands[n].opcode == 0x54 || commands[n].opcode == 0xb6 || commands[n].opcode == 0xbf ||
	    commands[n].opcode == 0xa3) {
		command->direction = VDRIVE_FROM_HOST;
		command->data_length = input_byte(input) & 1 ? 28 : input_byte(input);
		fill(input, command->data, command->data_length, 32);
		put_be16(command->cdb + (commands[n].opcode == 0x54 ? 7 : 8), (uint16_t)command->data_length);
	}
}

/* One thing is not as it should be. */
static void spoil(struct input *input, struct fuzz_command *command)
{
	switch (input_byte(input) % 6) {
	case 0:
		command->cdb[input_byte(input) % 12] ^= (uint8_t)(1 << input_byte(input) % 8);
		break;
	case 1:
		command->data_length = input_below(input, FUZZ_MAX_DATA);
		break;
	case 2:
		command->direction = (enum vdrive_direction)(input_byte(input) % 3);
		break;
	case 3:
		put_be32(command->cdb + 2, odd_number(input));
		break;
	case 4:
		put_be32(command->cdb + 6, odd_number(input));
		break;
	default:
		if (command->data_length > 0)
			command->data[input_below(input, (uint32_t)command->data_length) % 64] = input_byte(input);
		break;
	}
}

void make_sense(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	uint8_t kind = input_byte(input) % 16;

	if (kind < 5)
		make_write(input, drive, command);
	else if (kind < 7)
		make_read(input, command);
	else if (kind == 7)
		make_mode_select(input, command);
	else if (kind == 8)
		make_format(input, command);
	else if (kind == 9)
		make_cue_sheet(input, command);
	else
		make_other(input, command);
	if (input_byte(input) < 24)
		spoil(input, command);
}
