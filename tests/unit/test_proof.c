/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "rules/proof.h"

#define CMDLINE "console=ttyAMA0 kvmperf.boot=1"
#define FACTS                                           \
	"kvm: present\nrelease: 6.12-x\nbuild-id: ab\n" \
	"/proc/cmdline: " CMDLINE "\n/proc/sys/kernel/tainted: 0\n"
#define GOLDEN                                          \
	"kvm: present\nrelease: golden\nbuild-id: cd\n" \
	"/proc/cmdline: console=ttyAMA0\n/proc/sys/kernel/tainted: 0\n"
#define DMESG "<6>[ 0.5] kvm [1]: Hyp nVHE mode initialized successfully\n"

static char built_release[] = "6.12-x", built_id[] = "ab";

static const struct row {
	const char *sentence;
	const char *facts, *dmesg, *console;
	enum failure failure;
	enum symptom symptom;
	const char *reason; /* must be in it */
} rows[] = {
	{"the kernel that was asked for", FACTS, DMESG, "", FAILURE_NONE, SYMPTOM_NONE, NULL},
	{"golden after a panic", GOLDEN, DMESG,
		"[ 1.2] Kernel panic - not syncing: No working init found.\r\n", FAILURE_KERNEL,
		SYMPTOM_PANIC, "panicked at boot: Kernel panic - not syncing: No working init"},
	{"golden after a silent reset", GOLDEN, DMESG, "[ 0.0] Booting\r\n", FAILURE_KERNEL,
		SYMPTOM_RESET, "the golden kernel golden came back"},
	{"another release",
		"kvm: present\nrelease: 6.12-y\nbuild-id: ab\n/proc/cmdline: " CMDLINE "\n",
		DMESG, "", FAILURE_KEXEC, SYMPTOM_WRONG_RELEASE, "6.12-y runs where 6.12-x"},
	{"another image of the same release",
		"kvm: present\nrelease: 6.12-x\nbuild-id: ee\n/proc/cmdline: " CMDLINE "\n",
		DMESG, "", FAILURE_KEXEC, SYMPTOM_WRONG_BUILD_ID, "build-id ee, ab was built"},
	{"an image without build-id",
		"kvm: present\nrelease: 6.12-x\n/proc/cmdline: " CMDLINE "\n", DMESG, "",
		FAILURE_KEXEC, SYMPTOM_WRONG_BUILD_ID, "build-id unknown"},
	{"KVM switched off", FACTS, "<6>[ 0.5] kvm [1]: KVM disabled from command line\n", "",
		FAILURE_KERNEL, SYMPTOM_NO_KVM, "the log says \"kvm [1]: KVM disabled"},
	{"no /dev/kvm",
		"kvm: No such file or directory\nrelease: 6.12-x\nbuild-id: ab\n"
		"/proc/cmdline: " CMDLINE "\n",
		DMESG, "", FAILURE_KERNEL, SYMPTOM_NO_KVM, "/dev/kvm is not there"},
	{"a warning at boot",
		"kvm: present\nrelease: 6.12-x\nbuild-id: ab\n/proc/cmdline: " CMDLINE "\n"
		"/proc/sys/kernel/tainted: 512\n",
		DMESG, "", FAILURE_KERNEL, SYMPTOM_TAINTED, "tainted is 512"},
	{"LPI tables in the way", FACTS,
		DMESG "GICv3: CPU0: Booted with LPIs enabled, memory probably corrupted\n", "",
		FAILURE_HOST, SYMPTOM_TAINTED, "memory probably corrupted"},
	{"a kernel that nobody knows", "release: 5.10-other\n/proc/cmdline: quiet\n", DMESG, "",
		FAILURE_HOST, SYMPTOM_WRONG_RELEASE,
		"5.10-other runs, which is neither 6.12-x nor the golden kernel golden"},
	{"facts that tell nothing", "", "", "", FAILURE_HOST, SYMPTOM_WRONG_RELEASE,
		"an unknown kernel runs"},
};

static void a_boot_is_judged_by_what_it_says(void **state)
{
	struct kernel kernel = {.release = built_release, .build_id = built_id};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct boot_report report = {.facts = mem_strdup(row->facts),
			.dmesg = mem_strdup(row->dmesg),
			.console = mem_strdup(row->console)};

		proof_judge(&report, &kernel, CMDLINE, "golden");
		if (report.failure != row->failure || report.symptom != row->symptom)
			fail_msg("%s: %s, %s (%s)", row->sentence, failure_name(report.failure),
				symptom_name(report.symptom),
				report.reason ? report.reason : "no reason");
		if (row->reason && !strstr(report.reason, row->reason))
			fail_msg("%s: the reason is \"%s\"", row->sentence, report.reason);
		if (!row->reason)
			assert_null(report.reason);
		boot_report_clear(&report);
	}
}

static void what_came_up_is_noted(void **state)
{
	struct kernel kernel = {.release = built_release, .build_id = built_id};
	struct boot_report report = {.facts = mem_strdup(FACTS), .dmesg = mem_strdup(DMESG)};

	(void)state;
	proof_judge(&report, &kernel, CMDLINE, "golden");
	assert_string_equal(report.release, "6.12-x");
	assert_string_equal(report.build_id, "ab");
	assert_string_equal(report.cmdline, CMDLINE);
	assert_string_equal(report.kvm_mode, "Hyp nVHE mode");
	assert_int_equal(report.taint, 0);
	boot_report_clear(&report);
}

static char nothing[] = "", parameters[] = "nokaslr", wide[] = "wide";

static void the_command_line_holds_host_plan_and_mark(void **state)
{
	static const struct {
		const char *sentence;
		struct plan plan;
		const char *want;
	} lines[] = {
		{"nothing from the plan", {.cmdline = nothing},
			"c kvmperf.boot=00000000000000ff"},
		{"huge pages of 1G", {.huge_page_bytes = 1 << 30, .huge_pages = 17},
			"c default_hugepagesz=1048576K hugepagesz=1048576K hugepages=17 "
			"kvmperf.boot=00000000000000ff"},
		{"parameters of the plan", {.cmdline = parameters},
			"c nokaslr kvmperf.boot=00000000000000ff"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		auto_free char *line = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(proof_cmdline("c", &lines[i].plan, 255, &line, &err), 0);
		if (strcmp(line, lines[i].want) != 0)
			fail_msg("%s: \"%s\"", lines[i].sentence, line);
	}
}

static void a_command_line_that_arm64_would_cut_is_refused(void **state)
{
	auto_free char *line = NULL, *longest = mem_new(2100, 1);
	struct plan plan = {.name = wide};
	struct err err = ERR_INIT;

	(void)state;
	memset(longest, 'x', 2047 - 30);
	plan.cmdline = longest;
	assert_int_equal(proof_cmdline("", &plan, 1, &line, &err), -E2BIG);
	assert_non_null(strstr(err.text, "plan wide: the kernel command line has 2048"));
	assert_null(line);
	longest[2047 - 31] = '\0';
	assert_int_equal(proof_cmdline("", &plan, 1, &line, &err), 0);
	assert_int_equal(strlen(line), 2047);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_is_judged_by_what_it_says),
		cmocka_unit_test(what_came_up_is_noted),
		cmocka_unit_test(the_command_line_holds_host_plan_and_mark),
		cmocka_unit_test(a_command_line_that_arm64_would_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
