/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/status.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "rules/course.h"
#include "store/overviews.h"
#include "string/str.h"
#include "sys/lock.h"
#include "sys/tail.h"
#include "text/options.h"
#include "view/status.h"
#include "work/judge.h"
#include "work/workspace.h"

enum { OPEN_SHOWN = 15, ENDED_SHOWN = 5, TAIL_BYTES = 4096, WATCH_EVERY_MS = 2000 };

static const char help[] =
	"usage: kvmperf status [OPTION...]\n"
	"\n"
	"Shows what runs where and how far it is, what waits, and the last\n"
	"verdicts.\n"
	"\n"
	"  --watch         again every two seconds, until Ctrl-C\n"
	"  --format WORD   text or json (text)\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

enum { FORMAT_TEXT, FORMAT_JSON };

static const char *const formats[] = {"text", "json", NULL};

struct options {
	const char *config, *state;
	int format;
	bool watch;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"watch", OPTION_FLAG, OPTION(watch), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf status", help, rows, ARRAY_SIZE(rows), 0};

/* The last word of the phase that is at work. */
static char *read_progress(const char *state, const struct job *job)
{
	const char *phase = course_row(job->state)->phase;
	auto_free char *path = NULL, *text = NULL;
	char *line;

	if (!phase)
		return NULL;
	path = mem_printf("%s/jobs/%lld/%s.log", state, (long long)job->id, phase);
	if (tail_read(path, 0, TAIL_BYTES, &text, NULL, NULL) < 0)
		return NULL;
	line = text_trim(text);
	line = strrchr(line, '\n') ? strrchr(line, '\n') + 1 : line;
	return *line ? mem_strdup(line) : NULL;
}

static int read_sentence(struct db *db, struct overview_job *job, struct err *err)
{
	struct comparison comparison = {0};
	int r;

	if (!job->job.comparison_id)
		return 0;
	r = judge_comparison(db, job->job.comparison_id, &comparison, err);
	if (r < 0)
		return r;
	job->sentence = mem_strdup(comparison.sentence);
	comparison_clear(&comparison);
	return 0;
}

static int load(
	const struct workspace *workspace, int limit, struct overview *ret, struct err *err)
{
	auto_free char *lock = mem_printf("%s/kvmperfd.lock", workspace->state);
	int r = overview_load(workspace->db, limit, ENDED_SHOWN, ret, err);

	if (r < 0)
		return r;
	ret->state = mem_strdup(workspace->state);
	ret->is_running = lock_is_held(lock);
	for (size_t i = 0; i < ret->open_count; i++)
		ret->open[i].progress = read_progress(workspace->state, &ret->open[i].job);
	for (size_t i = 0; i < ret->ended_count && r == 0; i++)
		r = read_sentence(workspace->db, &ret->ended[i], err);
	return r;
}

static int show(const struct workspace *workspace, const struct options *o, struct err *err)
{
	struct overview overview = {0};
	bool is_json = o->format == FORMAT_JSON;
	int r = load(workspace, is_json ? INT_MAX : OPEN_SHOWN, &overview, err);

	if (r == 0 && is_json)
		status_json(stdout, &overview);
	else if (r == 0)
		status_text(stdout, &overview, clock_unix_ms(&clock_real));
	overview_clear(&overview);
	fflush(stdout);
	return r;
}

static int run(const struct options *o, struct err *err)
{
	struct workspace workspace = {0};
	int r = workspace_open(&workspace, o->config, o->state, err);

	while (r == 0) {
		if (o->watch && o->format == FORMAT_TEXT)
			fputs("\033[H\033[2J", stdout);
		r = show(&workspace, o, err);
		if (!o->watch || !stop_sleep_ms(WATCH_EVERY_MS))
			break;
	}
	workspace_close(&workspace);
	return r;
}

int cmd_status(int argc, char **argv)
{
	struct options o = {.format = FORMAT_TEXT};
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (run(&o, &err) == 0)
		return 0;
	fprintf(stderr, "kvmperf status: %s\n", err.text);
	return 1;
}
