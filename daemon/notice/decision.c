/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/decision.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "rules/lifecycle.h"
#include "store/event_changes.h"
#include "store/events.h"

#define SERVICE "kvmperf"

int decision_take(struct db *db, int64_t event_id, const char *verb, const char *who,
	const char *why, int64_t now_unix_ms, struct err *err)
{
	enum event_state to = EVENT_NEW;
	struct event event = {0};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = event_load(db, event_id, &event, err);
	if (r == 0 && !lifecycle_verb(verb, &to))
		r = err_set(err, -EINVAL, "there is no verb \"%.40s\"", verb);
	if (r == 0 && !lifecycle_allows(event.state, to, BY_PERSON))
		r = err_set(err, -EINVAL, "event %lld is %s: it cannot become %s",
			(long long)event_id, event_state_name(event.state),
			event_state_name(to));
	if (r == 0)
		r = event_move(db, event_id, event.state, to, who, why, now_unix_ms, err);
	event_clear(&event);
	return db_part_end(&part, r < 0 ? r : 0, err);
}

/* When the event came into its state. */
static int64_t state_since(const struct event *event)
{
	int64_t since = event->opened_unix_ms;

	for (size_t i = 0; i < event->step_count; i++)
		if (strcmp(event->steps[i].from, event->steps[i].to) != 0)
			since = event->steps[i].unix_ms;
	return since;
}

static int close_one(struct db *db, const struct event *head, int64_t now_unix_ms, int *count,
	struct err *err)
{
	struct event event = {0};
	const char *why = NULL;
	int r = 0;

	if (!lifecycle_may_close(head->state, head->improved))
		return 0;
	r = event_load(db, head->id, &event, err);
	if (r == 0)
		why = lifecycle_closes(
			event.state, event.improved, now_unix_ms - state_since(&event));
	if (why) {
		r = event_move(db, event.id, event.state, EVENT_CLOSED, SERVICE, why,
			now_unix_ms, err);
		*count += r == 0;
	}
	event_clear(&event);
	return r;
}

int decision_close_old(struct db *db, int64_t now_unix_ms, int *ret_count, struct err *err)
{
	struct event *events = NULL;
	size_t count = 0;
	int closed = 0;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = event_list(db, EVENTS_ALL, NULL, &events, &count, err);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = close_one(db, &events[i], now_unix_ms, &closed, err);
	event_list_free(events, count);
	r = db_part_end(&part, r, err);
	if (r == 0 && ret_count)
		*ret_count = closed;
	return r;
}
