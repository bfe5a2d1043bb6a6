/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of discern burn --queue: a line for each disc, IMAGE [OPTION…]; # begins a comment. What was burned becomes a
 * comment, so that the same command goes on with the rest; lines may be added while it runs.
 */
#ifndef CLI_BURN_QUEUE_H
#define CLI_BURN_QUEUE_H

#include "cli/workers.h"

struct burn_queue;

/** -ENOENT and what else the system says. Release with burn_queue_free(). */
int burn_queue_open(const char *path, struct burn_queue **ret_queue, struct discern_error *err);

/** Lines that are neither done, nor taken, nor have failed before, as the file is now; -errno if it cannot be read. */
int burn_queue_left(struct burn_queue *queue, struct discern_error *err);

/** Takes the next of them; the caller frees it. NULL if there is none. */
char *burn_queue_take(struct burn_queue *queue);

/** Gives a line back that was taken and not burned. */
void burn_queue_give_back(struct burn_queue *queue, const char *line);

/** Records what became of a line that was taken: one that is good is not burned again. words say in which drive and what. */
int burn_queue_record(struct burn_queue *queue, const char *line, bool is_good, const char *words,
		      struct discern_error *err);

/** The words of a line, with quotes and backslashes as a shell has them; false if a quote is not ended. */
bool burn_queue_split(const char *line, struct worker_words *ret_words);

/** Accepts NULL, returns NULL. */
struct burn_queue *burn_queue_free(struct burn_queue *queue);

#endif
