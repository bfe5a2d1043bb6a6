/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "burn/window.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "burn/input.h"

/* The ring, of which half is ahead of the fastest burn and half is left to the others. */
#define USUAL_SIZE ((size_t)128 << 20)
#define READ_SIZE ((size_t)1 << 20)

enum { MAGIC = 0x64776f31, MAX_BURNS = 64, HEADER_SIZE = 1 << 14 };

/* How often both sides look, and how long a burn waits for bytes before it reads them itself. */
enum { POLL_NS = 1000000, PATIENCE_POLLS = 1000 };

struct header {
	uint32_t magic, check_size;
	uint64_t ring_bytes;
	/* Bytes from begin to end of the image are in the ring. begin goes on before they are overwritten, end after new
	 * ones are there. */
	_Atomic uint64_t begin, end;
	/* Where each burn is; those that have come so far. */
	_Atomic uint32_t n_burns;
	_Atomic uint64_t places[MAX_BURNS];
	/* No more will come. */
	_Atomic bool is_over;
	struct discern_burn_check check;
};

_Static_assert(sizeof(struct header) <= HEADER_SIZE, "the ring begins behind the header");

struct discern_burn_window {
	int fd;
	struct header *header;
	size_t size;
	/* Of the process that reads. */
	struct discern_burn_input *input;
	pthread_t reader;
	bool has_reader;
	atomic_bool is_cancelled;
	/* Of a burn. */
	unsigned place;
};

static uint8_t *ring(const struct discern_burn_window *window)
{
	return (uint8_t *)window->header + HEADER_SIZE;
}

static void pause_a_moment(void)
{
	nanosleep(&(struct timespec){ 0, POLL_NS }, NULL);
}

/* ---- reading ---- */

static uint64_t fastest(const struct header *header)
{
	uint32_t n = atomic_load(&header->n_burns);
	uint64_t place = 0;

	for (uint32_t i = 0; i < n && i < MAX_BURNS; i++)
		if (atomic_load(&header->places[i]) > place)
			place = atomic_load(&header->places[i]);
	return place;
}

static void *read_image(void *user)
{
	struct discern_burn_window *window = user;
	struct header *header = window->header;
	uint64_t size_bytes = header->check.image.size_bytes;
	uint64_t end = 0;

	while (end < size_bytes && !atomic_load(&window->is_cancelled)) {
		size_t size = size_bytes - end < READ_SIZE ? (size_t)(size_bytes - end) : READ_SIZE;

		if (atomic_load(&header->n_burns) == 0 || end >= fastest(header) + header->ring_bytes / 2) {
			pause_a_moment();
			continue;
		}
		if (end + READ_SIZE > header->ring_bytes)
			atomic_store(&header->begin, end + READ_SIZE - header->ring_bytes);
		/* The burns find out by themselves what is wrong with the file. */
		if (input_read(window->input, ring(window) + end % header->ring_bytes, size, NULL) != (ssize_t)size)
			break;
		end += size;
		atomic_store(&header->end, end);
	}
	atomic_store(&header->is_over, true);
	return NULL;
}

/* Signals belong to the program's threads, not to this one. */
static int start_reader(struct discern_burn_window *window, struct discern_error *err)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&window->reader, NULL, read_image, window);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret != 0)
		return discern_error_set(err, -ret, "cannot start a thread: %s", strerror(ret));
	window->has_reader = true;
	return 0;
}

/* Its size is sealed, so that no burn can meet its end by surprise. */
static int make_memory(struct discern_burn_window *window, size_t ring_bytes, struct discern_error *err)
{
	window->size = HEADER_SIZE + ring_bytes;
	window->fd = memfd_create("discern-burn", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (window->fd < 0 || ftruncate(window->fd, (off_t)window->size) < 0 ||
	    fcntl(window->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		return discern_error_set(err, -errno, "no shared memory: %s", strerror(errno));
	window->header = mmap(NULL, window->size, PROT_READ | PROT_WRITE, MAP_SHARED, window->fd, 0);
	if (window->header == MAP_FAILED) {
		window->header = NULL;
		return discern_error_set(err, -errno, "no shared memory: %s", strerror(errno));
	}
	return 0;
}

static struct discern_burn_window *new_window(struct discern_error *err)
{
	struct discern_burn_window *window = calloc(1, sizeof(*window));

	if (window == NULL) {
		discern_error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	window->fd = -1;
	return window;
}

int discern_burn_window_new(const struct discern_burn_check *check, size_t ring_bytes,
			    struct discern_burn_window **ret_window, struct discern_error *err)
{
	struct discern_burn_window *window;
	int ret;

	if (check->kind == DISCERN_IMAGE_PIPE) {
		discern_error_set(err, -ENOTSUP, "%s: a pipe is read once, and cannot wait for several drives",
				  check->path);
		return discern_error_hint(err, "write it to a file first");
	}
	window = new_window(err);
	if (window == NULL)
		return -ENOMEM;
	ring_bytes = (ring_bytes != 0 ? ring_bytes : USUAL_SIZE) / (2 * READ_SIZE) * (2 * READ_SIZE);
	ret = make_memory(window, ring_bytes < 4 * READ_SIZE ? 4 * READ_SIZE : ring_bytes, err);
	if (ret == 0) {
		window->header->check = *check;
		ret = input_open(&window->header->check, &window->input, err);
	}
	if (ret == 0) {
		window->header->check.window = NULL;
		window->header->check_size = sizeof(*check);
		window->header->ring_bytes = window->size - HEADER_SIZE;
		window->header->magic = MAGIC;
		ret = start_reader(window, err);
	}
	if (ret < 0) {
		discern_burn_window_free(window);
		return ret;
	}
	*ret_window = window;
	return 0;
}

int discern_burn_window_fd(const struct discern_burn_window *window)
{
	return window->fd;
}

uint64_t discern_burn_window_read_bytes(const struct discern_burn_window *window)
{
	return atomic_load(&window->header->end);
}

/* ---- burning ---- */

static bool is_well_formed(const struct discern_burn_window *window)
{
	const struct header *header = window->header;

	return header->magic == MAGIC && header->check_size == sizeof(header->check) &&
	       header->ring_bytes == window->size - HEADER_SIZE && header->ring_bytes % READ_SIZE == 0 &&
	       memchr(header->check.path, '\0', sizeof(header->check.path)) != NULL;
}

int discern_burn_window_open(int fd, struct discern_burn_check *ret_check, struct discern_error *err)
{
	enum { WANTED = F_SEAL_SHRINK | F_SEAL_GROW };
	struct discern_burn_window *window = new_window(err);
	struct stat status;
	int seals = fcntl(fd, F_GET_SEALS);

	memset(ret_check, 0, sizeof(*ret_check));
	if (window == NULL)
		return -ENOMEM;
	if (seals < 0 || (seals & WANTED) != WANTED || fstat(fd, &status) < 0 || status.st_size <= HEADER_SIZE)
		goto wrong;
	window->size = (size_t)status.st_size;
	window->header = mmap(NULL, window->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (window->header == MAP_FAILED)
		window->header = NULL;
	if (window->header == NULL || !is_well_formed(window))
		goto wrong;
	window->place = atomic_fetch_add(&window->header->n_burns, 1);
	*ret_check = window->header->check;
	ret_check->window = window;
	return 0;
wrong:
	discern_burn_window_free(window);
	return discern_error_set(err, -EINVAL, "file descriptor %d is no image of a burn on several drives", fd);
}

bool window_take(struct discern_burn_window *window, uint8_t *data, uint64_t offset, size_t size)
{
	struct header *header = window->header;
	uint64_t ring_bytes = window->size - HEADER_SIZE;

	if (size > READ_SIZE || offset % READ_SIZE != 0)
		return false;
	if (window->place < MAX_BURNS)
		atomic_store(&header->places[window->place], offset);
	for (int i = 0; i < PATIENCE_POLLS && atomic_load(&header->begin) <= offset; i++) {
		if (offset + size <= atomic_load(&header->end)) {
			memcpy(data, ring(window) + offset % ring_bytes, size);
			atomic_thread_fence(memory_order_seq_cst);
			/* What was overwritten meanwhile is not taken. */
			return atomic_load(&header->begin) <= offset;
		}
		if (atomic_load(&header->is_over))
			return false;
		pause_a_moment();
	}
	return false;
}

struct discern_burn_window *discern_burn_window_free(struct discern_burn_window *window)
{
	if (window == NULL)
		return NULL;
	atomic_store(&window->is_cancelled, true);
	if (window->has_reader)
		pthread_join(window->reader, NULL);
	if (window->header != NULL)
		munmap(window->header, window->size);
	if (window->fd >= 0)
		close(window->fd);
	input_close(window->input);
	free(window);
	return NULL;
}
