/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEED_ENTER_H
#define DEED_ENTER_H

#include "base/err.h"
#include "driver/contact.h"
#include "model/kernel.h"
#include "model/plan.h"
#include "model/trial.h"

/* One entry into a kernel, from golden. */
struct entry {
	struct contact *contact;
	const struct kernel *kernel;
	const struct plan *plan;
	const char *cmdline;	    /* by proof_cmdline() */
	const char *old_boot_id;    /* of the golden kernel that is left */
	const char *golden_release; /* which kernel is golden */
	int64_t console_mark;	    /* tail_mark() of the console before it */
};

/* How the machine is left. */
enum entry_end {
	ENTRY_GOLDEN, /* golden was not left */
	ENTRY_GONE, /* the kernel was entered, or another one; what runs now the report says */
	ENTRY_SILENT, /* nobody answers: the way back is a rescue */
	ENTRY_OFF,    /* the machine reset itself and is off: golden is to be switched on, and
			 then examined with entry_examine() */
};

/*
 * Puts image and initramfs there, loads and executes them, waits for whoever
 * comes up and judges it. Returns 0 when that was done, however it went
 * (report->failure says); negative is our own failure.
 */
int entry_run(const struct entry *entry, struct boot_report *report, enum entry_end *ret_end,
	struct err *err);

/* Reads what the kernel that answers says of itself, and judges it. */
int entry_examine(const struct entry *entry, struct boot_report *report, struct err *err);

/* Keeps in the report what the console said since the entry began. */
void entry_keep_console(const struct entry *entry, struct boot_report *report);

#endif
