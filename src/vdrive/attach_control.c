/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/attach_control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* A client that connects and says nothing must not stop the drive for others. */
enum { PATIENCE_S = 5 };

static int make_folder(struct discern_error *err)
{
	if (mkdir(ATTACH_FOLDER, 0755) == 0 || errno == EEXIST)
		return 0;
	return discern_error_set(err, -errno, ATTACH_FOLDER ": cannot be made: %s", strerror(errno));
}

static void set_address(const char *name, struct sockaddr_un *ret_address)
{
	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->sun_family = AF_UNIX;
	snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), ATTACH_FOLDER "/%s.socket", name);
}

int control_listen(const char *name, int *ret_fd, struct discern_error *err)
{
	struct sockaddr_un address;
	mode_t old_mask;
	int fd, ret;

	ret = make_folder(err);
	if (ret < 0)
		return ret;
	set_address(name, &address);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return discern_error_set(err, -errno, "cannot make a socket: %s", strerror(errno));
	unlink(address.sun_path);
	old_mask = umask(0177);
	ret = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(old_mask);
	if (ret < 0 || listen(fd, 8) < 0) {
		ret = discern_error_set(err, -errno, "%s: cannot be made: %s", address.sun_path, strerror(errno));
		close(fd);
		return ret;
	}
	*ret_fd = fd;
	return 0;
}

void control_unlink(const char *name)
{
	struct sockaddr_un address;

	set_address(name, &address);
	unlink(address.sun_path);
}

static void set_patience(int fd, time_t seconds)
{
	const struct timeval patience = { .tv_sec = seconds };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static bool is_ended(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

void control_accept(int listen_fd, int *ret_fd, struct control_request *ret_request)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

	*ret_fd = -1;
	if (fd < 0)
		return;
	set_patience(fd, PATIENCE_S);
	if (recv(fd, ret_request, sizeof(*ret_request), 0) == (ssize_t)sizeof(*ret_request) &&
	    is_ended(ret_request->medium, sizeof(ret_request->medium)) &&
	    is_ended(ret_request->kind, sizeof(ret_request->kind)) &&
	    is_ended(ret_request->rule, sizeof(ret_request->rule)))
		*ret_fd = fd;
	else
		close(fd);
}

void control_reply(int fd, const struct control_reply *reply)
{
	/* A client that has gone away does not want to know. */
	send(fd, reply, sizeof(*reply), MSG_NOSIGNAL);
}

int control_send(const char *name, const struct control_request *request, struct control_reply *ret_reply,
		 struct discern_error *err)
{
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	ssize_t n;
	int ret;

	if (fd < 0)
		return discern_error_set(err, -errno, "cannot make a socket: %s", strerror(errno));
	set_address(name, &address);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return -ECONNREFUSED;
		ret = discern_error_set(err, -errno, "%s: cannot be reached: %s", address.sun_path, strerror(errno));
		if (ret == -EACCES)
			discern_error_hint(err, "attached drives are root's: sudo discern vdrive …");
		return ret;
	}
	if (send(fd, request, sizeof(*request), MSG_NOSIGNAL) != (ssize_t)sizeof(*request))
		return discern_error_set(err, -EIO, "%s: takes no orders: %s", address.sun_path, strerror(errno));
	n = recv(fd, ret_reply, sizeof(*ret_reply), 0);
	if (n != (ssize_t)sizeof(*ret_reply)) {
		discern_error_set(err, -EIO, "the process of drive %s gives no answer that can be made out", name);
		return discern_error_hint(err,
					  "is it of another version of discern? End it, then: discern vdrive "
					  "detach %s",
					  name);
	}
	if (ret_reply->err.code < 0 && err != NULL)
		*err = ret_reply->err;
	return ret_reply->err.code;
}

int control_lock(int *ret_fd, struct discern_error *err)
{
	int ret = make_folder(err), fd;

	if (ret < 0)
		return ret;
	fd = open(ATTACH_FOLDER "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		ret = discern_error_set(err, -errno, ATTACH_FOLDER "/lock: cannot be opened: %s", strerror(errno));
		if (ret == -EACCES)
			discern_error_hint(err, "attached drives are root's: sudo discern vdrive …");
		return ret;
	}
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR) {
			ret = discern_error_set(err, -errno, ATTACH_FOLDER "/lock: cannot be locked: %s",
						strerror(errno));
			close(fd);
			return ret;
		}
	*ret_fd = fd;
	return 0;
}
