/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/publish.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "phase/publish.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf publish [OPTION...]\n"
	"\n"
	"Writes every page from the store alone. Files that would not change are left\n"
	"alone.\n"
	"\n"
	"  --site DIR     where to write (the state's site folder)\n"
	"  --config FILE  configuration file\n"
	"  --state DIR    where everything is kept\n";

struct options {
	const char *config, *state, *site;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"site", OPTION_TEXT, OPTION(site), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf publish", help, rows, ARRAY_SIZE(rows), 0};

int cmd_publish(int argc, char **argv)
{
	struct options o = {NULL, NULL, NULL};
	struct workspace workspace = {0};
	struct progress progress;
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	progress_init(&progress, stdout, false);
	r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = publish_all(
			workspace.db, o.site ? o.site : workspace.site, &progress, &err);
	progress_clear(&progress);
	if (r == 0)
		printf("pages: %s/index.html\n", o.site ? o.site : workspace.site);
	else
		fprintf(stderr, "kvmperf publish: %s\n", err.text);
	workspace_close(&workspace);
	return r == -EINTR ? 130 : r < 0;
}
