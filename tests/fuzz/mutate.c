/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without operands: mutates the seeds of a fuzz target, always in the same way. With files: runs them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "fuzz/fuzz.h"

/* libFuzzer mutates by itself, and has its own main(). */
#ifndef DISCERN_FUZZER

/* Of a large seed a round takes its time. */
#define N_ROUNDS 4000
#define N_ROUNDS_LARGE 1000
#define LARGE_SEED ((size_t)64 << 10)
#define MAX_MUTATIONS 8
#define MAX_PIECE 64

/* One input must not take longer; a loop without end is a failure. */
#define SECONDS_PER_ROUND 20

/* A seed, a copy to be changed, and where it holds something. */
struct subject {
	const uint8_t *seed;
	uint8_t *data;
	size_t size;
	size_t *used;
	size_t n_used;
};

static uint64_t random_state = 88172645463325252ULL;

/* Xorshift: the same sequence on every machine. */
static uint32_t next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % below;
}

static void put_number(uint8_t *p)
{
	static const uint32_t numbers[] = { 0, 1, 0x7f, 0xff, 0x800, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff };
	uint32_t number = numbers[next_random(sizeof(numbers) / sizeof(numbers[0]))];

	if (next_random(2) == 0)
		put_le32(p, number);
	else
		put_be32(p, number);
}

/* Changes up to MAX_PIECE bytes somewhere, mostly where the seed holds something. Returns the offset. */
static size_t mutate(const struct subject *subject)
{
	size_t at = next_random(8) == 0 || subject->n_used == 0 ? next_random((uint32_t)subject->size)
								: subject->used[next_random((uint32_t)subject->n_used)];
	size_t room = subject->size - at < MAX_PIECE ? subject->size - at : MAX_PIECE;

	switch (next_random(4)) {
	case 0:
		subject->data[at] ^= (uint8_t)(1U << next_random(8));
		break;
	case 1:
		subject->data[at] = (uint8_t)next_random(256);
		break;
	case 2:
		if (room >= 4)
			put_number(subject->data + at);
		break;
	default:
		/* A piece of it in another place. */
		memmove(subject->data + at, subject->data + next_random((uint32_t)(subject->size - room + 1)), room);
		break;
	}
	return at;
}

static void run_round(const struct subject *subject)
{
	size_t changed[MAX_MUTATIONS];
	unsigned n = 1 + next_random(MAX_MUTATIONS);
	/* Cut off now and then. */
	size_t size = next_random(16) == 0 ? 1 + next_random((uint32_t)subject->size) : subject->size;

	for (unsigned i = 0; i < n; i++)
		changed[i] = mutate(subject);
	alarm(SECONDS_PER_ROUND);
	LLVMFuzzerTestOneInput(subject->data, size);
	for (unsigned i = 0; i < n; i++) {
		size_t left = subject->size - changed[i];

		memcpy(subject->data + changed[i], subject->seed + changed[i], left < MAX_PIECE ? left : MAX_PIECE);
	}
}

static void run_seed(const uint8_t *seed, size_t size)
{
	struct subject subject = { .seed = seed, .size = size };

	subject.data = malloc(size);
	subject.used = calloc(size, sizeof(*subject.used));
	if (subject.data == NULL || subject.used == NULL)
		abort();
	memcpy(subject.data, seed, size);
	for (size_t i = 0; i < size; i++)
		if (seed[i] != 0)
			subject.used[subject.n_used++] = i;
	for (unsigned i = 0; i < (size > LARGE_SEED ? N_ROUNDS_LARGE : N_ROUNDS); i++)
		run_round(&subject);
	free(subject.used);
	free(subject.data);
}

static int run_file(const char *path)
{
	char *data;
	size_t size;

	if (file_read_all(path, 64 << 20, &data, &size, NULL) < 0) {
		fprintf(stderr, "%s: cannot read\n", path);
		return 1;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int ret = 0;

	for (int i = 1; i < argc; i++)
		ret |= run_file(argv[i]);
	for (unsigned i = 0; argc == 1; i++) {
		size_t size;
		uint8_t *seed = fuzz_seed(i, &size);

		if (seed == NULL)
			return i > 0 ? 0 : 1;
		run_seed(seed, size);
		free(seed);
	}
	return ret;
}

#endif
