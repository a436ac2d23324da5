/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LIFECYCLE_H
#define RULES_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"

/* Who may move an event from which state to which: one table. */
enum lifecycle_who { BY_SERVICE = 1, BY_PERSON = 2 };

bool lifecycle_allows(enum event_state from, enum event_state to, enum lifecycle_who who);

/* Is it a state that time ends? improved: of an event that is an improvement. */
bool lifecycle_may_close(enum event_state state, bool improved);

/*
 * Why the service closes an event after so long in its state: a static phrase for its
 * story, or NULL: it stays.
 */
const char *lifecycle_closes(enum event_state state, bool improved, int64_t in_state_ms);

/* The state that a person's verb ("ack", "invalid", "wontfix", "reopen") leads to. */
bool lifecycle_verb(const char *verb, enum event_state *ret);

#endif
