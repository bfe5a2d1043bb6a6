/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "vdrive/attach_control.h"
#include "vdrive/attach_drive.h"

/* How often the kernel's ring is looked at. */
enum { CHECK_MS = 1000 };

/* More drives than this nobody needs names for. */
enum { MAX_NAMES = 100 };

bool attach_is_served(const char *name)
{
	struct control_request request = { .order = CONTROL_STATUS };
	struct control_reply reply;

	return control_send(name, &request, &reply, NULL) != -ECONNREFUSED;
}

/* The name to take, with nothing of an earlier drive behind it. */
static int claim_name(const struct attach_options *options, char ret_name[TCMU_NAME_SIZE], struct discern_error *err)
{
	for (unsigned i = 0; options->name == NULL && i < MAX_NAMES; i++) {
		snprintf(ret_name, TCMU_NAME_SIZE, "vd%u", i);
		if (!tcmu_exists(ret_name) && !attach_is_served(ret_name))
			return 0;
	}
	if (options->name == NULL)
		return discern_error_set(err, -ENOSPC, "vd0 to vd%d are all in use", MAX_NAMES - 1);
	if (attach_is_served(options->name)) {
		discern_error_set(err, -EEXIST, "there is a drive %s already", options->name);
		return discern_error_hint(err, "\"discern vdrive insert\" puts a medium into it");
	}
	snprintf(ret_name, TCMU_NAME_SIZE, "%s", options->name);
	return tcmu_exists(ret_name) ? attach_clear(ret_name, err) : 0;
}

/* sd_notify(3): a datagram to where the environment says. */
static void tell_service_manager(const char *words)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = path != NULL ? strlen(path) : 0;
	AUTO_CLOSE int fd = -1;

	if (length < 2 || length >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		sendto(fd, words, strlen(words), MSG_NOSIGNAL, (const struct sockaddr *)&address,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

/* The socket goes last: a half of a drive without one would be taken for dead. */
static int remove_drive(struct attach_drive *drive, const char *name, bool force, struct discern_error *err)
{
	int ret = attach_drive_remove(drive, force, err);

	if (ret == 0)
		control_unlink(name);
	return ret;
}

/* Orders about its rules. */
static int obey_about_faults(struct attach_drive *drive, const struct control_request *request,
			     struct control_reply *reply)
{
	if (request->order == CONTROL_ADD_FAULT)
		return attach_faults_add(attach_drive_faults(drive), request->rule, &reply->err);
	if (request->order == CONTROL_REMOVE_FAULT)
		return attach_faults_remove(attach_drive_faults(drive), request->number, &reply->err);
	snprintf(reply->rule, sizeof(reply->rule), "%s",
		 attach_faults_get(attach_drive_faults(drive), request->number));
	return 0;
}

/* Whether it was the last order. */
static bool obey(struct attach_drive *drive, const char *name, int listen_fd)
{
	struct control_request request;
	struct control_reply reply = { .err = { .code = 0 } };
	AUTO_CLOSE int fd = -1;
	int ret = 0;

	control_accept(listen_fd, &fd, &request);
	if (fd < 0)
		return false;
	if (request.order == CONTROL_INSERT)
		ret = attach_drive_insert(drive, request.medium, request.kind, &reply.err);
	else if (request.order == CONTROL_EJECT)
		ret = attach_drive_eject(drive, &reply.err);
	else if (request.order == CONTROL_DETACH || request.order == CONTROL_FORCE_DETACH)
		ret = remove_drive(drive, name, request.order == CONTROL_FORCE_DETACH, &reply.err);
	else if (request.order >= CONTROL_ADD_FAULT && request.order <= CONTROL_GET_FAULT)
		ret = obey_about_faults(drive, &request, &reply);
	else if (request.order != CONTROL_STATUS)
		ret = discern_error_set(&reply.err, -EINVAL, "drive %s does not know this order", name);
	reply.err.code = ret;
	attach_drive_status(drive, &reply.status);
	control_reply(fd, &reply);
	return ret == 0 && (request.order == CONTROL_DETACH || request.order == CONTROL_FORCE_DETACH);
}

static int serve(struct attach_drive *drive, const char *name, int listen_fd, int signal_fd, struct discern_error *err)
{
	struct pollfd files[] = { { .fd = listen_fd, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

	for (;;) {
		attach_drive_check(drive);
		if (poll(files, 2, CHECK_MS) <= 0)
			continue;
		if (files[1].revents & POLLIN)
			break;
		if ((files[0].revents & POLLIN) && obey(drive, name, listen_fd))
			return 0;
	}
	tell_service_manager("STOPPING=1");
	return remove_drive(drive, name, true, err);
}

/* Before there are threads, which take them over. */
static int block_signals(int *ret_fd, struct discern_error *err)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	*ret_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return *ret_fd >= 0 ? 0 : discern_error_set(err, -errno, "cannot wait for signals: %s", strerror(errno));
}

/* A drive with its device and its socket. */
static int set_up(struct attach_options *options, char name[TCMU_NAME_SIZE], int *ret_listen_fd,
		  struct attach_drive **ret_drive, struct discern_error *err)
{
	AUTO_CLOSE int lock = -1;
	int ret;

	ret = tcmu_prepare_kernel(err);
	if (ret == 0)
		ret = control_lock(&lock, err);
	if (ret == 0)
		ret = claim_name(options, name, err);
	if (ret == 0)
		ret = control_listen(name, ret_listen_fd, err);
	if (ret < 0)
		return ret;
	options->name = name;
	ret = attach_drive_new(options, ret_drive, err);
	if (ret < 0)
		control_unlink(name);
	return ret;
}

int attach_serve(const struct attach_options *options, void (*ready)(void *context, const struct attach_status *status),
		 void *context, struct discern_error *err)
{
	struct attach_options named = *options;
	struct attach_drive *drive = NULL;
	AUTO_CLOSE int listen_fd = -1;
	AUTO_CLOSE int signal_fd = -1;
	struct attach_status status;
	char name[TCMU_NAME_SIZE];
	int ret;

	ret = block_signals(&signal_fd, err);
	if (ret == 0)
		ret = set_up(&named, name, &listen_fd, &drive, err);
	if (ret < 0)
		return ret;
	attach_drive_status(drive, &status);
	ready(context, &status);
	tell_service_manager("READY=1");
	ret = serve(drive, name, listen_fd, signal_fd, err);
	attach_drive_free(drive);
	return ret;
}

struct report {
	struct discern_error err;
	struct attach_status status;
};

/* To the process that was called, which ends with it; ours goes on without its files. */
static void report_to_parent(void *context, const struct attach_status *status)
{
	struct report report = { .status = *status };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int *fd = context;

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	send(*fd, &report, sizeof(report), MSG_NOSIGNAL);
	close(*fd);
	close(null);
}

static _Noreturn void become_server(const struct attach_options *options, int report_fd)
{
	struct report report = { .err = { .code = 0 } };
	int fd = report_fd;

	setsid();
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "discern-vdrive");
	if (chdir("/") < 0)
		_exit(EXIT_FAILURE);
	report.err.code = attach_serve(options, report_to_parent, &fd, &report.err);
	/* Once it has reported that it is ready, there is nobody to be told. */
	if (report.err.code < 0)
		send(report_fd, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(report.err.code < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

int attach_start(const struct attach_options *options, struct attach_status *ret_status, struct discern_error *err)
{
	struct report report;
	int sockets[2];
	pid_t pid;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return discern_error_set(err, -errno, "cannot make a socket: %s", strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(sockets[0]);
		become_server(options, sockets[1]);
	}
	close(sockets[1]);
	if (pid < 0) {
		close(sockets[0]);
		return discern_error_set(err, -errno, "cannot start the virtual drive: %s", strerror(errno));
	}
	do
		n = recv(sockets[0], &report, sizeof(report), 0);
	while (n < 0 && errno == EINTR);
	close(sockets[0]);
	if (n != (ssize_t)sizeof(report))
		return discern_error_set(err, -EIO, "the process of the virtual drive ended at its start");
	*ret_status = report.status;
	if (report.err.code < 0 && err != NULL)
		*err = report.err;
	return report.err.code;
}

static int unknown_drive(const char *name, struct discern_error *err)
{
	discern_error_set(err, -ENODEV, "there is no drive %s", name);
	return discern_error_hint(err, "\"discern vdrive list\" tells which there are");
}

static int order_and_hear(const char *name, const struct control_request *request, struct control_reply *ret_reply,
			  struct discern_error *err)
{
	int ret = tcmu_check_name(name, err);

	if (ret == 0)
		ret = tcmu_check_kernel(err);
	if (ret == 0)
		ret = control_send(name, request, ret_reply, err);
	if (ret != -ECONNREFUSED)
		return ret;
	if (!tcmu_exists(name))
		return unknown_drive(name, err);
	discern_error_set(err, -EIO, "drive %s is dead: its process was killed", name);
	return discern_error_hint(err, "discern vdrive detach %s", name);
}

static int order(const char *name, const struct control_request *request, struct discern_error *err)
{
	struct control_reply reply;

	return order_and_hear(name, request, &reply, err);
}

int attach_add_fault(const char *name, const char *rule, struct discern_error *err)
{
	struct control_request request = { .order = CONTROL_ADD_FAULT };

	if (strlen(rule) >= sizeof(request.rule))
		return discern_error_set(err, -ENAMETOOLONG, "a fault rule that is too long");
	snprintf(request.rule, sizeof(request.rule), "%s", rule);
	return order(name, &request, err);
}

int attach_remove_fault(const char *name, unsigned number, struct discern_error *err)
{
	const struct control_request request = { .order = CONTROL_REMOVE_FAULT, .number = number };

	return order(name, &request, err);
}

int attach_get_fault(const char *name, unsigned number, char ret_rule[PATH_MAX], struct discern_error *err)
{
	const struct control_request request = { .order = CONTROL_GET_FAULT, .number = number };
	struct control_reply reply;
	int ret = order_and_hear(name, &request, &reply, err);

	if (ret == 0)
		snprintf(ret_rule, PATH_MAX, "%s", reply.rule);
	return ret;
}

int attach_insert(const char *name, const char *medium, const char *kind, struct discern_error *err)
{
	struct control_request request = { .order = CONTROL_INSERT };

	if (strlen(medium) >= sizeof(request.medium) || (kind != NULL && strlen(kind) >= sizeof(request.kind)))
		return discern_error_set(err, -ENAMETOOLONG, "%s: a name that is too long", medium);
	snprintf(request.medium, sizeof(request.medium), "%s", medium);
	snprintf(request.kind, sizeof(request.kind), "%s", kind != NULL ? kind : "");
	return order(name, &request, err);
}

int attach_eject(const char *name, struct discern_error *err)
{
	const struct control_request request = { .order = CONTROL_EJECT };

	return order(name, &request, err);
}

int attach_detach(const char *name, bool force, struct discern_error *err)
{
	struct control_request request = { .order = force ? CONTROL_FORCE_DETACH : CONTROL_DETACH };
	struct control_reply reply;
	AUTO_CLOSE int lock = -1;
	int ret = tcmu_check_name(name, err);

	if (ret == 0)
		ret = tcmu_check_kernel(err);
	if (ret == 0)
		ret = control_lock(&lock, err);
	if (ret == 0)
		ret = control_send(name, &request, &reply, err);
	if (ret != -ECONNREFUSED)
		return ret;
	return tcmu_exists(name) ? attach_clear(name, err) : unknown_drive(name, err);
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct attach_status *)a)->name, ((const struct attach_status *)b)->name);
}

int attach_list(struct attach_status **ret_drives, size_t *ret_n_drives, struct discern_error *err)
{
	const struct control_request request = { .order = CONTROL_STATUS };
	struct attach_status *drives = NULL, *more;
	char name[TCMU_NAME_SIZE];
	size_t index = 0, n = 0;

	if (tcmu_check_kernel(err) < 0)
		return -ENOSYS;
	while (tcmu_next_name(&index, name)) {
		struct control_reply reply = { .err = { .code = 0 } };
		int ret = control_send(name, &request, &reply, err);

		more = realloc(drives, (n + 1) * sizeof(*drives));
		if (more == NULL)
			ret = discern_error_set(err, -ENOMEM, "out of memory");
		else
			drives = more;
		if (ret < 0 && ret != -ECONNREFUSED) {
			free(drives);
			return ret;
		}
		drives[n] = reply.status;
		if (ret == -ECONNREFUSED) {
			drives[n] = (struct attach_status){ .state = ATTACH_DEAD };
			snprintf(drives[n].name, sizeof(drives[n].name), "%s", name);
		}
		n++;
	}
	if (n > 0)
		qsort(drives, n, sizeof(*drives), by_name);
	*ret_drives = drives;
	*ret_n_drives = n;
	return 0;
}
