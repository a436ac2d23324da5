/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/queue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "rules/course.h"
#include "stage/roster.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "store/story.h"
#include "sys/journal.h"
#include "work/bulletin.h"
#include "work/worker.h"

enum {
	LOOK_EVERY_MS = 1000,	/* for what the command line has changed */
	TROUBLE_MS = 10 * 1000, /* until a store that refused is tried again */
	GRACE_MS = 20 * 1000,
	HOST_GRACE_MS = (HOST_STOP_S + 30) * 1000, /* a host goes back to golden */
	BUILD_NICE = 5,
};

/* A phase at work, or what it came to until that is in the store. Owned by its job's entry. */
struct deed {
	struct queue *queue;
	struct worker *worker;	 /* NULL: it has ended */
	enum job_state begun_in; /* the state that it was started for */
	struct worker_end end;
	char *last_line;
};

struct queue {
	struct workspace *workspace;
	struct loop *loop;
	char *config;
	struct loop_timer *look, *again;
	struct roster roster;
	int64_t version;	/* of the store when it was last looked at */
	int64_t told;		/* the last line of the jobs' stories that the journal has */
	int64_t last_host_step; /* up to which the stories of hosts were told; -1: none was */
	bool is_stopping, in_trouble;
	size_t workers;
	void (*on_idle)(void *data);
	void *idle_data;
};

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

static struct db *db_of(const struct queue *queue)
{
	return queue->workspace->db;
}

static struct deed *deed_of(const struct entry *entry)
{
	return entry->owned;
}

static void drop_deed(struct entry *entry)
{
	struct deed *deed = take_ptr(entry->owned);

	if (deed)
		free(deed->last_line);
	free(deed);
}

static struct journal_about about(
	const struct queue *queue, const struct entry *entry, enum journal_event event)
{
	return (struct journal_about){
		.event = event,
		.job = entry->job.id,
		.host = roster_host_name(&queue->roster, entry->job.host_id),
		.kernel = entry->job.kernel,
		.phase = deed_of(entry) ? course_row(deed_of(entry)->begun_in)->phase : NULL,
	};
}

static int on_worker_end(const struct worker_end *end, void *data)
{
	struct deed *deed = data;

	deed->worker = NULL;
	deed->queue->workers--;
	deed->end = *end;
	deed->end.last_line = deed->last_line = mem_strdup(end->last_line);
	loop_timer_set(deed->queue->again, 0);
	return 0;
}

static int start_phase(struct queue *queue, struct entry *entry, struct err *err)
{
	const struct course_row *row = course_row(entry->job.state);
	auto_free struct deed *deed = MEM_NEW(struct deed, 1);
	auto_strv struct strv args = STRV_INIT;
	auto_free char *log = mem_printf("%s/jobs/%" PRId64 "/%s.log", queue->workspace->state,
		entry->job.id, row->phase);
	struct worker_order order = {
		.loop = queue->loop,
		.args = &args,
		.log_path = log,
		.limit_ms = row->limit_ms,
		.grace_ms = row->holds == COURSE_HOST ? HOST_GRACE_MS : GRACE_MS,
		.nice = row->holds == COURSE_BUILDER ? BUILD_NICE : 0,
		.on_end = on_worker_end,
		.data = deed,
	};
	int r;

	strv_add(&args, "phase");
	strv_add(&args, row->phase);
	strv_addf(&args, "%" PRId64, entry->job.id);
	strv_add(&args, "--state");
	strv_add(&args, queue->workspace->state);
	if (queue->config) {
		strv_add(&args, "--config");
		strv_add(&args, queue->config);
	}
	*deed = (struct deed){.queue = queue, .begun_in = entry->job.state};
	r = worker_start(&order, &deed->worker, err);
	if (r < 0)
		return err_note(err, "job %" PRId64, entry->job.id);
	entry->owned = take_ptr(deed);
	queue->workers++;
	return 0;
}

/* ---- what the journal is told ---- */

/* Every move of a job, whoever made it; how it ends tell_end() says. */
static int tell_story(struct queue *queue, struct err *err)
{
	struct story_line *lines;
	size_t count;
	int r = story_since(db_of(queue), queue->told, &lines, &count, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		const struct journal_about what = {
			.job = lines[i].job,
			.host = roster_host_name(&queue->roster, lines[i].host_id),
			.kernel = lines[i].kernel,
		};

		queue->told = lines[i].id;
		if (lines[i].state != JOB_ENDED)
			journal_write(JOURNAL_INFO, &what, "%s", lines[i].text);
	}
	story_free(lines, count);
	return 0;
}

static int end_job(
	struct queue *queue, struct entry *entry, const struct job_end *end, struct err *err)
{
	auto_free char *text =
		end->reason ? mem_printf("%s: %s", job_outcome_name(end->outcome), end->reason)
			    : mem_strdup(job_outcome_name(end->outcome));
	int r = job_end(
		db_of(queue), entry->job.id, entry->job.state, end, text, now_ms(), err);

	if (r == 0)
		bulletin_end(about(queue, entry, JOURNAL_JOB_ENDED), end);
	return r;
}

/* A job that is published ends as it was answered. */
static int end_published(struct queue *queue, struct entry *entry, struct err *err)
{
	const struct job *job = &entry->job;
	struct job_end end = {job->failure == FAILURE_NONE ? JOB_DONE : JOB_FAILED,
		job->failure, job->symptom, job->reason};

	return end_job(queue, entry, &end, err);
}

static int move_on(struct queue *queue, struct entry *entry, enum job_state to, struct err *err)
{
	struct db *db = db_of(queue);
	const struct job *job = &entry->job;

	if (to == job->state)
		return 0; /* the child did it itself */
	if (to == JOB_ENDED)
		return end_published(queue, entry, err);
	if (to == JOB_PUBLISH)
		return job_yield_host(
			db, job->id, job->state, to, course_row(to)->text, now_ms(), err);
	return job_move(db, job->id, job->state, to, course_row(to)->text, now_ms(), err);
}

static int postpone(struct queue *queue, struct entry *entry,
	const struct course_answer *answer, struct err *err)
{
	const struct job *job = &entry->job;
	struct journal_about what = about(queue, entry, JOURNAL_PLAIN);
	auto_free char *text = mem_printf("%s; tried again in %" PRId64 " s",
		deed_of(entry)->end.last_line, answer->delay_ms / 1000);
	int64_t now = now_ms();
	int r = tell_story(queue, err);

	if (r == 0)
		r = job_postpone(db_of(queue), job->id, job->state, answer->to, text,
			now + answer->delay_ms, now, err);
	if (r == 0)
		journal_write(JOURNAL_WARNING, &what, "%s", text);
	return r < 0 ? r : story_end(db_of(queue), &queue->told, err);
}

static int give_up(
	struct queue *queue, struct entry *entry, enum failure blame, struct err *err)
{
	struct job_end end = {JOB_FAILED, blame,
		deed_of(entry)->end.timed_out ? SYMPTOM_TIMEOUT : SYMPTOM_NONE,
		deed_of(entry)->end.last_line};

	return end_job(queue, entry, &end, err);
}

/* It was asked to stop: where is its host? */
static void tell_stop(const struct queue *queue, const struct entry *entry)
{
	struct journal_about what = about(queue, entry, JOURNAL_PLAIN);

	if (course_row(deed_of(entry)->begun_in)->phase == course_row(JOB_BOOT)->phase)
		journal_write(JOURNAL_INFO, &what, "%s", deed_of(entry)->end.last_line);
}

/* Moves a job on by what its child came to. */
static int settle(struct queue *queue, struct entry *entry, struct err *err)
{
	const struct course_row *row = course_row(entry->job.state);
	const struct course_row *begun = course_row(deed_of(entry)->begun_in);
	struct course_end end = {deed_of(entry)->end.exit_status, deed_of(entry)->end.timed_out,
		deed_of(entry)->end.was_asked};
	/* Where the child itself moved the job, it fails from where it is now. */
	bool is_same_phase = row->phase == begun->phase && end.exit_status != PHASE_DONE;
	struct course_answer answer = course_after(
		is_same_phase ? entry->job.state : deed_of(entry)->begun_in, &end,
		entry->job.attempts, 1000 * queue->workspace->settings.service.retry_delay_s);
	int r = 0;

	switch (answer.deed) {
	case COURSE_MOVE:
		r = move_on(queue, entry, answer.to, err);
		break;
	case COURSE_POSTPONE:
		r = postpone(queue, entry, &answer, err);
		break;
	case COURSE_GIVE_UP:
		r = give_up(queue, entry, answer.blame, err);
		break;
	case COURSE_STAY:
		tell_stop(queue, entry);
		break;
	}
	if (r < 0 && r != -ESTALE)
		return r;
	drop_deed(entry);
	return 0;
}

static int settle_all(struct queue *queue, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < queue->roster.count && r == 0; i++) {
		struct entry *entry = queue->roster.entries[i];
		struct deed *deed = deed_of(entry);

		if (deed && !deed->worker)
			r = settle(queue, entry, err);
		else if (deed && entry->job.wish == JOB_WISH_CANCEL)
			worker_ask(deed->worker);
	}
	return r;
}

/* ---- the schedule ---- */

static int take_host(struct queue *queue, struct entry *entry, const struct schedule_host *host,
	struct err *err)
{
	auto_free char *text = mem_printf("takes host %s", host->name);

	return job_take_host(db_of(queue), entry->job.id, host->id, text, now_ms(), err);
}

static int cancel(struct queue *queue, struct entry *entry, struct err *err)
{
	struct job_end end = {JOB_CANCELLED, FAILURE_NONE, SYMPTOM_NONE, "as it was asked to"};

	return end_job(queue, entry, &end, err);
}

/* Does what was decided; the store is read again afterwards. */
static int obey(struct queue *queue, const struct schedule_answer *answer, struct err *err)
{
	struct entry *entry = queue->roster.entries[answer->job];
	const struct job *job = &entry->job;

	switch (answer->deed) {
	case SCHEDULE_WAIT:
		return 0;
	case SCHEDULE_PHASE:
		return start_phase(queue, entry, err);
	case SCHEDULE_FETCH:
		return job_move(db_of(queue), job->id, JOB_QUEUED, JOB_FETCH,
			course_row(JOB_FETCH)->text, now_ms(), err);
	case SCHEDULE_HOST:
		return take_host(queue, entry, &queue->roster.hosts[answer->host], err);
	case SCHEDULE_YIELD:
		return job_yield_host(db_of(queue), job->id, job->state, JOB_READY,
			"pauses; its host is free", now_ms(), err);
	case SCHEDULE_LOSE:
		return job_lose_host(db_of(queue), job->id, job->state,
			"its host is in quarantine", now_ms(), err);
	case SCHEDULE_CANCEL:
		return cancel(queue, entry, err);
	}
	return 0;
}

static void tell_status(const struct queue *queue)
{
	const struct roster *roster = &queue->roster;
	size_t measuring = 0, building = 0, waiting = 0;

	for (size_t i = 0; i < roster->count; i++) {
		enum job_state state = roster->entries[i]->job.state;

		building += state == JOB_FETCH || state == JOB_BUILD;
		waiting += state == JOB_QUEUED || state == JOB_READY;
	}
	for (size_t i = 0; i < roster->host_count; i++)
		measuring += roster->hosts[i].lease_job != 0;
	journal_status("%s%zu of %zu hosts measuring, %zu jobs building, %zu waiting",
		roster->is_paused ? "paused; " : "", measuring, roster->host_count, building,
		waiting);
}

static int work(struct queue *queue, struct err *err)
{
	struct schedule_answer answer;
	int r = roster_read(&queue->roster, db_of(queue), err);

	if (r == 0)
		r = bulletin_hosts(db_of(queue), &queue->last_host_step, err);
	r = r < 0 ? r : settle_all(queue, err);
	while (r == 0 && (r = roster_read(&queue->roster, db_of(queue), err)) == 0) {
		struct schedule schedule;

		roster_sweep(&queue->roster);
		if (queue->is_stopping)
			break;
		schedule = roster_see(&queue->roster, now_ms());
		answer = schedule_next(&schedule);
		if (answer.deed == SCHEDULE_WAIT) {
			loop_timer_set(queue->again, answer.wake_unix_ms
							     ? answer.wake_unix_ms - now_ms()
							     : LOOP_OFF);
			break;
		}
		r = obey(queue, &answer, err);
		r = r == -ESTALE ? 0 : r; /* somebody else was faster: look again */
	}
	if (r == 0)
		tell_status(queue);
	return r < 0 ? r : tell_story(queue, err);
}

/* The service goes on whatever the store says now; what is in memory is not lost. */
static int work_or_wait(struct queue *queue)
{
	static const struct journal_about stuck = {.event = JOURNAL_CANNOT_GO_ON};
	struct err err = ERR_INIT;
	int r = work(queue, &err);

	if (r < 0 && !queue->in_trouble)
		journal_write(JOURNAL_ERROR, &stuck, "%s; tried again every %d s", err.text,
			TROUBLE_MS / 1000);
	else if (r == 0 && queue->in_trouble)
		journal_write(JOURNAL_INFO, NULL, "the store is well again");
	queue->in_trouble = r < 0;
	if (r < 0)
		loop_timer_set(queue->again, TROUBLE_MS);
	if (queue->is_stopping && !queue->workers && queue->on_idle) {
		queue->on_idle(queue->idle_data);
		queue->on_idle = NULL;
	}
	return r == -EUCLEAN ? r : 0;
}

static int on_again(void *data)
{
	return work_or_wait(data);
}

/* Once a second: has anybody else written? */
static int on_look(void *data)
{
	struct queue *queue = data;
	int64_t version = queue->version;
	int r = 0;

	loop_timer_set(queue->look, LOOK_EVERY_MS);
	if (db_version(db_of(queue), &version, NULL) == 0 && version != queue->version &&
		!queue->in_trouble)
		r = work_or_wait(queue);
	queue->version = version;
	return r;
}

/* ---- */

int queue_open(struct queue **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err)
{
	struct queue *queue = MEM_NEW(struct queue, 1);
	int r;

	queue->workspace = workspace;
	queue->loop = loop;
	queue->config = mem_strdup(config);
	queue->last_host_step = -1;
	r = queue_reload(queue, err);
	if (r == 0)
		r = story_end(workspace->db, &queue->told, err);
	if (r == 0)
		r = loop_timer(loop, on_look, queue, &queue->look, err);
	if (r == 0)
		r = loop_timer(loop, on_again, queue, &queue->again, err);
	if (r < 0) {
		queue_close(queue);
		return r;
	}
	*ret = queue;
	return 0;
}

void queue_close(struct queue *queue)
{
	if (!queue)
		return;
	for (size_t i = 0; i < queue->roster.count; i++)
		drop_deed(queue->roster.entries[i]);
	roster_clear(&queue->roster);
	free(queue->config);
	loop_timer_free(queue->look);
	loop_timer_free(queue->again);
	free(queue);
}

int queue_reload(struct queue *queue, struct err *err)
{
	return roster_take_hosts(
		&queue->roster, &queue->workspace->settings, db_of(queue), err);
}

void queue_start(struct queue *queue)
{
	loop_timer_set(queue->again, 0);
	loop_timer_set(queue->look, LOOK_EVERY_MS);
}

static void for_workers(struct queue *queue, void (*act)(struct worker *worker))
{
	for (size_t i = 0; i < queue->roster.count; i++) {
		struct deed *deed = deed_of(queue->roster.entries[i]);

		if (deed && deed->worker)
			act(deed->worker);
	}
}

void queue_insist(struct queue *queue)
{
	for_workers(queue, worker_insist);
}

void queue_stop(struct queue *queue, void (*on_idle)(void *data), void *data)
{
	tell_story(queue, NULL);
	queue->is_stopping = true;
	queue->on_idle = on_idle;
	queue->idle_data = data;
	for_workers(queue, worker_ask);
	loop_timer_set(queue->again, 0);
}
