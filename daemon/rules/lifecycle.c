/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/lifecycle.h"

#include <string.h>

#include "base/mem.h"

static const struct {
	enum event_state from, to;
	int who;
} moves[] = {
	{EVENT_NEW, EVENT_CONFIRMED, BY_SERVICE},
	{EVENT_NEW, EVENT_INVALID, BY_PERSON},
	{EVENT_NEW, EVENT_WONTFIX, BY_PERSON},
	{EVENT_NEW, EVENT_CLOSED, BY_SERVICE},
	{EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, BY_PERSON},
	{EVENT_CONFIRMED, EVENT_INVALID, BY_PERSON},
	{EVENT_CONFIRMED, EVENT_WONTFIX, BY_PERSON},
	{EVENT_CONFIRMED, EVENT_FIXED_SEEN, BY_SERVICE},
	{EVENT_CONFIRMED, EVENT_CLOSED, BY_SERVICE},
	{EVENT_ACKNOWLEDGED, EVENT_INVALID, BY_PERSON},
	{EVENT_ACKNOWLEDGED, EVENT_WONTFIX, BY_PERSON},
	{EVENT_ACKNOWLEDGED, EVENT_FIXED_SEEN, BY_SERVICE},
	{EVENT_ACKNOWLEDGED, EVENT_CONFIRMED, BY_PERSON},
	{EVENT_INVALID, EVENT_CONFIRMED, BY_PERSON},
	{EVENT_WONTFIX, EVENT_CONFIRMED, BY_PERSON},
	{EVENT_WONTFIX, EVENT_FIXED_SEEN, BY_SERVICE},
	{EVENT_FIXED_SEEN, EVENT_CLOSED, BY_SERVICE},
	{EVENT_FIXED_SEEN, EVENT_CONFIRMED, BY_SERVICE | BY_PERSON},
	{EVENT_FIXED_SEEN, EVENT_INVALID, BY_PERSON},
	{EVENT_CLOSED, EVENT_CONFIRMED, BY_PERSON},
	{EVENT_CLOSED, EVENT_INVALID, BY_PERSON},
};

#define DAY_MS 86400000LL

/* States that time ends. A regression that is confirmed waits for a person, however long. */
static const struct {
	enum event_state state;
	bool improvements; /* only those */
	int days;
	const char *why;
} endings[] = {
	{EVENT_FIXED_SEEN, false, 14, "fixed for 14 days"},
	{EVENT_NEW, false, 14, "nothing that is to be believed showed it within 14 days"},
	{EVENT_CONFIRMED, true, 14, "an improvement: nothing is to be done"},
};

static const struct {
	const char *verb;
	enum event_state to;
} verbs[] = {
	{"ack", EVENT_ACKNOWLEDGED},
	{"invalid", EVENT_INVALID},
	{"wontfix", EVENT_WONTFIX},
	{"reopen", EVENT_CONFIRMED},
};

bool lifecycle_allows(enum event_state from, enum event_state to, enum lifecycle_who who)
{
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		if (moves[i].from == from && moves[i].to == to)
			return moves[i].who & (int)who;
	return false;
}

bool lifecycle_may_close(enum event_state state, bool improved)
{
	return lifecycle_closes(state, improved, INT64_MAX) != NULL;
}

const char *lifecycle_closes(enum event_state state, bool improved, int64_t in_state_ms)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (endings[i].state == state && (improved || !endings[i].improvements) &&
			in_state_ms >= endings[i].days * DAY_MS)
			return endings[i].why;
	return NULL;
}

bool lifecycle_verb(const char *verb, enum event_state *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].verb, verb))
			continue;
		*ret = verbs[i].to;
		return true;
	}
	return false;
}
