/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/event.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "rules/display.h"
#include "store/events.h"
#include "text/html.h"
#include "text/number.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf event [OPTION...] N\n"
	"\n"
	"Shows event N: what changed, its cells, evidence, story and mails.\n"
	"\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

struct options {
	const char *config, *state;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf event", help, rows, ARRAY_SIZE(rows), 1};

static void print_commit(const char *what, const struct event_commit *commit)
{
	if (!commit->oid)
		return;
	printf("%-10s  %s  ", what, commit->oid);
	terminal_text(stdout, commit->subject, 80);
	putchar('\n');
}

static void print_head(const struct event *e)
{
	printf("event %lld, %s, branch ", (long long)e->id, event_state_name(e->state));
	terminal_text(stdout, e->branch[0] ? e->branch : "-", 60);
	putchar('\n');
	print_commit("without it", &e->from);
	print_commit("with it", &e->to);
	print_commit("the commit", &e->culprit);
	terminal_text(stdout, e->sentence, 300);
	printf("\n%zu of %zu cells flagged, %d later kernel%s show%s it too", e->cells_flagged,
		e->cells_judged, e->attached, e->attached == 1 ? "" : "s",
		e->attached == 1 ? "s" : "");
	printf("%s\n%s\n", e->level_unix_ms ? ": it is the branch's level now" : "",
		e->emulated ? "(" DISPLAY_EMULATED ")\n" : "");
}

static void print_cells(const struct event *e)
{
	for (size_t i = 0; i < e->cell_count; i++) {
		const struct event_cell *c = &e->cells[i];
		char change[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];

		number_percent(c->change, change);
		number_percent_bare(c->low, low);
		number_percent_bare(c->high, high);
		printf("  %9s  [%s, %s]  %s %s %s on %s\n", change, low, high, c->metric,
			c->scenario, c->mode, c->host);
	}
	putchar('\n');
}

static void print_story(const struct event *e)
{
	for (size_t i = 0; i < e->step_count; i++) {
		const struct event_step *s = &e->steps[i];
		char stamp[CLOCK_STAMP_BYTES];

		clock_stamp(s->unix_ms, stamp);
		printf("  %s  %-12s ", stamp, s->to);
		terminal_text(stdout, s->who, 40);
		fputs(": ", stdout);
		terminal_text(stdout, s->why, 300);
		putchar('\n');
	}
	for (size_t i = 0; i < e->evidence_count; i++)
		printf("  comparison %lld, %s: %.12s..%.12s on %s\n",
			(long long)e->evidence[i].comparison_id,
			event_role_name(e->evidence[i].role), e->evidence[i].base_oid,
			e->evidence[i].new_oid, e->evidence[i].host);
	for (size_t i = 0; i < e->mail_count; i++)
		printf("  mail %lld, %s, %s: <%s>\n", (long long)e->mails[i].id,
			e->mails[i].kind, e->mails[i].state, e->mails[i].message_id);
}

int cmd_event(int argc, char **argv)
{
	struct options o = {0};
	struct workspace workspace = {0};
	struct event event = {0};
	struct err err = ERR_INIT;
	int words, status, r;
	int64_t id;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	r = options_row_of(argv[words], "an event", "kvmperf events", &id, &err);
	if (r == 0)
		r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = event_load(workspace.db, id, &event, &err);
	if (r == 0) {
		print_head(&event);
		print_cells(&event);
		print_story(&event);
	} else {
		fprintf(stderr, "kvmperf event: %s\n", err.text);
	}
	event_clear(&event);
	workspace_close(&workspace);
	return r < 0;
}
