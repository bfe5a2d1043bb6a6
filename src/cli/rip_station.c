/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/rip_station.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/observe.h"
#include "base/text.h"
#include "ui/printable.h"

/* After a drive that did not answer: seconds until it is asked again, doubled each time up to the second number. */
static const double first_pause = 2;
static const double longest_pause = 60;

enum step {
	STEP_NONE,   /**< idle, until pause_until */
	STEP_ABSENT, /**< the drive is not there */
	STEP_WAIT,
	STEP_READ,
	STEP_VERIFY,
	STEP_AUDIO,
	STEP_EJECT,
};

struct rip_station {
	const struct rip_options *options;
	struct workers *workers;
	struct worker *worker;
	char path[64];
	const char *name;
	size_t line;
	enum step step;
	bool is_stopping;
	double pause, pause_until;
	/* Of the disc in the drive. */
	bool has_data, has_audio, is_absence_told;
	struct answer *read, *verify, *audio;
	double began;
	int code;
	char words[512];
};

static void begin(struct rip_station *station, enum step step);

/* ---- the line that each disc leaves ---- */

static const char *verdict_name(const struct rip_station *station)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
		{ CLI_EXIT_UNREADABLE, "bad" },        { CLI_EXIT_DIFFERENT, "different" }, { CLI_EXIT_MEDIUM, "no data" },
		{ CLI_EXIT_PROTECTED, "protected" },   { CLI_EXIT_OTHER_DISC, "changed" },  { CLI_EXIT_LIMIT, "limit" },
		{ CLI_EXIT_FAILED, "failed" },
	};

	if (station->code == CLI_EXIT_GOOD)
		return answer_bool(station->read != NULL ? station->read : station->audio, "already") ? "already" : "good";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == station->code)
			return names[i].name;
	return "failed";
}

static void append(char *words, size_t size, const char *more)
{
	size_t length = strlen(words);

	if (more[0] != '\0')
		snprintf(words + length, size - length, "%s%s", length > 0 ? ", " : "", more);
}

static void describe(const struct rip_station *station, char *words, size_t size)
{
	char text[TEXT_SIZE];

	words[0] = '\0';
	append(words, size, answer_string(station->read, "image"));
	if (answer_number(station->read, "image_bytes") > 0)
		append(words, size, text_size((uint64_t)answer_number(station->read, "image_bytes"), text));
	append(words, size, answer_string(station->audio, "folder"));
	if (station->code == CLI_EXIT_GOOD && station->verify != NULL)
		append(words, size, "verified");
	append(words, size, station->words);
	append(words, size, text_duration((uint64_t)(observe_now() - station->began + 0.5), text));
}

static void tell_disc(struct rip_station *station)
{
	char time_words[32], words[1024];
	time_t now = time(NULL);
	struct tm local;

	localtime_r(&now, &local);
	strftime(time_words, sizeof(time_words), "%Y-%m-%dT%H:%M:%S%z", &local);
	workers_make_room(station->workers);
	describe(station, words, sizeof(words));
	if (station->options->cli->json) {
		struct answer *line = answer_new();

		answer_set_string(line, "time", time_words);
		answer_set_string(line, "drive", station->path);
		answer_set_string(line, "verdict", verdict_name(station));
		answer_set_number(line, "exit_code", station->code);
		answer_set_string(line, "words", station->words);
		answer_set_number(line, "seconds", (int64_t)(observe_now() - station->began + 0.5));
		answer_set_answer(line, "rip", station->read);
		answer_set_answer(line, "verify", station->verify);
		answer_set_answer(line, "audio", station->audio);
		answer_print(line, stdout);
		answer_free(line);
	} else {
		char *clean = printable_text(words);

		printf("%s  %-6s %-9s  %s\n", time_words, station->name, verdict_name(station),
		       clean != NULL ? clean : "");
		free(clean);
	}
	fflush(stdout);
}

static void forget_disc(struct rip_station *station)
{
	station->read = answer_free(station->read);
	station->verify = answer_free(station->verify);
	station->audio = answer_free(station->audio);
	station->words[0] = '\0';
	station->code = CLI_EXIT_GOOD;
}

/* ---- steps ---- */

static void say(struct rip_station *station, const char *words)
{
	drive_lines_say(workers_lines(station->workers), station->line, words);
}

static void rest(struct rip_station *station, double seconds, const char *words)
{
	station->step = STEP_NONE;
	station->pause_until = observe_now() + seconds;
	say(station, words);
}

/* A drive that does not answer is asked less and less often. */
static void pause_longer(struct rip_station *station, const char *words)
{
	rest(station, station->pause, words);
	station->pause = station->pause * 2 < longest_pause ? station->pause * 2 : longest_pause;
}

/* The first thing that went wrong is what a disc is judged by. */
static void judge(struct rip_station *station, const struct worker_end *end)
{
	if (end->code == CLI_EXIT_GOOD || station->code != CLI_EXIT_GOOD)
		return;
	station->code = end->code > CLI_EXIT_SIGNAL ? CLI_EXIT_FAILED : end->code;
	snprintf(station->words, sizeof(station->words), "%s",
		 end->words[0] != '\0' ? end->words : answer_string(end->answer, "error.text"));
}

static bool is_error(const struct worker_end *end, int code)
{
	const char *name = answer_string(end->answer, "error.code");

	return name[0] != '\0' && strcmp(name, strerrorname_np(code)) == 0;
}

/* Neither the disc's fault nor its end: it stays where it is. */
static bool has_lost_drive(struct rip_station *station, const struct worker_end *end)
{
	if (is_error(end, ENODEV) || is_error(end, ENXIO)) {
		pause_longer(station, "the drive does not answer");
		return true;
	}
	if (is_error(end, EBUSY)) {
		pause_longer(station, "another program uses the drive");
		return true;
	}
	return false;
}

static void end_disc(struct rip_station *station)
{
	tell_disc(station);
	forget_disc(station);
	begin(station, STEP_EJECT);
}

static void after_wait(struct rip_station *station, const struct worker_end *end)
{
	if (end->code != CLI_EXIT_GOOD) {
		if (access(station->path, F_OK) == 0)
			pause_longer(station, end->words);
		else
			station->step = STEP_ABSENT;
		return;
	}
	station->pause = first_pause;
	station->began = observe_now();
	station->has_data = answer_bool(end->answer, "has_data");
	station->has_audio = answer_bool(end->answer, "has_audio");
	/* Without a table of contents rip finds out what is wrong with it. */
	begin(station, station->has_audio && !station->has_data ? STEP_AUDIO : STEP_READ);
}

static void after_read(struct rip_station *station, const struct worker_end *end)
{
	station->read = answer_keep(end->answer);
	judge(station, end);
	if (end->code == CLI_EXIT_GOOD && !station->options->no_verify && !answer_bool(end->answer, "already"))
		begin(station, STEP_VERIFY);
	else if (station->has_audio && station->options->is_audio && end->code != CLI_EXIT_OTHER_DISC)
		begin(station, STEP_AUDIO);
	else
		end_disc(station);
}

static void after_verify(struct rip_station *station, const struct worker_end *end)
{
	station->verify = answer_keep(end->answer);
	judge(station, end);
	if (station->has_audio && station->options->is_audio)
		begin(station, STEP_AUDIO);
	else
		end_disc(station);
}

static void ended(const struct worker_end *end, void *user)
{
	struct rip_station *station = user;
	enum step step = station->step;

	station->worker = NULL;
	station->step = STEP_NONE;
	say(station, "");
	if (step == STEP_READ || step == STEP_VERIFY || step == STEP_AUDIO) {
		if (station->is_stopping && end->code >= CLI_EXIT_SIGNAL)
			return;
		if (has_lost_drive(station, end)) {
			station->read = station->read != NULL ? station->read : answer_keep(end->answer);
			judge(station, end);
			tell_disc(station);
			forget_disc(station);
			return;
		}
	}
	if (step == STEP_WAIT) {
		if (!station->is_stopping)
			after_wait(station, end);
	} else if (step == STEP_READ) {
		after_read(station, end);
	} else if (step == STEP_VERIFY) {
		after_verify(station, end);
	} else if (step == STEP_AUDIO) {
		station->audio = answer_keep(end->answer);
		judge(station, end);
		end_disc(station);
	} else if (end->code != CLI_EXIT_GOOD) {
		pause_longer(station, end->words);
	} else {
		begin(station, STEP_WAIT);
	}
}

/* ---- what each step is ---- */

static void add_all(struct worker_words *words, const struct worker_words *more)
{
	for (size_t i = 0; i < more->n; i++)
		worker_words_add(words, more->list[i]);
}

static void put_together(const struct rip_station *station, enum step step, struct worker_words *words)
{
	const char *manifest = answer_string(station->read, "manifest");
	char option[4200];

	switch (step) {
	case STEP_WAIT:
		worker_words_add(words, "load");
		worker_words_add(words, "--wait");
		break;
	case STEP_READ:
	case STEP_AUDIO:
		worker_words_add(words, "rip");
		worker_words_add(words, "--skip-done");
		if (step == STEP_AUDIO)
			worker_words_add(words, "--audio");
		add_all(words, step == STEP_AUDIO ? &station->options->audio_words : &station->options->words);
		break;
	case STEP_VERIFY:
		worker_words_add(words, "verify");
		snprintf(option, sizeof(option), "--manifest=%s", manifest);
		worker_words_add(words, manifest[0] != '\0' ? option : answer_string(station->read, "image"));
		break;
	case STEP_NONE:
	case STEP_ABSENT:
	case STEP_EJECT:
		worker_words_add(words, "eject");
		worker_words_add(words, "--wait");
		break;
	}
	worker_words_add_common(words, station->options->cli);
	worker_words_add(words, station->path);
}

static void begin(struct rip_station *station, enum step step)
{
	struct worker_words words = { 0 };
	struct worker_job job = {
		.name = station->name,
		.line = station->line,
		.folder = station->options->folder,
		.fd = -1,
		.only_waits = step == STEP_WAIT || step == STEP_EJECT,
		.ended = ended,
		.user = station,
	};
	struct discern_error err;

	if (station->is_stopping)
		return;
	put_together(station, step, &words);
	job.words = (const char *const *)words.list;
	station->step = step;
	if (workers_start(station->workers, &job, &station->worker, &err) < 0) {
		workers_say(station->workers, station->name, "%s", err.text);
		pause_longer(station, err.text);
	}
	worker_words_clear(&words);
}

/* ---- the station ---- */

struct rip_station *rip_station_new(const struct rip_options *options, struct workers *workers, const char *path)
{
	struct rip_station *station = calloc(1, sizeof(*station));
	const char *slash = strrchr(path, '/');

	if (station == NULL)
		abort();
	station->options = options;
	station->workers = workers;
	station->pause = first_pause;
	snprintf(station->path, sizeof(station->path), "%s", path);
	station->name = station->path + (slash != NULL ? slash + 1 - path : 0);
	station->line = drive_lines_add(workers_lines(workers), path);
	if (!options->cli->quiet)
		workers_say(workers, station->name, "waiting for discs");
	return station;
}

const char *rip_station_path(const struct rip_station *station)
{
	return station->path;
}

void rip_station_tick(struct rip_station *station)
{
	bool is_there = access(station->path, F_OK) == 0;

	if (station->worker != NULL)
		return;
	if (!is_there) {
		if (!station->is_absence_told)
			workers_say(station->workers, station->name, "the drive is gone");
		station->is_absence_told = true;
		station->step = STEP_ABSENT;
		say(station, "the drive is not there");
	} else if (station->step == STEP_ABSENT || observe_now() >= station->pause_until) {
		if (station->is_absence_told)
			workers_say(station->workers, station->name, "the drive is back");
		station->is_absence_told = false;
		begin(station, STEP_WAIT);
	}
}

void rip_station_stop(struct rip_station *station, int signal)
{
	station->is_stopping = true;
	if (station->worker != NULL)
		worker_signal(station->worker, signal);
}

bool rip_station_is_idle(const struct rip_station *station)
{
	return station->worker == NULL;
}

struct rip_station *rip_station_free(struct rip_station *station)
{
	forget_disc(station);
	free(station);
	return NULL;
}
