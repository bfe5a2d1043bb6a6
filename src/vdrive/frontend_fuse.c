/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 312 takes a limit for threads; before there was none. */
#define FUSE_USE_VERSION 312

#include "vdrive/frontend_fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse_lowlevel.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "vdrive/block.h"
#include "vdrive/client.h"
#include "vdrive/ioctls.h"
#include "vdrive/packet.h"

#define MAX_IDLE_THREADS 10

/* Each command that waits for a slow drive holds one, and the other drives must go on. libfuse's own limit is 10. */
#define MAX_THREADS 4096

/* The medium can change at any time, so the kernel is to remember nothing. */
#define REMEMBER_S 0.0

static struct server *server_of(fuse_req_t request)
{
	return fuse_req_userdata(request);
}

static struct server_drive *drive_of(fuse_req_t request, fuse_ino_t inode)
{
	return inode >= FRONTEND_FIRST_INODE
		       ? server_drive(server_of(request), (unsigned)(inode - FRONTEND_FIRST_INODE))
		       : NULL;
}

static struct server_handle *handle_of(const struct fuse_file_info *file)
{
	struct server_handle *handle = (struct server_handle *)(uintptr_t)file->fh;

	server_handle_in_use(handle);
	return handle;
}

static int get_status(fuse_req_t request, fuse_ino_t inode, struct stat *ret_status)
{
	struct server_drive *drive = drive_of(request, inode);

	memset(ret_status, 0, sizeof(*ret_status));
	ret_status->st_ino = inode;
	if (inode == FUSE_ROOT_ID) {
		ret_status->st_mode = S_IFDIR | 0755;
		ret_status->st_nlink = 2;
		return 0;
	}
	if (drive == NULL)
		return -ENOENT;
	pthread_mutex_lock(&drive->lock);
	ret_status->st_mode = S_IFREG | drive->mode;
	ret_status->st_uid = drive->uid;
	ret_status->st_gid = drive->gid;
	pthread_mutex_unlock(&drive->lock);
	ret_status->st_nlink = 1;
	ret_status->st_size = (off_t)vdrive_readable_sectors(drive->vdrive) * BLOCK_SECTOR;
	ret_status->st_blocks = ret_status->st_size / 512;
	ret_status->st_blksize = BLOCK_SECTOR;
	return 0;
}

static void do_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { .attr_timeout = REMEMBER_S, .entry_timeout = REMEMBER_S };
	const struct server_drive *drive;

	for (unsigned number = 0; parent == FUSE_ROOT_ID && number < SERVER_MAX_DRIVES; number++) {
		drive = server_drive(server_of(request), number);
		if (drive == NULL || strcmp(drive->name, name) != 0)
			continue;
		entry.ino = number + FRONTEND_FIRST_INODE;
		get_status(request, entry.ino, &entry.attr);
		fuse_reply_entry(request, &entry);
		return;
	}
	fuse_reply_err(request, ENOENT);
}

static void do_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file)
{
	struct stat status;
	int ret = get_status(request, inode, &status);

	(void)file;
	if (ret < 0)
		fuse_reply_err(request, -ret);
	else
		fuse_reply_attr(request, &status, REMEMBER_S);
}

/* chmod and chown, as for a device node; its times mean nothing, its size is the medium's. */
static void do_setattr(fuse_req_t request, fuse_ino_t inode, struct stat *status, int to_set,
		       struct fuse_file_info *file)
{
	struct server_drive *drive = drive_of(request, inode);

	if (drive == NULL || (to_set & FUSE_SET_ATTR_SIZE) != 0) {
		fuse_reply_err(request, drive == NULL ? EPERM : EINVAL);
		return;
	}
	pthread_mutex_lock(&drive->lock);
	if ((to_set & FUSE_SET_ATTR_MODE) != 0)
		drive->mode = status->st_mode & 07777;
	if ((to_set & FUSE_SET_ATTR_UID) != 0)
		drive->uid = status->st_uid;
	if ((to_set & FUSE_SET_ATTR_GID) != 0)
		drive->gid = status->st_gid;
	pthread_mutex_unlock(&drive->lock);
	do_getattr(request, inode, file);
}

/* All entries at once: at most 16 short names. */
static void do_readdir(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *file)
{
	char buffer[4096];
	size_t used = 0;
	struct stat status;

	(void)file;
	if (inode != FUSE_ROOT_ID || offset > 0) {
		fuse_reply_buf(request, NULL, 0);
		return;
	}
	if (size > sizeof(buffer))
		size = sizeof(buffer);
	for (unsigned number = 0; number < SERVER_MAX_DRIVES; number++) {
		const struct server_drive *drive = server_drive(server_of(request), number);
		size_t needed;

		if (drive == NULL || get_status(request, number + FRONTEND_FIRST_INODE, &status) < 0)
			continue;
		needed =
			fuse_add_direntry(request, buffer + used, size - used, drive->name, &status, (off_t)number + 1);
		if (needed > size - used)
			break;
		used += needed;
	}
	fuse_reply_buf(request, buffer, used);
}

static void do_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file)
{
	const struct fuse_ctx *caller = fuse_req_ctx(request);
	struct server_drive *drive = drive_of(request, inode);
	struct server_handle *handle = NULL;
	int ret, flags = file->flags, real_flags;

	if (drive == NULL) {
		fuse_reply_err(request, ENOENT);
		return;
	}
	if (caller->pid > 0 && client_open_flags(caller->pid, &real_flags) == 0)
		flags |= real_flags & O_EXCL;
	ret = server_open(drive, flags, caller->uid == 0, &handle);
	if (ret < 0) {
		fuse_reply_err(request, -ret);
		return;
	}
	file->fh = (uintptr_t)handle;
	file->direct_io = 1;
	/* -ENOENT: the client was killed meanwhile and never learns of the handle. */
	if (fuse_reply_open(request, file) == -ENOENT)
		server_close(handle);
}

static void do_flush(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file)
{
	(void)inode;
	server_handle_closing((struct server_handle *)(uintptr_t)file->fh);
	fuse_reply_err(request, 0);
}

static void do_release(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file)
{
	(void)inode;
	server_close((struct server_handle *)(uintptr_t)file->fh);
	fuse_reply_err(request, 0);
}

static void do_fsync(fuse_req_t request, fuse_ino_t inode, int data_only, struct fuse_file_info *file)
{
	(void)inode;
	(void)data_only;
	fuse_reply_err(request, -block_flush(handle_of(file)->drive));
}

static void do_read(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *file)
{
	uint8_t *buffer = ioctl_buffer();
	ssize_t n;

	(void)inode;
	if (buffer == NULL || offset < 0) {
		fuse_reply_err(request, buffer == NULL ? ENOMEM : EINVAL);
		return;
	}
	if (size > SERVER_MAX_TRANSFER)
		size = SERVER_MAX_TRANSFER;
	n = block_read(handle_of(file)->drive, buffer, size, (uint64_t)offset);
	if (n < 0)
		fuse_reply_err(request, (int)-n);
	else
		fuse_reply_buf(request, (const char *)buffer, (size_t)n);
}

static void do_write(fuse_req_t request, fuse_ino_t inode, const char *data, size_t size, off_t offset,
		     struct fuse_file_info *file)
{
	struct server_handle *handle = handle_of(file);
	ssize_t n = -EINVAL;

	(void)inode;
	/* Opened with O_NONBLOCK nobody has looked yet whether the medium takes data in place. */
	if (offset >= 0 && !packet_is_random_writable(handle->drive))
		n = -EROFS;
	else if (offset >= 0)
		n = block_write(handle->drive, data, size, (uint64_t)offset);
	if (n < 0)
		fuse_reply_err(request, (int)-n);
	else
		fuse_reply_write(request, (size_t)n);
}

static void do_ioctl(fuse_req_t request, fuse_ino_t inode, unsigned int command, void *argument,
		     struct fuse_file_info *file, unsigned flags, const void *in, size_t in_size, size_t out_size)
{
	uint8_t out[64] = { 0 };
	struct ioctl_call call = { .thread = fuse_req_ctx(request)->pid,
				   .command = command,
				   .argument = (uintptr_t)argument };
	int ret;

	(void)inode;
	(void)in;
	(void)in_size;
	/* Structures of 32-bit programs are laid out otherwise. */
	if ((flags & FUSE_IOCTL_DIR) != 0 || (flags & FUSE_IOCTL_COMPAT) != 0 || out_size > sizeof(out)) {
		fuse_reply_err(request, ENOTTY);
		return;
	}
	call.handle = handle_of(file);
	call.drive = call.handle->drive;
	if (out_size > 0) {
		call.out = out;
		call.out_size = out_size;
	}
	ret = ioctl_run(&call);
	if (ret < 0)
		fuse_reply_err(request, -ret);
	else
		fuse_reply_ioctl(request, ret, call.out, call.out_size);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = do_lookup,
	.getattr = do_getattr,
	.setattr = do_setattr,
	.readdir = do_readdir,
	.open = do_open,
	.flush = do_flush,
	.release = do_release,
	.fsync = do_fsync,
	.read = do_read,
	.write = do_write,
	.ioctl = do_ioctl,
};

/* Ends the loop when the control pipe is closed. */
struct watcher {
	struct server *server;
	struct fuse_session *session;
	pthread_t main_thread;
	int control_fd;
	atomic_bool is_over;
};

static void do_nothing(int number)
{
	(void)number;
}

static void *watch(void *data)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	struct watcher *watcher = data;
	struct pollfd control = { .fd = watcher->control_fd };

	while (!watcher->is_over && poll(&control, 1, 100) <= 0)
		;
	server_stop(watcher->server);
	fuse_session_exit(watcher->session);
	/* The loop looks at its end whenever a signal wakes it, and one alone may come too early. */
	while (!watcher->is_over) {
		pthread_kill(watcher->main_thread, SIGUSR1);
		nanosleep(&moment, NULL);
	}
	return NULL;
}

static int loop(struct fuse_session *session)
{
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 12)
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int ret;

	if (config == NULL)
		return -ENOMEM;
	fuse_loop_cfg_set_idle_threads(config, MAX_IDLE_THREADS);
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	ret = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	return ret;
#else
	struct fuse_loop_config config = { .clone_fd = 0, .max_idle_threads = MAX_IDLE_THREADS };

	return fuse_session_loop_mt(session, &config);
#endif
}

static int serve(struct server *server, struct fuse_session *session, int control_fd)
{
	struct watcher watcher = {
		.server = server, .session = session, .main_thread = pthread_self(), .control_fd = control_fd
	};
	struct sigaction action = { .sa_handler = do_nothing };
	pthread_t thread;
	int ret;

	sigaction(SIGUSR1, &action, NULL);
	ret = -pthread_create(&thread, NULL, watch, &watcher);
	if (ret < 0)
		return ret;
	ret = loop(session);
	watcher.is_over = true;
	pthread_join(thread, NULL);
	return ret;
}

int frontend_fuse_serve(struct server *server, int fuse_fd, int control_fd, struct discern_error *err)
{
	char name[] = "discern", path[32];
	char *argv[] = { name, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_session *session = fuse_session_new(&args, &operations, sizeof(operations), server);
	int ret;

	fuse_opt_free_args(&args);
	if (session == NULL)
		return discern_error_set(err, -ENOMEM, "libfuse cannot start a session");
	/* libfuse 3.3 and later take over a file system that was mounted elsewhere. */
	snprintf(path, sizeof(path), "/dev/fd/%d", fuse_fd);
	ret = fuse_session_mount(session, path);
	if (ret != 0)
		ret = discern_error_set(err, -EIO, "libfuse does not take over the file system of the virtual drive");
	else
		ret = serve(server, session, control_fd);
	if (ret > 0)
		ret = 0;
	else if (ret < 0 && (err == NULL || err->code == 0))
		ret = discern_error_set(err, ret, "the virtual drive's file system failed: %s", strerror(-ret));
	fuse_session_destroy(session);
	return ret;
}
