/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz/vdrive_sessions.h"

#include <string.h>

#include "base/bytes.h"
#include "disc/subchannel.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/write_page.h"

enum { RAW_BLOCK = SECTOR_RAW + SUBCHANNEL_BYTES, RAW_PQ_BLOCK = SECTOR_RAW + 16 };

static void set_cdb(struct fuzz_command *command, uint8_t opcode, size_t data_length)
{
	memset(command->cdb, 0, sizeof(command->cdb));
	command->cdb[0] = opcode;
	command->cdb_length = opcode == 0x04 ? 6 : 10;
	command->direction = VDRIVE_FROM_HOST;
	command->data_length = data_length < FUZZ_MAX_DATA ? data_length : FUZZ_MAX_DATA;
	memset(command->data, 0, command->data_length);
}

void make_session_page(struct input *input, struct fuzz_command *command)
{
	/* Write type, track mode, block type, packet sectors. */
	static const uint8_t pages[][4] = {
		{ 0x42, 0x00, 0, 0 }, { 0x42, 0xc4, 8, 0 },  { 0x43, 0x00, 1, 0 },   { 0x43, 0xc0, 2, 0 },
		{ 0x43, 0x00, 3, 0 }, { 0x00, 0x24, 8, 32 }, { 0x00, 0x24, 10, 32 }, { 0x00, 0x04, 8, 0 },
		{ 0x41, 0xc0, 0, 0 }, { 0x41, 0xc0, 3, 0 },  { 0x41, 0xc4, 8, 0 },   { 0x41, 0x04, 13, 0 },
	};
	const uint8_t *values = pages[input_byte(input) % (sizeof(pages) / sizeof(pages[0]))];
	uint8_t *page = command->data + 8;

	set_cdb(command, 0x55, 8 + 0x34);
	command->cdb[1] = 0x10;
	put_be16(command->cdb + 7, 8 + 0x34);
	page[0] = 0x05;
	page[1] = 0x32;
	page[2] = (uint8_t)(values[0] | (input_byte(input) < 16 ? 0x10 : 0));
	page[3] = values[1];
	page[4] = values[2];
	page[8] = input_byte(input) < 64 ? 0x20 : 0;
	page[13] = values[3];
	page[15] = 150;
}

static uint8_t *add_cue(uint8_t *entry, const uint8_t place[4], uint32_t frames)
{
	memcpy(entry, place, 4);
	entry[5] = (uint8_t)(frames / 4500);
	entry[6] = (uint8_t)(frames / 75 % 60);
	entry[7] = (uint8_t)(frames % 75);
	return entry + 8;
}

/* Two entries of catalogue number (ADR 2) or ISRC (ADR 3). */
static uint8_t *add_text(uint8_t *entry, uint8_t control_adr, uint8_t track)
{
	bool is_isrc = (control_adr & 3) == 3;
	const char *text = is_isrc ? "DEABC0512345" : "4012345678901";
	size_t n_first = is_isrc ? 6 : 7, n_second = 6;

	entry[0] = entry[8] = control_adr;
	entry[1] = entry[9] = track;
	memcpy(entry + (is_isrc ? 2 : 1), text, n_first);
	memcpy(entry + 8 + (is_isrc ? 2 : 1), text + n_first, n_second);
	return entry + 16;
}

void make_session_sheet(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	static const uint8_t forms[] = { 0x00, 0x10, 0x20, 0x30, 0x40, 0xc0, 0x50, 0x21, 0x13, 0x01, 0x14, 0x24 };
	const struct disc_track *next = drive->disc != NULL ? disc_invisible_track(drive->disc) : NULL;
	uint8_t *entry = command->data, lead_in = input_byte(input) < 80 ? 0x41 : 0x01;
	uint8_t first = next != NULL ? (uint8_t)next->number : 1, n_tracks = (uint8_t)(1 + input_byte(input) % 3);
	uint32_t frames = next != NULL ? (uint32_t)next->start_lba : 0;

	set_cdb(command, 0x5d, 64 * 8);
	if (input_byte(input) < 64)
		entry = add_text(entry, 0x02, 0);
	entry = add_cue(entry, (const uint8_t[4]){ 0x01, 0, 0, lead_in }, 0);
	for (uint8_t track = first; track < first + n_tracks; track++) {
		uint8_t form = forms[input_byte(input) % sizeof(forms)];
		uint8_t control = (form & 0x3f) < 0x10 ? 0x01 : 0x41;

		if (input_byte(input) < 48)
			entry = add_text(entry, (uint8_t)(control | 0x03), track);
		if (track == first || input_byte(input) & 1) {
			entry = add_cue(entry, (const uint8_t[4]){ control, track, 0, form }, frames);
			frames += track == first ? 150 : input_below(input, 40);
		}
		entry = add_cue(entry, (const uint8_t[4]){ control, track, 1, form }, frames);
		if (input_byte(input) < 64)
			entry = add_cue(entry, (const uint8_t[4]){ control, track, 2, form },
					frames + 1 + input_below(input, 290));
		frames += 300 + input_below(input, 20);
	}
	entry = add_cue(entry, (const uint8_t[4]){ 0x41, 0xaa, 1, 0x14 }, frames);
	command->data_length = (size_t)(entry - command->data);
	put_be24(command->cdb + 6, (uint32_t)command->data_length);
}

static uint8_t bcd(uint32_t value)
{
	return (uint8_t)(value / 10 % 10 << 4 | value % 10);
}

static void put_bcd_time(uint8_t *at, int64_t lba)
{
	uint32_t frames = (uint32_t)(lba + 150);

	at[0] = bcd(frames / 4500);
	at[1] = bcd(frames / 75 % 60);
	at[2] = bcd(frames % 75);
}

/* Two tracks of 300 sectors or a little more, the second of data if the disc's identifier says so. */
static void make_q(const struct vdrive *drive, int32_t lba, int32_t begin_lba, uint8_t ret_q[SUBCHANNEL_ONE])
{
	uint8_t first = (uint8_t)disc_n_tracks(drive->disc), second = (uint8_t)(first + 1);
	uint8_t control = drive->write_page.bytes[8] != 0 ? 0x41 : 0x01;
	const uint8_t points[5] = { 0xa0, 0xa1, 0xa2, bcd(first), bcd(second) };
	int32_t start = begin_lba + 150, middle = start + 320, end = middle + 310;

	memset(ret_q, 0, SUBCHANNEL_ONE);
	ret_q[0] = control;
	if (lba < begin_lba) {
		unsigned n = (unsigned)(lba - begin_lba) % 5;

		ret_q[2] = points[n];
		if (n < 2)
			ret_q[7] = bcd(n == 0 ? first : second);
		else
			put_bcd_time(ret_q + 7, n == 2 ? end : n == 3 ? start : middle);
	} else {
		ret_q[1] = lba < middle ? bcd(first) : bcd(second);
		ret_q[2] = lba < start ? 0 : (uint8_t)(lba >= middle + 200 ? 2 : 1);
		put_bcd_time(ret_q + 3, (lba < start ? start - 1 - lba : lba - start) - 150);
		put_bcd_time(ret_q + 7, lba);
	}
	put_be16(ret_q + SUBCHANNEL_ONE - 2, q_crc(ret_q));
}

static void make_raw_write(struct input *input, const struct vdrive *drive, int32_t lba, struct fuzz_command *command)
{
	const struct disc_track *next = disc_invisible_track(drive->disc);
	bool has_pq = (drive->write_page.bytes[4] & 15) == CD_BLOCK_RAW_PQ;
	size_t block_bytes = has_pq ? RAW_PQ_BLOCK : RAW_BLOCK;
	/* The lead-in has thousands of blocks, of which few tell anything new. */
	uint32_t most = FUZZ_MAX_DATA / RAW_BLOCK,
		 n_sectors = input_byte(input) < 200 ? most : 1 + input_below(input, most);
	int32_t begin_lba = next != NULL ? next->start_lba - 150 : disc_n_tracks(drive->disc) > 0 ? -150 : 0;

	set_cdb(command, 0x2a, n_sectors * block_bytes);
	put_be32(command->cdb + 2, (uint32_t)lba);
	put_be16(command->cdb + 7, (uint16_t)n_sectors);
	for (uint32_t i = 0; i < n_sectors; i++) {
		uint8_t channels[SUBCHANNEL_BYTES] = { 0 }, *block = command->data + i * block_bytes;
		uint8_t *q = channels + SUBCHANNEL_Q * SUBCHANNEL_ONE;

		make_q(drive, lba + (int32_t)i, begin_lba, q);
		if (has_pq)
			memcpy(block + SECTOR_RAW, q, SUBCHANNEL_ONE);
		else
			subchannel_interleave(block + SECTOR_RAW, channels);
	}
	if (input_byte(input) < 24)
		command->data[SECTOR_RAW + input_below(input, 96)] ^= input_byte(input);
}

/* As much as the sheet has of one form, from where it goes on. */
static void make_announced_write(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	const struct cd_recording *recording = drive->recording;
	int32_t lba = recording->next_lba;
	uint32_t n_same = (uint32_t)(recording->sheet->begin_lba - lba), n_sectors;
	size_t block_bytes = SUBCHANNEL_BYTES;
	uint8_t seed = input_byte(input);

	if (lba >= recording->sheet->begin_lba)
		block_bytes = cd_blocks_bytes(cue_sheet_blocks(recording->sheet, lba, &n_same));
	n_sectors = (uint32_t)(FUZZ_MAX_DATA / (block_bytes > 0 ? block_bytes : 1));
	if (n_sectors > n_same)
		n_sectors = n_same;
	if (input_byte(input) < 32)
		n_sectors = 1 + input_below(input, n_sectors);
	set_cdb(command, 0x2a, n_sectors * block_bytes);
	put_be32(command->cdb + 2, (uint32_t)lba);
	put_be16(command->cdb + 7, (uint16_t)n_sectors);
	for (size_t i = 0; i < command->data_length; i += 61)
		command->data[i] = (uint8_t)(seed + i);
}

static void make_plain_write(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	const struct disc_track *track = disc_incomplete_track(drive->disc);
	bool is_formatted = disc_is_packet_formatted(drive->disc);
	struct cd_blocks blocks = { .main_bytes = DISC_SECTOR };
	uint32_t n_sectors = is_formatted ? DISC_PACKET_SECTORS : 1 + input_below(input, 32);
	uint32_t lba = is_formatted ? input_below(input, 40) * DISC_PACKET_SECTORS : 0;

	if (disc_is_cd(drive->disc))
		write_page_blocks(drive, &blocks);
	if (track == NULL)
		track = disc_invisible_track(drive->disc);
	if (track != NULL && !is_formatted)
		lba = (uint32_t)track->start_lba + track->n_written;
	set_cdb(command, 0x2a, n_sectors * cd_blocks_bytes(&blocks));
	put_be32(command->cdb + 2, lba);
	put_be16(command->cdb + 7, (uint16_t)n_sectors);
}

void make_session_write(struct input *input, const struct vdrive *drive, struct fuzz_command *command)
{
	int32_t lba;

	if (drive->disc == NULL || disc_is_pressed(drive->disc))
		set_cdb(command, 0x35, 0);
	else if (drive->recording != NULL && drive->recording->sheet != NULL)
		make_announced_write(input, drive, command);
	else if (write_page_type(drive) == WRITE_RAW && cd_recording_next_lba(drive, &lba))
		make_raw_write(input, drive, lba, command);
	else
		make_plain_write(input, drive, command);
	if (command->data_length == 0)
		command->direction = VDRIVE_NO_DATA;
}

void make_packet_format(struct input *input, struct fuzz_command *command)
{
	uint32_t n_sectors = input_byte(input) < 64 ? UINT32_MAX : DISC_PACKET_SECTORS * input_below(input, 36);
	uint8_t how = input_byte(input);

	set_cdb(command, 0x04, how & 1 ? 12 : 16);
	command->data[1] = 0x02;
	command->data[3] = 8;
	command->cdb[1] = how & 1 ? 0x11 : 0x17;
	if (how & 1) {
		put_be32(command->data + 4, n_sectors);
		command->data[8] = (uint8_t)((how & 2 ? 0x10 : 0x11) << 2);
		put_be24(command->data + 9, DISC_PACKET_SECTORS);
	} else {
		command->data[8] = how & 2 ? 0x40 : 0;
		put_be32(command->data + 12, n_sectors);
	}
}
