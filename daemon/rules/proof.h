/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_PROOF_H
#define RULES_PROOF_H

#include <stdint.h>

#include "base/err.h"
#include "model/kernel.h"
#include "model/plan.h"
#include "model/trial.h"

/* The parameter that only test boots have; its value is the boot's own. */
#define PROOF_MARK "kvmperf.boot="

/*
 * The command line of a test boot: the host's own, the plan's huge pages and
 * parameters, and a mark by which the boot is known again. -E2BIG when it is
 * longer than arm64 takes; the caller frees.
 */
int proof_cmdline(const char *host_cmdline, const struct plan *plan, uint64_t mark, char **ret,
	struct err *err);

/*
 * Which kernel came up, and does the boot count? Reads facts, dmesg and
 * console of the report, fills in release, build_id, cmdline, kvm_mode and
 * taint, and sets failure, symptom and reason when something is not as it must
 * be:
 *	another command line than the one passed: golden came back, because the
 *	kernel panicked (the console says so) or the machine was reset; when it
 *	is not golden either (golden_release is another), nobody knows what runs
 *	there and the host is at fault;
 *	another release or build-id: not the kernel that was built;
 *	no KVM; memory corrupted by LPI tables; a taint.
 */
void proof_judge(struct boot_report *report, const struct kernel *kernel, const char *cmdline,
	const char *golden_release);

/* Sets the outcome of a boot that did not get as far; reason is copied. */
void proof_fail(struct boot_report *report, enum failure failure, enum symptom symptom,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
