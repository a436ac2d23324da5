/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdint.h>

/*
 * A seeded generator, so that every simulation repeats to the bit on every
 * machine: xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators", ACM TOMS 47(4), 2021). Not for keys.
 */
struct prng {
	uint64_t state[4];
	double spare; /* the second normal of a pair, see prng_normal() */
	int has_spare;
};

void prng_init(struct prng *prng, uint64_t seed);
uint64_t prng_next(struct prng *prng);
double prng_uniform(struct prng *prng);			/* in [0, 1), 53 bits */
uint64_t prng_below(struct prng *prng, uint64_t limit); /* in [0, limit), unbiased; limit > 0 */
double prng_normal(struct prng *prng);			/* mean 0, sd 1 (Marsaglia polar) */

#endif
