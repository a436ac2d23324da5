/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/watch.h"

#include <errno.h>
#include <string.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static bool is_wanted(const struct watch_update *update, size_t i)
{
	const struct watch_step *step = &update->steps[i];

	if (step->is_known)
		return false;
	if (i == 0)
		return true;
	if (update->is_fresh)
		return false;
	switch (update->what) {
	case WATCH_TIP:
		return false;
	case WATCH_MERGES:
		return step->is_merge;
	case WATCH_PATHS:
		return step->touches;
	}
	return false;
}

struct watch_verdict watch_choose(
	const struct watch_update *update, struct watch_choice *choices)
{
	struct watch_verdict verdict = {0, 0, true};
	size_t room = update->room > 0 ? (size_t)update->room : 0;
	struct watch_choice *open = NULL; /* the last choice, which still lacks an older one */

	for (size_t i = 0; i < update->count; i++) {
		bool wanted = is_wanted(update, i), chosen = wanted && verdict.count < room;

		if (wanted && !chosen)
			verdict.left_out++;
		if (open && (chosen || update->steps[i].is_known)) {
			open->older = update->steps[i].oid;
			open = NULL;
		}
		if (!chosen)
			continue;
		open = &choices[verdict.count++];
		*open = (struct watch_choice){i, ""};
	}
	if (open)
		open->older = update->old_tip;
	verdict.is_settled = verdict.count > 0 || verdict.left_out == 0;
	return verdict;
}

const char *watch_baseline(enum baseline_kind kind, const char *oid, const char *found,
	const char *older, const char *parent, bool *ret_fell_back)
{
	bool is_found = kind != BASELINE_PARENT && found[0] && strcmp(found, oid) != 0;

	*ret_fell_back = kind != BASELINE_PARENT && !is_found;
	if (is_found)
		return found;
	return older[0] && strcmp(older, oid) != 0 ? older : parent;
}

bool watch_problem_passes(int code)
{
	switch (code) {
	case -EACCES:
	case -EKEYREJECTED:
	case -ENOENT:
	case -EPROTO:
	case -EINVAL:
	case -EPERM:
		return false;
	}
	return true;
}

int64_t watch_day_unix_ms(int64_t now_unix_ms)
{
	return now_unix_ms - now_unix_ms % DAY_MS;
}
