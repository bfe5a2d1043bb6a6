/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern copy --on-the-fly: a thread reads the disc into a pipe, from which it is burned. */
#include "config.h"

#include "cli/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/range_words.h"

/* What a person is told of; the report has as many as the library lists. */
enum { MAX_TOLD = 10 };

struct flight {
	struct copy *copy;
	pthread_t thread;
	bool has_thread;
	int write_fd;
	/* Bytes of the image, once the reader knows them. */
	_Atomic uint64_t size_bytes;
	atomic_bool has_ended, is_stopped;
	/* The reader's, until it has ended. */
	int status;
	struct discern_error error;
	struct discern_rip_result result;
};

/* ---- the reader ---- */

/* Ctrl-C goes to the burn, which then stops the reading; or a pipe that ends would be the reason. */
static int on_progress(const struct discern_progress *progress, void *user)
{
	struct flight *flight = user;

	if (progress->phase == DISCERN_PHASE_READ && progress->total_bytes > 0)
		atomic_store(&flight->size_bytes, progress->total_bytes);
	return atomic_load(&flight->is_stopped);
}

static void *read_main(void *user)
{
	struct flight *flight = user;
	const struct discern_observer observer = { .progress = on_progress, .user = flight };
	const struct discern_rip_options options = {
		.is_stream = true,
		.stream_fd = flight->write_fd,
		.retries = flight->copy->retries,
		.speed_kbps = flight->copy->read_speed_tenths,
		/* A burn does not wait for a drive to come back, nor to rest. */
		.reconnect_seconds = -1,
		.cool_down_seconds = -1,
	};

	flight->status = discern_rip(flight->copy->source, &options, &observer, &flight->result, &flight->error);
	/* Whoever sees the end of the pipe finds the reason for it. */
	atomic_store(&flight->has_ended, true);
	close(flight->write_fd);
	return NULL;
}

static int start(struct flight *flight)
{
	struct discern_error err;
	sigset_t all, before;
	int ret;

	/* Signals belong to the program's own thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&flight->thread, NULL, read_main, flight);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	flight->has_thread = ret == 0;
	if (flight->has_thread)
		return CLI_EXIT_GOOD;
	close(flight->write_fd);
	discern_error_set(&err, -ret, "cannot start a thread: %s", strerror(ret));
	return cli_fail(flight->copy->cli, &err);
}

static void join(struct flight *flight)
{
	if (flight->has_thread)
		pthread_join(flight->thread, NULL);
	flight->has_thread = false;
}

/* False if reading has ended before it began. */
static bool wait_for_size(struct flight *flight)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	while (atomic_load(&flight->size_bytes) == 0 && !atomic_load(&flight->has_ended)) {
		if (cli_signal() != 0)
			atomic_store(&flight->is_stopped, true);
		nanosleep(&pause, NULL);
	}
	return atomic_load(&flight->size_bytes) > 0;
}

/* ---- what the burn asks for ---- */

/* A pipe that ended too early did so as the reading failed; and it is the drive's name that people know. What became of
 * the disc, which the hint of a burn tells, stays. */
static void explain(void *user, struct discern_error *err)
{
	struct flight *flight = user;
	struct copy *copy = flight->copy;
	size_t length = strlen(copy->image);
	struct discern_error own = *err;
	bool is_over =
		(own.code == -ESTALE || own.code == -EINVAL) && atomic_load(&flight->has_ended) && flight->status < 0;

	if (is_over)
		*err = flight->error;
	else if (length > 0 && strncmp(own.text, copy->image, length) == 0)
		snprintf(err->text, sizeof(err->text), "%s%s", copy->source_path, own.text + length);
	if ((is_over || own.code == -ETIMEDOUT) && !copy->cli->feed->is_burning)
		discern_error_hint(err, "nothing was written to the disc in %s", copy->target_name);
	else if (own.hint[0] != '\0')
		discern_error_hint(err, "%s", own.hint);
}

static void tell_bad(struct flight *flight)
{
	const struct discern_rip_result *result = &flight->result;
	struct copy *copy = flight->copy;
	size_t n = result->n_bad_ranges < MAX_TOLD ? result->n_bad_ranges : MAX_TOLD;
	char words[TEXT_SIZE];

	cli_complain(copy->cli, "%s: %" PRIu32 " sector%s could not be read, and are zeros on the copy",
		     copy->source_path, result->n_bad_sectors, result->n_bad_sectors == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %s\n", range_words(&result->bad_ranges[i], words));
	if (n < result->n_bad_ranges)
		fputs("  and more\n", stderr);
}

static void report_bad(struct report *report, const struct discern_rip_result *result)
{
	report_number(report, "unreadable_sectors", NULL, result->n_bad_sectors, NULL);
	report_open_list(report, "unreadable_ranges");
	for (size_t i = 0; i < result->n_bad_ranges; i++) {
		report_open_object(report, NULL);
		report_number(report, "lba", NULL, result->bad_ranges[i].lba, NULL);
		report_number(report, "n_sectors", NULL, result->bad_ranges[i].n_sectors, NULL);
		report_close(report);
	}
	report_close(report);
}

/* The burn is over, with this exit code. */
static int judge(void *user, struct report *report, int code)
{
	struct flight *flight = user;

	/* After a good one all was read, and the reader is ending by itself. */
	if (code != CLI_EXIT_GOOD)
		atomic_store(&flight->is_stopped, true);
	join(flight);
	report_number(report, "source_bytes", NULL, (int64_t)atomic_load(&flight->size_bytes), NULL);
	if (flight->status < 0)
		return code == CLI_EXIT_GOOD ? cli_fail(flight->copy->cli, &flight->error) : code;
	report_string(report, "source_sha256", NULL, flight->result.sha256);
	report_bad(report, &flight->result);
	if (flight->result.n_bad_sectors == 0)
		return code;
	tell_bad(flight);
	return code == CLI_EXIT_GOOD ? CLI_EXIT_UNREADABLE : code;
}

static int burn(struct flight *flight, int read_fd)
{
	static char size_option[] = "--size";
	struct copy *copy = flight->copy;
	struct cli_feed feed = { .origin = copy->source_path, .explain = explain, .judge = judge, .user = flight };
	int ret;

	if (!wait_for_size(flight)) {
		join(flight);
		return cli_fail(copy->cli, &flight->error);
	}
	snprintf(copy->image, sizeof(copy->image), "/dev/fd/%d", read_fd);
	snprintf(copy->size, sizeof(copy->size), "%" PRIu64, atomic_load(&flight->size_bytes));
	copy_add_word(copy, size_option);
	copy_add_word(copy, copy->size);
	copy->cli->feed = &feed;
	ret = copy_burn(copy, copy->image);
	copy->cli->feed = NULL;
	return ret;
}

int copy_on_the_fly(struct copy *copy)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct flight flight;
	struct discern_error err;
	int ends[2], ret;

	flight.copy = copy;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		discern_error_set(&err, -errno, "cannot make a pipe: %s", strerror(errno));
		return cli_fail(copy->cli, &err);
	}
	flight.write_fd = ends[1];
	ret = start(&flight);
	if (ret == CLI_EXIT_GOOD)
		ret = burn(&flight, ends[0]);
	close(ends[0]);
	atomic_store(&flight.is_stopped, true);
	join(&flight);
	discern_rip_result_clear(&flight.result);
	return ret;
}
