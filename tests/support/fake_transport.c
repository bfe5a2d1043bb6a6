/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fake_transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static struct fake_answer *find_answer(struct fake_transport *fake, uint8_t opcode)
{
	for (size_t i = 0; i < fake->n_answers; i++) {
		struct fake_answer *answer = &fake->answers[i];

		if (answer->opcode == opcode && (answer->count == 0 || answer->n_used < answer->count))
			return answer;
	}
	return NULL;
}

static void set_sense(const struct fake_answer *answer, struct scsi_result *result)
{
	if (answer->key == 0 && answer->asc == 0 && answer->status == 0)
		return;
	result->sense[0] = answer->information != 0 ? 0xf0 : 0x70;
	result->sense[2] = answer->key;
	put_be32(result->sense + 3, answer->information);
	result->sense[7] = 10;
	result->sense[12] = answer->asc;
	result->sense[13] = answer->ascq;
	result->sense_length = 18;
}

static void give_data(const struct fake_answer *answer, const struct scsi_command *command, struct scsi_result *result)
{
	size_t length = command->data_length;
	uint32_t lba = get_be32(command->cdb + 2);

	if (command->direction != SCSI_FROM_DRIVE)
		return;
	if (answer->data != NULL) {
		length = answer->data_length < length ? answer->data_length : length;
		memcpy(command->data, answer->data, length);
	} else {
		for (size_t i = 0; i < length; i++)
			command->data[i] = (uint8_t)(lba + i / 2048);
	}
	result->residual = command->data_length - length + answer->residual;
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	struct fake_answer *answer = find_answer(fake, command->cdb[0]);

	fake->n_commands[command->cdb[0]]++;
	fake->last = *command;
	if (command->direction == SCSI_TO_DRIVE && command->data_length <= sizeof(fake->last_parameters))
		memcpy(fake->last_parameters, command->data, command->data_length);
	memset(ret_result, 0, sizeof(*ret_result));
	if (answer == NULL)
		return -EPROTO;
	answer->n_used++;
	if (answer->ret < 0)
		return answer->ret;
	ret_result->status = answer->status;
	ret_result->host_status = answer->host_status;
	ret_result->driver_status = answer->driver_status;
	set_sense(answer, ret_result);
	give_data(answer, command, ret_result);
	return 0;
}

static void close_fake(struct transport *transport)
{
	((struct fake_transport *)transport)->is_closed = true;
}

static const struct transport_ops fake_ops = { .execute = execute, .close = close_fake };

void fake_transport_init(struct fake_transport *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->transport.ops = &fake_ops;
}

struct fake_answer *fake_transport_answer(struct fake_transport *fake, uint8_t opcode)
{
	struct fake_answer *answer;

	if (fake->n_answers == FAKE_MAX_ANSWERS)
		abort();
	answer = &fake->answers[fake->n_answers++];
	answer->opcode = opcode;
	return answer;
}

struct fake_answer *fake_transport_fail(struct fake_transport *fake, uint8_t opcode, unsigned count, unsigned sense)
{
	struct fake_answer *answer = fake_transport_answer(fake, opcode);

	answer->count = count;
	answer->status = 0x02;
	answer->key = (uint8_t)(sense >> 16);
	answer->asc = (uint8_t)(sense >> 8);
	answer->ascq = (uint8_t)sense;
	return answer;
}

void fake_transport_be_drive(struct fake_transport *fake)
{
	static const uint8_t inquiry[36] = {
		0x05, 0x80, 0x05, 0x02, 31,  0,   0,   0,   'F', 'A', 'K', 'E', ' ', ' ', ' ', ' ', 'D', 'R',
		'I',  'V',  'E',  ' ',  ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '1', '.', '0', '0',
	};
	static const uint8_t serial[14] = { 0x05, 0x80, 0, 10, ' ', ' ', 'S', 'N', '0', '0', '4', '2', ' ', ' ' };
	struct fake_answer *answer = fake_transport_answer(fake, 0x12);

	answer->data = inquiry;
	answer->data_length = sizeof(inquiry);
	answer->count = 1;
	answer = fake_transport_answer(fake, 0x12);
	answer->data = serial;
	answer->data_length = sizeof(serial);
	fake_transport_answer(fake, 0x00);
}
