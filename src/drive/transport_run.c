/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one place that decides whether a command did what it should. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "drive/drive_private.h"
#include "drive/mmc.h"
#include "drive/sense.h"
#include "drive/transport.h"

/* SAM-5 table 33. */
enum {
	STATUS_GOOD = 0x00,
	STATUS_CHECK_CONDITION = 0x02,
	STATUS_BUSY = 0x08,
	STATUS_RESERVATION_CONFLICT = 0x18,
	STATUS_TASK_SET_FULL = 0x28,
	STATUS_TASK_ABORTED = 0x40
};

/* Linux: include/scsi/scsi_status.h. */
enum {
	DID_NO_CONNECT = 1,
	DID_BUS_BUSY = 2,
	DID_TIME_OUT = 3,
	DID_BAD_TARGET = 4,
	DID_ABORT = 5,
	DID_ERROR = 7,
	DID_RESET = 8
};

/* Of kernels before 5.14; later ones leave the field 0, or 8 with sense. */
enum { DRIVER_STATUS_MASK = 0x0f, DRIVER_TIMEOUT = 0x06, DRIVER_SENSE = 0x08 };

/* What every host adapter and kernel transfers in one command. */
enum { SURE_TRANSFER_SIZE = 32768 };

static int set_error(const struct scsi_command *command, int code, const char *words, struct discern_error *err)
{
	return discern_error_set(err, code, "%s: %s", mmc_opcode_name(command->cdb[0]), words);
}

static int judge_delivery(const struct scsi_command *command, int code, struct discern_error *err)
{
	if (code == -ENXIO || code == -ENODEV)
		return set_error(command, -ENODEV, "the drive is gone", err);
	if (code == -EPERM || code == -EACCES)
		return set_error(command, -EPERM, "the system does not permit this command", err);
	/* linux/drivers/scsi/scsi_ioctl.c: EIO above the queue's limit; others say EINVAL, or have no memory. */
	if (command->data_length > SURE_TRANSFER_SIZE && (code == -EIO || code == -EINVAL || code == -ENOMEM))
		return discern_error_set(err, -EMSGSIZE, "%s: the system does not transfer %zu bytes at once",
					 mmc_opcode_name(command->cdb[0]), command->data_length);
	return set_error(command, code, strerror(-code), err);
}

static int judge_host(const struct scsi_command *command, const struct scsi_result *result, struct discern_error *err)
{
	unsigned driver_status = result->driver_status & DRIVER_STATUS_MASK;

	switch (result->host_status) {
	case 0:
		break;
	case DID_NO_CONNECT:
	case DID_BAD_TARGET:
		return set_error(command, -ENODEV, "lost the connection to the drive", err);
	case DID_TIME_OUT:
	case DID_ABORT:
		return set_error(command, -ETIMEDOUT, "the drive did not answer in time", err);
	case DID_BUS_BUSY:
		return set_error(command, -EIO, "the bus stayed busy", err);
	case DID_RESET:
		return set_error(command, -EIO, "the bus was reset", err);
	case DID_ERROR:
		return set_error(command, -EIO, "the host adapter reports an error", err);
	default:
		return discern_error_set(err, -EIO, "%s: the host adapter reports problem %u",
					 mmc_opcode_name(command->cdb[0]), (unsigned)result->host_status);
	}
	if (driver_status == DRIVER_TIMEOUT)
		return set_error(command, -ETIMEDOUT, "the drive did not answer in time", err);
	if (driver_status != 0 && driver_status != DRIVER_SENSE)
		return discern_error_set(err, -EIO, "%s: the system's driver reports problem %u",
					 mmc_opcode_name(command->cdb[0]), driver_status);
	return 0;
}

/* Recovered errors are told by err->sense with code 0. */
static int judge_sense(const struct scsi_command *command, const struct scsi_result *result, struct discern_error *err)
{
	struct sense_details details;
	bool is_read = mmc_is_read(command->cdb[0]);
	int code;

	if (!sense_parse(result->sense, result->sense_length, &details))
		return set_error(command, -EIO, "the drive failed and gave no reason", err);
	code = details.is_deferred ? -EIO : sense_errno(details.sense);
	if (err == NULL)
		return code;
	if (code == 0)
		discern_error_clear(err);
	else
		discern_error_set(err, code, "%s%s%s%s (%X/%02X/%02X)", is_read ? "" : mmc_opcode_name(command->cdb[0]),
				  is_read ? "" : ": ", details.is_deferred ? "an earlier command failed: " : "",
				  sense_text(details.sense), details.sense.key, details.sense.asc, details.sense.ascq);
	err->sense = details.sense;
	if (is_read && details.has_information && details.information <= INT32_MAX)
		err->lba = (int32_t)details.information;
	return code;
}

/* Good status beside the sense of an error: the error wins. */
static bool is_contradicted(const struct scsi_result *result)
{
	struct sense_details details;

	return sense_parse(result->sense, result->sense_length, &details) && details.sense.key > SENSE_RECOVERED_ERROR;
}

static int judge_status(const struct scsi_command *command, const struct scsi_result *result, struct discern_error *err)
{
	switch (result->status) {
	case STATUS_GOOD:
		return is_contradicted(result) ? judge_sense(command, result, err) : 0;
	case STATUS_CHECK_CONDITION:
		return judge_sense(command, result, err);
	case STATUS_BUSY:
	case STATUS_TASK_SET_FULL:
		return set_error(command, -EAGAIN, "the drive is busy", err);
	case STATUS_RESERVATION_CONFLICT:
		return set_error(command, -EBUSY, "the drive is reserved by another host", err);
	case STATUS_TASK_ABORTED:
		return set_error(command, -EIO, "the command was aborted", err);
	default:
		return discern_error_set(err, -EIO, "%s: the drive answers with status %02Xh",
					 mmc_opcode_name(command->cdb[0]), (unsigned)result->status);
	}
}

static int judge_length(const struct scsi_command *command, const struct scsi_result *result, size_t *ret_length,
			struct discern_error *err)
{
	size_t length = result->residual > command->data_length ? 0 : command->data_length - result->residual;

	if (ret_length != NULL)
		*ret_length = length;
	else if (length != command->data_length)
		return discern_error_set(err, -EIO, "%s: only %zu of %zu bytes were transferred",
					 mmc_opcode_name(command->cdb[0]), length, command->data_length);
	return 0;
}

static int run_once(struct transport *transport, const struct scsi_command *command, size_t *ret_length,
		    struct discern_error *err)
{
	struct scsi_result result = { 0 };
	int ret;

	ret = transport->ops->execute(transport, command, &result);
	if (ret < 0)
		return judge_delivery(command, ret, err);
	transport->busy_ms += result.duration_ms;
	if (result.sense_length > sizeof(result.sense))
		result.sense_length = sizeof(result.sense);
	ret = judge_host(command, &result, err);
	if (ret == 0)
		ret = judge_status(command, &result, err);
	if (ret == 0)
		ret = judge_length(command, &result, ret_length, err);
	return ret;
}

int transport_run(struct transport *transport, const struct scsi_command *command, size_t *ret_length,
		  struct discern_error *err)
{
	struct discern_error own;
	int ret;

	/* The sense decides below, also for a caller who does not want to know. */
	if (err == NULL)
		err = &own;
	discern_error_clear(err);
	ret = run_once(transport, command, ret_length, err);
	/* SPC-4 5.14: a unit attention means that the command was not carried out, and is told once. Those that
	 * tell nothing of the medium (parameters changed, eject button pressed …) concern no caller. */
	if (ret == -EAGAIN && err->sense.key == SENSE_UNIT_ATTENTION)
		ret = run_once(transport, command, ret_length, err);
	if (transport->readings != NULL)
		drive_note_reading(transport->readings, command, ret < 0 ? err->text : NULL);
	return ret;
}
