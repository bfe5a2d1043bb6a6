/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/tcmu_configfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

#define CONFIGFS "/sys/kernel/config"
#define TARGET CONFIGFS "/target"
#define LOOPBACK TARGET "/loopback"
/* The backstores of one kind are grouped by a number of one's own choice; none else uses this one. */
#define GROUP "user_1145"
#define GROUP_PATH TARGET "/core/" GROUP

/* TCMU wants a size, which a drive that is asked by READ CAPACITY never tells: one sector. */
#define CONTROL "dev_size=2048,hw_block_size=2048,dev_config=discern/%s,nl_reply_supported=-1"

enum { WAIT_TRIES = 150, WAIT_PAUSE_MS = 100 };

int tcmu_check_name(const char *name, struct discern_error *err)
{
	bool is_good = isalnum((unsigned char)name[0]) && strlen(name) < TCMU_NAME_SIZE;

	for (const char *c = name; is_good && *c != '\0'; c++)
		is_good = isalnum((unsigned char)*c) || strchr("-_.", *c) != NULL;
	if (is_good)
		return 0;
	return discern_error_set(err, -EINVAL, "name \"%s\": not 1 to %d letters, digits, '-', '_' or '.'", name,
				 TCMU_NAME_SIZE - 1);
}

/* A world wide name of a target, made of the drive's: NAA 3h, locally assigned (SPC-4 7.8.6.6.4). */
static void target_path(const char *name, char *ret_path, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (const char *c = name; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	snprintf(ret_path, size, LOOPBACK "/naa.3%015llx", (unsigned long long)(hash >> 4));
}

static int make_folder(const char *path, struct discern_error *err)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return 0;
	return discern_error_set(err, -errno, "%s: cannot be made: %s", path, strerror(errno));
}

static int remove_folder(const char *path, struct discern_error *err)
{
	if (rmdir(path) == 0 || errno == ENOENT)
		return 0;
	return discern_error_set(err, -errno, "%s: cannot be removed: %s", path, strerror(errno));
}

static int write_word(const char *path, const char *word, struct discern_error *err)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(word);

	if (fd >= 0 && write(fd, word, length) == (ssize_t)length)
		return 0;
	return discern_error_set(err, -errno, "%s: does not take \"%s\": %s", path, word, strerror(errno));
}

int tcmu_read_word(const char *path, char *ret_word, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, ret_word, size) : -1;

	if (n < 0 || n == (ssize_t)size)
		return -ENODEV;
	ret_word[n] = '\0';
	ret_word[strcspn(ret_word, "\n")] = '\0';
	return 0;
}

static void sleep_a_little(void)
{
	const struct timespec pause = { .tv_nsec = WAIT_PAUSE_MS * 1000000L };

	nanosleep(&pause, NULL);
}

enum modprobe { MODPROBE_TRY, MODPROBE_LOAD };

/* modprobe tells in its own words what it lacks; ours say more. */
static bool run_modprobe(enum modprobe what)
{
	pid_t pid = fork();
	int null, status = -1;

	if (pid == 0) {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execlp("modprobe", "modprobe", "-q", "-a", what == MODPROBE_TRY ? "-n" : "-q", "configfs",
		       "target_core_user", "tcm_loop", "sr_mod", "sg", NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int no_tcmu(struct discern_error *err)
{
	discern_error_set(err, -ENOSYS, "this kernel has no TCMU (modules target_core_user and tcm_loop)");
	discern_error_hint(err, "\"discern vdrive run\" makes drives for one program, without it; a distribution's own "
				"kernel has TCMU, a container's or a cloud's may not");
	return -ENOSYS;
}

static int only_root(struct discern_error *err)
{
	discern_error_set(err, -EPERM, "only root can add a drive to the system");
	discern_error_hint(err,
			   "as root: sudo discern vdrive attach; \"discern vdrive run\" makes drives for one program, "
			   "without root");
	return -EPERM;
}

int tcmu_check_kernel(struct discern_error *err)
{
	return access(GROUP_PATH, F_OK) == 0 || run_modprobe(MODPROBE_TRY) ? 0 : no_tcmu(err);
}

int tcmu_prepare_kernel(struct discern_error *err)
{
	run_modprobe(MODPROBE_LOAD);
	if (access(CONFIGFS, F_OK) == 0 && access(TARGET, F_OK) < 0)
		mount("configfs", CONFIGFS, "configfs", 0, NULL);
	if (access(TARGET, F_OK) < 0)
		return tcmu_check_kernel(err) < 0 || geteuid() == 0 ? no_tcmu(err) : only_root(err);
	if ((mkdir(GROUP_PATH, 0755) == 0 || errno == EEXIST) && (mkdir(LOOPBACK, 0755) == 0 || errno == EEXIST))
		return 0;
	return errno == EACCES || errno == EPERM ? only_root(err) : no_tcmu(err);
}

bool tcmu_exists(const char *name)
{
	char backstore[256], target[256];

	snprintf(backstore, sizeof(backstore), GROUP_PATH "/%s", name);
	target_path(name, target, sizeof(target));
	return access(backstore, F_OK) == 0 || access(target, F_OK) == 0;
}

bool tcmu_next_name(size_t *index, char ret_name[TCMU_NAME_SIZE])
{
	AUTO_CLOSEDIR DIR *dir = opendir(GROUP_PATH);
	size_t n_skipped = 0;
	struct dirent *entry;
	char path[512];
	struct stat status;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), GROUP_PATH "/%s", entry->d_name);
		if (tcmu_check_name(entry->d_name, NULL) < 0 || stat(path, &status) < 0 || !S_ISDIR(status.st_mode) ||
		    n_skipped++ < *index)
			continue;
		++*index;
		snprintf(ret_name, TCMU_NAME_SIZE, "%.*s", TCMU_NAME_SIZE - 1, entry->d_name);
		return true;
	}
	return false;
}

int tcmu_find_uio(const char *name, char ret_uio[TCMU_DEVICE_SIZE])
{
	AUTO_CLOSEDIR DIR *dir = opendir("/sys/class/uio");
	char wanted[128], path[512], word[256];
	struct dirent *entry;

	snprintf(wanted, sizeof(wanted), "tcm-user/%s/%s/", strchr(GROUP, '_') + 1, name);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "/sys/class/uio/%s/name", entry->d_name);
		if (tcmu_read_word(path, word, sizeof(word)) < 0 || strncmp(word, wanted, strlen(wanted)) != 0)
			continue;
		return snprintf(ret_uio, TCMU_DEVICE_SIZE, "%s", entry->d_name) < TCMU_DEVICE_SIZE ? 0 : -ENODEV;
	}
	return -ENODEV;
}

int tcmu_make_backstore(const char *name, char ret_uio[TCMU_DEVICE_SIZE], struct discern_error *err)
{
	char path[256], file[300], control[256];
	int ret;

	snprintf(path, sizeof(path), GROUP_PATH "/%s", name);
	ret = make_folder(path, err);
	snprintf(file, sizeof(file), "%s/control", path);
	snprintf(control, sizeof(control), CONTROL, name);
	if (ret == 0)
		ret = write_word(file, control, err);
	/* A drive may take its time: how long is too long is for the sender of a command to say. */
	snprintf(file, sizeof(file), "%s/attrib/cmd_time_out", path);
	if (ret == 0)
		ret = write_word(file, "0", err);
	snprintf(file, sizeof(file), "%s/enable", path);
	if (ret == 0)
		ret = write_word(file, "1", err);
	/* Kernels before 5.9 tell nothing of what they give up. */
	snprintf(file, sizeof(file), "%s/attrib/tmr_notification", path);
	if (ret == 0 && access(file, F_OK) == 0)
		ret = write_word(file, "1", err);
	if (ret == 0 && tcmu_find_uio(name, ret_uio) < 0)
		ret = discern_error_set(err, -ENODEV, "%s: the kernel made no UIO device", path);
	return ret;
}

int tcmu_make_target(const char *name, char ret_address[TCMU_DEVICE_SIZE], struct discern_error *err)
{
	char target[128], path[256], link_path[512], backstore[256];
	int ret;

	target_path(name, target, sizeof(target));
	ret = make_folder(target, err);
	snprintf(path, sizeof(path), "%s/tpgt_1", target);
	if (ret == 0)
		ret = make_folder(path, err);
	snprintf(path, sizeof(path), "%s/tpgt_1/nexus", target);
	if (ret == 0)
		ret = write_word(path, strrchr(target, '/') + 1, err);
	snprintf(path, sizeof(path), "%s/tpgt_1/address", target);
	if (ret == 0 && (tcmu_read_word(path, ret_address, TCMU_DEVICE_SIZE - 2) < 0 || ret_address[0] == '\0'))
		ret = discern_error_set(err, -ENODEV, "%s: tells no address", path);
	snprintf(path, sizeof(path), "%s/tpgt_1/lun/lun_0", target);
	if (ret == 0)
		ret = make_folder(path, err);
	snprintf(backstore, sizeof(backstore), GROUP_PATH "/%s", name);
	snprintf(link_path, sizeof(link_path), "%s/%s", path, name);
	if (ret == 0 && symlink(backstore, link_path) < 0)
		ret = discern_error_set(err, -errno, "%s: cannot be linked: %s", link_path, strerror(errno));
	if (ret == 0)
		strcat(ret_address, ":0");
	return ret;
}

/* The only entry of a folder of sysfs that has one for each device, once it is in /dev. */
static bool find_device(const char *address, const char *class, char ret_device[TCMU_DEVICE_SIZE])
{
	AUTO_CLOSEDIR DIR *dir = NULL;
	char path[512];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/sys/bus/scsi/devices/%s/%s", address, class);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= TCMU_DEVICE_SIZE)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		snprintf(ret_device, TCMU_DEVICE_SIZE, "%.*s", TCMU_DEVICE_SIZE - 1, entry->d_name);
		return access(path, F_OK) == 0;
	}
	return false;
}

int tcmu_find_devices(const char *address, char ret_block[TCMU_DEVICE_SIZE], char ret_generic[TCMU_DEVICE_SIZE],
		      struct discern_error *err)
{
	for (int n_tries = 0; n_tries < WAIT_TRIES; n_tries++) {
		if (find_device(address, "block", ret_block) && find_device(address, "scsi_generic", ret_generic))
			return 0;
		sleep_a_little();
	}
	discern_error_set(err, -ENODEV, "the kernel made no /dev/sr for the drive at SCSI address %s", address);
	return discern_error_hint(err,
				  "are the modules sr_mod and sg there? dmesg tells what the kernel thought of it");
}

void tcmu_reset_ring(const char *name)
{
	/* Error level 2: what was in it fails for good. */
	static const char *const steps[][2] = { { "block_dev", "1" }, { "reset_ring", "2" }, { "block_dev", "0" } };
	char path[256];

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		snprintf(path, sizeof(path), GROUP_PATH "/%s/action/%s", name, steps[i][0]);
		write_word(path, steps[i][1], NULL);
	}
}

int tcmu_set_transport(const char *name, enum tcmu_transport transport)
{
	char target[128], path[256];

	target_path(name, target, sizeof(target));
	snprintf(path, sizeof(path), "%s/tpgt_1/transport_status", target);
	return write_word(path, transport == TCMU_ONLINE ? "online" : "offline", NULL) == 0 ? 0 : -ENOENT;
}

/* The links in a logical unit's folder, of which the kernel allows one. */
static int remove_links(const char *path, struct discern_error *err)
{
	AUTO_CLOSEDIR DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_LNK && unlinkat(dirfd(dir), entry->d_name, 0) < 0)
			return discern_error_set(err, -errno, "%s/%s: cannot be removed: %s", path, entry->d_name,
						 strerror(errno));
	return 0;
}

int tcmu_remove_target(const char *name, struct discern_error *err)
{
	char target[128], path[256];
	int ret;

	target_path(name, target, sizeof(target));
	if (access(target, F_OK) < 0)
		return 0;
	snprintf(path, sizeof(path), "%s/tpgt_1/lun/lun_0", target);
	ret = remove_links(path, err);
	if (ret == 0)
		ret = remove_folder(path, err);
	snprintf(path, sizeof(path), "%s/tpgt_1/nexus", target);
	/* Fails where there is none. */
	if (ret == 0 && access(path, F_OK) == 0)
		write_word(path, "NULL", NULL);
	snprintf(path, sizeof(path), "%s/tpgt_1", target);
	if (ret == 0)
		ret = remove_folder(path, err);
	return ret == 0 ? remove_folder(target, err) : ret;
}

int tcmu_remove_backstore(const char *name, struct discern_error *err)
{
	char path[256];
	int ret;

	snprintf(path, sizeof(path), GROUP_PATH "/%s", name);
	ret = remove_folder(path, err);
	/* Both stay as long as another drive is in them. */
	rmdir(GROUP_PATH);
	rmdir(LOOPBACK);
	return ret;
}
