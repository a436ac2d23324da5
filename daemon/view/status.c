/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/status.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/html.h"
#include "text/number.h"

enum { DETAIL_WIDTH = 70 };

char *status_question(const struct overview_job *job)
{
	const char *kind = job_kind_name(job->job.kind);

	if (!job->fresh)
		return mem_strdup(kind);
	if (!job->base || strcmp(job->base, job->fresh) == 0)
		return mem_printf("%s %.12s", kind, job->fresh);
	return mem_printf("%s %.12s against %.12s", kind, job->fresh, job->base);
}

/* ---- text ---- */

static void add_age(FILE *out, int64_t from_unix_ms, int64_t now_unix_ms)
{
	char age[NUMBER_BYTES];

	if (!from_unix_ms)
		return;
	number_duration(now_unix_ms > from_unix_ms ? now_unix_ms - from_unix_ms : 0, age);
	fprintf(out, " for %s", age);
}

static void host_line(FILE *out, const struct overview_host *host)
{
	fprintf(out, "  %-20.20s ", host->name);
	if (strcmp(host->health, "quarantined") == 0) {
		fputs("quarantined: ", out);
		terminal_text(out, host->reason ? host->reason : "no reason given", 44);
	} else if (host->lease_job) {
		fprintf(out, "measures job %lld", (long long)host->lease_job);
	} else {
		fprintf(out, "idle");
	}
	fputc('\n', out);
}

/* "  17  boot     confirm 1a2b3c4d5e6f against 0123456789ab" and what is known of it */
static void work_lines(FILE *out, const struct overview_job *job, int64_t now_unix_ms)
{
	auto_free char *question = status_question(job);

	fprintf(out, "  %-5lld %-8s %s\n", (long long)job->job.id,
		job_state_name(job->job.state), question);
	fputs("        ", out);
	terminal_text(out, job->subject ? job->subject : "", DETAIL_WIDTH);
	fputs("\n        ", out);
	if (job->host)
		fprintf(out, "on %s; ", job->host);
	if (job->boots_wanted && job->job.kind != JOB_SCREEN)
		fprintf(out, "%d of %d boots done; ", job->boots_done, job->boots_wanted);
	else if (job->boots_done)
		fprintf(out, "%d boots done; ", job->boots_done);
	if (job->job.not_before_unix_ms > now_unix_ms) {
		char left[NUMBER_BYTES];

		number_duration(job->job.not_before_unix_ms - now_unix_ms, left);
		fprintf(out, "attempt %d failed, again in %s", job->job.attempts, left);
	} else {
		fprintf(out, "in this state");
		add_age(out, job->since_unix_ms, now_unix_ms);
	}
	if (job->job.wish != JOB_WISH_NONE)
		fprintf(out, "; asked to %s",
			job->job.wish == JOB_WISH_PAUSE ? "pause" : "end");
	fputc('\n', out);
	if (job->progress) {
		fputs("        ", out);
		terminal_text(out, job->progress, DETAIL_WIDTH);
		fputc('\n', out);
	}
}

static void waiting_line(FILE *out, const struct overview_job *job)
{
	fprintf(out, "  %-5lld %-8s %-7s %.12s  ", (long long)job->job.id,
		job->job.wish == JOB_WISH_PAUSE ? "paused"
		: job->job.state == JOB_READY	? "built"
						: "queued",
		job_kind_name(job->job.kind), job->fresh ? job->fresh : "");
	terminal_text(out, job->subject ? job->subject : "", 34);
	fputc('\n', out);
}

static void ended_line(FILE *out, const struct overview_job *job)
{
	const char *what = job->sentence     ? job->sentence
			   : job->job.reason ? job->job.reason
			   : job->subject    ? job->subject
					     : "";

	fprintf(out, "  %-5lld %-9s %-7s ", (long long)job->job.id,
		job_outcome_name(job->job.outcome), job_kind_name(job->job.kind));
	terminal_text(out, what, 51);
	fputc('\n', out);
}

static bool waits(const struct overview_job *job)
{
	return job->job.state == JOB_QUEUED || job->job.state == JOB_READY;
}

void status_text(FILE *out, const struct overview *o, int64_t now_unix_ms)
{
	size_t shown = 0;

	fprintf(out, "kvmperfd %s%s\n%s\n",
		o->is_running ? "runs" : "does not run: nothing happens until it is started",
		o->is_paused ? "; paused" : "", o->state);
	fputs("\nhosts\n", out);
	for (size_t i = 0; i < o->host_count; i++)
		host_line(out, &o->hosts[i]);
	if (!o->host_count)
		fputs("  none yet\n", out);
	fprintf(out, "\nat work: %zu\n", o->at_work);
	for (size_t i = 0; i < o->open_count; i++)
		if (!waits(&o->open[i]))
			work_lines(out, &o->open[i], now_unix_ms);
	fprintf(out, "\nwaiting: %zu\n", o->waiting);
	for (size_t i = 0; i < o->open_count; i++)
		if (waits(&o->open[i])) {
			waiting_line(out, &o->open[i]);
			shown++;
		}
	if (shown < o->waiting)
		fprintf(out, "  and %zu more\n", o->waiting - shown);
	fputs("\nlast\n", out);
	for (size_t i = 0; i < o->ended_count; i++)
		ended_line(out, &o->ended[i]);
	if (!o->ended_count)
		fputs("  nothing yet\n", out);
}

/* ---- JSON ---- */

static json_t *text(const char *value)
{
	auto_free char *valid = value ? mem_new(3 * strlen(value) + 1, 1) : NULL;

	if (!value)
		return json_null();
	utf8_repair(value, valid);
	return json_string(valid);
}

static json_t *stamp(int64_t unix_ms)
{
	char when[CLOCK_STAMP_BYTES];

	clock_stamp(unix_ms, when);
	return unix_ms ? json_string(when) : json_null();
}

static json_t *host_object(const struct overview_host *host)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", text(host->name), "driver",
		text(host->driver), "health", text(host->health), "reason", text(host->reason),
		"job", host->lease_job ? json_integer(host->lease_job) : json_null());
}

static json_t *job_object(const struct overview_job *o)
{
	const struct job *job = &o->job;
	json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s, s:i, s:s}", "id",
		(json_int_t)job->id, "kind", job_kind_name(job->kind), "state",
		job_state_name(job->state), "outcome", job_outcome_name(job->outcome), "wish",
		job_wish_name(job->wish), "priority", job->priority, "origin", job->origin);

	json_object_set_new(object, "base", text(o->base));
	json_object_set_new(object, "new", text(o->fresh));
	json_object_set_new(object, "subject", text(o->subject));
	json_object_set_new(object, "host", text(o->host));
	json_object_set_new(object, "wanted_host", text(job->wanted_host));
	json_object_set_new(object, "boots_done", json_integer(o->boots_done));
	json_object_set_new(object, "boots_wanted", json_integer(o->boots_wanted));
	json_object_set_new(object, "attempts", json_integer(job->attempts));
	json_object_set_new(object, "not_before", stamp(job->not_before_unix_ms));
	json_object_set_new(object, "created", stamp(job->created_unix_ms));
	json_object_set_new(object, "since", stamp(o->since_unix_ms));
	json_object_set_new(object, "failure",
		job->failure == FAILURE_NONE ? json_null()
					     : json_string(failure_name(job->failure)));
	json_object_set_new(object, "symptom",
		job->symptom == SYMPTOM_NONE ? json_null()
					     : json_string(symptom_name(job->symptom)));
	json_object_set_new(object, "reason", text(job->reason));
	json_object_set_new(object, "progress", text(o->progress));
	json_object_set_new(object, "sentence", text(o->sentence));
	json_object_set_new(object, "comparison",
		job->comparison_id ? json_integer(job->comparison_id) : json_null());
	return object;
}

void status_json(FILE *out, const struct overview *o)
{
	json_t *hosts = json_array(), *open = json_array(), *ended = json_array(), *all;

	for (size_t i = 0; i < o->host_count; i++)
		json_array_append_new(hosts, host_object(&o->hosts[i]));
	for (size_t i = 0; i < o->open_count; i++)
		json_array_append_new(open, job_object(&o->open[i]));
	for (size_t i = 0; i < o->ended_count; i++)
		json_array_append_new(ended, job_object(&o->ended[i]));
	all = json_pack("{s:o, s:b, s:b, s:i, s:i, s:o, s:o, s:o}", "state", text(o->state),
		"running", o->is_running, "paused", o->is_paused, "at_work", (int)o->at_work,
		"waiting", (int)o->waiting, "hosts", hosts, "open", open, "ended", ended);
	json_dumpf(all, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(all);
}
