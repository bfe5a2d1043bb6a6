/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/inhibit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-bus.h>

/* logind answers at once; a bus that hangs must not hold up a burn. */
#define TIMEOUT_US ((uint64_t)3 * 1000000)

/* The descriptor of the lock, or a negative errno. */
static int ask(sd_bus *bus, const char *what, const char *why, char *ret_reason, size_t size)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int fd = -1;
	int ret = sd_bus_call_method(bus, "org.freedesktop.login1", "/org/freedesktop/login1",
				     "org.freedesktop.login1.Manager", "Inhibit", &error, &reply, "ssss", what,
				     "discern", why, "block");

	if (ret >= 0)
		ret = sd_bus_message_read(reply, "h", &fd);
	/* The message owns its descriptor. */
	if (ret >= 0)
		ret = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (ret < 0)
		snprintf(ret_reason, size, "systemd-logind: %s",
			 error.message != NULL ? error.message : strerror(-ret));
	sd_bus_error_free(&error);
	sd_bus_message_unref(reply);
	return ret;
}

void inhibit_begin(const char *why, struct inhibit *ret_inhibit)
{
	sd_bus *bus = NULL;
	int ret;

	*ret_inhibit = (struct inhibit){ .fd = -1 };
	ret = sd_bus_open_system(&bus);
	if (ret < 0) {
		snprintf(ret_inhibit->reason, sizeof(ret_inhibit->reason), "no system bus: %s", strerror(-ret));
		return;
	}
	sd_bus_set_method_call_timeout(bus, TIMEOUT_US);
	ret_inhibit->fd = ask(bus, "sleep:shutdown", why, ret_inhibit->reason, sizeof(ret_inhibit->reason));
	if (ret_inhibit->fd >= 0) {
		ret_inhibit->kind = INHIBIT_BOTH;
	} else {
		/* polkit lets users of a desktop hold back both, and of a remote session maybe neither. */
		ret_inhibit->fd = ask(bus, "sleep", why, ret_inhibit->reason, sizeof(ret_inhibit->reason));
		ret_inhibit->kind = ret_inhibit->fd >= 0 ? INHIBIT_SLEEP : INHIBIT_NOTHING;
	}
	sd_bus_unref(bus);
}

#else

void inhibit_begin(const char *why, struct inhibit *ret_inhibit)
{
	(void)why;
	*ret_inhibit = (struct inhibit){ .fd = -1 };
	snprintf(ret_inhibit->reason, sizeof(ret_inhibit->reason), "built without libsystemd");
}

#endif

void inhibit_end(struct inhibit *inhibit)
{
	if (inhibit->kind != INHIBIT_NOTHING)
		close(inhibit->fd);
	inhibit->fd = -1;
	inhibit->kind = INHIBIT_NOTHING;
}
