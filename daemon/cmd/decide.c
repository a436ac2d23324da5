/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/decide.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "notice/decision.h"
#include "rules/lifecycle.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf ack|invalid|wontfix|reopen [OPTION...] N --why \"...\"\n"
	"\n"
	"Your word on event N. invalid says that it was a false alarm, and counts in the\n"
	"precision that the pages show.\n"
	"\n"
	"  --why TEXT      the reason, kept with the event\n"
	"  --who NAME      you ($USER)\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

struct options {
	const char *config, *state, *why, *who;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"why", OPTION_TEXT, OPTION(why), 0, 0, NULL},
	{"who", OPTION_TEXT, OPTION(who), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

int cmd_decide(int argc, char **argv)
{
	const char *verb = argv[0];
	auto_free char *command = mem_printf("kvmperf %s", verb);
	const struct option_table table = {command, help, rows, ARRAY_SIZE(rows), 1};
	struct options o = {.who = getenv("USER")};
	struct workspace workspace = {0};
	struct err err = ERR_INIT;
	int words, status, r;
	enum event_state state;
	int64_t id;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (!o.why || !o.why[0]) {
		fprintf(stderr, "%s: please give a reason with --why\n", command);
		return 2;
	}
	r = options_row_of(argv[words], "an event", "kvmperf events", &id, &err);
	if (r == 0)
		r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = decision_take(workspace.db, id, verb, o.who ? o.who : "somebody", o.why,
			clock_unix_ms(&clock_real), &err);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", command, err.text);
	else if (lifecycle_verb(verb, &state))
		printf("event %" PRId64 " is %s now\n", id, event_state_name(state));
	workspace_close(&workspace);
	return r < 0;
}
