/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_BISECT_H
#define PHASE_BISECT_H

#include <stdbool.h>

#include "base/err.h"
#include "io/db.h"
#include "model/bisect.h"

/*
 * A bisect on its way. Everything that is measured is a comparison of two
 * kernels; whoever carries the steps out, a person's command or the service,
 * measures it, links it to the step (bisect_step_link), and asks again.
 */

/*
 * Reads what the comparisons of the open steps say, ends the steps that are
 * answered, and adds the next ones. Returns 1 and the bisect while there are
 * open steps, 0 and the bisect when it has its answer. emulated is about its
 * host. The caller clears *ret.
 *
 * -EHOSTDOWN: the host or the link spoiled a step BISECT_TRIES times.
 */
#define BISECT_TRIES 3
int bisect_advance(struct db *db, int64_t id, bool emulated, int64_t now_unix_ms,
	struct bisect *ret, struct err *err);

/* How an open step is measured: step->base against step->commit. */
struct bisect_order {
	bool confirm; /* look by look; else `boots` a side */
	int boots;
	bool again;   /* fresh boots, whatever was measured before */
	bool aligned; /* with BISECT_ALIGN in the kernel configuration */
};

#define BISECT_ALIGN "CONFIG_DEBUG_FORCE_FUNCTION_ALIGN_64B=y\n"

struct bisect_order bisect_order(const struct bisect *bisect, const struct bisect_step *step);

/*
 * Before the boots of an open test or revert, when its kernel is built: if its
 * image is that of a commit which has answered, the step ends with that answer
 * and costs no boot. Returns 1 then, 0 when boots are needed.
 */
int bisect_same_image(struct db *db, const struct bisect *bisect, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err);

/* An open step cannot be measured: ends it as a skip, with the reason. */
int bisect_skip(struct db *db, const struct bisect *bisect, struct bisect_step *step,
	const char *reason, int64_t now_unix_ms, struct err *err);

#endif
