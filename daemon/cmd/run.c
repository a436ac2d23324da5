/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/repo.h"
#include "job/campaign.h"
#include "page/terminal.h"
#include "phase/publish.h"
#include "text/options.h"
#include "work/console.h"
#include "work/fragment.h"
#include "work/judge.h"
#include "work/request.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf run --repo PATH --base COMMIT --new COMMIT [OPTION...]\n"
	"\n"
	"Builds two commits, boots them in turns on one host, measures, compares, and\n"
	"writes the pages. What is done already is not done again: after an interruption\n"
	"the same command goes on where it was.\n"
	"\n"
	"  --repo PATH           git repository that holds both commits\n"
	"  --base COMMIT         the baseline: an id, a branch, a tag, any name git knows\n"
	"  --new COMMIT          what is compared with it\n"
	"  --plan NAME|FILE      what is measured (dirty-log-emulated)\n"
	"  --host NAME           where, by its name in the configuration, or one of a kind\n"
	"                        by tag:NAME (emulated; with --queue any)\n"
	"  --boots N             boots of each kernel (as the plan says); more than\n"
	"                        before adds to a comparison that is done\n"
	"  --confirm             as many boots as the evidence needs: looks after 2+2, 4+4\n"
	"                        and 8+8 boots, each of which may be the last\n"
	"  --screen              two or three boots of the new kernel against what the store\n"
	"                        has of its branch (--branch); only when these look\n"
	"                        suspicious both kernels are booted, as with --confirm\n"
	"  --again               measure anew, as a comparison of its own\n"
	"  --kernel-config FILE  kernel configuration fragment (the shipped one)\n"
	"  --branch NAME         name for the pages (--new, when it is a branch)\n"
	"  --queue               leave it to the service: add a job and return\n"
	"  --priority N          of that job, -100 to 100; higher is first (0)\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n"
	"  --verbose             show the commands that are run\n"
	"\n"
	"Exit status: 0 measured; 1 an error, or a kernel that does not build or boot;\n"
	"2 wrong usage; 130 interrupted.\n";

struct options {
	const char *config, *state, *repo, *base, *fresh, *branch, *plan, *host, *fragment;
	int boots, priority;
	bool again, confirm, screen, verbose, queue;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"base", OPTION_TEXT, OPTION(base), 0, 0, NULL},
	{"new", OPTION_TEXT, OPTION(fresh), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
	{"host", OPTION_TEXT, OPTION(host), 0, 0, NULL},
	{"boots", OPTION_INT, OPTION(boots), 1, 100, NULL},
	{"again", OPTION_FLAG, OPTION(again), 0, 0, NULL},
	{"confirm", OPTION_FLAG, OPTION(confirm), 0, 0, NULL},
	{"screen", OPTION_FLAG, OPTION(screen), 0, 0, NULL},
	{"kernel-config", OPTION_TEXT, OPTION(fragment), 0, 0, NULL},
	{"branch", OPTION_TEXT, OPTION(branch), 0, 0, NULL},
	{"queue", OPTION_FLAG, OPTION(queue), 0, 0, NULL},
	{"priority", OPTION_INT, OPTION(priority), -100, 100, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"verbose", OPTION_FLAG, OPTION(verbose), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf run", help, rows, ARRAY_SIZE(rows), 0};

/* Everything a run holds. */
struct session {
	struct workspace workspace;
	struct plan plan;
	char *plan_text, *fragment;
	struct commit base, fresh;
	struct progress progress;
};

static void session_clear(struct session *s)
{
	workspace_close(&s->workspace);
	plan_clear(&s->plan);
	free(s->plan_text);
	free(s->fragment);
	commit_clear(&s->base);
	commit_clear(&s->fresh);
}

static int resolve(struct session *s, struct options *o, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	int r = repo_open(&repo, o->repo, err);

	if (r == 0)
		r = repo_resolve(repo, o->base, &s->base, err);
	if (r == 0)
		r = repo_resolve(repo, o->fresh, &s->fresh, err);
	if (r == 0 && !o->branch && repo_has_branch(repo, o->fresh))
		o->branch = o->fresh;
	return r;
}

/* After a screen: when it is suspicious, the confirm that it asks for; else itself again. */
static int follow(struct session *s, struct campaign *campaign, int64_t *id, struct err *err)
{
	struct comparison screen = {0};
	int r = judge_comparison(s->workspace.db, *id, &screen, err);
	bool asks = r == 0 && screen.screen.step == SCREEN_CONFIRM &&
		    strcmp(screen.state, "done") == 0;

	if (asks)
		progress_done(&s->progress, "%s: both kernels are booted now", screen.sentence);
	comparison_clear(&screen);
	if (!asks)
		return r;
	campaign->screen = false;
	campaign->confirm = true;
	campaign->screen_id = *id;
	return campaign_run(campaign, id, err);
}

static const char *host_of(const struct options *o)
{
	return o->host ? o->host : "emulated";
}

static int measure(struct session *s, const struct options *o, int64_t *ret_id, struct err *err)
{
	const struct host_spec *host = settings_host_for(&s->workspace.settings, host_of(o));
	struct campaign campaign = {
		.db = s->workspace.db,
		.state = s->workspace.state,
		.libdir = s->workspace.libdir,
		.repo = o->repo,
		.branch = o->branch,
		.fragment = s->fragment,
		.prebuilt = settings_prebuilt(&s->workspace.settings),
		.plan_text = s->plan_text,
		.plan = &s->plan,
		.host = host,
		.base = &s->base,
		.fresh = &s->fresh,
		.boots = o->boots ? o->boots : s->plan.boots,
		.again = o->again,
		.confirm = o->confirm,
		.screen = o->screen,
		.progress = &s->progress,
	};
	int r;

	if (!host)
		return workspace_no_host(host_of(o), o->config, err);
	r = campaign_run(&campaign, ret_id, err);
	return r == 0 && o->screen ? follow(s, &campaign, ret_id, err) : r;
}

/* Pages, and the table for the terminal. 1 when the comparison failed. */
static int present(struct session *s, int64_t id, struct err *err)
{
	struct comparison comparison = {0};
	bool failed;
	int r = publish_all(s->workspace.db, s->workspace.site, &s->progress, err);

	if (r == 0)
		r = judge_comparison(s->workspace.db, id, &comparison, err);
	if (r < 0)
		return r;
	progress_clear(&s->progress);
	failed = strcmp(comparison.state, "failed") == 0;
	if (failed)
		fprintf(stderr, "kvmperf run: %s\n", comparison.reason);
	else
		page_terminal_write(stdout, &comparison, false);
	printf("\npages: %s/index.html\n", s->workspace.site);
	comparison_clear(&comparison);
	return failed;
}

/* Leaves it to the service. */
static int enqueue(struct session *s, const struct options *o, struct err *err)
{
	const struct request request = {
		.repo = o->repo,
		.plan = o->plan,
		.kernel_config = o->fragment,
		.host = o->host,
		.branch = o->branch,
		.base = &s->base,
		.fresh = &s->fresh,
		.kind = o->screen    ? JOB_SCREEN
			: o->confirm ? JOB_CONFIRM
				     : JOB_FIXED,
		.boots = o->boots,
		.priority = o->priority,
		.again = o->again,
	};
	int64_t id;
	bool is_new;
	int r;

	if (o->host && !settings_host_for(&s->workspace.settings, o->host))
		return workspace_no_host(host_of(o), o->config, err);
	r = request_add(s->workspace.db, &request, &id, &is_new, err);

	if (r == 0)
		printf("job %lld%s\n", (long long)id,
			is_new ? "" : " has asked the same already; --again asks anew");
	return r;
}

static int run(struct session *s, struct options *o, struct err *err)
{
	int64_t id;
	int r = workspace_open(&s->workspace, o->config, o->state, err);

	if (r == 0)
		r = workspace_plan(o->plan, &s->plan, &s->plan_text, err);
	if (r == 0)
		r = fragment_read(&s->workspace.settings, s->workspace.state, o->fragment,
			&s->fragment, err);
	if (r == 0)
		r = resolve(s, o, err);
	if (r == 0 && o->queue)
		return enqueue(s, o, err);
	if (r == 0)
		r = measure(s, o, &id, err);
	return r < 0 ? r : present(s, id, err);
}

int cmd_run(int argc, char **argv)
{
	struct options o = {.plan = "dirty-log-emulated"};
	struct session session = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (!o.repo || !o.base || !o.fresh) {
		fputs("kvmperf run: --repo, --base and --new must be given; see kvmperf run "
		      "--help\n",
			stderr);
		return 2;
	}
	if (o.screen && (o.confirm || o.boots)) {
		fputs("kvmperf run: --screen decides how many boots it takes: it goes without "
		      "--confirm and --boots\n",
			stderr);
		return 2;
	}
	if (o.screen && !o.branch) {
		fputs("kvmperf run: --screen needs --branch: the branch whose stored boots are "
		      "the baseline\n",
			stderr);
		return 2;
	}
	console_begin(&session.progress, stdout, o.verbose);
	r = run(&session, &o, &err);
	status = console_end(&session.progress, "kvmperf run", r, &err);
	session_clear(&session);
	return status;
}
