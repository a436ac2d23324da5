/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "string/strv.h"

/* Three answers: a question may be one that nobody lets us ask. */
enum tell { TELL_NO, TELL_YES, TELL_UNKNOWN };

/*
 * The machine that kvmperf itself runs on, as far as it matters for measuring
 * on it or for driving others from it. Owns its memory.
 */
struct machine {
	char *arch;    /* "aarch64", "x86_64" */
	char *release; /* of the kernel that runs */
	char *name;    /* host name, for the configuration; only a-z 0-9 - . */
	int cpus;      /* online */
	int cpu_kinds; /* different parts (MIDR) among them; 0: not known */
	int64_t memory_bytes;
	int64_t page_bytes;
	int64_t *huge_page_bytes; /* pools that the kernel offers, rising */
	size_t huge_page_count;
	enum tell has_kvm;    /* /dev/kvm is there */
	char *kvm_mode;	      /* "VHE mode", NULL: not known */
	enum tell kexec_file; /* CONFIG_KEXEC_FILE of the kernel that runs */
	enum tell
		hotplug_cpu; /* CONFIG_HOTPLUG_CPU, without which arm64 cannot leave a kernel */
	enum tell kexec_allowed;    /* kernel.kexec_load_disabled is 0 */
	enum tell locked_down;	    /* Secure Boot's lockdown is on */
	enum tell has_watchdog;	    /* a hardware watchdog device */
	enum tell watchdog_stays;   /* watchdog.stop_on_reboot=0 is on the command line */
	enum tell runtime_watchdog; /* systemd pings it: RuntimeWatchdogSec */
	enum tell kexec_watchdog;   /* systemd arms it for kexec: KExecWatchdogSec */
	bool has_systemd;
	bool is_root;
	struct strv programs; /* those of machine_programs that are on PATH */
};

void machine_clear(struct machine *machine);

/* Does it have a program of that name on PATH? */
bool machine_has(const struct machine *machine, const char *program);

/* What is looked for on PATH; ends with NULL. */
extern const char *const machine_programs[];

#endif
