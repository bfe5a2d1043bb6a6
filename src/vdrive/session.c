/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "vdrive/clock_file.h"
#include "vdrive/frontend_fuse.h"
#include "vdrive/namespace.h"

/* What the server leaves behind at its end. */
struct legacy {
	struct vdrive_clock_state clocks[SERVER_MAX_DRIVES];
	char faults_error[SESSION_TEXT], clock_error[SESSION_TEXT];
};

struct session {
	const struct session_options *options;
	/** The server lives until our end of this is closed, by us or by our death. */
	int control[2];
	int fuse_fd;
	pid_t server, program;
	bool server_is_gone;
	int server_status;
	/** Memory that both processes see. */
	struct legacy *legacy;
};

static int add_all(struct server *server, const struct session_options *options, struct discern_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < options->n_drives && ret == 0; i++)
		ret = server_add_drive(server, &options->drives[i], err);
	for (size_t i = 0; i < options->n_faults && ret == 0; i++)
		ret = server_add_fault(server, options->faults[i], err);
	if (ret == 0 && options->faults_path != NULL)
		ret = server_watch_faults(server, options->faults_path, err);
	return ret;
}

static void leave_legacy(struct server *server, const struct session *session)
{
	const struct session_options *options = session->options;

	for (size_t i = 0; i < options->n_drives; i++)
		vdrive_read_clock(server_drive(server, options->drives[i].number)->vdrive, &session->legacy->clocks[i]);
	snprintf(session->legacy->faults_error, sizeof(session->legacy->faults_error), "%s",
		 server_faults_error(server));
}

/* Keys on a terminal do not reach hardware. */
static void become_hardware(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	setsid();
	prctl(PR_SET_NAME, "discern-vdrive");
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A reader of the program's output must not wait for us. */
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
}

static _Noreturn void serve(const struct session *session)
{
	struct discern_error err = { 0 }, clock_err = { 0 };
	const char *clock_path = session->options->clock_path;
	struct clock_file *clock_file = NULL;
	struct server *server = NULL;
	int ret;

	become_hardware();
	close(session->control[0]);
	ret = server_new(&server, &err);
	if (ret == 0)
		ret = add_all(server, session->options, &err);
	if (ret == 0 && clock_path != NULL)
		ret = clock_file_open(server, clock_path, NULL, &clock_file, &err);
	err.code = ret;
	if (write(session->control[1], &err, sizeof(err)) != sizeof(err))
		ret = -EPIPE;
	if (ret == 0)
		ret = frontend_fuse_serve(server, session->fuse_fd, session->control[1], &err);
	if (clock_file_close(clock_file, &clock_err) < 0)
		snprintf(session->legacy->clock_error, sizeof(session->legacy->clock_error), "%s", clock_err.text);
	if (ret == 0)
		leave_legacy(server, session);
	server_free(server);
	exit(ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int start_server(struct session *session, struct discern_error *err)
{
	struct discern_error answer;
	ssize_t n;

	session->legacy =
		mmap(NULL, sizeof(*session->legacy), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (session->legacy == MAP_FAILED)
		return discern_error_set(err, -errno, "cannot share memory: %s", strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, session->control) < 0)
		return discern_error_set(err, -errno, "cannot make a socket: %s", strerror(errno));
	fflush(NULL);
	session->server = fork();
	if (session->server < 0)
		return discern_error_set(err, -errno, "cannot start the virtual drive: %s", strerror(errno));
	if (session->server == 0)
		serve(session);
	close(session->control[1]);
	close(session->fuse_fd);
	do
		n = read(session->control[0], &answer, sizeof(answer));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(answer))
		return discern_error_set(err, -EIO, "the process of the virtual drive ended at its start");
	if (answer.code < 0 && err != NULL)
		*err = answer;
	return answer.code;
}

static int set_up_dev(const struct session *session, struct discern_error *err)
{
	const struct session_options *options = session->options;
	unsigned first = options->drives[0].number;
	int ret = 0;

	for (size_t i = 0; i < options->n_drives && ret == 0; i++) {
		ret = namespace_bind_drive(options->drives[i].number, err);
		if (options->drives[i].number < first)
			first = options->drives[i].number;
	}
	return ret == 0 ? namespace_finish(first, err) : ret;
}

/* What the preload module goes by. */
static int set_environment(const struct session_options *options, struct discern_error *err)
{
	char path[16], text[32], *preloads = NULL;
	const char *others = getenv("LD_PRELOAD");
	struct stat status;
	int ret = 0;

	snprintf(path, sizeof(path), "/dev/sr%u", options->drives[0].number);
	if (stat(path, &status) < 0)
		return discern_error_set(err, -errno, "%s: cannot be reached: %s", path, strerror(errno));
	snprintf(text, sizeof(text), "%llx", (unsigned long long)status.st_dev);
	if (options->preload == NULL)
		return 0;
	if (asprintf(&preloads, "%s%s%s", options->preload, others != NULL && others[0] != '\0' ? ":" : "",
		     others != NULL ? others : "") < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (setenv("DISCERN_VDRIVE_DEVICE", text, 1) < 0 || setenv("LD_PRELOAD", preloads, 1) < 0)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	free(preloads);
	return ret;
}

static _Noreturn void execute(char *const *argv, const sigset_t *signals, int failure_fd)
{
	int code;

	/* Without its drives it has nothing to do. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, signals, NULL);
	execvp(argv[0], argv);
	code = errno;
	if (write(failure_fd, &code, sizeof(code)) != sizeof(code))
		code = EIO;
	_exit(126);
}

static int start_program(struct session *session, const sigset_t *signals, struct session_result *result,
			 struct discern_error *err)
{
	char *const *argv = session->options->argv;
	int failure[2], code = 0;
	ssize_t n;

	if (pipe2(failure, O_CLOEXEC) < 0)
		return discern_error_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
	session->program = fork();
	if (session->program == 0)
		execute(argv, signals, failure[1]);
	close(failure[1]);
	n = session->program < 0 ? 0 : read(failure[0], &code, sizeof(code));
	close(failure[0]);
	if (session->program < 0)
		return discern_error_set(err, -errno, "cannot start %s: %s", argv[0], strerror(errno));
	if (n != sizeof(code))
		return 0;
	waitpid(session->program, NULL, 0);
	result->is_not_executable = true;
	return discern_error_set(err, -code, "%s: cannot be executed: %s", argv[0], strerror(code));
}

/* Until the program has ended. Signals sent to us are for it; those from a terminal it has got itself. */
static int wait_for_program(struct session *session, const sigset_t *signals)
{
	siginfo_t signal;
	int status;

	for (;;) {
		if (!session->server_is_gone && waitpid(session->server, &session->server_status, WNOHANG) > 0)
			session->server_is_gone = true;
		if (waitpid(session->program, &status, WNOHANG) > 0)
			return status;
		if (sigwaitinfo(signals, &signal) > 0 && signal.si_signo != SIGCHLD && signal.si_code <= 0)
			kill(session->program, signal.si_signo);
	}
}

/* Closing the control pipe ends the server, which flushes the media first. */
static int stop_server(struct session *session, struct discern_error *err)
{
	close(session->control[0]);
	while (!session->server_is_gone && waitpid(session->server, &session->server_status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(session->server_status))
		return discern_error_set(err, -EIO, "the process of the virtual drive was ended by signal %d (%s)",
					 WTERMSIG(session->server_status), strsignal(WTERMSIG(session->server_status)));
	if (WEXITSTATUS(session->server_status) != 0)
		return discern_error_set(err, -EIO, "the process of the virtual drive failed");
	return 0;
}

static int run_program(struct session *session, struct session_result *result, struct discern_error *err)
{
	sigset_t signals, old_signals;
	int ret;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &signals, &old_signals);
	ret = set_up_dev(session, err);
	if (ret == 0)
		ret = set_environment(session->options, err);
	if (ret == 0)
		ret = start_program(session, &old_signals, result, err);
	if (ret == 0)
		result->wait_status = wait_for_program(session, &signals);
	return ret;
}

int session_run(const struct session_options *options, struct session_result *ret_result, struct discern_error *err)
{
	struct session session = { .options = options };
	int ret, server_ret;

	memset(ret_result, 0, sizeof(*ret_result));
	ret = namespace_enter(err);
	if (ret == 0)
		ret = namespace_make_dev(err);
	if (ret == 0)
		ret = namespace_mount_fuse(&session.fuse_fd, err);
	if (ret < 0)
		return ret;
	ret = start_server(&session, err);
	if (ret < 0) {
		if (session.server > 0)
			waitpid(session.server, NULL, 0);
		return ret;
	}
	ret = run_program(&session, ret_result, err);
	server_ret = stop_server(&session, ret < 0 ? NULL : err);
	memcpy(ret_result->clocks, session.legacy->clocks, sizeof(ret_result->clocks));
	memcpy(ret_result->faults_error, session.legacy->faults_error, sizeof(ret_result->faults_error));
	memcpy(ret_result->clock_error, session.legacy->clock_error, sizeof(ret_result->clock_error));
	munmap(session.legacy, sizeof(*session.legacy));
	return ret < 0 ? ret : server_ret;
}
