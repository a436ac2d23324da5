/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/drift.h"

#include "base/mem.h"
#include "store/history.h"

static int add_family(struct db *db, const struct history_family *family, struct drift *drift,
	struct err *err)
{
	const struct judging judging = judging_defaults();
	const struct history_window at = {drift->line, drift->anchor, 1};
	auto_free double *anchor = MEM_NEW(double, family->mode_count + 1);
	auto_free double *values =
		MEM_NEW(double, family->mode_count * drift->window.count + 1);
	int r = history_values(db, family, &at, anchor, err);

	if (r == 0)
		r = history_values(db, family, &drift->window, values, err);
	for (size_t m = 0; m < family->mode_count && r == 0; m++)
		drift_add_cell(&judging, drift, family->metric, family->unit,
			values + m * drift->window.count, anchor[m]);
	return r;
}

int drift_load(
	struct db *db, const struct history_map *map, struct drift *drift, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < map->family_count && r == 0; i++)
		if (map->families[i].host_id == drift->line->host_id && map->families[i].judged)
			r = add_family(db, &map->families[i], drift, err);
	if (r == 0)
		drift_finish(drift);
	return r;
}
