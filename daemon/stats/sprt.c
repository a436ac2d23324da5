/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/sprt.h"

#include <errno.h>
#include <math.h>

int sprt_init(struct sprt *sprt, double level_old, double level_new, double sd, struct err *err)
{
	double weight = (level_new - level_old) / sd / sd;

	if (!isfinite(level_old) || !isfinite(level_new) || !(sd > 0))
		return err_set(err, -EINVAL,
			"levels %g and %g with a standard deviation of %g, expected numbers "
			"and a "
			"deviation above 0",
			level_old, level_new, sd);
	if (level_old == level_new || !isfinite(weight) || weight == 0)
		return err_set(err, -EINVAL,
			"levels %g and %g with a standard deviation of %g cannot be told apart "
			"in steps",
			level_old, level_new, sd);
	*sprt = (struct sprt){.level_old = level_old,
		.level_new = level_new,
		.sd = sd,
		.bound = log(0.99 / 0.01)};
	return 0;
}

enum sprt_answer sprt_answer(const struct sprt *sprt)
{
	if (sprt->sum >= sprt->bound)
		return SPRT_HAS;
	if (sprt->sum <= -sprt->bound)
		return SPRT_HAS_NOT;
	return sprt->boots >= SPRT_BOOTS_MAX ? SPRT_UNCLEAR : SPRT_MORE;
}

enum sprt_answer sprt_add(struct sprt *sprt, double x)
{
	double step = (sprt->level_new - sprt->level_old) / sprt->sd / sprt->sd *
		      (x - sprt->level_old / 2 - sprt->level_new / 2);

	if (sprt_answer(sprt) == SPRT_MORE && !isnan(step) && isfinite(x)) {
		sprt->sum += step;
		sprt->boots++;
	}
	return sprt_answer(sprt);
}

bool sprt_wants_control(const struct sprt *sprt)
{
	return sprt_answer(sprt) == SPRT_MORE &&
	       sprt->boots - sprt->controlled >= SPRT_CONTROL_EVERY;
}

void sprt_control(struct sprt *sprt, double x_old, double x_new)
{
	double drift = (x_old - sprt->level_old) / 2 + (x_new - sprt->level_new) / 2;

	sprt->controlled = sprt->boots;
	if (!isfinite(drift))
		return;
	sprt->level_old += drift;
	sprt->level_new += drift;
}
