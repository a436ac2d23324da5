/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/campaign.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "model/comparison.h"
#include "phase/build.h"
#include "stage/measurement.h"
#include "work/record.h"

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

/* The rows that a comparison is made of. */
static int store_subject(struct campaign *c, struct run *run, struct err *err)
{
	int r = build_recipe(c->fragment, c->prebuilt, run->recipe, err);

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
	run->base_commit = c->base->id;
	run->new_commit = c->fresh->id;
	return r < 0 ? r : 0;
}

/* Confirms and screens ask for boots as they go on. */
static int boots_wanted(const struct campaign *c)
{
	return c->confirm || c->screen ? 1 : c->boots;
}

static int open_run(struct campaign *c, struct run *run, struct err *err)
{
	int r;

	run->branch = mem_strdup(c->branch);
	run->confirm = c->confirm;
	run->kind = c->screen ? comparison_kind_name(COMPARISON_SCREEN)
		    : c->aa   ? comparison_kind_name(COMPARISON_AA)
			      : NULL;
	run->screen_id = c->screen_id;
	run->boots_wanted = boots_wanted(c);
	r = store_subject(c, run, err);
	if (r == 0)
		r = run_find(c->db, run, err);
	if (r < 0)
		return r;
	if (r == 0 || (c->again && (run->done || run->failed))) {
		run->done = run->failed = false;
		run->test_id = 0;
		run->boots_wanted = boots_wanted(c);
		r = run_start(c->db, run, now_ms(), err);
		return r == 0 && c->test_id ? run_pin_test(c->db, run, c->test_id, err) : r;
	}
	if (!c->confirm && !c->screen && run->boots_wanted < c->boots && !run->failed)
		return run_extend(c->db, run, c->boots, now_ms(), err);
	return 0;
}

/* Ends the run when there is a fault. */
static int heed(struct measurement *m, struct measurement_fault *fault, struct err *err)
{
	int r = 0;

	if (fault->failure != FAILURE_NONE)
		r = run_end(m->db, &m->run, fault->failure, fault->symptom, fault->reason,
			now_ms(), err);
	measurement_fault_clear(fault);
	return r;
}

static int build_all(struct measurement *m, struct err *err)
{
	struct measurement_fault fault = {0};
	int r = measurement_build(m, &fault, err);

	if (r == 0)
		r = heed(m, &fault, err);
	if (r == 0 && !m->run.failed)
		r = measurement_pin_test(m, err);
	measurement_fault_clear(&fault);
	return r;
}

static int begin_session(struct measurement *m, struct err *err)
{
	int r = measurement_take_host(m, err);

	return r < 0 ? r : session_start(m->db, m->run.id, now_ms(), &m->session_id, err);
}

static int one_boot(struct measurement *m, char side, struct err *err)
{
	struct measurement_fault fault = {0};
	struct trial_end end = {0};
	int r = m->host ? 0 : begin_session(m, err);

	if (r == 0)
		r = measurement_boot(m, side, &end, err);
	free(end.reason);
	if (r == 0)
		r = measurement_weigh(m, &fault, err);
	return r < 0 ? r : heed(m, &fault, err);
}

static int measure_all(struct measurement *m, struct err *err)
{
	char side;
	int r = measurement_count(m, err);

	while (r == 0 && !m->run.failed && (r = measurement_next(m, &side, err)) == 0) {
		if (!side)
			return run_end(m->db, &m->run, FAILURE_NONE, SYMPTOM_NONE, NULL,
				now_ms(), err);
		if (stop_requested())
			return err_set(err, -EINTR, "stopped");
		r = one_boot(m, side, err);
	}
	return r;
}

static int close_session(struct measurement *m)
{
	return m->session_id ? session_end(m->db, m->session_id, now_ms(), NULL) : 0;
}

int campaign_run(struct campaign *c, int64_t *ret_comparison, struct err *err)
{
	struct measurement m = {
		.db = c->db,
		.state = c->state,
		.libdir = c->libdir,
		.repo = c->repo,
		.fragment = c->fragment,
		.prebuilt = c->prebuilt,
		.plan = c->plan,
		.spec = c->host,
		.commits = {c->base, c->fresh},
		.progress = c->progress,
	};
	int r;

	if (host_ends_us(m.spec))
		return err_set(err, -EOPNOTSUPP,
			"host %s is this machine, and to enter a kernel ends this command; "
			"leave "
			"it to the service with --queue",
			m.spec->name);
	r = open_run(c, &m.run, err);
	if (r == 0 && !m.run.done && !m.run.failed)
		r = build_all(&m, err);
	if (r == 0 && !m.run.done && !m.run.failed)
		r = measure_all(&m, err);
	host_close(take_ptr(m.host));
	if (close_session(&m) < 0 && r == 0)
		r = err_set(err, -EIO, "the end of the lab session could not be stored");
	if (r == 0)
		*ret_comparison = m.run.id;
	measurement_clear(&m);
	return r;
}
