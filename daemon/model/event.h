/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An event: one change of performance that people are told of, once. Branch,
 * range of commits and direction make it; the flagged cells are its rows. All
 * text is owned by struct event and hostile where it comes from commits, refs
 * or people; event_clear() frees.
 */

enum event_state {
	EVENT_NEW,	    /* seen, waits for evidence that may be told */
	EVENT_CONFIRMED,    /* by fresh interleaved boots */
	EVENT_ACKNOWLEDGED, /* somebody looks after it */
	EVENT_INVALID,	    /* a false alarm: ground truth for our precision */
	EVENT_WONTFIX,
	EVENT_FIXED_SEEN, /* the cells are back, by a confirm */
	EVENT_CLOSED,
	EVENT_STATE_COUNT
};

const char *event_state_name(enum event_state state); /* "fixed-seen" */
bool event_state_from_name(const char *name, enum event_state *ret);
bool event_state_is_open(enum event_state state); /* new, confirmed or acknowledged */

/* What a comparison says about an event, see schema/0004-events.sql. */
enum event_role {
	EVENT_OPENED,
	EVENT_MERGED,
	EVENT_ATTACHED,
	EVENT_STILL,
	EVENT_FIXED,
	EVENT_BISECT,
	EVENT_DIFFERS,
	EVENT_ROLE_COUNT
};

const char *event_role_name(enum event_role role);
bool event_role_from_name(const char *name, enum event_role *ret);

struct event_commit {
	int64_t id; /* row in the store, 0: none */
	char *oid;  /* or NULL: none */
	char *subject;
	char *author; /* "Name <address>" */
	char *parent; /* first parent's id, "" for none or not known */
	char *people; /* "committer: ..." and "reviewed-by: ..." lines */
};

/* One flagged cell on one host. */
struct event_cell {
	int64_t host_id;
	char *host;
	char *scenario, *mode, *metric, *unit;
	double change, low, high; /* R - 1 and its 95 % interval */
	double minimum;		  /* minimum effect that applied, as R - 1 */
	double base_value, new_value;
};

struct event_step {
	int64_t unix_ms;
	char *who, *why;
	char *from, *to; /* names of states; from is "" for the first step; equal: a note */
};

struct event_evidence {
	int64_t comparison_id;
	enum event_role role;
	int64_t unix_ms;
	char *host;
	char *base_oid, *new_oid; /* of the comparison */
};

/* A mail of its thread. */
struct event_mail {
	int64_t id;
	char *kind;  /* "report", "bisect", "fixed", "still" */
	char *state; /* "dry", "waiting", "sending", "sent", "parked" */
	char *message_id, *subject;
	int64_t unix_ms; /* of the last change of state */
};

struct event {
	int64_t id;
	char *branch;	  /* "" for none */
	char *repository; /* URL, or "" */
	struct event_commit from, to, culprit;
	bool improved; /* direction: faster or fewer */
	enum event_state state;
	bool emulated;		     /* instructions executed, not time */
	char *metric, *title, *unit; /* of the headline */
	double change, low, high;    /* R - 1 over all judged cells of the metric */
	size_t cells_flagged, cells_judged;
	char *sentence;
	int attached;	       /* later kernels that showed it again */
	int64_t level_unix_ms; /* since then its level is the branch's; 0: not yet */
	char *told;	       /* "", "mail", "digest" */
	char *message_id;
	int64_t opened_unix_ms, updated_unix_ms;
	/* event_load() only: */
	struct event_cell *cells;
	size_t cell_count;
	struct event_step *steps; /* oldest first */
	size_t step_count;
	struct event_evidence *evidence; /* oldest first */
	size_t evidence_count;
	struct event_mail *mails; /* oldest first */
	size_t mail_count;
};

void event_clear(struct event *event);
void event_list_free(struct event *events, size_t count);

/* Is the range one commit: named by a bisect, or `to` with `from` for a parent? */
bool event_is_exact(const struct event *event);

/* The one commit of an exact event; `to` otherwise. Borrowed. */
const struct event_commit *event_commit(const struct event *event);

/* How right we were in one month of openings, for the page. */
struct event_month {
	char month[8];	     /* "2026-11" */
	size_t told;	     /* events that left the state new */
	size_t invalid;	     /* of them marked as false alarms */
	size_t acknowledged; /* of them acknowledged, wontfix or fixed: somebody agreed */
};

/* Over all of them. */
struct event_month event_months_sum(const struct event_month *months, size_t count);

#endif
