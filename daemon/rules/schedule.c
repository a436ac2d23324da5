/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/host.h"

/* ---- one job ---- */

static bool is_builders(enum job_state state)
{
	return state == JOB_FETCH || state == JOB_BUILD;
}

static bool is_of_boot(enum job_state state)
{
	return state == JOB_BOOT || state == JOB_TRIAL || state == JOB_RESTORE;
}

static bool has_phase(enum job_state state)
{
	return state != JOB_QUEUED && state != JOB_READY && state != JOB_ENDED;
}

static bool is_before(const struct schedule_job *a, const struct schedule_job *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	if (a->commit_time_s != b->commit_time_s)
		return a->commit_time_s > b->commit_time_s;
	return a->id < b->id;
}

/* What was measured is kept, judged and shown even while a job pauses. */
static bool is_held(const struct schedule *s, const struct schedule_job *job)
{
	bool is_wrapping_up =
		has_phase(job->state) && !is_builders(job->state) && !is_of_boot(job->state);

	return !is_wrapping_up && (s->is_paused || job->wish == JOB_WISH_PAUSE);
}

/* May it begin, for all that is known of the job alone? */
static bool is_due(const struct schedule *s, const struct schedule_job *job)
{
	return !job->has_child && !is_held(s, job) && job->not_before_unix_ms <= s->now_unix_ms;
}

static bool fits(const struct schedule_job *job, const struct schedule_host *host)
{
	return host->is_usable &&
	       (job->host_id ? job->host_id == host->id
			     : host_is_meant(job->wanted_host, host->name, host->tags));
}

/* Its host was put into quarantine meanwhile. */
static bool is_stranded(const struct schedule *s, const struct schedule_job *job)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (job->host_id == s->hosts[i].id)
			return !s->hosts[i].is_usable;
	return false;
}

/* ---- what is busy ---- */

struct business {
	int building;	    /* children that build */
	bool is_publishing; /* there is one site */
	bool is_local_busy; /* this machine is being measured */
};

static struct business business_of(const struct schedule *s)
{
	struct business business = {0, false, false};

	for (size_t i = 0; i < s->job_count; i++) {
		if (!s->jobs[i].has_child)
			continue;
		business.building += is_builders(s->jobs[i].state);
		business.is_publishing |= s->jobs[i].state == JOB_PUBLISH;
	}
	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].is_here && s->hosts[i].lease_job)
			business.is_local_busy = true;
	return business;
}

static bool may_build(const struct schedule *s, const struct business *business)
{
	return business->building < s->builders && !business->is_local_busy;
}

/* ---- hosts ---- */

/* A free host that the job may have; host_count when there is none. */
static size_t free_host(const struct schedule *s, const struct business *business,
	const struct schedule_job *job)
{
	size_t i;

	for (i = 0; i < s->host_count; i++)
		if (!s->hosts[i].lease_job && fits(job, &s->hosts[i]) &&
			!(s->hosts[i].is_here &&
				(business->building || business->is_publishing)))
			break;
	return i;
}

static bool is_any_free(const struct schedule *s)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].is_usable && !s->hosts[i].lease_job)
			return true;
	return false;
}

/*
 * Which jobs are built ahead, and for whom that is enough: asked once for each
 * wanted host, because there may be thousands of jobs and a few of those.
 */
struct ahead {
	size_t *jobs; /* indices of those that are built, or being built */
	size_t count;
	struct {
		const char *wanted;
		bool is_enough;
	} known[32];
	size_t known_count;
};

static void ahead_init(struct ahead *ahead, const struct schedule *s)
{
	memset(ahead, 0, sizeof(*ahead));
	ahead->jobs = MEM_NEW(size_t, s->job_count);
	for (size_t i = 0; i < s->job_count; i++)
		if ((is_builders(s->jobs[i].state) || s->jobs[i].state == JOB_READY) &&
			!is_held(s, &s->jobs[i]))
			ahead->jobs[ahead->count++] = i;
}

static bool share_a_host(
	const struct schedule *s, const struct schedule_job *a, const struct schedule_job *b)
{
	for (size_t h = 0; h < s->host_count; h++)
		if (fits(a, &s->hosts[h]) && fits(b, &s->hosts[h]))
			return true;
	return false;
}

/* Will the hosts that fit have enough to do, without this job? */
static bool count_ahead(
	const struct schedule *s, const struct ahead *ahead, const struct schedule_job *job)
{
	size_t built = 0, fitting = 0;

	for (size_t h = 0; h < s->host_count; h++)
		fitting += fits(job, &s->hosts[h]);
	for (size_t i = 0; i < ahead->count && built < SCHEDULE_AHEAD * fitting; i++)
		built += share_a_host(s, job, &s->jobs[ahead->jobs[i]]);
	return built >= SCHEDULE_AHEAD * fitting;
}

static bool is_enough(
	const struct schedule *s, struct ahead *ahead, const struct schedule_job *job)
{
	size_t i = 0;

	if (job->host_id)
		return count_ahead(s, ahead, job);
	while (i < ahead->known_count && strcmp(ahead->known[i].wanted, job->wanted_host) != 0)
		i++;
	if (i < ahead->known_count)
		return ahead->known[i].is_enough;
	if (i == ARRAY_SIZE(ahead->known))
		return count_ahead(s, ahead, job);
	ahead->known[i].wanted = job->wanted_host;
	ahead->known_count++;
	return ahead->known[i].is_enough = count_ahead(s, ahead, job);
}

/* ---- the decision ---- */

/* Is there something to do that needs no choice? */
static bool is_obliged(const struct schedule *s, const struct business *business, size_t i,
	struct schedule_answer *answer)
{
	const struct schedule_job *job = &s->jobs[i];

	if (job->has_child || (job->state == JOB_PUBLISH &&
				      (business->is_publishing || business->is_local_busy)))
		return false;
	answer->job = i;
	if (job->wish == JOB_WISH_CANCEL)
		answer->deed = SCHEDULE_CANCEL;
	else if (is_of_boot(job->state) && is_held(s, job))
		answer->deed = SCHEDULE_YIELD;
	else if (is_of_boot(job->state) && is_stranded(s, job))
		answer->deed = SCHEDULE_LOSE;
	else if (has_phase(job->state) && !is_builders(job->state) && is_due(s, job))
		answer->deed = SCHEDULE_PHASE;
	else
		return false;
	return true;
}

/* The first in order of those that a host, or the builder, can take on now. */
struct choice {
	size_t ready, host; /* job and host */
	size_t building;    /* job */
};

static void consider(const struct schedule *s, const struct business *business, size_t i,
	bool any_free, struct choice *choice)
{
	const struct schedule_job *job = &s->jobs[i];
	size_t none = s->job_count;

	if (job->state == JOB_READY && any_free &&
		(choice->ready == none || is_before(job, &s->jobs[choice->ready]))) {
		size_t host = free_host(s, business, job);

		if (host < s->host_count) {
			choice->ready = i;
			choice->host = host;
		}
	} else if (is_builders(job->state) &&
		   (choice->building == none || is_before(job, &s->jobs[choice->building]))) {
		choice->building = i;
	}
}

/* The first queued job that is worth building now. */
static size_t choose_queued(const struct schedule *s)
{
	size_t best = s->job_count;
	struct ahead ahead;

	ahead_init(&ahead, s);
	for (size_t i = 0; i < s->job_count; i++) {
		const struct schedule_job *job = &s->jobs[i];

		if (job->state == JOB_QUEUED && is_due(s, job) &&
			(best == s->job_count || is_before(job, &s->jobs[best])) &&
			!is_enough(s, &ahead, job))
			best = i;
	}
	free(ahead.jobs);
	return best;
}

static int64_t wake_time(const struct schedule *s)
{
	int64_t wake = 0;

	for (size_t i = 0; i < s->job_count; i++) {
		const struct schedule_job *job = &s->jobs[i];

		if (job->not_before_unix_ms > s->now_unix_ms && !job->has_child &&
			(!wake || job->not_before_unix_ms < wake))
			wake = job->not_before_unix_ms;
	}
	return wake;
}

struct schedule_answer schedule_next(const struct schedule *s)
{
	struct schedule_answer answer = {SCHEDULE_WAIT, 0, 0, 0};
	struct business business = business_of(s);
	size_t none = s->job_count, queued;
	struct choice choice = {none, 0, none};
	bool any_free = is_any_free(s);

	for (size_t i = 0; i < s->job_count; i++) {
		if (is_obliged(s, &business, i, &answer))
			return answer;
		if (is_due(s, &s->jobs[i]))
			consider(s, &business, i, any_free, &choice);
	}
	if (choice.ready < none)
		return (struct schedule_answer){SCHEDULE_HOST, choice.ready, choice.host, 0};
	if (may_build(s, &business) && choice.building < none)
		return (struct schedule_answer){SCHEDULE_PHASE, choice.building, 0, 0};
	if (may_build(s, &business) && (queued = choose_queued(s)) < none)
		return (struct schedule_answer){SCHEDULE_FETCH, queued, 0, 0};
	answer.job = 0;
	answer.wake_unix_ms = wake_time(s);
	return answer;
}
