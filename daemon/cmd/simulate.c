/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/simulate.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "rules/hostcheck.h"
#include "text/csv.h"
#include "text/options.h"
#include "work/rehearsal.h"
#include "work/simulation.h"

static const char help[] =
	"usage: kvmperf simulate [OPTION...]\n"
	"\n"
	"Runs the whole procedure, screen and confirm, on boots that are made up, and\n"
	"prints how often it raises a false alert, finds the change, and what it costs.\n"
	"The same seed gives the same numbers. Standard deviations are of logarithms,\n"
	"0.01 is 1 %, and those of the median cell; changes are fractions.\n"
	"\n"
	"  --cells N                 cells judged at once (144)\n"
	"  --metrics N               metrics they belong to (6)\n"
	"  --boot-sd SD              between boots (0.01)\n"
	"  --iteration-sd SD         between iterations of a process (0.01)\n"
	"  --processes N             a boot (3)\n"
	"  --iterations N            a process (2)\n"
	"  --session-sd SD           between lab sessions (0); 0.02 is twice the boot's\n"
	"  --spread SD               of the cells' noise, of logarithms (0.6)\n"
	"  --boot-correlation R      of the cells of a boot (0.5)\n"
	"  --session-correlation R   of the cells of a lab session (0)\n"
	"  --effect X                change of the new kernel: 0.05 is 5 % slower (0)\n"
	"  --effect-cells N          how many cells have it (0)\n"
	"  --outlier-boots SHARE     of all boots (0)\n"
	"  --outlier-size X          how much slower those are (0.05)\n"
	"  --two-modes X             half of the boots are slower by this (0)\n"
	"  --sessions N              lab sessions of the stored baseline (10)\n"
	"  --session-boots N         boots in each (2)\n"
	"  --history-df N            degrees of freedom of the cells' history (20)\n"
	"  --bisect                  try the search for a commit instead; it has options\n"
	"                            of its own: kvmperf simulate --bisect --help\n"
	"  --rule WORD               default, or plain: nothing borrowed in the screen\n"
	"  --confirm-only            no screen: confirm every kernel with all cells\n"
	"  --runs N                  made-up kernels (1000)\n"
	"  --seed N                  (1)\n"
	"  --format WORD             text or json (text)\n"
	"\n"
	"Exit status: 0, or 2 for wrong usage.\n";

enum { FORMAT_TEXT, FORMAT_JSON };
enum { RULE_DEFAULT, RULE_PLAIN };

static const char *const formats[] = {"text", "json", NULL};
static const char *const rule_names[] = {"default", "plain", NULL};

enum {
	BOOT_SD,
	ITERATION_SD,
	SESSION_SD,
	SPREAD,
	BOOT_CORRELATION,
	SESSION_CORRELATION,
	EFFECT,
	OUTLIER_BOOTS,
	OUTLIER_SIZE,
	TWO_MODES,
	NUMBER_COUNT
};

struct options {
	struct world_rules world;
	int runs, seed, format, rule;
	bool confirm_only;
	const char *numbers[NUMBER_COUNT]; /* as they were given */
};

#define OPTION(field) offsetof(struct options, field)

/* Options that are numbers: where they go and what they may be. */
struct number {
	const char *name;
	size_t offset;
	double min, max;
};

static const struct number numbers[NUMBER_COUNT] = {
	[BOOT_SD] = {"boot-sd", OPTION(world.boot_sd), 0, 1},
	[ITERATION_SD] = {"iteration-sd", OPTION(world.iteration_sd), 0, 1},
	[SESSION_SD] = {"session-sd", OPTION(world.session_sd), 0, 1},
	[SPREAD] = {"spread", OPTION(world.spread), 0, 3},
	[BOOT_CORRELATION] = {"boot-correlation", OPTION(world.boot_correlation), 0, 1},
	[SESSION_CORRELATION] = {"session-correlation", OPTION(world.session_correlation), 0,
		1},
	[EFFECT] = {"effect", OPTION(world.effect), -0.9, 10},
	[OUTLIER_BOOTS] = {"outlier-boots", OPTION(world.outlier_boots), 0, 1},
	[OUTLIER_SIZE] = {"outlier-size", OPTION(world.outlier_size), -0.9, 10},
	[TWO_MODES] = {"two-modes", OPTION(world.two_modes), -0.9, 10},
};

static const struct option_row rows[] = {
	{"cells", OPTION_INT, OPTION(world.cells), 1, 10000, NULL},
	{"metrics", OPTION_INT, OPTION(world.metrics), 1, 1000, NULL},
	{"boot-sd", OPTION_TEXT, OPTION(numbers[BOOT_SD]), 0, 0, NULL},
	{"iteration-sd", OPTION_TEXT, OPTION(numbers[ITERATION_SD]), 0, 0, NULL},
	{"processes", OPTION_INT, OPTION(world.processes), 1, WORLD_PROCESSES, NULL},
	{"iterations", OPTION_INT, OPTION(world.iterations), 1, 1000, NULL},
	{"session-sd", OPTION_TEXT, OPTION(numbers[SESSION_SD]), 0, 0, NULL},
	{"spread", OPTION_TEXT, OPTION(numbers[SPREAD]), 0, 0, NULL},
	{"boot-correlation", OPTION_TEXT, OPTION(numbers[BOOT_CORRELATION]), 0, 0, NULL},
	{"session-correlation", OPTION_TEXT, OPTION(numbers[SESSION_CORRELATION]), 0, 0, NULL},
	{"effect", OPTION_TEXT, OPTION(numbers[EFFECT]), 0, 0, NULL},
	{"effect-cells", OPTION_INT, OPTION(world.effect_cells), 0, 10000, NULL},
	{"outlier-boots", OPTION_TEXT, OPTION(numbers[OUTLIER_BOOTS]), 0, 0, NULL},
	{"outlier-size", OPTION_TEXT, OPTION(numbers[OUTLIER_SIZE]), 0, 0, NULL},
	{"two-modes", OPTION_TEXT, OPTION(numbers[TWO_MODES]), 0, 0, NULL},
	{"sessions", OPTION_INT, OPTION(world.sessions), 1, 20, NULL},
	{"session-boots", OPTION_INT, OPTION(world.session_boots), 1, 3, NULL},
	{"history-df", OPTION_INT, OPTION(world.history_df), 0, WORLD_BOOTS - 1, NULL},
	{"rule", OPTION_CHOICE, OPTION(rule), 0, 0, rule_names},
	{"confirm-only", OPTION_FLAG, OPTION(confirm_only), 0, 0, NULL},
	{"runs", OPTION_INT, OPTION(runs), 1, 1000000, NULL},
	{"seed", OPTION_INT, OPTION(seed), 0, INT_MAX, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
};

static const struct option_table table = {"kvmperf simulate", help, rows, ARRAY_SIZE(rows), 0};

/* Puts what was given (NULL: nothing) where the rows say. */
static int take_numbers(const struct number *of, const char *const *given, size_t count,
	void *object, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		double value;

		if (!given[i])
			continue;
		if (csv_number(given[i], &value) != CSV_NUMBER ||
			!(value >= of[i].min && value <= of[i].max))
			return err_set(err, -EINVAL,
				"--%s %.60s: expected a number from %g to %g", of[i].name,
				given[i], of[i].min, of[i].max);
		memcpy((char *)object + of[i].offset, &value, sizeof(value));
	}
	return 0;
}

static int check_cells(const struct options *o, struct err *err)
{
	if (o->world.effect_cells > o->world.cells)
		return err_set(err, -EINVAL, "--effect-cells %d: there are only %d cells",
			o->world.effect_cells, o->world.cells);
	if (o->world.metrics > o->world.cells)
		return err_set(err, -EINVAL, "--metrics %d: there are only %d cells",
			o->world.metrics, o->world.cells);
	return 0;
}

static int wrong_usage(const struct err *err)
{
	fprintf(stderr, "kvmperf simulate: %s; see kvmperf simulate --help\n", err->text);
	return 2;
}

static int end_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	fprintf(stderr, "kvmperf simulate: the output could not be written\n");
	return 1;
}

/* What is printed, worked out once for text and JSON. */
struct shares {
	double alerted, found, cells, confirmed, boots, estimate;
};

static struct shares shares_of(const struct options *o, const struct simulation *s)
{
	double runs = s->runs;
	double changed = runs * fmax(1, o->world.effect_cells);

	return (struct shares){
		.alerted = s->alerted / runs,
		.found = s->found / runs,
		.cells = (double)s->cells_found / changed,
		.confirmed = s->confirmed / runs,
		.boots = (double)s->boots / runs,
		.estimate = s->cells_found ? s->estimate / (double)s->cells_found : 0,
	};
}

static void print_text(const struct options *o, const struct simulation *s)
{
	struct shares share = shares_of(o, s);
	double limit = hostcheck_rate_limit(s->alerted, s->runs);

	printf("%d runs, %d cells, rule %s, seed %d\n", s->runs, o->world.cells,
		rule_names[o->rule], o->seed);
	printf("sd: boot %g %%, iteration %g %%, lab session %g %%\n", 100 * o->world.boot_sd,
		100 * o->world.iteration_sd, 100 * o->world.session_sd);
	if (o->world.effect_cells)
		printf("change: %+g %% in %d cells\n", 100 * o->world.effect,
			o->world.effect_cells);
	else
		puts("change: none");
	printf("P(any alert)    %6.2f %%   below %.2f %% at 95 %%%s\n", 100 * share.alerted,
		100 * limit, o->world.effect_cells ? ", on unchanged cells" : "");
	if (o->world.effect_cells) {
		printf("P(event found)  %6.2f %%\n", 100 * share.found);
		printf("cells found     %6.2f %%   shown as %+.2f %% on average\n",
			100 * share.cells, 100 * share.estimate);
	}
	printf("confirms        %6.2f %%\n", 100 * share.confirmed);
	printf("mean boots      %6.2f\n", share.boots);
}

static void print_json(const struct options *o, const struct simulation *s)
{
	struct shares share = shares_of(o, s);
	json_t *root = json_pack("{s:i, s:i, s:s, s:i, s:f, s:f, s:f, s:f, s:i}", "runs",
		s->runs, "cells", o->world.cells, "rule", rule_names[o->rule], "seed", o->seed,
		"boot_sd", o->world.boot_sd, "iteration_sd", o->world.iteration_sd,
		"session_sd", o->world.session_sd, "effect", o->world.effect, "effect_cells",
		o->world.effect_cells);
	json_t *more = json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "p_any_alert",
		share.alerted, "p_any_alert_below", hostcheck_rate_limit(s->alerted, s->runs),
		"p_event_found", share.found, "cells_found", share.cells, "mean_estimate",
		share.estimate, "p_confirm", share.confirmed, "mean_boots", share.boots);

	json_object_update(root, more);
	json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	putchar('\n');
	json_decref(more);
	json_decref(root);
}

/* --- bisects --- */

static const char bisect_help[] =
	"usage: kvmperf simulate --bisect [OPTION...]\n"
	"\n"
	"Runs the search for a slow commit on histories and boots that are made up, and\n"
	"prints how often it names the right commit, and what it costs. The same seed\n"
	"gives the same numbers. Standard deviations are of logarithms, 0.01 is 1 %.\n"
	"\n"
	"  --commits N           from the good end to the bad one (64)\n"
	"  --effect X            of the slow commit: 0.05 is 5 % slower (0.05)\n"
	"  --boot-sd SD          between boots (0.01)\n"
	"  --session-sd SD       between lab sessions (0.01)\n"
	"  --drift-sd SD         a step from boot to boot (0.001)\n"
	"  --outlier-boots SHARE of all boots (0)\n"
	"  --outlier-size X      how much slower those are (0.05)\n"
	"  --skips SHARE         of commits that begin a run of broken ones (0.03)\n"
	"  --same SHARE          of commits that do not change the image (0.2)\n"
	"  --runs N              made-up bisects (1000)\n"
	"  --seed N              (1)\n"
	"  --format WORD         text or json (text)\n"
	"\n"
	"Exit status: 0, or 2 for wrong usage.\n";

struct bisect_options {
	struct rehearsal_rules rules;
	int runs, seed, format;
	bool bisect;
	const char *numbers[8];
};

#define BISECT_OPTION(field) offsetof(struct bisect_options, field)

static const struct number bisect_numbers[] = {
	{"effect", BISECT_OPTION(rules.effect), -0.9, 10},
	{"boot-sd", BISECT_OPTION(rules.boot_sd), 1e-6, 1},
	{"session-sd", BISECT_OPTION(rules.session_sd), 0, 1},
	{"drift-sd", BISECT_OPTION(rules.drift_sd), 0, 1},
	{"outlier-boots", BISECT_OPTION(rules.outlier_boots), 0, 1},
	{"outlier-size", BISECT_OPTION(rules.outlier_size), -0.9, 10},
	{"skips", BISECT_OPTION(rules.skips), 0, 1},
	{"same", BISECT_OPTION(rules.same), 0, 1},
};

static const struct option_row bisect_rows[] = {
	{"bisect", OPTION_FLAG, BISECT_OPTION(bisect), 0, 0, NULL},
	{"commits", OPTION_INT, BISECT_OPTION(rules.commits), 1, 100000, NULL},
	{"effect", OPTION_TEXT, BISECT_OPTION(numbers[0]), 0, 0, NULL},
	{"boot-sd", OPTION_TEXT, BISECT_OPTION(numbers[1]), 0, 0, NULL},
	{"session-sd", OPTION_TEXT, BISECT_OPTION(numbers[2]), 0, 0, NULL},
	{"drift-sd", OPTION_TEXT, BISECT_OPTION(numbers[3]), 0, 0, NULL},
	{"outlier-boots", OPTION_TEXT, BISECT_OPTION(numbers[4]), 0, 0, NULL},
	{"outlier-size", OPTION_TEXT, BISECT_OPTION(numbers[5]), 0, 0, NULL},
	{"skips", OPTION_TEXT, BISECT_OPTION(numbers[6]), 0, 0, NULL},
	{"same", OPTION_TEXT, BISECT_OPTION(numbers[7]), 0, 0, NULL},
	{"runs", OPTION_INT, BISECT_OPTION(runs), 1, 1000000, NULL},
	{"seed", OPTION_INT, BISECT_OPTION(seed), 0, INT_MAX, NULL},
	{"format", OPTION_CHOICE, BISECT_OPTION(format), 0, 0, formats},
};

static const struct option_table bisect_table = {
	"kvmperf simulate --bisect", bisect_help, bisect_rows, ARRAY_SIZE(bisect_rows), 0};

static void print_bisects(const struct bisect_options *o, const struct rehearsal *s)
{
	double runs = s->runs, ranges = s->range_right + s->range_wrong;
	double size = ranges > 0 ? s->range_size / ranges : 0;

	if (o->format == FORMAT_JSON) {
		json_t *root =
			json_pack("{s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
				"runs", s->runs, "commits", o->rules.commits, "seed", o->seed,
				"effect", o->rules.effect, "p_right_commit", s->right / runs,
				"p_right_range", s->range_right / runs, "p_wrong_commit",
				s->wrong / runs, "p_wrong_range", s->range_wrong / runs,
				"mean_range", size, "mean_builds", (double)s->builds / runs,
				"mean_boots", (double)s->boots / runs);

		json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
		putchar('\n');
		json_decref(root);
		return;
	}
	printf("%d bisects of %d commits, seed %d\n", s->runs, o->rules.commits, o->seed);
	printf("change %+g %%; sd: boot %g %%, lab session %g %%, drift %g %% a boot\n",
		100 * o->rules.effect, 100 * o->rules.boot_sd, 100 * o->rules.session_sd,
		100 * o->rules.drift_sd);
	printf("right commit    %6.2f %%\n", 100 * s->right / runs);
	printf("right range     %6.2f %%   of %.1f commits on average\n",
		100 * s->range_right / runs, size);
	printf("wrong commit    %6.2f %%\n", 100 * s->wrong / runs);
	printf("wrong range     %6.2f %%\n", 100 * s->range_wrong / runs);
	printf("mean builds     %6.2f\n", (double)s->builds / runs);
	printf("mean boots      %6.2f\n", (double)s->boots / runs);
}

static int simulate_bisects(int argc, char **argv)
{
	struct bisect_options o = {.rules = rehearsal_defaults(), .runs = 1000, .seed = 1};
	struct judging judging = judging_defaults();
	struct rehearsal s;
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&bisect_table, argc, argv, &o, &words, &status))
		return status;
	if (take_numbers(bisect_numbers, o.numbers, ARRAY_SIZE(bisect_numbers), &o, &err) < 0)
		return wrong_usage(&err);
	s = rehearse(&o.rules, &judging, o.runs, (uint64_t)o.seed);
	print_bisects(&o, &s);
	return end_output();
}

static bool is_bisect(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--bisect") == 0)
			return true;
	return false;
}

int cmd_simulate(int argc, char **argv)
{
	struct options o = {.world = world_defaults(), .runs = 1000, .seed = 1};
	struct judging judging;
	struct simulation s;
	struct err err = ERR_INIT;
	int words, status;

	if (is_bisect(argc, argv))
		return simulate_bisects(argc, argv);
	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (take_numbers(numbers, o.numbers, NUMBER_COUNT, &o, &err) < 0 ||
		check_cells(&o, &err) < 0)
		return wrong_usage(&err);
	judging = o.rule == RULE_PLAIN ? judging_plain() : judging_defaults();
	s = simulate(&o.world, &judging, o.runs, (uint64_t)o.seed, o.confirm_only);
	if (o.format == FORMAT_JSON)
		print_json(&o, &s);
	else
		print_text(&o, &s);
	return end_output();
}
