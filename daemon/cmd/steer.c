/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/steer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "text/number.h"
#include "text/options.h"
#include "work/workspace.h"

#define OPTIONS_HELP                             \
	"  --config FILE   configuration file\n" \
	"  --state DIR     where everything is kept\n"

struct options {
	const char *config, *state;
	bool all;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"all", OPTION_FLAG, OPTION(all), 0, 0, NULL},
};

/* One of the commands. */
struct verb {
	struct option_table table;
	int (*on_job)(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err);
	int (*on_all)(struct db *db, struct err *err); /* NULL: a job must be named */
	const char *said, *said_of_all;
};

static int on_job(const struct verb *verb, struct db *db, int64_t id, struct err *err)
{
	struct job job = {0};
	int r = job_load(db, id, &job, err);

	job_clear(&job);
	if (r < 0)
		return r;
	return verb->on_job(db, id, clock_unix_ms(&clock_real), err);
}

static int steer(const struct verb *verb, const struct options *o, char **words, int count,
	struct err *err)
{
	struct workspace workspace = {0};
	int r = workspace_open(&workspace, o->config, o->state, err);

	if (r == 0 && o->all)
		r = verb->on_all(workspace.db, err);
	if (r == 0 && o->all)
		puts(verb->said_of_all);
	for (int i = 0; r == 0 && i < count; i++) {
		int64_t id;

		r = options_row_of(words[i], "a job", "kvmperf status", &id, err);
		if (r == 0)
			r = on_job(verb, workspace.db, id, err);
		if (r == 0)
			printf("job %lld %s\n", (long long)id, verb->said);
	}
	workspace_close(&workspace);
	return r;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct options o = {NULL, NULL, false};
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&verb->table, argc, argv, &o, &words, &status))
		return status;
	if (o.all ? words < argc || !verb->on_all : words == argc) {
		fprintf(stderr, "%s: name one job or more%s; see %s --help\n",
			verb->table.command, verb->on_all ? ", or --all" : "",
			verb->table.command);
		return 2;
	}
	if (steer(verb, &o, argv + words, argc - words, &err) == 0)
		return 0;
	fprintf(stderr, "%s: %s\n", verb->table.command, err.text);
	return 1;
}

/* ---- the verbs ---- */

static int cancel(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	return job_wish_set(db, id, JOB_WISH_CANCEL, now_unix_ms, err);
}

static int pause_one(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	return job_wish_set(db, id, JOB_WISH_PAUSE, now_unix_ms, err);
}

static int resume_one(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	return job_wish_set(db, id, JOB_WISH_NONE, now_unix_ms, err);
}

static int pause_all(struct db *db, struct err *err)
{
	return service_pause(db, true, err);
}

static int resume_all(struct db *db, struct err *err)
{
	return service_pause(db, false, err);
}

static const struct verb verbs[] = {
	{{"kvmperf retry",
		 "usage: kvmperf retry [OPTION...] JOB...\n"
		 "\n"
		 "Begins ended jobs anew, each with a comparison of its own; what was built "
		 "and\n"
		 "is still there is not built again.\n"
		 "\n" OPTIONS_HELP,
		 rows, 2, -1},
		job_retry, NULL, "is queued again", NULL},
	{{"kvmperf cancel",
		 "usage: kvmperf cancel [OPTION...] JOB...\n"
		 "\n"
		 "Ends jobs: those that wait at once, the others when their phase has stopped "
		 "and\n"
		 "their host is back on golden. What they measured stays in the store.\n"
		 "\n" OPTIONS_HELP,
		 rows, 2, -1},
		cancel, NULL, "ends", NULL},
	{{"kvmperf pause",
		 "usage: kvmperf pause [OPTION...] JOB... | --all\n"
		 "\n"
		 "Jobs that pause do not go on to their next phase, and give their host back; "
		 "a\n"
		 "boot that runs is finished first.\n"
		 "\n"
		 "  --all           the service begins nothing new\n" OPTIONS_HELP,
		 rows, 3, -1},
		pause_one, pause_all, "pauses", "the service pauses"},
	{{"kvmperf resume",
		 "usage: kvmperf resume [OPTION...] JOB... | --all\n"
		 "\n"
		 "Takes a pause back; also a cancel that was not heeded yet.\n"
		 "\n"
		 "  --all           the service goes on\n" OPTIONS_HELP,
		 rows, 3, -1},
		resume_one, resume_all, "goes on", "the service goes on"},
};

int cmd_retry(int argc, char **argv)
{
	return run(&verbs[0], argc, argv);
}

int cmd_cancel(int argc, char **argv)
{
	return run(&verbs[1], argc, argv);
}

int cmd_pause(int argc, char **argv)
{
	return run(&verbs[2], argc, argv);
}

int cmd_resume(int argc, char **argv)
{
	return run(&verbs[3], argc, argv);
}
