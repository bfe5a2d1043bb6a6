/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/burn_station.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many discs in a row that were spoiled in one drive, and it gets no more. */
enum { MAX_FAILURES = 3 };

const char burn_station_kept[] = "what it holds is to stay";

static void begin(struct burn_station *station, enum burn_step step);

static bool is_error(const struct worker_end *end, int code)
{
	const char *name = answer_string(end->answer, "error.code");

	return name[0] != '\0' && strcmp(name, strerrorname_np(code)) == 0;
}

/* ---- what is to be done ---- */

static bool has_work(struct burn_order *order)
{
	return order->queue != NULL ? burn_queue_left(order->queue, NULL) > 0 : order->n_wanted > 0;
}

static void record(struct burn_station *station, const struct burn_row *row);

/* What the line says that a burn in this drive could not do; empty if nothing. */
static void judge_line(const struct burn_station *station, char *ret_words, size_t size)
{
	/* Of its own, as options change it. */
	struct cli cli = { .verb = station->order->options->cli->verb,
			   .progress_mode = PROGRESS_NONE,
			   .progress_fd = -1 };
	struct burn_options options = { .cli = &cli, .window_fd = -1 };
	struct worker_words words = { 0 };

	ret_words[0] = '\0';
	worker_words_add(&words, "burn");
	if (!burn_queue_split(station->task, &words)) {
		snprintf(ret_words, size, "a quote has no end");
	} else {
		worker_words_add(&words, station->path);
		/* Another command line is read from its begin. */
		optind = 0;
		if (burn_options_parse(&options, (int)words.n, words.list) != -1)
			snprintf(ret_words, size, "the line is no command line of discern burn");
		else if (options.queue != NULL || options.n_copies > 0)
			snprintf(ret_words, size, "a line is one disc: --copies and --queue are for the command");
		else if (options.n_drives != 1)
			snprintf(ret_words, size, "a line names one image and no drive, and this one has %zu operands",
				 options.n_drives);
	}
	worker_words_clear(&options.words);
	worker_words_clear(&words);
	cli_finish(&cli);
}

/* A line that makes no sense is told, and no disc is touched for it. */
static bool is_good_line(struct burn_station *station)
{
	struct burn_row row = { .task = station->task, .code = CLI_EXIT_USAGE };

	judge_line(station, row.words, sizeof(row.words));
	if (row.words[0] == '\0')
		return true;
	snprintf(row.drive, sizeof(row.drive), "%s", station->path);
	record(station, &row);
	free(station->task);
	station->task = NULL;
	return false;
}

static bool take_work(struct burn_station *station)
{
	struct burn_order *order = station->order;

	if (order->queue == NULL)
		return order->n_wanted-- > 0;
	do
		station->task = burn_queue_take(order->queue);
	while (station->task != NULL && !is_good_line(station));
	return station->task != NULL;
}

/* The disc was not begun, or a copy is to be made again. */
static void give_back(struct burn_station *station)
{
	if (station->task != NULL)
		burn_queue_give_back(station->order->queue, station->task);
	else
		station->order->n_wanted++;
}

/* ---- a disc is done ---- */

static void record(struct burn_station *station, const struct burn_row *row)
{
	struct burn_order *order = station->order;
	struct discern_error err;
	char words[600];

	burn_table_add(&order->table, row);
	if (!order->options->cli->quiet)
		workers_say(order->workers, station->name, "%s%s%s", burn_table_verdict(row),
			    station->task != NULL ? ": " : "", station->task != NULL ? station->task : "");
	if (station->task == NULL || row->code > CLI_EXIT_SIGNAL)
		return;
	snprintf(words, sizeof(words), "%s %s%s%s", station->name, burn_table_verdict(row),
		 row->words[0] != '\0' ? ": " : "", row->words);
	if (burn_queue_record(order->queue, station->task, row->code == CLI_EXIT_GOOD, words, &err) < 0)
		workers_say(order->workers, station->name, "warning: cannot record it: %s", err.text);
}

/* What a line of the queue names cannot be burned, which was found before anything was: the disc is for the next line. */
static bool is_disc_untouched(const struct burn_station *station, const struct worker_end *end)
{
	return station->task != NULL && end->answer != NULL && !answer_has(end->answer, "plan") &&
	       (end->code == CLI_EXIT_FAILED || end->code == CLI_EXIT_USAGE) && !is_error(end, ENODEV);
}

/* A disc is burned, spoiled or refused: on with the next. */
static void after_disc(struct burn_station *station, const struct worker_end *end)
{
	struct burn_order *order = station->order;
	struct burn_row row = { .task = station->task, .answer = end->answer, .code = end->code };
	const bool is_untouched = is_disc_untouched(station, end);

	station->agreed_loss[0] = '\0';
	row.place = order->has_exchange ? 0 : station->line;
	snprintf(row.drive, sizeof(row.drive), "%s", station->path);
	/* Somebody killed it, and it alone. */
	if (end->signal != 0 && !order->is_stopping)
		row.code = CLI_EXIT_FAILED;
	snprintf(row.words, sizeof(row.words), "%s", end->code == CLI_EXIT_GOOD ? "" : end->words);
	station->has_disc = is_untouched;
	if (!is_untouched)
		station->n_failures = end->code == CLI_EXIT_GOOD ? 0 : station->n_failures + 1;
	if (end->code == CLI_EXIT_MEDIUM && order->has_exchange) {
		give_back(station);
	} else {
		record(station, &row);
		/* What was stopped was not burned, and a spoiled copy is made again. */
		if (order->queue == NULL ? order->has_exchange && row.code != CLI_EXIT_GOOD
					 : row.code > CLI_EXIT_SIGNAL)
			give_back(station);
	}
	free(station->task);
	station->task = NULL;
	if (is_error(end, ENODEV) || (end->code != CLI_EXIT_MEDIUM && station->n_failures >= MAX_FAILURES)) {
		if (order->has_exchange)
			workers_say(order->workers, station->name, "this drive gets no more discs");
		station->step = BURN_GIVEN_UP;
	} else if (order->has_exchange && !is_untouched) {
		begin(station, BURN_EJECT);
	}
}

/* Its disc holds something. It waits, with the image checked and the drive its own. */
static void asked(const char *what, const char *loses, void *user)
{
	struct burn_station *station = user;

	snprintf(station->question, sizeof(station->question), "%s", what);
	snprintf(station->loss, sizeof(station->loss), "%s", loses);
	station->step = BURN_ASK;
}

static void after_plan(struct burn_station *station, const struct worker_end *end)
{
	station->plan = answer_keep(end->answer);
	station->plan_code = end->code;
	if (end->code != CLI_EXIT_GOOD)
		snprintf(station->plan_words, sizeof(station->plan_words), "%s",
			 end->words[0] != '\0' ? end->words : "failed");
	station->has_disc = end->code == CLI_EXIT_GOOD && strcmp(answer_string(end->answer, "state"), "no disc") != 0;
}

static void ended(const struct worker_end *end, void *user)
{
	struct burn_station *station = user;
	enum burn_step step = station->step;

	station->worker = NULL;
	station->step = BURN_IDLE;
	drive_lines_say(workers_lines(station->order->workers), station->line, "");
	if (step == BURN_PLAN) {
		after_plan(station, end);
	} else if (step == BURN_WRITE || step == BURN_ASK) {
		after_disc(station, end);
	} else if (!station->order->is_stopping) {
		if (end->code != CLI_EXIT_GOOD && end->code < CLI_EXIT_SIGNAL)
			station->step = BURN_GIVEN_UP;
		else if (step == BURN_WAIT)
			station->has_disc = end->code == CLI_EXIT_GOOD;
		else if (station->waits)
			begin(station, BURN_WAIT);
	}
}

/* ---- steps ---- */

static void add_burn(const struct burn_station *station, enum burn_step step, struct worker_words *words)
{
	const struct burn_order *order = station->order;
	const struct burn_options *options = order->options;
	char option[32], agreed[224];

	worker_words_add(words, "burn");
	if (order->asks) {
		snprintf(agreed, sizeof(agreed), "--agreed-loss=%s", station->agreed_loss);
		worker_words_add(words, agreed);
	} else if (options->cli->assume_yes) {
		worker_words_add(words, "--yes");
	}
	for (size_t i = 0; i < options->words.n; i++)
		worker_words_add(words, options->words.list[i]);
	if (step == BURN_PLAN)
		worker_words_add(words, "--dry-run");
	else if (options->will_eject && !order->has_exchange)
		worker_words_add(words, "--eject");
	if (station->task != NULL) {
		burn_queue_split(station->task, words);
		return;
	}
	if (order->window != NULL) {
		snprintf(option, sizeof(option), "--window-fd=%d", WORKER_FD);
		worker_words_add(words, option);
	}
	for (size_t i = 0; i < options->n_sounds; i++)
		worker_words_add(words, options->sounds[i]);
	if (options->n_sounds == 0)
		worker_words_add(words, options->image_path);
}

static void put_together(const struct burn_station *station, enum burn_step step, struct worker_words *words)
{
	bool is_plan = step == BURN_PLAN && station->order->queue == NULL;

	if (step == BURN_WRITE || is_plan) {
		add_burn(station, step, words);
	} else {
		worker_words_add(words, step == BURN_EJECT ? "eject" : "load");
		if (station->waits)
			worker_words_add(words, "--wait");
	}
	worker_words_add_common(words, station->order->options->cli);
	worker_words_add(words, station->path);
}

static void begin(struct burn_station *station, enum burn_step step)
{
	struct burn_order *order = station->order;
	struct worker_words words = { 0 };
	struct worker_job job = {
		.name = station->name,
		.line = station->line,
		.fd = order->window != NULL ? discern_burn_window_fd(order->window) : -1,
		/* A disc that is begun is better finished than spoiled. */
		.is_independent = step == BURN_WRITE,
		.only_waits = step == BURN_EJECT || step == BURN_WAIT,
		.asked = step == BURN_WRITE && order->asks ? asked : NULL,
		.ended = ended,
		.user = station,
	};
	struct discern_error err;

	/* The last disc only comes out. */
	station->waits = step == BURN_WAIT || (step == BURN_EJECT && has_work(order));
	put_together(station, step, &words);
	job.words = (const char *const *)words.list;
	station->step = step;
	if (step == BURN_WAIT)
		workers_say(order->workers, station->name, "put the next blank disc in");
	if (workers_start(order->workers, &job, &station->worker, &err) < 0) {
		workers_say(order->workers, station->name, "%s", err.text);
		station->step = BURN_GIVEN_UP;
	}
	worker_words_clear(&words);
}

void burn_station_plan(struct burn_station *station)
{
	begin(station, BURN_PLAN);
}

void burn_station_go_on(struct burn_station *station)
{
	struct burn_order *order = station->order;

	if (station->worker != NULL || station->step == BURN_GIVEN_UP || station->step == BURN_ASK ||
	    order->is_stopping || !has_work(order))
		return;
	if (station->has_disc) {
		if (take_work(station))
			begin(station, BURN_WRITE);
	} else if (order->has_exchange) {
		begin(station, BURN_EJECT);
	}
}

void burn_station_answer(struct burn_station *station, bool is_yes)
{
	station->step = BURN_WRITE;
	worker_answer(station->worker, is_yes);
}

void burn_station_stop(struct burn_station *station, int signal)
{
	if (station->worker != NULL)
		worker_signal(station->worker, signal);
}

void burn_station_init(struct burn_station *station, struct burn_order *order, const char *path)
{
	const char *slash;

	*station = (struct burn_station){ .order = order };
	snprintf(station->path, sizeof(station->path), "%s%s", strchr(path, '/') == NULL ? "/dev/" : "", path);
	slash = strrchr(station->path, '/');
	station->name = slash + 1;
	station->line = drive_lines_add(workers_lines(order->workers), station->path);
}

void burn_station_clear(struct burn_station *station)
{
	answer_free(station->plan);
	free(station->task);
}
