/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "store/runs.h"

static void entry_free(struct entry *entry)
{
	job_clear(&entry->job);
	free(entry);
}

void roster_clear(struct roster *roster)
{
	for (size_t i = 0; i < roster->count; i++)
		entry_free(roster->entries[i]);
	free(roster->entries);
	free(roster->view);
	free(roster->hosts);
	memset(roster, 0, sizeof(*roster));
}

/* ---- jobs ---- */

/* Where the job is, or would be. */
static size_t place_of(const struct roster *roster, int64_t id)
{
	size_t low = 0, high = roster->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (roster->entries[middle]->job.id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct entry *insert(struct roster *roster, size_t place)
{
	if (roster->count == roster->room) {
		roster->room = roster->room ? 2 * roster->room : 64;
		roster->entries =
			mem_grow(roster->entries, roster->room, sizeof(*roster->entries));
		roster->view = mem_grow(roster->view, roster->room, sizeof(*roster->view));
	}
	memmove(&roster->entries[place + 1], &roster->entries[place],
		(roster->count - place) * sizeof(*roster->entries));
	roster->entries[place] = MEM_NEW(struct entry, 1);
	roster->count++;
	return roster->entries[place];
}

/* Takes over a row. */
static void take(struct roster *roster, struct job *job)
{
	size_t place = place_of(roster, job->id);
	bool is_known = place < roster->count && roster->entries[place]->job.id == job->id;
	struct entry *entry;

	roster->change = job->change;
	if (!is_known && job->state == JOB_ENDED)
		return;
	entry = is_known ? roster->entries[place] : insert(roster, place);
	job_clear(&entry->job);
	entry->job = *job;
	*job = (struct job){0};
}

static int read_jobs(struct roster *roster, struct db *db, struct err *err)
{
	struct job *jobs = NULL;
	size_t count = 0;
	int r = jobs_changed(db, roster->change, &jobs, &count, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		take(roster, &jobs[i]);
	jobs_free(jobs, count);
	return 0;
}

void roster_sweep(struct roster *roster)
{
	size_t kept = 0;

	for (size_t i = 0; i < roster->count; i++) {
		struct entry *entry = roster->entries[i];

		if (entry->job.state == JOB_ENDED && !entry->owned)
			entry_free(entry);
		else
			roster->entries[kept++] = entry;
	}
	roster->count = kept;
}

/* ---- hosts ---- */

int roster_take_hosts(
	struct roster *roster, const struct settings *settings, struct db *db, struct err *err)
{
	int r = 0;

	free(roster->hosts);
	roster->host_count = settings->host_count;
	roster->hosts = MEM_NEW(struct schedule_host, settings->host_count);
	for (size_t i = 0; i < settings->host_count && r == 0; i++) {
		const struct host_spec *spec = &settings->hosts[i];

		roster->hosts[i].name = spec->name;
		roster->hosts[i].tags = &spec->tags;
		roster->hosts[i].is_here = spec->driver == HOST_LOCAL;
		r = host_store(db, spec, &roster->hosts[i].id, err);
	}
	return r;
}

const char *roster_host_name(const struct roster *roster, int64_t host_id)
{
	for (size_t i = 0; i < roster->host_count; i++)
		if (roster->hosts[i].id == host_id)
			return roster->hosts[i].name;
	return NULL;
}

static int read_leases(struct roster *roster, struct db *db, struct err *err)
{
	auto_free struct lease *leases = NULL;
	size_t count;
	int r = leases_load(db, &leases, &count, err);

	if (r < 0)
		return r;
	for (size_t h = 0; h < roster->host_count; h++) {
		roster->hosts[h].lease_job = 0;
		for (size_t i = 0; i < count; i++)
			if (leases[i].host_id == roster->hosts[h].id)
				roster->hosts[h].lease_job = leases[i].job_id;
	}
	return 0;
}

static int read_health(struct roster *roster, struct db *db, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT id, health = 'quarantined' FROM hosts", &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		for (size_t h = 0; h < roster->host_count; h++)
			if (roster->hosts[h].id == query_int(query, 0))
				roster->hosts[h].is_usable = !query_int(query, 1);
	return r;
}

/* ---- */

int roster_read(struct roster *roster, struct db *db, struct err *err)
{
	int r = read_jobs(roster, db, err);

	if (r == 0)
		r = read_leases(roster, db, err);
	if (r == 0)
		r = read_health(roster, db, err);
	return r < 0 ? r : service_is_paused(db, &roster->is_paused, err);
}

struct schedule roster_see(const struct roster *roster, int64_t now_unix_ms)
{
	for (size_t i = 0; i < roster->count; i++) {
		const struct job *job = &roster->entries[i]->job;

		roster->view[i] = (struct schedule_job){
			.id = job->id,
			.state = job->state,
			.wish = job->wish,
			.priority = job->priority,
			.commit_time_s = job->commit_time_s,
			.not_before_unix_ms = job->not_before_unix_ms,
			.host_id = job->host_id,
			.wanted_host = job->wanted_host,
			.has_child = roster->entries[i]->owned != NULL,
		};
	}
	return (struct schedule){
		.jobs = roster->view,
		.job_count = roster->count,
		.hosts = roster->hosts,
		.host_count = roster->host_count,
		.builders = 1,
		.is_paused = roster->is_paused,
		.now_unix_ms = now_unix_ms,
	};
}
