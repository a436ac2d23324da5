/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_TRIAL_H
#define MODEL_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What one boot and its test processes leave behind. Everything here is plain
 * data that owns its memory; x_clear() frees it and leaves it empty.
 */

/* How a kernel came up, as proved over the link. */
struct boot_report {
	enum failure failure; /* FAILURE_NONE: the boot counts */
	enum symptom symptom;
	char *reason;	/* one sentence when it does not count */
	char *boot_id;	/* /proc/sys/kernel/random/boot_id */
	char *release;	/* uname -r */
	char *build_id; /* from /sys/kernel/notes, hexadecimal */
	char *cmdline;	/* /proc/cmdline */
	char *kvm_mode; /* "Hyp nVHE mode", "VHE mode", from dmesg */
	uint64_t taint;
	int64_t kexec_ms; /* from the kexec request to the runner's hello */
	char *facts;	  /* "key: value" lines, see runner/facts.c */
	char *dmesg;	  /* after boot, and again after the trial */
	char *console;	  /* serial console of this boot; kept when the boot failed */
};

/*
 * What is known when golden is left. By it a boot is proved, be it by a process
 * that starts in the kernel that was entered.
 */
struct departure {
	char *cmdline;	      /* of the kernel that is entered; no other boot has it */
	char *old_boot_id;    /* of the golden kernel that is left */
	char *golden_release; /* which kernel that is */
};

/* The ioctls the probe wraps; marks and metric names follow this order. */
enum ioctl_kind {
	IOCTL_ENABLE,  /* KVM_SET_USER_MEMORY_REGION(2) switching dirty logging on */
	IOCTL_DISABLE, /* ... switching it off */
	IOCTL_GET,     /* KVM_GET_DIRTY_LOG */
	IOCTL_CLEAR,   /* KVM_CLEAR_DIRTY_LOG */
	IOCTL_CONTROL, /* none: a pass of the negative control, between the same marks */
	IOCTL_KIND_COUNT
};

/* One wrapped ioctl, in the order of execution. */
struct ioctl_call {
	enum ioctl_kind kind;
	int64_t duration_ns;   /* CLOCK_MONOTONIC around the call */
	bool has_instructions; /* counted, and begun and ended on one virtual CPU */
	uint64_t instructions; /* executed by that virtual CPU between the marks */
};

/* One execution of the test binary. */
struct process_report {
	enum failure failure;
	enum symptom symptom;
	char *reason;
	char *command;	 /* the literal command line */
	int exit_status; /* or -1 when a signal ended it */
	int signal;	 /* or 0 */
	int64_t started_unix_ms;
	int64_t duration_ms;
	char *output; /* stdout, raw, may hold NUL bytes */
	size_t output_bytes;
	char *errors; /* stderr, raw */
	size_t errors_bytes;
	int64_t chunk_bytes; /* effective eager-split chunk size read back, -1 when unknown */
	struct ioctl_call *calls;
	size_t call_count;
	size_t calls_dropped; /* no instruction count: the thread changed its CPU between the
				 marks */
	bool has_probe_cost;  /* the counter saw the probe rehearse: the next two are known */
	uint64_t probe_overhead; /* instructions between two marks around nothing */
	uint64_t probe_wrapper;	 /* all instructions that the probe adds to one call */
};

/* "enable", "disable", "get", "clear", "control" */
const char *ioctl_kind_name(enum ioctl_kind kind);

/*
 * The negative control (runner/control.h) is stored as a process of a scenario
 * that no plan has; its quantity, metric and cell have the same name.
 */
#define CONTROL_SCENARIO "control"
#define CONTROL_MODE	 "no guest"

void boot_report_clear(struct boot_report *report);
void departure_clear(struct departure *departure);
void process_report_clear(struct process_report *report);

#endif
