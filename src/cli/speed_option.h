/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --speed, as rip and burn have it. */
#ifndef CLI_SPEED_OPTION_H
#define CLI_SPEED_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/** What was given; both 0 for the fastest. */
struct speed_option {
	/** In tenths of the disc's 1x. */
	uint32_t tenths;
	/** kB/s of 1000 bytes of user data. */
	uint32_t kbps;
};

/** Reads "8", "8x", "2.4", "5540kB/s" or "max". False if it is none of them. */
bool speed_option_read(const char *word, struct speed_option *ret_speed);

/** kB/s on a medium of this 1x. */
uint32_t speed_option_kbps(const struct speed_option *speed, uint32_t speed_1x_kbps);

#endif
