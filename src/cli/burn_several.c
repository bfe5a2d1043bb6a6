/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_several.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/burn_cd.h"
#include "cli/burn_cd_report.h"
#include "cli/burn_report.h"
#include "cli/burn_station.h"
#include "cli/burn_table.h"

enum { STEP_MS = 250, MAX_DRIVES = 64 };

struct several {
	struct burn_order order;
	struct report *report;
	struct burn_station stations[MAX_DRIVES];
	size_t n;
	/* The one whose question is open; NULL if none is. */
	struct burn_station *asking;
};

static int check_drives(struct burn_options *options)
{
	if (options->n_drives > MAX_DRIVES)
		return cli_usage(options->cli, "at most %d drives", MAX_DRIVES);
	if (options->n_drives == 0)
		return cli_usage(options->cli, "--copies: name the drives to burn in");
	for (size_t i = 0; i < options->n_drives; i++) {
		if (strlen(options->drives[i]) >= sizeof(((struct burn_station *)NULL)->path) - 8)
			return cli_usage(options->cli, "%s: no name of a drive", options->drives[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(options->drives[i], options->drives[k]) == 0)
				return cli_usage(options->cli, "%s is named twice", options->drives[i]);
	}
	return 0;
}

/* ---- before anything is written ---- */

static int check_image(struct several *several)
{
	struct burn_order *order = &several->order;
	const struct burn_options *options = order->options;
	struct discern_error err;

	if (discern_burn_check(options->image_path, &options->burn, &options->cli->observer, &order->check, &err) < 0 ||
	    discern_burn_window_new(&order->check, 0, &order->window, &err) < 0)
		return cli_fail(options->cli, &err);
	progress_end(options->cli->progress);
	burn_report_image(several->report, &order->check);
	return CLI_EXIT_GOOD;
}

/* A CD with tracks each drive's process reads and checks itself: its sound is shifted as this drive needs it. */
static int look_at_cd(struct several *several)
{
	const struct burn_options *options = several->order.options;
	struct discern_cd *cd = NULL;
	int ret = burn_cd_refuse_options(options);

	if (ret == CLI_EXIT_GOOD)
		ret = burn_cd_open(options, &cd);
	if (ret == CLI_EXIT_GOOD)
		burn_cd_report_image(several->report, cd, NULL);
	discern_cd_close(cd);
	return ret;
}

static int find_work(struct several *several)
{
	struct burn_order *order = &several->order;
	struct burn_options *options = order->options;
	struct discern_error err;
	int left;

	if (options->queue == NULL) {
		order->n_wanted = options->n_copies > 0 ? options->n_copies : (int64_t)options->n_drives;
		return burn_cd_is_wanted(options) ? look_at_cd(several) : check_image(several);
	}
	if (burn_queue_open(options->queue, &order->queue, &err) < 0)
		return cli_fail(options->cli, &err);
	left = burn_queue_left(order->queue, &err);
	if (left < 0)
		return cli_fail(options->cli, &err);
	report_text(several->report, "queue", "%s, %d disc%s to burn", options->queue, left, left == 1 ? "" : "s");
	return CLI_EXIT_GOOD;
}

static bool is_anyone_busy(const struct several *several)
{
	for (size_t i = 0; i < several->n; i++)
		if (several->stations[i].worker != NULL)
			return true;
	return false;
}

/* Passes a signal on, once. */
static void pass_signal(struct several *several)
{
	if (cli_signal() == 0 || several->order.is_stopping)
		return;
	several->order.is_stopping = true;
	workers_ask_no_more(several->order.workers);
	workers_say(several->order.workers, NULL, "stopping");
	for (size_t i = 0; i < several->n; i++)
		burn_station_stop(&several->stations[i], cli_signal());
}

/* Of a disc that holds something. */
static void ask_for_loss(struct several *several, struct burn_station *station)
{
	const char *holds = answer_string(station->plan, "plan.overwrites");
	struct cli *cli = several->order.options->cli;

	if (station->plan_code != CLI_EXIT_GOOD || holds[0] == '\0' || several->order.options->is_dry_run ||
	    !several->order.asks)
		return;
	if (cli_confirm(cli, "%s the %s in %s, which holds %s",
			answer_bool(station->plan, "plan.blank") ? "blank" : "burn over",
			answer_string(station->plan, "disc.profile"), station->name, holds)) {
		snprintf(station->agreed_loss, sizeof(station->agreed_loss), "%s", holds);
		return;
	}
	station->plan_code = CLI_EXIT_MEDIUM;
	station->has_disc = false;
	snprintf(station->plan_words, sizeof(station->plan_words), "%s", burn_station_kept);
}

/* A drive that cannot be planned for is a result, unless its disc can be exchanged. */
static void judge_plan(struct several *several, struct burn_station *station)
{
	struct burn_row row = { .answer = station->plan, .place = station->line };

	burn_table_report_plan(several->report, station->name, station->plan, station->plan_words);
	ask_for_loss(several, station);
	if (cli_signal() != 0 || station->plan_code == CLI_EXIT_GOOD ||
	    (station->plan_code == CLI_EXIT_MEDIUM && several->order.has_exchange))
		return;
	row.code = station->plan_code;
	station->step = BURN_GIVEN_UP;
	if (!several->order.has_exchange)
		several->order.n_wanted--;
	snprintf(row.drive, sizeof(row.drive), "%s", station->path);
	snprintf(row.words, sizeof(row.words), "%s", station->plan_words);
	burn_table_add(&several->order.table, &row);
}

static void tell_missing(struct several *several)
{
	struct burn_order *order = &several->order;
	int left = order->queue != NULL ? burn_queue_left(order->queue, NULL) : (int)order->n_wanted;

	if (left > 0)
		cli_complain(order->options->cli, "%d disc%s not burned%s", left, left == 1 ? " was" : "s were",
			     order->queue != NULL ? "; the same command goes on with the rest" : "");
}

/* Before anything was burned. */
static int stopped_before(struct several *several)
{
	pass_signal(several);
	tell_missing(several);
	return CLI_EXIT_SIGNAL + cli_signal();
}

/* Whether to begin: nobody is asked unless some drive cannot take part. */
static int plan(struct several *several)
{
	struct burn_options *options = several->order.options;
	size_t n_good = 0;

	for (size_t i = 0; i < several->n; i++)
		burn_station_plan(&several->stations[i]);
	while (is_anyone_busy(several)) {
		pass_signal(several);
		workers_step(several->order.workers, STEP_MS);
	}
	workers_make_room(several->order.workers);
	for (size_t i = 0; i < several->n && cli_signal() == 0; i++) {
		judge_plan(several, &several->stations[i]);
		n_good += several->stations[i].step != BURN_GIVEN_UP;
	}
	if (cli_signal() != 0)
		return stopped_before(several);
	if (n_good == 0)
		return burn_table_code(&several->order.table);
	if (n_good == several->n || options->is_dry_run ||
	    cli_confirm(options->cli, "not all drives can take part: go on with %zu of %zu", n_good, several->n))
		return CLI_EXIT_GOOD;
	return cli_signal() != 0 ? stopped_before(several) : burn_table_code(&several->order.table);
}

/* ---- burning ---- */

static bool is_anyone_burning(const struct several *several)
{
	for (size_t i = 0; i < several->n; i++)
		if (several->stations[i].step == BURN_WRITE || several->stations[i].step == BURN_ASK)
			return true;
	return false;
}

static bool has_work(struct several *several)
{
	struct burn_order *order = &several->order;

	return order->queue != NULL ? burn_queue_left(order->queue, NULL) > 0 : order->n_wanted > 0;
}

static bool is_any_drive_left(const struct several *several)
{
	for (size_t i = 0; i < several->n; i++)
		if (several->stations[i].step != BURN_GIVEN_UP)
			return true;
	return false;
}

/* Of discs that were put in and hold something, one after the other; the other drives go on. */
static void ask_in_turn(struct several *several)
{
	struct workers *workers = several->order.workers;
	bool is_yes = false;

	/* Its worker has ended, or was told to stop. */
	if (several->asking != NULL && (several->asking->step != BURN_ASK || several->order.is_stopping)) {
		workers_ask_no_more(workers);
		several->asking = NULL;
	}
	if (several->order.is_stopping)
		return;
	for (size_t i = 0; i < several->n && several->asking == NULL; i++) {
		struct burn_station *station = &several->stations[i];

		if (station->step != BURN_ASK)
			continue;
		several->asking = station;
		workers_ask(workers, station->name, "%s, which holds %s", station->question, station->loss);
	}
	if (several->asking == NULL || !workers_answered(workers, &is_yes))
		return;
	burn_station_answer(several->asking, is_yes);
	several->asking = NULL;
}

static void burn(struct several *several)
{
	struct burn_order *order = &several->order;
	bool is_over = false;

	while (!is_over || is_anyone_busy(several)) {
		if (!is_over)
			pass_signal(several);
		for (size_t i = 0; i < several->n && !is_over; i++)
			burn_station_go_on(&several->stations[i]);
		ask_in_turn(several);
		if (!is_over && !is_anyone_burning(several) &&
		    (!order->has_exchange || !has_work(several) || !is_any_drive_left(several) || order->is_stopping)) {
			is_over = true;
			/* Those that wait for a disc wait for nothing. */
			order->is_stopping = true;
			for (size_t i = 0; i < several->n; i++)
				if (several->stations[i].waits)
					burn_station_stop(&several->stations[i], SIGTERM);
		}
		if (!is_over || is_anyone_busy(several))
			workers_step(order->workers, STEP_MS);
	}
}

static int conclude(struct several *several)
{
	struct burn_order *order = &several->order;
	struct report *report = several->report;
	char size[TEXT_SIZE];
	int code;

	workers_make_room(order->workers);
	burn_table_report(&order->table, report);
	if (order->window != NULL) {
		uint64_t bytes = discern_burn_window_read_bytes(order->window);

		report_number(report, "read_bytes", NULL, (int64_t)bytes, NULL);
		report_text(report, "image", "read once for all: %s", text_size(bytes, size));
	}
	tell_missing(several);
	code = burn_table_code(&order->table);
	if (code == CLI_EXIT_GOOD && cli_signal() != 0)
		code = CLI_EXIT_SIGNAL + cli_signal();
	if (code == CLI_EXIT_GOOD && has_work(several))
		code = CLI_EXIT_FAILED;
	return code;
}

static int run(struct several *several)
{
	int ret = find_work(several);

	if (ret == CLI_EXIT_GOOD)
		ret = plan(several);
	if (several->order.options->is_dry_run || ret != CLI_EXIT_GOOD) {
		if (ret == CLI_EXIT_GOOD)
			report_text(several->report, "dry run", "nothing was written");
		return ret != CLI_EXIT_GOOD ? ret : burn_table_code(&several->order.table);
	}
	burn(several);
	return conclude(several);
}

int burn_several(struct burn_options *options)
{
	struct several *several;
	int ret = check_drives(options);

	if (ret != 0)
		return ret;
	several = calloc(1, sizeof(*several));
	if (several == NULL)
		abort();
	cli_catch_signals();
	several->report = cli_report(options->cli);
	several->order.options = options;
	several->order.has_exchange = options->n_copies > 0 || options->queue != NULL;
	several->order.asks = burn_options_may_ask(options);
	several->order.workers = workers_new(options->cli);
	for (size_t i = 0; i < options->n_drives; i++)
		burn_station_init(&several->stations[several->n++], &several->order, options->drives[i]);
	ret = run(several);
	report_string(several->report, "verdict", NULL, ret == CLI_EXIT_GOOD ? "good" : "not all are good");
	report_number(several->report, "exit_code", NULL, ret, NULL);
	cli_report_error(options->cli, several->report);
	report_finish(several->report);
	workers_free(several->order.workers);
	for (size_t i = 0; i < several->n; i++)
		burn_station_clear(&several->stations[i]);
	discern_burn_window_free(several->order.window);
	discern_burn_check_clear(&several->order.check);
	burn_queue_free(several->order.queue);
	burn_table_clear(&several->order.table);
	free(several);
	return ret;
}
