/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/readings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/observe.h"

void readings_begin(struct readings *readings, const struct discern_observer *observer)
{
	if (readings == NULL)
		return;
	memset(readings, 0, sizeof(*readings));
	if (observer != NULL)
		readings->observer = *observer;
}

const char *readings_because(struct readings *readings, const char *reason)
{
	const char *before = readings != NULL ? readings->reason : NULL;

	if (readings != NULL)
		readings->reason = reason;
	return before;
}

static const char *reason_of(const struct readings *readings)
{
	return readings->reason != NULL ? readings->reason : "for no reason told";
}

static const char *name_place(int32_t lba, int32_t end_lba, char ret_words[64])
{
	if (end_lba - lba <= 1)
		snprintf(ret_words, 64, "LBA %" PRId32, lba);
	else
		snprintf(ret_words, 64, "LBA %" PRId32 " to %" PRId32, lba, end_lba - 1);
	return ret_words;
}

static void tell_one(const struct readings *readings, const struct readings_command *command)
{
	char place[64];

	name_place(command->lba, command->lba + (int32_t)command->n_sectors, place);
	observe_message(&readings->observer, DISCERN_LEVEL_DEBUG, "read %s%s%s: %s%s%s", place,
			command->way[0] != '\0' ? ", " : "", command->way, reason_of(readings),
			command->trouble != NULL ? ": " : "", command->trouble != NULL ? command->trouble : "");
}

static void tell_kind(const struct readings *readings, const struct readings_kind *kind)
{
	char sizes[64], place[64], failed[48] = "";

	if (kind->n_least == kind->n_most)
		snprintf(sizes, sizeof(sizes), "%" PRIu32 " sector%s", kind->n_most, kind->n_most == 1 ? "" : "s");
	else
		snprintf(sizes, sizeof(sizes), "%" PRIu32 " to %" PRIu32 " sectors", kind->n_least, kind->n_most);
	if (kind->n_failed > 0)
		snprintf(failed, sizeof(failed), ", %" PRIu64 " failed", kind->n_failed);
	observe_message(&readings->observer, DISCERN_LEVEL_DETAIL, "%s: %" PRIu64 " read%s of %s%s%s, %s%s",
			kind->reason, kind->n_commands, kind->n_commands == 1 ? "" : "s", sizes,
			kind->way[0] != '\0' ? ", " : "", kind->way, name_place(kind->first_lba, kind->end_lba, place),
			failed);
}

void readings_tell(struct readings *readings)
{
	if (readings == NULL)
		return;
	for (unsigned i = 0; i < readings->n_kinds; i++)
		tell_kind(readings, &readings->kinds[i]);
	readings->n_kinds = 0;
}

static struct readings_kind *find_kind(struct readings *readings, const char *way)
{
	const char *reason = reason_of(readings);
	struct readings_kind *kind;

	for (unsigned i = 0; i < readings->n_kinds; i++) {
		kind = &readings->kinds[i];
		if (strncmp(kind->reason, reason, sizeof(kind->reason) - 1) == 0 && strcmp(kind->way, way) == 0)
			return kind;
	}
	if (readings->n_kinds == READINGS_KINDS)
		readings_tell(readings);
	kind = &readings->kinds[readings->n_kinds++];
	memset(kind, 0, sizeof(*kind));
	snprintf(kind->reason, sizeof(kind->reason), "%s", reason);
	snprintf(kind->way, sizeof(kind->way), "%s", way);
	return kind;
}

void readings_note(struct readings *readings, const struct readings_command *command)
{
	struct readings_kind *kind;
	int64_t end = (int64_t)command->lba + command->n_sectors;

	if (readings == NULL || readings->observer.message == NULL || end > INT32_MAX)
		return;
	tell_one(readings, command);
	kind = find_kind(readings, command->way);
	if (kind->n_commands == 0 || command->lba < kind->first_lba)
		kind->first_lba = command->lba;
	if (kind->n_commands == 0 || end > kind->end_lba)
		kind->end_lba = (int32_t)end;
	if (kind->n_commands == 0 || command->n_sectors < kind->n_least)
		kind->n_least = command->n_sectors;
	if (command->n_sectors > kind->n_most)
		kind->n_most = command->n_sectors;
	kind->n_commands++;
	kind->n_failed += command->trouble != NULL;
}
