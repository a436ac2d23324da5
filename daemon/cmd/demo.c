/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/demo.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "io/import.h"
#include "io/repo.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "sys/progress.h"
#include "text/options.h"
#include "text/patch.h"
#include "work/console.h"
#include "work/workspace.h"

#define BASE_BRANCH   "kvmarm-demo/next"
#define FASTER_BRANCH "kvmarm-demo/faster"
#define FASTER_PATCH  "tests/kernels/faster.patch"

static const char help[] =
	"usage: kvmperf demo [OPTION...]\n"
	"\n"
	"The main job, once, on an emulated arm64 host: takes a kernel source as the\n"
	"baseline, puts a commit on top that makes the eager split of stage-2 blocks do\n"
	"less work, and hands both to `kvmperf run`.\n"
	"\n"
	"  --source FILE    source archive of the baseline (the newest\n"
	"                   /usr/src/linux-source-6.12*.tar.xz)\n"
	"  --repo PATH|URL  a kernel repository instead of an archive\n"
	"  --base COMMIT    its baseline, with --repo (HEAD)\n"
	"  --boots N        boots of each kernel (as the plan says)\n"
	"  --plan NAME|FILE what is measured (dirty-log-emulated)\n"
	"  --state DIR      where everything is kept\n"
	"  --again          measure anew what is done already\n"
	"  --verbose        show the commands that are run\n"
	"\n"
	"What is done already is not done again: after an interruption the same command\n"
	"goes on where it was.\n";

struct options {
	const char *source, *repo, *base, *plan, *state, *boots;
	bool again, verbose;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"source", OPTION_TEXT, OPTION(source), 0, 0, NULL},
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"base", OPTION_TEXT, OPTION(base), 0, 0, NULL},
	{"boots", OPTION_TEXT, OPTION(boots), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"again", OPTION_FLAG, OPTION(again), 0, 0, NULL},
	{"verbose", OPTION_FLAG, OPTION(verbose), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf demo", help, rows, ARRAY_SIZE(rows), 0};

static void on_import(int64_t done_bytes, int64_t total_bytes, void *data)
{
	progress_update(data, done_bytes, total_bytes, "%lld of %lld MB",
		(long long)(done_bytes >> 20), (long long)(total_bytes >> 20));
}

/* The newest archive that Debian's package linux-source-6.12 installs. */
static int find_source(char **ret, struct err *err)
{
	glob_t found;
	int r = glob("/usr/src/linux-source-6.12*.tar.xz", 0, NULL, &found);

	if (r != 0)
		return err_set(err, -ENOENT,
			"there is no /usr/src/linux-source-6.12*.tar.xz: install the package "
			"linux-source-6.12, or name an archive with --source or a repository "
			"with "
			"--repo");
	*ret = mem_strdup(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return 0;
}

static int import(
	const struct options *o, const char *repo, struct progress *progress, struct err *err)
{
	auto_free char *archive = mem_strdup(o->source);
	struct import_order order = {
		.repo = repo,
		.branch = BASE_BRANCH,
		.message = "Linux, as the distribution packages its source\n",
		.on_progress = on_import,
		.data = progress,
	};
	int r = archive ? 0 : find_source(&archive, err);

	if (r < 0)
		return r;
	progress_step(progress, "import %s",
		strrchr(archive, '/') ? strrchr(archive, '/') + 1 : archive);
	order.archive = archive;
	r = import_archive(&order, err);
	if (r == 0)
		progress_done(progress, "imported %s as branch " BASE_BRANCH, archive);
	return r;
}

/* A private copy of the given repository: the demo adds a branch to it. */
static int clone(
	const struct options *o, const char *repo, struct progress *progress, struct err *err)
{
	auto_free char *unfinished = mem_printf("%s.new", repo);
	auto_free char *log = mem_printf("%s.log", repo);
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	char how[80];
	int r = fs_remove_tree(unfinished, err);

	if (r < 0)
		return r;
	strv_split(&argv, "git clone --quiet --bare --", " ");
	strv_add(&argv, o->repo);
	strv_add(&argv, unfinished);
	spec.argv = &argv;
	spec.log_path = log;
	progress_step(progress, "clone %s", o->repo);
	r = proc_run(&spec, &end, err);
	if (r < 0)
		return r;
	proc_end_text(&end, how, sizeof(how));
	if (end.exit_status != 0)
		return err_set(
			err, -EIO, "git could not clone %s: %s, see %s", o->repo, how, log);
	if (rename(unfinished, repo) < 0)
		return err_sys(err, -errno, "cannot rename %s", unfinished);
	progress_done(progress, "cloned %s", o->repo);
	return 0;
}

/* The candidate: a commit on top of the base, made in memory. */
static int make_candidate(const char *path, const char *base, struct commit *ret_base,
	struct commit *ret_fresh, struct err *err)
{
	auto_patch struct patch patch = {0};
	auto_repo struct repo *repo = NULL;
	struct repo_change change = {.ref = "refs/heads/" FASTER_BRANCH};
	int r = patch_parse(builtin_text(FASTER_PATCH), &patch, err);

	if (r == 0)
		r = repo_open(&repo, path, err);
	if (r == 0)
		r = repo_resolve(repo, base, ret_base, err);
	if (r < 0)
		return r;
	change.parent = ret_base->oid;
	change.diff = patch.diff;
	change.message = patch.message;
	change.author_name = patch.author_name;
	change.author_mail = patch.author_mail;
	return repo_commit_patch(repo, &change, ret_fresh, err);
}

/* Hands over to `kvmperf run`, which a user could have typed as well. Returns only on failure.
 */
static int hand_over(const struct options *o, const char *repo, const char *base,
	const char *fresh, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_free char *shown = NULL, *self = NULL;
	int r = fs_absolute("/proc/self/exe", &self, err);

	if (r < 0)
		return r;
	strv_split(&argv, "kvmperf run --branch " FASTER_BRANCH " --repo", " ");
	strv_add(&argv, repo);
	strv_addf(&argv, "--base=%s", base);
	strv_addf(&argv, "--new=%s", fresh);
	if (o->plan)
		strv_addf(&argv, "--plan=%s", o->plan);
	if (o->boots)
		strv_addf(&argv, "--boots=%s", o->boots);
	if (o->state)
		strv_addf(&argv, "--state=%s", o->state);
	if (o->again)
		strv_add(&argv, "--again");
	if (o->verbose)
		strv_add(&argv, "--verbose");
	shown = strv_join(&argv, " ");
	printf("%s\n", shown);
	fflush(stdout);
	execv(self, argv.items);
	return err_sys(err, -errno, "cannot start kvmperf run");
}

static int demo(
	const struct options *o, const char *state, struct progress *progress, struct err *err)
{
	auto_free char *repos = mem_printf("%s/repos", state);
	auto_free char *repo = mem_printf("%s/%s.git", repos, o->repo ? "given" : "demo");
	const char *base = o->repo ? (o->base ? o->base : "HEAD") : BASE_BRANCH;
	struct commit base_commit = {0}, fresh = {0};
	int r = fs_make_folder(repos, err);

	if (r == 0 && !fs_exists(repo))
		r = o->repo ? clone(o, repo, progress, err) : import(o, repo, progress, err);
	if (r == 0)
		r = make_candidate(repo, base, &base_commit, &fresh, err);
	if (r == 0)
		r = hand_over(o, repo, base_commit.oid, fresh.oid, err);
	commit_clear(&base_commit);
	commit_clear(&fresh);
	return r;
}

int cmd_demo(int argc, char **argv)
{
	struct options o = {0};
	struct workspace workspace = {0};
	auto_free char *state = NULL;
	struct progress progress;
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	console_begin(&progress, stdout, o.verbose);
	r = workspace_open(&workspace, NULL, o.state, &err);
	if (r == 0)
		state = mem_strdup(workspace.state);
	workspace_close(&workspace); /* kvmperf run opens it for itself */
	if (r == 0)
		r = demo(&o, state, &progress, &err);
	return console_end(&progress, "kvmperf demo", r, &err);
}
