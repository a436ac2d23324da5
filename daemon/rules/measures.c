/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/summary.h"

/* Which iterations of a process a metric is made of. */
enum selection {
	SELECT_ALL,   /* mean of the logs of all */
	SELECT_FIRST, /* iteration 1 */
	SELECT_LATER, /* mean of the logs of 2..N */
	SELECT_MEAN,  /* log of the plain mean, as the reference experiment averages */
};

struct measure {
	const char *name, *title;
	const char *emulated; /* quantity on an emulated host; NULL: not measured there */
	const char *hardware; /* quantity in seconds */
	enum selection selection;
	bool each_iteration; /* a value each, else one a process */
	bool manual_protect; /* only with it */
	bool judged;
};

static const struct measure measures[] = {
	{"populate", "populate memory", NULL, "populate", SELECT_ALL, false, false, true},
	{"enable", "enable dirty logging", "insn.enable", "enable", SELECT_ALL, false, false,
		true},
	{"dirty", "dirty memory", NULL, "dirty", SELECT_ALL, true, false, true},
	{"get", "get dirty log", "insn.get", "get", SELECT_ALL, true, false, true},
	{"clear-first", "clear dirty log, first pass", "insn.clear", "clear", SELECT_FIRST,
		true, true, true},
	{"clear-later", "clear dirty log, later passes", "insn.clear", "clear", SELECT_LATER,
		true, true, true},
	{"clear", "clear dirty log, average", "insn.clear", "clear", SELECT_MEAN, true, true,
		false},
	{"disable", "disable dirty logging", "insn.disable", "disable", SELECT_ALL, false,
		false, true},
};

static const char *quantity_of(const struct measure *measure, bool emulated)
{
	return emulated ? measure->emulated : measure->hardware;
}

/* ret_measures gets the measure of each metric. */
static void add_metrics(struct comparison *c, const struct measure **ret_measures)
{
	c->metrics = MEM_NEW(struct comparison_metric, ARRAY_SIZE(measures));
	for (size_t i = 0; i < ARRAY_SIZE(measures); i++) {
		const struct measure *m = &measures[i];

		if (!quantity_of(m, c->emulated))
			continue;
		ret_measures[c->metric_count] = m;
		c->metrics[c->metric_count++] = (struct comparison_metric){
			.name = mem_strdup(m->name),
			.unit = mem_strdup(c->emulated ? "instructions" : "s"),
			.title = mem_strdup(m->title),
			.judged = m->judged,
		};
	}
}

static void add_axes(struct comparison *c, const struct plan *plan)
{
	c->scenarios = MEM_NEW(struct comparison_scenario, plan->scenario_count);
	for (size_t i = 0; i < plan->scenario_count; i++) {
		const struct scenario *s = &plan->scenarios[i];

		c->scenarios[c->scenario_count++] = (struct comparison_scenario){
			.name = mem_strdup(s->name),
			.memory = mem_strdup(s->memory),
			.command = strv_join(&s->args, " "),
			.manual_protect = s->manual_protect,
		};
	}
	c->modes = MEM_NEW(char *, plan->modes.count);
	for (size_t i = 0; i < plan->modes.count; i++)
		c->modes[c->mode_count++] = mem_strdup(plan->modes.items[i]);
}

/* What one process gives for a measure: ln of its value, or NAN. */
static double process_log(const struct measure *measure, const double *iterations, size_t count)
{
	size_t from = measure->selection == SELECT_LATER ? 1 : 0;
	size_t to = measure->selection == SELECT_FIRST ? 1 : count;
	double sum = 0;

	if (to <= from || to > count)
		return NAN;
	for (size_t i = from; i < to; i++) {
		if (!isfinite(iterations[i]) || iterations[i] <= 0)
			return NAN;
		sum += measure->selection == SELECT_MEAN ? iterations[i] : log(iterations[i]);
	}
	sum /= (double)(to - from);
	return measure->selection == SELECT_MEAN ? log(sum) : sum;
}

/*
 * A process's values of one quantity as iterations, in place: with several
 * memslots (-x) an ioctl is called once a slot, and an iteration is the sum over
 * them. Returns their number. It is 0 when there are not just the calls that the
 * scenario makes: a call may lack its count, and the others do not tell which,
 * so that a later pass could be taken for the first.
 */
static size_t fold_slots(double *calls, size_t count, size_t iterations, size_t slots)
{
	if (count != iterations * slots)
		return 0;
	for (size_t i = 0; i < iterations; i++) {
		double sum = 0;

		for (size_t k = 0; k < slots; k++)
			sum += calls[i * slots + k];
		calls[i] = sum;
	}
	return iterations;
}

/* Everything that stays the same while cells are filled. */
struct filling {
	struct comparison *c; /* is filled in, but only read when processes are told */
	const struct plan *plan;
	const struct raw_set *raw;
	const struct measure *measures[ARRAY_SIZE(measures)];		      /* by metric */
	void (*tell)(size_t cell, size_t boot, double log_value, void *data); /* or NULL */
	void *data;
	double *scratch; /* as long as raw */
	double *logs;	 /* of one boot's processes, as long as raw */
};

/* ln of what the process starting at raw value `at` gives for a metric; *end is where it ends.
 */
static double process_value(const struct filling *f, size_t metric,
	const struct scenario *scenario, size_t at, size_t *end)
{
	const struct raw_value *values = f->raw->values, *first = &values[at];
	const struct measure *measure = f->measures[metric];
	const char *quantity = quantity_of(measure, f->c->emulated);
	size_t iterations = measure->each_iteration ? (size_t)scenario->iterations : 1;
	size_t slots = f->c->emulated ? (size_t)scenario->slots : 1;
	size_t count = 0;

	while (at < f->raw->count && values[at].boot == first->boot &&
		values[at].scenario == first->scenario && values[at].mode == first->mode &&
		values[at].process == first->process) {
		if (strcmp(f->raw->quantities[values[at].quantity], quantity) == 0)
			f->scratch[count++] = values[at].value;
		at++;
	}
	*end = at;
	return process_log(
		measure, f->scratch, fold_slots(f->scratch, count, iterations, slots));
}

static struct cell *find_cell(struct comparison *c, size_t scenario, size_t mode, size_t metric)
{
	for (size_t i = 0; i < c->cell_count; i++)
		if (c->cells[i].scenario == scenario && c->cells[i].mode == mode &&
			c->cells[i].metric == metric)
			return &c->cells[i];
	return NULL;
}

static void add_boot_value(struct cell_side *side, size_t boot, int session, double value)
{
	side->values = mem_grow(side->values, side->count + 1, sizeof(double));
	side->boots = mem_grow(side->boots, side->count + 1, sizeof(size_t));
	side->sessions = mem_grow(side->sessions, side->count + 1, sizeof(int));
	side->values[side->count] = value;
	side->boots[side->count] = boot;
	side->sessions[side->count] = session;
	side->count++;
}

static void tell_all(const struct filling *f, const struct cell *cell, size_t boot, size_t good)
{
	for (size_t i = 0; i < good && cell; i++)
		f->tell((size_t)(cell - f->c->cells), boot, f->logs[i], f->data);
}

/* One boot, scenario and mode: its processes start at `at`; returns where the group ends. */
static size_t fill_group(
	struct filling *f, size_t boot, size_t scenario, size_t mode, size_t at)
{
	const struct raw_value *values = f->raw->values, *first = &values[at];
	size_t end = at;

	for (size_t metric = 0; metric < f->c->metric_count; metric++) {
		struct cell *cell = find_cell(f->c, scenario, mode, metric);
		size_t good = 0, i = at;
		double x;

		while (i < f->raw->count && values[i].boot == first->boot &&
			values[i].scenario == first->scenario &&
			values[i].mode == first->mode) {
			double y =
				process_value(f, metric, &f->plan->scenarios[scenario], i, &i);

			if (isfinite(y))
				f->logs[good++] = y;
		}
		end = i;
		if (f->tell)
			tell_all(f, cell, boot, good);
		else if (cell &&
			 summary_boot_value(f->logs, good, (size_t)f->plan->processes, &x))
			add_boot_value(
				f->c->boots[boot].side == 'A' ? &cell->base : &cell->fresh,
				boot, f->c->boots[boot].session, exp(x));
	}
	return end;
}

static bool find_boot(const struct comparison *c, int64_t id, size_t *ret)
{
	for (size_t i = 0; i < c->boot_count; i++) {
		if (c->boots[i].id != id)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static bool find_name(char *const *names, size_t count, const char *name, size_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static bool find_scenario(const struct comparison *c, const char *name, size_t *ret)
{
	for (size_t i = 0; i < c->scenario_count; i++) {
		if (strcmp(c->scenarios[i].name, name))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static void add_cells(struct comparison *c, const struct measure *const *of_metric)
{
	c->cells = MEM_NEW(struct cell, c->scenario_count * c->mode_count * c->metric_count);
	for (size_t s = 0; s < c->scenario_count; s++)
		for (size_t m = 0; m < c->mode_count; m++)
			for (size_t k = 0; k < c->metric_count; k++) {
				if (of_metric[k]->manual_protect &&
					!c->scenarios[s].manual_protect)
					continue;
				c->cells[c->cell_count++] =
					(struct cell){.scenario = s, .mode = m, .metric = k};
			}
}

static void walk(struct filling *f)
{
	const struct comparison *c = f->c;
	const struct raw_set *raw = f->raw;
	size_t at = 0;

	while (at < raw->count) {
		const struct raw_value *value = &raw->values[at];
		size_t boot, scenario, mode;

		if (find_boot(c, value->boot, &boot) &&
			find_scenario(c, raw->scenarios[value->scenario], &scenario) &&
			find_name(c->modes, c->mode_count, raw->modes[value->mode], &mode))
			at = fill_group(f, boot, scenario, mode, at);
		else
			at++;
	}
}

/* Values of one boot lie together. */
static void fill_controls(struct comparison *c, const struct raw_set *raw, double *scratch)
{
	const char *name = c->emulated ? "insn.control" : "control";
	size_t quantity, end, boot;

	if (!find_name(raw->quantities, raw->quantity_count, name, &quantity))
		return;
	for (size_t at = 0; at < raw->count; at = end) {
		size_t count = 0;

		for (end = at;
			end < raw->count && raw->values[end].boot == raw->values[at].boot;
			end++)
			if (raw->values[end].quantity == quantity)
				scratch[count++] = raw->values[end].value;
		if (count && find_boot(c, raw->values[at].boot, &boot))
			c->boots[boot].control = summary_median(scratch, count);
	}
}

void measures_fill(
	struct comparison *comparison, const struct plan *plan, const struct raw_set *raw)
{
	auto_free double *scratch = MEM_NEW(double, raw->count);
	auto_free double *logs = MEM_NEW(double, raw->count);
	struct filling f = {
		.c = comparison, .plan = plan, .raw = raw, .scratch = scratch, .logs = logs};

	add_metrics(comparison, f.measures);
	add_axes(comparison, plan);
	add_cells(comparison, f.measures);
	fill_controls(comparison, raw, scratch);
	walk(&f);
}

static const struct measure *measure_of(const char *name)
{
	size_t i = 0;

	while (strcmp(measures[i].name, name) != 0)
		i++;
	return &measures[i];
}

void measures_processes(const struct comparison *comparison, const struct plan *plan,
	const struct raw_set *raw,
	void (*tell)(size_t cell, size_t boot, double log_value, void *data), void *data)
{
	struct comparison reading = *comparison;
	auto_free double *scratch = MEM_NEW(double, raw->count);
	auto_free double *logs = MEM_NEW(double, raw->count);
	struct filling f = {.c = &reading,
		.plan = plan,
		.raw = raw,
		.scratch = scratch,
		.logs = logs,
		.tell = tell,
		.data = data};

	for (size_t i = 0; i < comparison->metric_count; i++)
		f.measures[i] = measure_of(comparison->metrics[i].name);
	walk(&f);
}
