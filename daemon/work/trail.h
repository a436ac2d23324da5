/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_TRAIL_H
#define WORK_TRAIL_H

#include "base/err.h"
#include "io/history.h"
#include "model/bisect.h"
#include "rules/bisect.h"

/*
 * Where a bisect stands: its steps, replayed on the repository's history, as
 * rules/bisect.h wants to know it. facts.chain and list have the same order.
 */
struct trail {
	struct history list;
	struct bisect_candidate *chain;
	struct bisect_facts facts;
};

/*
 * emulated: the host counts instructions, so that where code lies does not
 * matter and the layout controls are left out. Errors are those of the
 * repository. The caller ends with trail_clear().
 */
int trail_find(const struct bisect *bisect, bool emulated, struct trail *ret, struct err *err);
void trail_clear(struct trail *trail);

/* The commit whose answer, and image, a commit's answer stands for: its own id in most cases.
 */
const char *trail_root(const struct bisect *bisect, const char *oid);

#endif
