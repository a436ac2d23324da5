/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/host.h"
#include "rules/course.h"
#include "store/hosts.h"
#include "store/jobs.h"
#include "store/overviews.h"
#include "sys/lock.h"
#include "text/html.h"
#include "text/number.h"
#include "text/options.h"
#include "view/status.h"
#include "work/judge.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf why [OPTION...] JOB\n"
	"\n"
	"Tells the whole story of a job in plain words: who asked, what was done\n"
	"when, what failed and why, and what it waits for now.\n"
	"\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

enum { TEXT_MAX = 2000 };

struct options {
	const char *config, *state;
};

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, offsetof(struct options, config), 0, 0, NULL},
	{"state", OPTION_TEXT, offsetof(struct options, state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf why", help, rows, ARRAY_SIZE(rows), 1};

static void say(const char *text)
{
	terminal_text(stdout, text, TEXT_MAX);
}

/* ---- what it is ---- */

static void tell_question(const struct overview_job *o)
{
	auto_free char *question = status_question(o);

	printf("Job %lld: %s\n", (long long)o->job.id, question);
	if (o->subject) {
		fputs("  new    ", stdout);
		say(o->subject);
		putchar('\n');
	}
	printf("  plan   %s\n", o->job.plan);
	fputs("  repo   ", stdout);
	say(o->job.repository);
	printf("\n  host   %s\n", o->host		  ? o->host
				  : o->job.wanted_host[0] ? o->job.wanted_host
							  : "any");
	if (o->job.parent_job)
		printf("  after  job %lld\n", (long long)o->job.parent_job);
}

/* ---- what was done ---- */

static int tell_story(struct db *db, int64_t id, struct err *err)
{
	struct job_step *steps = NULL;
	size_t count = 0;
	int r = job_story(db, id, &steps, &count, err);

	if (r < 0)
		return r;
	putchar('\n');
	for (size_t i = 0; i < count; i++) {
		char stamp[CLOCK_STAMP_BYTES];

		clock_stamp(steps[i].unix_ms, stamp);
		printf("%s  %-8s ", stamp, job_state_name(steps[i].state));
		say(steps[i].text);
		putchar('\n');
	}
	job_story_free(steps, count);
	return 0;
}

static void tell_boot(const struct comparison_boot *boot)
{
	printf("  boot %d of %c: ", boot->sequence, boot->side);
	if (boot->failure == FAILURE_NONE) {
		printf("%zu processes%s\n", boot->processes,
			boot->rejected ? ", some rejected" : "");
		return;
	}
	printf("%s: ", symptom_phrase(boot->symptom));
	say(boot->reason ? boot->reason : "no reason given");
	putchar('\n');
}

static int tell_comparison(struct db *db, const struct job *job, struct err *err)
{
	struct comparison comparison = {0};
	int r;

	if (!job->comparison_id)
		return 0;
	r = judge_comparison(db, job->comparison_id, &comparison, err);
	if (r < 0)
		return r;
	putchar('\n');
	for (size_t i = 0; i < comparison.boot_count; i++)
		if (!comparison.boots[i].stored)
			tell_boot(&comparison.boots[i]);
	fputs("\n", stdout);
	say(comparison.sentence);
	putchar('\n');
	comparison_clear(&comparison);
	return 0;
}

/* ---- what it waits for ---- */

/* Of the hosts that the job may have. */
struct choice {
	size_t hosts, quarantined;
	const char *name; /* the last one in quarantine */
};

static int count_hosts(const struct workspace *workspace, const struct job *job,
	struct choice *ret, struct err *err)
{
	const struct settings *settings = &workspace->settings;
	int r = 0;

	for (size_t i = 0; i < settings->host_count && r == 0; i++) {
		const struct host_spec *spec = &settings->hosts[i];
		bool is_quarantined = false;
		int64_t id = 0;

		if (!job->host_id && !host_is_meant(job->wanted_host, spec->name, &spec->tags))
			continue;
		r = host_find(workspace->db, spec->name, &id, NULL);
		if (r == 0 && job->host_id && job->host_id != id)
			continue;
		if (r == 0)
			r = host_is_quarantined(workspace->db, id, &is_quarantined, err);
		r = r == -ENOENT ? 0 : r; /* the service has not seen it yet */
		ret->hosts++;
		ret->quarantined += is_quarantined;
		ret->name = is_quarantined ? spec->name : ret->name;
	}
	return r;
}

static int tell_wait(const struct workspace *workspace, const struct job *job, struct err *err)
{
	int before = 0, r = overview_count_before(workspace->db, job, &before, err);
	struct choice choice = {0};

	if (r == 0)
		r = count_hosts(workspace, job, &choice, err);
	if (r < 0)
		return r;
	if (choice.hosts && choice.hosts == choice.quarantined)
		printf("It waits: host %s is in quarantine%s; kvmperf hosts story %s tells "
		       "why.\n",
			choice.name, choice.hosts > 1 ? ", and so is every other one" : "",
			choice.name);
	else if (!choice.hosts)
		printf("It waits for host \"%s\", which is not configured: see "
		       "kvmperf.conf(5).\n",
			job->wanted_host);
	else if (before)
		printf("It waits for %s; %d %s before it.\n",
			job->state == JOB_QUEUED ? "the builder" : "a host", before,
			before == 1 ? "job is" : "jobs are");
	else
		printf("It waits for %s, and is the next.\n",
			job->state == JOB_QUEUED ? "the builder" : "a host that is free");
	return 0;
}

static int tell_now(const struct workspace *workspace, const struct job *job, struct err *err)
{
	auto_free char *lock = mem_printf("%s/kvmperfd.lock", workspace->state);
	int64_t now = clock_unix_ms(&clock_real);
	bool is_paused = false;
	int r = service_is_paused(workspace->db, &is_paused, err);

	putchar('\n');
	if (r < 0)
		return r;
	if (job->state == JOB_ENDED) {
		printf("It ended: %s", job_outcome_name(job->outcome));
		if (job->failure != FAILURE_NONE)
			printf(", by the fault of: %s", failure_name(job->failure));
		if (job->reason)
			fputs(": ", stdout);
		say(job->reason ? job->reason : ".");
		printf("\n%s",
			job->outcome == JOB_DONE ? "" : "kvmperf retry begins it anew.\n");
		return 0;
	}
	if (!lock_is_held(lock))
		puts("Nothing happens now: kvmperfd does not run.");
	else if (is_paused)
		puts("Nothing new begins: the service is paused; see kvmperf resume --all.");
	if (job->wish == JOB_WISH_PAUSE)
		puts("It pauses, as it was asked to; see kvmperf resume.");
	else if (job->wish == JOB_WISH_CANCEL)
		puts("It is being ended, as it was asked to.");
	if (job->not_before_unix_ms > now) {
		char left[NUMBER_BYTES];

		number_duration(job->not_before_unix_ms - now, left);
		printf("%d attempts failed; the next one is in %s.\n", job->attempts, left);
	} else if (course_row(job->state)->phase) {
		printf("It %s.\n", course_row(job->state)->text);
	} else {
		r = tell_wait(workspace, job, err);
	}
	return r;
}

static void overview_job_clear(struct overview_job *job)
{
	struct overview one = {
		.open = mem_copy(job, sizeof(*job)), .open_count = 1, .state = NULL};

	overview_clear(&one);
}

static int run(const struct options *o, const char *word, struct err *err)
{
	struct workspace workspace = {0};
	struct overview_job job = {.job = {.id = 0}};
	int r = workspace_open(&workspace, o->config, o->state, err);

	if (r == 0)
		r = overview_load_job(workspace.db, atoll(word), &job, err);
	if (r == 0) {
		tell_question(&job);
		r = tell_story(workspace.db, job.job.id, err);
	}
	if (r == 0)
		r = tell_comparison(workspace.db, &job.job, err);
	if (r == 0)
		r = tell_now(&workspace, &job.job, err);
	overview_job_clear(&job);
	workspace_close(&workspace);
	return r;
}

int cmd_why(int argc, char **argv)
{
	struct options o = {NULL, NULL};
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (run(&o, argv[words], &err) == 0)
		return 0;
	fprintf(stderr, "kvmperf why: %s\n", err.text);
	return 1;
}
