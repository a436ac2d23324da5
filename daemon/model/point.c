/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/point.h"

#include <stdlib.h>
#include <string.h>

void point_set_clear(struct point_set *set)
{
	for (size_t i = 0; i < set->series_count; i++) {
		struct point_series *s = &set->series[i];

		free(s->scenario);
		free(s->mode);
		free(s->metric);
		free(s->unit);
		free(s->points);
		free(s->moves);
	}
	free(set->series);
	free(set->boots);
	*set = (struct point_set){0};
}

struct point_series *point_series_find(
	const struct point_set *set, const char *scenario, const char *mode, const char *metric)
{
	for (size_t i = 0; i < set->series_count; i++) {
		struct point_series *s = &set->series[i];

		if (strcmp(s->metric, metric) == 0 && strcmp(s->mode, mode) == 0 &&
			strcmp(s->scenario, scenario) == 0)
			return s;
	}
	return NULL;
}
