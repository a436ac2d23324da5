/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_CONTROL_H
#define RUNNER_CONTROL_H

#include <stdint.h>

/*
 * The negative control: a fixed amount of work that has nothing to do with KVM,
 * done in every boot beside the test. Memory is touched that is there already,
 * and the cheapest system call is made: when this moves, the machine did, or
 * all of the kernel, but not the code under test.
 *
 * It pins itself to a CPU (a number as text; NULL: the one it is on), does the
 * work once unmeasured and then CONTROL_PASSES times, each pass between two
 * time stamps and the counter's marks, and tells them on KVMPERF_PROBE_FD as
 * the probe tells its calls (probe/report.h): "call kind=control ns=... errno=0".
 *
 * Returns the exit status of the program.
 */
#define CONTROL_PASSES 7

int control_run(const char *cpu);

/* The time of the shortest of CONTROL_PASSES passes, wherever it runs. */
int control_score(int64_t *ret_us);

#endif
