/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/searcher.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "notice/alert.h"
#include "stage/search.h"
#include "store/bisects.h"
#include "sys/journal.h"
#include "work/worker.h"

enum {
	LOOK_EVERY_MS = 1000,
	LATER_MS = 5 * 1000,	/* when a walk left something to do behind */
	TROUBLE_MS = 60 * 1000, /* after a walk that failed */
	WALK_LIMIT_MS = 10 * 60 * 1000,
	GRACE_MS = 10 * 1000,
};

struct searcher {
	struct workspace *workspace;
	struct loop *loop;
	char *config;
	struct loop_timer *look;
	struct worker *worker;
	bool is_stopping;
};

static bool is_waiting(struct searcher *s)
{
	return bisect_is_waiting(s->workspace->db, NULL) > 0;
}

static int on_end(const struct worker_end *end, void *data)
{
	static const struct journal_about stuck = {.event = JOURNAL_CANNOT_GO_ON};
	struct searcher *s = data;
	bool failed = end->exit_status != 0 && !end->was_asked;

	s->worker = NULL;
	if (failed)
		journal_write(JOURNAL_ERROR, &stuck, "bisects: %s; tried again in %d s",
			end->last_line, TROUBLE_MS / 1000);
	loop_timer_set(s->look, s->is_stopping ? LOOP_OFF
				: failed       ? TROUBLE_MS
					       : LOOK_EVERY_MS);
	return 0;
}

static int start_walk(struct searcher *s, struct err *err)
{
	auto_strv struct strv args = STRV_INIT;
	auto_free char *log = mem_printf("%s/jobs/search.log", s->workspace->state);
	struct worker_order order = {
		.loop = s->loop,
		.args = &args,
		.log_path = log,
		.limit_ms = WALK_LIMIT_MS,
		.grace_ms = GRACE_MS,
		.on_end = on_end,
		.data = s,
	};

	strv_add(&args, "search");
	strv_add(&args, "--state");
	strv_add(&args, s->workspace->state);
	if (s->config) {
		strv_add(&args, "--config");
		strv_add(&args, s->config);
	}
	return worker_start(&order, &s->worker, err);
}

/* The timer rests while a child walks. */
static int on_look(void *data)
{
	struct searcher *s = data;
	struct err err = ERR_INIT;
	int r = is_waiting(s) ? start_walk(s, &err) : 0;

	if (r < 0)
		journal_write(JOURNAL_WARNING, NULL, "bisects: %s", err.text);
	if (!s->worker)
		loop_timer_set(s->look, r < 0 ? TROUBLE_MS : LOOK_EVERY_MS);
	return 0;
}

int searcher_open(struct searcher **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err)
{
	struct searcher *s = MEM_NEW(struct searcher, 1);
	int r;

	s->workspace = workspace;
	s->loop = loop;
	s->config = mem_strdup(config);
	r = loop_timer(loop, on_look, s, &s->look, err);
	if (r < 0) {
		searcher_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void searcher_close(struct searcher *s)
{
	if (!s)
		return;
	loop_timer_free(s->look);
	free(s->config);
	free(s);
}

void searcher_start(struct searcher *s)
{
	if (!s->worker)
		loop_timer_set(s->look, 0);
}

void searcher_stop(struct searcher *s)
{
	s->is_stopping = true;
	loop_timer_set(s->look, LOOP_OFF);
	if (s->worker)
		worker_ask(s->worker);
}

/* ---- the child ---- */

static int walk(const char *config, const char *state, struct err *err)
{
	struct workspace workspace = {0};
	int jobs = 0, r = workspace_open(&workspace, config, state, err);

	if (r == 0) {
		struct search search = {workspace.db, &workspace.settings, workspace.state,
			clock_unix_ms(&clock_real), alert_bisected};

		r = search_walk(&search, &jobs, err);
	}
	if (r == 0 && jobs)
		printf("added %d job%s\n", jobs, jobs == 1 ? "" : "s");
	workspace_close(&workspace);
	return r;
}

int searcher_walk(const char *config, const char *state)
{
	struct err err = ERR_INIT;

	stop_install();
	if (walk(config, state, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}
