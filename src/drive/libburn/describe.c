/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libburn knows of a medium beyond our own commands: speeds, free space, who made it. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/profile.h"
#include "drive/libburn/adapter.h"

/* ---- write speeds ---- */

static int compare_descending(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left < right) - (left > right);
}

static bool has_speed(const struct discern_medium *medium, uint32_t speed_kbps)
{
	for (size_t i = 0; i < medium->n_write_speeds; i++)
		if (medium->write_speeds_kbps[i] == speed_kbps)
			return true;
	return false;
}

static void add_speeds(struct burner *burner, struct discern_medium *medium)
{
	const size_t max = sizeof(medium->write_speeds_kbps) / sizeof(medium->write_speeds_kbps[0]);
	struct burn_speed_descriptor *list = NULL;

	medium->n_write_speeds = 0;
	if (burn_drive_get_speedlist(burner->drive, &list) <= 0)
		return;
	for (const struct burn_speed_descriptor *entry = list; entry != NULL; entry = entry->next) {
		/* Each speed comes once per part of the medium and per source of the information. */
		if (entry->write_speed <= 0 || medium->n_write_speeds == max ||
		    has_speed(medium, (uint32_t)entry->write_speed))
			continue;
		medium->write_speeds_kbps[medium->n_write_speeds++] = (uint32_t)entry->write_speed;
	}
	burn_drive_free_speedlist(&list);
	qsort(medium->write_speeds_kbps, medium->n_write_speeds, sizeof(uint32_t), compare_descending);
}

/* ---- manufacturer ---- */

static void add_manufacturer(struct burner *burner, struct discern_medium *medium)
{
	char *product_id = NULL, *code_1 = NULL, *code_2 = NULL, *book_type = NULL;
	char *manufacturer = NULL;

	if (burn_disc_get_media_id(burner->drive, &product_id, &code_1, &code_2, &book_type, 0) == 1 &&
	    product_id != NULL) {
		session_clean_text(product_id, medium->media_id, sizeof(medium->media_id));
		if (code_1 != NULL && code_2 != NULL)
			manufacturer = burn_guess_manufacturer((int)medium->profile, code_1, code_2, 0);
	}
	/* A code that is not in libburn's list gives "Unknown CD manufacturer. Please report …". */
	if (manufacturer != NULL && strncmp(manufacturer, "Unknown ", 8) != 0)
		session_clean_text(manufacturer, medium->manufacturer, sizeof(medium->manufacturer));
	free(product_id);
	free(code_1);
	free(code_2);
	free(book_type);
	free(manufacturer);
}

/* ---- state and space ---- */

/* libburn calls each overwritable medium blank; that is its view on writing, not on what the medium holds. */
static void add_state(enum burn_disc_status status, struct discern_medium *medium)
{
	if (medium->state != DISCERN_MEDIUM_UNUSABLE)
		return;
	switch (status) {
	case BURN_DISC_BLANK:
		medium->state = DISCERN_MEDIUM_BLANK;
		break;
	case BURN_DISC_APPENDABLE:
		medium->state = DISCERN_MEDIUM_APPENDABLE;
		break;
	case BURN_DISC_FULL:
		medium->state = DISCERN_MEDIUM_COMPLETE;
		break;
	case BURN_DISC_UNREADY:
	case BURN_DISC_EMPTY:
	case BURN_DISC_UNGRABBED:
	case BURN_DISC_UNSUITABLE:
	default:
		break;
	}
}

static void add_free_space(struct burner *burner, enum burn_disc_status status, struct discern_medium *medium)
{
	off_t available;

	if (status != BURN_DISC_BLANK && status != BURN_DISC_APPENDABLE)
		return;
	available = burn_disc_available_space(burner->drive, NULL);
	if (available <= 0 || available / DISCERN_SECTOR_SIZE > INT32_MAX)
		return;
	medium->free_sectors = (uint32_t)(available / DISCERN_SECTOR_SIZE);
	if (medium->capacity_sectors < medium->free_sectors)
		medium->capacity_sectors = medium->free_sectors;
}

int burner_describe(struct burner *burner, struct discern_medium *medium, struct discern_error *err)
{
	struct session_verdict verdict = { 0 };
	enum burn_disc_status status;

	session_enter(burner);
	status = burn_disc_get_status(burner->drive);
	add_state(status, medium);
	if (burn_disc_erasable(burner->drive) == 1)
		medium->is_rewritable = true;
	add_speeds(burner, medium);
	add_free_space(burner, status, medium);
	add_manufacturer(burner, medium);
	session_drain(burner, &verdict);
	session_leave(burner);
	/* A question that the drive refuses only leaves a field empty; a lost drive is another matter. */
	if (verdict.worst >= SESSION_FATAL)
		return session_fail(burner, &verdict, -EIO, "libburn cannot look at the disc", err);
	return 0;
}
