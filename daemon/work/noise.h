/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_NOISE_H
#define WORK_NOISE_H

#include "base/err.h"
#include "io/db.h"
#include "model/comparison.h"
#include "model/noise.h"

/*
 * What an A/A comparison and the kernel's other boots on that host say about its
 * noise. comparison is judged (work/judge.h). Boots of other lab sessions count
 * as long as the host was the same to them. The caller clears *ret.
 */
int noise_load(
	struct db *db, const struct comparison *comparison, struct noise *ret, struct err *err);

#endif
