/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "rules/health.h"

#define CPUS                                    \
	"/sys/devices/system/cpu/online: 0-7\n" \
	"/sys/devices/system/cpu/possible: 0-7\n"
#define GOOD "release: 6.1\nkvm: present\n/proc/sys/kernel/tainted: 0\n"
#define MEMORY                                                        \
	"/proc/meminfo: MemTotal: 2013264 kB\n"                       \
	"/sys/devices/system/node/node0/cpulist: 0-3\n"               \
	"/sys/devices/system/node/node1/cpulist: 4-7\n"               \
	"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages: 0\n" \
	"/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages: 0\n"
#define MODE "<6>[ 0.5] kvm [1]: VHE mode initialized successfully\n"
#define CAN  "kexec: loads\nscore-us: 900\n"

static void a_host_is_fit_by_what_it_tells(void **state)
{
	static const struct {
		const char *sentence, *facts, *dmesg, *check;
		bool fit;
		const char *text; /* must be in it */
	} rows[] = {
		{"all is well", GOOD CPUS, MODE, CAN, true, "golden 6.1, VHE mode, CPUs 0-7"},
		{"the log has wrapped", GOOD CPUS, "", CAN, true, "no longer tells"},
		{"what its memory is", GOOD CPUS MEMORY, MODE, CAN, true,
			"MemTotal: 2013264 kB, 2 NUMA nodes, huge pages of 2048kB 1048576kB, "
			"kexec "
			"loads"},
		{"a taint", "kvm: present\n/proc/sys/kernel/tainted: 1024\n" CPUS, MODE, CAN,
			false, "tainted: 1024"},
		{"no KVM", "kvm: No such file or directory\n/proc/sys/kernel/tainted: 0\n" CPUS,
			MODE, CAN, false, "/dev/kvm cannot be opened: No such file"},
		{"a CPU that stays off",
			GOOD "/sys/devices/system/cpu/online: 0-6\n"
			     "/sys/devices/system/cpu/possible: 0-7\n",
			MODE, CAN, false, "CPUs 0-6 are online of 0-7"},
		{"LPI tables that cannot be moved", GOOD CPUS,
			MODE "[ 0.1] GICv3: CPU0: Booted with LPIs enabled, memory probably "
			     "corrupted\n",
			CAN, false, "not fit for kexec: Booted with LPIs enabled"},
		{"a kernel that was loaded", GOOD CPUS "/sys/kernel/kexec_loaded: 1\n", MODE,
			CAN, false, "has loaded a kernel"},
		{"none is loaded", GOOD CPUS "/sys/kernel/kexec_loaded: 0\n", MODE, CAN, true,
			"6.1"},
		{"a CPU that cannot be switched off", GOOD CPUS, MODE,
			"kexec: Device or resource busy\n", false,
			"cannot load a kernel: Device or resource busy"},
		{"nothing was tried", GOOD CPUS, MODE, "", false,
			"cannot load a kernel: unknown"},
		{"nothing is told", "", "", "", false, "tainted: unknown"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct health health = {
			.facts = rows[i].facts, .dmesg = rows[i].dmesg, .check = rows[i].check};
		struct health_answer answer;

		health_judge(&health, &answer);
		if (answer.is_fit != rows[i].fit || !strstr(answer.text, rows[i].text))
			fail_msg("%s: %s", rows[i].sentence, answer.text);
		free(answer.text);
	}
}

static void a_host_is_the_machine_that_it_was(void **state)
{
	static const char one[] = "memory: 8 KiB\npage-size: 4096";
	static const struct {
		const char *sentence, *identity, *known;
		bool keeps_time;
		const char *check;
		int64_t known_us;
		const char *text; /* NULL: it is fit */
		int64_t score_us;
	} rows[] = {
		{"a new one", one, NULL, true, CAN, 0, NULL, 900},
		{"the same", one, one, true, CAN, 900, NULL, 900},
		{"a memory module less", "memory: 4 KiB\npage-size: 4096", one, true, CAN, 900,
			"it had \"memory: 8 KiB\", and has \"memory: 4 KiB\"", 900},
		{"a node less", "page-size: 4096", one, true, CAN, 900,
			"it had \"memory: 8 KiB\", and has \"nothing\"", 900},
		{"a bit slower", one, one, true, CAN, 700, NULL, 900},
		{"held down", one, one, true, CAN, 600, "takes 900 us, and took 600 us", 900},
		{"faster than it can be", one, one, true, CAN, 1350,
			"takes 900 us, and took 1350", 900},
		{"one that is emulated has no speed", one, one, false, CAN, 10, NULL, 0},
		{"no score", one, one, true, "kexec: loads\n", 900, NULL, 0},
		{"nonsense for a score", one, one, true, "kexec: loads\nscore-us: -5\n", 900,
			NULL, 0},
		{"a score without end", one, one, true,
			"kexec: loads\nscore-us: 99999999999999999999999\n", 900, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct health health = {GOOD CPUS, MODE, rows[i].check,
			rows[i].keeps_time, rows[i].identity, rows[i].known, rows[i].known_us};
		struct health_answer answer;

		health_judge(&health, &answer);
		if (answer.is_fit != !rows[i].text || answer.score_us != rows[i].score_us ||
			(rows[i].text && !strstr(answer.text, rows[i].text)))
			fail_msg("%s: %s, score %lld", rows[i].sentence, answer.text,
				(long long)answer.score_us);
		free(answer.text);
	}
}

static void a_failure_is_somebodys_fault(void **state)
{
	static const struct {
		const char *sentence;
		int code;
		enum health_blame blame;
	} rows[] = {
		{"nobody answers", -ETIMEDOUT, HEALTH_HOSTS},
		{"the link breaks", -EPIPE, HEALTH_HOSTS},
		{"the power does not switch", -EIO, HEALTH_HOSTS},
		{"it came back as something else", -EHOSTDOWN, HEALTH_FINAL},
		{"it has another host key", -EKEYREJECTED, HEALTH_FINAL},
		{"another process has it", -EBUSY, HEALTH_OURS},
		{"we were stopped", -EINTR, HEALTH_OURS},
		{"our disk is full", -ENOSPC, HEALTH_OURS},
		{"our runner is not there", -ENOENT, HEALTH_OURS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (health_blame(rows[i].code) != rows[i].blame)
			fail_msg("%s", rows[i].sentence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_fit_by_what_it_tells),
		cmocka_unit_test(a_host_is_the_machine_that_it_was),
		cmocka_unit_test(a_failure_is_somebodys_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
