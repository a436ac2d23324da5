/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_ERRAND_H
#define STAGE_ERRAND_H

#include <stdbool.h>

#include "sys/progress.h"
#include "work/workspace.h"

/*
 * What the service's children do that is of no job: "watch" looks at the repository
 * that argument names, "prune" keeps the state folder within its bounds.
 */
bool errand_exists(const char *name);
int errand_run(const char *name, const char *argument, const struct workspace *workspace,
	struct progress *progress, struct err *err);

#endif
