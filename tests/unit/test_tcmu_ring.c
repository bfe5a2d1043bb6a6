/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of a TCMU device: commands in, answers out, and whatever else may stand in it. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include <linux/target_core_user.h>

#include "vdrive/tcmu_ring.h"

enum { MAP_SIZE = 1 << 20, RING_OFFSET = 128, RING_SIZE = 4096, DATA = RING_OFFSET + RING_SIZE };

static uint8_t map[MAP_SIZE] __attribute__((aligned(64)));
static struct tcmu_ring ring;

static struct tcmu_mailbox *mailbox(void)
{
	return (struct tcmu_mailbox *)(void *)map;
}

static struct tcmu_cmd_entry *entry_at(size_t position)
{
	return (struct tcmu_cmd_entry *)(void *)(map + RING_OFFSET + position);
}

static void reset(void)
{
	memset(map, 0, sizeof(map));
	mailbox()->version = TCMU_MAILBOX_VERSION;
	mailbox()->cmdr_off = RING_OFFSET;
	mailbox()->cmdr_size = RING_SIZE;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), 0);
}

/* As the kernel does: an entry with n pieces, and the CDB behind them. */
static struct tcmu_cmd_entry *put_command(uint16_t id, const uint8_t *cdb, size_t cdb_length, uint32_t n_pieces)
{
	size_t position = mailbox()->cmd_head;
	struct tcmu_cmd_entry *entry = entry_at(position);
	size_t base = sizeof(*entry), length;

	if (base < offsetof(struct tcmu_cmd_entry, req.iov) + n_pieces * sizeof(struct iovec))
		base = offsetof(struct tcmu_cmd_entry, req.iov) + n_pieces * sizeof(struct iovec);
	length = (base + cdb_length + 7) / 8 * 8;
	memset(entry, 0, length);
	entry->hdr.len_op = (uint32_t)length | TCMU_OP_CMD;
	entry->hdr.cmd_id = id;
	entry->req.iov_cnt = n_pieces;
	entry->req.cdb_off = RING_OFFSET + position + base;
	memcpy(map + entry->req.cdb_off, cdb, cdb_length);
	mailbox()->cmd_head = (uint32_t)((position + length) % RING_SIZE);
	return entry;
}

static void put_piece(struct tcmu_cmd_entry *entry, size_t index, uint64_t offset, uint64_t length)
{
	const struct iovec piece = { (void *)(uintptr_t)offset, length };

	memcpy((uint8_t *)entry + offsetof(struct tcmu_cmd_entry, req.iov) + index * sizeof(piece), &piece,
	       sizeof(piece));
}

static const uint8_t read_10[10] = { 0x28, 0, 0, 0, 0, 16, 0, 0, 2, 0 };
static const uint8_t write_10[10] = { 0x2a, 0, 0, 0, 0, 16, 0, 0, 1, 0 };
static const uint8_t test_unit_ready[6];

static void empty_ring(void **state)
{
	struct tcmu_command command;

	(void)state;
	reset();
	assert_int_equal(tcmu_ring_next(&ring, &command), 0);
}

static void read_in_pieces(void **state)
{
	struct vdrive_answer answer = { .transferred = 3000 };
	struct tcmu_cmd_entry *entry;
	struct tcmu_command command;
	uint8_t data[4096];

	(void)state;
	reset();
	entry = put_command(7, read_10, sizeof(read_10), 2);
	put_piece(entry, 0, DATA + 8192, 1000);
	put_piece(entry, 1, DATA, 3096);
	memset(map + DATA, 0xee, 16384);
	assert_int_equal(tcmu_ring_next(&ring, &command), 1);
	assert_int_equal(command.id, 7);
	assert_int_equal(command.cdb_length, 10);
	assert_memory_equal(command.cdb, read_10, 10);
	assert_int_equal(command.direction, VDRIVE_TO_HOST);
	assert_int_equal(command.data_length, 4096);
	memset(data, 0x11, sizeof(data));
	tcmu_ring_answer(&ring, &command, &answer, data);
	assert_int_equal(map[DATA + 8192 + 999], 0x11);
	assert_int_equal(map[DATA + 8192 + 1000], 0xee);
	assert_int_equal(map[DATA + 1999], 0x11);
	/* Nothing of an earlier command comes with a short answer. */
	assert_int_equal(map[DATA + 2000], 0);
	assert_int_equal(map[DATA + 3095], 0);
	assert_int_equal(map[DATA + 3096], 0xee);
	assert_int_equal(entry->hdr.cmd_id, 7);
	assert_int_equal(entry->hdr.uflags, TCMU_UFLAG_READ_LEN);
	assert_int_equal(entry->rsp.read_len, 3000);
	assert_int_equal(entry->rsp.scsi_status, 0);
	assert_int_equal(mailbox()->cmd_tail, mailbox()->cmd_head);
	assert_int_equal(tcmu_ring_next(&ring, &command), 0);
}

static void write_and_sense(void **state)
{
	struct vdrive_answer answer = { .status = 2, .sense = { 0x70, 0, 3 }, .sense_length = 18 };
	struct tcmu_cmd_entry *entry;
	struct tcmu_command command;
	uint8_t data[2048];

	(void)state;
	reset();
	entry = put_command(8, write_10, sizeof(write_10), 2);
	put_piece(entry, 0, DATA + 4096, 48);
	put_piece(entry, 1, DATA, 2000);
	memset(map + DATA + 4096, 1, 48);
	memset(map + DATA, 2, 2000);
	assert_int_equal(tcmu_ring_next(&ring, &command), 1);
	assert_int_equal(command.direction, VDRIVE_FROM_HOST);
	assert_int_equal(command.data_length, 2048);
	tcmu_ring_fetch(&ring, &command, data);
	assert_int_equal(data[47], 1);
	assert_int_equal(data[48], 2);
	assert_int_equal(data[2047], 2);
	tcmu_ring_answer(&ring, &command, &answer, data);
	assert_int_equal(entry->rsp.scsi_status, 2);
	assert_int_equal(entry->rsp.sense_buffer[2], 3);
	assert_int_equal(entry->hdr.uflags, 0);
	assert_int_equal(map[DATA], 2);
}

static void no_data(void **state)
{
	struct vdrive_answer answer = { .status = 0 };
	struct tcmu_command command;

	(void)state;
	reset();
	put_command(1, test_unit_ready, sizeof(test_unit_ready), 0);
	put_command(2, test_unit_ready, sizeof(test_unit_ready), 0);
	for (uint16_t id = 1; id <= 2; id++) {
		assert_int_equal(tcmu_ring_next(&ring, &command), 1);
		assert_int_equal(command.id, id);
		assert_int_equal(command.direction, VDRIVE_NO_DATA);
		assert_int_equal(command.cdb_length, 6);
		tcmu_ring_answer(&ring, &command, &answer, NULL);
	}
	assert_int_equal(tcmu_ring_next(&ring, &command), 0);
}

/* The kernel fills up the end of the ring, where an entry has no room. */
static void padding_and_wrap(void **state)
{
	struct vdrive_answer answer = { .status = 0 };
	struct tcmu_command command;
	struct tcmu_cmd_entry *entry;

	(void)state;
	reset();
	mailbox()->cmd_tail = mailbox()->cmd_head = RING_SIZE - 64;
	entry = entry_at(RING_SIZE - 64);
	entry->hdr.len_op = 64 | TCMU_OP_PAD;
	mailbox()->cmd_head = 0;
	put_command(5, test_unit_ready, sizeof(test_unit_ready), 0);
	assert_int_equal(tcmu_ring_next(&ring, &command), 1);
	assert_int_equal(command.id, 5);
	tcmu_ring_answer(&ring, &command, &answer, NULL);
	assert_int_equal(mailbox()->cmd_tail, mailbox()->cmd_head);
}

static void abort_is_seen(void **state)
{
	struct tcmu_tmr_entry *tmr;
	struct tcmu_command command;
	size_t position;

	(void)state;
	reset();
	put_command(9, test_unit_ready, sizeof(test_unit_ready), 0);
	assert_int_equal(tcmu_ring_next(&ring, &command), 1);
	assert_false(tcmu_ring_is_aborted(&ring, &command));
	put_command(10, test_unit_ready, sizeof(test_unit_ready), 0);
	assert_false(tcmu_ring_is_aborted(&ring, &command));
	position = mailbox()->cmd_head;
	tmr = (struct tcmu_tmr_entry *)(void *)entry_at(position);
	tmr->hdr.len_op = 40 | TCMU_OP_TMR;
	tmr->tmr_type = TCMU_TMR_ABORT_TASK;
	tmr->cmd_cnt = 2;
	tmr->cmd_ids[0] = 77;
	tmr->cmd_ids[1] = 9;
	mailbox()->cmd_head = (uint32_t)position + 40;
	assert_true(tcmu_ring_is_aborted(&ring, &command));
	tmr->cmd_ids[1] = 78;
	assert_false(tcmu_ring_is_aborted(&ring, &command));
	/* More than there is room for. */
	tmr->cmd_cnt = 5;
	assert_false(tcmu_ring_is_aborted(&ring, &command));
}

static void bad_mailboxes(void **state)
{
	(void)state;
	reset();
	assert_int_equal(tcmu_ring_open(&ring, map, 100, NULL), -EPROTO);
	mailbox()->version = 1;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
	reset();
	mailbox()->cmdr_size = MAP_SIZE;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
	reset();
	mailbox()->cmdr_off = UINT32_MAX - 7;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
	reset();
	mailbox()->cmdr_off = 64;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
	reset();
	mailbox()->cmd_tail = RING_SIZE;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
	reset();
	mailbox()->cmd_tail = 4;
	assert_int_equal(tcmu_ring_open(&ring, map, sizeof(map), NULL), -EPROTO);
}

static void bad_positions(void **state)
{
	static const uint32_t heads[] = { 4, RING_SIZE, UINT32_MAX, RING_SIZE + 8 };
	static const uint32_t lengths[] = { 0, 8000, RING_SIZE + 8, 0xfffffff8 };
	struct tcmu_command command;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		reset();
		mailbox()->cmd_head = heads[i];
		assert_int_equal(tcmu_ring_next(&ring, &command), -EPROTO);
	}
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		reset();
		put_command(1, test_unit_ready, sizeof(test_unit_ready), 0)->hdr.len_op = lengths[i] | TCMU_OP_CMD;
		assert_int_equal(tcmu_ring_next(&ring, &command), -EPROTO);
	}
	/* Over the head. */
	reset();
	put_command(1, test_unit_ready, sizeof(test_unit_ready), 0)->hdr.len_op += 8;
	assert_int_equal(tcmu_ring_next(&ring, &command), -EPROTO);
}

/* A malformed command is refused, and the next one found. */
static void is_refused(struct tcmu_cmd_entry *entry)
{
	const struct vdrive_answer answer = { .status = 0 };
	struct tcmu_command command;

	put_command(99, test_unit_ready, sizeof(test_unit_ready), 0);
	assert_int_equal(tcmu_ring_next(&ring, &command), 1);
	assert_int_equal(command.id, 99);
	assert_int_equal(entry->hdr.uflags, TCMU_UFLAG_UNKNOWN_OP);
	tcmu_ring_answer(&ring, &command, &answer, NULL);
}

static void bad_commands(void **state)
{
	static const uint64_t pieces[][2] = {
		{ 0, 16 },
		{ DATA - 1, 16 },
		{ MAP_SIZE - 8, 16 },
		{ MAP_SIZE + 1, 0 },
		{ DATA, MAP_SIZE },
		{ UINT64_MAX - 7, 16 },
		{ DATA, UINT64_MAX },
		{ RING_OFFSET, 64 },
		{ 1ULL << 63, 2048 },
		{ DATA, UINT64_MAX - DATA },
	};
	struct tcmu_cmd_entry *entry;

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		reset();
		entry = put_command(1, read_10, sizeof(read_10), 1);
		put_piece(entry, 0, pieces[i][0], pieces[i][1]);
		is_refused(entry);
	}
	reset();
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.iov_cnt = 100;
	is_refused(entry);
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.iov_cnt = UINT32_MAX;
	is_refused(entry);
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.iov_bidi_cnt = 1;
	is_refused(entry);
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.cdb_off = MAP_SIZE;
	is_refused(entry);
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.cdb_off = UINT64_MAX - 4;
	is_refused(entry);
	map[MAP_SIZE - 6] = 0xa8;
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->req.cdb_off = MAP_SIZE - 6;
	is_refused(entry);
	entry = put_command(1, read_10, sizeof(read_10), 0);
	entry->hdr.len_op = (tcmu_hdr_get_len(entry->hdr.len_op)) | 5;
	is_refused(entry);
}

/* Many pieces over the same bytes must not add up to more than a command may have. */
static void too_much_data(void **state)
{
	struct tcmu_cmd_entry *entry;

	(void)state;
	reset();
	entry = put_command(1, read_10, sizeof(read_10), 100);
	for (size_t i = 0; i < 100; i++)
		put_piece(entry, i, DATA, MAP_SIZE - DATA);
	is_refused(entry);
}

/* Noise in mailbox and ring: whatever comes, it stays within the map, which the sanitizer watches, and ends. */
static void noise(void **state)
{
	static uint8_t data[TCMU_MAX_DATA];
	struct vdrive_answer answer = { .transferred = 100 };
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct tcmu_command command;

		reset();
		for (size_t i = 0; i < 8; i++)
			put_piece(put_command((uint16_t)i, read_10, sizeof(read_10), 1), 0, DATA, 2048);
		for (int i = 0; i < 12; i++) {
			seed = seed * 1664525 + 1013904223;
			map[RING_OFFSET + (seed >> 8) % 1400] = (uint8_t)(seed >> (seed % 3 * 8));
		}
		if (round % 5 == 0)
			mailbox()->cmd_head = seed % (RING_SIZE + 64);
		for (int i = 0; i < 1000 && tcmu_ring_next(&ring, &command) == 1; i++) {
			assert_true(command.data_length <= TCMU_MAX_DATA);
			tcmu_ring_fetch(&ring, &command, data);
			tcmu_ring_is_aborted(&ring, &command);
			tcmu_ring_answer(&ring, &command, &answer, data);
		}
		assert_true(mailbox()->cmd_tail < RING_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_ring),
		cmocka_unit_test(read_in_pieces),
		cmocka_unit_test(write_and_sense),
		cmocka_unit_test(no_data),
		cmocka_unit_test(padding_and_wrap),
		cmocka_unit_test(abort_is_seen),
		cmocka_unit_test(bad_mailboxes),
		cmocka_unit_test(bad_positions),
		cmocka_unit_test(bad_commands),
		cmocka_unit_test(too_much_data),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
