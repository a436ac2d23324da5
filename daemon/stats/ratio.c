/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/ratio.h"

#include <math.h>

#include "math/special.h"

double ratio_half_width(const struct effect *effect, double coverage)
{
	return special_t_quantile(0.5 + coverage / 2, effect->df) * effect->se;
}

double ratio_test(
	const struct effect *effect, double delta, double *ret_p_up, double *ret_p_down)
{
	*ret_p_up = special_t_tail((effect->d - delta) / effect->se, effect->df);
	*ret_p_down = special_t_tail((-effect->d - delta) / effect->se, effect->df);
	return fmin(1, 2 * fmin(*ret_p_up, *ret_p_down));
}

bool ratio_is_within(const struct effect *effect, double delta)
{
	return special_t_tail((delta - fabs(effect->d)) / effect->se, effect->df) < 0.05;
}

double ratio_detectable(const struct effect *effect, double delta, double alpha, double power)
{
	/* t(1 - x) = -t(x) keeps the digits of a small alpha. */
	double reach = -special_t_quantile(alpha / 2, effect->df) +
		       special_t_quantile(power, effect->df);

	return delta + reach * effect->se;
}

double ratio_change(double d)
{
	return expm1(fmin(d, 230));
}
