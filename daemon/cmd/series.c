/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "page/terminal.h"
#include "phase/fetch.h"
#include "phase/intake.h"
#include "store/comparisons.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "text/html.h"
#include "text/lore.h"
#include "text/options.h"
#include "text/wrap.h"
#include "work/judge.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf series --repo PATH [OPTION...] MESSAGE-ID | URL | FILE.mbox\n"
	"\n"
	"Applies a posted series to its base, in the repository's objects alone, and hands\n"
	"base and tip over to kvmperf run. A Message-ID or the URL of a mail is fetched from\n"
	"the archive; FILE.mbox is a thread, the output of git format-patch, or one mail.\n"
	"\n"
	"  --repo PATH           git repository that has the base\n"
	"  --base COMMIT         apply to this (what the series names, else a guess that is "
	"told)\n"
	"  --version N           this version of the series (the newest complete one)\n"
	"  --message-id ID       the series of this mail, when the thread holds several\n"
	"  --lore URL            archive that is asked (https://lore.kernel.org/all)\n"
	"  --each-patch          then every patch against the one before it\n"
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
	const char *config, *state, *repo, *base, *id, *lore, *plan, *host;
	int version, boots, format;
	bool confirm, queue, dry_run, report, each_patch;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"base", OPTION_TEXT, OPTION(base), 0, 0, NULL},
	{"version", OPTION_INT, OPTION(version), 1, 99999, NULL},
	{"message-id", OPTION_TEXT, OPTION(id), 0, 0, NULL},
	{"lore", OPTION_TEXT, OPTION(lore), 0, 0, NULL},
	{"each-patch", OPTION_FLAG, OPTION(each_patch), 0, 0, NULL},
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
static void command_line(const struct options *o, const char *state, const char *ref,
	const char *base, const char *tip, struct strv *argv)
{
	strv_add(argv, "run");
	strv_addf(argv, "--repo=%s", o->repo);
	strv_addf(argv, "--base=%s", base);
	strv_addf(argv, "--new=%s", tip);
	strv_addf(argv, "--branch=%s", ref);
	if (o->plan)
		strv_addf(argv, "--plan=%s", o->plan);
	if (o->host)
		strv_addf(argv, "--host=%s", o->host);
	if (o->boots)
		strv_addf(argv, "--boots=%d", o->boots);
	if (o->config)
		strv_addf(argv, "--config=%s", o->config);
	strv_addf(argv, "--state=%s", state);
	if (o->confirm)
		strv_add(argv, "--confirm");
	if (o->queue)
		strv_add(argv, "--queue");
}

static void print_line(const char *line, void *data)
{
	(void)data;
	puts(line);
	fflush(stdout);
}

/* 0 when it was measured, 1 when that failed: run itself has told why. */
static int measure(const struct options *o, const char *state, const char *ref,
	const char *base, const char *tip, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_free char *shown = NULL, *self = NULL;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end = {0};
	int r = fs_absolute("/proc/self/exe", &self, err);

	if (r < 0)
		return r;
	strv_add(&argv, self);
	command_line(o, state, ref, base, tip, &argv);
	shown = strv_join(&argv, " ");
	printf("%s\n", shown);
	fflush(stdout);
	/* The only one takes our place, and our terminal. */
	if (!o->each_patch) {
		execv(self, argv.items);
		return err_sys(err, -errno, "cannot start kvmperf run");
	}
	spec.argv = &argv;
	spec.on_line = print_line;
	r = proc_run(&spec, &end, err);
	return r < 0 ? r : end.exit_status != 0;
}

/*
 * The series as a whole, then every patch against the one before it; one that
 * cannot be measured does not keep the others from it.
 */
static int measure_all(const struct options *o, const char *state,
	const struct intake_result *series, struct err *err)
{
	int failed = 0;
	int r = measure(o, state, series->ref, series->base, series->tip, err);

	failed += r > 0;
	for (int i = 0; r >= 0 && o->each_patch && series->total > 1 && i < series->total;
		i++) {
		printf("patch %d/%d\n", i + 1, series->total);
		r = measure(o, state, series->ref, i ? series->commits[i - 1] : series->base,
			series->commits[i], err);
		failed += r > 0;
	}
	return r < 0 ? r : failed;
}

/* ---- the result ---- */

/* One line a patch; what was not measured is told as that. */
static int print_patches(
	FILE *out, struct db *db, const struct intake_result *series, struct err *err)
{
	int r = 0;

	putc('\n', out);
	for (int i = 0; r >= 0 && i < series->total; i++) {
		const char *parent = i ? series->commits[i - 1] : series->base;
		struct comparison c = {0};
		int64_t id;

		r = comparison_find(db, parent, series->commits[i], &id, err);
		fprintf(out, "Patch %d/%d (%.12s): ", i + 1, series->total, series->commits[i]);
		if (r > 0)
			r = judge_comparison(db, id, &c, err);
		else if (r == 0)
			fputs("not measured by itself", out);
		if (r >= 0 && (c.sentence || c.reason))
			terminal_text(out, c.sentence ? c.sentence : c.reason, 300);
		putc('\n', out);
		comparison_clear(&c);
	}
	return r < 0 ? r : 0;
}

static int print_text(const struct options *o, struct db *db,
	const struct intake_result *series, const struct comparison *c, struct err *err)
{
	auto_free char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int r = 0;

	if (!out)
		return err_sys(err, -errno, "the report");
	fprintf(out, "kvmperf tested version %d of this series (%d patch%s).\n",
		series->version, series->total, series->total == 1 ? "" : "es");
	terminal_text(out, series->why, 300);
	fputs("\n\n", out);
	page_terminal_write(out, c, true);
	if (o->each_patch)
		r = print_patches(out, db, series, err);
	fclose(out);
	if (r == 0)
		wrap_text(stdout, text);
	return r;
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
		r = print_text(o, db, series, &comparison, err);
	comparison_clear(&comparison);
	return r;
}

/* Takes the series in, from wherever it is. */
static int take_in(const struct options *o, const struct workspace *workspace, const char *word,
	struct intake_result *ret, struct err *err)
{
	struct intake intake = {.file = word,
		.id = o->id,
		.repo = o->repo,
		.base = o->base,
		.version = o->version,
		.db = workspace->db};
	struct fetch fetch = {.word = word,
		.archive = o->lore ? o->lore : "https://lore.kernel.org/all",
		.state = workspace->state,
		.copy_will_do = o->report || o->format == FORMAT_B4,
		.clock = &clock_real};
	struct fetched fetched = {0};
	int r = 0;

	if (lore_kind(word) != LORE_FILE) {
		r = fetch_thread(&fetch, &fetched, err);
		intake.file = fetched.file;
		intake.id = o->id ? o->id : fetched.id;
	}
	if (fetched.remark)
		fprintf(stderr, "kvmperf series: %s\n", fetched.remark);
	if (r == 0)
		r = intake_series(&intake, ret, err);
	fetched_clear(&fetched);
	return r;
}

static int run(const struct options *o, const char *word, struct err *err)
{
	struct workspace workspace = {0};
	struct intake_result series = {0};
	auto_free char *state = NULL;
	bool asked = o->report || o->format == FORMAT_B4;
	int r = workspace_open(&workspace, o->config, o->state, err);

	if (r == 0)
		r = take_in(o, &workspace, word, &series, err);
	if (r == 0 && asked)
		r = report(o, workspace.db, &series, err);
	else if (r == 0)
		tell(&series);
	state = mem_strdup(workspace.state);
	workspace_close(&workspace);
	if (r == 0 && !asked && !o->dry_run)
		r = measure_all(o, state, &series, err);
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
	return r != 0;
}
