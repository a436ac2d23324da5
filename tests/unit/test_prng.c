/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/prng.h"

#include "support.h"

#include "base/mem.h"

/*
 * First outputs of the authors' xoshiro256starstar.c with the state that their
 * splitmix64.c gives for the seed.
 */
static void known_numbers_come_out(void **state)
{
	static const uint64_t state_1234[] = {1, 2, 3, 4};
	static const uint64_t want[] = {11520, 0, 1509978240, 1215971899390074240u,
		1216172134540287360u, 607988272756665600u};
	static const uint64_t splitmix_0[] = {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u,
		0x06c45d188009454fu, 0xf88bb8a8724c81ecu};
	struct prng prng = {0};

	(void)state;
	memcpy(prng.state, state_1234, sizeof(state_1234));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_true(prng_next(&prng) == want[i]);
	prng_init(&prng, 0);
	assert_memory_equal(prng.state, splitmix_0, sizeof(splitmix_0));
}

static void numbers_stay_in_their_range(void **state)
{
	size_t seen[7] = {0};
	struct prng prng;

	(void)state;
	prng_init(&prng, 7);
	for (int i = 0; i < 70000; i++) {
		double u = prng_uniform(&prng);
		uint64_t n = prng_below(&prng, 7);

		assert_true(u >= 0 && u < 1);
		assert_true(n < 7);
		seen[n]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		assert_near((double)seen[i], 10000, 500); /* more than five sigma */
	assert_int_equal(prng_below(&prng, 1), 0);
}

static void normals_have_mean_0_and_variance_1(void **state)
{
	double sum = 0, squares = 0, fourth = 0;
	struct prng prng;

	(void)state;
	prng_init(&prng, 1);
	for (int i = 0; i < 200000; i++) {
		double x = prng_normal(&prng);

		sum += x;
		squares += x * x;
		fourth += x * x * x * x;
	}
	assert_near(sum / 200000, 0, 0.012);
	assert_near(squares / 200000, 1, 0.02);
	assert_near(fourth / 200000, 3, 0.12);
}

static void the_same_seed_gives_the_same_normals(void **state)
{
	struct prng a, b;

	(void)state;
	prng_init(&a, 99);
	prng_normal(&a); /* leaves a spare behind, which a new seed must forget */
	prng_init(&a, 5);
	prng_init(&b, 5);
	for (int i = 0; i < 5; i++)
		assert_true(prng_normal(&a) == prng_normal(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_numbers_come_out),
		cmocka_unit_test(numbers_stay_in_their_range),
		cmocka_unit_test(normals_have_mean_0_and_variance_1),
		cmocka_unit_test(the_same_seed_gives_the_same_normals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
