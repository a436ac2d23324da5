/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_PREPARE_H
#define RUNNER_PREPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "undo.h"

/* A control file, the value that keeps noise out of a measurement, and why. */
struct prepare_setting {
	const char *pattern; /* '*' as files_expand() */
	const char *value;
	const char *why;
};

extern const struct prepare_setting prepare_settings[];
extern const size_t prepare_setting_count;

/* What a plan needs. */
struct prepare_order {
	uint64_t huge_page_bytes, huge_pages;
	bool wants_thp;
	const char *pin; /* CPUs of the test, "" for none */
};

/*
 * Prepares the machine for a plan and verifies it: huge pages of the plan's
 * size (they must be the default size, be there, and be free), swap off, interrupts
 * elsewhere (interrupts.h), idle states off as long as this process lives, and every
 * setting of the table that this kernel has: noted in undo, written, read back. One that cannot
 * be set is an error that names the file; whatever was changed up to there is in undo. ret gets
 * a "file: old -> new" line for every change.
 */
int prepare_machine(
	const struct prepare_order *order, struct undo *undo, struct str *ret, struct err *err);

/* Huge pages of all sizes that are not free: somebody still holds them. */
uint64_t prepare_huge_pages_in_use(void);

#endif
