/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loaded by LD_PRELOAD into programs that discern vdrive run starts: says of the virtual drives, which are
 * files of a FUSE file system, that they are block devices as CD-ROM drives are. Nothing else is touched.
 *
 * DISCERN_VDRIVE_DEVICE is the st_dev of that file system in hex; the drive with number N is inode N + 2.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Documentation/admin-guide/devices.txt of the kernel: SCSI CD-ROM devices. */
#define SCSI_CDROM_MAJOR 11

/* frontend_fuse.h: FRONTEND_FIRST_INODE. */
#define FIRST_INODE 2

static bool is_drive(dev_t device, mode_t mode)
{
	static bool is_known;
	static dev_t drives;

	/* Two threads that come here first find the same. */
	if (!__atomic_load_n(&is_known, __ATOMIC_ACQUIRE)) {
		const char *text = getenv("DISCERN_VDRIVE_DEVICE");

		drives = text != NULL ? (dev_t)strtoull(text, NULL, 16) : 0;
		__atomic_store_n(&is_known, true, __ATOMIC_RELEASE);
	}
	return drives != 0 && device == drives && S_ISREG(mode);
}

static mode_t as_block_device(mode_t mode)
{
	return (mode & ~(mode_t)S_IFMT) | S_IFBLK;
}

static dev_t number_of(ino_t inode)
{
	return makedev(SCSI_CDROM_MAJOR, (unsigned)(inode - FIRST_INODE));
}

/* The functions of libc that this hides. A libc without one of them has no program that calls it. */
static void *hidden(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* clang-format off */
#define ADJUST(status) \
	do { \
		if (is_drive((status)->st_dev, (status)->st_mode)) { \
			(status)->st_mode = as_block_device((status)->st_mode); \
			(status)->st_rdev = number_of((status)->st_ino); \
			(status)->st_size = 0; \
			(status)->st_blocks = 0; \
		} \
	} while (0)

#define EXPORT __attribute__((visibility("default")))

/* One function with a struct stat at the end: calls the hidden one and adjusts what it found. */
#define WRAP(name, parameters, arguments) \
	EXPORT int name parameters; \
	EXPORT int name parameters \
	{ \
		static int (*next) parameters; \
		int ret; \
\
		if (next == NULL) \
			*(void **)&next = hidden(#name); \
		if (next == NULL) { \
			errno = ENOSYS; \
			return -1; \
		} \
		ret = next arguments; \
		if (ret == 0) \
			ADJUST(status); \
		return ret; \
	}

/* clang-format on */

#undef stat
#undef stat64
#undef lstat
#undef fstat
#undef fstatat

WRAP(stat, (const char *path, struct stat *status), (path, status))
WRAP(lstat, (const char *path, struct stat *status), (path, status))
WRAP(fstat, (int fd, struct stat *status), (fd, status))
WRAP(fstatat, (int folder, const char *path, struct stat *status, int flags), (folder, path, status, flags))
WRAP(stat64, (const char *path, struct stat64 *status), (path, status))
WRAP(lstat64, (const char *path, struct stat64 *status), (path, status))
WRAP(fstat64, (int fd, struct stat64 *status), (fd, status))
WRAP(fstatat64, (int folder, const char *path, struct stat64 *status, int flags), (folder, path, status, flags))

/* Programs that were linked with glibc before 2.33 call these. */
WRAP(__xstat, (int version, const char *path, struct stat *status), (version, path, status))
WRAP(__lxstat, (int version, const char *path, struct stat *status), (version, path, status))
WRAP(__fxstat, (int version, int fd, struct stat *status), (version, fd, status))
WRAP(__fxstatat, (int version, int folder, const char *path, struct stat *status, int flags),
     (version, folder, path, status, flags))
WRAP(__xstat64, (int version, const char *path, struct stat64 *status), (version, path, status))
WRAP(__lxstat64, (int version, const char *path, struct stat64 *status), (version, path, status))
WRAP(__fxstat64, (int version, int fd, struct stat64 *status), (version, fd, status))
WRAP(__fxstatat64, (int version, int folder, const char *path, struct stat64 *status, int flags),
     (version, folder, path, status, flags))

EXPORT int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict status);
EXPORT int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict status)
{
	static int (*next)(int, const char *, int, unsigned, struct statx *);
	int ret;

	if (next == NULL)
		*(void **)&next = hidden("statx");
	if (next == NULL) {
		errno = ENOSYS;
		return -1;
	}
	ret = next(folder, path, flags, mask, status);
	if (ret == 0 && is_drive(makedev(status->stx_dev_major, status->stx_dev_minor), status->stx_mode)) {
		status->stx_mode = (uint16_t)as_block_device(status->stx_mode);
		status->stx_rdev_major = SCSI_CDROM_MAJOR;
		status->stx_rdev_minor = (uint32_t)(status->stx_ino - FIRST_INODE);
		status->stx_size = 0;
		status->stx_blocks = 0;
	}
	return ret;
}
