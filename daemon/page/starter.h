/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_STARTER_H
#define PAGE_STARTER_H

#include <stdio.h>

#include "model/machine.h"
#include "rules/doctor.h"

/*
 * The first configuration of a machine, with comments: what was found, what is
 * missing and how to mend it, a host that can be measured as things are, and a
 * branch to take into use. It is valid as it is (config/settings.h), whatever
 * the machine is called and says of itself.
 */
void starter_write(FILE *out, const struct machine *machine,
	const struct doctor_findings *findings, const char *state);

#endif
