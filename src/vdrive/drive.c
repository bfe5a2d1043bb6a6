/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dispatcher: finds a command's function, and says what all commands have in common. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/drive_faults.h"
#include "vdrive/timing.h"

/* SAM-5 5.3.1. */
enum { STATUS_CHECK_CONDITION = 2 };

/* What a family's function returns after CHECK CONDITION. */
enum { CHECKED = -1 };

enum { OP_REQUEST_SENSE = 0x03 };

static const struct vdrive_opcode *const families[] = {
	vdrive_opcodes_basic,
	vdrive_opcodes_features,
	vdrive_opcodes_mode,
	vdrive_opcodes_info,
	vdrive_opcodes_formats,
	vdrive_opcodes_toc,
	vdrive_opcodes_subchannel,
	vdrive_opcodes_structure,
	vdrive_opcodes_keys,
	vdrive_opcodes_performance,
	vdrive_opcodes_read,
	vdrive_opcodes_read_cd,
	vdrive_opcodes_audio,
	vdrive_opcodes_write,
	vdrive_opcodes_format,
};

void vdrive_encode_sense(const struct vdrive_sense *sense, uint8_t ret_bytes[VDRIVE_SENSE_SIZE])
{
	memset(ret_bytes, 0, VDRIVE_SENSE_SIZE);
	ret_bytes[0] = 0x70;
	ret_bytes[2] = sense->key;
	ret_bytes[7] = VDRIVE_SENSE_SIZE - 8;
	ret_bytes[12] = sense->asc;
	ret_bytes[13] = sense->ascq;
	if (sense->has_lba) {
		ret_bytes[0] |= 0x80;
		put_be32(ret_bytes + 3, (uint32_t)sense->lba);
	}
	/* Sense key specific bytes, SKSV set: C/D and field pointer (4.5.2.4.2), or progress (4.5.2.4.4). */
	if (sense->key == 5 && (sense->asc == 0x24 || sense->asc == 0x26)) {
		ret_bytes[15] = sense->asc == 0x24 ? 0xc0 : 0x80;
		put_be16(ret_bytes + 16, sense->field);
	} else if (sense->progress != 0) {
		ret_bytes[15] = 0x80;
		put_be16(ret_bytes + 16, sense->progress);
	}
}

int vdrive_report_sense(struct vdrive_call *call, const struct vdrive_sense *sense)
{
	call->answer->status = STATUS_CHECK_CONDITION;
	vdrive_encode_sense(sense, call->answer->sense);
	call->answer->sense_length = VDRIVE_SENSE_SIZE;
	call->drive->last_sense = *sense;
	return CHECKED;
}

int vdrive_check_condition(struct vdrive_call *call, uint8_t key, uint8_t asc, uint8_t ascq)
{
	const struct vdrive_sense sense = { .key = key, .asc = asc, .ascq = ascq };

	return vdrive_report_sense(call, &sense);
}

int vdrive_invalid_field(struct vdrive_call *call, uint8_t cdb_byte)
{
	const struct vdrive_sense sense = { .key = 5, .asc = 0x24, .field = cdb_byte };

	return vdrive_report_sense(call, &sense);
}

int vdrive_invalid_parameter(struct vdrive_call *call)
{
	return vdrive_check_condition(call, 5, 0x26, 0);
}

int vdrive_invalid_parameter_at(struct vdrive_call *call, size_t byte)
{
	const struct vdrive_sense sense = { .key = 5, .asc = 0x26, .field = byte < 0xffff ? (uint16_t)byte : 0xffff };

	return vdrive_report_sense(call, &sense);
}

/* Data in another direction than the host announced is a phase error on the bus (USB Mass Storage Bulk-Only
 * 6.7, cases 2, 3, 8 and 10), which SPC-4 names ABORTED COMMAND, DATA PHASE ERROR. */
static int phase_error(struct vdrive_call *call)
{
	return vdrive_check_condition(call, 0x0b, 0x4b, 0);
}

int vdrive_give(struct vdrive_call *call, const void *data, size_t size, size_t allocation_length)
{
	const struct vdrive_command *command = call->command;
	size_t n = size < allocation_length ? size : allocation_length;

	if (n == 0)
		return 0;
	if (command->direction != VDRIVE_TO_HOST)
		return phase_error(call);
	if (n > command->data_length)
		n = command->data_length;
	if (n > 0)
		memcpy(command->data, data, n);
	call->answer->transferred = n;
	return 0;
}

int vdrive_take(struct vdrive_call *call, size_t size)
{
	const struct vdrive_command *command = call->command;

	if (size == 0)
		return 0;
	/* More than the command takes stays with the host, as residue (case 11). */
	if (command->direction != VDRIVE_FROM_HOST || command->data_length < size)
		return phase_error(call);
	call->answer->transferred = size;
	return 0;
}

int vdrive_need_medium(struct vdrive_call *call)
{
	if (call->drive->disc != NULL)
		return 0;
	return vdrive_check_condition(call, 2, 0x3a, call->drive->tray_open ? 2 : 1);
}

static const struct vdrive_opcode *find_opcode(uint8_t code)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		for (const struct vdrive_opcode *op = families[i]; op->name != NULL; op++)
			if (op->code == code)
				return op;
	return NULL;
}

/** A minute, second and frame as READ CD MSF has them. */
static int32_t msf_to_lba(const uint8_t *msf)
{
	return (msf[0] * 60 + msf[1]) * 75 + msf[2] - 150;
}

/** The sectors that a command is about; 0 sectors for a command without an address. */
static uint32_t command_sectors(const uint8_t *cdb, int32_t *ret_lba)
{
	*ret_lba = (int32_t)get_be32(cdb + 2);
	switch (cdb[0]) {
	case 0x28: /* READ(10) */
	case 0x2a: /* WRITE(10) */
	case 0x2e: /* WRITE AND VERIFY(10) */
	case 0x2f: /* VERIFY(10) */
		return get_be16(cdb + 7);
	case 0xa8: /* READ(12) */
	case 0xaa: /* WRITE(12) */
		return get_be32(cdb + 6);
	case 0xbe: /* READ CD */
		return get_be24(cdb + 6);
	case 0xb9: { /* READ CD MSF */
		int32_t end = msf_to_lba(cdb + 6);

		*ret_lba = msf_to_lba(cdb + 3);
		return end > *ret_lba ? (uint32_t)(end - *ret_lba) : 0;
	}
	default:
		*ret_lba = 0;
		return 0;
	}
}

void vdrive_get_address(const struct vdrive_call *call, struct vdrive_address *ret_address)
{
	uint8_t bytes[16] = { 0 };

	/* A copy with zeros at its end, so that no address is read from beyond a short block. */
	memcpy(bytes, call->cdb, call->command->cdb_length < sizeof(bytes) ? call->command->cdb_length : sizeof(bytes));
	ret_address->n_sectors = command_sectors(bytes, &ret_address->lba);
}

/* Neither faults nor a clock: the way that a drive goes when speed counts. */
static bool is_plain(const struct vdrive *drive)
{
	return drive->timing == NULL && faults_are_none(drive->faults);
}

static void run_command(struct vdrive_call *call, const struct vdrive_opcode *op)
{
	if (is_plain(call->drive)) {
		op->run(call);
		return;
	}
	if (timing_begin(call) < 0)
		return;
	vdrive_run_with_faults(call, op);
	timing_end(call);
}

static void execute_locked(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	const struct vdrive_command *command = call->command;
	const struct vdrive_opcode *op;

	if (drive->is_unplugged) {
		call->answer->host_status = VDRIVE_HOST_NO_CONNECT;
		return;
	}
	if (command->cdb_length == 0) {
		vdrive_invalid_field(call, 0);
		return;
	}
	/* Sense data lasts until it is asked for or another command comes (SPC-4 6.29). */
	if (call->cdb[0] != OP_REQUEST_SENSE)
		memset(&drive->last_sense, 0, sizeof(drive->last_sense));
	op = find_opcode(call->cdb[0]);
	if (op == NULL) {
		vdrive_check_condition(call, 5, 0x20, 0);
		return;
	}
	/* The opcode's group fixes the length of the block (SPC-4 4.2.5.1): the first missing byte is the wrong one. */
	if (command->cdb_length < op->cdb_length) {
		vdrive_invalid_field(call, (uint8_t)command->cdb_length);
		return;
	}
	if (drive->unit_attention.key != 0 && !op->ignores_unit_attention) {
		vdrive_report_sense(call, &drive->unit_attention);
		memset(&drive->unit_attention, 0, sizeof(drive->unit_attention));
		return;
	}
	run_command(call, op);
}

void vdrive_execute(struct vdrive *drive, const struct vdrive_command *command, struct vdrive_answer *ret_answer)
{
	struct vdrive_call call = {
		.drive = drive,
		.cdb = command->cdb,
		.command = command,
		.answer = ret_answer,
	};

	memset(ret_answer, 0, sizeof(*ret_answer));
	pthread_mutex_lock(&drive->lock);
	execute_locked(&call);
	pthread_mutex_unlock(&drive->lock);
}
