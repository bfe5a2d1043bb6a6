/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting until a disc is put in or taken out. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/observe.h"
#include "drive/drive_private.h"
#include "drive/holder.h"
#include "drive/transport_sgio.h"

/* How often the observer is called; how often a drive is asked that nobody else asks; and one that the kernel asks every two
 * seconds by itself, so that its events come here. */
enum { STEP_MS = 500 };
static const double ask_seconds = 2;
static const double ask_seconds_with_events = 30;

/* ---- what the drive says ---- */

int drive_presence(struct transport *transport, enum drive_presence *ret_presence, struct discern_error *err)
{
	enum { MAX_ATTENTIONS = 10 };
	uint8_t data[MMC_MEDIA_EVENT_SIZE];
	struct scsi_command command;
	bool has_medium = false;
	size_t length = 0;
	int ret;

	mmc_get_media_event(&command, data);
	ret = transport_run(transport, &command, &length, err);
	if (ret == 0 && mmc_parse_media_event(data, length, &has_medium)) {
		*ret_presence = has_medium ? DRIVE_HAS_MEDIUM : DRIVE_HAS_NONE;
		return 0;
	}
	mmc_test_unit_ready(&command);
	for (unsigned i = 0; ret != -ENODEV && i < MAX_ATTENTIONS; i++) {
		ret = transport_run(transport, &command, NULL, err);
		if (ret != -ESTALE)
			break;
	}
	if (ret == -ENODEV)
		return ret;
	/* A medium that the drive cannot make sense of is one, too. */
	*ret_presence = ret == -ENOMEDIUM				? DRIVE_HAS_NONE
			: ret == -EAGAIN || ret == -ETIMEDOUT		? DRIVE_IS_BUSY
									: DRIVE_HAS_MEDIUM;
	return 0;
}

/* Opened without O_EXCL, which would be in others' way, and without waiting, which would close the tray. */
static int ask(const char *path, enum drive_presence *ret_presence, struct discern_error *err)
{
	struct transport *transport = NULL;
	char holder[128];
	int fd, ret;

	*ret_presence = DRIVE_IS_BUSY;
	if (holder_find(path, holder, sizeof(holder)))
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY)
		return 0;
	if (fd < 0)
		return discern_error_set(err, errno == ENXIO || errno == ENOMEDIUM ? -ENODEV : -errno, "%s: cannot open: %s",
					 path, strerror(errno));
	ret = transport_sgio_attach(fd, &transport);
	if (ret < 0)
		return discern_error_set(err, ret, "out of memory");
	ret = drive_presence(transport, ret_presence, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", path);
	transport_close(transport);
	return ret;
}

/* ---- what the kernel tells ---- */

/* A socket for the kernel's own events (not udev's, so that none has to run); -1 where there are none to be had. */
static int open_events(void)
{
	enum { KERNEL_GROUP = 1 };
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Takes what has come; whether it is about this drive, so that it should be asked at once. It decides nothing else. */
static bool take_events(int fd, const char *name)
{
	char message[8192], device[64];
	bool is_ours = false;
	ssize_t n;

	snprintf(device, sizeof(device), "/block/%s", name);
	while ((n = recv(fd, message, sizeof(message) - 1, 0)) > 0) {
		message[n] = '\0';
		/* "change@/devices/…/block/sr0" */
		if (strlen(message) >= strlen(device) &&
		    strcmp(message + strlen(message) - strlen(device), device) == 0)
			is_ours = true;
	}
	return is_ours;
}

static long read_number(const char *path)
{
	AUTO_FCLOSE FILE *file = fopen(path, "re");
	long number;

	return file != NULL && fscanf(file, "%ld", &number) == 1 ? number : 0;
}

/* Whether the kernel asks the drive by itself (Documentation/ABI/testing/sysfs-block: events_poll_msecs). */
static bool has_events(const char *path, const char *name)
{
	char file[128];
	struct stat status;
	long milliseconds;

	if (stat(path, &status) < 0 || !S_ISBLK(status.st_mode))
		return false;
	snprintf(file, sizeof(file), "/sys/block/%.32s/events_poll_msecs", name);
	milliseconds = read_number(file);
	if (milliseconds < 0)
		milliseconds = read_number("/sys/module/block/parameters/events_dfl_poll_msecs");
	return milliseconds > 0;
}

/* ---- both ---- */

static int tell(const struct discern_observer *observer)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_WAIT,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};

	return observer != NULL && observer->progress != NULL ? observer->progress(&progress, observer->user) : 0;
}

static int wait_for(const char *path, enum drive_presence wanted, const struct discern_observer *observer,
		    struct discern_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	AUTO_CLOSE int events = open_events();
	double pace = events >= 0 && has_events(path, name) ? ask_seconds_with_events : ask_seconds;
	double asked = -pace;

	for (;;) {
		struct pollfd poller = { .fd = events, .events = POLLIN };
		enum drive_presence presence;
		int ret = 0;

		if (tell(observer) != 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while waiting for a disc", path);
		if (observe_now() - asked >= pace) {
			asked = observe_now();
			ret = ask(path, &presence, err);
			if (ret < 0 || presence == wanted)
				return ret;
			/* Also udev, which looks at the disc that just came. */
			if (presence == DRIVE_IS_BUSY)
				asked -= pace - ask_seconds;
		}
		if (poll(&poller, 1, STEP_MS) > 0 && take_events(events, name))
			asked = -pace;
	}
}

int discern_drive_wait(const char *path, enum discern_drive_wait what, const struct discern_observer *observer,
		       struct discern_error *err)
{
	AUTO_FREE char *resolved = drive_resolve_path(path);

	discern_error_clear(err);
	if (resolved == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	return wait_for(resolved, what == DISCERN_WAIT_FOR_MEDIUM ? DRIVE_HAS_MEDIUM : DRIVE_HAS_NONE, observer, err);
}
