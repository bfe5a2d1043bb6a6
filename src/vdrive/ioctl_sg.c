/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SG_IO, CDROM_SEND_PACKET and their kin: commands made by the client (drivers/scsi/scsi_ioctl.c). */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <scsi/scsi.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/client.h"
#include "vdrive/command_filter.h"
#include "vdrive/packet.h"

/* The sg driver's version that the kernel's block layer claims. */
#define SG_VERSION 30527

/* blkdev.h: BLK_DEFAULT_SG_TIMEOUT and BLK_MIN_SG_TIMEOUT. */
#define DEFAULT_TIMEOUT_MS 60000U
#define MIN_TIMEOUT_MS 7000U

#define MAX_CDB 32

/* Bytes of the shortest command packet. */
#define ATAPI_PACKET 12

/* scsi/scsi.h of the kernel, not of user space: DRIVER_SENSE. */
#define DRIVER_SENSE 0x08

/* scsi/sg.h of the kernel: no direction that SG_IO would take for a transfer. */
#define SG_DXFER_UNKNOWN (-5)

/* Ticks a second that user space knows (USER_HZ). */
#define USER_HZ 100U

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int direction_of(const struct sg_io_hdr *header, enum vdrive_direction *ret_direction)
{
	*ret_direction = VDRIVE_NO_DATA;
	if (header->dxfer_len == 0)
		return 0;
	switch (header->dxfer_direction) {
	case SG_DXFER_TO_DEV:
		*ret_direction = VDRIVE_FROM_HOST;
		return 0;
	case SG_DXFER_FROM_DEV:
	case SG_DXFER_TO_FROM_DEV:
		*ret_direction = VDRIVE_TO_HOST;
		return 0;
	default:
		return -EINVAL;
	}
}

static uint32_t timeout_of(const struct server_handle *handle, const struct sg_io_hdr *header)
{
	uint32_t timeout_ms = header->timeout != 0 ? header->timeout : handle->timeout_ms;

	if (timeout_ms == 0)
		timeout_ms = DEFAULT_TIMEOUT_MS;
	return timeout_ms < MIN_TIMEOUT_MS ? MIN_TIMEOUT_MS : timeout_ms;
}

static uint64_t address_of(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* The client's data, in one piece or in many; *size becomes the shorter of the two lengths given. */
static int move_data(struct ioctl_call *call, enum client_access access, const struct sg_io_hdr *header, void *data,
		     size_t *size)
{
	const struct client_vector vector = { address_of(header->dxferp), header->iovec_count };

	if (header->iovec_count != 0)
		return client_copy_vector(call->thread, access, &vector, data, size);
	return client_copy(call->thread, access, address_of(header->dxferp), data, *size);
}

static int give_sense(struct ioctl_call *call, struct sg_io_hdr *header, struct vdrive_answer *answer)
{
	size_t size = answer->sense_length < header->mx_sb_len ? answer->sense_length : header->mx_sb_len;
	int ret;

	header->sb_len_wr = 0;
	if (header->sbp == NULL || size == 0)
		return 0;
	ret = client_copy(call->thread, CLIENT_WRITE, address_of(header->sbp), answer->sense, size);
	if (ret == 0)
		header->sb_len_wr = (unsigned char)size;
	return ret;
}

static int give_answer(struct ioctl_call *call, struct sg_io_hdr *header, struct vdrive_answer *answer,
		       const struct vdrive_command *command)
{
	size_t size = answer->transferred < command->data_length ? answer->transferred : command->data_length;
	int ret = 0;

	header->status = answer->status;
	header->masked_status = (answer->status >> 1) & 0x1f;
	header->msg_status = 0;
	header->host_status = answer->host_status;
	header->driver_status = answer->status == 0x02 ? DRIVER_SENSE : 0;
	header->info = answer->status != 0 || answer->host_status != 0 ? SG_INFO_CHECK : SG_INFO_OK;
	header->resid = (int)(header->dxfer_len - size);
	if (command->direction == VDRIVE_TO_HOST && size > 0)
		ret = move_data(call, CLIENT_WRITE, header, command->data, &size);
	return ret < 0 ? ret : give_sense(call, header, answer);
}

/* sg_io() of the kernel. The header has been read; the caller writes it back. */
static int execute(struct ioctl_call *call, struct sg_io_hdr *header)
{
	uint8_t cdb[MAX_CDB] = { 0 };
	struct vdrive_command command = { .cdb = cdb, .cdb_length = header->cmd_len };
	struct vdrive_answer answer;
	int64_t started_ms = now_ms();
	int ret;

	if (header->interface_id != 'S' || header->cmd_len == 0 || header->cmd_len > MAX_CDB)
		return -EINVAL;
	if (header->dxfer_len > SERVER_MAX_TRANSFER)
		return -EIO;
	ret = direction_of(header, &command.direction);
	if (ret == 0)
		ret = client_copy(call->thread, CLIENT_READ, address_of(header->cmdp), cdb, header->cmd_len);
	if (ret < 0)
		return ret;
	if (!command_is_allowed(cdb[0], call->handle))
		return -EPERM;
	/* ATAPI packets have 12 bytes at least; what the host left out goes as zeros (libata, atapi_xlat()). */
	if (command.cdb_length < ATAPI_PACKET)
		command.cdb_length = ATAPI_PACKET;
	command.data_length = header->dxfer_len;
	command.data = ioctl_buffer();
	if (command.data == NULL)
		return -ENOMEM;
	if (command.direction != VDRIVE_NO_DATA && header->dxfer_direction != SG_DXFER_FROM_DEV)
		ret = move_data(call, CLIENT_READ, header, command.data, &command.data_length);
	if (ret < 0)
		return ret;
	server_execute(call->drive, &command, timeout_of(call->handle, header), &answer);
	ret = give_answer(call, header, &answer, &command);
	header->duration = (unsigned)(now_ms() - started_ms);
	/* As long as it would have taken. */
	if (answer.is_counted_only)
		header->duration = (unsigned)(answer.delay_us / 1000);
	return ret;
}

static int sg_io(struct ioctl_call *call)
{
	struct sg_io_hdr header;
	int ret = ioctl_get(call, &header, sizeof(header));

	if (ret == 0)
		ret = execute(call, &header);
	return ret < 0 ? ret : ioctl_put(call, &header, sizeof(header));
}

static int packet_direction(unsigned char direction)
{
	switch (direction) {
	case CGC_DATA_WRITE:
		return SG_DXFER_TO_DEV;
	case CGC_DATA_READ:
		return SG_DXFER_FROM_DEV;
	case CGC_DATA_NONE:
		return SG_DXFER_NONE;
	case CGC_DATA_UNKNOWN:
		return SG_DXFER_UNKNOWN;
	default:
		return 0;
	}
}

/* scsi_cdrom_send_packet() of the kernel. */
static int send_packet(struct ioctl_call *call)
{
	struct cdrom_generic_command packet;
	struct sg_io_hdr header = { .interface_id = 'S', .cmd_len = sizeof(packet.cmd) };
	int ret = ioctl_get(call, &packet, sizeof(packet));

	if (ret < 0)
		return ret;
	if (packet.timeout < 0 || packet_direction(packet.data_direction) == 0)
		return -EINVAL;
	header.dxfer_direction = packet_direction(packet.data_direction);
	header.dxfer_len = packet.buflen;
	header.dxferp = packet.buffer;
	header.sbp = (unsigned char *)packet.sense;
	header.mx_sb_len = header.sbp != NULL ? sizeof(struct request_sense) : 0;
	header.timeout = (unsigned)packet.timeout < UINT32_MAX / 1000 * USER_HZ
				 ? (unsigned)((uint64_t)(unsigned)packet.timeout * 1000 / USER_HZ)
				 : UINT32_MAX;
	/* The CDB is the structure's first member. */
	header.cmdp = (unsigned char *)(uintptr_t)call->argument;
	ret = execute(call, &header);
	if (ret == -EFAULT)
		return ret;
	if (header.status != 0)
		return -EIO;
	packet.stat = ret;
	packet.buflen = (unsigned)header.resid;
	if (ioctl_put(call, &packet, sizeof(packet)) < 0)
		return -EFAULT;
	return ret;
}

static int put_int(struct ioctl_call *call, int value)
{
	return ioctl_put(call, &value, sizeof(value));
}

static int get_version(struct ioctl_call *call)
{
	return put_int(call, SG_VERSION);
}

static int get_reserved_size(struct ioctl_call *call)
{
	return put_int(call, SERVER_MAX_TRANSFER);
}

/* There is no buffer to reserve; as in the kernel any size that is not negative is accepted. */
static int set_reserved_size(struct ioctl_call *call)
{
	int size;
	int ret = ioctl_get(call, &size, sizeof(size));

	if (ret < 0)
		return ret;
	return size < 0 ? -EINVAL : 0;
}

static int set_timeout(struct ioctl_call *call)
{
	int ticks;
	int ret = ioctl_get(call, &ticks, sizeof(ticks));

	if (ret == 0)
		call->handle->timeout_ms = ticks < 0 ? 0 : (unsigned)((uint64_t)(unsigned)ticks * 1000 / USER_HZ);
	return ret;
}

static int get_timeout(struct ioctl_call *call)
{
	uint64_t timeout_ms = call->handle->timeout_ms;

	return (int)((timeout_ms != 0 ? timeout_ms : DEFAULT_TIMEOUT_MS) * USER_HZ / 1000);
}

static int get_emulated_host(struct ioctl_call *call)
{
	return put_int(call, 1);
}

/* Each drive hangs on a host of its own, as at SATA ports; libburn tells drives apart by these. */
static int get_idlun(struct ioctl_call *call)
{
	uint32_t idlun[2] = { call->drive->number << 24, call->drive->number };

	return ioctl_put(call, idlun, sizeof(idlun));
}

static int get_bus_number(struct ioctl_call *call)
{
	return put_int(call, (int)call->drive->number);
}

static int start_unit(struct ioctl_call *call)
{
	return packet_start_stop(call->drive, PACKET_START);
}

static int stop_unit(struct ioctl_call *call)
{
	return packet_start_stop(call->drive, PACKET_STOP);
}

static int lock_door(struct ioctl_call *call)
{
	return packet_lock_door(call->drive, true);
}

static int unlock_door(struct ioctl_call *call)
{
	return packet_lock_door(call->drive, false);
}

const struct ioctl_entry ioctl_entries_sg[] = {
	{ SG_IO, sg_io },
	{ CDROM_SEND_PACKET, send_packet },
	{ SG_GET_VERSION_NUM, get_version },
	{ SG_GET_RESERVED_SIZE, get_reserved_size },
	{ SG_SET_RESERVED_SIZE, set_reserved_size },
	{ SG_SET_TIMEOUT, set_timeout },
	{ SG_GET_TIMEOUT, get_timeout },
	{ SG_EMULATED_HOST, get_emulated_host },
	{ SCSI_IOCTL_GET_IDLUN, get_idlun },
	{ SCSI_IOCTL_GET_BUS_NUMBER, get_bus_number },
	{ SCSI_IOCTL_START_UNIT, start_unit },
	{ SCSI_IOCTL_STOP_UNIT, stop_unit },
	{ SCSI_IOCTL_DOORLOCK, lock_door },
	{ SCSI_IOCTL_DOORUNLOCK, unlock_door },
	{ 0, NULL },
};
