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
