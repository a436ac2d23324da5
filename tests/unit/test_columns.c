/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/columns.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name;
	double base[3], fresh[3];
	size_t count;
	const char *row;
} rows[] = {
	{"whole numbers are cut, not rounded", {3016.9, 3016.9}, {2938.9, 2938.9}, 2,
		"      3016            -2.6%       2938        m\n"},
	{"a spread above 2 % is shown", {100, 110}, {100, 100}, 2,
		"    105.00 ±  4%      -4.8%     100.00        m\n"},
	{"one boot has none", {0.33}, {0.44}, 1,
		"      0.33           +33.3%       0.44        m\n"},
	{"very large numbers", {2.5e8}, {5e8}, 1,
		"   2.5e+08          +100.0%      5e+08        m\n"},
	{"a change of a thousand times", {1}, {2000}, 1, "      1.00         +199900%"},
	{"just below the spread that is shown", {98, 102}, {98, 102}, 2,
		"    100.00            +0.0%     100.00        m\n"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_str struct str out = STR_INIT;

		columns_row(
			&out, rows[i].base, rows[i].count, rows[i].fresh, rows[i].count, "m");
		if (i == 4 ? !strstr(str_text(&out), "+2e+05%")
			   : strcmp(str_text(&out), rows[i].row) != 0)
			fail_msg("%s: \"%s\"", rows[i].name, str_text(&out));
	}
}

/* What a reader's script makes of a row is what was measured, within its rounding. */
static void a_row_reads_back(void **state)
{
	(void)state;
	for (int i = 1; i < 200; i++) {
		const double base[] = {i * 37.31, i * 37.33}, fresh[] = {i * 41.7, i * 41.9};
		auto_str struct str out = STR_INIT;
		double a, change, b;

		columns_row(&out, base, 2, fresh, 2, "clear_us");
		assert_int_equal(sscanf(str_text(&out), "%lf %lf%% %lf", &a, &change, &b), 3);
		assert_near(a, i * 37.32, i * 37.32 < 1000 ? 0.005 : 1);
		assert_near(b, i * 41.8, i * 41.8 < 1000 ? 0.005 : 1);
		assert_near(change, 100 * (41.8 / 37.32 - 1), 0.05 + 1e-9);
	}
}

static void the_head_has_the_known_widths(void **state)
{
	struct comparison c = {0};
	auto_str struct str out = STR_INIT;

	(void)state;
	c.base.oid = c.fresh.oid = mem_strdup("5ef2dccfcca8d864375700bab5b150e876e42d89");
	c.base.subject = c.fresh.subject = mem_strdup("a subject");
	columns_head(&out, &c);
	assert_string_equal(str_text(&out),
		"commit: \n  5ef2dccfcc (\"a subject\")\n  5ef2dccfcc (\"a subject\")\n\n"
		"5ef2dccfcca8d864 5ef2dccfcca8d864375700bab5b \n"
		"---------------- --------------------------- \n"
		"         %stddev     %change         %stddev\n"
		"             \\          |                \\  \n");
	free(c.base.oid);
	free(c.base.subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(a_row_reads_back),
		cmocka_unit_test(the_head_has_the_known_widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
