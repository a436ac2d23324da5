/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/repo.h"
#include "page/terminal.h"
#include "store/comparisons.h"
#include "store/schema.h"
#include "text/options.h"
#include "view/export.h"
#include "work/judge.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf compare [OPTION...] BASE NEW\n"
	"\n"
	"Prints the newest stored comparison of two kernels: verdict, reference table and\n"
	"a line a cell.\n"
	"\n"
	"BASE and NEW are commit ids (at least 4 digits), kernel:N for a row of the store,\n"
	"or with --repo any name git knows.\n"
	"\n"
	"  --db FILE       the store (kvmperf.db of the state folder)\n"
	"  --repo PATH     repository to look names up in\n"
	"  --format WORD   text, json or csv (text)\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

static const char *const formats[] = {"text", "json", "csv", NULL};

struct options {
	const char *config, *state, *db, *repo;
	int format;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"db", OPTION_TEXT, OPTION(db), 0, 0, NULL},
	{"repo", OPTION_TEXT, OPTION(repo), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf compare", help, rows, ARRAY_SIZE(rows), 2};

static int from_repo(const char *path, const char *name, char **ret, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	struct commit commit = {0};
	int r = repo_open(&repo, path, err);

	if (r == 0)
		r = repo_resolve(repo, name, &commit, err);
	if (r == 0)
		*ret = mem_strdup(commit.oid);
	commit_clear(&commit);
	return r;
}

static int from_store(struct db *db, const char *name, char **ret, struct err *err)
{
	char *oids[2] = {NULL, NULL};
	int r = commit_lookup(db, name, oids, 2, err);

	if (r == 1) {
		*ret = oids[0];
		return 0;
	}
	if (r == 2)
		r = err_set(err, -ENOTUNIQ, "%.80s means %.12s and %.12s: give more digits",
			name, oids[0], oids[1]);
	else if (r == 0)
		r = err_set(err, -ENOENT,
			"no commit %.80s was measured here; a branch or tag needs --repo PATH",
			name);
	free(oids[0]);
	free(oids[1]);
	return r;
}

static int resolve(
	const struct options *o, struct db *db, const char *name, char **ret, struct err *err)
{
	return o->repo ? from_repo(o->repo, name, ret, err) : from_store(db, name, ret, err);
}

static int print(const struct options *o, struct db *db, int64_t id, struct err *err)
{
	struct comparison comparison = {0};
	int r = judge_comparison(db, id, &comparison, err);

	if (r < 0)
		return r;
	if (o->format == FORMAT_JSON)
		r = export_json(stdout, &comparison, err);
	else if (o->format == FORMAT_CSV)
		export_csv(stdout, &comparison);
	else
		page_terminal_write(stdout, &comparison, true);
	comparison_clear(&comparison);
	if (r == 0 && (fflush(stdout) || ferror(stdout)))
		r = err_set(err, -EIO, "the output could not be written");
	return r;
}

static int compare(const struct options *o, struct db *db, char *const *names, struct err *err)
{
	auto_free char *base = NULL, *fresh = NULL;
	int64_t id;
	int r = resolve(o, db, names[0], &base, err);

	if (r == 0)
		r = resolve(o, db, names[1], &fresh, err);
	if (r == 0)
		r = comparison_find(db, base, fresh, &id, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENOENT,
			"%.12s and %.12s were not compared here; measure them with kvmperf run",
			base, fresh);
	return print(o, db, id, err);
}

static int open_db(
	const struct options *o, struct workspace *workspace, struct db **ret, struct err *err)
{
	int r;

	if (o->db) {
		r = db_open(o->db, false, ret, err);
		return r < 0 ? r : schema_apply(*ret, o->db, err);
	}
	r = workspace_open(workspace, o->config, o->state, err);
	*ret = workspace->db;
	return r;
}

int cmd_compare(int argc, char **argv)
{
	struct options o = {.format = FORMAT_TEXT};
	struct workspace workspace = {0};
	struct err err = ERR_INIT;
	struct db *db = NULL;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	r = open_db(&o, &workspace, &db, &err);
	if (r == 0)
		r = compare(&o, db, argv + words, &err);
	if (r < 0)
		fprintf(stderr, "kvmperf compare: %s\n", err.text);
	if (db != workspace.db)
		db_close(db);
	workspace_close(&workspace);
	return r < 0;
}
