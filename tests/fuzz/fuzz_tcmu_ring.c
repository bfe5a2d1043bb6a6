/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rings of TCMU devices from a stranger: nothing in one makes us read or write outside of it, write over the ring
 * itself, or stay for ever; also when it changes while we are at a command.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/target_core_user.h>

#include "base/bytes.h"
#include "fuzz/fuzz.h"
#include "vdrive/tcmu_ring.h"

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* Most commands of one input, and its map: some entries and some data. */
enum { MAX_COMMANDS = 64, RING_OFFSET = 128, MAX_MAP = 65536 };

struct input {
	const uint8_t *at, *end;
};

static uint32_t take(struct input *input, unsigned n_bytes)
{
	uint32_t value = 0;

	while (n_bytes-- > 0)
		value = value << 8 | (input->at < input->end ? *input->at++ : 0);
	return value;
}

/* Something else at some places, as a kernel gone mad, or somebody else with this memory, might write. */
static void disturb(struct input *input, uint8_t *map, size_t map_size)
{
	unsigned n = take(input, 1);

	if (n < 200)
		return;
	for (n = n % 8; n > 0; n--) {
		size_t at = take(input, 2) % map_size & ~(size_t)3;
		uint32_t value = take(input, 1) & 1 ? take(input, 4) : take(input, 1);

		if (at + sizeof(value) <= map_size)
			memcpy(map + at, &value, sizeof(value));
	}
}

static void check_command(const struct tcmu_ring *ring, const struct tcmu_command *command)
{
	size_t n_bytes = 0;

	CHECK(command->cdb_length > 0 && command->cdb_length <= TCMU_CDB_SIZE);
	CHECK(command->n_pieces <= TCMU_MAX_PIECES && command->data_length <= TCMU_MAX_DATA);
	CHECK(command->position + command->entry_length <= ring->size);
	for (size_t i = 0; i < command->n_pieces; i++) {
		const struct tcmu_piece *piece = &ring->pieces[i];

		CHECK(piece->offset >= ring->offset + ring->size && piece->offset <= ring->map_size);
		CHECK(piece->length <= ring->map_size - piece->offset);
		n_bytes += piece->length;
	}
	CHECK(n_bytes == command->data_length);
}

static void answer_command(struct input *input, struct tcmu_ring *ring, const struct tcmu_command *command)
{
	struct vdrive_answer answer = { .status = take(input, 1) & 1 ? 2 : 0, .sense_length = 18 };
	uint8_t *buffer = malloc(command->data_length > 0 ? command->data_length : 1);

	CHECK(buffer != NULL);
	memset(buffer, 0x5a, command->data_length);
	if (command->direction == VDRIVE_FROM_HOST)
		tcmu_ring_fetch(ring, command, buffer);
	disturb(input, ring->map, ring->map_size);
	tcmu_ring_is_aborted(ring, command);
	answer.transferred = command->data_length > 0 ? take(input, 3) % (command->data_length + 1) : 0;
	tcmu_ring_answer(ring, command, &answer, buffer);
	free(buffer);
}

static void put_piece(struct input *input, uint8_t *entry, unsigned index, size_t map_size)
{
	size_t offset = take(input, 2) % (map_size + 1), length = take(input, 2) % 9000;
	struct iovec piece;

	if (take(input, 1) < 16)
		offset = (size_t)take(input, 4) << (take(input, 1) & 32);
	if (take(input, 1) < 16)
		length = (size_t)0 - take(input, 3);
	piece.iov_base = (void *)(uintptr_t)offset;
	piece.iov_len = length;
	memcpy(entry + offsetof(struct tcmu_cmd_entry, req.iov) + index * sizeof(piece), &piece, sizeof(piece));
}

/* An entry as the kernel makes it, more or less. Returns its length, 0 if there is no room. */
static size_t put_entry(struct input *input, uint8_t *map, size_t map_size, size_t at, size_t end)
{
	static const uint8_t opcodes[] = { 0x00, 0x12, 0x28, 0x2a, 0x46, 0x7f, 0x9e, 0xa8, 0xbe, 0xff };
	unsigned kind = take(input, 1), n_pieces = kind % 5;
	struct tcmu_cmd_entry_hdr header = { .cmd_id = (uint16_t)take(input, 1) };
	size_t length = offsetof(struct tcmu_cmd_entry, req.iov) + n_pieces * sizeof(struct iovec), cdb;
	uint64_t bidi = take(input, 1) < 4;

	if (length < sizeof(struct tcmu_cmd_entry))
		length = sizeof(struct tcmu_cmd_entry);
	cdb = at + length;
	length += 16;
	if (at + length > end)
		return 0;
	header.len_op = (uint32_t)length | (kind < 16 ? TCMU_OP_PAD : kind < 48 ? TCMU_OP_TMR : TCMU_OP_CMD);
	if (take(input, 1) < 8)
		header.len_op = take(input, 4);
	memset(map + at, 0, length);
	memcpy(map + at, &header, sizeof(header));
	for (unsigned i = 0; i < n_pieces; i++)
		put_piece(input, map + at, i, map_size);
	if (kind >= 16 && kind < 48) {
		uint32_t n_ids = take(input, 1) < 16 ? take(input, 4) : 2;

		memcpy(map + at + offsetof(struct tcmu_tmr_entry, cmd_cnt), &n_ids, sizeof(n_ids));
		return length;
	}
	map[cdb] = opcodes[take(input, 1) % sizeof(opcodes)];
	if (take(input, 1) < 16)
		cdb = take(input, 4);
	memcpy(map + at + offsetof(struct tcmu_cmd_entry, req.iov_cnt), &n_pieces, sizeof(n_pieces));
	memcpy(map + at + offsetof(struct tcmu_cmd_entry, req.iov_bidi_cnt), &bidi, 4);
	memcpy(map + at + offsetof(struct tcmu_cmd_entry, req.cdb_off), &(uint64_t){ cdb }, 8);
	return length;
}

static void put_mailbox(struct input *input, uint8_t *map, size_t ring_size, size_t head, size_t tail)
{
	struct tcmu_mailbox mailbox = { .version = TCMU_MAILBOX_VERSION,
					.flags = (uint16_t)take(input, 1),
					.cmdr_off = RING_OFFSET,
					.cmdr_size = (uint32_t)ring_size,
					.cmd_head = (uint32_t)head,
					.cmd_tail = (uint32_t)tail };

	if (take(input, 1) < 12)
		mailbox.cmdr_off = take(input, 4);
	if (take(input, 1) < 12)
		mailbox.cmdr_size = take(input, 4);
	if (take(input, 1) < 12)
		mailbox.cmd_tail = take(input, 4);
	memcpy(map, &mailbox, sizeof(mailbox) < RING_OFFSET ? sizeof(mailbox) : RING_OFFSET);
}

static void serve_ring(struct input *input, struct tcmu_ring *ring)
{
	struct tcmu_command command;

	for (unsigned n = 0; n < MAX_COMMANDS; n++) {
		if (tcmu_ring_next(ring, &command) <= 0)
			return;
		check_command(ring, &command);
		answer_command(input, ring, &command);
		disturb(input, ring->map, ring->map_size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, data + size };
	size_t ring_size = 64 * (1 + take(&input, 1) % 64),
	       map_size = RING_OFFSET + ring_size + take(&input, 2) % 16384;
	size_t tail = 8 * (take(&input, 1) % (ring_size / 8)), at = tail, length;
	/* With the alignment of a page less than which no map has. */
	uint8_t *memory = aligned_alloc(64, (map_size + 63) & ~(size_t)63), *map = memory;
	struct tcmu_ring *ring = calloc(1, sizeof(*ring));

	CHECK(memory != NULL && ring != NULL && map_size < MAX_MAP);
	map_size = (map_size + 63) & ~(size_t)63;
	memset(map, 0, map_size);
	while (input.at < input.end &&
	       (length = put_entry(&input, map, map_size, RING_OFFSET + at, RING_OFFSET + ring_size)) > 0)
		at += length;
	put_mailbox(&input, map, ring_size, at % ring_size, tail);
	if (tcmu_ring_open(ring, map, map_size, NULL) == 0)
		serve_ring(&input, ring);
	free(ring);
	free(memory);
	return 0;
}

#ifndef DISCERN_FUZZER
int main(void)
{
	uint64_t state = 0x6469736365726e21;
	uint8_t data[1024];

	for (unsigned n = 0; n < 50000; n++) {
		for (size_t i = 0; i < sizeof(data); i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[i] = (uint8_t)(state >> 32);
		}
		/* Of any length, so that what decides on the map comes early or late. */
		LLVMFuzzerTestOneInput(data, 16 + (size_t)(state % (sizeof(data) - 16)));
	}
	puts("ok - 50000 rings");
	return 0;
}
#endif
