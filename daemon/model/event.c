/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/event.h"

#include <stdlib.h>
#include <string.h>

static const char *const states[EVENT_STATE_COUNT] = {
	[EVENT_NEW] = "new",
	[EVENT_CONFIRMED] = "confirmed",
	[EVENT_ACKNOWLEDGED] = "acknowledged",
	[EVENT_INVALID] = "invalid",
	[EVENT_WONTFIX] = "wontfix",
	[EVENT_FIXED_SEEN] = "fixed-seen",
	[EVENT_CLOSED] = "closed",
};

static const char *const roles[EVENT_ROLE_COUNT] = {
	[EVENT_OPENED] = "opened",
	[EVENT_MERGED] = "merged",
	[EVENT_ATTACHED] = "attached",
	[EVENT_STILL] = "still",
	[EVENT_FIXED] = "fixed",
	[EVENT_BISECT] = "bisect",
	[EVENT_DIFFERS] = "differs",
};

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; name && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *event_state_name(enum event_state state)
{
	return states[state];
}

bool event_state_from_name(const char *name, enum event_state *ret)
{
	int i = find_name(states, EVENT_STATE_COUNT, name);

	if (i >= 0)
		*ret = (enum event_state)i;
	return i >= 0;
}

bool event_state_is_open(enum event_state state)
{
	return state == EVENT_NEW || state == EVENT_CONFIRMED || state == EVENT_ACKNOWLEDGED;
}

const char *event_role_name(enum event_role role)
{
	return roles[role];
}

bool event_role_from_name(const char *name, enum event_role *ret)
{
	int i = find_name(roles, EVENT_ROLE_COUNT, name);

	if (i >= 0)
		*ret = (enum event_role)i;
	return i >= 0;
}

static void commit_free(struct event_commit *commit)
{
	free(commit->oid);
	free(commit->subject);
	free(commit->author);
	free(commit->parent);
	free(commit->people);
}

static void cells_free(struct event_cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(cells[i].host);
		free(cells[i].scenario);
		free(cells[i].mode);
		free(cells[i].metric);
		free(cells[i].unit);
	}
	free(cells);
}

static void story_free(struct event *event)
{
	for (size_t i = 0; i < event->step_count; i++) {
		free(event->steps[i].who);
		free(event->steps[i].why);
		free(event->steps[i].from);
		free(event->steps[i].to);
	}
	for (size_t i = 0; i < event->evidence_count; i++) {
		free(event->evidence[i].host);
		free(event->evidence[i].base_oid);
		free(event->evidence[i].new_oid);
	}
	for (size_t i = 0; i < event->mail_count; i++) {
		free(event->mails[i].kind);
		free(event->mails[i].state);
		free(event->mails[i].message_id);
		free(event->mails[i].subject);
	}
	free(event->steps);
	free(event->evidence);
	free(event->mails);
}

void event_clear(struct event *event)
{
	char *texts[] = {event->branch, event->repository, event->metric, event->title,
		event->unit, event->sentence, event->told, event->message_id};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	commit_free(&event->from);
	commit_free(&event->to);
	commit_free(&event->culprit);
	cells_free(event->cells, event->cell_count);
	story_free(event);
	memset(event, 0, sizeof(*event));
}

void event_list_free(struct event *events, size_t count)
{
	for (size_t i = 0; i < count; i++)
		event_clear(&events[i]);
	free(events);
}

bool event_is_exact(const struct event *event)
{
	return event->culprit.oid || (event->to.parent && event->from.oid &&
					     strcmp(event->to.parent, event->from.oid) == 0);
}

const struct event_commit *event_commit(const struct event *event)
{
	return event->culprit.oid ? &event->culprit : &event->to;
}

struct event_month event_months_sum(const struct event_month *months, size_t count)
{
	struct event_month sum = {0};

	for (size_t i = 0; i < count; i++) {
		sum.told += months[i].told;
		sum.invalid += months[i].invalid;
		sum.acknowledged += months[i].acknowledged;
	}
	return sum;
}
