/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/doctor.h"

#include <stdlib.h>

#include "support.h"

#include "base/mem.h"

/* A server that lacks nothing. */
static struct machine good_machine(void)
{
	struct machine machine = {
		.arch = mem_strdup("aarch64"),
		.release = mem_strdup("6.12.0"),
		.name = mem_strdup("altra-03"),
		.cpus = 80,
		.cpu_kinds = 1,
		.memory_bytes = (int64_t)256 << 30,
		.page_bytes = 4096,
		.huge_page_bytes = MEM_NEW(int64_t, 2),
		.huge_page_count = 2,
		.has_kvm = TELL_YES,
		.kvm_mode = mem_strdup("VHE mode"),
		.kexec_file = TELL_YES,
		.hotplug_cpu = TELL_YES,
		.kexec_allowed = TELL_YES,
		.locked_down = TELL_NO,
		.has_watchdog = TELL_YES,
		.watchdog_stays = TELL_YES,
		.runtime_watchdog = TELL_YES,
		.kexec_watchdog = TELL_YES,
		.has_systemd = true,
		.is_root = true,
	};

	machine.huge_page_bytes[0] = 2 << 20;
	machine.huge_page_bytes[1] = 1 << 30;
	for (size_t i = 0; machine_programs[i]; i++)
		strv_add(&machine.programs, machine_programs[i]);
	return machine;
}

static void lose_programs(struct machine *machine)
{
	strv_clear(&machine->programs);
}

static void set_arch(struct machine *machine)
{
	free(machine->arch);
	machine->arch = mem_strdup("x86_64");
}

static void set_protected(struct machine *machine)
{
	free(machine->kvm_mode);
	machine->kvm_mode = mem_strdup("Protected nVHE mode");
}

static void lose_kvm(struct machine *machine)
{
	machine->has_kvm = TELL_NO;
}

static void lose_kexec(struct machine *machine)
{
	machine->kexec_file = TELL_NO;
}

static void lose_hotplug(struct machine *machine)
{
	machine->hotplug_cpu = TELL_NO;
}

static void hide_config(struct machine *machine)
{
	machine->kexec_file = machine->hotplug_cpu = TELL_UNKNOWN;
}

static void forbid_kexec(struct machine *machine)
{
	machine->kexec_allowed = TELL_NO;
}

static void lock_down(struct machine *machine)
{
	machine->locked_down = TELL_YES;
}

static void mix_cpus(struct machine *machine)
{
	machine->cpu_kinds = 2;
}

static void stop_watchdog(struct machine *machine)
{
	machine->watchdog_stays = TELL_NO;
}

static void start_no_watchdog(struct machine *machine)
{
	machine->runtime_watchdog = TELL_NO;
}

static void forget_kexec_watchdog(struct machine *machine)
{
	machine->kexec_watchdog = TELL_NO;
}

static void shrink(struct machine *machine)
{
	machine->memory_bytes = (int64_t)8 << 30;
}

static void lose_huge_pages(struct machine *machine)
{
	machine->huge_page_count = 0;
}

static void nothing(struct machine *machine)
{
	(void)machine;
}

static const struct {
	const char *sentence;
	void (*change)(struct machine *machine);
	bool local, build;
	enum doctor_level level; /* of the finding that says so */
	const char *says, *mend;
} rows[] = {
	{"a good server lacks nothing", nothing, true, true, DOCTOR_GOOD, "VHE mode", NULL},
	{"another architecture cannot be measured", set_arch, false, true, DOCTOR_MISSING,
		"x86_64, not arm64", "over ssh"},
	{"no KVM, no measurement", lose_kvm, false, true, DOCTOR_MISSING, "no /dev/kvm", "EL2"},
	{"protected KVM cannot be left", set_protected, false, true, DOCTOR_MISSING,
		"protected KVM", "kvm-arm.mode=protected"},
	{"a kernel without kexec_file_load", lose_kexec, false, true, DOCTOR_MISSING,
		"kexec_file_load", "CONFIG_KEXEC_FILE=y"},
	{"a kernel without CPU hotplug", lose_hotplug, false, true, DOCTOR_MISSING,
		"CPU hotplug", "CONFIG_HOTPLUG_CPU=y"},
	{"a configuration that cannot be read forbids nothing", hide_config, true, true,
		DOCTOR_UNKNOWN, "could not be read", "CONFIG_KEXEC_FILE"},
	{"kexec may be switched off until the next boot", forbid_kexec, false, true,
		DOCTOR_MISSING, "kexec_load_disabled", "sysctl.d"},
	{"Secure Boot locks unsigned kernels out", lock_down, false, true, DOCTOR_MISSING,
		"lockdown", "Secure Boot"},
	{"mixed CPUs are a matter of pinning", mix_cpus, true, true, DOCTOR_ADVICE, "2 kinds",
		"pin ="},
	{"a watchdog that stops before kexec helps nobody", stop_watchdog, true, true,
		DOCTOR_ADVICE, "stopped before kexec", "watchdog.stop_on_reboot=0"},
	{"a watchdog that nobody starts bites nobody", start_no_watchdog, true, true,
		DOCTOR_ADVICE, "RuntimeWatchdogSec", "RuntimeWatchdogSec=60"},
	{"a watchdog has to wait for a boot", forget_kexec_watchdog, true, true, DOCTOR_ADVICE,
		"KExecWatchdogSec", "KExecWatchdogSec=10min"},
	{"nobody has to install kexec-tools", nothing, true, true, DOCTOR_GOOD,
		"kexec-tools are not needed", NULL},
	{"a small machine cannot take the reference plan", shrink, true, true, DOCTOR_ADVICE,
		"does not fit", "smaller"},
	{"no huge pages, no scenarios on them", lose_huge_pages, false, true, DOCTOR_MISSING,
		"offers none", "CONFIG_HUGETLBFS"},
	{"no compiler, no builds", lose_programs, true, false, DOCTOR_MISSING, "no compiler",
		"gcc"},
};

static void each_lack_is_told_with_its_mend(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = good_machine();
		struct doctor_findings findings;
		bool said = false;

		rows[i].change(&machine);
		doctor_examine(&machine, &findings);
		for (size_t k = 0; k < findings.count; k++) {
			const struct doctor_finding *finding = &findings.items[k];

			if (finding->level != DOCTOR_GOOD && !finding->mend)
				fail_msg("%s: no mend for %s", rows[i].sentence, finding->text);
			said = said ||
			       (finding->level == rows[i].level &&
				       strstr(finding->text, rows[i].says) &&
				       (!rows[i].mend || strstr(finding->mend, rows[i].mend)));
		}
		if (!said || doctor_allows(&findings, DOCTOR_LOCAL) != rows[i].local ||
			doctor_allows(&findings, DOCTOR_BUILD) != rows[i].build)
			fail_msg("%s", rows[i].sentence);
		doctor_clear(&findings);
		machine_clear(&machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_lack_is_told_with_its_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
