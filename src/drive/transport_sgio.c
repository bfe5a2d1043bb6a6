/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SG_IO, the kernel's way to a SCSI device: linux/Documentation/scsi/scsi-generic.rst. */
#include "config.h"

#include "drive/transport_sgio.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <scsi/sg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "drive/holder.h"

struct transport_sgio {
	struct transport base;
	int fd;
};

static int to_sg_direction(enum scsi_direction direction)
{
	switch (direction) {
	case SCSI_FROM_DRIVE:
		return SG_DXFER_FROM_DEV;
	case SCSI_TO_DRIVE:
		return SG_DXFER_TO_DEV;
	case SCSI_NO_DATA:
	default:
		return SG_DXFER_NONE;
	}
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct transport_sgio *sgio = (struct transport_sgio *)transport;
	uint8_t cdb[sizeof(command->cdb)];
	sg_io_hdr_t header = { 0 };
	int ret;

	if (command->data_length > UINT_MAX || command->timeout_ms == 0)
		return -EINVAL;
	memcpy(cdb, command->cdb, sizeof(cdb));
	memset(ret_result, 0, sizeof(*ret_result));
	header.interface_id = 'S';
	header.dxfer_direction = to_sg_direction(command->direction);
	header.cmdp = cdb;
	header.cmd_len = command->cdb_length;
	header.dxferp = command->data;
	header.dxfer_len = (unsigned)command->data_length;
	header.sbp = ret_result->sense;
	header.mx_sb_len = sizeof(ret_result->sense);
	header.timeout = command->timeout_ms;
	/* A command that only asks may be repeated; one that brings data may have been carried out. */
	do
		ret = ioctl(sgio->fd, SG_IO, &header);
	while (ret < 0 && errno == EINTR && command->direction != SCSI_TO_DRIVE);
	if (ret < 0)
		return -errno;
	ret_result->status = header.status;
	ret_result->host_status = header.host_status;
	ret_result->driver_status = header.driver_status;
	ret_result->sense_length = header.sb_len_wr;
	/* Negative where a drive sent more than there was room for; the kernel has cut it. */
	ret_result->residual = header.resid > 0 ? (size_t)header.resid : 0;
	ret_result->duration_ms = header.duration;
	return 0;
}

static void close_sgio(struct transport *transport)
{
	struct transport_sgio *sgio = (struct transport_sgio *)transport;

	close(sgio->fd);
	free(sgio);
}

static const struct transport_ops sgio_ops = { .execute = execute, .close = close_sgio };

int transport_sgio_attach(int fd, struct transport **ret_transport)
{
	struct transport_sgio *sgio = calloc(1, sizeof(*sgio));

	if (sgio == NULL) {
		close(fd);
		return -ENOMEM;
	}
	sgio->base.ops = &sgio_ops;
	sgio->fd = fd;
	*ret_transport = &sgio->base;
	return 0;
}

static int permission_error(const char *path, const char *words, struct discern_error *err)
{
	struct group entry, *group = NULL;
	struct stat status;
	char buffer[4096];

	discern_error_set(err, -EACCES, "%s: %s", path, words);
	if (stat(path, &status) < 0)
		return -EACCES;
	if ((status.st_mode & S_IRGRP) == 0 || (status.st_mode & S_IWGRP) == 0 || status.st_gid == 0)
		discern_error_hint(err, "it is not open to a group: sudo chgrp %s %s && sudo chmod 660 %s",
				   OPTICAL_GROUP, path, path);
	else if (getgrgid_r(status.st_gid, &entry, buffer, sizeof(buffer), &group) == 0 && group != NULL)
		discern_error_hint(err, "join the group that owns it, then log in again: sudo usermod -aG %s \"$USER\"",
				   group->gr_name);
	else
		discern_error_hint(err, "it belongs to group %u, and you do not", (unsigned)status.st_gid);
	return -EACCES;
}

int transport_sgio_may_write(const char *path, struct discern_error *err)
{
	if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0 || (errno != EACCES && errno != EROFS))
		return 0;
	return permission_error(path, "you may read this drive, but not burn with it", err);
}

static int open_error(const char *path, int code, struct discern_error *err)
{
	switch (code) {
	case -ENOENT:
		discern_error_set(err, code, "%s: no such drive", path);
		discern_error_hint(err, "\"discern drives\" lists the drives of this system");
		return code;
	case -ENXIO:
	case -ENODEV:
		discern_error_set(err, -ENOENT, "%s: there is no drive behind this name", path);
		discern_error_hint(err, "\"discern drives\" lists the drives of this system");
		return -ENOENT;
	case -EACCES:
	case -EPERM:
		return permission_error(path, "no permission to use this drive", err);
	case -EBUSY:
		return holder_error(path, err);
	case -EISDIR:
		return discern_error_set(err, -ENOTBLK, "%s: is a folder, not an optical drive", path);
	default:
		return discern_error_set(err, code, "%s: cannot open: %s", path, strerror(-code));
	}
}

int transport_sgio_open(const char *path, struct transport **ret_transport, struct discern_error *err)
{
	/* O_NONBLOCK: opening neither moves the tray nor waits for a medium. O_EXCL: no mount and no other
	 * program that asks the same at the same time (a Linux meaning, for block devices). */
	enum { FLAGS = O_NONBLOCK | O_EXCL | O_CLOEXEC };
	int fd, ret;

	fd = open(path, O_RDWR | FLAGS);
	if (fd < 0 && (errno == EROFS || errno == EACCES))
		fd = open(path, O_RDONLY | FLAGS);
	if (fd < 0)
		return open_error(path, -errno, err);
	ret = transport_sgio_attach(fd, ret_transport);
	if (ret < 0)
		return discern_error_set(err, ret, "%s: out of memory", path);
	return 0;
}
