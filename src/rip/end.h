/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only reading can tell about the size: a few single sectors are tried before the long read begins. */
#ifndef RIP_END_H
#define RIP_END_H

#include "disc/source.h"
#include "rip/rip_plan.h"

/**
 * Corrects the plan by what can be read: cuts off sectors behind the recorded area, run-out and padding, or goes
 * on to the end that a file system names.
 * @param ret_n_run_out  run-out sectors cut off
 * @return 0, or the source's own trouble (not an unreadable sector)
 */
int end_find(struct discern_source *source, struct rip_plan *plan, uint32_t *ret_n_run_out, struct discern_error *err);

/**
 * Counts the run-out of sessions before the last one to the gaps behind them, where the volume of the session ends
 * before it.
 * @return 0, or the source's own trouble
 */
int end_widen_gaps(struct discern_source *source, struct rip_plan *plan, struct discern_error *err);

/** Whether the answer to a read concerns the sectors only, so that others may be readable. */
bool rip_is_bad_sector(int code);

/** Makes -EKEYREJECTED with words of an error whose sense says that the drive refuses a protected sector; returns
 *  the code, as it was in every other case. */
int rip_tell_protection(int code, struct discern_error *err);

/** source_read(), with the drive's refusal to give out protected sectors told apart: -EKEYREJECTED. */
int rip_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
	     struct discern_error *err);

#endif
