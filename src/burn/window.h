/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of an image for several burns in processes of their own: one thread reads the file once, into a ring of shared
 * memory, ahead of the fastest of them. Nobody waits for anybody: whoever falls behind the ring, or does not get something
 * in time, reads the file itself. Each of them still accounts for all of its bytes and hashes them (feed.h).
 */
#ifndef BURN_WINDOW_H
#define BURN_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/burn.h>

/** In a worker: takes size bytes of the image from offset on, out of the ring. False: they are to be read from the file. */
bool window_take(struct discern_burn_window *window, uint8_t *data, uint64_t offset, size_t size);

#endif
