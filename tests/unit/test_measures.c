/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/measures.h"

#include "support.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/prng.h"
#include "config/plans.h"
#include "model/judging.h"
#include "model/trial.h"
#include "rules/compare.h"

/* One comparison on its way through: raw values in, cells out. */
struct bench {
	struct plan plan;
	struct raw_set raw;
	struct comparison c;
	int64_t boot;	      /* of the next value */
	const char *scenario; /* ... */
	const char *mode;
	int process;
};

#define MODE "PA-bits:40, VA-bits:48, 4K pages"

static void bench_init(struct bench *b, bool emulated, const char *plan)
{
	struct err err = ERR_INIT;

	memset(b, 0, sizeof(*b));
	if (plan_parse("p", plan, &b->plan, &err) < 0)
		fail_msg("%s", err.text);
	b->c.emulated = emulated;
	b->boot = 1;
	b->scenario = b->plan.scenarios[0].name;
	b->mode = MODE;
	b->process = 1;
}

static void bench_clear(struct bench *b)
{
	plan_clear(&b->plan);
	raw_set_clear(&b->raw);
	comparison_clear(&b->c);
}

static void add_boot(struct bench *b, int64_t id, char side, int session)
{
	struct comparison *c = &b->c;

	c->boots = mem_grow(c->boots, c->boot_count + 1, sizeof(*c->boots));
	c->boots[c->boot_count] = (struct comparison_boot){
		.id = id, .sequence = (int)c->boot_count + 1, .side = side, .session = session};
	c->boot_count++;
}

static void add(struct bench *b, const char *quantity, int iteration, double value)
{
	struct raw_set *raw = &b->raw;

	if ((raw->count & (raw->count - 1)) == 0)
		raw->values = mem_grow(
			raw->values, raw->count ? 2 * raw->count : 1, sizeof(*raw->values));
	raw->values[raw->count++] = (struct raw_value){
		.boot = b->boot,
		.scenario = raw_name(&raw->scenarios, &raw->scenario_count, b->scenario),
		.mode = raw_name(&raw->modes, &raw->mode_count, b->mode),
		.process = b->process,
		.quantity = raw_name(&raw->quantities, &raw->quantity_count, quantity),
		.iteration = iteration,
		.value = value,
	};
}

/* The list of units is not read here, but it is freed with the set. */
static void fill(struct bench *b)
{
	b->raw.units = MEM_NEW(char *, b->raw.quantity_count);
	measures_fill(&b->c, &b->plan, &b->raw);
}

static const struct cell *cell_of(
	const struct bench *b, const char *scenario, const char *metric)
{
	for (size_t i = 0; i < b->c.cell_count; i++) {
		const struct cell *cell = &b->c.cells[i];

		if (!strcmp(b->c.scenarios[cell->scenario].name, scenario) &&
			!strcmp(b->c.metrics[cell->metric].name, metric))
			return cell;
	}
	return NULL;
}

#define HEAD(keys) "[plan]\nname = p\nmodes = 40/48/4K\n" keys
#define MANUAL	   "[scenario m]\nmemory = x\nargs =\n"
#define PLAIN	   "[scenario g]\nmemory = x\nargs = -g\n"

/* Values of one process, and what its boot has for a metric then; 0: nothing. */
static const struct {
	const char *name, *args;
	bool emulated;
	const char *quantity;
	struct {
		int iteration;
		double value;
	} values[6];
	const char *metric;
	double want;
} rows[] = {
	{"the first clear is iteration 1", "", true, "insn.clear", {{1, 100}, {2, 20}},
		"clear-first", 100},
	{"the later clear is the rest", "", true, "insn.clear", {{1, 100}, {2, 20}},
		"clear-later", 20},
	{"several later ones count by their logs", "-i 4", true, "insn.clear",
		{{1, 100}, {2, 10}, {3, 1000}, {4, 100}}, "clear-later", 100},
	{"the average clear is the plain mean", "", true, "insn.clear", {{1, 100}, {2, 20}},
		"clear", 60},
	{"get is the mean of the logs", "", true, "insn.get", {{1, 4}, {2, 9}}, "get", 6},
	{"enable is one call", "", true, "insn.enable", {{1, 7}}, "enable", 7},
	{"on hardware enable is what the test printed", "", false, "enable", {{0, 0.5}},
		"enable", 0.5},
	{"on hardware clears are what the test printed", "", false, "clear",
		{{1, 0.2}, {2, 0.1}}, "clear-first", 0.2},
	{"populate is there on hardware", "", false, "populate", {{0, 2.5}}, "populate", 2.5},
	{"dirty is the mean of the logs", "", false, "dirty", {{1, 1}, {2, 4}}, "dirty", 2},
	{"slots are added up", "-x 2", true, "insn.clear", {{1, 10}, {2, 20}, {3, 3}, {4, 4}},
		"clear-first", 30},
	{"slots are added up in later ones too", "-x 2", true, "insn.clear",
		{{1, 10}, {2, 20}, {3, 3}, {4, 4}}, "clear-later", 7},
	{"one enable a slot", "-x 2", true, "insn.enable", {{1, 10}, {2, 20}}, "enable", 30},
	{"slots are added up by the test on hardware", "-x 2", false, "clear",
		{{1, 0.2}, {2, 0.1}}, "clear-later", 0.1},
	{"without its first call nothing is first", "", true, "insn.clear", {{2, 20}},
		"clear-first", 0},
	{"without its first call nothing is later", "-i 3", true, "insn.clear",
		{{2, 20}, {3, 20}}, "clear-later", 0},
	{"without its last call there is no average", "-i 3", true, "insn.clear",
		{{1, 100}, {2, 20}}, "clear", 0},
	{"without one slot there is nothing", "-x 2", true, "insn.clear",
		{{1, 10}, {3, 3}, {4, 4}}, "clear-first", 0},
	{"more calls than the plan knows are nothing", "", true, "insn.get",
		{{1, 4}, {2, 4}, {3, 4}, {4, 4}}, "get", 0},
	{"a zero has no log", "", true, "insn.get", {{1, 4}, {2, -0.0}}, "get", 0},
	{"a negative value is none", "", false, "enable", {{0, -0.5}}, "enable", 0},
	{"what is no number is none", "", false, "enable", {{0, NAN}}, "enable", 0},
	{"nor is an infinite value", "", false, "enable", {{0, INFINITY}}, "enable", 0},
	{"a zero later on does not spoil the first", "", true, "insn.clear",
		{{1, 4}, {2, -0.0}}, "clear-first", 4},
	{"time is not judged on an emulated host", "", true, "get", {{1, 4}, {2, 4}}, "get", 0},
	{"nor are instructions on hardware", "", false, "insn.get", {{1, 4}, {2, 4}}, "get", 0},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *plan = mem_printf(
			HEAD("processes = 1\n") "[scenario m]\nmemory = x\nargs = %s\n",
			rows[i].args);
		const struct cell *cell;
		struct bench b;

		bench_init(&b, rows[i].emulated, plan);
		add_boot(&b, 1, 'A', 1);
		for (size_t k = 0; k < 6 && (rows[i].values[k].value != 0 ||
						    signbit(rows[i].values[k].value));
			k++)
			add(&b, rows[i].quantity, rows[i].values[k].iteration,
				rows[i].values[k].value);
		fill(&b);
		cell = cell_of(&b, "m", rows[i].metric);
		if (!cell || cell->base.count != (rows[i].want > 0) || cell->fresh.count)
			fail_msg("%s: %zu values", rows[i].name, cell ? cell->base.count : 99);
		if (rows[i].want > 0)
			assert_close(cell->base.values[0], rows[i].want, 1e-14);
		bench_clear(&b);
	}
}

/* What processes of one boot give: the value of "enable" in each, 0 for one without. */
static const struct {
	const char *name;
	int wanted;
	double values[6];
	double want;
} boots[] = {
	{"one of one", 1, {8}, 8},
	{"the mean of the logs of two", 2, {2, 8}, 4},
	{"the median of three", 3, {9, 1, 2}, 2},
	{"the median of three is not moved by an interrupt", 3, {2, 2.1, 1e9}, 2.1},
	{"between the two in the middle of four", 4, {1, 2, 8, 1e6}, 4},
	{"two of three by their mean", 3, {2, 8}, 4},
	{"one of three is too few", 3, {7}, 0},
	{"two of four are enough", 4, {2, 8}, 4},
	{"none", 3, {0}, 0},
	{"a bad one is left out", 3, {2, -1, 8}, 4},
	{"two bad ones are too many", 3, {2, -1, -1}, 0},
};

static void test_boots(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boots); i++) {
		auto_free char *plan =
			mem_printf(HEAD("processes = %d\n") PLAIN, boots[i].wanted);
		const struct cell *cell;
		struct bench b;

		bench_init(&b, false, plan);
		add_boot(&b, 1, 'B', 1);
		for (size_t k = 0; k < 6 && boots[i].values[k] != 0; k++) {
			b.process = (int)k + 1;
			add(&b, "disable", 0, 5);
			add(&b, "enable", 0, boots[i].values[k]);
		}
		fill(&b);
		cell = cell_of(&b, "g", "enable");
		if (cell->fresh.count != (boots[i].want > 0) || cell->base.count)
			fail_msg("%s: %zu values", boots[i].name, cell->fresh.count);
		if (boots[i].want > 0)
			assert_close(cell->fresh.values[0], boots[i].want, 1e-14);
		bench_clear(&b);
	}
}

static void every_boot_keeps_side_and_session(void **state)
{
	const struct cell *cell;
	struct bench b;

	(void)state;
	bench_init(&b, true, HEAD("processes = 1\n") PLAIN);
	add_boot(&b, 70, 'A', 3);
	add_boot(&b, 71, 'B', 3);
	add_boot(&b, 72, 'B', 4);
	add_boot(&b, 73, 'A', 4);
	for (b.boot = 70; b.boot <= 73; b.boot++)
		add(&b, "insn.enable", 1, (double)b.boot);
	fill(&b);
	cell = cell_of(&b, "g", "enable");
	assert_int_equal(cell->base.count, 2);
	assert_int_equal(cell->fresh.count, 2);
	assert_close(cell->base.values[1], 73, 1e-14);
	assert_int_equal(cell->base.boots[1], 3);
	assert_int_equal(cell->base.sessions[1], 4);
	assert_close(cell->fresh.values[0], 71, 1e-14);
	assert_int_equal(cell->fresh.boots[0], 1);
	assert_int_equal(cell->fresh.sessions[0], 3);
	bench_clear(&b);
}

static void what_the_comparison_does_not_know_is_ignored(void **state)
{
	const struct cell *cell;
	struct bench b;

	(void)state;
	bench_init(&b, true, HEAD("processes = 1\n") PLAIN);
	add_boot(&b, 2, 'A', 1);
	b.boot = 1;
	add(&b, "insn.enable", 1, 1); /* an unknown boot */
	b.boot = 2;
	b.scenario = "gone";
	add(&b, "insn.enable", 1, 2);
	b.scenario = "g";
	b.mode = "PA-bits:52, VA-bits:48, 4K pages";
	add(&b, "insn.enable", 1, 3);
	b.mode = MODE;
	add(&b, "insn.enable", 1, 4);
	add(&b, "insn.levitate", 1, 5);
	fill(&b);
	cell = cell_of(&b, "g", "enable");
	assert_int_equal(cell->base.count, 1);
	assert_close(cell->base.values[0], 4, 1e-14);
	bench_clear(&b);
}

static void nothing_measured_gives_empty_cells(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, true, HEAD("") PLAIN MANUAL);
	fill(&b);
	assert_int_equal(b.c.scenario_count, 2);
	assert_int_equal(b.c.mode_count, 1);
	assert_int_equal(b.c.metric_count, 6);
	assert_int_equal(b.c.cell_count, 3 + 6); /* clear only with manual protect */
	assert_null(cell_of(&b, "g", "clear-first"));
	for (size_t i = 0; i < b.c.cell_count; i++)
		assert_int_equal(b.c.cells[i].base.count + b.c.cells[i].fresh.count, 0);
	assert_string_equal(b.c.metrics[0].unit, "instructions");
	assert_string_equal(b.c.scenarios[0].command, "-g");
	assert_false(b.c.scenarios[0].manual_protect);
	assert_true(b.c.scenarios[1].manual_protect);
	bench_clear(&b);
}

static void only_the_average_clear_is_not_judged(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, false, HEAD("") MANUAL);
	fill(&b);
	assert_int_equal(b.c.metric_count, 8);
	for (size_t i = 0; i < b.c.metric_count; i++)
		assert_int_equal(
			b.c.metrics[i].judged, strcmp(b.c.metrics[i].name, "clear") != 0);
	bench_clear(&b);
}

static void the_negative_control_is_the_median_of_its_passes(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, true, HEAD("") MANUAL);
	for (int boot = 1; boot <= 3; boot++)
		add_boot(&b, boot, "ABB"[boot - 1], 1);
	for (b.boot = 1; b.boot <= 2; b.boot++) {
		b.scenario = CONTROL_SCENARIO;
		b.mode = CONTROL_MODE;
		add(&b, "control", 1, 0.005); /* wall time of an emulated host says nothing */
		add(&b, "insn.control", 1, 100 * (double)b.boot);
		add(&b, "insn.control", 2, 170 * (double)b.boot); /* with an interrupt in it */
		add(&b, "insn.control", 3, 101 * (double)b.boot);
		b.scenario = b.plan.scenarios[0].name;
		b.mode = MODE;
		add(&b, "insn.enable", 1, 7);
	}
	fill(&b);
	assert_near(b.c.boots[0].control, 101, 0);
	assert_near(b.c.boots[1].control, 202, 0);
	assert_near(b.c.boots[2].control, 0, 0); /* it has none */
	for (size_t i = 0; i < b.c.scenario_count; i++)
		assert_string_not_equal(b.c.scenarios[i].name, CONTROL_SCENARIO);
	bench_clear(&b);
}

/* What one real process of the reference experiment leaves in the store. */
static void add_process(struct bench *b, struct prng *prng)
{
	static const char *const once[] = {"populate", "enable", "disable", "get-total",
		"clear-total", "ioctl.enable", "ioctl.enable.count", "ioctl.enable.total",
		"ioctl.disable", "ioctl.disable.count", "ioctl.disable.total",
		"ioctl.get.count", "ioctl.get.total", "ioctl.clear.count", "ioctl.clear.total",
		"insn.enable", "insn.disable"};
	static const char *const twice[] = {
		"dirty", "get", "clear", "ioctl.get", "ioctl.clear", "insn.get", "insn.clear"};

	for (size_t i = 0; i < ARRAY_SIZE(once); i++)
		add(b, once[i], 0, exp(0.01 * prng_normal(prng)));
	for (size_t i = 0; i < ARRAY_SIZE(twice); i++)
		for (int k = 1; k <= 2; k++)
			add(b, twice[i], k, exp(0.01 * prng_normal(prng)));
}

static void add_boots(struct bench *b, int count)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (b->boot = 1; b->boot <= count; b->boot++) {
		add_boot(b, b->boot, "ABBA"[(b->boot - 1) % 4], (int)b -> boot / 8);
		for (size_t s = 0; s < b->plan.scenario_count; s++)
			for (size_t m = 0; m < b->plan.modes.count; m++)
				for (b->process = 1; b->process <= 3; b->process++) {
					b->scenario = b->plan.scenarios[s].name;
					b->mode = b->plan.modes.items[m];
					add_process(b, &prng);
				}
	}
}

static void the_reference_experiment_is_judged_quickly(void **state)
{
	struct judging judging = judging_defaults();
	struct compare_known known = {0};
	struct bench b;
	int64_t begun_ms, filled_ms, done_ms;

	(void)state;
	bench_init(&b, false, plan_shipped("dirty-log"));
	add_boots(&b, 32);
	b.raw.units = MEM_NEW(char *, b.raw.quantity_count);
	begun_ms = clock_monotonic_ms(&clock_real);
	measures_fill(&b.c, &b.plan, &b.raw);
	filled_ms = clock_monotonic_ms(&clock_real);
	compare_fill(&judging, &known, &b.c);
	done_ms = clock_monotonic_ms(&clock_real);
	for (size_t i = 0; i < b.c.cell_count; i++) {
		assert_int_equal(b.c.cells[i].base.count, 16);
		assert_int_equal(b.c.cells[i].fresh.count, 16);
	}
	printf("# notice: %zu values to %zu cells in %lld ms, judged in %lld ms\n", b.raw.count,
		b.c.cell_count, (long long)(filled_ms - begun_ms),
		(long long)(done_ms - filled_ms));
	bench_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_boots),
		cmocka_unit_test(every_boot_keeps_side_and_session),
		cmocka_unit_test(what_the_comparison_does_not_know_is_ignored),
		cmocka_unit_test(nothing_measured_gives_empty_cells),
		cmocka_unit_test(the_negative_control_is_the_median_of_its_passes),
		cmocka_unit_test(only_the_average_clear_is_not_judged),
		cmocka_unit_test(the_reference_experiment_is_judged_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
