/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One drive of a burn on several: it plans, burns disc after disc, and has discs exchanged. */
#ifndef CLI_BURN_STATION_H
#define CLI_BURN_STATION_H

#include <discern/burn.h>

#include "cli/burn_options.h"
#include "cli/burn_queue.h"
#include "cli/burn_table.h"

/** What all drives of a burn share. */
struct burn_order {
	struct burn_options *options;
	struct workers *workers;
	struct discern_burn_check check;
	/** NULL for a queue, and before anything is burned. */
	struct discern_burn_window *window;
	struct burn_queue *queue;
	/** Discs that are still to be begun; a disc that was spoiled is to be made again if discs can be exchanged. */
	int64_t n_wanted;
	/** Discs are exchanged. */
	bool has_exchange;
	/** Somebody is there who is asked before a disc loses what it holds. */
	bool asks;
	bool is_stopping;
	/** Numbers of the drives' lines; those of discs come to the table. */
	struct burn_table table;
};

enum burn_step { BURN_IDLE, BURN_PLAN, BURN_WRITE, BURN_ASK, BURN_EJECT, BURN_WAIT, BURN_GIVEN_UP };

struct burn_station {
	struct burn_order *order;
	struct worker *worker;
	char path[64];
	const char *name;
	size_t line;
	enum burn_step step;
	/** A disc that may be burned is in it; and it waits for one to be taken out or put in. */
	bool has_disc, waits;
	unsigned n_failures;
	/** What the dry run has told; its exit code and complaint. */
	struct answer *plan;
	int plan_code;
	char plan_words[512];
	/** The line of the queue that it burns. */
	char *task;
	/** What its disc holds and may lose; and in BURN_ASK, while its worker waits for an answer, what is to be done to which
	 *  disc, and what that would lose. */
	char agreed_loss[192];
	char question[256], loss[192];
};

/** The words for a disc that was not to be lost. */
extern const char burn_station_kept[];

void burn_station_init(struct burn_station *station, struct burn_order *order, const char *path);

/** Starts the dry run; or for a queue looks what disc is in it. */
void burn_station_plan(struct burn_station *station);

/** Goes on with the next disc, if there is something to do for it. */
void burn_station_go_on(struct burn_station *station);

/** Of one in BURN_ASK: it burns, or takes the next disc. */
void burn_station_answer(struct burn_station *station, bool is_yes);

void burn_station_stop(struct burn_station *station, int signal);

void burn_station_clear(struct burn_station *station);

#endif
