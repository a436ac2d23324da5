/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_POWER_H
#define RULES_POWER_H

#include <stdbool.h>

#include "model/rig.h"
#include "string/strv.h"

/* By which resets of Redfish a deed on the power is done, for what a system allows. */
struct power_plan {
	const char *first;  /* what is posted; NULL: nothing, it is so already */
	const char *second; /* once it is off; NULL: nothing more */
	bool ends_on;	    /* the state that is waited for */
};

/*
 * A cycle that really takes the power away is preferred to a mere reset. allowed
 * may be empty: a service that does not tell is asked for the plainest. false: what
 * it allows is not enough.
 */
bool power_plan(enum power_deed deed, const char *state, const struct strv *allowed,
	struct power_plan *ret);

#endif
