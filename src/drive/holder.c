/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Whatever takes the place of a device: a block device by its number, else (the virtual drive) a file. */
struct device {
	struct stat status;
	const char *base_name;
	char number[32];
};

static bool is_same(const struct device *device, const struct stat *status)
{
	if (S_ISBLK(device->status.st_mode))
		return S_ISBLK(status->st_mode) && status->st_rdev == device->status.st_rdev;
	return status->st_dev == device->status.st_dev && status->st_ino == device->status.st_ino;
}

/* ---- mounts ---- */

/* proc(5): blanks and backslashes in /proc/self/mountinfo are octal escapes. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		unsigned value;

		if (from[0] == '\\' && isdigit((unsigned char)from[1]) && sscanf(from + 1, "%3o", &value) == 1 &&
		    strlen(from) >= 4) {
			*to++ = (char)value;
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static bool find_mount(const struct device *device, char *ret_text, size_t size)
{
	AUTO_FCLOSE FILE *file = fopen("/proc/self/mountinfo", "re");
	AUTO_FREE char *line = NULL;
	size_t line_size = 0;

	if (file == NULL || !S_ISBLK(device->status.st_mode))
		return false;
	while (getline(&line, &line_size, file) > 0) {
		char number[32], mount_point[PATH_MAX];

		if (sscanf(line, "%*d %*d %31s %*s %4095s", number, mount_point) != 2 ||
		    strcmp(number, device->number) != 0)
			continue;
		unescape(mount_point);
		snprintf(ret_text, size, "mounted on %s", mount_point);
		return true;
	}
	return false;
}

/* ---- devices on top of it ---- */

static bool find_stacked(const struct device *device, char *ret_text, size_t size)
{
	char path[PATH_MAX];
	AUTO_CLOSEDIR DIR *folder = NULL;
	const struct dirent *entry;

	if (!S_ISBLK(device->status.st_mode))
		return false;
	snprintf(path, sizeof(path), "/sys/dev/block/%s/holders", device->number);
	folder = opendir(path);
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(ret_text, size, "device %s on top of it", entry->d_name);
		return true;
	}
	return false;
}

/* Lines of "pktcdvd0 254:0 11:0": name, own number, number of the drive (Documentation/cdrom/packet-writing.rst). */
static bool find_packet_device(const struct device *device, char *ret_text, size_t size)
{
	AUTO_FCLOSE FILE *file = fopen("/sys/class/pktcdvd/device_map", "re");
	AUTO_FREE char *line = NULL;
	size_t line_size = 0;

	if (file == NULL || !S_ISBLK(device->status.st_mode))
		return false;
	while (getline(&line, &line_size, file) > 0) {
		char name[64], number[32];

		if (sscanf(line, "%63s %*s %31s", name, number) != 2 || strcmp(number, device->number) != 0)
			continue;
		snprintf(ret_text, size, "packet writing device %s", name);
		return true;
	}
	return false;
}

/* ---- processes ---- */

static bool process_has_open(const char *process, const struct device *device)
{
	char path[PATH_MAX];
	AUTO_CLOSEDIR DIR *folder = NULL;
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%s/fd", process);
	folder = opendir(path);
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL) {
		char target[PATH_MAX];
		const char *slash;
		struct stat status;
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);

		if (length <= 0)
			continue;
		target[length] = '\0';
		slash = strrchr(target, '/');
		/* Only what bears the device's name is looked at: stat() of a file on a dead server never ends. */
		if (slash == NULL || strcmp(slash + 1, device->base_name) != 0)
			continue;
		if (fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 && is_same(device, &status))
			return true;
	}
	return false;
}

static void read_process_name(const char *process, char *ret_name, size_t size)
{
	char path[PATH_MAX];
	AUTO_FCLOSE FILE *file = NULL;

	snprintf(path, sizeof(path), "/proc/%s/comm", process);
	file = fopen(path, "re");
	if (file == NULL || fgets(ret_name, (int)size, file) == NULL)
		snprintf(ret_name, size, "a program");
	ret_name[strcspn(ret_name, "\n")] = '\0';
}

static bool find_processes(const struct device *device, char *ret_text, size_t size)
{
	enum { MAX_NAMED = 3 };
	AUTO_CLOSEDIR DIR *folder = opendir("/proc");
	const struct dirent *entry;
	unsigned n = 0;
	size_t length = 0;

	while (folder != NULL && n < MAX_NAMED && (entry = readdir(folder)) != NULL) {
		char name[64];
		char *end;
		long process = strtol(entry->d_name, &end, 10);

		if (process <= 0 || *end != '\0' || process == getpid() || !process_has_open(entry->d_name, device))
			continue;
		read_process_name(entry->d_name, name, sizeof(name));
		length += (size_t)snprintf(ret_text + length, size - length, "%s%s (process %ld)", n > 0 ? ", " : "",
					   name, process);
		n++;
		if (length >= size)
			break;
	}
	return n > 0;
}

bool holder_find(const char *path, char *ret_text, size_t size)
{
	struct device device = { 0 };
	const char *slash = strrchr(path, '/');

	ret_text[0] = '\0';
	if (stat(path, &device.status) < 0)
		return false;
	device.base_name = slash == NULL ? path : slash + 1;
	snprintf(device.number, sizeof(device.number), "%u:%u", major(device.status.st_rdev),
		 minor(device.status.st_rdev));
	return find_mount(&device, ret_text, size) || find_packet_device(&device, ret_text, size) ||
	       find_stacked(&device, ret_text, size) || find_processes(&device, ret_text, size);
}

int holder_error(const char *path, struct discern_error *err)
{
	char holder[256];

	if (!holder_find(path, holder, sizeof(holder))) {
		discern_error_set(err, -EBUSY, "%s: in use by a program that does not show itself", path);
		discern_error_hint(err, "root can see it: sudo fuser -v %s", path);
		return -EBUSY;
	}
	discern_error_set(err, -EBUSY, "%s: in use: %s", path, holder);
	if (strncmp(holder, "mounted on ", 11) == 0)
		discern_error_hint(err, "unmount it first: udisksctl unmount -b %s, or as root umount %s", path, path);
	else if (strncmp(holder, "packet", 6) == 0)
		discern_error_hint(err, "release it first: sudo pktsetup -d %s",
				   holder + sizeof("packet writing device"));
	else
		discern_error_hint(err, "wait until it is done, or end it");
	return -EBUSY;
}
