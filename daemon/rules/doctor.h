/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DOCTOR_H
#define RULES_DOCTOR_H

#include <stddef.h>

#include "model/machine.h"

/*
 * What a machine is good for: being measured itself (the local driver), driving
 * others over ssh, building kernels, and emulating a host. Each finding says
 * what was found and, when something is amiss, how to mend it.
 */
enum doctor_level {
	DOCTOR_GOOD,
	DOCTOR_ADVICE,	/* works, and would be better */
	DOCTOR_UNKNOWN, /* could not be read */
	DOCTOR_MISSING, /* this use is not possible */
};

/* What a finding is about; a use is possible when none of its findings is missing. */
enum doctor_use {
	DOCTOR_LOCAL,	 /* measure this machine: kexec into test kernels */
	DOCTOR_BUILD,	 /* build kernels here */
	DOCTOR_EMULATED, /* an emulated host, for trying things out */
	DOCTOR_SSH,	 /* drive lab machines */
	DOCTOR_COUNT
};

struct doctor_finding {
	enum doctor_use use;
	enum doctor_level level;
	char *text; /* "KVM: /dev/kvm is there, VHE mode" */
	char *mend; /* what to do; NULL: nothing */
};

struct doctor_findings {
	struct doctor_finding *items;
	size_t count;
};

void doctor_examine(const struct machine *machine, struct doctor_findings *ret);
bool doctor_allows(const struct doctor_findings *findings, enum doctor_use use);
void doctor_clear(struct doctor_findings *findings);

const char *doctor_use_title(enum doctor_use use);	/* "measure this machine" */
const char *doctor_level_word(enum doctor_level level); /* "good", "missing" */

#endif
