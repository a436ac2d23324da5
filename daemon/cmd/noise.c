/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/repo.h"
#include "job/campaign.h"
#include "page/noise.h"
#include "store/comparisons.h"
#include "text/options.h"
#include "work/console.h"
#include "work/fragment.h"
#include "work/judge.h"
#include "work/noise.h"
#include "work/record.h"
#include "work/request.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf noise HOST --repo PATH [OPTION...]\n"
	"\n"
	"Measures a kernel against itself on a host, and prints what its values vary by when\n"
	"nothing changes - from process to process, boot to boot, lab session to lab\n"
	"session - and the smallest change that comparisons of usual size can see there.\n"
	"What is measured already is not measured again.\n"
	"\n"
	"  --repo PATH           git repository that holds the kernel\n"
	"  --base COMMIT         which kernel (HEAD)\n"
	"  --boots N             boots in all, at least (10); more than before adds to them\n"
	"  --again               a lab session of its own: what sessions differ by shows from\n"
	"                        the second on\n"
	"  --queue               leave it to the service: the first call adds a job, later\n"
	"                        ones print what it has measured. So it is on a host that is\n"
	"                        the service's own machine (driver = local)\n"
	"  --plan NAME|FILE      what is measured (dirty-log-emulated)\n"
	"  --format WORD         text or json (text)\n"
	"  --kernel-config FILE  kernel configuration fragment (the configured one)\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n"
	"  --verbose             show the commands that are run\n"
	"\n"
	"Exit status: 0 measured; 1 an error, or a kernel that does not build or boot;\n"
	"2 wrong usage; 130 interrupted.\n";

enum { FORMAT_TEXT, FORMAT_JSON };

static const char *const formats[] = {"text", "json", NULL};

struct options {
	const char *config, *state, *repo, *base, *plan, *fragment, *host;
	int boots, format;
	bool again, queue, verbose;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"base", OPTION_TEXT, OPTION(base), 0, 0, NULL},
	{"boots", OPTION_INT, OPTION(boots), 4, 200, NULL},
	{"again", OPTION_FLAG, OPTION(again), 0, 0, NULL},
	{"queue", OPTION_FLAG, OPTION(queue), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"kernel-config", OPTION_TEXT, OPTION(fragment), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"verbose", OPTION_FLAG, OPTION(verbose), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf noise", help, rows, ARRAY_SIZE(rows), 1};

struct session {
	struct workspace workspace;
	struct plan plan;
	char *plan_text, *fragment;
	struct commit commits[2]; /* the same one twice: each side has its own */
	struct progress progress;
};

static void session_clear(struct session *s)
{
	workspace_close(&s->workspace);
	plan_clear(&s->plan);
	free(s->plan_text);
	free(s->fragment);
	commit_clear(&s->commits[0]);
	commit_clear(&s->commits[1]);
}

static int resolve(struct session *s, const struct options *o, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	int r = repo_open(&repo, o->repo, err);

	for (int i = 0; i < 2 && r == 0; i++)
		r = repo_resolve(repo, o->base, &s->commits[i], err);
	return r;
}

/* Asks the service. 1: it has measured, and *ret_id is the comparison. */
static int ask_service(
	struct session *s, const struct options *o, int64_t *ret_id, struct err *err)
{
	const struct request request = {
		.repo = o->repo,
		.plan = o->plan,
		.kernel_config = o->fragment,
		.host = o->host,
		.base = &s->commits[0],
		.fresh = &s->commits[1],
		.kind = JOB_FIXED,
		.boots = (o->boots + 1) / 2,
		.again = o->again,
	};
	int64_t id;
	bool is_new;
	int r = 0;

	if (!o->again)
		r = comparison_find_aa(
			s->workspace.db, o->host, s->commits[0].oid, s->plan.hash, ret_id, err);
	if (r != 0)
		return r;
	r = request_add(s->workspace.db, &request, &id, &is_new, err);
	if (r == 0)
		printf("job %lld %s (kvmperf why %lld); ask again when it has ended\n",
			(long long)id,
			is_new ? "is left to the service" : "has asked for it already",
			(long long)id);
	return r;
}

static int measure(struct session *s, const struct options *o, const struct host_spec *host,
	int64_t *ret_id, struct err *err)
{
	struct campaign campaign = {
		.db = s->workspace.db,
		.state = s->workspace.state,
		.libdir = s->workspace.libdir,
		.repo = o->repo,
		.fragment = s->fragment,
		.prebuilt = settings_prebuilt(&s->workspace.settings),
		.plan_text = s->plan_text,
		.plan = &s->plan,
		.host = host,
		.base = &s->commits[0],
		.fresh = &s->commits[1],
		.boots = (o->boots + 1) / 2,
		.again = o->again,
		.aa = true,
		.progress = &s->progress,
	};

	int r = campaign_run(&campaign, ret_id, err);

	return r < 0 ? r : 1;
}

/* 1 and the comparison that answers, or 0: the service will have it. */
static int find_answer(
	struct session *s, const struct options *o, int64_t *ret_id, struct err *err)
{
	const struct host_spec *host = settings_host(&s->workspace.settings, o->host);

	if (!host)
		return workspace_no_host(o->host, o->config, err);
	return o->queue || host->driver == HOST_LOCAL ? ask_service(s, o, ret_id, err)
						      : measure(s, o, host, ret_id, err);
}

/* 1 when there is nothing to tell but why. */
static int present(struct session *s, const struct options *o, int64_t id, struct err *err)
{
	struct comparison comparison = {0};
	struct noise noise = {0};
	int r = record_missing(s->workspace.db, err);

	if (r >= 0)
		r = judge_comparison(s->workspace.db, id, &comparison, err);
	if (r < 0)
		return r;
	progress_clear(&s->progress);
	if (strcmp(comparison.state, "failed") == 0) {
		fprintf(stderr, "kvmperf noise: %s\n", comparison.reason);
		r = 1;
	} else {
		r = noise_load(s->workspace.db, &comparison, &noise, err);
		if (r == 0)
			(o->format == FORMAT_JSON ? page_noise_json : page_noise_write)(
				stdout, &comparison, &noise);
	}
	noise_clear(&noise);
	comparison_clear(&comparison);
	return r;
}

static int run(struct session *s, const struct options *o, struct err *err)
{
	int64_t id = 0;
	int r = workspace_open(&s->workspace, o->config, o->state, err);

	if (r == 0)
		r = workspace_plan(o->plan, &s->plan, &s->plan_text, err);
	if (r == 0)
		r = fragment_read(&s->workspace.settings, s->workspace.state, o->fragment,
			&s->fragment, err);
	if (r == 0)
		r = resolve(s, o, err);
	if (r == 0)
		r = find_answer(s, o, &id, err);
	return r <= 0 ? r : present(s, o, id, err);
}

int cmd_noise(int argc, char **argv)
{
	struct options o = {.plan = "dirty-log-emulated", .base = "HEAD", .boots = 10};
	struct session session = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (!o.repo) {
		fputs("kvmperf noise: --repo must be given; see kvmperf noise --help\n",
			stderr);
		return 2;
	}
	o.host = argv[words];
	/* Progress would be in the middle of what a program reads. */
	console_begin(&session.progress, o.format == FORMAT_JSON ? stderr : stdout, o.verbose);
	r = run(&session, &o, &err);
	status = console_end(&session.progress, "kvmperf noise", r, &err);
	session_clear(&session);
	return status;
}
