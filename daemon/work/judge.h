/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_JUDGE_H
#define WORK_JUDGE_H

#include "base/err.h"
#include "io/db.h"
#include "model/comparison.h"

/*
 * A stored comparison with everything that follows from its raw values, ready
 * for pages and tables. -ENOENT when there is none. The caller clears *ret.
 */
int judge_comparison(struct db *db, int64_t id, struct comparison *ret, struct err *err);

/*
 * How many boots of each kernel a confirm wants after so many good ones of
 * each: the number itself when no further look is worth its boots. Pure, but
 * for the judged comparison that it asks.
 */
int judge_boots_wanted(const struct comparison *comparison, int boots);

#endif
