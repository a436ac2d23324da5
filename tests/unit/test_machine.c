/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/machine.h"

#include <stdlib.h>

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *sentence, *facts, *mode, *want;
} rows[] = {
	{"no facts define nothing", NULL, NULL, ""},
	{"what a kernel chooses is left out",
		"release: 6.12.0\nversion: #1\nmachine: aarch64\n/proc/cmdline: x\n", NULL,
		"machine: aarch64"},
	{"the order of the facts does not matter",
		"/sys/class/dmi/id/bios_version: 2.1\npage-size: 4096\n"
		"/sys/class/dmi/id/bios_date: 2025\n",
		NULL,
		"/sys/class/dmi/id/bios_date: 2025\n/sys/class/dmi/id/bios_version: 2.1\n"
		"page-size: 4096"},
	{"processors by their identification",
		"/sys/devices/system/cpu/cpu0/regs/identification/midr_el1: 0x410fd083\n"
		"/sys/devices/system/cpu/cpu0/cpuidle/state0/disable: 0\n",
		NULL, "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1: 0x410fd083"},
	{"the mode of KVM", NULL, "VHE mode", "kvm-mode: VHE mode"},
	{"memory is what the machine has, not what a kernel leaves",
		"/proc/meminfo: MemTotal:        2013264 kB\n"
		"/proc/meminfo: MemFree:         1 kB\n",
		NULL, "memory: 2097152 KiB"},
	{"a larger kernel leaves the same memory",
		"/proc/meminfo: MemTotal:        1999100 kB\n", NULL, "memory: 2097152 KiB"},
	{"odd sizes of memory", "/proc/meminfo: MemTotal: 98000000 kB\n", NULL,
		"memory: 100663296 KiB"},
	{"a small machine", "/proc/meminfo: MemTotal: 3 kB\n", NULL, "memory: 3 KiB"},
	{"memory that is no number", "/proc/meminfo: MemTotal: none\n", NULL, ""},
	{"memory that is too much", "/proc/meminfo: MemTotal: 99999999999999999999 kB\n", NULL,
		""},
	{"a line without a key", "machine aarch64\n: \n", NULL, ""},
};

static void identities(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *got = machine_identity(rows[i].facts, rows[i].mode);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", rows[i].sentence, got,
				rows[i].want);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(identities)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
