/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/namespace.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Where the FUSE file system is while the drives are put in place. */
#define FUSE_FOLDER "/dev/.discern-vdrive"

static long read_setting(const char *path)
{
	AUTO_FCLOSE FILE *file = fopen(path, "re");
	long value;

	return file != NULL && fscanf(file, "%ld", &value) == 1 ? value : -1;
}

/* Why an ordinary user may not do what a user namespace should allow. */
static int forbidden(struct discern_error *err, int code, const char *what)
{
	discern_error_set(err, code, "cannot %s: %s", what, strerror(-code));
	if (read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return discern_error_hint(err,
					  "AppArmor forbids user namespaces here; as root: "
					  "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run this as root");
	if (read_setting("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return discern_error_hint(err, "user namespaces are switched off; as root: "
					       "sysctl kernel.unprivileged_userns_clone=1, or run this as root");
	if (read_setting("/proc/sys/user/max_user_namespaces") == 0)
		return discern_error_hint(err, "user namespaces are switched off; as root: "
					       "sysctl user.max_user_namespaces=10000, or run this as root");
	if (geteuid() == 0)
		return discern_error_hint(err, "this root may not mount; in a container, start that with "
					       "CAP_SYS_ADMIN and /dev/fuse (docker run --privileged)");
	return discern_error_hint(err, "in a container, allow user namespaces and mounts there; else run this as root");
}

static int write_text(const char *path, const char *text)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

static int map_identity(uid_t uid, gid_t gid)
{
	char map[64];
	int ret;

	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)uid, (unsigned)uid);
	ret = write_text("/proc/self/uid_map", map);
	/* Without this the kernel lets no ordinary user map a group. */
	if (ret == 0)
		ret = write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)gid, (unsigned)gid);
	return ret == 0 ? write_text("/proc/self/gid_map", map) : ret;
}

int namespace_enter(struct discern_error *err)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int ret;

	if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) < 0)
		return forbidden(err, -errno, uid == 0 ? "make a mount namespace" : "make a user namespace");
	if (uid != 0) {
		ret = map_identity(uid, gid);
		if (ret < 0)
			return forbidden(err, ret, "map the user in a user namespace");
	}
	/* So that nothing of this is seen outside. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return forbidden(err, -errno, "make the mounts private");
	return 0;
}

static bool is_prefix_and_digits(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(name, prefix, length) != 0 || !isdigit((unsigned char)name[length]))
		return false;
	for (name += length; *name != '\0'; name++)
		if (!isdigit((unsigned char)*name))
			return false;
	return true;
}

/* A program must not reach a real drive, by whatever name. */
static bool is_optical_drive(const char *name)
{
	static const char *const numbered[] = { "sr", "scd", "sg", "pktcdvd" };
	static const char *const links[] = {
		"cdrom", "cdrw", "cdwriter", "dvd", "dvdrw", "dvdram", "bd", "bdrw", "bdre"
	};
	static const char *const folders[] = { "bsg", "pktcdvd", "raw" };

	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++)
		if (is_prefix_and_digits(name, numbered[i]))
			return true;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(name, links[i]) == 0 || is_prefix_and_digits(name, links[i]))
			return true;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strcmp(name, folders[i]) == 0)
			return true;
	return false;
}

static int copy_link(int old_dev, const char *name, const char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(old_dev, name, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return symlink(target, path) < 0 ? -errno : 0;
}

static int make_empty_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* One entry of the old /dev; what disappears meanwhile is left out. */
static int take_over(int old_dev, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct stat status;
	int ret;

	if (fstatat(old_dev, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	/* Through /proc the covered /dev is still reached. */
	if (snprintf(from, sizeof(from), "/proc/self/fd/%d/%s", old_dev, name) >= (int)sizeof(from) ||
	    snprintf(to, sizeof(to), "/dev/%s", name) >= (int)sizeof(to))
		return -ENAMETOOLONG;
	if (S_ISLNK(status.st_mode))
		return copy_link(old_dev, name, to);
	if (S_ISDIR(status.st_mode))
		ret = mkdir(to, 0755) < 0 ? -errno : 0;
	else
		ret = make_empty_file(to);
	if (ret < 0)
		return ret;
	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		return errno == ENOENT ? 0 : -errno;
	return 0;
}

static int take_over_all(DIR *old_dev, struct discern_error *err)
{
	const struct dirent *entry;
	int ret;

	while ((entry = readdir(old_dev)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    is_optical_drive(entry->d_name))
			continue;
		ret = take_over(dirfd(old_dev), entry->d_name);
		if (ret < 0)
			return discern_error_set(err, ret, "cannot take /dev/%s into the private /dev: %s",
						 entry->d_name, strerror(-ret));
	}
	return 0;
}

int namespace_make_dev(struct discern_error *err)
{
	AUTO_CLOSEDIR DIR *old_dev = opendir("/dev");

	if (old_dev == NULL)
		return discern_error_set(err, -errno, "cannot open /dev: %s", strerror(errno));
	if (mount("discern-dev", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k") < 0)
		return forbidden(err, -errno, "mount a private /dev");
	return take_over_all(old_dev, err);
}

int namespace_mount_fuse(int *ret_fd, struct discern_error *err)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];
	int ret;

	if (fd < 0) {
		ret = discern_error_set(err, -errno, "cannot open /dev/fuse: %s", strerror(errno));
		if (ret == -EACCES || ret == -EPERM)
			discern_error_hint(err,
					   "let this user open it (mode 0666 is usual), or in a container pass it in: "
					   "docker run --device /dev/fuse");
		else
			discern_error_hint(err, "load the kernel's FUSE module as root: modprobe fuse");
		return ret;
	}
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions", fd, (unsigned)geteuid(),
		 (unsigned)getegid());
	if (mkdir(FUSE_FOLDER, 0755) < 0 || mount("discern-vdrive", FUSE_FOLDER, "fuse.discern-vdrive",
						  MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0) {
		ret = forbidden(err, -errno, "mount a FUSE file system");
		close(fd);
		return ret;
	}
	*ret_fd = fd;
	return 0;
}

int namespace_bind_drive(unsigned number, struct discern_error *err)
{
	char from[64], to[64];
	int ret;

	snprintf(from, sizeof(from), FUSE_FOLDER "/sr%u", number);
	snprintf(to, sizeof(to), "/dev/sr%u", number);
	ret = make_empty_file(to);
	if (ret == 0 && mount(from, to, NULL, MS_BIND, NULL) < 0)
		ret = -errno;
	return ret < 0 ? discern_error_set(err, ret, "cannot make %s: %s", to, strerror(-ret)) : 0;
}

int namespace_finish(unsigned first_number, struct discern_error *err)
{
	char target[32];

	snprintf(target, sizeof(target), "sr%u", first_number);
	if (symlink(target, "/dev/cdrom") < 0 || symlink(target, "/dev/dvd") < 0 || symlink(target, "/dev/dvdrw") < 0)
		return discern_error_set(err, -errno, "cannot make /dev/cdrom: %s", strerror(errno));
	/* The files that were bound keep the file system alive. */
	if (umount2(FUSE_FOLDER, MNT_DETACH) < 0 || rmdir(FUSE_FOLDER) < 0)
		return discern_error_set(err, -errno, "cannot put %s away: %s", FUSE_FOLDER, strerror(errno));
	return 0;
}
