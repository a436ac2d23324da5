/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/ancestry.h"
#include "io/mirror.h"
#include "io/repo.h"
#include "rules/backoff.h"
#include "rules/watch.h"
#include "store/branches.h"
#include "store/jobs.h"
#include "store/kernels.h"
#include "text/gitref.h"
#include "work/mirrors.h"

#define MINUTE_MS ((int64_t)60 * 1000)

/* One look at one section. */
struct look {
	const struct watch *watch;
	const struct branch_spec *spec;
	const char *path; /* of the mirror */
	struct mirror *mirror;
	struct ancestry *ancestry;
	struct repo *repo;
	int room;
	struct watch_report *report;
};

static void note(const struct look *look, const char *ref, const char *text)
{
	if (look->watch->progress)
		progress_note(look->watch->progress, "%s: %s %s", look->spec->name,
			git_ref_short(ref), text);
}

/* ---- one job ---- */

/* What the section's rule finds for a commit; "" for nothing. */
static int find_baseline(
	const struct look *look, const char *oid, char ret[65], struct err *err)
{
	const char *of = look->spec->baseline_of;
	int r = 0;

	ret[0] = '\0';
	switch (look->spec->baseline) {
	case BASELINE_PARENT:
		break;
	case BASELINE_MERGE_BASE:
		r = ancestry_merge_base(look->ancestry, oid, of, ret, err);
		break;
	case BASELINE_TAG:
		r = ancestry_newest_tag(look->ancestry, of, oid, ret, err);
		break;
	case BASELINE_COMMIT:
		memcpy(ret, of, strlen(of) + 1);
		break;
	}
	return r < 0 ? err_note(err, "baseline of [branch %s]", look->spec->name) : 0;
}

static int store_commit(
	const struct look *look, const char *oid, struct commit *ret, struct err *err)
{
	int r = repo_resolve(look->repo, oid, ret, err);

	return r < 0 ? r : commit_store(look->watch->db, ret, err);
}

static int add_job(const struct look *look, int64_t branch_id, const char *ref,
	const struct commit *fresh, int64_t base_id, bool fell_back, struct err *err)
{
	auto_free char *text = mem_printf("%s of branch %s is to be tested%s",
		fresh->subject[0] ? "a commit" : "a commit without a subject",
		git_ref_short(ref),
		fell_back ? "; the baseline's rule found nothing, its older neighbour stands in"
			  : "");
	struct job job = {
		.kind = JOB_SCREEN,
		.origin = (char *)(uintptr_t) "watch",
		.branch_id = branch_id,
		.repository = (char *)(uintptr_t)look->path,
		.base_commit = base_id,
		.new_commit = fresh->id,
		.plan = look->spec->plan,
		.kernel_config = look->spec->kernel_config,
		.wanted_host = look->spec->host,
	};
	int64_t same;
	int r = job_find_same(look->watch->db, &job, &same, err);

	if (r != 0)
		return r < 0 ? r : 0; /* asked for by another section, or by hand */
	r = job_add(look->watch->db, &job, text, look->watch->now_unix_ms, err);
	if (r == 0)
		look->report->jobs++;
	return r;
}

static int ask_for(const struct look *look, int64_t branch_id, const char *ref, const char *oid,
	const char *older, struct err *err)
{
	struct commit fresh = {0}, base = {0};
	char found[65];
	const char *baseline;
	bool fell_back;
	int r = find_baseline(look, oid, found, err);

	if (r == 0)
		r = store_commit(look, oid, &fresh, err);
	if (r == 0) {
		baseline = watch_baseline(
			look->spec->baseline, oid, found, older, fresh.parent, &fell_back);
		if (!*baseline)
			note(look, ref, "has no parent: there is nothing to compare it with");
		else if ((r = store_commit(look, baseline, &base, err)) == 0)
			r = add_job(look, branch_id, ref, &fresh, base.id, fell_back, err);
	}
	commit_clear(&fresh);
	commit_clear(&base);
	return r;
}

/* ---- one ref ---- */

static int read_steps(const struct look *look, const struct ancestry_chain *chain,
	struct watch_step *steps, struct err *err)
{
	for (size_t i = 0; i < chain->count; i++) {
		int r = branch_knows(look->watch->db, look->spec->name, chain->steps[i].oid,
			&steps[i].is_known, err);

		if (r < 0)
			return r;
		memcpy(steps[i].oid, chain->steps[i].oid, sizeof(steps[i].oid));
		steps[i].is_merge = chain->steps[i].is_merge;
		steps[i].touches = chain->steps[i].touches;
	}
	return 0;
}

/* Room for one more than the cap leaves, so that the choice knows whether something is left. */
static int walk(const struct look *look, const char *tip, const char *old,
	struct ancestry_chain *ret, struct err *err)
{
	struct ancestry_ask ask = {
		.tip = tip,
		.old = old,
		.paths = look->spec->what == WATCH_PATHS ? &look->spec->paths : NULL,
		.merges = look->spec->what == WATCH_MERGES,
		.enough = look->spec->what == WATCH_TIP ? 1 : (size_t)look->room + 1,
	};

	return ancestry_chain(look->ancestry, &ask, ret, err);
}

static int choose(struct look *look, int64_t branch_id, const char *ref, const char *tip,
	const char *old, bool *ret_settled, struct err *err)
{
	struct ancestry_chain chain = {0};
	auto_free struct watch_step *steps = NULL;
	auto_free struct watch_choice *choices =
		MEM_NEW(struct watch_choice, (size_t)look->room + 1);
	struct watch_update update = {.what = look->spec->what, .room = look->room};
	struct watch_verdict verdict = {0};
	int r = walk(look, tip, old, &chain, err);

	if (r < 0)
		return r;
	if (chain.is_forced)
		note(look, ref, "was forced: its old tip is left, the new one is tested");
	steps = MEM_NEW(struct watch_step, chain.count + 1);
	r = read_steps(look, &chain, steps, err);
	if (r == 0) {
		update.steps = steps;
		update.count = chain.count;
		update.is_fresh = !old[0] || chain.is_forced;
		update.old_tip = update.is_fresh ? "" : old;
		verdict = watch_choose(&update, choices);
	}
	for (size_t i = 0; i < verdict.count && r == 0; i++)
		r = ask_for(look, branch_id, ref, steps[choices[i].step].oid, choices[i].older,
			err);
	look->room -= (int)verdict.count;
	look->report->left_out += verdict.left_out;
	*ret_settled = verdict.is_settled;
	ancestry_chain_clear(&chain);
	return r;
}

static const struct branch_row *row_of(
	const struct branch_row *rows, size_t count, const char *ref)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].ref, ref) == 0)
			return &rows[i];
	return NULL;
}

static int look_at_ref(struct look *look, const struct mirror_ref *ref,
	const struct branch_row *row, struct err *err)
{
	struct db *db = look->watch->db;
	bool settled = false;
	int64_t id;
	int r;

	look->report->refs++;
	if (row && strcmp(row->tip, ref->oid) == 0)
		return 0;
	look->report->moved++;
	r = branch_store(db, look->spec->name, look->spec->repository, ref->name, &id, err);
	if (r == 0)
		r = choose(look, id, ref->name, ref->oid, row ? row->tip : "", &settled, err);
	if (r < 0)
		return err_note(err, "%s of [branch %s]", ref->name, look->spec->name);
	return settled ? branch_look(db, id, ref->oid, look->watch->now_unix_ms, err) : 0;
}

/* ---- one section ---- */

static int lose_gone(struct look *look, const struct branch_row *rows, size_t row_count,
	const struct mirror_ref *refs, size_t ref_count, struct err *err)
{
	for (size_t i = 0; i < row_count; i++) {
		/* One that the section does not ask for any more is nobody's loss. */
		bool there = !git_ref_matches(look->spec->ref, rows[i].ref);
		int r;

		for (size_t k = 0; k < ref_count && !there; k++)
			there = strcmp(refs[k].name, rows[i].ref) == 0;
		if (there || rows[i].gone)
			continue;
		note(look, rows[i].ref, "is gone");
		look->report->gone++;
		r = branch_lose(look->watch->db, rows[i].id, look->watch->now_unix_ms, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int look_at_refs(struct look *look, const struct branch_row *rows, size_t row_count,
	const struct mirror_ref *refs, size_t ref_count, struct err *err)
{
	int r = lose_gone(look, rows, row_count, refs, ref_count, err);

	if (ref_count == 0)
		note(look, look->spec->ref, "is not there");
	for (size_t i = 0; i < ref_count && r == 0; i++)
		r = look_at_ref(look, &refs[i], row_of(rows, row_count, refs[i].name), err);
	return r;
}

static int look_at_section(struct look *look, struct err *err)
{
	struct branch_row *rows = NULL;
	struct mirror_ref *refs = NULL;
	size_t row_count = 0, ref_count = 0;
	int used = 0, r;

	r = branch_jobs_since(look->watch->db, look->spec->name,
		watch_day_unix_ms(look->watch->now_unix_ms), &used, err);
	look->room = look->spec->cap > used ? look->spec->cap - used : 0;
	if (r == 0)
		r = branches_load(look->watch->db, look->spec->name, &rows, &row_count, err);
	if (r == 0)
		r = mirror_refs(look->mirror, look->spec->ref, &refs, &ref_count, err);
	if (r == 0)
		r = look_at_refs(look, rows, row_count, refs, ref_count, err);
	branch_rows_free(rows, row_count);
	mirror_refs_free(refs, ref_count);
	return r;
}

/* ---- one repository ---- */

static bool is_of(const struct branch_spec *spec, const char *repository)
{
	return strcmp(spec->repository, repository) == 0;
}

/* The shortest interval of the sections that share the repository. */
static int interval_s(const struct watch *watch, const char *repository)
{
	int shortest = 0;

	for (size_t i = 0; i < watch->settings->branch_count; i++) {
		const struct branch_spec *spec = &watch->settings->branches[i];

		if (is_of(spec, repository) && (!shortest || spec->interval_s < shortest))
			shortest = spec->interval_s;
	}
	return shortest;
}

static int look_at_sections(
	const struct watch *watch, struct look *look, const char *repository, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < watch->settings->branch_count && r == 0; i++) {
		if (!is_of(&watch->settings->branches[i], repository))
			continue;
		look->spec = &watch->settings->branches[i];
		r = look_at_section(look, err);
	}
	return r;
}

static int look_in_mirror(const struct watch *watch, const char *path, const char *repository,
	int64_t next_unix_ms, struct watch_report *report, struct err *err)
{
	auto_mirror struct mirror *mirror = NULL;
	auto_ancestry struct ancestry *ancestry = NULL;
	auto_repo struct repo *repo = NULL;
	struct look look = {.watch = watch, .path = path, .report = report};
	int r = mirror_open(&mirror, path, NULL, err);

	if (r == 0)
		r = ancestry_open(&ancestry, path, err);
	if (r == 0)
		r = repo_open(&repo, path, err);
	if (r == 0)
		r = db_begin(watch->db, err);
	if (r < 0)
		return r;
	look.mirror = mirror;
	look.ancestry = ancestry;
	look.repo = repo;
	r = look_at_sections(watch, &look, repository, err);
	if (r == 0)
		r = repository_polled(
			watch->db, repository, NULL, watch->now_unix_ms, next_unix_ms, err);
	if (r == 0)
		r = db_commit(watch->db, err);
	if (r < 0)
		db_rollback(watch->db);
	return r;
}

/* Branches and tags come by themselves; a ref elsewhere must be asked for. */
static int fetch(const struct watch *watch, const char *repository, struct err *err)
{
	struct mirrors_order order = {
		.state = watch->state, .url = repository, .progress = watch->progress};

	for (size_t i = 0; i < watch->settings->branch_count; i++) {
		const struct branch_spec *spec = &watch->settings->branches[i];

		if (!is_of(spec, repository))
			continue;
		if (spec->reference[0])
			order.reference = spec->reference;
		if (strncmp(spec->ref, "refs/heads/", 11) &&
			strncmp(spec->ref, "refs/tags/", 10))
			order.ref = spec->ref;
		if (!order.access || branch_has_access(spec))
			order.access = &spec->access;
	}
	return mirrors_fetch(&order, err);
}

/* The problem is stored; the error of the look is what is told. */
static int store_problem(const struct watch *watch, const char *repository, int code,
	struct prng *prng, const struct err *err)
{
	static const struct backoff soon = {MINUTE_MS, 60 * MINUTE_MS};
	static const struct backoff seldom = {15 * MINUTE_MS, 6 * 60 * MINUTE_MS};
	int64_t next;
	int failures = 0, r = repository_due(watch->db, repository, &next, &failures, NULL);

	if (r == 0) {
		next = watch->now_unix_ms +
		       backoff_wait_ms(watch_problem_passes(code) ? &soon : &seldom,
			       failures + 1, prng);
		r = repository_polled(
			watch->db, repository, err->text, watch->now_unix_ms, next, NULL);
	}
	return r;
}

int watch_repository(const struct watch *watch, const char *repository,
	struct watch_report *ret, struct err *err)
{
	auto_free char *path = mirrors_path(watch->state, repository);
	struct watch_report report = {0};
	struct prng prng;
	int64_t next;
	int seconds = interval_s(watch, repository), r;

	if (!path || !seconds)
		return err_set(
			err, -ENOENT, "no [branch] section names repository %s", repository);
	prng_init(&prng, watch->seed);
	next = watch->now_unix_ms + backoff_regular_ms((int64_t)seconds * 1000, &prng);
	r = fetch(watch, repository, err);
	if (r == 0)
		r = look_in_mirror(watch, path, repository, next, &report, err);
	if (r < 0 && r != -EINTR && store_problem(watch, repository, r, &prng, err) < 0)
		err_note(err, "and it could not be stored");
	if (r == 0)
		*ret = report;
	return r;
}

int watch_next(
	const struct watch *watch, const char **ret, int64_t *ret_unix_ms, struct err *err)
{
	const char *first = NULL;
	int64_t first_unix_ms = 0;

	for (size_t i = 0; i < watch->settings->branch_count; i++) {
		const char *url = watch->settings->branches[i].repository;
		int64_t next;
		int failures, r = repository_due(watch->db, url, &next, &failures, err);

		if (r < 0)
			return r;
		if (!first || next < first_unix_ms) {
			first = url;
			first_unix_ms = next;
		}
	}
	if (!first)
		return 0;
	*ret = first;
	*ret_unix_ms = first_unix_ms;
	return 1;
}
