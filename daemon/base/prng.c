/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/prng.h"

#include <math.h>

static uint64_t rotate_left(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void prng_init(struct prng *prng, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		prng->state[i] = splitmix(&seed);
	prng->spare = 0;
	prng->has_spare = 0;
}

uint64_t prng_next(struct prng *prng)
{
	uint64_t *s = prng->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

double prng_uniform(struct prng *prng)
{
	return (double)(prng_next(prng) >> 11) * 0x1p-53;
}

uint64_t prng_below(struct prng *prng, uint64_t limit)
{
	uint64_t reject_below = -limit % limit;
	uint64_t x;

	do {
		x = prng_next(prng);
	} while (x < reject_below);
	return x % limit;
}

double prng_normal(struct prng *prng)
{
	double u, v, s;

	if (prng->has_spare) {
		prng->has_spare = 0;
		return prng->spare;
	}
	do {
		u = 2 * prng_uniform(prng) - 1;
		v = 2 * prng_uniform(prng) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	s = sqrt(-2 * log(s) / s);
	prng->spare = v * s;
	prng->has_spare = 1;
	return u * s;
}
