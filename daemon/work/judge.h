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

#endif
