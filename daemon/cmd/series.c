/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "io/mimeread.h"
#include "notice/reply.h"
#include "phase/fetch.h"
#include "phase/intake.h"
#include "store/comparisons.h"
#include "store/outbox.h"
#include "store/threads.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "text/html.h"
#include "text/lore.h"
#include "text/options.h"
#include "view/export.h"
#include "work/answer.h"
#include "work/judge.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf series --repo PATH [OPTION...] MESSAGE-ID | URL | FILE.mbox\n"
	"       kvmperf series --report | --format WORD -\n"
	"\n"
	"Applies a posted series to its base, in the repository's objects alone, and hands\n"
	"base and tip over to kvmperf run. A Message-ID or the URL of a mail is fetched from\n"
	"the archive; FILE.mbox is a thread, the output of git format-patch, or one mail.\n"
	"- is a mail on standard input, as b4 review gives it: the stored result of its\n"
	"series, or of the one patch, is printed.\n"
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
	"  --format WORD         b4: as JSON for an external check of b4 review;\n"
	"                        json: as of kvmperf compare\n"
	"  --reply               write it as a mail in reply to the cover letter, to its\n"
	"                        author and [mail] series-cc; dry until [mail] can send\n"
	"  --again               although there is such a mail already\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n";

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_B4 };

#define MAIL_MAX_BYTES ((size_t)64 << 20)

static const char *const formats[] = {"text", "json", "b4", NULL};

struct options {
	const char *config, *state, *repo, *base, *id, *lore, *plan, *host;
	int version, boots, format;
	bool confirm, queue, dry_run, report, reply, again, each_patch;
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
	{"reply", OPTION_FLAG, OPTION(reply), 0, 0, NULL},
	{"again", OPTION_FLAG, OPTION(again), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf series", help, rows, ARRAY_SIZE(rows), 1};

static bool only_answers(const struct options *o)
{
	return o->report || o->reply || o->format != FORMAT_TEXT;
}

static void tell(const struct applied *series)
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
static int measure_all(const struct options *o, const char *state, const struct applied *series,
	struct err *err)
{
	int failed = 0;
	int r = measure(o, state, series->ref, series->base, series->tip, err);

	failed += r > 0;
	for (int i = 0; r >= 0 && o->each_patch && series->total > 1 && i < series->total;
		i++) {
		printf("patch %d/%d\n", i + 1, series->total);
		r = measure(o, state, series->ref, applied_parent(series, i + 1),
			series->commits[i], err);
		failed += r > 0;
	}
	return r < 0 ? r : failed;
}

/* ---- the result ---- */

/* Every patch against the one before it; the caller clears each and frees. */
static int judge_patches(
	struct db *db, const struct applied *series, struct comparison **ret, struct err *err)
{
	struct comparison *patches = MEM_NEW(struct comparison, (size_t)series->total);
	int r = 0;

	*ret = patches;
	for (int i = 0; r >= 0 && i < series->total; i++) {
		int64_t id;

		r = comparison_find(
			db, applied_parent(series, i + 1), series->commits[i], &id, err);
		if (r > 0)
			r = judge_comparison(db, id, &patches[i], err);
	}
	return r < 0 ? r : 0;
}

static int reply(struct workspace *w, const struct options *o, const struct answer *answer,
	struct err *err)
{
	auto_free char *text = answer_text(answer);
	struct mail mail = {0};
	int64_t id;
	int r = reply_write(w->db, &w->settings,
		&(struct reply){answer->series, answer->whole, text, o->again},
		clock_unix_ms(&clock_real), &id, err);

	if (r == 0)
		r = outbox_load(w->db, id, &mail, err);
	if (r < 0)
		return r;
	printf("mail %lld to ", (long long)id);
	terminal_text(stdout, mail.recipients, 300);
	printf(": %s\n%s; kvmperf mail --preview %lld shows it\n", mail.state,
		strcmp(mail.state, "dry") == 0
			? "nothing is sent while [mail] has no from, smtp and to"
			: "the service sends it, or kvmperf mail --send",
		(long long)id);
	mail_clear(&mail);
	return 0;
}

static int print(struct workspace *w, const struct options *o, const struct answer *answer,
	struct err *err)
{
	auto_free char *text = NULL;

	if (o->reply)
		return reply(w, o, answer, err);
	if (o->format == FORMAT_B4)
		return answer_b4(stdout, answer, err);
	if (o->format == FORMAT_JSON)
		return export_json(stdout, answer->whole, err);
	text = answer_text(answer);
	fputs(text, stdout);
	return 0;
}

/* Answers from the store; patch: its number, 0 for the series as a whole. */
static int report(struct workspace *w, const struct options *o, const struct applied *series,
	int patch, struct err *err)
{
	struct comparison whole = {0}, *patches = NULL;
	struct answer answer = {.series = series, .site = w->settings.mail.site};
	int64_t id;
	int r = comparison_find(w->db, patch ? applied_parent(series, patch) : series->base,
		patch ? series->commits[patch - 1] : series->tip, &id, err);

	if (r == 0 && o->format == FORMAT_B4)
		return answer_b4(stdout, &answer, err);
	if (r == 0)
		return err_set(err, -ENOENT,
			"version %d was not measured here; the same command without %s "
			"does it",
			series->version, o->reply ? "--reply" : "--report or --format");
	if (r > 0)
		r = judge_comparison(w->db, id, &whole, err);
	answer.whole = &whole;
	if (r == 0 && o->each_patch && !patch)
		r = judge_patches(w->db, series, &patches, err);
	answer.patches = patches;
	if (r == 0)
		r = print(w, o, &answer, err);
	for (int i = 0; patches && i < series->total; i++)
		comparison_clear(&patches[i]);
	free(patches);
	comparison_clear(&whole);
	return r;
}

/* As b4 review asks: one mail of a series on standard input, known by its Message-ID. */
static int answer_mail(struct workspace *w, const struct options *o, struct err *err)
{
	auto_posting_list struct posting_list mails = {0};
	auto_applied struct applied series = {0};
	auto_free char *text = NULL;
	int patch = 0;
	size_t bytes;
	int r = fs_read("/dev/stdin", MAIL_MAX_BYTES, &text, &bytes, err);

	if (r == 0)
		r = mime_read("standard input", text, bytes, &mails, err);
	if (r == 0)
		r = thread_of_mail(w->db, mails.mails[0].id, &series, &patch, err);
	if (r > 0)
		return report(w, o, &series, patch, err);
	if (r == 0 && o->format == FORMAT_B4)
		return answer_b4(stdout, &(struct answer){.site = ""}, err);
	return r < 0 ? r
		     : err_set(err, -ENOENT,
			       "the series of mail <%.200s> was not taken in here",
			       mails.mails[0].id);
}

/* Takes the series in, from wherever it is. */
static int take_in(const struct options *o, const struct workspace *workspace, const char *word,
	struct applied *ret, struct err *err)
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
		.copy_will_do = only_answers(o),
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
	auto_applied struct applied series = {0};
	auto_free char *state = NULL;
	bool answers = only_answers(o), from_mail = strcmp(word, "-") == 0;
	int r = workspace_open(&workspace, o->config, o->state, err);

	if (r == 0 && from_mail)
		r = answer_mail(&workspace, o, err);
	else if (r == 0)
		r = take_in(o, &workspace, word, &series, err);
	if (r == 0 && !from_mail && answers)
		r = report(&workspace, o, &series, 0, err);
	else if (r == 0 && !answers)
		tell(&series);
	state = mem_strdup(workspace.state);
	workspace_close(&workspace);
	if (r == 0 && !answers && !o->dry_run)
		r = measure_all(o, state, &series, err);
	return r;
}

/* What is wrong with the words of a command line, or NULL. */
static const char *wrong_use(const struct options *o, const char *word)
{
	if (strcmp(word, "-") == 0)
		return !only_answers(o) || o->reply
			       ? "a mail on standard input is answered with --report or "
				 "--format"
			       : NULL;
	return o->repo ? NULL : "--repo must be given";
}

int cmd_series(int argc, char **argv)
{
	struct options o = {.format = FORMAT_TEXT};
	struct err err = ERR_INIT;
	const char *wrong;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	wrong = wrong_use(&o, argv[words]);
	if (wrong) {
		fprintf(stderr, "kvmperf series: %s; see kvmperf series --help\n", wrong);
		return 2;
	}
	r = run(&o, argv[words], &err);
	if (r < 0)
		fprintf(stderr, "kvmperf series: %s\n", err.text);
	return r != 0;
}
