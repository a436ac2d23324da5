/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

/*
 * What the benches of calculations share: the time of one core, and a line a
 * case with tabs between what it is, how many it found, the seconds it took and
 * the seconds it is meant to take at most. tests/bench/all makes a table of them.
 */
#include <stddef.h>
#include <stdio.h>
#include <time.h>

static inline double bench_now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void bench_report(const char *what, size_t found, double took_s, double target_s)
{
	printf("%s\t%zu\t%.4f\t%g\n", what, found, took_s, target_s);
	fflush(stdout);
}

#endif
