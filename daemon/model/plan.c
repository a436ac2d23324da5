/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plan_clear(struct plan *plan)
{
	for (size_t i = 0; i < plan->scenario_count; i++) {
		free(plan->scenarios[i].name);
		free(plan->scenarios[i].memory);
		strv_clear(&plan->scenarios[i].args);
	}
	free(plan->scenarios);
	free(plan->name);
	free(plan->test);
	strv_clear(&plan->modes);
	free(plan->pin);
	free(plan->cmdline);
	free(plan->hash);
	memset(plan, 0, sizeof(*plan));
}

void plan_mode_short(const char *mode, char *ret, size_t size)
{
	int pa, va;
	char granule[8];

	if (sscanf(mode, "PA-bits:%d, VA-bits:%d, %7s pages", &pa, &va, granule) == 3)
		snprintf(ret, size, "%d/%d/%s", pa, va, granule);
	else
		snprintf(ret, size, "%s", mode);
}
