/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/campaign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "lab/host.h"
#include "phase/build.h"
#include "phase/trial.h"
#include "rules/interleave.h"
#include "store/boots.h"
#include "store/kernels.h"
#include "store/runs.h"
#include "sys/fs.h"
#include "work/judge.h"
#include "work/record.h"

/* A campaign as it goes on. */
struct work {
	struct campaign *campaign;
	struct run run;
	struct kernel_record base, fresh;
	char *test_path;
	char *golden; /* path of the golden kernel, when the host has none of its own */
	struct host_spec spec; /* the host with its golden kernel; borrows */
	struct host *host;
	int64_t session_id;
	struct {
		int good, bad;
	} boots[2]; /* by side: A, B */
};

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

static int open_run(struct work *work, struct err *err)
{
	struct campaign *c = work->campaign;
	struct run *run = &work->run;
	int r;

	run->branch = mem_strdup(c->branch);
	run->confirm = c->confirm;
	run->boots_wanted = c->confirm ? 1 : c->boots;
	r = build_recipe(c->fragment, run->recipe, err);
	if (r == 0)
		r = commit_store(c->db, c->base, err);
	if (r == 0)
		r = commit_store(c->db, c->fresh, err);
	if (r == 0)
		r = host_store(c->db, c->host, &run->host_id, err);
	if (r == 0)
		r = plan_store(c->db, c->plan, c->plan_text, &run->plan_id, err);
	if (r == 0)
		r = record_missing(c->db, err);
	if (r < 0)
		return r;
	run->base_commit = c->base->id;
	run->new_commit = c->fresh->id;
	r = run_find(c->db, run, err);
	if (r < 0)
		return r;
	if (r == 0 || (c->again && (run->done || run->failed))) {
		run->done = run->failed = false;
		run->test_id = 0;
		run->boots_wanted = c->confirm ? 1 : c->boots;
		return run_start(c->db, run, now_ms(), err);
	}
	if (!c->confirm && run->boots_wanted < c->boots && !run->failed)
		return run_extend(c->db, run, c->boots, now_ms(), err);
	return 0;
}

static int build_one(
	struct work *work, struct commit *commit, struct kernel_record *ret, struct err *err)
{
	struct campaign *c = work->campaign;
	struct build_order order = {
		c->db, c->state, c->repo, c->fragment, work->run.recipe, c->progress};
	auto_free char *reason = NULL;
	int r = build_kernel(&order, commit, ret, err);

	if (r < 0 || ret->failure == FAILURE_NONE)
		return r;
	reason = mem_printf("kernel %.12s %s: %s", commit->oid, symptom_phrase(ret->symptom),
		ret->reason ? ret->reason : "see the build log");
	return run_end(c->db, &work->run, ret->failure, ret->symptom, reason, now_ms(), err);
}

static int pin_test(struct work *work, struct err *err)
{
	struct campaign *c = work->campaign;
	struct build_order order = {
		c->db, c->state, c->repo, c->fragment, work->run.recipe, c->progress};
	auto_free char *sha256 = NULL;
	int64_t test_id;
	int r;

	if (!work->run.test_id) {
		r = build_test(&order, c->base, c->plan->test, &test_id, err);
		if (r == 0)
			r = run_pin_test(c->db, &work->run, test_id, err);
		if (r < 0)
			return r;
	}
	r = test_find(c->db, work->run.test_id, &work->test_path, &sha256, err);
	if (r < 0)
		return r;
	if (r == 0 || !fs_exists(work->test_path))
		return err_set(err, -ENOENT,
			"the test binary %s that this comparison is pinned to is gone; measure "
			"anew "
			"with --again",
			work->test_path ? work->test_path : "?");
	return 0;
}

/* Both kernels and the test binary. The run may have ended after this: a kernel did not build.
 */
static int build_all(struct work *work, struct err *err)
{
	int r = build_one(work, work->campaign->base, &work->base, err);

	if (r == 0 && !work->run.failed)
		r = pin_test(work, err);
	if (r == 0 && !work->run.failed)
		r = build_one(work, work->campaign->fresh, &work->fresh, err);
	return r;
}

/*
 * The host with a golden kernel: the configured one, or the first kernel that
 * was built for it, which then stays its golden kernel.
 */
static int take_host(struct work *work, struct err *err)
{
	struct campaign *c = work->campaign;
	auto_free char *folder = mem_printf("%s/hosts/%s", c->state, c->host->name);
	int r = fs_make_folder(folder, err);

	work->golden = mem_printf("%s/golden", folder);
	work->spec = *c->host;
	if (r == 0 && !work->spec.golden_image[0] && !fs_exists(work->golden))
		r = fs_copy_atomic(work->base.kernel.image_path, work->golden, err);
	if (r < 0)
		return r;
	if (!work->spec.golden_image[0])
		work->spec.golden_image = work->golden;
	progress_step(c->progress, "start host %s", work->spec.name);
	r = host_open(&work->host, &work->spec, folder, c->libdir, err);
	if (r == 0)
		r = session_start(c->db, work->run.id, now_ms(), &work->session_id, err);
	if (r == 0)
		progress_done(c->progress, "host %s is on its golden kernel", work->spec.name);
	return r;
}

static int count_boots(struct work *work, struct err *err)
{
	auto_free struct run_boot *boots = NULL;
	size_t count;
	int r = boots_load(work->campaign->db, work->run.id, &boots, &count, err);

	for (size_t i = 0; r == 0 && i < count; i++) {
		int side = boots[i].side == 'B';

		if (boots[i].state == BOOT_DONE)
			work->boots[side].good++;
		else if (boots[i].state == BOOT_FAILED)
			work->boots[side].bad++;
	}
	return r;
}

/* After a boot that does not count: go on, or end the run with its reason. */
static int weigh_failure(struct work *work, int side, const struct kernel *kernel,
	const struct commit *commit, const struct trial_end *end, struct err *err)
{
	int good = work->boots[side].good, bad = ++work->boots[side].bad;
	auto_free char *reason = NULL;

	progress_done(work->campaign->progress,
		"kernel %s: %s; host %s is back on its golden kernel", kernel->release,
		symptom_phrase(end->symptom), work->spec.name);
	if (interleave_after_failure(end->failure, good, bad) == INTERLEAVE_REPEAT)
		return 0;
	reason = mem_printf("kernel %.12s %s: %s", commit->oid, symptom_phrase(end->symptom),
		end->reason ? end->reason : "no reason given");
	return run_end(work->campaign->db, &work->run, end->failure, end->symptom, reason,
		now_ms(), err);
}

static int one_boot(struct work *work, char side_name, struct err *err)
{
	struct campaign *c = work->campaign;
	int side = side_name == 'B';
	const struct kernel *kernel = side ? &work->fresh.kernel : &work->base.kernel;
	const struct commit *commit = side ? c->fresh : c->base;
	auto_free char *title = mem_printf("boot %d of %d, %s %.12s",
		work->boots[0].good + work->boots[1].good + 1, 2 * work->run.boots_wanted,
		side ? "B" : "A", commit->oid);
	struct trial_order order = {c->db, work->host, kernel, c->plan, work->test_path,
		work->run.id, work->session_id, side_name, title, c->progress};
	struct trial_end end = {0};
	auto_free char *end_reason = NULL;
	int r = trial_run(&order, &end, err);

	end_reason = end.reason;
	if (r < 0)
		return r;
	if (end.failure != FAILURE_NONE)
		return weigh_failure(work, side, kernel, commit, &end, err);
	work->boots[side].good++;
	progress_done(c->progress, "%s: %zu good processes, %zu rejected", title, end.processes,
		end.rejected);
	return 0;
}

/* How many boots of each kernel are wanted now. */
static int ask_wanted(struct work *work, struct err *err)
{
	struct comparison comparison = {0};
	int good = work->boots[0].good < work->boots[1].good ? work->boots[0].good
							     : work->boots[1].good;
	int wanted, r;

	if (!work->run.confirm ||
		(work->boots[0].good != work->boots[1].good && good < work->run.boots_wanted))
		return 0;
	r = judge_comparison(work->campaign->db, work->run.id, &comparison, err);
	if (r < 0)
		return r;
	wanted = judge_boots_wanted(&comparison, good);
	comparison_clear(&comparison);
	if (wanted <= work->run.boots_wanted)
		return 0;
	return run_extend(work->campaign->db, &work->run, wanted, now_ms(), err);
}

static int measure_all(struct work *work, struct err *err)
{
	int r = count_boots(work, err);

	while (r == 0 && !work->run.failed && (r = ask_wanted(work, err)) == 0) {
		char side = interleave_next(
			work->boots[0].good, work->boots[1].good, work->run.boots_wanted);

		if (!side)
			return run_end(work->campaign->db, &work->run, FAILURE_NONE,
				SYMPTOM_NONE, NULL, now_ms(), err);
		if (stop_requested())
			return err_set(err, -EINTR, "stopped");
		if (!work->host)
			r = take_host(work, err);
		if (r == 0)
			r = one_boot(work, side, err);
	}
	return r;
}

static int close_session(struct work *work)
{
	return work->session_id
		       ? session_end(work->campaign->db, work->session_id, now_ms(), NULL)
		       : 0;
}

int campaign_run(struct campaign *campaign, int64_t *ret_comparison, struct err *err)
{
	struct work work = {.campaign = campaign};
	int r = open_run(&work, err);

	if (r == 0 && !work.run.done && !work.run.failed)
		r = build_all(&work, err);
	if (r == 0 && !work.run.done && !work.run.failed)
		r = measure_all(&work, err);
	host_close(work.host);
	if (close_session(&work) < 0 && r == 0)
		r = err_set(err, -EIO, "the end of the lab session could not be stored");
	if (r == 0)
		*ret_comparison = work.run.id;
	kernel_record_clear(&work.base);
	kernel_record_clear(&work.fresh);
	free(work.test_path);
	free(work.golden);
	run_clear(&work.run);
	return r;
}
