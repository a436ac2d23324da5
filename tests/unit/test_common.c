/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/common.h"

#include "support.h"

#define CELLS 30
#define BOOTS 5

static double base[CELLS][BOOTS], fresh[CELLS][BOOTS];
static double centres[CELLS], scales[CELLS];
static size_t base_boots[BOOTS] = {10, 11, 12, 13, 14};
static size_t fresh_boots[BOOTS] = {90, 91, 92, 93, 94};
static struct sample samples[CELLS];

/* Boot i moves every cell by i of its scales; metrics are 7 and 8, half of the cells each. */
static void build(void)
{
	for (size_t c = 0; c < CELLS; c++) {
		centres[c] = -3 + 0.1 * (double)c;
		scales[c] = 0.01 * (double)(1 + c % 4);
		for (size_t i = 0; i < BOOTS; i++) {
			base[c][i] = centres[c] + scales[c] * (double)i;
			fresh[c][i] = centres[c] - scales[c] * (double)i;
		}
		samples[c] = (struct sample){.base = base[c],
			.fresh = fresh[c],
			.base_boots = base_boots,
			.fresh_boots = fresh_boots,
			.base_count = BOOTS,
			.fresh_count = BOOTS,
			.metric = c % 2 ? 7 : 8};
	}
}

static void test_what_boots_share_is_removed(void **state)
{
	struct common common;

	(void)state;
	build();
	assert_true(common_find(samples, centres, scales, CELLS, &common));
	for (size_t c = 0; c < CELLS; c++)
		for (size_t i = 0; i < BOOTS; i++) {
			assert_near(common.adjusted[c].base[i], centres[c], 1e-12);
			assert_near(common.adjusted[c].fresh[i], centres[c], 1e-12);
			assert_near(common.scores[common.metric_of[c]].base[i], i, 1e-12);
		}
	common_clear(&common);
}

/* A boot that is 20 % slower everywhere: quiet cells have no more of it than noisy ones. */
static void test_an_outlier_is_removed_from_quiet_cells_too(void **state)
{
	struct common common;

	(void)state;
	build();
	for (size_t c = 0; c < CELLS; c++)
		fresh[c][2] += 0.2;
	assert_true(common_find(samples, centres, scales, CELLS, &common));
	for (size_t c = 0; c < CELLS; c++)
		for (size_t i = 0; i < BOOTS; i++)
			assert_near(common.adjusted[c].fresh[i], centres[c], 1e-12);
	common_clear(&common);
}

/* ... and where all are alike, it is the slope that takes it away. */
static void test_an_outlier_among_equal_cells(void **state)
{
	struct common common;

	(void)state;
	build();
	for (size_t c = 0; c < CELLS; c++) {
		scales[c] = 0.01;
		for (size_t i = 0; i < BOOTS; i++) {
			base[c][i] = centres[c];
			fresh[c][i] = centres[c] + (i == 2 ? 0.2 : 0);
		}
	}
	assert_true(common_find(samples, centres, scales, CELLS, &common));
	for (size_t c = 0; c < CELLS; c++)
		for (size_t i = 0; i < BOOTS; i++)
			assert_near(common.adjusted[c].fresh[i], centres[c], 1e-12);
	common_clear(&common);
}

static void test_a_metric_does_not_explain_itself_away(void **state)
{
	struct common common;

	(void)state;
	build();
	for (size_t c = 0; c < CELLS; c += 2)
		for (size_t i = 0; i < BOOTS; i++)
			fresh[c][i] += 0.5;
	fresh[1][2] += 7; /* and one outlier among the others moves nothing */
	assert_true(common_find(samples, centres, scales, CELLS, &common));
	for (size_t c = 0; c < CELLS; c += 2)
		for (size_t i = 0; i < BOOTS; i++)
			assert_near(common.adjusted[c].fresh[i], centres[c] + 0.5, 1e-12);
	common_clear(&common);
}

static void test_missing_values(void **state)
{
	struct common common;

	(void)state;
	build();
	samples[3].base_count = 0;
	samples[4].fresh_count = 1;
	samples[5].base_count = samples[5].fresh_count = 0;
	scales[6] = 0;
	assert_true(common_find(samples, centres, scales, CELLS, &common));
	assert_true(common.has_scores[3] && common.has_scores[4]);
	assert_false(common.has_scores[5] || common.has_scores[6]);
	assert_ptr_equal(common.adjusted[6].base, samples[6].base);
	assert_near(common.adjusted[4].fresh[0], centres[4], 1e-12);
	common_clear(&common);
}

static void test_too_little(void **state)
{
	struct common common;

	(void)state;
	build();
	assert_false(common_find(samples, centres, scales, 2 * COMMON_CELLS - 2, &common));
	assert_true(common_find(samples, centres, scales, 2 * COMMON_CELLS, &common));
	common_clear(&common);
	assert_false(common_find(samples, centres, scales, 0, &common));
	for (size_t c = 0; c < CELLS; c++)
		samples[c].metric = 1;
	assert_false(common_find(samples, centres, scales, CELLS, &common));
	build();
	samples[0].base_boots = NULL;
	assert_false(common_find(samples, centres, scales, CELLS, &common));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_boots_share_is_removed),
		cmocka_unit_test(test_an_outlier_is_removed_from_quiet_cells_too),
		cmocka_unit_test(test_an_outlier_among_equal_cells),
		cmocka_unit_test(test_a_metric_does_not_explain_itself_away),
		cmocka_unit_test(test_missing_values),
		cmocka_unit_test(test_too_little),
	};

	return cmocka_run_group_tests_name("common", tests, NULL, NULL);
}
