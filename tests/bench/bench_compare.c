/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long it takes from the raw values of the reference experiment to its verdicts. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "bench.h"
#include "config/plans.h"
#include "model/comparison.h"
#include "model/judging.h"
#include "model/raw.h"
#include "rules/compare.h"
#include "rules/measures.h"

#define BOOTS	  32 /* 16 of each kernel */
#define PROCESSES 3
#define SESSION	  8 /* boots of one */

/* A comparison on its way: raw values in, verdicts out. */
struct work {
	struct plan plan;
	struct raw_set raw;
	struct comparison comparison;
	struct prng prng;
};

/* What a process of the test gives, in the order of the store. */
static const struct quantity {
	const char *name;
	bool twice;	     /* once an iteration */
	bool manual_protect; /* only with it */
	double value_s;
} quantities[] = {
	{"clear", true, true, 0.012},
	{"dirty", true, false, 0.8},
	{"disable", false, false, 0.002},
	{"enable", false, false, 0.04},
	{"get", true, false, 0.003},
	{"get-total", false, false, 0.006},
	{"ioctl.clear", true, true, 0.012},
	{"ioctl.clear.count", false, true, 2},
	{"ioctl.clear.total", false, true, 0.024},
	{"ioctl.disable", false, false, 0.002},
	{"ioctl.disable.count", false, false, 1},
	{"ioctl.disable.total", false, false, 0.002},
	{"ioctl.enable", false, false, 0.04},
	{"ioctl.enable.count", false, false, 1},
	{"ioctl.enable.total", false, false, 0.04},
	{"ioctl.get", true, false, 0.003},
	{"ioctl.get.count", false, false, 2},
	{"ioctl.get.total", false, false, 0.006},
	{"populate", false, false, 2},
};

/* The new kernel is 3 % slower in what splits. */
static double value_of(struct work *work, const struct quantity *quantity, char side)
{
	double effect = side == 'B' && quantity->manual_protect ? 1.03 : 1;

	return quantity->value_s * effect * exp(0.01 * prng_normal(&work->prng));
}

static void add_process(
	struct work *work, int64_t boot, char side, size_t scenario, size_t mode, int process)
{
	struct raw_set *raw = &work->raw;

	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++) {
		const struct quantity *quantity = &quantities[i];

		if (quantity->manual_protect && !work->plan.scenarios[scenario].manual_protect)
			continue;
		for (int n = quantity->twice ? 1 : 0; n <= (quantity->twice ? 2 : 0); n++)
			raw->values[raw->count++] = (struct raw_value){
				.boot = boot,
				.scenario = scenario,
				.mode = mode,
				.process = process,
				.quantity = i,
				.iteration = n,
				.value = value_of(work, quantity, side),
			};
	}
}

static void name_all(struct work *work)
{
	struct raw_set *raw = &work->raw;

	for (size_t i = 0; i < work->plan.scenario_count; i++)
		raw_name(&raw->scenarios, &raw->scenario_count, work->plan.scenarios[i].name);
	for (size_t i = 0; i < work->plan.modes.count; i++)
		raw_name(&raw->modes, &raw->mode_count, work->plan.modes.items[i]);
	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++)
		raw_name(&raw->quantities, &raw->quantity_count, quantities[i].name);
	raw->units = MEM_NEW(char *, raw->quantity_count);
}

static void measure(struct work *work)
{
	size_t groups = work->plan.scenario_count * work->plan.modes.count;
	struct comparison *c = &work->comparison;

	name_all(work);
	work->raw.values = MEM_NEW(
		struct raw_value, 2 * ARRAY_SIZE(quantities) * PROCESSES * BOOTS * groups);
	c->boots = MEM_NEW(struct comparison_boot, BOOTS);
	for (int boot = 0; boot < BOOTS; boot++) {
		char side = "ABBA"[boot % 4];

		c->boots[c->boot_count++] = (struct comparison_boot){.id = boot + 1,
			.sequence = boot + 1,
			.side = side,
			.session = boot / SESSION};
		for (size_t i = 0; i < groups * PROCESSES; i++)
			add_process(work, boot + 1, side,
				i / PROCESSES / work->plan.modes.count,
				i / PROCESSES % work->plan.modes.count,
				(int)(i % PROCESSES) + 1);
	}
}

int main(void)
{
	struct judging judging = judging_defaults();
	struct compare_known known = {0};
	struct work work = {0};
	struct err err = ERR_INIT;
	size_t flagged, judged = 0;
	char what[128];
	double start_s;

	if (plan_parse("dirty-log", plan_shipped("dirty-log"), &work.plan, &err) < 0) {
		fprintf(stderr, "bench_compare: %s\n", err.text);
		return 1;
	}
	prng_init(&work.prng, 1);
	measure(&work);
	start_s = bench_now_s();
	measures_fill(&work.comparison, &work.plan, &work.raw);
	flagged = compare_fill(&judging, &known, &work.comparison);
	start_s = bench_now_s() - start_s;
	for (size_t i = 0; i < work.comparison.cell_count; i++)
		judged += work.comparison.cells[i].in_family;
	snprintf(what, sizeof(what), "%zu cells judged, 16+16 boots, %zu values", judged,
		work.raw.count);
	bench_report(what, flagged, start_s, 0.05);
	raw_set_clear(&work.raw);
	comparison_clear(&work.comparison);
	plan_clear(&work.plan);
	return 0;
}
