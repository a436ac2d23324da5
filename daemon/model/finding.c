/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <stdlib.h>
#include <string.h>

void finding_clear(struct finding *finding)
{
	for (size_t i = 0; i < finding->step_count; i++) {
		free(finding->steps[i].oid);
		free(finding->steps[i].subject);
		free(finding->steps[i].answer);
	}
	free(finding->steps);
	free(finding->steered_by);
	free(finding->revert_reason);
	free(finding->apply_reason);
	free(finding->sentence);
	memset(finding, 0, sizeof(*finding));
}
