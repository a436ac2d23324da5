/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_FRONT_PAGE_H
#define MODEL_FRONT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What the front page lists. Plain data, owned by struct front_page except
 * where said; any text may be NULL and is hostile.
 */

struct site_comparison; /* model/site_map.h */
struct event;		/* model/event.h */

enum { BRIEF_VERDICTS = 5 }; /* VERDICT_COUNT */

/*
 * What pages that list comparisons say of one: its verdict, without its cells.
 * It is kept as one line of text beside the page it was taken from.
 */
struct brief {
	bool judged, failed;
	int headline;			 /* enum verdict */
	size_t verdicts[BRIEF_VERDICTS]; /* how many cells of each */
	double sees; /* R - 1 that half of its cells would have shown; 0: not known */
	char *sentence;
};

void brief_clear(struct brief *brief);

/* As a line; the caller frees. */
char *brief_write(const struct brief *brief);

/* Reads it back: true and *ret, which the caller clears; false for any other text. */
bool brief_read(const char *line, struct brief *ret);

/* A comparison as one line. */
struct front_line {
	const struct site_comparison *comparison; /* borrowed */
	struct brief brief;			  /* sentence NULL: not known */
};

/* A kernel that could not be built. */
struct front_failure {
	char *branch;
	char *oid;
	char *subject;
	enum failure failure;
	enum symptom symptom;
	char *reason;
	int64_t updated_unix_ms;
};

struct front_host {
	char *name;
	char *driver;
	bool emulated;
	char *state;  /* "idle", "confirm 17: boot 9 of 16" */
	char *health; /* "ok", "unknown", "quarantined" */
	char *health_reason;
	size_t boots;
	size_t failed_boots;
	int64_t seen_unix_ms; /* last answer; 0: never */
};

/* What is to be done on a branch. */
struct front_queue {
	char *branch;
	size_t running, building, waiting; /* jobs: on a host, in a build, for either */
	size_t place;		/* of its first among all jobs that wait for a host, from 1 */
	char *problem;		/* why its repository was not looked at; or NULL */
	bool is_gone;		/* deleted upstream */
	bool is_paused;		/* the service begins nothing new */
	int64_t looked_unix_ms; /* when its repository was last looked at; 0: never */
};

/* How a branch moved on a host since its anchor; all borrowed. */
struct front_drift {
	const char *branch, *host;
	bool emulated;
	const char *word; /* of model/drift.h; or NULL */
};

/* What became of the events that were told: how right the service is. See event_precision(). */
struct front_precision {
	size_t told, agreed, invalid;
};

struct front_page {
	char *title;		  /* "KVM/arm64 dirty logging" */
	int64_t updated_unix_ms;  /* of the newest thing listed */
	struct front_line *lines; /* newest first */
	size_t line_count;
	struct front_failure *failures; /* newest first, not all of many */
	size_t failure_count, failures_in_all;
	struct front_host *hosts;
	size_t host_count;
	struct front_queue *queues;
	size_t queue_count;
	const struct event *events; /* borrowed, newest first */
	size_t event_count;
	struct front_drift *drifts;
	size_t drift_count;
	size_t boots, boots_failed; /* on all hosts */
	struct front_precision precision;
	size_t aa_runs, aa_alerts; /* A/A: kernels compared with themselves */
};

/* Adds a comparison with the word on it, which may be NULL; both are borrowed. */
void front_page_add(
	struct front_page *page, const struct site_comparison *comparison, const char *word);

void front_page_add_drift(struct front_page *page, const struct front_drift *drift);

/* Of a branch on a host, or NULL. */
const struct front_drift *front_page_drift(
	const struct front_page *page, const char *branch, const char *host);

/* Of a branch, or NULL: it is not watched. */
const struct front_queue *front_page_queue(const struct front_page *page, const char *branch);

void front_page_clear(struct front_page *page);

#endif
