/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_HEALTH_H
#define RULES_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* So many failures in a row end the trust in a host. */
enum { HEALTH_FAILURES = 3 };

/*
 * What a deed on a host failed with: is it the machine's or its link's fault, so
 * that it counts against the host? final: waiting does not help, somebody must
 * look at it.
 */
enum health_blame { HEALTH_OURS, HEALTH_HOSTS, HEALTH_FINAL };
enum health_blame health_blame(int code);

/* What a host that is on its golden kernel tells, and what it told when it was new. */
struct health {
	const char *facts, *dmesg;
	const char *check;		       /* what was tried on it (runner/check.h) */
	bool keeps_time;		       /* its score counts */
	const char *identity, *known_identity; /* rules/machine.h; known: NULL when it is new */
	int64_t known_score_us;		       /* 0: not known */
};

/*
 * Is it fit to be measured? No taint, /dev/kvm and the way KVM came up, every possible
 * CPU online, an interrupt controller that can take a kexec, nothing loaded, a kernel
 * can be loaded, and it is the machine that it was: the same processors, memory, nodes
 * and firmware, and about as fast.
 */
struct health_answer {
	bool is_fit;
	char *text;	  /* for people: what it has, or the first thing that is wrong */
	int64_t score_us; /* to be known from now on; 0: none */
};

void health_judge(
	const struct health *health, struct health_answer *ret); /* caller frees text */

#endif
