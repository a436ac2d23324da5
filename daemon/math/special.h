/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATH_SPECIAL_H
#define MATH_SPECIAL_H

/*
 * Distribution functions and what they are made of, relative error at most
 * 1e-12 wherever the result is a normal number (digamma: absolute 1e-15 near
 * its root at 1.4616) and degrees of freedom and shapes are at least 0.1;
 * below that it grows, and from 1e-10 on nothing changes any more. Degrees of
 * freedom are real numbers; an infinite one is allowed and means the limit
 * (normal, chi-squared / df). Nothing here fails:
 * NaN in gives NaN out, and so does an argument outside of the domain named
 * below. All functions are pure and thread-safe.
 *
 * A "tail" is the upper one, P(X >= x). A quantile takes the cumulative
 * probability: special_t_quantile(0.975, df) is the t of a two-sided 95 %
 * interval. Quantile of 0 is the lowest value of the distribution, of 1 is
 * +infinity. A very small upper tail cannot be written as 1 - tail: use the
 * symmetry (t, normal) or 1/F with exchanged degrees of freedom.
 *
 * Method: I_x(a,b) = D(x) * C(x), where D = x^a (1-x)^b / B(a,b) comes from
 * Loader's saddle point form ("Fast and accurate computation of binomial
 * probabilities", 2000), which does not cancel for large a and b, and C is the
 * usual continued fraction (DLMF 8.17.22, Lentz), or for a or b above some
 * thousand an integral over the logit, where the density is log-concave.
 * Quantiles: Newton on the log of the smaller tail over the logit, which is
 * concave there, so it converges from everywhere.
 */

/* P(T_df >= t); df > 0. */
double special_t_tail(double t, double df);
double special_t_quantile(double p, double df);

/* P(F_(a,b) >= f); a, b > 0; 1 for f <= 0. */
double special_f_tail(double f, double a, double b);
double special_f_quantile(double p, double a, double b);

/* P(Z >= z) of the standard normal distribution. */
double special_normal_tail(double z);
double special_normal_quantile(double p);

/* psi(x) and psi1(x), the first two derivatives of ln gamma; x > 0. */
double special_digamma(double x);
double special_trigamma(double x);

/* The x > 0 with psi1(x) = y; y >= 0, where 0 gives infinity. */
double special_trigamma_inverse(double y);

/* Regularised incomplete beta function I_x(a,b); 0 <= x <= 1, a and b > 0. */
double special_beta(double x, double a, double b);

/* ln |gamma(x)| */
double special_log_gamma(double x);

#endif
