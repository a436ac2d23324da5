/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/judge.h"

#include <errno.h>

#include "store_fixture.h"

/* Boots A B B A ..., whose "enable" takes base or fresh instructions, and a bit. */
static void measure(struct store *s, int boots, double base, double fresh)
{
	for (int i = 0; i < boots; i++) {
		char side = "ABBA"[i % 4];
		int64_t id = store_boot(s, side, 100 * i);

		store_process(s, id, 1, (side == 'A' ? base : fresh) * (1 + 0.001 * (i % 3)));
		store_boot_good(s, id, 100 * i + 50);
	}
}

static const struct cell *enable_cell(const struct comparison *c)
{
	for (size_t i = 0; i < c->cell_count; i++)
		if (c->cells[i].base.count &&
			!strcmp(c->metrics[c->cells[i].metric].name, "enable"))
			return &c->cells[i];
	fail_msg("no cell has values");
	return c->cells;
}

static const struct {
	const char *name;
	double base, fresh;
	enum verdict want;
} rows[] = {
	{"a slower kernel", 1e6, 2e6, VERDICT_REGRESSED},
	{"a faster kernel", 2e6, 1e6, VERDICT_IMPROVED},
	{"an equal kernel", 1e6, 1e6, VERDICT_UNCHANGED},
};

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cell *cell;
		struct comparison c;
		struct store s;

		store_open(&s);
		measure(&s, 12, rows[i].base, rows[i].fresh);
		must(judge_comparison(s.db, s.run.id, &c, &store_err));
		cell = enable_cell(&c);
		assert_int_equal(cell->base.count, 6);
		assert_int_equal(cell->fresh.count, 6);
		if (cell->verdict != rows[i].want)
			fail_msg("%s: %s", rows[i].name, verdict_name(cell->verdict));
		assert_close(1 + cell->change, rows[i].fresh / rows[i].base, 0.01);
		assert_int_equal(c.chunk_bytes, 2 << 20);
		assert_true(strlen(c.sentence) > 10);
		comparison_clear(&c);
		store_close(&s);
	}
}

static void a_comparison_that_failed_tells_its_reason(void **state)
{
	struct comparison c;
	struct store s;

	(void)state;
	store_open(&s);
	measure(&s, 1, 1e6, 1e6);
	must(run_end(s.db, &s.run, FAILURE_KERNEL, SYMPTOM_PANIC, "kernel b panics at boot", 9,
		&store_err));
	must(judge_comparison(s.db, s.run.id, &c, &store_err));
	assert_int_equal(c.headline, VERDICT_FAILED);
	assert_non_null(strstr(c.sentence, "kernel b panics at boot"));
	comparison_clear(&c);
	store_close(&s);
}

static void what_cannot_be_judged_is_an_error(void **state)
{
	struct comparison c;
	struct store s;

	(void)state;
	store_open(&s);
	assert_int_equal(judge_comparison(s.db, 4711, &c, &store_err), -ENOENT);
	must(db_exec(s.db, "UPDATE plans SET text = '[plan]'", &store_err));
	assert_int_equal(judge_comparison(s.db, s.run.id, &c, &store_err), -EINVAL);
	assert_string_equal(
		store_err.text, "stored plan of comparison 1: small:1: [plan] has no \"name\"");
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(a_comparison_that_failed_tells_its_reason),
		cmocka_unit_test(what_cannot_be_judged_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
