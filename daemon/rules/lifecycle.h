/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LIFECYCLE_H
#define RULES_LIFECYCLE_H

#include <stdbool.h>

#include "model/event.h"

/* Who may move an event from which state to which: one table. */
enum lifecycle_who { BY_SERVICE = 1, BY_PERSON = 2 };

bool lifecycle_allows(enum event_state from, enum event_state to, enum lifecycle_who who);

/* The state that a person's verb ("ack", "invalid", "wontfix", "reopen") leads to. */
bool lifecycle_verb(const char *verb, enum event_state *ret);

#endif
