/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drive that was lost, as USB drives are when a bridge resets or a plug is loose, is found again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "drive/drive_private.h"

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_same(const struct discern_drive_id *a, const struct discern_drive_id *b)
{
	return strcmp(a->vendor, b->vendor) == 0 && strcmp(a->product, b->product) == 0 &&
	       strcmp(a->revision, b->revision) == 0 && strcmp(a->serial, b->serial) == 0;
}

/* The kernel gives the name to nobody else while a file of ours is open, and then the drive gets another one. */
static void let_go(struct discern_drive *drive)
{
	if (!drive->can_reopen)
		return;
	drive->transport = transport_close(drive->transport);
	if (drive->claim_fd >= 0)
		close(drive->claim_fd);
	drive->claim_fd = -1;
	drive->is_claimed = false;
}

/* Whether the lost drive is at path: then it is open. */
static bool try_path(struct discern_drive *drive, const char *path)
{
	struct discern_drive_id lost = drive->id;
	char former[PATH_MAX];
	bool is_open = !drive->can_reopen;

	snprintf(former, sizeof(former), "%s", drive->path);
	if (path != drive->path)
		snprintf(drive->path, sizeof(drive->path), "%s", path);
	is_open = is_open || drive_open_device(drive, NULL) == 0;
	if (is_open && drive_identify(drive, NULL) == 0 && is_same(&lost, &drive->id))
		return true;
	let_go(drive);
	drive->id = lost;
	snprintf(drive->path, sizeof(drive->path), "%s", former);
	return false;
}

enum { MOST_NAMES = 64 };

uint64_t drive_names_taken(void)
{
	uint64_t names = 0;
	char path[32];

	for (unsigned i = 0; i < MOST_NAMES; i++) {
		snprintf(path, sizeof(path), "/dev/sr%u", i);
		if (access(path, F_OK) == 0)
			names |= UINT64_C(1) << i;
	}
	return names;
}

/* Drives of one make may tell no serial number; then one that was there all the time is another. */
static bool is_neighbour(const struct discern_drive *drive, const char *path)
{
	char rest;
	unsigned i;

	return drive->id.serial[0] == '\0' && sscanf(path, "/dev/sr%u%c", &i, &rest) == 1 && i < MOST_NAMES &&
	       (drive->names_at_open & UINT64_C(1) << i) != 0;
}

static bool try_others(struct discern_drive *drive)
{
	struct discern_drive_entry *entries = NULL;
	bool is_found = false;
	size_t n = 0;

	if (!drive->can_reopen || discern_drive_list(&entries, &n, NULL) < 0)
		return false;
	for (size_t i = 0; i < n && !is_found; i++)
		if (entries[i].holder[0] == '\0' && strcmp(entries[i].path, drive->path) != 0 &&
		    !is_neighbour(drive, entries[i].path))
			is_found = try_path(drive, entries[i].path);
	free(entries);
	return is_found;
}

int drive_reopen(struct discern_drive *drive, unsigned max_seconds, struct discern_error *err)
{
	enum { POLL_MS = 500 };
	uint64_t deadline_ms = now_ms() + (uint64_t)max_seconds * 1000;
	struct scsi_command lock;

	let_go(drive);
	while (!try_path(drive, drive->path) && !try_others(drive)) {
		if (now_ms() >= deadline_ms)
			return discern_error_set(err, -ENODEV, "%s: the drive is gone, and was not back within %u s",
						 drive->path, max_seconds);
		if (drive_sleep_ms(POLL_MS) < 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while waiting for the drive",
						 drive->path);
	}
	drive_claim(drive);
	if (drive->is_locked) {
		mmc_prevent_removal(&lock, true);
		drive_run(drive, &lock, NULL, NULL);
	}
	return drive_wait_ready(drive, err);
}
