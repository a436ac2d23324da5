/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "phase/bisect.h"
#include "rules/found.h"
#include "store/bisects.h"
#include "store/events.h"
#include "store/jobs.h"
#include "sys/fs.h"
#include "work/fragment.h"

enum {
	PRIORITY = 5,	  /* people wait for it, but not as they wait for their own job */
	ROUNDS_MAX = 100, /* of steps that need no job, in one walk */
};

/* Is it a machine where the layout of code may play a part, and is that to be controlled? */
static bool wants_aligned(const struct settings *settings, const char *host)
{
	const struct host_spec *spec = settings_host(settings, host);

	return settings->service.bisect_aligned && spec && !host_is_emulated(spec);
}

static int search_event(struct db *db, const struct settings *settings,
	const struct job *confirm, int64_t event_id, int64_t now_unix_ms, struct err *err)
{
	struct bisect b = {.event_id = event_id, .queued = true};
	int64_t known;
	int r = bisect_of_event(db, event_id, &known, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = bisect_take_subject(db, confirm->comparison_id, &b, err);
	if (r == 0) {
		b.repository = mem_strdup(confirm->repository);
		b.plan = mem_strdup(confirm->plan);
		b.kernel_config = mem_strdup(confirm->kernel_config);
		b.paths = mem_strdup(SETTINGS_PATHS);
		b.aligned = wants_aligned(settings, b.host);
		r = bisect_add(db, &b, now_unix_ms, err);
	}
	bisect_clear(&b);
	return r;
}

int search_judged(struct db *db, const struct settings *settings, const struct job *confirm,
	int64_t now_unix_ms, struct err *err)
{
	enum event_role role;
	int64_t event_id;
	int r;

	if (confirm->kind != JOB_CONFIRM || strcmp(confirm->origin, "bisect") == 0)
		return 0;
	r = event_of_comparison(db, confirm->comparison_id, &event_id, &role, err);
	if (r <= 0 || role != EVENT_OPENED)
		return r < 0 ? r : 0;
	return search_event(db, settings, confirm, event_id, now_unix_ms, err);
}

/* --- jobs --- */

/* The configuration of an aligned kernel, as a file that jobs can name. */
static int write_aligned(
	const struct search *search, const struct bisect *b, char **ret, struct err *err)
{
	auto_free char *text = NULL, *aligned = NULL, *path = NULL;
	int r = fragment_read(search->settings, search->state, b->kernel_config, &text, err);

	if (r < 0)
		return r;
	aligned = mem_printf("%s\n%s", text, BISECT_ALIGN);
	path = mem_printf("%s/aligned-%s.config", search->state, b->recipe);
	r = fs_write_atomic(path, aligned, strlen(aligned), err);
	if (r == 0)
		*ret = take_ptr(path);
	return r;
}

static int add_job(const struct search *search, const struct bisect *b,
	struct bisect_step *step, struct err *err)
{
	struct bisect_order order = bisect_order(b, step);
	auto_free char *text = mem_printf("step %d of bisect %lld: %s %.12s", step->number,
		(long long)b->id, bisect_kind_name(step->kind), step->commit.oid);
	auto_free char *aligned = NULL;
	char origin[] = "bisect";
	struct job job = {
		.kind = step->base.id == step->commit.id ? JOB_AA
			: order.confirm			 ? JOB_CONFIRM
							 : JOB_FIXED,
		.priority = PRIORITY,
		.origin = origin,
		.repository = b->repository,
		.base_commit = step->base.id,
		.new_commit = step->commit.id,
		.plan = b->plan,
		.kernel_config = b->kernel_config,
		.boots = order.boots,
		.wanted_host = b->host,
	};
	int r = 0;

	if (order.aligned) {
		r = write_aligned(search, b, &aligned, err);
		job.kernel_config = aligned;
	}
	if (r == 0)
		r = job_add(search->db, &job, text, search->now_unix_ms, err);
	if (r < 0)
		return r;
	step->job_id = job.id;
	step->comparison_id = 0;
	return bisect_step_link(search->db, step, err);
}

/* The job ended without a comparison that says why. */
static int hear_fault(const struct search *search, const struct bisect *b,
	struct bisect_step *step, const struct job *job, struct err *err)
{
	const char *reason = job->reason ? job->reason : "no reason given";

	if (job->outcome == JOB_CANCELLED)
		return err_set(err, -ECANCELED, "job %lld, its step %d, was cancelled",
			(long long)job->id, step->number);
	if (job->failure != FAILURE_HOST && job->failure != FAILURE_LINK &&
		job->failure != FAILURE_KEXEC)
		return bisect_skip(search->db, b, step, reason, search->now_unix_ms, err);
	if (step->tries + 1 >= BISECT_TRIES)
		return err_set(err, -EHOSTDOWN, "host %s failed %d times in step %d: %s",
			b->host, BISECT_TRIES, step->number, reason);
	step->tries++;
	step->job_id = step->comparison_id = 0;
	return bisect_step_link(search->db, step, err);
}

/* Takes over what the job of an open step measured, when it has ended. */
static int hear_job(const struct search *search, const struct bisect *b,
	struct bisect_step *step, struct err *err)
{
	struct job job = {0};
	int r = job_load(search->db, step->job_id, &job, err);

	if (r == 0 && job.outcome == JOB_DONE && job.comparison_id) {
		step->comparison_id = job.comparison_id;
		r = bisect_step_link(search->db, step, err);
	} else if (r == 0 && job.outcome != JOB_OPEN) {
		r = hear_fault(search, b, step, &job, err);
	}
	job_clear(&job);
	return r;
}

static int hear_jobs(const struct search *search, int64_t id, struct err *err)
{
	struct bisect b;
	int r = bisect_load(search->db, id, &b, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < b.step_count && r == 0; i++)
		if (!b.steps[i].done && b.steps[i].job_id && !b.steps[i].comparison_id)
			r = hear_job(search, &b, &b.steps[i], err);
	bisect_clear(&b);
	return r;
}

/*
 * Gives the open steps their jobs. *ret_changed: an image that was built before
 * has answered, or a step wants more boots than its comparison has.
 */
static int add_jobs(const struct search *search, struct bisect *b, int *jobs, bool *ret_changed,
	struct err *err)
{
	int r = 0;

	*ret_changed = false;
	for (size_t i = 0; i < b->step_count && r == 0; i++) {
		struct bisect_step *step = &b->steps[i];

		if (step->done || (step->job_id && !step->comparison_id))
			continue;
		r = bisect_same_image(search->db, b, step, search->now_unix_ms, err);
		if (r > 0) {
			*ret_changed = true;
			r = 0;
			continue;
		}
		if (r == 0)
			r = add_job(search, b, step, err);
		*jobs += r == 0;
	}
	return r;
}

/* --- the walk --- */

static int tell(const struct search *search, const struct bisect *b, struct err *err)
{
	struct finding finding;
	int r;

	if (!b->event_id || !search->tell)
		return 0;
	found_fill(b, &finding);
	r = search->tell(
		search->db, search->settings, b->event_id, &finding, search->now_unix_ms, err);
	finding_clear(&finding);
	return r;
}

static bool is_emulated(const struct search *search, int64_t id)
{
	const struct host_spec *spec;
	struct bisect b;
	bool emulated = false;

	if (bisect_load(search->db, id, &b, NULL) < 0)
		return false;
	spec = settings_host(search->settings, b.host);
	emulated = spec && host_is_emulated(spec);
	bisect_clear(&b);
	return emulated;
}

static int walk_one(const struct search *search, int64_t id, int *jobs, struct err *err)
{
	bool emulated = is_emulated(search, id), changed = true;
	int r = 0;

	for (int rounds = 0; r == 0 && changed && rounds < ROUNDS_MAX; rounds++) {
		struct bisect b;

		changed = false;
		r = hear_jobs(search, id, err);
		if (r == 0)
			r = bisect_advance(
				search->db, id, emulated, search->now_unix_ms, &b, err);
		if (r < 0)
			break;
		r = r > 0 ? add_jobs(search, &b, jobs, &changed, err) : tell(search, &b, err);
		bisect_clear(&b);
	}
	return r;
}

/* What is the store's fault is everybody's; anything else ends this bisect only. */
static bool is_of_store(int r)
{
	return r == -ENOSPC || r == -EBUSY || r == -EROFS || r == -EUCLEAN || r == -ESTALE;
}

int search_walk(const struct search *search, int *ret_jobs, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int jobs = 0, r = bisect_list_queued(search->db, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct err own = ERR_INIT;

		r = walk_one(search, ids[i], &jobs, &own);
		if (r < 0 && is_of_store(r))
			return err_set(err, r, "bisect %lld: %s", (long long)ids[i], own.text);
		if (r < 0)
			r = bisect_cancel(
				search->db, ids[i], own.text, search->now_unix_ms, err);
	}
	*ret_jobs = jobs;
	return r;
}

int search_built(const struct search *search, int64_t job_id, struct err *err)
{
	struct bisect b;
	int64_t id;
	int r = bisect_of_job(search->db, job_id, &id, err);

	if (r <= 0)
		return r;
	r = bisect_load(search->db, id, &b, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < b.step_count && r == 0; i++)
		if (!b.steps[i].done && b.steps[i].job_id == job_id)
			r = bisect_same_image(
				search->db, &b, &b.steps[i], search->now_unix_ms, err);
	bisect_clear(&b);
	if (r > 0 && job_tell(search->db, job_id, "its image has answered before: no boots",
			     search->now_unix_ms, err) < 0)
		r = -EIO;
	return r;
}
