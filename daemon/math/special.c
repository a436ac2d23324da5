/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/special.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Beyond this, degrees of freedom are infinite to the last bit. */
#define HUGE_DF 1e30
/* Below this both tails are 0 or 1 to ten digits, and one is no longer seen beside the other.
 */
#define TINY_DF 1e-10

#define HALF_LN_2PI 0.91893853320467274178
/* Above this the continued fraction needs too many steps (about sqrt(max(a,b))). */
#define LARGE_SHAPE 3000.0

/*
 * A point of the unit interval. x and y = 1 - x are both kept because either
 * may be too close to 1 for the other to be computed from it; the logit
 * ln(x/y) is what is left when one of them underflows.
 */
struct point {
	double x, y, logit;
};

static struct point point_of_logit(double logit)
{
	double e = exp(-fabs(logit));
	double big = 1 / (1 + e), small = e / (1 + e);

	return logit < 0 ? (struct point){small, big, logit}
			 : (struct point){big, small, logit};
}

/* x = 1/(1+r), y = r/(1+r) */
static struct point point_of_odds_against(double r)
{
	if (r < 1)
		return (struct point){1 / (1 + r), r / (1 + r), -log(r)};
	return (struct point){1 / r / (1 + 1 / r), 1 / (1 + 1 / r), -log(r)};
}

static struct point point_mirror(struct point p)
{
	return (struct point){p.y, p.x, -p.logit};
}

/* ln(1+u) - u without cancellation; u > -1 */
static double log1p_minus(double u)
{
	double r, r2, sum = 0, term;

	if (fabs(u) > 0.5)
		return log1p(u) - u;
	r = u / (2 + u); /* ln(1+u) = 2 (r + r^3/3 + r^5/5 ...), and 2r - u = -u r */
	r2 = r * r;
	term = r2;
	for (int k = 3; k < 60 && term > 1e-18 * r2; k += 2) {
		sum += term / k;
		term *= r2;
	}
	return r * (2 * sum - u);
}

/* The error of Stirling's formula: ln gamma(x) - (x-1/2) ln x + x - ln(2 pi)/2 */
static double stirling_error(double x)
{
	static const double c[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188,
		-691.0 / 360360, 1.0 / 156, -3617.0 / 122400};
	double sum = 0;

	if (x < 16)
		return special_log_gamma(x) - (x - 0.5) * log(x) + x - HALF_LN_2PI;
	for (size_t i = sizeof(c) / sizeof(c[0]); i-- > 0;)
		sum = sum / (x * x) + c[i];
	return sum / x;
}

/* a (ln(x n/a) - u), where u = (x n - a)/a; the logit stands in for ln x when x underflowed */
static double deviance(double a, double u, double x, double logit, double n)
{
	if (fabs(u) <= 0.5)
		return a * log1p_minus(u);
	return a * ((x > 1e-300 ? log(x) : logit) + log(n / a) - u);
}

/*
 * ln( x^a y^b / B(a,b) ): the density over the logit. With n = a + b the two
 * deviances are both negative, so that nothing cancels.
 */
static double log_density(struct point p, double a, double b)
{
	double n = a + b, lack = p.y * a - p.x * b;

	return deviance(a, -lack / a, p.x, p.logit, n) +
	       deviance(b, lack / b, p.y, -p.logit, n) + stirling_error(n) - stirling_error(a) -
	       stirling_error(b) + 0.5 * (log(a / n) + log(b)) - HALF_LN_2PI;
}

/* Modified Lentz; I_x(a,b) = density / a * value. For x < (a+1)/(a+b+2). */
static double continued_fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	h = d;
	for (int m = 1; m < 5000; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		h *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 2e-16)
			break;
	}
	return h;
}

/* expm1(s) - s without cancellation */
static double exp_minus(double s)
{
	double sum = 0, term = s * s / 2;

	if (fabs(s) > 0.3)
		return expm1(s) - s;
	for (int k = 3; k < 30 && fabs(term) > 1e-18 * s * s; k++) {
		sum += term;
		term *= s / k;
	}
	return sum;
}

/*
 * ln( density(logit - s) / density(logit) ) = -(a y - b x) s - n q(s), with
 * q(s) = x s + ln(1 + x (e^-s - 1)) = ln(1 + y (e^s - 1)) - y s >= 0.
 */
static double log_fall(struct point p, double a, double b, double s)
{
	double q;

	if (p.y < p.x && s < 30)
		q = log1p_minus(p.y * expm1(s)) + p.y * exp_minus(s);
	else
		q = log1p_minus(p.x * expm1(-s)) + p.x * exp_minus(-s);
	return -(a * p.y - b * p.x) * s - (a + b) * q;
}

/*
 * The integral of density(logit - s) / density(logit) over s > 0, below the
 * mean, in panels as wide as the density is smooth at their start.
 */
static double integral(struct point p, double a, double b)
{
	static const double node[] = {0.0950125098376374402, 0.2816035507792589132,
		0.4580167776572273863, 0.6178762444026437484, 0.7554044083550030338,
		0.8656312023878317438, 0.9445750230732325761, 0.9894009349916499325};
	static const double weight[] = {0.1894506104550684963, 0.1826034150449235889,
		0.1691565193950025381, 0.1495959888165767321, 0.1246289712555338720,
		0.0951585116824927848, 0.0622535239386478929, 0.0271524594117540949};
	double sum = 0, s = 0;

	for (int panel = 0; panel < 2000; panel++) {
		struct point at = point_of_logit(p.logit - s);
		double slope = panel ? a * at.y - b * at.x : a * p.y - b * p.x;
		double bend = sqrt((a + b) * p.x * p.y);
		double half =
			fmin(1, 1.25 / fmax(slope, fmax(bend, sqrt((a + b) * at.x * at.y))));
		double part = 0;

		if ((a + b) * at.x < 1e-17 * a) /* from here on exactly e^(-a s) */
			return sum + exp(log_fall(p, a, b, s)) / a;
		for (size_t i = 0; i < sizeof(node) / sizeof(node[0]); i++)
			part += weight[i] *
				(exp(log_fall(p, a, b, s + half * (1 + node[i]))) +
					exp(log_fall(p, a, b, s + half * (1 - node[i]))));
		sum += half * part;
		s += 2 * half;
		if (half * part < 1e-18 * sum)
			break;
	}
	return sum;
}

static bool is_large(double a, double b)
{
	return fmax(a, b) > LARGE_SHAPE;
}

/* Is the complement I_y(b,a) the one to compute? */
static bool is_upper(struct point p, double a, double b)
{
	return is_large(a, b) ? p.x * b > p.y * a : p.x > (a + 1) / (a + b + 2);
}

/* ln I_x(a,b) below the switch, or so little above it that rounding put it there. */
static double log_beta_lower(struct point p, double a, double b)
{
	if (is_large(a, b))
		return log_density(p, a, b) + log(integral(p, a, b));
	return log_density(p, a, b) + log(continued_fraction(p.x, a, b) / a);
}

static double log_beta(struct point p, double a, double b)
{
	if (is_upper(p, a, b))
		return log1p(-exp(log_beta_lower(point_mirror(p), b, a)));
	return log_beta_lower(p, a, b);
}

static double beta(struct point p, double a, double b)
{
	if (is_upper(p, a, b))
		return 1 - exp(log_beta_lower(point_mirror(p), b, a));
	return exp(log_beta_lower(p, a, b));
}

/* The logit where I_x(a,b) = p, for p at most about a half. */
static double beta_quantile(double p, double a, double b)
{
	double logit = log(a) - log(b), want = log(p);

	for (int i = 0; i < 200; i++) {
		struct point at = point_of_logit(logit);
		double log_p = log_beta(at, a, b);
		double step = (want - log_p) * exp(log_p - log_density(at, a, b));

		logit += step;
		/* from the second step on it climbs; when it does not, that is rounding */
		if (fabs(step) < 1e-16 * fabs(logit) || (i > 1 && step <= 0))
			break;
	}
	return logit;
}

static double usable(double df)
{
	return fmax(TINY_DF, fmin(df, HUGE_DF));
}

double special_log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double special_beta(double x, double a, double b)
{
	if (!(x >= 0 && x <= 1 && a > 0 && b > 0))
		return NAN;
	if (x == 0 || x == 1)
		return x;
	a = usable(a);
	b = usable(b);
	return beta((struct point){x, 1 - x, log(x) - log1p(-x)}, a, b);
}

double special_t_tail(double t, double df)
{
	double r, half;

	if (isnan(t) || !(df > 0))
		return NAN;
	df = usable(df);
	r = fabs(t) / sqrt(df);
	if (isinf(t)) {
		half = 0;
	} else if (r < 1e-150) {
		half = 0.5;
	} else {
		struct point p = point_of_odds_against(r * r);

		p.logit = -2 * log(r);
		half = beta(p, df / 2, 0.5) / 2;
	}
	return t < 0 ? 1 - half : half;
}

double special_t_quantile(double p, double df)
{
	double both, logit, t;

	if (!(p >= 0 && p <= 1) || !(df > 0))
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? -INFINITY : INFINITY;
	if (p == 0.5)
		return 0;
	if (df >= HUGE_DF)
		return special_normal_quantile(p);
	df = usable(df);
	both = 2 * fmin(p, 1 - p);
	if (both <= 0.5)
		logit = beta_quantile(both, df / 2, 0.5);
	else
		logit = -beta_quantile(fabs(2 * p - 1), 0.5, df / 2);
	t = exp((log(df) - logit) / 2);
	return p < 0.5 ? -t : t;
}

double special_f_tail(double f, double a, double b)
{
	double r;

	if (isnan(f) || !(a > 0) || !(b > 0))
		return NAN;
	if (f <= 0)
		return 1;
	a = usable(a);
	b = usable(b);
	r = a / b * f;
	if (r == 0 || isinf(r))
		return r == 0 ? 1 : 0;
	return beta(point_of_odds_against(r), b / 2, a / 2);
}

double special_f_quantile(double p, double a, double b)
{
	double logit;

	if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0))
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? 0 : INFINITY;
	a = usable(a);
	b = usable(b);
	if (p > 0.5)
		logit = beta_quantile(1 - p, b / 2, a / 2);
	else
		logit = -beta_quantile(p, a / 2, b / 2);
	return exp(log(b) - log(a) - logit);
}

double special_normal_tail(double z)
{
	return 0.5 * erfc(z * M_SQRT1_2);
}

/* ln P(Z >= z), from where the tail underflows by its asymptotic series */
static double log_normal_tail(double z)
{
	double v = 1 / (z * z);

	if (z < 30)
		return log(special_normal_tail(z));
	return -z * z / 2 - log(z) - HALF_LN_2PI +
	       log1p(-v * (1 - v * (3 - v * (15 - v * (105 - v * 945)))));
}

double special_normal_quantile(double p)
{
	double tail = fmin(p, 1 - p), z, step;
	bool central = tail > 0.25;

	if (!(p >= 0 && p <= 1))
		return NAN;
	if (tail == 0)
		return p == 0 ? -INFINITY : INFINITY;
	z = central ? fabs(2 * p - 1) * sqrt(M_PI_2) : sqrt(-2 * log(2 * tail));
	for (int i = 0; i < 60; i++) {
		double log_density = -z * z / 2 - HALF_LN_2PI, log_tail;

		if (central) {
			step = (fabs(2 * p - 1) - erf(z * M_SQRT1_2)) / (2 * exp(log_density));
		} else {
			log_tail = log_normal_tail(z);
			step = (log_tail - log(tail)) * exp(log_tail - log_density);
		}
		z += step;
		if (fabs(step) <= 1e-16 * z)
			break;
	}
	return p < 0.5 ? -z : z;
}

double special_digamma(double x)
{
	static const double c[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132,
		-691.0 / 32760, 1.0 / 12, -3617.0 / 8160};
	double below = 0, sum = 0;

	if (!(x > 0))
		return NAN;
	for (; x < 12; x++)
		below += 1 / x;
	for (size_t i = sizeof(c) / sizeof(c[0]); i-- > 0;)
		sum = (sum + c[i]) / (x * x);
	return log(x) - 0.5 / x - sum - below;
}

double special_trigamma(double x)
{
	static const double c[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66,
		-691.0 / 2730, 7.0 / 6, -3617.0 / 510};
	double below = 0, sum = 0;

	if (!(x > 0))
		return NAN;
	for (; x < 12; x++)
		below += 1 / (x * x);
	for (size_t i = sizeof(c) / sizeof(c[0]); i-- > 0;)
		sum = (sum + c[i]) / (x * x);
	return below + (1 + 0.5 / x + sum) / x;
}

double special_trigamma_inverse(double y)
{
	double low, high;

	if (!(y >= 0))
		return NAN;
	if (y > 1e200)
		return 1 / sqrt(y);
	if (y < 1e-200)
		return 1 / y;
	/* 1/x and 1/x^2 < psi1(x) < 1/x + 1/x^2 */
	low = fmax(1 / y, 1 / sqrt(y));
	high = (1 + sqrt(1 + 4 * y)) / (2 * y);
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (middle <= low || middle >= high)
			break;
		if (special_trigamma(middle) > y)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
