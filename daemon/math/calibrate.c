/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/calibrate.h"

#include <math.h>

#include "base/mem.h"

#define LEVELS 10

static const double levels[LEVELS] = {
	0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001};

/* The nominal p that the best split of so many points undercuts with probability levels[i]. */
static const struct row {
	size_t points;
	double nominal[LEVELS];
} rows[] = {
	{6, {0.09979, 0.04984, 0.02003, 0.009863, 0.004963, 0.001996, 0.0009833, 0.0004759,
		    0.0001882, 9.98e-05}},
	{8, {0.042, 0.01932, 0.007083, 0.00343, 0.001692, 0.0006775, 0.0003312, 0.0001542,
		    6.066e-05, 2.937e-05}},
	{10, {0.02879, 0.01285, 0.004648, 0.002208, 0.001041, 0.0003967, 0.000195, 8.908e-05,
		     3.407e-05, 1.74e-05}},
	{12, {0.02296, 0.01014, 0.003561, 0.001669, 0.0008018, 0.000302, 0.0001495, 7.193e-05,
		     2.796e-05, 1.368e-05}},
	{15, {0.01864, 0.008069, 0.002814, 0.001301, 0.0006152, 0.0002374, 0.0001153, 5.655e-05,
		     2.312e-05, 1.069e-05}},
	{20, {0.01511, 0.006466, 0.002222, 0.00101, 0.0004709, 0.0001744, 8.281e-05, 3.82e-05,
		     1.628e-05, 7.819e-06}},
	{25, {0.01323, 0.005583, 0.001905, 0.0008592, 0.0003938, 0.0001387, 6.692e-05,
		     3.127e-05, 1.064e-05, 4.602e-06}},
	{30, {0.01213, 0.005006, 0.001692, 0.0007618, 0.0003603, 0.0001268, 6.128e-05,
		     3.045e-05, 1.197e-05, 6.192e-06}},
	{40, {0.01103, 0.004443, 0.00146, 0.0006633, 0.0003007, 0.0001083, 5.106e-05, 2.466e-05,
		     9.032e-06, 4.314e-06}},
	{50, {0.01029, 0.00409, 0.001322, 0.000588, 0.0002614, 9.408e-05, 4.334e-05, 2.024e-05,
		     6.702e-06, 3.284e-06}},
};

double calibrate_split(size_t points, double p)
{
	const double *nominal = rows[ARRAY_SIZE(rows) - 1].nominal;
	size_t i = 1;
	double x0, y0, slope;

	for (size_t r = ARRAY_SIZE(rows); r-- > 0 && rows[r].points >= points;)
		nominal = rows[r].nominal;
	if (!(p < 1))
		return 1;
	if (p <= 0)
		return 0;
	if (p >= nominal[0])
		return 0.1 + 0.9 * (p - nominal[0]) / (1 - nominal[0]);
	while (i < LEVELS - 1 && p < nominal[i])
		i++;
	x0 = log(nominal[i - 1]);
	y0 = log(levels[i - 1]);
	slope = (log(levels[i]) - y0) / (log(nominal[i]) - x0);
	y0 = exp(y0 + slope * (log(p) - x0));
	/* far beyond the table a line that is a little too steep must not make p smaller */
	return p < nominal[LEVELS - 1] ? fmax(p, y0) : y0;
}
