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
#include "rules/confirm.h"
#include "rules/hostcheck.h"
#include "rules/screen.h"
#include "text/csv.h"
#include "text/options.h"

/* --- the procedure --- */

/* One made-up kernel and what is known of it. */
struct trial {
	struct world *world;
	const struct judging *judging;
	struct sample *samples;
	struct screened *screened;
	struct judgement *judgements;
	bool *family;
	double *p_valid;
	size_t cells;
	int boots;
};

static void boot_all(struct trial *t, const char *order)
{
	for (; *order; order++, t->boots++)
		world_boot(t->world, *order);
	world_samples(t->world, t->samples);
}

/* Whether the screen wants a confirm. */
static bool screen(struct trial *t)
{
	struct screen_answer answer;
	int fresh = 0, base = 0;

	world_session(t->world, false);
	world_samples(t->world, t->samples);
	for (;;) {
		answer =
			screen_next(t->judging, t->samples, t->screened, t->cells, fresh, base);
		if (answer.step != SCREEN_MEASURE)
			break;
		boot_all(t, answer.order);
		for (const char *side = answer.order; *side; side++)
			*(*side == 'A' ? &base : &fresh) += 1;
		screen_judge(t->judging, t->samples, t->cells, t->screened);
	}
	for (size_t i = 0; i < t->cells; i++)
		t->family[i] = t->screened[i].included;
	return answer.step == SCREEN_CONFIRM;
}

static void confirm(struct trial *t)
{
	struct confirm_answer answer;

	world_session(t->world, true);
	for (size_t i = 0; i < t->cells; i++)
		t->p_valid[i] = 1;
	for (int looks = 0;; looks++) {
		answer = confirm_next(t->judging, looks, t->samples, t->judgements, t->cells);
		if (!answer.look)
			return;
		boot_all(t, answer.order);
		for (size_t i = 0; i < t->cells; i++) {
			t->samples[i].in_family = t->family[i];
			t->samples[i].p_before = t->p_valid[i];
		}
		cells_judge(t->judging, t->samples, t->cells, t->judging->look_weight[looks],
			t->judgements);
		for (size_t i = 0; i < t->cells; i++)
			t->p_valid[i] = t->judgements[i].p_valid;
	}
}

static void count(const struct trial *t, const struct world_rules *world, bool was_confirmed,
	struct simulation *ret)
{
	bool alerted = false, found = false;

	ret->boots += t->boots;
	ret->confirmed += was_confirmed;
	for (size_t i = 0; was_confirmed && i < t->cells; i++) {
		const struct judgement *j = &t->judgements[i];

		if (!j->flagged)
			continue;
		if (i < (size_t)world->effect_cells && j->d * world->effect > 0) {
			found = true;
			ret->cells_found++;
			ret->estimate += expm1(j->d);
		} else {
			alerted = true;
		}
	}
	ret->alerted += alerted;
	ret->found += found;
}

struct simulation simulate(const struct world_rules *world, const struct judging *judging,
	int runs, uint64_t seed, bool confirm_only)
{
	size_t cells = (size_t)world->cells;
	auto_free struct sample *samples = MEM_NEW(struct sample, cells);
	auto_free struct screened *screened = MEM_NEW(struct screened, cells);
	auto_free struct judgement *judgements = MEM_NEW(struct judgement, cells);
	auto_free bool *family = MEM_NEW(bool, cells);
	auto_free double *p_valid = MEM_NEW(double, cells);
	struct simulation simulation = {.runs = runs};
	struct prng prng;

	prng_init(&prng, seed);
	for (int run = 0; run < runs; run++) {
		struct trial t = {world_new(world, &prng), judging, samples, screened,
			judgements, family, p_valid, cells, 0};
		bool confirms = true;

		for (size_t i = 0; i < cells; i++)
			family[i] = true;
		if (!confirm_only)
			confirms = screen(&t);
		if (confirms)
			confirm(&t);
		count(&t, world, confirms, &simulation);
		world_free(t.world);
	}
	return simulation;
}

/* --- the command --- */

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
static const struct {
	const char *name;
	size_t offset;
	double min, max;
} numbers[NUMBER_COUNT] = {
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

static int take_numbers(struct options *o, struct err *err)
{
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		double value;

		if (!o->numbers[i])
			continue;
		if (csv_number(o->numbers[i], &value) != CSV_NUMBER ||
			!(value >= numbers[i].min && value <= numbers[i].max))
			return err_set(err, -EINVAL,
				"--%s %.60s: expected a number from %g to %g", numbers[i].name,
				o->numbers[i], numbers[i].min, numbers[i].max);
		memcpy((char *)o + numbers[i].offset, &value, sizeof(value));
	}
	if (o->world.effect_cells > o->world.cells)
		return err_set(err, -EINVAL, "--effect-cells %d: there are only %d cells",
			o->world.effect_cells, o->world.cells);
	if (o->world.metrics > o->world.cells)
		return err_set(err, -EINVAL, "--metrics %d: there are only %d cells",
			o->world.metrics, o->world.cells);
	return 0;
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

int cmd_simulate(int argc, char **argv)
{
	struct options o = {.world = world_defaults(), .runs = 1000, .seed = 1};
	struct judging judging;
	struct simulation s;
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (take_numbers(&o, &err) < 0) {
		fprintf(stderr, "kvmperf simulate: %s; see kvmperf simulate --help\n",
			err.text);
		return 2;
	}
	judging = o.rule == RULE_PLAIN ? judging_plain() : judging_defaults();
	s = simulate(&o.world, &judging, o.runs, (uint64_t)o.seed, o.confirm_only);
	if (o.format == FORMAT_JSON)
		print_json(&o, &s);
	else
		print_text(&o, &s);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "kvmperf simulate: the output could not be written\n");
		return 1;
	}
	return 0;
}
