/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/compare.h"

#include "base/mem.h"
#include "base/prng.h"
#include "support.h"

#define MODES	  4
#define SCENARIOS 2 /* without and with manual protect */
#define METRICS	  3 /* enable, clear (shown only), clear-first */

static void add_side(struct cell_side *side, char letter, const struct comparison *c,
	double level, struct prng *prng)
{
	for (size_t i = 0; i < c->boot_count; i++) {
		if (c->boots[i].side != letter || c->boots[i].failure)
			continue;
		side->values = mem_grow(side->values, side->count + 1, sizeof(double));
		side->boots = mem_grow(side->boots, side->count + 1, sizeof(size_t));
		side->sessions = mem_grow(side->sessions, side->count + 1, sizeof(int));
		side->values[side->count] = level * exp(0.003 * prng_normal(prng));
		side->boots[side->count] = i;
		side->sessions[side->count++] = 1;
	}
}

static void add_boots(struct comparison *c, const char *order)
{
	c->boot_count = strlen(order);
	c->boots = MEM_NEW(struct comparison_boot, c->boot_count);
	for (size_t i = 0; i < c->boot_count; i++)
		c->boots[i] = (struct comparison_boot){
			.id = (int64_t)i + 1,
			.sequence = (int)i + 1,
			.side = order[i] == 'x' ? 'B' : order[i],
			.failure = order[i] == 'x' ? FAILURE_KERNEL : FAILURE_NONE,
			.symptom = order[i] == 'x' ? SYMPTOM_PANIC : SYMPTOM_NONE,
			.session = 1,
		};
}

static void add_axes(struct comparison *c)
{
	static const char *const names[METRICS] = {"enable", "clear", "clear-first"};
	static const char *const titles[METRICS] = {
		"enable dirty logging", "clear, average", "clear dirty log, first pass"};

	c->scenario_count = SCENARIOS;
	c->scenarios = MEM_NEW(struct comparison_scenario, SCENARIOS);
	for (int i = 0; i < SCENARIOS; i++)
		c->scenarios[i] =
			(struct comparison_scenario){.name = mem_strdup(i ? "p" : "g"),
				.memory = mem_strdup("4K pages"),
				.command = mem_strdup(i ? "" : "-g"),
				.manual_protect = i == 1};
	c->mode_count = MODES;
	c->modes = MEM_NEW(char *, MODES);
	for (int i = 0; i < MODES; i++)
		c->modes[i] = mem_printf("PA-bits:40, VA-bits:48, %dK pages", 4 << i);
	c->metric_count = METRICS;
	c->metrics = MEM_NEW(struct comparison_metric, METRICS);
	for (int i = 0; i < METRICS; i++)
		c->metrics[i] = (struct comparison_metric){.name = mem_strdup(names[i]),
			.unit = mem_strdup("s"),
			.title = mem_strdup(titles[i]),
			.judged = i != 1};
}

/* Every cell takes 40 ms; the new kernel takes `factor` of it in cells of one metric. */
static void build(struct comparison *c, const char *order, size_t metric, double factor)
{
	struct prng prng;

	memset(c, 0, sizeof(*c));
	prng_init(&prng, 11);
	add_boots(c, order);
	add_axes(c);
	c->cells = MEM_NEW(struct cell, SCENARIOS * MODES * METRICS);
	for (size_t s = 0; s < SCENARIOS; s++)
		for (size_t m = 0; m < MODES; m++)
			for (size_t k = 0; k < METRICS; k++) {
				struct cell *cell = &c->cells[c->cell_count];

				if (k > 0 && !s)
					continue;
				*cell = (struct cell){.scenario = s, .mode = m, .metric = k};
				add_side(&cell->base, 'A', c, 0.040, &prng);
				add_side(&cell->fresh, 'B', c,
					0.040 * (k == metric ? factor : 1), &prng);
				c->cell_count++;
			}
}

static void assert_finite(const struct comparison *c)
{
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *x = &c->cells[i];
		const double all[] = {x->base.mean, x->base.half_width, x->fresh.mean,
			x->fresh.half_width, x->change, x->low, x->high, x->p, x->p_adjusted,
			x->mde, x->minimum};

		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
			assert_true(isfinite(all[k]));
	}
	for (size_t i = 0; i < c->table_count; i++)
		assert_true(isfinite(c->table[i].mean_pct) && isfinite(c->table[i].sd_pct));
	assert_non_null(c->sentence);
	assert_true(c->sentence[0]);
}

static size_t fill(struct comparison *c)
{
	const struct judging judging = judging_defaults();
	const struct compare_known known = {0};
	size_t flagged = compare_fill(&judging, &known, c);

	assert_finite(c);
	return flagged;
}

static const struct {
	const char *name, *order;
	size_t metric;
	double factor;
	enum verdict headline;
	size_t flagged;
	const char *says;
} rows[] = {
	{"a slower metric is found in all its cells", "ABBAABBA", 2, 1.1, VERDICT_REGRESSED, 4,
		"Slower: clear dirty log, first pass +1"},
	{"a faster metric is found in both scenarios", "ABBAABBA", 0, 0.9, VERDICT_IMPROVED, 8,
		"Faster: enable dirty logging -"},
	{"no change", "ABBAABBA", 9, 1, VERDICT_UNCHANGED, 0, "No change: 12 of 12 cells"},
	{"a metric that is only shown is never flagged", "ABBAABBA", 1, 2, VERDICT_UNCHANGED, 0,
		"No change: 12 of 12 cells"},
	{"one boot a side without history is no verdict", "AB", 2, 1.1, VERDICT_FAILED, 0,
		"Failed: one boot a side and no history"},
	{"a kernel that never boots is named", "AxxA", 2, 1, VERDICT_FAILED, 0,
		"Failed: the new kernel: panics at boot."},
	{"no boots at all", "", 2, 1, VERDICT_FAILED, 0,
		"Failed: the base kernel has no value"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct comparison c;
		size_t flagged;

		build(&c, rows[i].order, rows[i].metric, rows[i].factor);
		flagged = fill(&c);
		if (c.headline != rows[i].headline || flagged != rows[i].flagged ||
			strncmp(c.sentence, rows[i].says, strlen(rows[i].says)))
			fail_msg("%s: %s, %zu flagged, \"%s\"", rows[i].name,
				verdict_name(c.headline), flagged, c.sentence);
		comparison_clear(&c);
	}
}

static void test_numbers(void **state)
{
	struct comparison c;
	const struct cell *cell;
	double mean = 0;

	(void)state;
	build(&c, "ABBAABBA", 2, 1.1);
	fill(&c);
	cell = &c.cells[4 + 2]; /* with manual protect, first mode, clear-first */
	assert_int_equal(cell->metric, 2);
	assert_near(cell->change, 0.1, 0.01);
	assert_true(cell->low < cell->change && cell->change < cell->high);
	assert_near(cell->base.mean, 0.04, 0.0004);
	assert_true(cell->base.half_width > 0 && cell->base.half_width < 0.001);
	assert_near(cell->minimum, 0.02, 1e-15);
	assert_true(cell->p_adjusted < 0.05 && cell->p <= cell->p_adjusted);
	assert_true(cell->mde > 0.02 && cell->mde < 0.1);
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 4);
	assert_int_equal(c.verdicts[VERDICT_UNCHANGED], 8);
	assert_int_equal(c.table_count, 3);
	assert_string_equal(c.table[0].label, "enable");
	assert_int_equal(c.table[0].scenario_number, 1);
	assert_string_equal(c.table[1].label, "clear, average");
	assert_string_equal(c.table[2].label, "clear, first");
	assert_int_equal(c.table[2].modes, MODES);
	for (size_t i = 0; i < c.cell_count; i++)
		if (c.cells[i].metric == 2)
			mean += 100 * c.cells[i].change / MODES;
	assert_near(c.table[2].mean_pct, mean, 1e-12);
	comparison_clear(&c);
}

static void test_called_again(void **state)
{
	struct comparison c;

	(void)state;
	build(&c, "ABBAABBA", 2, 1.1);
	fill(&c);
	fill(&c);
	assert_int_equal(c.table_count, 3);
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 4);
	comparison_clear(&c);
}

static void test_same_image(void **state)
{
	struct comparison c;

	(void)state;
	build(&c, "ABBAABBA", 2, 1.1);
	c.base.image_hash = mem_strdup("cafe");
	c.fresh.image_hash = mem_strdup("cafe");
	assert_int_equal(fill(&c), 4);
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 0);
	assert_int_not_equal(c.headline, VERDICT_REGRESSED);
	assert_non_null(strstr(c.sentence, "A/A run without a verdict, 4 cells"));
	comparison_clear(&c);
}

static void test_different_toolchains(void **state)
{
	struct comparison c;

	(void)state;
	build(&c, "ABBAABBA", 2, 1.1);
	c.base.toolchain = mem_strdup("gcc 12");
	c.fresh.toolchain = mem_strdup("gcc 13");
	assert_int_equal(fill(&c), 0);
	assert_int_equal(c.verdicts[VERDICT_FAILED], 12);
	assert_non_null(strstr(c.sentence, "NOT COMPARABLE: toolchain gcc"));
	comparison_clear(&c);
}

static void test_bad_values(void **state)
{
	const double bad[] = {NAN, INFINITY, -INFINITY, 0, -1, 5e-324, 1.7e308};
	struct comparison c;

	(void)state;
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		build(&c, "ABBAABBA", 2, 1.1);
		for (size_t i = 0; i < c.cell_count; i++)
			for (size_t b = 0; b < c.cells[i].fresh.count; b++)
				if (b <= i)
					c.cells[i].fresh.values[b] = bad[k];
		fill(&c);
		comparison_clear(&c);
	}
}

/* A cell that was flagged at look 2 stays flagged, as the p-value never grows. */
static void test_looks(void **state)
{
	const struct judging judging = judging_defaults();
	struct compare_known known = {.looks = 2};
	struct comparison c;
	double first;

	(void)state;
	build(&c, "ABBAABBAABBAABBA", 2, 1.1);
	for (size_t i = 0; i < c.cell_count; i++)
		for (size_t b = 4; b < 8; b++)
			c.cells[i].fresh.values[b] = 0.040 * (b % 2 ? 0.5 : 1.8);
	assert_int_equal(compare_fill(&judging, &known, &c), 4);
	first = c.cells[6].p_adjusted;
	known.looks = 3;
	assert_int_equal(compare_fill(&judging, &known, &c), 4);
	assert_near(c.cells[6].p_adjusted, first, 0);
	known.looks = 0;
	assert_int_equal(compare_fill(&judging, &known, &c), 0);
	comparison_clear(&c);
}

static void test_family_and_history(void **state)
{
	const struct judging judging = judging_defaults();
	bool family[12 + MODES] = {false};
	struct spread history[12 + MODES];
	const struct compare_known known = {.family = family, .history = history};
	struct comparison c;

	(void)state;
	for (size_t i = 0; i < sizeof(history) / sizeof(history[0]); i++)
		history[i] = (struct spread){1e-5, 20};
	build(&c, "ABBA", 2, 1.1);
	family[6] = true;
	assert_int_equal(compare_fill(&judging, &known, &c), 1);
	assert_int_equal(c.cells[6].verdict, VERDICT_REGRESSED);
	assert_int_equal(c.cells[9].verdict, VERDICT_INCONCLUSIVE);
	assert_false(c.cells[9].in_family);
	comparison_clear(&c);
}

static void test_empty(void **state)
{
	struct comparison c = {0};

	(void)state;
	assert_int_equal(fill(&c), 0);
	assert_string_equal(c.sentence, "Failed: nothing was measured.");
	comparison_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_called_again),
		cmocka_unit_test(test_same_image),
		cmocka_unit_test(test_different_toolchains),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_family_and_history),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
