/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_NUMBER_H
#define TEXT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/*
 * How a number is written for people: the same function for page, mail and
 * terminal, so that the same stored value never reads differently in two
 * places. Plain ASCII but for the micro sign. Machines get number_exact().
 */

#define NUMBER_BYTES 64

/* A change: "+10.8 %" for 0.108; always signed, one decimal; "n/a" when not finite. */
void number_percent(double fraction, char ret[NUMBER_BYTES]);

/* The same without its unit, for columns that carry it in their head: "+10.8". */
void number_percent_bare(double fraction, char ret[NUMBER_BYTES]);

/* A mean of percents and its spread as the field writes them: "-44.0 % (2.8)". */
void number_mean_sd(double mean_pct, double sd_pct, char ret[NUMBER_BYTES]);

/*
 * The scale at which values near `size` of a stored unit are read: seconds
 * become s, ms, us or ns, everything else is counted plainly or in k, M, G, T.
 * One scale serves a whole group of numbers, so that they can be compared.
 */
struct number_scale {
	double divisor;
	const char *suffix; /* "ms", "M", "" */
	int decimals;	    /* gives `size` four significant digits */
};

struct number_scale number_scale(const char *unit, double size);

/* "41.17" */
void number_scaled(double value, const struct number_scale *scale, char ret[NUMBER_BYTES]);

/* A value alone at its own scale: "41.17 ms", "12.90 M", "812". */
void number_value(double value, const char *unit, char ret[NUMBER_BYTES]);

/* A wall time for people: "0.84 s", "12.3 s", "4 min 31 s", "2 h 05 min". */
void number_duration(int64_t duration_ms, char ret[NUMBER_BYTES]);

/* A size by powers of 1024: "2 MiB", "64 KiB", "1.5 GiB"; "0" for none. */
void number_bytes(int64_t bytes, char ret[NUMBER_BYTES]);

/* "%.17g", which reads back to the same double; "null" when not finite, as JSON wants it. */
void number_exact(double value, char ret[NUMBER_BYTES]);

#endif
