/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/chores.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lab/survey.h"
#include "phase/deliver.h"
#include "phase/watch.h"
#include "store/events.h"
#include "store/idle.h"
#include "store/jobs.h"
#include "sys/journal.h"
#include "work/worker.h"

enum {
	LOOK_EVERY_MS = 5000,
	IDLE_EVERY_MS = 60 * 1000,
	PRUNE_FIRST_MS = 10 * 60 * 1000,
	PRUNE_EVERY_MS = 3600 * 1000,
	DIGEST_EVERY_MS = 3600 * 1000, /* is one due, and are events old? */
	LIMIT_MS = 12 * 3600 * 1000,   /* a first clone of a large repository */
	GRACE_MS = 20 * 1000,
};

#define RECHECK_AFTER_MS (7 * 24 * 3600 * 1000LL)

struct chore;

/* A kind of chore. */
struct kind {
	const char *name;
	/*
	 * Is one due? 1 and its argument, if it has one (the caller frees), 0, or an
	 * error. Asked only while none of its kind runs.
	 */
	int (*is_due)(struct chore *chore, char **ret_argument, struct err *err);
};

struct chore {
	struct chores *chores;
	const struct kind *kind;
	struct worker *worker;
	int64_t next_ms; /* monotonic; for those that keep time themselves */
};

static int mail_is_due(struct chore *chore, char **ret_argument, struct err *err);
static int prune_is_due(struct chore *chore, char **ret_argument, struct err *err);
static int watch_is_due(struct chore *chore, char **ret_argument, struct err *err);

static const struct kind kinds[] = {
	{"watch", watch_is_due},
	{"prune", prune_is_due},
	{"mail", mail_is_due},
};

struct chores {
	struct workspace *workspace;
	struct loop *loop;
	char *config;
	struct loop_timer *timer;
	struct chore list[ARRAY_SIZE(kinds)];
	int64_t idle_next_ms;
	int64_t told_step; /* of events; the journal was told of those up to here */
	bool is_stopping;
	bool is_measured_here; /* for as long as this kernel runs */
	void (*on_idle)(void *data);
	void *idle_data;
};

static int64_t monotonic_ms(void)
{
	return clock_monotonic_ms(&clock_real);
}

/* ---- what is due ---- */

static int prune_is_due(struct chore *chore, char **ret_argument, struct err *err)
{
	(void)ret_argument;
	(void)err;
	if (monotonic_ms() < chore->next_ms)
		return 0;
	chore->next_ms = monotonic_ms() + PRUNE_EVERY_MS;
	return 1;
}

static int watch_is_due(struct chore *chore, char **ret_argument, struct err *err)
{
	const struct workspace *workspace = chore->chores->workspace;
	struct watch watch = {
		.db = workspace->db,
		.state = workspace->state,
		.settings = &workspace->settings,
		.now_unix_ms = clock_unix_ms(&clock_real),
	};
	const char *repository;
	int64_t due_unix_ms;
	int r = watch_next(&watch, &repository, &due_unix_ms, err);

	if (r <= 0 || due_unix_ms > watch.now_unix_ms)
		return r < 0 ? r : 0;
	*ret_argument = mem_strdup(repository);
	return 1;
}

/* Mails of the outbox; and now and then the child is to see to digest and old events. */
static int mail_is_due(struct chore *chore, char **ret_argument, struct err *err)
{
	const struct workspace *workspace = chore->chores->workspace;
	int r = deliver_is_due(
		workspace->db, &workspace->settings, clock_unix_ms(&clock_real), err);

	(void)ret_argument;
	if (r != 0 || monotonic_ms() < chore->next_ms)
		return r;
	chore->next_ms = monotonic_ms() + DIGEST_EVERY_MS;
	return 1;
}

/*
 * A host that has nothing to do looks whether a regression is still there, or measures a
 * kernel against itself now and then.
 */
static int use_idle_host(struct chores *chores, const char *host, struct err *err)
{
	struct db *db = chores->workspace->db;
	int every = chores->workspace->settings.service.aa_every;
	const char *why = "an idle host looks whether a regression is still on the tip";
	int64_t now = clock_unix_ms(&clock_real);
	struct job job = {0};
	int r = idle_recheck(db, host, RECHECK_AFTER_MS, now, &job, err);

	if (r == 0 && every) {
		why = "an idle host measures a kernel against itself";
		r = idle_pick(db, host, every, &job, err);
	}
	if (r > 0)
		r = job_add(db, &job, why, now, err);
	job_clear(&job);
	return r;
}

static int use_idle_hosts(struct chores *chores, struct err *err)
{
	const struct settings *settings = &chores->workspace->settings;
	int r = 0;

	if (monotonic_ms() < chores->idle_next_ms)
		return 0;
	chores->idle_next_ms = monotonic_ms() + IDLE_EVERY_MS;
	for (size_t i = 0; i < settings->host_count && r >= 0; i++)
		r = use_idle_host(chores, settings->hosts[i].name, err);
	return r < 0 ? r : 0;
}

/* People watch the journal for these. */
static int tell_events(struct chores *chores, struct err *err)
{
	struct event event = {0};
	int r;

	while ((r = event_next_confirmed(chores->workspace->db, chores->told_step,
			&chores->told_step, &event, err)) > 0) {
		struct journal_about about = {
			.event = event.improved ? JOURNAL_PLAIN : JOURNAL_REGRESSION,
			.kernel = event.to.oid,
		};

		journal_write(event.improved ? JOURNAL_INFO : JOURNAL_WARNING, &about,
			"event %" PRId64 " on %.100s: %s", event.id,
			event.branch[0] ? event.branch : "no branch", event.sentence);
		event_clear(&event);
	}
	return r;
}

/* ---- the children ---- */

static void tell_idle(struct chores *chores)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (chores->list[i].worker)
			return;
	if (chores->is_stopping && chores->on_idle)
		chores->on_idle(chores->idle_data);
	chores->on_idle = NULL;
}

static int on_end(const struct worker_end *end, void *data)
{
	struct chore *chore = data;
	struct journal_about about = {.phase = chore->kind->name};

	chore->worker = NULL;
	if (end->exit_status != 0 && !end->was_asked)
		journal_write(
			JOURNAL_WARNING, &about, "%s: %s", chore->kind->name, end->last_line);
	if (chore->chores->is_stopping)
		tell_idle(chore->chores);
	else
		loop_timer_set(chore->chores->timer, 0);
	return 0;
}

static int start(struct chore *chore, const char *argument, struct err *err)
{
	struct chores *chores = chore->chores;
	auto_strv struct strv args = STRV_INIT;
	auto_free char *log =
		mem_printf("%s/jobs/%s.log", chores->workspace->state, chore->kind->name);
	struct worker_order order = {
		.loop = chores->loop,
		.args = &args,
		.log_path = log,
		.limit_ms = LIMIT_MS,
		.grace_ms = GRACE_MS,
		.nice = 5,
		.on_end = on_end,
		.data = chore,
	};

	strv_add(&args, "phase");
	strv_add(&args, chore->kind->name);
	strv_add(&args, argument ? argument : "-");
	strv_add(&args, "--state");
	strv_add(&args, chores->workspace->state);
	if (chores->config) {
		strv_add(&args, "--config");
		strv_add(&args, chores->config);
	}
	return worker_start(&order, &chore->worker, err);
}

static int look(struct chores *chores, struct err *err)
{
	int r;

	if (chores->is_measured_here)
		return 0; /* nothing may disturb it */
	r = use_idle_hosts(chores, err);

	if (r == 0)
		r = tell_events(chores, err);
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r == 0; i++) {
		struct chore *chore = &chores->list[i];
		auto_free char *argument = NULL;

		if (chore->worker)
			continue;
		r = chore->kind->is_due(chore, &argument, err);
		if (r > 0)
			r = start(chore, argument, err);
	}
	return r;
}

static int on_time(void *data)
{
	struct chores *chores = data;
	struct err err = ERR_INIT;

	if (chores->is_stopping)
		return 0;
	/* What the store refuses the queue has told already. */
	look(chores, &err);
	loop_timer_set(chores->timer, LOOK_EVERY_MS);
	return 0;
}

/* ---- */

int chores_open(struct chores **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err)
{
	struct chores *chores = MEM_NEW(struct chores, 1);
	int r;

	chores->workspace = workspace;
	chores->loop = loop;
	chores->config = mem_strdup(config);
	chores->is_measured_here = survey_is_test_kernel();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		chores->list[i] = (struct chore){
			chores, &kinds[i], NULL, monotonic_ms() + PRUNE_FIRST_MS};
	r = event_last_step(workspace->db, &chores->told_step, err);
	if (r == 0)
		r = loop_timer(loop, on_time, chores, &chores->timer, err);
	if (r < 0) {
		chores_close(chores);
		return r;
	}
	*ret = chores;
	return 0;
}

void chores_close(struct chores *chores)
{
	if (!chores)
		return;
	loop_timer_free(chores->timer);
	free(chores->config);
	free(chores);
}

void chores_start(struct chores *chores)
{
	loop_timer_set(chores->timer, 0);
}

void chores_stop(struct chores *chores, void (*on_idle)(void *data), void *data)
{
	chores->is_stopping = true;
	chores->on_idle = on_idle;
	chores->idle_data = data;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (chores->list[i].worker)
			worker_ask(chores->list[i].worker);
	tell_idle(chores);
}
