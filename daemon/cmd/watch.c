/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "phase/watch.h"
#include "text/giturl.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf watch [--repository URL] [--due] [OPTION...]\n"
	"\n"
	"Fetches the repositories of the configuration's [branch] sections into their\n"
	"mirrors and adds a job for each new commit that is to be tested, as the service\n"
	"does by itself. Once, now; again is harmless.\n"
	"\n"
	"  --repository URL  only this one\n"
	"  --due             only those whose time has come\n"
	"  --config FILE     configuration file, see kvmperf.conf(5)\n"
	"  --state DIR       where everything is kept\n"
	"\n"
	"Exit status: 0 all were fetched; 1 an error: what the others brought is kept; 2 "
	"wrong\n"
	"usage; 130 interrupted.\n";

struct options {
	const char *config, *state, *repository;
	bool due;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"repository", OPTION_TEXT, OPTION(repository), 0, 0, NULL},
	{"due", OPTION_FLAG, OPTION(due), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf watch", help, rows, ARRAY_SIZE(rows), 0};

static int look_at_one(struct watch *watch, const char *repository, struct err *err)
{
	struct watch_report report;
	int r;

	progress_step(watch->progress, "fetch %s", repository);
	watch->now_unix_ms = clock_unix_ms(&clock_real);
	watch->seed = (uint64_t)watch->now_unix_ms;
	r = watch_repository(watch, repository, &report, err);
	if (r < 0) {
		progress_clear(watch->progress);
		return r;
	}
	progress_done(watch->progress,
		"fetched %s: %zu refs watched, %zu moved, %zu jobs added", repository,
		report.refs, report.moved, report.jobs);
	if (report.gone)
		progress_note(watch->progress, "  %zu refs are gone", report.gone);
	if (report.left_out)
		progress_note(watch->progress,
			"  more commits are left out: the cap of the day is reached");
	return 0;
}

/* Is this section the first that names its repository? */
static bool is_first(const struct settings *settings, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(settings->branches[k].repository,
			    settings->branches[i].repository) == 0)
			return false;
	return true;
}

/* Each repository once; one that fails does not keep the others from their turn. */
static int look_at_all(struct watch *watch, const char *only, struct err *err)
{
	int failed = 0;
	bool any = false;

	for (size_t i = 0; i < watch->settings->branch_count; i++) {
		const char *repository = watch->settings->branches[i].repository;
		int r;

		if (!is_first(watch->settings, i) || (only && strcmp(only, repository) != 0))
			continue;
		any = true;
		r = look_at_one(watch, repository, err);
		if (r == -EINTR)
			return r;
		if (r < 0) {
			fprintf(stderr, "kvmperf watch: %s\n", err->text);
			failed = r;
		}
	}
	if (any)
		return failed;
	if (only)
		err_set(err, -ENOENT, "no [branch] section of the configuration names %s",
			only);
	else
		err_set(err, -ENOENT,
			"nothing is watched: the configuration has no [branch NAME] section");
	fprintf(stderr, "kvmperf watch: %s\n", err->text);
	return -ENOENT;
}

/* A failure moves the next look into the future, so that this ends. */
static int look_at_due(struct watch *watch, struct err *err)
{
	const char *repository;
	int64_t due;
	int r, failed = 0;

	while ((r = watch_next(watch, &repository, &due, err)) > 0 &&
		due <= clock_unix_ms(&clock_real)) {
		r = look_at_one(watch, repository, err);
		if (r == -EINTR)
			return r;
		if (r < 0) {
			fprintf(stderr, "kvmperf watch: %s\n", err->text);
			failed = r;
		}
	}
	if (r < 0)
		fprintf(stderr, "kvmperf watch: %s\n", err->text);
	return r < 0 ? r : failed;
}

static int look(struct workspace *workspace, struct progress *progress, const struct options *o,
	struct err *err)
{
	struct git_url url = {0};
	struct watch watch = {
		.db = workspace->db,
		.state = workspace->state,
		.settings = &workspace->settings,
		.progress = progress,
	};
	int r;

	if (o->due)
		return look_at_due(&watch, err);
	if (o->repository && git_url_parse(o->repository, &url, err) < 0) {
		fprintf(stderr, "kvmperf watch: %s\n", err->text);
		return -EINVAL;
	}
	r = look_at_all(&watch, url.text, err);
	git_url_clear(&url);
	return r;
}

int cmd_watch(int argc, char **argv)
{
	struct options o = {NULL, NULL, NULL, false};
	struct workspace workspace = {0};
	struct progress progress;
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	progress_init(&progress, stdout, false);
	r = workspace_open(&workspace, o.config, o.state, &err);
	if (r < 0)
		fprintf(stderr, "kvmperf watch: %s\n", err.text);
	else
		r = look(&workspace, &progress, &o, &err);
	progress_clear(&progress);
	if (r == -EINTR)
		fprintf(stderr, "kvmperf watch: stopped; again is harmless\n");
	workspace_close(&workspace);
	return r == -EINTR ? 130 : r < 0;
}
