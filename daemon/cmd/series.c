/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"
#include "page/terminal.h"
#include "phase/intake.h"
#include "store/comparisons.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "text/html.h"
#include "text/options.h"
#include "work/judge.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf series --repo PATH [OPTION...] FILE.mbox\n"
	"\n"
	"Applies a posted series to its base, in the repository's objects alone, and hands\n"
	"base and tip over to kvmperf run. FILE.mbox is a thread as the archive serves it\n"
	"(t.mbox.gz, unpacked), the output of git format-patch, or one mail.\n"
	"\n"
	"  --repo PATH           git repository that has the base\n"
	"  --base COMMIT         apply to this (what the series names, else a guess that is "
	"told)\n"
	"  --version N           this version of the series (the newest complete one)\n"
	"  --message-id ID       the series of this mail, when the thread holds several\n"
	"  --plan NAME|FILE, --host NAME, --boots N, --confirm, --queue\n"
	"                        as of kvmperf run\n"
	"  --dry-run             apply, tell base and tip, measure nothing\n"
	"  --report              print the stored result as text to paste under a cover "
	"letter\n"
	"  --format b4           print it as JSON for an external check of b4 review\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n";

enum { FORMAT_TEXT, FORMAT_B4 };

static const char *const formats[] = {"text", "b4", NULL};

struct options {
	const char *config, *state, *repo, *base, *id, *plan, *host;
	int version, boots, format;
	bool confirm, queue, dry_run, report;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"base", OPTION_TEXT, OPTION(base), 0, 0, NULL},
	{"version", OPTION_INT, OPTION(version), 1, 99999, NULL},
	{"message-id", OPTION_TEXT, OPTION(id), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
	{"host", OPTION_TEXT, OPTION(host), 0, 0, NULL},
	{"boots", OPTION_INT, OPTION(boots), 1, 100, NULL},
	{"confirm", OPTION_FLAG, OPTION(confirm), 0, 0, NULL},
	{"queue", OPTION_FLAG, OPTION(queue), 0, 0, NULL},
	{"dry-run", OPTION_FLAG, OPTION(dry_run), 0, 0, NULL},
	{"report", OPTION_FLAG, OPTION(report), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf series", help, rows, ARRAY_SIZE(rows), 1};

static void tell(const struct intake_result *series)
{
	printf("series: ");
	terminal_text(stdout, series->subject, 200);
	printf("\nversion %d, %d patch%s, %s\n", series->version, series->total,
		series->total == 1 ? "" : "es", series->ref);
	terminal_text(stdout, series->why, 300);
	if (series->remark) {
		printf("\nnote: ");
		terminal_text(stdout, series->remark, 300);
	}
	printf("\ntip %.12s\n", series->tip);
	fflush(stdout);
}

/* kvmperf run does the rest; nothing about a series is special from here on. */
static int hand_over(
	const struct options *o, const struct intake_result *series, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_free char *shown = NULL, *self = NULL;
	int r = fs_absolute("/proc/self/exe", &self, err);

	if (r < 0)
		return r;
	strv_add(&argv, "kvmperf");
	strv_add(&argv, "run");
	strv_addf(&argv, "--repo=%s", o->repo);
	strv_addf(&argv, "--base=%s", series->base);
	strv_addf(&argv, "--new=%s", series->tip);
	strv_addf(&argv, "--branch=%s", series->ref);
	if (o->plan)
		strv_addf(&argv, "--plan=%s", o->plan);
	if (o->host)
		strv_addf(&argv, "--host=%s", o->host);
	if (o->boots)
		strv_addf(&argv, "--boots=%d", o->boots);
	if (o->config)
		strv_addf(&argv, "--config=%s", o->config);
	if (o->state)
		strv_addf(&argv, "--state=%s", o->state);
	if (o->confirm)
		strv_add(&argv, "--confirm");
	if (o->queue)
		strv_add(&argv, "--queue");
	shown = strv_join(&argv, " ");
	printf("%s\n", shown);
	fflush(stdout);
	execv(self, argv.items);
	return err_sys(err, -errno, "cannot start kvmperf run");
}

/* ---- the result ---- */

static void print_text(const struct intake_result *series, const struct comparison *c)
{
	printf("kvmperf tested version %d of this series (%d patch%s).\n", series->version,
		series->total, series->total == 1 ? "" : "es");
	terminal_text(stdout, series->why, 300);
	printf("\n\n");
	page_terminal_write(stdout, c, true);
}

static const char *b4_status(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_REGRESSED:
	case VERDICT_FAILED:
		return "fail";
	case VERDICT_INCONCLUSIVE:
		return "warn";
	case VERDICT_IMPROVED:
	case VERDICT_UNCHANGED:
	case VERDICT_COUNT:
		break;
	}
	return "pass";
}

/* b4 keeps an answer for months: while there is none, it gets an empty array. */
static int print_b4(
	const struct intake_result *series, const struct comparison *c, struct err *err)
{
	json_t *answer = json_array();
	int r = 0;

	if (c && strcmp(c->state, "running") != 0) {
		bool failed = strcmp(c->state, "failed") == 0;
		auto_free char *details = NULL;
		size_t bytes;
		FILE *text = open_memstream(&details, &bytes);

		if (text) {
			fprintf(text, "%s\n\n", series->why);
			if (!failed)
				page_terminal_write(text, c, true);
			fclose(text);
		}
		json_array_append_new(
			answer, json_pack("{s:s, s:s, s:s+, s:s}", "tool", "kvmperf", "status",
					failed ? "fail" : b4_status(c->headline), "summary",
					c->emulated ? "[instructions, emulated host] " : "",
					failed && c->reason ? c->reason
					: c->sentence	    ? c->sentence
							    : "",
					"details", details ? details : ""));
	}
	if (json_dumpf(answer, stdout, JSON_INDENT(2)) < 0)
		r = err_set(err, -EIO, "the output could not be written");
	putchar('\n');
	json_decref(answer);
	return r;
}

static int report(const struct options *o, struct db *db, const struct intake_result *series,
	struct err *err)
{
	struct comparison comparison = {0};
	int64_t id;
	int r = comparison_find(db, series->base, series->tip, &id, err);

	if (r == 0 && o->format == FORMAT_B4)
		return print_b4(series, NULL, err);
	if (r == 0)
		return err_set(err, -ENOENT,
			"version %d was not measured here; the same command without --report "
			"does it",
			series->version);
	if (r > 0)
		r = judge_comparison(db, id, &comparison, err);
	if (r < 0)
		return r;
	if (o->format == FORMAT_B4)
		r = print_b4(series, &comparison, err);
	else
		print_text(series, &comparison);
	comparison_clear(&comparison);
	return r;
}

static int run(const struct options *o, const char *file, struct err *err)
{
	struct workspace workspace = {0};
	struct intake_result series = {0};
	struct intake intake = {.file = file,
		.id = o->id,
		.repo = o->repo,
		.base = o->base,
		.version = o->version};
	bool asked = o->report || o->format == FORMAT_B4;
	int r = workspace_open(&workspace, o->config, o->state, err);

	intake.db = workspace.db;
	if (r == 0)
		r = intake_series(&intake, &series, err);
	if (r == 0 && asked)
		r = report(o, workspace.db, &series, err);
	else if (r == 0)
		tell(&series);
	workspace_close(&workspace);
	if (r == 0 && !asked && !o->dry_run)
		r = hand_over(o, &series, err);
	intake_result_clear(&series);
	return r;
}

int cmd_series(int argc, char **argv)
{
	struct options o = {.format = FORMAT_TEXT};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (!o.repo) {
		fputs("kvmperf series: --repo must be given; see kvmperf series --help\n",
			stderr);
		return 2;
	}
	r = run(&o, argv[words], &err);
	if (r < 0)
		fprintf(stderr, "kvmperf series: %s\n", err.text);
	return r < 0;
}
