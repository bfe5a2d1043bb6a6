/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fuzz target is one fuzz_*.c with these two functions. mutate.c drives it in "make check", a bounded number of
 * mutations of the seeds, the same ones each time; clang's libFuzzer can drive it without end:
 * link it with -fsanitize=fuzzer instead of mutate.c.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Gives the input to the code under test; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Seed number index, to be freed by the caller; NULL when there are no more. */
uint8_t *fuzz_seed(unsigned index, size_t *ret_size);

#endif
