/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_BOOT_PAGE_H
#define MODEL_BOOT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What the page of one boot shows: how the kernel came up, and each test
 * process with its values and its raw output. Plain data, owned by struct
 * boot_page; any text may be NULL and is hostile.
 */

struct boot_page_value {
	char *metric;
	char *unit;    /* "s", "instructions" */
	int iteration; /* 1.., 0 when the metric has none */
	double value;
};

struct boot_page_process {
	int number; /* 1.. within the boot, in the order of execution */
	char *scenario;
	char *mode;
	bool warmup; /* by plan: measured, never judged */
	char *command;
	int exit_status; /* -1 when a signal ended it */
	int signal;	 /* or 0 */
	int64_t started_unix_ms;
	int64_t duration_ms;
	int64_t chunk_bytes; /* eager-split chunk size read back, -1 when unknown */
	size_t calls;	     /* wrapped ioctls */
	size_t calls_dropped;
	enum failure failure; /* FAILURE_NONE: its values count */
	enum symptom symptom;
	char *reason;
	struct boot_page_value *values;
	size_t value_count;
	char *output; /* stdout, raw, may hold NUL bytes */
	size_t output_bytes;
	char *errors; /* stderr, raw */
	size_t errors_bytes;
};

struct boot_page {
	int64_t id;
	char *host;
	bool emulated;
	char *branch;
	char *plan;
	char *oid; /* commit of the kernel */
	char *subject;
	char *release;
	char *build_id;
	char *boot_id;
	char *cmdline;
	char *kvm_mode;
	uint64_t taint;
	int64_t started_unix_ms;
	int64_t ended_unix_ms;
	int64_t kexec_ms; /* from the kexec request to the runner's hello; 0: never came */
	enum failure failure;
	enum symptom symptom;
	char *reason;
	char *facts;	  /* "key: value" lines */
	char *highlights; /* lines of dmesg worth seeing: KVM, huge pages, warnings */
	char *dmesg;	  /* whole */
	char *console;	  /* serial console, when the boot failed */
	struct boot_page_process *processes;
	size_t process_count;
	/* the comparison it was made for, or both NULL: no link */
	char *base_oid;
	char *fresh_oid;
};

void boot_page_clear(struct boot_page *page);

#endif
