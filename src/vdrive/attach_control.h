/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders to the process of an attached drive: one request and one reply on a socket that only root may open. */
#ifndef VDRIVE_ATTACH_CONTROL_H
#define VDRIVE_ATTACH_CONTROL_H

#include <stdint.h>

#include <discern/error.h>

#include "vdrive/attach.h"

enum control_order {
	CONTROL_STATUS = 1,
	CONTROL_INSERT,
	CONTROL_EJECT,
	CONTROL_DETACH,
	CONTROL_FORCE_DETACH,
	CONTROL_ADD_FAULT,
	/** The rule with this number; 0 for all. */
	CONTROL_REMOVE_FAULT,
	/** The rule with this number. */
	CONTROL_GET_FAULT,
};

/** Both are sent whole between processes of the same program; another version is told by the size. */
struct control_request {
	uint32_t order;
	char medium[PATH_MAX];
	char kind[16];
	char rule[PATH_MAX];
	uint32_t number;
};

struct control_reply {
	/** code 0 if all went well. */
	struct discern_error err;
	struct attach_status status;
	/** Empty behind the last one. */
	char rule[PATH_MAX];
};

/** The socket of a drive's process. */
int control_listen(const char *name, int *ret_fd, struct discern_error *err);
void control_unlink(const char *name);

/** Takes one connection and its request. -1 in *ret_fd if there is none that may give orders. */
void control_accept(int listen_fd, int *ret_fd, struct control_request *ret_request);
void control_reply(int fd, const struct control_reply *reply);

/** Sends an order. -ECONNREFUSED, without words, if there is no process of this name. */
int control_send(const char *name, const struct control_request *request, struct control_reply *ret_reply,
		 struct discern_error *err);

/** Keeps other processes from attaching and detaching, until the file descriptor is closed. */
int control_lock(int *ret_fd, struct discern_error *err);

#endif
