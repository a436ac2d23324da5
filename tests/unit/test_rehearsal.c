/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/rehearsal.h"

#include "support.h"

/*
 * Bisects that are made up, with fixed seeds; kvmperf simulate --bisect gives
 * the figures of 1000. The right commit or a range that holds it: 99 %.
 */
static const struct {
	const char *name;
	double effect, boot_sd, session_sd, drift_sd, outliers, skips;
	int commits, named_least; /* of 200 */
	double builds_most, boots_most;
} rows[] = {
	{"five sd in a steady lab", 0.05, 0.01, 0, 0, 0, 0, 64, 190, 9, 46},
	{"five sd, lab sessions differ as boots do", 0.05, 0.01, 0.01, 0.001, 0, 0, 64, 190, 9,
		45},
	{"a speedup", -0.05, 0.01, 0.01, 0.001, 0, 0, 64, 190, 9, 45},
	{"twenty sd, as on an emulated host", 0.2, 0.01, 0, 0, 0, 0, 1000, 198, 13.5, 30},
	{"commits that do not build", 0.1, 0.01, 0.01, 0.001, 0, 0.15, 24, 100, 9, 30},
	{"outlier boots", 0.05, 0.01, 0.01, 0.001, 0.05, 0, 64, 100, 9, 60},
	{"a lab that drifts by half a sd a boot", 0.05, 0.01, 0.03, 0.005, 0, 0.03, 64, 140,
		9.5, 60},
	{"an effect that is too small is a range", 0.02, 0.01, 0.01, 0.001, 0, 0, 64, 0, 5, 30},
	{"no effect is a range", 0, 0.01, 0.01, 0.001, 0, 0, 64, 0, 5, 30},
	{"two commits, of which the second is always it", 0.1, 0.01, 0, 0, 0, 0, 1, 198, 2, 20},
};

static void test_rows(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rehearsal_rules rules = rehearsal_defaults();
		struct rehearsal s;

		rules.effect = rows[i].effect;
		rules.boot_sd = rows[i].boot_sd;
		rules.session_sd = rows[i].session_sd;
		rules.drift_sd = rows[i].drift_sd;
		rules.outlier_boots = rows[i].outliers;
		rules.skips = rows[i].skips;
		rules.commits = rows[i].commits;
		s = rehearse(&rules, &judging, 200, 1);
		if (s.wrong > 1 || s.wrong + s.range_wrong > 2 ||
			s.right < rows[i].named_least ||
			s.builds > (long)(rows[i].builds_most * s.runs) ||
			s.boots > (long)(rows[i].boots_most * s.runs))
			fail_msg(
				"%s: %d right, %d wrong, ranges %d right, %d wrong, %.2f "
				"builds, %.2f boots",
				rows[i].name, s.right, s.wrong, s.range_right, s.range_wrong,
				(double)s.builds / s.runs, (double)s.boots / s.runs);
		assert_int_equal(s.right + s.wrong + s.range_right + s.range_wrong, s.runs);
	}
}

static void test_same_seed_same_numbers(void **state)
{
	const struct judging judging = judging_defaults();
	struct rehearsal_rules rules = rehearsal_defaults();
	struct rehearsal a = rehearse(&rules, &judging, 30, 7);
	struct rehearsal b = rehearse(&rules, &judging, 30, 7);
	struct rehearsal c = rehearse(&rules, &judging, 30, 8);

	(void)state;
	assert_int_equal(a.boots, b.boots);
	assert_int_equal(a.builds, b.builds);
	assert_int_equal(a.right, b.right);
	assert_true(a.boots != c.boots || a.builds != c.builds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_same_seed_same_numbers),
	};

	return cmocka_run_group_tests_name("rehearsal", tests, NULL, NULL);
}
