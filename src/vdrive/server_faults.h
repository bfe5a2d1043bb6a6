/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of fault rules for the drives of a server, taken over again whenever it changes. */
#ifndef VDRIVE_SERVER_FAULTS_H
#define VDRIVE_SERVER_FAULTS_H

#include "vdrive/server.h"

struct fault_watch;

/** Reads the file and gives its rules to the drives. Release with fault_watch_free(). */
int fault_watch_new(struct server *server, const char *path, struct fault_watch **ret_watch, struct discern_error *err);
void fault_watch_free(struct fault_watch *watch);

/** Looks whether the file is another; a wrong one leaves the rules as they are. From any thread. */
void fault_watch_refresh(struct fault_watch *watch);

/** Words about a wrong file, "" if it is right. */
const char *fault_watch_error(struct fault_watch *watch);

#endif
