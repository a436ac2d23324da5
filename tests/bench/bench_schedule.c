/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a decision of the service costs with 20 hosts and 10,000 queued jobs: the
 * change of a job in the store, what is read again because of it, and the choice.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#include "base/mem.h"
#include "stage/roster.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "store/runs.h"
#include "store/schema.h"
#include "sys/fs.h"

enum { JOBS = 10000, HOSTS = 20, DECISIONS = 200 };

static struct err err;

static void must(int r)
{
	if (r >= 0)
		return;
	fprintf(stderr, "bench_schedule: %s\n", err.text);
	exit(1);
}

static double wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A third of the jobs wants any host, a third a host by name, a third a tag nobody has. */
static void fill(struct db *db)
{
	char text[32];

	must(db_begin(db, &err));
	for (int i = 0; i < JOBS; i++) {
		struct job job = {.kind = JOB_CONFIRM,
			.priority = i % 7,
			.origin = (char *)(uintptr_t) "watch",
			.repository = (char *)(uintptr_t) "/var/lib/kvmperf/repos/kvmarm.git",
			.plan = (char *)(uintptr_t) "dirty-log"};

		snprintf(text, sizeof(text), "host-%d", i % HOSTS);
		if (i % 3)
			job.wanted_host = i % 3 == 1 ? text : (char *)(uintptr_t) "nobody";
		must(job_add(db, &job, "branch moved", 1000 + i, &err));
	}
	must(db_commit(db, &err));
}

int main(void)
{
	char folder[] = "/tmp/kvmperf-bench-XXXXXX";
	auto_free struct host_spec *hosts = MEM_NEW(struct host_spec, HOSTS);
	struct settings settings = {.hosts = hosts, .host_count = HOSTS};
	struct roster roster = {0};
	struct schedule schedule;
	struct db *db;
	double begun, worst = 0, worst_choice = 0;

	if (!mkdtemp(folder))
		return 1;
	auto_free char *path = mem_printf("%s/kvmperf.db", folder);
	must(db_open(path, true, &db, &err));
	must(schema_apply(db, path, &err));
	fill(db);
	for (int i = 0; i < HOSTS; i++)
		hosts[i].name = mem_printf("host-%d", i);
	must(roster_take_hosts(&roster, &settings, db, &err));
	begun = wall_s();
	must(roster_read(&roster, db, &err));
	bench_report("10,000 queued jobs, read when the service starts", roster.count,
		wall_s() - begun, 1);
	for (int i = 0; i < DECISIONS; i++) {
		struct schedule_answer answer;
		double chosen;

		begun = wall_s();
		must(roster_read(&roster, db, &err));
		roster_sweep(&roster);
		schedule = roster_see(&roster, 2000);
		chosen = wall_s();
		answer = schedule_next(&schedule);
		if (wall_s() - chosen > worst_choice)
			worst_choice = wall_s() - chosen;
		if (wall_s() - begun > worst)
			worst = wall_s() - begun;
		if (answer.deed == SCHEDULE_FETCH)
			must(job_move(db, roster.entries[answer.job]->job.id, JOB_QUEUED,
				i % 2 ? JOB_READY : JOB_FETCH, "x", 2000, &err));
		else if (answer.deed == SCHEDULE_PHASE &&
			 roster.entries[answer.job]->job.state == JOB_FETCH)
			must(job_move(db, roster.entries[answer.job]->job.id, JOB_FETCH,
				JOB_READY, "x", 2000, &err));
		else if (answer.deed == SCHEDULE_PHASE)
			roster.entries[answer.job]->owned = &err; /* it boots */
		else if (answer.deed == SCHEDULE_HOST)
			must(job_take_host(db, roster.entries[answer.job]->job.id,
				roster.hosts[answer.host].id, "x", 2000, &err));
		else
			break;
	}
	bench_report(
		"worst choice, 20 hosts and 10,000 jobs", roster.count, worst_choice, 0.01);
	bench_report("worst decision, with what it reads", roster.count, worst, 0.01);
	roster_clear(&roster);
	db_close(db);
	for (int i = 0; i < HOSTS; i++)
		free(hosts[i].name);
	fs_remove_tree(folder, NULL);
	return 0;
}
