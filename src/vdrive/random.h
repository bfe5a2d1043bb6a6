/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that look random and are the same in every run: faults with a seed can be had again. */
#ifndef VDRIVE_RANDOM_H
#define VDRIVE_RANDOM_H

#include <stdint.h>

/** The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static inline uint64_t random_mix(uint64_t value)
{
	value += 0x9e3779b97f4a7c15;
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
	value = (value ^ value >> 27) * 0x94d049bb133111eb;
	return value ^ value >> 31;
}

/** The next number of a sequence. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t value = random_mix(*state);

	*state += 0x9e3779b97f4a7c15;
	return value;
}

/** The number that belongs to two others, wherever in a sequence it is asked for. */
static inline uint64_t random_of(uint64_t seed, uint64_t number)
{
	return random_mix(random_mix(seed) ^ number * 0xd1342543de82ef95);
}

/** From 0 to less than 1. */
static inline double random_fraction(uint64_t value)
{
	return (double)(value >> 11) * 0x1p-53;
}

#endif
