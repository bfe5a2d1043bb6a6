/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays a recording back (see transport_record.c for its format): the drive that was recorded, as far as it goes. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "drive/mmc.h"
#include "drive/recorder.h"

struct transport_replay {
	struct transport base;
	FILE *file;
	char *line;
	size_t line_size;
};

/* The value of " name=value", ended by a blank or the end of the line; NULL if it is not there. */
static const char *find_field(const char *line, const char *name, size_t *ret_length)
{
	size_t name_length = strlen(name);

	for (const char *p = strchr(line, ' '); p != NULL; p = strchr(p + 1, ' ')) {
		if (strncmp(p + 1, name, name_length) != 0 || p[1 + name_length] != '=')
			continue;
		p += 2 + name_length;
		*ret_length = strcspn(p, " \n");
		return p;
	}
	return NULL;
}

static bool get_number(const char *line, const char *name, int base, unsigned long *ret_number)
{
	size_t length;
	const char *value = find_field(line, name, &length);
	char *end;

	if (value == NULL || length == 0)
		return false;
	errno = 0;
	*ret_number = strtoul(value, &end, base);
	return errno == 0 && end == value + length;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/* A field of hex digits ("-" for none) of at most max_size bytes. False if it is missing or malformed. */
static bool get_bytes(const char *line, const char *name, uint8_t *ret_bytes, size_t max_size, size_t *ret_size)
{
	size_t length;
	const char *value = find_field(line, name, &length);

	if (value == NULL)
		return false;
	*ret_size = 0;
	if (length == 1 && value[0] == '-')
		return true;
	if (length % 2 != 0 || length / 2 > max_size)
		return false;
	for (size_t i = 0; i < length / 2; i++) {
		int high = hex_digit(value[2 * i]), low = hex_digit(value[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret_bytes[i] = (uint8_t)(high << 4 | low);
	}
	*ret_size = length / 2;
	return true;
}

/* The next line that is a command, or NULL at the end. */
static const char *next_line(struct transport_replay *replay)
{
	while (getline(&replay->line, &replay->line_size, replay->file) > 0)
		if (strncmp(replay->line, "cmd ", 4) == 0)
			return replay->line;
	return NULL;
}

static bool is_same_command(const char *line, const struct scsi_command *command)
{
	static const char *const directions[] = {
		[SCSI_NO_DATA] = "none", [SCSI_FROM_DRIVE] = "in", [SCSI_TO_DRIVE] = "out"
	};
	uint8_t cdb[sizeof(command->cdb)];
	size_t cdb_length, direction_length;
	unsigned long data_length;
	const char *direction = find_field(line, "dir", &direction_length);

	return get_bytes(line, "cdb", cdb, sizeof(cdb), &cdb_length) && cdb_length == command->cdb_length &&
	       memcmp(cdb, command->cdb, cdb_length) == 0 && get_number(line, "len", 10, &data_length) &&
	       data_length == command->data_length && direction != NULL &&
	       strlen(directions[command->direction]) == direction_length &&
	       strncmp(direction, directions[command->direction], direction_length) == 0;
}

static bool is_same_digest(const char *line, const struct scsi_command *command)
{
	char digest[HASH_HEX_SIZE];
	size_t length;
	const char *value = find_field(line, "sha256", &length);

	recorder_digest(command->data, command->data_length, digest);
	return value != NULL && length == strlen(digest) && strncmp(value, digest, length) == 0;
}

/* What the host sends must be what it sent when the recording was made. */
static bool is_same_parameters(const char *line, const struct scsi_command *command)
{
	size_t size = 0;
	uint8_t *data;
	bool is_same;

	if (find_field(line, "data", &size) == NULL)
		return is_same_digest(line, command);
	data = malloc(command->data_length + 1);
	if (data == NULL)
		return false;
	is_same = get_bytes(line, "data", data, command->data_length, &size) && size == command->data_length &&
		  memcmp(data, command->data, size) == 0;
	free(data);
	return is_same;
}

static bool play_result(const char *line, struct scsi_result *result)
{
	unsigned long status, host, driver, residual, duration_ms;
	size_t sense_length;

	if (!get_number(line, "status", 16, &status) || !get_number(line, "host", 10, &host) ||
	    !get_number(line, "driver", 10, &driver) || !get_number(line, "residual", 10, &residual) ||
	    !get_number(line, "ms", 10, &duration_ms) ||
	    !get_bytes(line, "sense", result->sense, sizeof(result->sense), &sense_length))
		return false;
	if (status > UINT8_MAX || host > UINT16_MAX || driver > UINT16_MAX || duration_ms > UINT32_MAX)
		return false;
	result->status = (uint8_t)status;
	result->host_status = (uint16_t)host;
	result->driver_status = (uint16_t)driver;
	result->residual = residual;
	result->duration_ms = (uint32_t)duration_ms;
	result->sense_length = (uint8_t)sense_length;
	return true;
}

static bool play_data(const char *line, const struct scsi_command *command)
{
	size_t length, size = 0;

	if (command->direction == SCSI_TO_DRIVE)
		return is_same_parameters(line, command);
	if (command->direction == SCSI_NO_DATA)
		return true;
	memset(command->data, 0, command->data_length);
	if (find_field(line, "data", &length) == NULL)
		return true;
	return get_bytes(line, "data", command->data, command->data_length, &size);
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	struct transport_replay *replay = (struct transport_replay *)transport;
	const char *line = next_line(replay);
	unsigned long failed;

	memset(ret_result, 0, sizeof(*ret_result));
	if (line == NULL || !is_same_command(line, command) || !get_number(line, "ret", 10, &failed))
		return -EPROTO;
	if (failed > 0)
		return failed < 4096 ? -(int)failed : -EPROTO;
	if (!play_result(line, ret_result) || !play_data(line, command))
		return -EPROTO;
	return 0;
}

static void close_replay(struct transport *transport)
{
	struct transport_replay *replay = (struct transport_replay *)transport;

	fclose(replay->file);
	free(replay->line);
	free(replay);
}

static const struct transport_ops replay_ops = { .execute = execute, .close = close_replay };

static bool has_header(struct transport_replay *replay)
{
	ssize_t length = getline(&replay->line, &replay->line_size, replay->file);

	return length > 0 && strncmp(replay->line, RECORDING_HEADER "\n", sizeof(RECORDING_HEADER)) == 0;
}

int transport_replay_open(const char *path, struct transport **ret_transport, struct discern_error *err)
{
	struct transport_replay *replay = calloc(1, sizeof(*replay));

	if (replay == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	replay->base.ops = &replay_ops;
	replay->file = fopen(path, "re");
	if (replay->file == NULL) {
		int code = -errno;

		free(replay);
		return discern_error_set(err, code, "%s: cannot open: %s", path, strerror(-code));
	}
	if (!has_header(replay)) {
		close_replay(&replay->base);
		return discern_error_set(err, -EINVAL, "%s: not a recording of discern", path);
	}
	*ret_transport = &replay->base;
	return 0;
}
