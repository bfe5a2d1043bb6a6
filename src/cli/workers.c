/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "ui/printable.h"

/* Of each worker: progress as JSON lines, the result, messages. */
enum pipe_kind { PIPE_PROGRESS, PIPE_RESULT, PIPE_MESSAGES, N_PIPES };

/* Ends of pipes that a worker gets: besides those to write to one to read answers from, -1 if it asks nothing. */
enum { END_ANSWERS = N_PIPES, N_ENDS };

enum { MAX_LINE = 1 << 16, MAX_RESULT = 1 << 26, PROGRESS_FD = 3, READ_SIZE = 1 << 14 };

struct inlet {
	int fd;
	char *data;
	size_t size;
};

struct worker {
	struct worker *next;
	pid_t pid;
	char name[64], verb[16];
	struct worker_job job;
	struct inlet inlets[N_PIPES];
	/* Answers to what it asks; -1 if it asks nothing. */
	int answers;
	char words[512];
	/* Has been sent a signal: then it is no news that one ended it. */
	bool is_asked;
	const struct workers *workers;
};

struct workers {
	struct cli *cli;
	struct drive_lines *lines;
	struct worker *first;
	/* As it stands on the screen; empty if none is open. */
	char question[1200];
};

static void *must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "discern: out of memory\n");
		abort();
	}
	return p;
}

struct workers *workers_new(struct cli *cli)
{
	struct workers *workers = must(calloc(1, sizeof(*workers)));
	FILE *out = cli->progress_stream != NULL ? cli->progress_stream : stderr;

	workers->cli = cli;
	workers->lines = drive_lines_new(cli->progress_mode, out);
	return workers;
}

struct drive_lines *workers_lines(struct workers *workers)
{
	return workers->lines;
}

void workers_make_room(struct workers *workers)
{
	drive_lines_pause(workers->lines);
	fflush(stderr);
}

static void say(const struct workers *workers, const char *name, const char *text)
{
	char *clean = printable_text(text);

	drive_lines_pause(workers->lines);
	fflush(stdout);
	if (workers->question[0] != '\0')
		fputc('\n', stderr);
	fprintf(stderr, "discern: %s: %s%s%s\n%s", workers->cli->verb, name != NULL ? name : "",
		name != NULL ? ": " : "", clean != NULL ? clean : text, workers->question);
	free(clean);
}

void workers_say(struct workers *workers, const char *name, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say(workers, name, text);
}

/* ---- questions ---- */

void workers_ask(struct workers *workers, const char *name, const char *format, ...)
{
	char text[1024];
	char *clean;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	clean = printable_text(text);
	snprintf(workers->question, sizeof(workers->question), "discern: %s: %s: %s? [y/N] ", workers->cli->verb, name,
		 clean != NULL ? clean : text);
	free(clean);
	/* The lines would be drawn over what is typed. */
	drive_lines_hold(workers->lines, true);
	fflush(stdout);
	/* What was typed before is no answer to it. */
	tcflush(STDIN_FILENO, TCIFLUSH);
	fputs(workers->question, stderr);
	fflush(stderr);
}

void workers_ask_no_more(struct workers *workers)
{
	if (workers->question[0] == '\0')
		return;
	workers->question[0] = '\0';
	fputc('\n', stderr);
	drive_lines_hold(workers->lines, false);
}

bool workers_answered(struct workers *workers, bool *ret_is_yes)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&input, 1, 0) <= 0)
		return false;
	*ret_is_yes = cli_read_answer();
	if (feof(stdin))
		fputc('\n', stderr);
	workers->question[0] = '\0';
	drive_lines_hold(workers->lines, false);
	return true;
}

/* ---- beginning ---- */

/* Above the numbers that a worker gets. */
static int make_pipe(int ret_ends[2])
{
	enum { ABOVE = 10 };
	int ends[2], ret = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		ret_ends[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, ABOVE);
		if (ret_ends[i] < 0)
			ret = -errno;
		close(ends[i]);
	}
	if (ret < 0)
		for (int i = 0; i < 2; i++)
			if (ret_ends[i] >= 0)
				close(ret_ends[i]);
	return ret;
}

/* In the child, where signals are blocked: one that comes before exec would be noted in memory that exec throws away. Now
 * it ends the child. */
static void restore_signals(const sigset_t *mask)
{
	const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

/* In the child; only what may be done between fork and exec. */
static void become(const struct worker_job *job, const int ends[N_ENDS], char *const *argv, pid_t parent)
{
	int input = ends[END_ANSWERS] >= 0 ? ends[END_ANSWERS] : open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* A high number, so that no other descriptor is overwritten before it is in place. */
	int passed = job->fd >= 0 ? fcntl(job->fd, F_DUPFD_CLOEXEC, 10) : -1;

	/* A terminal's Ctrl-C goes to this program alone, which passes it on. */
	setpgid(0, 0);
	if (!job->is_independent && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent))
		_exit(CLI_EXIT_FAILED);
	if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(ends[PIPE_RESULT], STDOUT_FILENO) < 0 ||
	    dup2(ends[PIPE_MESSAGES], STDERR_FILENO) < 0 || dup2(ends[PIPE_PROGRESS], PROGRESS_FD) < 0 ||
	    (passed >= 0 && dup2(passed, WORKER_FD) < 0))
		_exit(CLI_EXIT_FAILED);
	if (job->folder != NULL && chdir(job->folder) < 0)
		dprintf(STDERR_FILENO, "discern: %s: %s: %s\n", job->words[0], job->folder, strerror(errno));
	else
		execv("/proc/self/exe", argv);
	_exit(CLI_EXIT_FAILED);
}

static int make_pipes(struct worker *worker, int ret_ends[N_ENDS])
{
	int both[2], ret = 0;

	for (int i = 0; i < N_PIPES && ret == 0; i++) {
		ret = make_pipe(both);
		if (ret == 0) {
			worker->inlets[i].fd = both[0];
			ret_ends[i] = both[1];
			fcntl(both[0], F_SETFL, O_NONBLOCK);
		}
	}
	if (ret == 0 && worker->job.asked != NULL) {
		ret = make_pipe(both);
		if (ret == 0) {
			ret_ends[END_ANSWERS] = both[0];
			worker->answers = both[1];
		}
	}
	return ret;
}

static int fork_worker(struct worker *worker, char *const *argv, struct discern_error *err)
{
	int ends[N_ENDS] = { -1, -1, -1, -1 };
	int ret = make_pipes(worker, ends);
	pid_t parent = getpid();
	sigset_t all, mask;

	fflush(NULL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	if (ret == 0) {
		worker->pid = fork();
		if (worker->pid < 0)
			ret = -errno;
	}
	if (worker->pid == 0 && ret == 0) {
		restore_signals(&mask);
		become(&worker->job, ends, argv, parent);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (int i = 0; i < N_ENDS; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return ret < 0 ? discern_error_set(err, ret, "%s: cannot start a process: %s", worker->name, strerror(-ret))
		       : 0;
}

static void free_worker(struct worker *worker)
{
	for (int i = 0; i < N_PIPES; i++) {
		if (worker->inlets[i].fd >= 0)
			close(worker->inlets[i].fd);
		free(worker->inlets[i].data);
	}
	if (worker->answers >= 0)
		close(worker->answers);
	free(worker);
}

int workers_start(struct workers *workers, const struct worker_job *job, struct worker **ret_worker,
		  struct discern_error *err)
{
	struct worker *worker = must(calloc(1, sizeof(*worker)));
	struct worker_words argv = { 0 };
	int ret;

	worker->job = *job;
	worker->workers = workers;
	snprintf(worker->name, sizeof(worker->name), "%s", job->name);
	snprintf(worker->verb, sizeof(worker->verb), "%s", job->words[0]);
	for (int i = 0; i < N_PIPES; i++)
		worker->inlets[i].fd = -1;
	worker->answers = -1;
	worker_words_add(&argv, "discern");
	worker_words_add(&argv, job->words[0]);
	worker_words_add(&argv, "--json");
	worker_words_add(&argv, "--progress-fd=3");
	for (size_t i = 1; job->words[i] != NULL; i++)
		worker_words_add(&argv, job->words[i]);
	discern_error_clear(err);
	ret = fork_worker(worker, argv.list, err);
	worker_words_clear(&argv);
	/* The caller's list goes away. */
	worker->job.words = NULL;
	if (ret < 0) {
		free_worker(worker);
		return ret;
	}
	worker->next = workers->first;
	workers->first = worker;
	*ret_worker = worker;
	return 0;
}

void worker_signal(struct worker *worker, int number)
{
	worker->is_asked = true;
	kill(worker->pid, number);
}

/* One that has gone meanwhile ends as it ends. */
void worker_answer(struct worker *worker, bool is_yes)
{
	const char *words = is_yes ? "y\n" : "n\n";

	if (worker->answers >= 0 && write(worker->answers, words, strlen(words)) < 0) {
		close(worker->answers);
		worker->answers = -1;
	}
}

/* ---- what they say ---- */

/* "discern: rip: /dev/sr0: text" becomes "text"; of what went wrong the last words stay. */
static void take_message(struct worker *worker, const char *line)
{
	static const char hint[] = "  hint: ";
	char before[128];
	const char *text = line;

	snprintf(before, sizeof(before), "discern: %s: ", worker->verb);
	if (strncmp(text, before, strlen(before)) == 0)
		text += strlen(before);
	snprintf(before, sizeof(before), "/dev/%.64s: ", worker->name);
	if (strncmp(text, before, strlen(before)) == 0)
		text += strlen(before);
	if (strncmp(line, hint, strlen(hint)) == 0)
		text = line + 2;
	else
		snprintf(worker->words, sizeof(worker->words), "%s", text);
	if (!worker->job.only_waits || !worker->is_asked)
		say(worker->workers, worker->name, text);
}

static void take_line(struct worker *worker, enum pipe_kind kind, char *line, size_t length)
{
	struct answer *answer;

	if (kind == PIPE_MESSAGES) {
		take_message(worker, line);
		return;
	}
	answer = answer_parse(line, length);
	if (answer_has(answer, "asks") && worker->job.asked != NULL)
		worker->job.asked(answer_string(answer, "asks"), answer_string(answer, "loses"), worker->job.user);
	else if (answer != NULL)
		drive_lines_progress(worker->workers->lines, worker->job.line, answer);
	answer_free(answer);
}

static void take_lines(struct worker *worker, enum pipe_kind kind, bool is_end)
{
	struct inlet *inlet = &worker->inlets[kind];
	char *start = inlet->data, *end = inlet->data + inlet->size, *newline;

	while (start < end && (newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
		*newline = '\0';
		take_line(worker, kind, start, (size_t)(newline - start));
		start = newline + 1;
	}
	/* What is no line is cut off, so that nothing grows without bound. */
	if (start < end && (is_end || end - start >= MAX_LINE)) {
		*end = '\0';
		take_line(worker, kind, start, (size_t)(end - start));
		start = end;
	}
	inlet->size = (size_t)(end - start);
	if (inlet->size > 0)
		memmove(inlet->data, start, inlet->size);
}

static void read_inlet(struct worker *worker, enum pipe_kind kind)
{
	struct inlet *inlet = &worker->inlets[kind];
	ssize_t n;

	for (;;) {
		inlet->data = must(realloc(inlet->data, inlet->size + READ_SIZE + 1));
		n = read(inlet->fd, inlet->data + inlet->size, READ_SIZE);
		if (n <= 0)
			break;
		inlet->size += (size_t)n;
		if (kind != PIPE_RESULT)
			take_lines(worker, kind, false);
		else if (inlet->size > MAX_RESULT)
			inlet->size = 0;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (kind != PIPE_RESULT)
		take_lines(worker, kind, true);
	close(inlet->fd);
	inlet->fd = -1;
}

/* ---- their end ---- */

static bool is_open(const struct worker *worker)
{
	for (int i = 0; i < N_PIPES; i++)
		if (worker->inlets[i].fd >= 0)
			return true;
	return false;
}

static void tell_end(struct worker *worker, int status)
{
	const struct inlet *result = &worker->inlets[PIPE_RESULT];
	struct worker_end end = { .words = worker->words };

	end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	end.code = end.signal != 0 ? CLI_EXIT_SIGNAL + end.signal : WEXITSTATUS(status);
	end.answer = result->data != NULL ? answer_parse(result->data, result->size) : NULL;
	if (end.signal != 0 && !worker->is_asked) {
		snprintf(worker->words, sizeof(worker->words), "its process was killed (%s)", strsignal(end.signal));
		say(worker->workers, worker->name, worker->words);
	} else if (end.code != 0 && worker->words[0] == '\0' && end.answer == NULL) {
		snprintf(worker->words, sizeof(worker->words), "ended with exit code %d", end.code);
	}
	worker->job.ended(&end, worker->job.user);
	answer_free(end.answer);
}

/* All have been read to their end, so that nothing is lost; a process that still holds on to its drive is waited for later. */
static void reap(struct workers *workers)
{
	struct worker **link = &workers->first;

	while (*link != NULL) {
		struct worker *worker = *link;
		int status = 0;

		if (is_open(worker) || waitpid(worker->pid, &status, WNOHANG) != worker->pid) {
			link = &worker->next;
			continue;
		}
		*link = worker->next;
		/* It may start another, which then is the first. */
		tell_end(worker, status);
		free_worker(worker);
		link = &workers->first;
	}
}

void workers_step(struct workers *workers, int timeout_ms)
{
	enum { ENDING_MS = 20 };
	size_t n = 0, i = 0;
	struct pollfd *polled;

	for (struct worker *worker = workers->first; worker != NULL; worker = worker->next) {
		n += N_PIPES;
		if (!is_open(worker) && timeout_ms > ENDING_MS)
			timeout_ms = ENDING_MS;
	}
	polled = must(calloc(n + 1, sizeof(*polled)));
	for (struct worker *worker = workers->first; worker != NULL; worker = worker->next)
		for (int kind = 0; kind < N_PIPES; kind++, i++)
			polled[i] = (struct pollfd){ .fd = worker->inlets[kind].fd, .events = POLLIN };
	if (poll(polled, n, timeout_ms) > 0) {
		i = 0;
		for (struct worker *worker = workers->first; worker != NULL; worker = worker->next)
			for (int kind = 0; kind < N_PIPES; kind++, i++)
				if (polled[i].revents != 0)
					read_inlet(worker, (enum pipe_kind)kind);
	}
	free(polled);
	reap(workers);
	drive_lines_draw(workers->lines);
}

void workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	for (struct worker *worker = workers->first; worker != NULL; worker = worker->next)
		worker_signal(worker, SIGTERM);
	while (workers->first != NULL)
		workers_step(workers, 1000);
	drive_lines_free(workers->lines);
	free(workers);
}
