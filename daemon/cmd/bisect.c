/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/bisect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "config/settings.h"
#include "io/repo.h"
#include "job/campaign.h"
#include "page/bisect_text.h"
#include "phase/bisect.h"
#include "phase/build.h"
#include "phase/publish.h"
#include "store/bisects.h"
#include "sys/fs.h"
#include "text/options.h"
#include "work/console.h"
#include "work/fragment.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf bisect GOOD BAD --repo PATH [OPTION...]\n"
	"       kvmperf bisect --show N | --list\n"
	"\n"
	"Finds the commit that made a kernel slower (or faster): verifies that the two\n"
	"ends differ, tests commits in between, enters merges, and proves the suspect by\n"
	"fresh boots of it and its parent and by its revert on the bad end. The answer\n"
	"is a commit with its proof, or a range with the reason. What is done already is\n"
	"not done again: after an interruption the same command goes on where it was.\n"
	"\n"
	"  --repo PATH           git repository that holds the commits\n"
	"  --plan NAME|FILE      what is measured (dirty-log-emulated)\n"
	"  --host NAME           where, by its name in the configuration (emulated)\n"
	"  --paths \"PATH...\"     only commits that touch these, while they explain the\n"
	"                        change; \"\" for all (what a [branch] is watched for)\n"
	"  --event N             the event that this explains\n"
	"  --aligned             prove it with functions aligned, too: on hardware a change\n"
	"                        may come from where code lies\n"
	"  --queue               leave the steps to the service\n"
	"  --again               search anew\n"
	"  --kernel-config FILE  kernel configuration fragment (the shipped one)\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n"
	"  --verbose             show the commands that are run\n"
	"  --show N              print bisect N with every step\n"
	"  --list                print the answers of all bisects\n"
	"\n"
	"Exit status: 0 a commit or a range is found; 1 an error; 2 wrong usage;\n"
	"130 interrupted.\n";

struct options {
	const char *config, *state, *repo, *plan, *host, *paths, *fragment;
	int event, show;
	bool aligned, queue, again, verbose, list;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
	{"host", OPTION_TEXT, OPTION(host), 0, 0, NULL},
	{"paths", OPTION_TEXT, OPTION(paths), 0, 0, NULL},
	{"event", OPTION_INT, OPTION(event), 1, 1 << 30, NULL},
	{"aligned", OPTION_FLAG, OPTION(aligned), 0, 0, NULL},
	{"queue", OPTION_FLAG, OPTION(queue), 0, 0, NULL},
	{"again", OPTION_FLAG, OPTION(again), 0, 0, NULL},
	{"kernel-config", OPTION_TEXT, OPTION(fragment), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"verbose", OPTION_FLAG, OPTION(verbose), 0, 0, NULL},
	{"show", OPTION_INT, OPTION(show), 1, 1 << 30, NULL},
	{"list", OPTION_FLAG, OPTION(list), 0, 0, NULL},
};

static const struct option_table search_table = {
	"kvmperf bisect", help, rows, ARRAY_SIZE(rows), 2};
static const struct option_table show_table = {
	"kvmperf bisect", help, rows, ARRAY_SIZE(rows), 0};

/* Everything a search by hand holds. */
struct session {
	struct workspace workspace;
	struct plan plan;
	char *plan_text, *repo;
	char *fragment, *aligned; /* texts of the kernel configuration */
	const struct host_spec *host;
	struct bisect subject;
	struct progress progress;
};

static void session_clear(struct session *s)
{
	workspace_close(&s->workspace);
	plan_clear(&s->plan);
	free(s->plan_text);
	free(s->repo);
	free(s->fragment);
	free(s->aligned);
	bisect_clear(&s->subject);
}

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

/* --- what is searched --- */

static int read_fragment(struct session *s, const char *path, struct err *err)
{
	int r = 0;

	if (path)
		r = fs_absolute(path, &s->subject.kernel_config, err);
	if (r == 0)
		r = fragment_read(
			&s->workspace.settings, s->workspace.state, path, &s->fragment, err);
	if (r == 0)
		s->aligned = mem_printf("%s\n%s", s->fragment, BISECT_ALIGN);
	return r < 0 ? r
		     : build_recipe(s->fragment, settings_prebuilt(&s->workspace.settings),
			       s->subject.recipe, err);
}

static int take_end(
	struct session *s, const char *name, struct bisect_commit *ret, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	struct commit commit = {0};
	int r = repo_open(&repo, s->repo, err);

	if (r == 0)
		r = repo_resolve(repo, name, &commit, err);
	if (r == 0)
		r = commit_store(s->workspace.db, &commit, err);
	ret->id = commit.id;
	commit_clear(&commit);
	return r;
}

/* A plan's file may be named from elsewhere next time; a shipped plan has no path. */
static int name_plan(struct session *s, const char *plan, struct err *err)
{
	if (!strchr(plan, '/')) {
		s->subject.plan = mem_strdup(plan);
		return 0;
	}
	return fs_absolute(plan, &s->subject.plan, err);
}

static int open_session(
	struct session *s, const struct options *o, char **words, struct err *err)
{
	struct bisect *b = &s->subject;
	int r = workspace_open(&s->workspace, o->config, o->state, err);

	if (r == 0)
		r = fs_absolute(o->repo, &s->repo, err);
	if (r == 0)
		r = workspace_plan(o->plan, &s->plan, &s->plan_text, err);
	if (r == 0)
		r = name_plan(s, o->plan, err);
	if (r == 0)
		r = read_fragment(s, o->fragment, err);
	if (r == 0)
		r = take_end(s, words[0], &b->good, err);
	if (r == 0)
		r = take_end(s, words[1], &b->bad, err);
	if (r < 0)
		return r;
	s->host = settings_host(&s->workspace.settings, o->host);
	if (!s->host)
		return workspace_no_host(o->host, o->config, err);
	b->event_id = o->event;
	b->repository = mem_strdup(s->repo);
	b->host = mem_strdup(o->host);
	b->paths = mem_strdup(o->paths);
	b->queued = o->queue;
	b->aligned = o->aligned;
	return 0;
}

/* The one that was begun before, or a new one. */
static int find_bisect(struct session *s, bool again, int64_t *ret_id, struct err *err)
{
	int r = again ? 0 : bisect_find_same(s->workspace.db, &s->subject, ret_id, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = bisect_add(s->workspace.db, &s->subject, now_ms(), err);
	*ret_id = s->subject.id;
	return r;
}

/* --- one step --- */

static void tell_step(
	struct session *s, const struct bisect *bisect, const struct bisect_step *step)
{
	auto_free char *line = bisect_text_step(bisect, step);

	progress_note(&s->progress, "step %d: %s", step->number, line);
}

static int take_commits(struct session *s, const struct bisect_step *step, struct commit *base,
	struct commit *fresh, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	int r = repo_open(&repo, s->repo, err);

	if (r == 0)
		r = repo_resolve(repo, step->base.oid, base, err);
	if (r == 0)
		r = repo_resolve(repo, step->commit.oid, fresh, err);
	if (r == 0)
		r = commit_store(s->workspace.db, base, err);
	return r < 0 ? r : commit_store(s->workspace.db, fresh, err);
}

/* Builds the candidate. 1: its image has answered before. */
static int build_first(struct session *s, const struct bisect *bisect,
	const struct commit *fresh, struct bisect_step *step, struct err *err)
{
	struct build_order order = {s->workspace.db, s->workspace.state, s->repo, s->fragment,
		bisect->recipe, &s->progress, settings_prebuilt(&s->workspace.settings)};
	struct kernel_record kernel = {0};
	int r;

	if (step->kind != BISECT_TEST && step->kind != BISECT_REVERT)
		return 0;
	r = build_kernel(&order, fresh, &kernel, err);
	kernel_record_clear(&kernel);
	return r < 0 ? r : bisect_same_image(s->workspace.db, bisect, step, now_ms(), err);
}

static int measure(struct session *s, const struct bisect *bisect, struct commit *base,
	struct commit *fresh, struct bisect_step *step, struct err *err)
{
	struct bisect_order order = bisect_order(bisect, step);
	struct campaign campaign = {
		.db = s->workspace.db,
		.state = s->workspace.state,
		.libdir = s->workspace.libdir,
		.repo = s->repo,
		.fragment = order.aligned ? s->aligned : s->fragment,
		.prebuilt = settings_prebuilt(&s->workspace.settings),
		.plan_text = s->plan_text,
		.plan = &s->plan,
		.host = s->host,
		.base = base,
		.fresh = fresh,
		.boots = order.boots,
		.confirm = order.confirm,
		.again = order.again,
		.progress = &s->progress,
	};
	int r = bisect_test(s->workspace.db, bisect->id, &campaign.test_id, err);

	if (r >= 0)
		r = campaign_run(&campaign, &step->comparison_id, err);
	return r < 0 ? r : bisect_step_link(s->workspace.db, step, err);
}

static int one_step(struct session *s, const struct bisect *bisect, struct bisect_step *step,
	struct err *err)
{
	struct commit base = {0}, fresh = {0};
	int r = take_commits(s, step, &base, &fresh, err);

	if (r == 0)
		r = build_first(s, bisect, &fresh, step, err);
	if (r == 0)
		r = measure(s, bisect, &base, &fresh, step, err);
	commit_clear(&base);
	commit_clear(&fresh);
	return r < 0 ? r : 0;
}

/* --- the search --- */

/* Tells the steps that have ended since the last time. */
static void tell_news(struct session *s, const struct bisect *bisect, int *told)
{
	for (size_t i = 0; i < bisect->step_count; i++)
		if (bisect->steps[i].done && bisect->steps[i].number > *told) {
			*told = bisect->steps[i].number;
			tell_step(s, bisect, &bisect->steps[i]);
		}
}

static int search(struct session *s, int64_t id, struct err *err)
{
	bool emulated = host_is_emulated(s->host);
	int told = 0, r;

	do {
		struct bisect bisect;

		r = bisect_advance(s->workspace.db, id, emulated, now_ms(), &bisect, err);
		if (r < 0)
			return r;
		tell_news(s, &bisect, &told);
		for (size_t i = 0; i < bisect.step_count && r > 0; i++) {
			int stepped = 0;

			if (stop_requested())
				stepped = err_set(err, -EINTR, "stopped");
			else if (!bisect.steps[i].done)
				stepped = one_step(s, &bisect, &bisect.steps[i], err);
			if (stepped < 0)
				r = stepped;
		}
		bisect_clear(&bisect);
	} while (r > 0);
	return r;
}

static int show(struct session *s, int64_t id, struct err *err)
{
	struct bisect bisect;
	int r = bisect_load(s->workspace.db, id, &bisect, err);

	if (r < 0)
		return r;
	progress_clear(&s->progress);
	bisect_text_write(stdout, &bisect);
	bisect_clear(&bisect);
	return 0;
}

static int list(struct session *s, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = bisect_list(s->workspace.db, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		auto_free char *answer = NULL;
		struct bisect bisect;

		r = bisect_load(s->workspace.db, ids[i], &bisect, err);
		if (r < 0)
			break;
		answer = bisect_text_answer(&bisect);
		printf("%4lld  %.12s..%.12s  %s\n", (long long)ids[i], bisect.good.oid,
			bisect.bad.oid, answer);
		bisect_clear(&bisect);
	}
	if (r == 0 && !count)
		puts("There is no bisect yet.");
	return r;
}

static int run(struct session *s, const struct options *o, char **words, struct err *err)
{
	int64_t id = 0;
	int r = open_session(s, o, words, err);

	if (r == 0)
		r = find_bisect(s, o->again, &id, err);
	if (r < 0)
		return r;
	if (o->queue) {
		printf("bisect %lld is the service's now; kvmperf bisect --show %lld\n",
			(long long)id, (long long)id);
		return 0;
	}
	r = search(s, id, err);
	if (r == 0)
		r = publish_all(s->workspace.db, s->workspace.site, &s->progress, err);
	return r < 0 ? r : show(s, id, err);
}

static int print(struct session *s, const struct options *o, struct err *err)
{
	int r = workspace_open(&s->workspace, o->config, o->state, err);

	if (r < 0)
		return r;
	return o->list ? list(s, err) : show(s, o->show, err);
}

/* Is it asked only for what is known already? */
static bool is_print(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--show") == 0 || strncmp(argv[i], "--show=", 7) == 0 ||
			strcmp(argv[i], "--list") == 0)
			return true;
	return false;
}

int cmd_bisect(int argc, char **argv)
{
	struct options o = {
		.plan = "dirty-log-emulated", .host = "emulated", .paths = SETTINGS_PATHS};
	bool prints = is_print(argc, argv);
	struct session session = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(
		    prints ? &show_table : &search_table, argc, argv, &o, &words, &status))
		return status;
	if (!prints && !o.repo) {
		fputs("kvmperf bisect: --repo must be given; see kvmperf bisect --help\n",
			stderr);
		return 2;
	}
	console_begin(&session.progress, stdout, o.verbose);
	r = prints ? print(&session, &o, &err) : run(&session, &o, argv + words, &err);
	status = console_end(&session.progress, "kvmperf bisect", r, &err);
	session_clear(&session);
	return status;
}
