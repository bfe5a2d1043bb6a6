/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/frontend_tcmu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "vdrive/tcmu_configfs.h"
#include "vdrive/tcmu_ring.h"

/* A process that was killed lets go of the device a moment later. */
enum { OPEN_TRIES = 50, OPEN_PAUSE_MS = 100 };

/* SAM-5 5.3.1. */
enum { STATUS_CHECK_CONDITION = 2, STATUS_BUSY = 0x08, STATUS_TASK_ABORTED = 0x40 };

/* Until the kernel has sent a command again that was given back to it (SCSI_QUEUE_DELAY, a few times). */
enum { CUT_OFF_MS = 300 };

enum { OP_READ_10 = 0x28, OP_READ_12 = 0xa8 };

/* Of user data, as READ gives it. */
enum { SECTOR_SIZE = 2048 };

/* SPC-4 4.5.3, byte 0: the information field holds the LBA. */
enum { SENSE_VALID = 0x80 };

struct frontend_tcmu {
	struct server_drive *drive;
	char name[TCMU_NAME_SIZE];
	int uio_fd, stop_fd;
	void *map;
	size_t map_size;
	uint8_t *buffer;
	size_t buffer_size;
	pthread_t thread;
	atomic_bool is_stopping, in_a_hurry, is_unplugged;
	/** The loop to the kernel is cut for a moment. */
	bool is_cut_off;
	atomic_int state;
	struct tcmu_ring ring;
};

static void set_sense(struct vdrive_answer *answer, uint8_t key, uint8_t asc, uint8_t ascq)
{
	memset(answer, 0, sizeof(*answer));
	answer->status = STATUS_CHECK_CONDITION;
	answer->sense[0] = 0x70;
	answer->sense[2] = key;
	answer->sense[7] = 10;
	answer->sense[12] = asc;
	answer->sense[13] = ascq;
	answer->sense_length = 18;
}

/* Of the UIO file, into which every write tells of answers and every read of commands. */
static void tell_kernel(const struct frontend_tcmu *frontend)
{
	uint32_t count = 0;

	while (write(frontend->uio_fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

static void wait_for_kernel(const struct frontend_tcmu *frontend)
{
	struct pollfd files[] = { { .fd = frontend->uio_fd, .events = POLLIN },
				  { .fd = frontend->stop_fd, .events = POLLIN } };
	uint32_t count;

	if (poll(files, 2, -1) > 0 && (files[0].revents & POLLIN))
		while (read(frontend->uio_fd, &count, sizeof(count)) < 0 && errno == EINTR)
			;
}

static bool make_room(struct frontend_tcmu *frontend, size_t size)
{
	uint8_t *buffer;

	if (size <= frontend->buffer_size)
		return true;
	buffer = realloc(frontend->buffer, size);
	if (buffer == NULL)
		return false;
	frontend->buffer = buffer;
	frontend->buffer_size = size;
	return true;
}

/* What READ(10) or READ(12) is about; 0 sectors for another command. */
static uint32_t read_sectors(const struct tcmu_command *command, uint32_t *ret_lba)
{
	*ret_lba = get_be32(command->cdb + 2);
	if (command->direction != VDRIVE_TO_HOST)
		return 0;
	if (command->cdb[0] == OP_READ_10)
		return get_be16(command->cdb + 7);
	return command->cdb[0] == OP_READ_12 ? get_be32(command->cdb + 6) : 0;
}

/*
 * The kernel's sr driver takes the sectors before the one that the sense names for good ones, as the drive has sent
 * them. A kernel that takes no data with a sense must not be told of any.
 */
static void complete_read(const struct frontend_tcmu *frontend, const struct tcmu_command *command,
			  struct vdrive_answer *answer)
{
	uint32_t lba, n_sectors = read_sectors(command, &lba), n_good = get_be32(answer->sense + 3) - lba;

	if (answer->status != STATUS_CHECK_CONDITION)
		return;
	if (!frontend->ring.takes_data_with_sense)
		answer->transferred = 0;
	if (n_sectors > 0 && answer->sense[0] & SENSE_VALID && answer->transferred < (size_t)n_good * SECTOR_SIZE)
		answer->sense[0] &= (uint8_t)~SENSE_VALID;
}

/* A command and whose it is. */
struct sender {
	struct frontend_tcmu *frontend;
	const struct tcmu_command *command;
};

static bool is_given_up(void *context)
{
	const struct sender *sender = context;

	return sender->frontend->in_a_hurry || tcmu_ring_is_aborted(&sender->frontend->ring, sender->command);
}

/* What the kernel is told of a command that did not get through. */
static void fail_in_transport(struct frontend_tcmu *frontend, struct vdrive_answer *answer)
{
	struct vdrive_status status;

	vdrive_get_status(frontend->drive->vdrive, &status);
	if (tcmu_set_transport(frontend->name, TCMU_OFFLINE) < 0) {
		/* LOGICAL UNIT COMMUNICATION FAILURE. */
		set_sense(answer, 0x0b, 0x08, 0x00);
	} else {
		memset(answer, 0, sizeof(*answer));
		answer->status = STATUS_BUSY;
		frontend->is_cut_off = !status.is_unplugged;
	}
	if (status.is_unplugged)
		frontend->is_unplugged = true;
}

static void execute(struct frontend_tcmu *frontend, const struct tcmu_command *command, struct vdrive_answer *answer)
{
	struct vdrive_command drive_command = { command->cdb, command->cdb_length, command->direction, frontend->buffer,
						command->data_length };
	struct sender sender = { frontend, command };
	/* How long is too long the kernel sees to. */
	const struct server_patience patience = { UINT32_MAX, is_given_up, &sender };

	if (frontend->drive == NULL) {
		/* LOGICAL UNIT FAILURE. */
		set_sense(answer, 0x04, 0x3e, 0x01);
		return;
	}
	server_execute_patiently(frontend->drive, &drive_command, &patience, answer);
	if (answer->host_status == VDRIVE_HOST_OK) {
		complete_read(frontend, command, answer);
		return;
	}
	if (answer->host_status == VDRIVE_HOST_TIME_OUT) {
		while (!frontend->in_a_hurry && !tcmu_ring_is_aborted(&frontend->ring, command))
			wait_for_kernel(frontend);
		memset(answer, 0, sizeof(*answer));
		answer->status = STATUS_TASK_ABORTED;
		return;
	}
	fail_in_transport(frontend, answer);
}

static void reconnect(struct frontend_tcmu *frontend)
{
	const struct timespec pause = { .tv_nsec = CUT_OFF_MS * 1000000L };

	nanosleep(&pause, NULL);
	tcmu_set_transport(frontend->name, TCMU_ONLINE);
	frontend->is_cut_off = false;
}

static void carry_out(struct frontend_tcmu *frontend, const struct tcmu_command *command)
{
	struct vdrive_answer answer;

	if (!make_room(frontend, command->data_length)) {
		/* INSUFFICIENT RESOURCES. */
		set_sense(&answer, 0x04, 0x55, 0x03);
	} else {
		if (command->direction == VDRIVE_FROM_HOST)
			tcmu_ring_fetch(&frontend->ring, command, frontend->buffer);
		execute(frontend, command, &answer);
	}
	tcmu_ring_answer(&frontend->ring, command, &answer, frontend->buffer);
	tell_kernel(frontend);
	if (frontend->is_cut_off)
		reconnect(frontend);
}

static void *serve(void *data)
{
	struct frontend_tcmu *frontend = data;
	struct tcmu_command command;

	while (!frontend->is_stopping) {
		int ret = tcmu_ring_next(&frontend->ring, &command);

		if (ret < 0) {
			frontend->state = ret;
			break;
		}
		if (ret > 0)
			carry_out(frontend, &command);
		else
			wait_for_kernel(frontend);
	}
	return NULL;
}

static int get_map_size(const char *uio, size_t *ret_size, struct discern_error *err)
{
	char path[128], word[64] = "";
	int64_t number = 0;

	snprintf(path, sizeof(path), "/sys/class/uio/%s/maps/map0/size", uio);
	if (tcmu_read_word(path, word, sizeof(word)) < 0 || !text_to_number(word, 1, INT32_MAX, &number))
		return discern_error_set(err, -EPROTO, "%s: says \"%s\"", path, word);
	*ret_size = (size_t)number;
	return 0;
}

static int open_uio(const char *path)
{
	const struct timespec pause = { .tv_nsec = OPEN_PAUSE_MS * 1000000L };
	int fd = -1;

	for (int n_tries = 0; n_tries < OPEN_TRIES; n_tries++) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 || (errno != EBUSY && errno != ENOENT))
			break;
		nanosleep(&pause, NULL);
	}
	return fd;
}

static int open_ring(struct frontend_tcmu *frontend, const char *uio, struct discern_error *err)
{
	char path[64];
	int ret;

	ret = get_map_size(uio, &frontend->map_size, err);
	if (ret < 0)
		return ret;
	snprintf(path, sizeof(path), "/dev/%s", uio);
	frontend->uio_fd = open_uio(path);
	if (frontend->uio_fd < 0)
		return discern_error_set(err, -errno, "%s: cannot be opened: %s", path, strerror(errno));
	frontend->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (frontend->stop_fd < 0)
		return discern_error_set(err, -errno, "cannot make an event file: %s", strerror(errno));
	frontend->map = mmap(NULL, frontend->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, frontend->uio_fd, 0);
	if (frontend->map == MAP_FAILED)
		return discern_error_set(err, -errno, "%s: cannot be mapped: %s", path, strerror(errno));
	return tcmu_ring_open(&frontend->ring, frontend->map, frontend->map_size, err);
}

static void release(struct frontend_tcmu *frontend)
{
	if (frontend->map != MAP_FAILED)
		munmap(frontend->map, frontend->map_size);
	if (frontend->uio_fd >= 0)
		close(frontend->uio_fd);
	if (frontend->stop_fd >= 0)
		close(frontend->stop_fd);
	free(frontend->buffer);
	free(frontend);
}

int frontend_tcmu_start(struct server_drive *drive, const char *name, const char *uio,
			struct frontend_tcmu **ret_frontend, struct discern_error *err)
{
	struct frontend_tcmu *frontend = calloc(1, sizeof(*frontend));
	int ret;

	if (frontend == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	frontend->drive = drive;
	snprintf(frontend->name, sizeof(frontend->name), "%s", name);
	frontend->uio_fd = frontend->stop_fd = -1;
	frontend->map = MAP_FAILED;
	ret = open_ring(frontend, uio, err);
	if (ret == 0) {
		ret = -pthread_create(&frontend->thread, NULL, serve, frontend);
		if (ret < 0)
			discern_error_set(err, ret, "cannot start a thread: %s", strerror(-ret));
	}
	if (ret < 0)
		release(frontend);
	else
		*ret_frontend = frontend;
	return ret;
}

static void wake(const struct frontend_tcmu *frontend)
{
	const uint64_t one = 1;

	while (write(frontend->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void frontend_tcmu_hurry(struct frontend_tcmu *frontend)
{
	frontend->in_a_hurry = true;
	wake(frontend);
}

int frontend_tcmu_state(struct frontend_tcmu *frontend)
{
	return frontend->state;
}

bool frontend_tcmu_is_unplugged(struct frontend_tcmu *frontend)
{
	return frontend->is_unplugged;
}

struct frontend_tcmu *frontend_tcmu_stop(struct frontend_tcmu *frontend)
{
	if (frontend == NULL)
		return NULL;
	frontend->is_stopping = true;
	frontend_tcmu_hurry(frontend);
	pthread_join(frontend->thread, NULL);
	release(frontend);
	return NULL;
}
