/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Executes command descriptor blocks: to the kernel (SG_IO), to a file of recorded answers, or through a recorder.
 */
#ifndef DRIVE_TRANSPORT_H
#define DRIVE_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

struct readings;
struct transport;
struct transport_recorder;

enum scsi_direction { SCSI_NO_DATA, SCSI_FROM_DRIVE, SCSI_TO_DRIVE };

struct scsi_command {
	uint8_t cdb[16];
	uint8_t cdb_length;
	enum scsi_direction direction;
	uint8_t *data;
	size_t data_length;
	/** Each command has its own; never 0. */
	unsigned timeout_ms;
};

/** All that the kernel tells of a command; each field is looked at before data counts as data. */
struct scsi_result {
	uint8_t status;       /**< SAM-5 5.3 */
	uint16_t host_status; /**< DID_… of the kernel */
	uint16_t driver_status;
	uint8_t sense[64];
	uint8_t sense_length;
	/** Bytes of data_length that were not transferred. */
	size_t residual;
	uint32_t duration_ms;
};

struct transport_ops {
	/** 0 when the command was delivered and ret_result tells its fate; a negative errno if it could not be. */
	int (*execute)(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result);
	void (*close)(struct transport *transport);
};

struct transport {
	const struct transport_ops *ops;
	/** What all commands of transport_run() took by the kernel's clock. */
	uint64_t busy_ms;
	/** Who is told of each command of transport_run() that reads sectors; NULL for nobody. */
	struct readings *readings;
};

/** Opens a device node for exclusive use. -ENOENT, -EBUSY, -EACCES, -ENOTBLK, … */
int transport_sgio_open(const char *path, struct transport **ret_transport, struct discern_error *err);

/** Passes every command to inner and writes it, with its answer, to the recorder. Closing it closes inner,
 *  not the recorder. */
int transport_record(struct transport *inner, struct transport_recorder *recorder, struct transport **ret_transport,
		     struct discern_error *err);

/** Plays a recorded file back: each command must be the next one in the file, or the call fails with -EPROTO. */
int transport_replay_open(const char *path, struct transport **ret_transport, struct discern_error *err);

/** A recording in progress; one for all transports, and for libburn's log, of a job. An earlier recording is replaced;
 *  -EEXIST for any other file that is not empty. */
int transport_recorder_open(const char *path, struct transport_recorder **ret_recorder, struct discern_error *err);
/** Accepts NULL, returns NULL. A failed write to the file is told here once: 0 or a negative errno in *ret_status. */
struct transport_recorder *transport_recorder_close(struct transport_recorder *recorder, int *ret_status);
/** 0, or the negative errno of the first failed write to the file; accepts NULL. */
int transport_recorder_status(const struct transport_recorder *recorder, struct discern_error *err);
/** Adds a line of words as a comment. */
void transport_recorder_note(struct transport_recorder *recorder, const char *text);

static inline struct transport *transport_close(struct transport *transport)
{
	if (transport != NULL)
		transport->ops->close(transport);
	return (struct transport *)0;
}

/** Executes a command and judges all of status, host status, driver status, sense and residual.
 *  @param ret_length  bytes transferred; NULL if anything but all of data_length is an error
 *  @return 0 (also for a recovered error, key 1), or an errno by the sense: -ENOMEDIUM (2/3A), -EAGAIN (becoming
 *          ready), -ESTALE (6/28, 6/29), -EIO (3, 4, B), -ENXIO (5/21, 5/63, 5/64, 8), -EOPNOTSUPP (5/20, 5/24),
 *          -EKEYREJECTED (5/6F), -EBUSY (5/53), -EMEDIUMTYPE (2/30, 5/30), -EROFS (7), -ETIMEDOUT, -ENODEV (host
 *          status), -EMSGSIZE (more bytes than the system transfers at once), -EPERM. err has sense and words,
 *          and for a read the LBA if the drive named one. After 0 err->sense is that of a recovered error. */
int transport_run(struct transport *transport, const struct scsi_command *command, size_t *ret_length,
		  struct discern_error *err);

#endif
