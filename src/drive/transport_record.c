/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording: text, for bug reports and for tests, one line per command.
 *
 *   # discern recording 1
 *   # words: notes, and libburn's own log while libburn has the drive
 *   cmd t=0.001234 op=READ_CAPACITY cdb=25000000000000000000 dir=in len=8 timeout=60000
 *       -> ret=0 status=00 host=0 driver=0 residual=0 ms=3 sense=- data=0004ffff00000800
 *
 * all in one line, without "->"; numbers are decimal, cdb, status, sense and data hexadecimal. t is seconds since the
 * recording began; ret is 0 or the errno with which the command could not be delivered, and then the rest of the
 * line is left out. data is what was transferred: len - residual bytes.
 *
 * The contents of a disc are nobody's business in a bug report: of commands that carry sectors (READ, READ CD, WRITE)
 * the data is given as "sha256=…" instead, and a replay gives zeros for it. transport_recorder_keep_sectors() makes
 * a recording that replays completely.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "drive/mmc.h"
#include "drive/recorder.h"

struct transport_recorder {
	char *path;
	FILE *file;
	pthread_mutex_t lock;
	struct timespec start;
	bool keep_sectors;
	/** The first failed write, a negative errno. */
	int status;
};

struct transport_recording {
	struct transport base;
	struct transport *inner;
	struct transport_recorder *recorder;
};

/* ---- the file ---- */

/* Nothing of value is lost to a mistyped name: only an earlier recording is replaced. */
static bool may_replace(int fd)
{
	static const char header[] = RECORDING_HEADER "\n";
	char start[sizeof(header) - 1];
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
		return true;
	return pread(fd, start, sizeof(start), 0) == (ssize_t)sizeof(start) &&
	       memcmp(start, header, sizeof(start)) == 0;
}

static int open_file(const char *path, FILE **ret_file, struct discern_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	int code;

	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot write the recording: %s", path, strerror(errno));
	if (!may_replace(fd)) {
		code = discern_error_set(err, -EEXIST, "%s: exists already, and is no recording", path);
		discern_error_hint(err, "name another file for the recording");
	} else {
		*ret_file = ftruncate(fd, 0) == 0 || errno == EINVAL ? fdopen(fd, "w") : NULL;
		if (*ret_file != NULL)
			return 0;
		code = discern_error_set(err, -errno, "%s: cannot write the recording: %s", path, strerror(errno));
	}
	close(fd);
	return code;
}

int transport_recorder_open(const char *path, struct transport_recorder **ret_recorder, struct discern_error *err)
{
	struct transport_recorder *recorder = calloc(1, sizeof(*recorder));
	int ret;

	if (recorder == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	recorder->path = strdup(path);
	ret = recorder->path == NULL ? discern_error_set(err, -ENOMEM, "out of memory")
				     : open_file(path, &recorder->file, err);
	if (ret < 0) {
		free(recorder->path);
		free(recorder);
		return ret;
	}
	pthread_mutex_init(&recorder->lock, NULL);
	clock_gettime(CLOCK_MONOTONIC, &recorder->start);
	fprintf(recorder->file, "%s\n", RECORDING_HEADER);
	*ret_recorder = recorder;
	return 0;
}

void transport_recorder_keep_sectors(struct transport_recorder *recorder)
{
	recorder->keep_sectors = true;
}

/* Each line is out at once: a recording is wanted most when the program does not come to its end. */
static void end_line(struct transport_recorder *recorder)
{
	putc('\n', recorder->file);
	if (fflush(recorder->file) != 0 && recorder->status == 0)
		recorder->status = errno != 0 ? -errno : -EIO;
}

struct transport_recorder *transport_recorder_close(struct transport_recorder *recorder, int *ret_status)
{
	int status;

	if (ret_status != NULL)
		*ret_status = 0;
	if (recorder == NULL)
		return NULL;
	status = recorder->status;
	if (ferror(recorder->file) != 0 && status == 0)
		status = -EIO;
	if (fclose(recorder->file) != 0 && status == 0)
		status = errno != 0 ? -errno : -EIO;
	pthread_mutex_destroy(&recorder->lock);
	free(recorder->path);
	free(recorder);
	if (ret_status != NULL)
		*ret_status = status;
	return NULL;
}

int transport_recorder_status(const struct transport_recorder *recorder, struct discern_error *err)
{
	if (recorder == NULL || recorder->status == 0)
		return 0;
	return discern_error_set(err, recorder->status, "%s: the recording is not complete: %s", recorder->path,
				 strerror(-recorder->status));
}

void transport_recorder_note(struct transport_recorder *recorder, const char *text)
{
	if (recorder == NULL)
		return;
	pthread_mutex_lock(&recorder->lock);
	fputs("# ", recorder->file);
	for (; *text != '\0'; text++)
		putc(*text == '\n' || *text == '\r' ? ' ' : *text, recorder->file);
	end_line(recorder);
	pthread_mutex_unlock(&recorder->lock);
}

/* ---- one command ---- */

static void write_hex(FILE *file, const char *name, const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	fprintf(file, " %s=", name);
	if (size == 0)
		putc('-', file);
	for (size_t i = 0; i < size; i++) {
		putc(digits[data[i] >> 4], file);
		putc(digits[data[i] & 0x0f], file);
	}
}

static void write_opcode_name(FILE *file, uint8_t opcode)
{
	fputs(" op=", file);
	for (const char *p = mmc_opcode_name(opcode); *p != '\0'; p++)
		putc(*p == ' ' ? '_' : *p, file);
}

static const char *direction_name(enum scsi_direction direction)
{
	switch (direction) {
	case SCSI_FROM_DRIVE:
		return "in";
	case SCSI_TO_DRIVE:
		return "out";
	case SCSI_NO_DATA:
	default:
		return "none";
	}
}

void recorder_digest(const uint8_t *data, size_t size, char ret_hex[HASH_HEX_SIZE])
{
	struct hash *hash = NULL;

	ret_hex[0] = '-';
	ret_hex[1] = '\0';
	if (hash_new(HASH_SHA256, &hash, NULL) < 0)
		return;
	hash_update(hash, data, size);
	hash_finish(hash, ret_hex);
	hash_free(hash);
}

static void write_data(struct transport_recorder *recorder, const struct scsi_command *command, size_t length)
{
	uint8_t opcode = command->cdb[0];
	char digest[HASH_HEX_SIZE];

	if (recorder->keep_sectors || (!mmc_is_read(opcode) && !mmc_is_write(opcode))) {
		write_hex(recorder->file, "data", command->data, length);
		return;
	}
	recorder_digest(command->data, length, digest);
	fprintf(recorder->file, " sha256=%s", digest);
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void write_command(struct transport_recorder *recorder, const struct scsi_command *command, int ret,
			  const struct scsi_result *result)
{
	FILE *file = recorder->file;
	size_t length = command->data_length;

	fprintf(file, "cmd t=%.6f", seconds_since(&recorder->start));
	write_opcode_name(file, command->cdb[0]);
	write_hex(file, "cdb", command->cdb, command->cdb_length);
	fprintf(file, " dir=%s len=%zu timeout=%u ret=%d", direction_name(command->direction), command->data_length,
		command->timeout_ms, -ret);
	if (ret < 0)
		return;
	fprintf(file, " status=%02x host=%u driver=%u residual=%zu ms=%u", (unsigned)result->status,
		(unsigned)result->host_status, (unsigned)result->driver_status, result->residual,
		(unsigned)result->duration_ms);
	write_hex(file, "sense", result->sense, result->sense_length);
	length = result->residual > length ? 0 : length - result->residual;
	/* What a failed read left in the buffer is not an answer. */
	if (command->direction == SCSI_FROM_DRIVE && (result->status != 0 || result->host_status != 0) &&
	    length == command->data_length && mmc_is_read(command->cdb[0]))
		length = 0;
	if (length > 0)
		write_data(recorder, command, length);
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct transport_recording *recording = (struct transport_recording *)transport;
	struct transport_recorder *recorder = recording->recorder;
	int ret = recording->inner->ops->execute(recording->inner, command, ret_result);

	pthread_mutex_lock(&recorder->lock);
	write_command(recorder, command, ret, ret_result);
	end_line(recorder);
	pthread_mutex_unlock(&recorder->lock);
	return ret;
}

static void close_recording(struct transport *transport)
{
	struct transport_recording *recording = (struct transport_recording *)transport;

	transport_close(recording->inner);
	free(recording);
}

static const struct transport_ops recording_ops = { .execute = execute, .close = close_recording };

int transport_record(struct transport *inner, struct transport_recorder *recorder, struct transport **ret_transport,
		     struct discern_error *err)
{
	struct transport_recording *recording = calloc(1, sizeof(*recording));

	if (recording == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	recording->base.ops = &recording_ops;
	recording->inner = inner;
	recording->recorder = recorder;
	*ret_transport = &recording->base;
	return 0;
}
