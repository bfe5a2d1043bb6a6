/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/vdrive_transport.h"

#include <stdlib.h>
#include <string.h>

struct vdrive_transport {
	struct transport transport;
	struct vdrive *drive;
};

static enum vdrive_direction to_vdrive(enum scsi_direction direction)
{
	if (direction == SCSI_NO_DATA)
		return VDRIVE_NO_DATA;
	return direction == SCSI_FROM_DRIVE ? VDRIVE_TO_HOST : VDRIVE_FROM_HOST;
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct vdrive *drive = ((struct vdrive_transport *)transport)->drive;
	struct vdrive_command given = {
		.cdb = command->cdb,
		.cdb_length = command->cdb_length,
		.direction = to_vdrive(command->direction),
		.data = command->data,
		.data_length = command->data_length,
	};
	struct vdrive_answer answer = { 0 };

	vdrive_execute(drive, &given, &answer);
	memset(ret_result, 0, sizeof(*ret_result));
	ret_result->status = answer.status;
	ret_result->host_status = answer.host_status;
	ret_result->sense_length = (uint8_t)answer.sense_length;
	memcpy(ret_result->sense, answer.sense, answer.sense_length);
	ret_result->residual = command->data_length - answer.transferred;
	ret_result->duration_ms = (uint32_t)(answer.delay_us / 1000);
	return 0;
}

static void close_transport(struct transport *transport)
{
	free(transport);
}

struct transport *vdrive_transport_new(struct vdrive *drive)
{
	static const struct transport_ops ops = { .execute = execute, .close = close_transport };
	struct vdrive_transport *transport = calloc(1, sizeof(*transport));

	if (transport == NULL)
		abort();
	transport->transport.ops = &ops;
	transport->drive = drive;
	return &transport->transport;
}
