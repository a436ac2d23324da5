/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/screen.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/screens.h"

static struct cell_name name_of(const struct comparison *c, const struct cell *cell)
{
	return (struct cell_name){c->scenarios[cell->scenario].name, c->modes[cell->mode],
		c->metrics[cell->metric].name};
}

int screen_close(
	struct db *db, const struct comparison *judged, int64_t now_unix_ms, struct err *err)
{
	auto_free struct cell_name *family = MEM_NEW(struct cell_name, judged->cell_count + 1);
	size_t count = 0;

	if (judged->screen.step == SCREEN_CONFIRM)
		for (size_t i = 0; i < judged->cell_count; i++)
			if (judged->cells[i].in_family)
				family[count++] = name_of(judged, &judged->cells[i]);
	return screen_store(db, judged->id, &judged->screen, family, count, now_unix_ms, err);
}

int confirm_begin(struct db *db, int64_t confirm_id, int64_t screen_id, struct err *err)
{
	return comparison_follow(db, confirm_id, screen_id, err);
}

int level_note(struct db *db, const struct comparison *judged, struct err *err)
{
	auto_free struct cell_name *flagged = MEM_NEW(struct cell_name, judged->cell_count + 1);
	size_t count = 0;

	if (judged->kind != COMPARISON_FIXED && judged->kind != COMPARISON_CONFIRM)
		return 0;
	for (size_t i = 0; i < judged->cell_count; i++) {
		const struct cell *cell = &judged->cells[i];

		if (cell->in_family && (cell->verdict == VERDICT_REGRESSED ||
					       cell->verdict == VERDICT_IMPROVED))
			flagged[count++] = name_of(judged, cell);
	}
	return moves_store(db, judged->id, flagged, count, err);
}
