/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEED_TEST_H
#define DEED_TEST_H

#include "base/err.h"
#include "driver/contact.h"
#include "model/plan.h"
#include "model/trial.h"

/*
 * The test on a machine that runs the kernel under test. Zero-initialise;
 * test_clear() frees. What the functions do and return is told at their
 * namesakes of lab/host.h.
 */
struct test {
	struct contact *contact; /* borrowed */
	const char *libdir;	 /* where the probe is; borrowed */
	char *path, *probe_path; /* there */
};

void test_clear(struct test *test);

int test_prepare(const struct test *test, const struct plan *plan,
	struct boot_report *ret_report, struct err *err);
int test_put(
	struct test *test, const char *binary_path, struct strv *ret_modes, struct err *err);
int test_run(const struct test *test, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err);
int test_control(const struct test *test, const struct plan *plan, struct process_report *ret,
	struct err *err);

#endif
