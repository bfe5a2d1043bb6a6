/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/tcmu_ring.h"

#include <errno.h>
#include <string.h>

#include <linux/target_core_user.h>

#include "base/error.h"

/* SAM-5 5.3.1. */
enum { STATUS_CHECK_CONDITION = 2 };

/* Entries are aligned so, which keeps the low bits of their length free for the kind (TCMU_OP_MASK). */
enum { ALIGNMENT = TCMU_OP_ALIGN_SIZE };

static struct tcmu_mailbox *mailbox_of(const struct tcmu_ring *ring)
{
	return (struct tcmu_mailbox *)(void *)ring->map;
}

static bool is_within(size_t offset, size_t length, size_t limit)
{
	return offset <= limit && length <= limit - offset;
}

int tcmu_ring_open(struct tcmu_ring *ring, void *map, size_t map_size, struct discern_error *err)
{
	struct tcmu_mailbox mailbox;

	ring->map = map;
	ring->map_size = map_size;
	if (map_size < sizeof(mailbox))
		return discern_error_set(err, -EPROTO, "the kernel's command ring has %zu bytes", map_size);
	memcpy(&mailbox, map, sizeof(mailbox));
	if (mailbox.version != TCMU_MAILBOX_VERSION)
		return discern_error_set(err, -EPROTO, "the kernel's command ring has version %u, not %u",
					 mailbox.version, TCMU_MAILBOX_VERSION);
	ring->offset = mailbox.cmdr_off;
	ring->size = mailbox.cmdr_size;
	ring->takes_data_with_sense = mailbox.flags & TCMU_MAILBOX_FLAG_CAP_READ_LEN;
	if (ring->offset < sizeof(mailbox) || ring->offset % ALIGNMENT != 0 || ring->size % ALIGNMENT != 0 ||
	    ring->size < sizeof(struct tcmu_cmd_entry) || !is_within(ring->offset, ring->size, map_size) ||
	    mailbox.cmd_tail >= ring->size || mailbox.cmd_tail % ALIGNMENT != 0)
		return discern_error_set(err, -EPROTO, "the kernel's command ring does not lie in its memory");
	return 0;
}

static size_t get_head(const struct tcmu_ring *ring)
{
	return __atomic_load_n(&mailbox_of(ring)->cmd_head, __ATOMIC_ACQUIRE);
}

static size_t get_tail(const struct tcmu_ring *ring)
{
	return __atomic_load_n(&mailbox_of(ring)->cmd_tail, __ATOMIC_RELAXED);
}

static void free_entry(struct tcmu_ring *ring, size_t position, size_t length)
{
	__atomic_store_n(&mailbox_of(ring)->cmd_tail, (uint32_t)((position + length) % ring->size), __ATOMIC_RELEASE);
}

static uint8_t *entry_at(const struct tcmu_ring *ring, size_t position)
{
	return ring->map + ring->offset + position;
}

/* Copies an entry's header: 1, 0 at the head, -EPROTO if it does not fit in. */
static int get_header(const struct tcmu_ring *ring, size_t position, struct tcmu_cmd_entry_hdr *ret_header,
		      size_t *ret_length)
{
	size_t head = get_head(ring);

	if (position >= ring->size || position % ALIGNMENT != 0 || head >= ring->size || head % ALIGNMENT != 0)
		return -EPROTO;
	if (position == head)
		return 0;
	/* Aligned as both are, there is room for a header. */
	memcpy(ret_header, entry_at(ring, position), sizeof(*ret_header));
	*ret_length = tcmu_hdr_get_len(ret_header->len_op);
	if (*ret_length < sizeof(*ret_header) || !is_within(position, *ret_length, ring->size))
		return -EPROTO;
	/* Nor may it reach over what the kernel has not written yet. */
	if (position<head && * ret_length> head - position)
		return -EPROTO;
	return 1;
}

/* What an operation code's group says (SPC-4 4.2.5.1), and where that is vendor specific what the kernel takes. */
static size_t cdb_length_of(uint8_t opcode)
{
	static const uint8_t lengths[8] = { 6, 10, 10, 12, 16, 12, 10, 10 };

	return opcode == 0x7f ? TCMU_CDB_SIZE : lengths[opcode >> 5];
}

static bool is_from_host(uint8_t opcode)
{
	/* SPC-4, SBC-3 and MMC-6: FORMAT UNIT, WRITE(6), MODE SELECT(6), SEND DIAGNOSTIC, WRITE(10), WRITE AND VERIFY(10),
	 * WRITE BUFFER, WRITE SAME, LOG SELECT, SEND OPC INFORMATION, MODE SELECT(10), SEND CUE SHEET, PERSISTENT
	 * RESERVE OUT, WRITE(16), SEND KEY, WRITE(12), WRITE AND VERIFY(12), SECURITY PROTOCOL OUT, SET STREAMING,
	 * SEND DISC STRUCTURE. */
	static const uint8_t opcodes[] = { 0x04, 0x0a, 0x15, 0x1d, 0x2a, 0x2e, 0x3b, 0x41, 0x4c, 0x54,
					   0x55, 0x5d, 0x5f, 0x8a, 0xa3, 0xaa, 0xae, 0xb5, 0xb6, 0xbf };

	return memchr(opcodes, opcode, sizeof(opcodes)) != NULL;
}

static bool take_pieces(struct tcmu_ring *ring, struct tcmu_command *command, size_t n_pieces)
{
	const uint8_t *entry = entry_at(ring, command->position);
	size_t begin = offsetof(struct tcmu_cmd_entry, req.iov);

	if (n_pieces > TCMU_MAX_PIECES || n_pieces * sizeof(struct iovec) > command->entry_length - begin)
		return false;
	for (size_t i = 0; i < n_pieces; i++) {
		struct tcmu_piece *piece = &ring->pieces[i];
		struct iovec iov;

		memcpy(&iov, entry + begin + i * sizeof(iov), sizeof(iov));
		piece->offset = (size_t)(uintptr_t)iov.iov_base;
		piece->length = iov.iov_len;
		/* Data lies beyond the entries: an answer must not overwrite the ring itself. */
		if (piece->offset < ring->offset + ring->size ||
		    !is_within(piece->offset, piece->length, ring->map_size) ||
		    piece->length > TCMU_MAX_DATA - command->data_length)
			return false;
		command->data_length += piece->length;
	}
	command->n_pieces = n_pieces;
	return true;
}

static bool take_cdb(const struct tcmu_ring *ring, struct tcmu_command *command, uint64_t offset)
{
	if (offset >= ring->map_size)
		return false;
	command->cdb_length = cdb_length_of(ring->map[offset]);
	if (!is_within((size_t)offset, command->cdb_length, ring->map_size))
		return false;
	memcpy(command->cdb, ring->map + offset, command->cdb_length);
	/* The length goes by the first byte, which may have changed. */
	return command->cdb_length == cdb_length_of(command->cdb[0]);
}

static bool take_command(struct tcmu_ring *ring, struct tcmu_command *command)
{
	struct tcmu_cmd_entry entry;

	if (command->entry_length < sizeof(entry))
		return false;
	memcpy(&entry, entry_at(ring, command->position), sizeof(entry));
	if (entry.req.iov_bidi_cnt != 0 || !take_cdb(ring, command, entry.req.cdb_off) ||
	    !take_pieces(ring, command, entry.req.iov_cnt))
		return false;
	if (command->data_length > 0)
		command->direction = is_from_host(command->cdb[0]) ? VDRIVE_FROM_HOST : VDRIVE_TO_HOST;
	return true;
}

static void refuse_entry(struct tcmu_ring *ring, size_t position, size_t length)
{
	entry_at(ring, position)[offsetof(struct tcmu_cmd_entry_hdr, uflags)] = TCMU_UFLAG_UNKNOWN_OP;
	free_entry(ring, position, length);
}

int tcmu_ring_next(struct tcmu_ring *ring, struct tcmu_command *ret_command)
{
	for (;;) {
		size_t position = get_tail(ring), length;
		struct tcmu_cmd_entry_hdr header;
		int ret = get_header(ring, position, &header, &length);

		if (ret <= 0)
			return ret;
		if (tcmu_hdr_get_op(header.len_op) == TCMU_OP_PAD || tcmu_hdr_get_op(header.len_op) == TCMU_OP_TMR) {
			/* What it wants aborted has been answered by now. */
			free_entry(ring, position, length);
			continue;
		}
		*ret_command =
			(struct tcmu_command){ .id = header.cmd_id, .position = position, .entry_length = length };
		if (tcmu_hdr_get_op(header.len_op) == TCMU_OP_CMD && take_command(ring, ret_command))
			return 1;
		refuse_entry(ring, position, length);
	}
}

void tcmu_ring_fetch(const struct tcmu_ring *ring, const struct tcmu_command *command, uint8_t *buffer)
{
	for (size_t i = 0; i < command->n_pieces; i++) {
		memcpy(buffer, ring->map + ring->pieces[i].offset, ring->pieces[i].length);
		buffer += ring->pieces[i].length;
	}
}

/* With zeros behind it, as else the kernel would pass on what an earlier command has left there. */
static void scatter(struct tcmu_ring *ring, const struct tcmu_command *command, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < command->n_pieces; i++) {
		uint8_t *to = ring->map + ring->pieces[i].offset;
		size_t n = size < ring->pieces[i].length ? size : ring->pieces[i].length;

		if (n > 0)
			memcpy(to, data, n);
		memset(to + n, 0, ring->pieces[i].length - n);
		data += n;
		size -= n;
	}
}

void tcmu_ring_answer(struct tcmu_ring *ring, const struct tcmu_command *command, const struct vdrive_answer *answer,
		      const uint8_t *data)
{
	struct tcmu_cmd_entry entry;
	uint8_t *at = entry_at(ring, command->position);

	memcpy(&entry, at, sizeof(entry));
	memset(&entry.rsp, 0, sizeof(entry.rsp));
	entry.hdr.uflags = 0;
	entry.rsp.scsi_status = answer->status;
	if (answer->status == STATUS_CHECK_CONDITION)
		memcpy(entry.rsp.sense_buffer, answer->sense,
		       answer->sense_length < sizeof(answer->sense) ? answer->sense_length : sizeof(answer->sense));
	if (command->direction == VDRIVE_TO_HOST) {
		scatter(ring, command, data, answer->transferred);
		/* To the kernel a length of 0 is none, and with it CHECK CONDITION is without data. */
		if (answer->transferred > 0) {
			entry.hdr.uflags = TCMU_UFLAG_READ_LEN;
			entry.rsp.read_len = (uint32_t)answer->transferred;
		}
	}
	memcpy(at, &entry, sizeof(entry));
	free_entry(ring, command->position, command->entry_length);
}

static bool names_command(const struct tcmu_ring *ring, size_t position, size_t length, uint16_t id)
{
	size_t begin = offsetof(struct tcmu_tmr_entry, cmd_ids);
	struct tcmu_tmr_entry entry;
	uint16_t named;

	if (length < sizeof(entry))
		return false;
	memcpy(&entry, entry_at(ring, position), sizeof(entry));
	if (entry.cmd_cnt > (length - begin) / sizeof(named))
		return false;
	for (size_t i = 0; i < entry.cmd_cnt; i++) {
		memcpy(&named, entry_at(ring, position) + begin + i * sizeof(named), sizeof(named));
		if (named == id)
			return true;
	}
	return false;
}

bool tcmu_ring_is_aborted(const struct tcmu_ring *ring, const struct tcmu_command *command)
{
	size_t position = (command->position + command->entry_length) % ring->size, n_seen = 0, length;
	struct tcmu_cmd_entry_hdr header;

	/* Once around at most. */
	while (n_seen < ring->size && get_header(ring, position, &header, &length) == 1) {
		if (tcmu_hdr_get_op(header.len_op) == TCMU_OP_TMR && names_command(ring, position, length, command->id))
			return true;
		position = (position + length) % ring->size;
		n_seen += length;
	}
	return false;
}
