/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/events.h"
#include "text/html.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf events [OPTION...]\n"
	"\n"
	"Lists the events that are open: changes that were confirmed and not yet dealt with.\n"
	"\n"
	"  --all           closed ones too\n"
	"  --branch NAME   of one branch\n"
	"  --format WORD   text or json (text)\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

static const char *const formats[] = {"text", "json", NULL};

struct options {
	const char *config, *state, *branch;
	bool all;
	int format;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"all", OPTION_FLAG, OPTION(all), 0, 0, NULL},
	{"branch", OPTION_TEXT, OPTION(branch), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf events", help, rows, ARRAY_SIZE(rows), 0};

static void print_text(const struct event *e)
{
	printf("%4lld  %-12s  ", (long long)e->id, event_state_name(e->state));
	terminal_text(stdout, e->branch[0] ? e->branch : "-", 30);
	printf("  %.12s..%.12s  ", e->from.oid, e->to.oid);
	terminal_text(stdout, e->sentence, 200);
	putchar('\n');
}

static int print_json(const struct event *events, size_t count, struct err *err)
{
	json_t *list = json_array();
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];

		json_array_append_new(list,
			json_pack("{sI ss ss ss ss ss sb sf sf sf sI sI ss}", "id",
				(json_int_t)e->id, "state", event_state_name(e->state),
				"branch", e->branch, "from", e->from.oid, "to", e->to.oid,
				"direction", e->improved ? "improved" : "regressed", "emulated",
				e->emulated, "change", e->change, "low", e->low, "high",
				e->high, "attached", (json_int_t)e->attached, "opened_unix_ms",
				(json_int_t)e->opened_unix_ms, "sentence", e->sentence));
	}
	if (json_dumpf(list, stdout, JSON_INDENT(2)) < 0)
		r = err_set(err, -EIO, "the output could not be written");
	putchar('\n');
	json_decref(list);
	return r;
}

static void print_rightness(const char *when, const struct event_month *of)
{
	size_t judged = of->invalid + of->acknowledged;

	printf("%s: %zu told, %zu agreed with, %zu invalid, %zu not yet answered", when,
		of->told, of->acknowledged, of->invalid, of->told - judged);
	if (judged)
		printf(": precision %.0f %%", 100 * (double)of->acknowledged / (double)judged);
	putchar('\n');
}

/* How right the alarms were, by the words of those who were told; over time with --all. */
static int print_precision(struct db *db, bool all, struct err *err)
{
	auto_free struct event_month *months = NULL;
	struct event_month sum;
	size_t count = 0;
	int r = event_precision(db, &months, &count, err);

	for (size_t i = 0; i < count && all; i++)
		print_rightness(months[i].month, &months[i]);
	sum = event_months_sum(months, count);
	if (sum.told)
		print_rightness("all events", &sum);
	return r;
}

static int list(const struct options *o, struct db *db, struct err *err)
{
	struct event *events = NULL;
	size_t count = 0;
	int r = event_list(
		db, o->all ? EVENTS_ALL : EVENTS_OPEN, o->branch, &events, &count, err);

	if (r < 0)
		return r;
	if (o->format == 1)
		r = print_json(events, count, err);
	else
		for (size_t i = 0; i < count; i++)
			print_text(&events[i]);
	if (!count && o->format == 0)
		puts(o->all ? "no events" : "no open events (--all lists the others)");
	event_list_free(events, count);
	return r < 0 || o->format == 1 ? r : print_precision(db, o->all, err);
}

int cmd_events(int argc, char **argv)
{
	struct options o = {0};
	struct workspace workspace = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = list(&o, workspace.db, &err);
	if (r < 0)
		fprintf(stderr, "kvmperf events: %s\n", err.text);
	workspace_close(&workspace);
	return r < 0;
}
