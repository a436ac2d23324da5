/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/phases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/repo.h"
#include "notice/alert.h"
#include "phase/build.h"
#include "phase/publish.h"
#include "rules/course.h"
#include "stage/errand.h"
#include "stage/measurement.h"
#include "stage/quarantine.h"
#include "stage/search.h"
#include "stage/wishes.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "store/names.h"
#include "sys/proc.h"
#include "work/fragment.h"
#include "work/judge.h"
#include "work/opening.h"
#include "work/record.h"
#include "work/screen.h"
#include "work/workspace.h"

/* What a phase works with. */
struct phase {
	struct workspace workspace;
	struct progress progress;
	struct job job;
	struct commit commits[2]; /* base, new */
	struct plan plan;
	char *plan_text, *fragment;
	struct measurement m;
};

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

/* Of functions that count: how many is not asked here. */
static int done(int r)
{
	return r < 0 ? r : PHASE_DONE;
}

/* ---- what the job says ---- */

static int load_commits(struct phase *phase, struct err *err)
{
	const int64_t rows[] = {phase->job.base_commit, phase->job.new_commit};

	for (int i = 0; i < 2; i++) {
		int r = commit_load(phase->workspace.db, rows[i], &phase->commits[i], err);

		if (r < 0)
			return r;
		if (r == 0)
			return err_set(err, -EINVAL, "job %lld names no %s",
				(long long)phase->job.id, i ? "new commit" : "base commit");
	}
	return 0;
}

static int phase_open(struct phase *phase, const struct phase_call *call, struct err *err)
{
	int r = workspace_open(&phase->workspace, call->config, call->state, err);

	if (r == 0)
		r = job_load(phase->workspace.db, atoll(call->argument), &phase->job, err);
	if (r == 0)
		r = load_commits(phase, err);
	if (r == 0)
		r = workspace_plan(phase->job.plan, &phase->plan, &phase->plan_text, err);
	if (r == 0)
		r = fragment_read(&phase->workspace.settings, phase->workspace.state,
			phase->job.kernel_config, &phase->fragment, err);
	if (r < 0)
		return r;
	phase->m = (struct measurement){
		.db = phase->workspace.db,
		.state = phase->workspace.state,
		.libdir = phase->workspace.libdir,
		.repo = phase->job.repository,
		.fragment = phase->fragment,
		.prebuilt = settings_prebuilt(&phase->workspace.settings),
		.plan = &phase->plan,
		.settings = &phase->workspace.settings,
		.commits = {&phase->commits[0], &phase->commits[1]},
		.progress = &phase->progress,
	};
	return 0;
}

static void phase_close(struct phase *phase)
{
	measurement_clear(&phase->m);
	job_clear(&phase->job);
	commit_clear(&phase->commits[0]);
	commit_clear(&phase->commits[1]);
	plan_clear(&phase->plan);
	free(phase->plan_text);
	free(phase->fragment);
	workspace_close(&phase->workspace);
}

/* ---- fetch: are the commits there? ---- */

static int do_fetch(struct phase *phase, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	int r = repo_open(&repo, phase->job.repository, err);

	for (int i = 0; i < 2 && r == 0; i++) {
		struct commit found = {0};

		r = repo_resolve(repo, phase->commits[i].oid, &found, err);
		commit_clear(&found);
	}
	return done(r);
}

/* ---- build ---- */

/* A job that is answered with a failure remembers it until its page is written. */
static int answer_fault(struct phase *phase, struct measurement_fault *fault, struct err *err)
{
	int r = PHASE_DONE;

	if (fault->failure != FAILURE_NONE) {
		r = job_blame(phase->workspace.db, phase->job.id, fault->failure,
			fault->symptom, fault->reason, err);
		r = r < 0 ? r : PHASE_RESULT;
	}
	measurement_fault_clear(fault);
	return r;
}

static int do_build(struct phase *phase, struct err *err)
{
	const struct search search = {phase->workspace.db, &phase->workspace.settings,
		phase->workspace.state, now_ms(), NULL};
	struct measurement_fault fault = {0};
	int r = build_recipe(phase->fragment, phase->m.prebuilt, phase->m.run.recipe, err);

	if (r == 0)
		r = measurement_build(&phase->m, &fault, err);
	if (r == 0)
		r = answer_fault(phase, &fault, err);
	if (r == PHASE_DONE && search_built(&search, phase->job.id, err) > 0)
		r = PHASE_RESULT; /* a bisect knows this image: nothing is to be measured */
	return r;
}

/* Moves the job before each deed. */
static int before_deed(enum trial_deed deed, int64_t boot_id, void *data, struct err *err)
{
	static const enum job_state states[] = {
		[TRIAL_BOOT] = JOB_BOOT,
		[TRIAL_MEASURE] = JOB_TRIAL,
		[TRIAL_RESTORE] = JOB_RESTORE,
		[TRIAL_END] = JOB_RECORD,
	};
	struct phase *phase = data;
	struct db *db = phase->workspace.db;
	enum job_state from = phase->job.state, to = states[deed];
	auto_free char *text = NULL;
	int r = 0;

	if (deed == TRIAL_BOOT)
		text = mem_printf("boots on %s", phase->m.spec->name);
	if (from != to)
		r = job_move(db, phase->job.id, from, to, text ? text : course_row(to)->text,
			now_ms(), err);
	if (r == 0 && deed == TRIAL_BOOT)
		r = job_set_boot(db, phase->job.id, boot_id, err);
	if (r == 0)
		phase->job.state = to;
	return r;
}

static int open_run(struct phase *phase, struct err *err)
{
	const struct opening_plan plan = {&phase->plan, phase->plan_text};
	struct db *db = phase->workspace.db;
	struct run *run = &phase->m.run;
	struct db_part part;
	int64_t screen_id;
	int r;

	if (phase->job.comparison_id)
		return opening_load(db, &phase->job, run, err);
	r = build_recipe(phase->fragment, phase->m.prebuilt, run->recipe, err);
	if (r == 0)
		r = db_part_begin(db, &part, err);
	if (r < 0)
		return r;
	r = opening_begin(db, &phase->job, &plan, run, &screen_id, err);
	if (r == 0 && screen_id)
		r = confirm_begin(db, run->id, screen_id, err);
	return db_part_end(&part, r, err);
}

static int find_host(struct phase *phase, struct err *err)
{
	auto_free char *name = NULL;
	int r = name_of_host(phase->workspace.db, phase->job.host_id, &name, err);

	if (r < 0)
		return r;
	name = name ? name : mem_strdup("");
	phase->m.spec = settings_host(&phase->workspace.settings, name);
	if (!phase->m.spec)
		return err_set(err, -ENOENT, "host \"%s\" of job %lld is not configured", name,
			(long long)phase->job.id);
	return 0;
}

/* The lab session goes on while the job holds its host, whichever process is at work. */
static int open_session(struct measurement *m, struct err *err)
{
	int r = session_find_open(m->db, m->run.id, &m->session_id, err);

	return r ? (r < 0 ? r : 0)
		 : session_start(m->db, m->run.id, now_ms(), &m->session_id, err);
}

static int one_boot(struct phase *phase, char side, struct err *err)
{
	struct measurement *m = &phase->m;
	struct trial_end end = {0};
	int r = measurement_take_host(m, err);

	if (r == 0)
		r = open_session(m, err);
	if (r == 0)
		r = measurement_boot(m, side, &end, err);
	free(end.reason);
	return r;
}

/*
 * The machine that we run on ends us with the kernel: 1 when there is no boot to go on
 * with, and a new one is to begin.
 */
static int resume_boot(struct phase *phase, struct err *err)
{
	static const enum trial_deed deeds[JOB_STATE_COUNT] = {
		[JOB_TRIAL] = TRIAL_MEASURE,
		[JOB_RESTORE] = TRIAL_RESTORE,
	};
	struct measurement *m = &phase->m;
	int r;

	if (!phase->job.boot_row || !host_ends_us(m->spec))
		return 1;
	r = open_session(m, err);
	return r < 0 ? r
		     : measurement_resume(m, phase->job.boot_row, deeds[phase->job.state], err);
}

static int next_boot(struct phase *phase, struct err *err)
{
	struct measurement *m = &phase->m;
	char side = 0;
	int r = measurement_count(m, err);

	if (r == 0)
		r = measurement_next(m, &side, err);
	return r == 0 && side ? one_boot(phase, side, err) : r;
}

static int do_boot(struct phase *phase, struct err *err)
{
	struct measurement *m = &phase->m;
	int r = find_host(phase, err);

	m->before = before_deed;
	m->data = phase;
	if (r == 0)
		r = open_run(phase, err);
	if (r == 0)
		r = measurement_find_kernels(m, err);
	if (r == 0)
		r = measurement_pin_test(m, err);
	if (r == 0)
		r = resume_boot(phase, err);
	if (r > 0)
		r = next_boot(phase, err);
	return r < 0 ? r : PHASE_DONE;
}

static int do_record(struct phase *phase, struct err *err)
{
	return done(record_missing(phase->workspace.db, err));
}

/* A screen that saw something asks for fresh boots of both kernels. */
static int ask_confirm(struct phase *phase, const struct comparison *judged, struct err *err)
{
	struct job confirm = phase->job;
	auto_free char *text = mem_printf("the screen of job %lld saw %zu suspicious cells",
		(long long)phase->job.id, judged->screen.triggers);
	int64_t same;
	int r;

	confirm.kind = JOB_CONFIRM;
	confirm.origin = (char *)(uintptr_t) "screen";
	confirm.parent_job = phase->job.id;
	confirm.priority++;
	r = job_find_same(phase->workspace.db, &confirm, &same, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return job_add(phase->workspace.db, &confirm, text, now_ms(), err);
}

static int finish(struct phase *phase, const struct comparison *judged, struct err *err)
{
	int r = judged->screen.step == SCREEN_CONFIRM && phase->job.kind == JOB_SCREEN
			? ask_confirm(phase, judged, err)
			: 0;

	return r < 0 ? r
		     : run_end(phase->workspace.db, &phase->m.run, FAILURE_NONE, SYMPTOM_NONE,
			       NULL, now_ms(), err);
}

/* The end, and what follows from it, in one transaction. */
static int end_run(struct phase *phase, struct err *err)
{
	struct db *db = phase->workspace.db;
	struct comparison judged = {0};
	struct db_part part;
	int r = judge_comparison(db, phase->m.run.id, &judged, err);

	if (r < 0)
		return r;
	r = db_part_begin(db, &part, err);
	if (r == 0)
		r = finish(phase, &judged, err);
	if (r == 0)
		r = quarantine_unsteady(db, &phase->workspace.settings, phase->job.host_id,
			&judged, &phase->m.trust, now_ms(), err);
	if (r == 0)
		r = alert_judged(
			db, &phase->workspace.settings, phase->m.run.id, now_ms(), err);
	if (r == 0)
		r = search_judged(db, &phase->workspace.settings, &phase->job, now_ms(), err);
	if (r == 0)
		r = wishes_grant(db, &phase->job, judged.branch, phase->m.run.plan_id,
			judged.host, now_ms(), err);
	r = r < 0 ? r : 0;
	r = db_part_end(&part, r, err);
	comparison_clear(&judged);
	return r < 0 ? r : PHASE_DONE;
}

static int give_up(struct phase *phase, struct measurement_fault *fault, struct err *err)
{
	struct db *db = phase->workspace.db;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = run_end(db, &phase->m.run, fault->failure, fault->symptom, fault->reason,
			now_ms(), err);
	if (r == 0)
		r = answer_fault(phase, fault, err);
	if (r == PHASE_RESULT)
		return (r = db_part_end(&part, 0, err)) < 0 ? r : PHASE_RESULT;
	return db_part_end(&part, r, err);
}

static int do_judge(struct phase *phase, struct err *err)
{
	struct measurement *m = &phase->m;
	struct measurement_fault fault = {0};
	char side = 0;
	int r = open_run(phase, err);

	if (r == 0 && (m->run.done || m->run.failed)) /* it was killed after it had judged */
		return m->run.done ? PHASE_DONE : PHASE_RESULT;
	if (r == 0)
		r = measurement_count(m, err);
	if (r == 0)
		r = measurement_weigh(m, &fault, err);
	if (r == 0 && fault.failure != FAILURE_NONE)
		return give_up(phase, &fault, err);
	if (r == 0)
		r = measurement_next(m, &side, err);
	if (r < 0)
		return r;
	return side ? PHASE_MORE : end_run(phase, err);
}

static int do_publish(struct phase *phase, struct err *err)
{
	return done(
		publish_all(phase->workspace.db, phase->workspace.site, &phase->progress, err));
}

/* ---- */

static const struct {
	const char *name;
	int (*run)(struct phase *phase, struct err *err);
} phases[] = {
	{"fetch", do_fetch},
	{"build", do_build},
	{"boot", do_boot},
	{"record", do_record},
	{"judge", do_judge},
	{"publish", do_publish},
};

static enum phase_status status_of(int r)
{
	switch (-r) {
	case EINTR:
		return PHASE_STOPPED;
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EBUSY:
		return PHASE_LATER;
	default:
		return r < 0 ? PHASE_FAILED : (enum phase_status)r;
	}
}

static int of_job(struct phase *phase, const struct phase_call *call, struct err *err)
{
	size_t i = 0;
	int r;

	while (i < ARRAY_SIZE(phases) && strcmp(phases[i].name, call->phase) != 0)
		i++;
	if (i == ARRAY_SIZE(phases))
		return err_set(err, -ENOENT, "there is no phase \"%.40s\"", call->phase);
	r = phase_open(phase, call, err);
	return r < 0 ? r : phases[i].run(phase, err);
}

static int of_no_job(struct phase *phase, const struct phase_call *call, struct err *err)
{
	int r = workspace_open(&phase->workspace, call->config, call->state, err);

	return r < 0 ? r
		     : errand_run(call->phase, call->argument, &phase->workspace,
			       &phase->progress, err);
}

int phase_run(const struct phase_call *call)
{
	struct phase phase = {.job = {0}};
	struct err err = ERR_INIT;
	int r;

	progress_init(&phase.progress, stdout, true);
	r = errand_exists(call->phase) ? of_no_job(&phase, call, &err)
				       : of_job(&phase, call, &err);
	phase_close(&phase);
	fflush(stdout);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return status_of(r);
}
