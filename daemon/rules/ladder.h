/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LADDER_H
#define RULES_LADDER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The recovery ladder: how a machine is brought back to its golden kernel, the
 * gentlest way first. A rung that is not there, or that does not lead to golden,
 * is followed by the next. The last one is a person.
 */
enum ladder_rung {
	LADDER_ASK,	 /* the runner is asked for a reboot */
	LADDER_SYSRQ,	 /* the kernel's emergency key: sync, then reset */
	LADDER_WATCHDOG, /* the machine's own watchdog bites when nobody feeds it */
	LADDER_POWER,	 /* the power is cut and given back */
	LADDER_PERSON,	 /* somebody must look at it */
};

/* What there is to climb. */
struct ladder {
	bool answers;	    /* a runner answered when it was looked for */
	bool has_sysrq;	    /* there is a way to press it */
	int watchdog_s;	    /* after so much silence it bites; 0: there is none */
	bool has_power;	    /* there is a power method */
	int golden_limit_s; /* from a reset to golden's answer */
};

struct ladder_step {
	enum ladder_rung rung;
	int64_t wait_ms; /* for golden, once it was done */
};

/* The first rung that is there, counting from `from`. */
struct ladder_step ladder_step(const struct ladder *ladder, enum ladder_rung from);

/* "asked to reboot": what was done, for the story of the host. */
const char *ladder_phrase(enum ladder_rung rung);

#endif
