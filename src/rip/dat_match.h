/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which entry of a dat a disc's tracks are. */
#ifndef RIP_DAT_MATCH_H
#define RIP_DAT_MATCH_H

#include <discern/rip_raw.h>

/** Looks the tracks, whose sums are made, up: sets .dat, .dat_game, .n_dat_games and each track's .dat_file. 0, or what
 *  dat_file_read() says. */
int dat_match(const char *path, struct discern_rip_raw_result *result, struct discern_error *err);

/** Whether it can be read as a dat at all. */
int dat_check(const char *path, struct discern_error *err);

#endif
