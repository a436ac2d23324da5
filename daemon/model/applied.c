/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/applied.h"

#include <stdlib.h>
#include <string.h>

const char *applied_parent(const struct applied *series, int number)
{
	return number > 1 ? series->commits[number - 2] : series->base;
}

void applied_clear(struct applied *series)
{
	free(series->id);
	free(series->subject);
	free(series->line);
	free(series->answered);
	free(series->from_name);
	free(series->from_mail);
	strv_clear(&series->patch_ids);
	free(series->why);
	free(series->remark);
	free(series->ref);
	free(series->commits);
	memset(series, 0, sizeof(*series));
}
