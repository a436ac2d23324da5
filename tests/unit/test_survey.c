/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/survey.h"

#include <stdlib.h>

#include "scratch.h"
#include "support.h"

#include "base/mem.h"
#include "sys/fs.h"

static const struct {
	const char *path, *text;
} files[] = {
	{"proc/sys/kernel/osrelease", "6.1.0-28-arm64\n"},
	{"proc/sys/kernel/arch", "aarch64\n"},
	{"proc/sys/kernel/hostname", "..Lab_7.example\n"},
	{"proc/sys/kernel/kexec_load_disabled", "0\n"},
	{"proc/cpuinfo",
		"processor\t: 0\nCPU part\t: 0xd0c\n\nprocessor\t: 1\nCPU part\t: 0xd0c\n\n"
		"processor\t: 2\nCPU part\t: 0xd40\n"},
	{"proc/meminfo", "MemTotal:       131883904 kB\nMemFree: 1 kB\n"},
	{"proc/cmdline", "root=/dev/sda2 watchdog.stop_on_reboot=0\n"},
	{"sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0\n"},
	{"sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n"},
	{"sys/kernel/security/lockdown", "none [integrity] confidentiality\n"},
	{"boot/config-6.1.0-28-arm64",
		"CONFIG_KEXEC_FILE=y\n# CONFIG_HOTPLUG_CPU is not set\n"},
	{"var/log/dmesg", "[    0.1] kvm [1]: Hyp nVHE mode initialized successfully\n"},
	{"dev/kvm", ""},
	{"dev/watchdog0", ""},
	{"run/systemd/system/x", ""},
	{"etc/systemd/system.conf",
		"[Manager]\n#KExecWatchdogSec=off\nRuntimeWatchdogSec=off\nKExecWatchdogSec = "
		"5\n"},
	{"etc/systemd/system.conf.d/50-a.conf", "[Manager]\nRuntimeWatchdogSec=60\n"},
	{"etc/systemd/system.conf.d/60-b.conf", "[Manager]\nKExecWatchdogSec=0\n"},
	{"etc/systemd/system.conf.d/70-c.conf.off", "KExecWatchdogSec=9\n"},
};

static void make_files(const char *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_free char *path = mem_printf("%s/%s", root, files[i].path);
		char *slash = strrchr(path, '/');

		*slash = '\0';
		assert_int_equal(fs_make_folder(path, NULL), 0);
		*slash = '/';
		scratch_write(path, files[i].text);
	}
}

static void what_files_say_is_found(void **state)
{
	auto_scratch char *root = scratch_make();
	struct machine machine;

	(void)state;
	make_files(root);
	survey_machine(root, &machine);
	assert_string_equal(machine.arch, "aarch64");
	assert_string_equal(machine.release, "6.1.0-28-arm64");
	assert_string_equal(machine.name, "lab7.example");
	assert_int_equal(machine.cpus, 3);
	assert_int_equal(machine.cpu_kinds, 2);
	assert_int_equal(machine.memory_bytes, 131883904LL * 1024);
	assert_int_equal(machine.huge_page_count, 2);
	assert_int_equal(machine.huge_page_bytes[0], 2 << 20);
	assert_int_equal(machine.huge_page_bytes[1], 1 << 30);
	assert_int_equal(machine.has_kvm, TELL_YES);
	assert_string_equal(machine.kvm_mode, "Hyp nVHE mode");
	assert_int_equal(machine.kexec_file, TELL_YES);
	assert_int_equal(machine.hotplug_cpu, TELL_NO);
	assert_int_equal(machine.kexec_allowed, TELL_YES);
	assert_int_equal(machine.locked_down, TELL_YES);
	assert_int_equal(machine.has_watchdog, TELL_YES);
	assert_int_equal(machine.watchdog_stays, TELL_YES);
	assert_int_equal(machine.runtime_watchdog, TELL_YES);
	assert_int_equal(machine.kexec_watchdog, TELL_NO);
	assert_true(machine.has_systemd);
	assert_int_equal(machine.programs.count, 0);
	machine_clear(&machine);
}

static void an_empty_machine_is_unknown_not_an_error(void **state)
{
	auto_scratch char *root = scratch_make();
	struct machine machine;

	(void)state;
	survey_machine(root, &machine);
	assert_int_equal(machine.cpus, 0);
	assert_int_equal(machine.has_kvm, TELL_NO);
	assert_null(machine.kvm_mode);
	assert_int_equal(machine.kexec_file, TELL_UNKNOWN);
	assert_int_equal(machine.kexec_allowed, TELL_UNKNOWN);
	assert_true(machine.release[0] != '\0');
	machine_clear(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_machine_is_unknown_not_an_error),
		cmocka_unit_test(what_files_say_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
