/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "rules/health.h"

#define CPUS                                    \
	"/sys/devices/system/cpu/online: 0-7\n" \
	"/sys/devices/system/cpu/possible: 0-7\n"
#define GOOD "release: 6.1\nkvm: present\n/proc/sys/kernel/tainted: 0\n"
#define MODE "<6>[ 0.5] kvm [1]: VHE mode initialized successfully\n"

static void a_host_is_fit_by_what_it_tells(void **state)
{
	static const struct {
		const char *sentence, *facts, *dmesg;
		bool fit;
		const char *text; /* must be in it */
	} rows[] = {
		{"all is well", GOOD CPUS, MODE, true, "golden 6.1, VHE mode, CPUs 0-7"},
		{"the log has wrapped", GOOD CPUS, "", true, "no longer tells"},
		{"a taint", "kvm: present\n/proc/sys/kernel/tainted: 1024\n" CPUS, MODE, false,
			"tainted: 1024"},
		{"no KVM", "kvm: No such file or directory\n/proc/sys/kernel/tainted: 0\n" CPUS,
			MODE, false, "/dev/kvm cannot be opened: No such file"},
		{"a CPU that stays off",
			GOOD "/sys/devices/system/cpu/online: 0-6\n"
			     "/sys/devices/system/cpu/possible: 0-7\n",
			MODE, false, "CPUs 0-6 are online of 0-7"},
		{"nothing is told", "", "", false, "tainted: unknown"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *text = NULL;

		if (health_judge(rows[i].facts, rows[i].dmesg, &text) != rows[i].fit ||
			!strstr(text, rows[i].text))
			fail_msg("%s: %s", rows[i].sentence, text);
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
		cmocka_unit_test(a_failure_is_somebodys_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
