/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/number.h"

const char *doctor_use_title(enum doctor_use use)
{
	switch (use) {
	case DOCTOR_LOCAL:
		return "measure this machine (driver = local)";
	case DOCTOR_BUILD:
		return "build kernels here";
	case DOCTOR_EMULATED:
		return "emulate a host (driver = qemu)";
	case DOCTOR_SSH:
		return "drive lab machines (driver = ssh)";
	case DOCTOR_COUNT:
		break;
	}
	return "";
}

const char *doctor_level_word(enum doctor_level level)
{
	switch (level) {
	case DOCTOR_GOOD:
		return "good";
	case DOCTOR_ADVICE:
		return "advice";
	case DOCTOR_UNKNOWN:
		return "unknown";
	case DOCTOR_MISSING:
		return "missing";
	}
	return "";
}

static void add(struct doctor_findings *ret, enum doctor_use use, enum doctor_level level,
	const char *mend, const char *format, ...) __attribute__((format(printf, 5, 6)));

static void add(struct doctor_findings *ret, enum doctor_use use, enum doctor_level level,
	const char *mend, const char *format, ...)
{
	struct str text = STR_INIT;
	va_list args;

	va_start(args, format);
	str_addv(&text, format, args);
	va_end(args);
	ret->items = mem_grow(ret->items, ret->count + 1, sizeof(*ret->items));
	ret->items[ret->count++] = (struct doctor_finding){
		use, level, str_take(&text), level == DOCTOR_GOOD ? NULL : mem_strdup(mend)};
}

/* A question whose right answer is yes. */
static void ask(struct doctor_findings *ret, enum doctor_use use, enum tell answer,
	const char *what, const char *yes, const char *no, const char *mend)
{
	static const enum doctor_level levels[] = {
		[TELL_NO] = DOCTOR_MISSING,
		[TELL_YES] = DOCTOR_GOOD,
		[TELL_UNKNOWN] = DOCTOR_UNKNOWN,
	};

	auto_free char *perhaps = mem_printf("should it be missing: %s", mend);

	add(ret, use, levels[answer], answer == TELL_UNKNOWN ? perhaps : mend, "%s: %s", what,
		answer == TELL_YES  ? yes
		: answer == TELL_NO ? no
				    : "could not be read");
}

/* ---- measuring this machine ---- */

static void examine_hardware(const struct machine *machine, struct doctor_findings *ret)
{
	char memory[NUMBER_BYTES];

	number_bytes(machine->memory_bytes, memory);
	if (machine->cpu_kinds > 1)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"pin the test to CPUs of one kind (pin = in the plan)",
			"processor: %d CPUs of %d kinds; a thread's speed depends on where it "
			"lands",
			machine->cpus, machine->cpu_kinds);
	else
		add(ret, DOCTOR_LOCAL, DOCTOR_GOOD, NULL, "processor: %d CPUs, %s memory",
			machine->cpus, memory);
	ask(ret, DOCTOR_LOCAL, machine->has_kvm, "KVM",
		machine->kvm_mode ? machine->kvm_mode : "/dev/kvm is there",
		"there is no /dev/kvm",
		"boot at EL2, with CONFIG_KVM=y and without kvm-arm.mode=none");
	if (machine->kvm_mode && strstr(machine->kvm_mode, "rotected"))
		add(ret, DOCTOR_LOCAL, DOCTOR_MISSING, "boot without kvm-arm.mode=protected",
			"protected KVM: its kernel cannot be left by kexec");
}

static void examine_kexec(const struct machine *machine, struct doctor_findings *ret)
{
	ask(ret, DOCTOR_LOCAL, machine->kexec_file, "kexec_file_load",
		"the kernel has it, kexec-tools are not needed",
		"the kernel was built without it",
		"set CONFIG_KEXEC_FILE=y in the golden kernel");
	ask(ret, DOCTOR_LOCAL, machine->hotplug_cpu, "CPU hotplug", "the kernel has it",
		"the kernel was built without it, and arm64 refuses kexec then",
		"set CONFIG_HOTPLUG_CPU=y (it needs CONFIG_SUSPEND) in the golden kernel");
	ask(ret, DOCTOR_LOCAL, machine->kexec_allowed, "permission to kexec", "given",
		"kernel.kexec_load_disabled is 1 until the next boot",
		"take kernel.kexec_load_disabled out of sysctl.d and reboot");
	if (machine->locked_down == TELL_YES)
		add(ret, DOCTOR_LOCAL, DOCTOR_MISSING,
			"switch Secure Boot off, or sign the kernels",
			"lockdown: on; only signed kernels can be loaded");
	if (!machine->is_root)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE, "run kvmperfd as the service, as root",
			"privilege: not root; kexec needs CAP_SYS_BOOT");
}

static void examine_recovery(const struct machine *machine, struct doctor_findings *ret)
{
	if (machine->has_watchdog != TELL_YES)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"let another machine drive it over ssh and switch its power "
			"(power-off, "
			"power-on), or be there to do it by hand",
			"watchdog: none; a kernel that hangs needs its power cut");
	else if (machine->watchdog_stays != TELL_YES)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"add watchdog.stop_on_reboot=0 to golden's command line, try it on "
			"this board, and keep a power method all the same",
			"watchdog: there, but it is stopped before kexec, so a kernel that "
			"hangs stays");
	else if (machine->has_systemd &&
		 (machine->runtime_watchdog == TELL_NO || machine->kexec_watchdog == TELL_NO))
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"set RuntimeWatchdogSec=60 and KExecWatchdogSec=10min, longer than a "
			"boot takes, in /etc/systemd/system.conf.d/watchdog.conf",
			"watchdog: there and not stopped before kexec, but %s",
			machine->runtime_watchdog == TELL_NO
				? "nobody starts it (RuntimeWatchdogSec)"
				: "it is not set for a boot's time (KExecWatchdogSec)");
	else
		add(ret, DOCTOR_LOCAL, DOCTOR_GOOD, NULL,
			"watchdog: there, and kept running across kexec");
	if (!machine->has_systemd)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"start kvmperfd at boot by other means, or a job stops at its first "
			"kexec",
			"systemd: not running; services are not stopped in order before kexec");
}

static void examine_huge_pages(const struct machine *machine, struct doctor_findings *ret)
{
	auto_str struct str sizes = STR_INIT;
	char size[NUMBER_BYTES];
	bool has_1g = false;

	for (size_t i = 0; i < machine->huge_page_count; i++) {
		number_bytes(machine->huge_page_bytes[i], size);
		str_addf(&sizes, "%s%s", i ? ", " : "", size);
		has_1g = has_1g || machine->huge_page_bytes[i] == (int64_t)1 << 30;
	}
	if (!machine->huge_page_count)
		add(ret, DOCTOR_LOCAL, DOCTOR_MISSING, "set CONFIG_HUGETLBFS=y",
			"huge pages: the kernel offers none");
	else if (!has_1g || machine->memory_bytes < (int64_t)24 << 30)
		add(ret, DOCTOR_LOCAL, DOCTOR_ADVICE,
			"use a plan of smaller size; the reference plan wants sixteen pages of "
			"1G",
			"huge pages: %s; the reference plan does not fit", str_text(&sizes));
	else
		add(ret, DOCTOR_LOCAL, DOCTOR_GOOD, NULL, "huge pages: %s", str_text(&sizes));
}

/* ---- what programs make possible ---- */

/* One row a program that a use needs, or is better with. */
static const struct {
	enum doctor_use use;
	enum doctor_level without;
	const char *program, *package;
	const char *why;
} needs[] = {
	{DOCTOR_BUILD, DOCTOR_MISSING, "make", "make", "builds the kernel"},
	{DOCTOR_BUILD, DOCTOR_MISSING, "bison", "bison", "the kernel's configuration needs it"},
	{DOCTOR_BUILD, DOCTOR_MISSING, "flex", "flex", "the kernel's configuration needs it"},
	{DOCTOR_BUILD, DOCTOR_MISSING, "bc", "bc", "the kernel's build needs it"},
	{DOCTOR_BUILD, DOCTOR_ADVICE, "ccache", "ccache", "makes a second build short"},
	{DOCTOR_EMULATED, DOCTOR_MISSING, "qemu-system-aarch64", "qemu-system-arm",
		"is the emulated host"},
	{DOCTOR_SSH, DOCTOR_MISSING, "ssh", "openssh-client", "reaches the lab machines"},
};

static void examine_programs(const struct machine *machine, struct doctor_findings *ret)
{
	bool is_arm64 = strcmp(machine->arch, "aarch64") == 0;
	const char *compiler = is_arm64 ? "gcc" : "aarch64-linux-gnu-gcc";

	if (machine_has(machine, compiler))
		add(ret, DOCTOR_BUILD, DOCTOR_GOOD, NULL, "%s: compiles for arm64", compiler);
	else
		add(ret, DOCTOR_BUILD, DOCTOR_MISSING,
			is_arm64 ? "install the package gcc"
				 : "install the package gcc-aarch64-linux-gnu",
			"no compiler for arm64");
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
		bool there = machine_has(machine, needs[i].program);
		auto_free char *mend = mem_printf("install the package %s", needs[i].package);

		add(ret, needs[i].use, there ? DOCTOR_GOOD : needs[i].without, mend, "%s: %s",
			needs[i].program, there ? needs[i].why : "not there");
	}
	if (!machine_has(machine, "gnuplot"))
		add(ret, DOCTOR_BUILD, DOCTOR_ADVICE, "install the package gnuplot-nox",
			"gnuplot: not there; pages have tables and no plots");
}

void doctor_examine(const struct machine *machine, struct doctor_findings *ret)
{
	*ret = (struct doctor_findings){NULL, 0};
	if (strcmp(machine->arch, "aarch64") == 0) {
		examine_hardware(machine, ret);
		examine_kexec(machine, ret);
		examine_huge_pages(machine, ret);
		examine_recovery(machine, ret);
	} else {
		add(ret, DOCTOR_LOCAL, DOCTOR_MISSING,
			"measure arm64 machines over ssh, or the emulated host",
			"processor: %s, not arm64", machine->arch);
	}
	examine_programs(machine, ret);
}

bool doctor_allows(const struct doctor_findings *findings, enum doctor_use use)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].use == use && findings->items[i].level == DOCTOR_MISSING)
			return false;
	return true;
}

void doctor_clear(struct doctor_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->items[i].text);
		free(findings->items[i].mend);
	}
	free(findings->items);
	*findings = (struct doctor_findings){NULL, 0};
}
