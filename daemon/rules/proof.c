/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/proof.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/facts.h"

#define CMDLINE_MAX 2047 /* COMMAND_LINE_SIZE of arm64, less the NUL */

int proof_cmdline(const char *host_cmdline, const struct plan *plan, uint64_t mark, char **ret,
	struct err *err)
{
	long long kilobytes = (long long)plan->huge_page_bytes / 1024;
	auto_str struct str line = STR_INIT;

	str_add(&line, host_cmdline);
	if (plan->huge_pages)
		str_addf(&line, " default_hugepagesz=%lldK hugepagesz=%lldK hugepages=%d",
			kilobytes, kilobytes, plan->huge_pages);
	if (plan->cmdline && *plan->cmdline)
		str_addf(&line, " %s", plan->cmdline);
	str_addf(&line, " " PROOF_MARK "%016llx", (unsigned long long)mark);
	if (line.length > CMDLINE_MAX)
		return err_set(err, -E2BIG,
			"plan %s: the kernel command line has %zu characters, arm64 takes %d",
			plan->name, line.length, CMDLINE_MAX);
	*ret = str_take(&line);
	return 0;
}

void proof_fail(struct boot_report *report, enum failure failure, enum symptom symptom,
	const char *format, ...)
{
	auto_str struct str reason = STR_INIT;
	va_list args;

	va_start(args, format);
	str_addv(&reason, format, args);
	va_end(args);
	report->failure = failure;
	report->symptom = symptom;
	free(report->reason);
	report->reason = str_take(&reason);
}

static const char *text_of(const char *text)
{
	return text ? text : "";
}

static void read_facts(struct boot_report *report)
{
	const char *facts = text_of(report->facts);
	auto_free char *taint = facts_value(facts, "/proc/sys/kernel/tainted");

	free(report->release);
	free(report->build_id);
	free(report->cmdline);
	free(report->kvm_mode);
	report->release = facts_value(facts, "release");
	report->build_id = facts_value(facts, "build-id");
	report->cmdline = facts_value(facts, "/proc/cmdline");
	report->kvm_mode = facts_kvm_mode(text_of(report->dmesg));
	report->taint = taint ? strtoull(taint, NULL, 10) : 0;
}

/* Golden came back, as it should. */
static void judge_fallback(
	struct boot_report *report, const struct kernel *kernel, const char *golden_release)
{
	auto_free char *panic =
		facts_last(text_of(report->console), "Kernel panic - not syncing");

	if (strcmp(text_of(report->release), golden_release) != 0)
		proof_fail(report, FAILURE_HOST, SYMPTOM_WRONG_RELEASE,
			"%s runs, which is neither %s nor the golden kernel %s: somebody must "
			"look at the host",
			report->release ? report->release : "an unknown kernel",
			kernel->release, golden_release);
	else if (panic)
		proof_fail(report, FAILURE_KERNEL, SYMPTOM_PANIC, "%s panicked at boot: %s",
			kernel->release, panic);
	else
		proof_fail(report, FAILURE_KERNEL, SYMPTOM_RESET,
			"%s reset the machine at boot; the golden kernel %s came back",
			kernel->release, text_of(report->release));
}

static void judge_identity(struct boot_report *report, const struct kernel *kernel)
{
	if (strcmp(text_of(report->release), kernel->release) != 0)
		proof_fail(report, FAILURE_KEXEC, SYMPTOM_WRONG_RELEASE,
			"%s runs where %s was loaded", text_of(report->release),
			kernel->release);
	else if (strcmp(text_of(report->build_id), kernel->build_id) != 0)
		proof_fail(report, FAILURE_KEXEC, SYMPTOM_WRONG_BUILD_ID,
			"%s runs with build-id %s, %s was built", kernel->release,
			report->build_id ? report->build_id : "unknown", kernel->build_id);
}

static void judge_health(struct boot_report *report, const struct kernel *kernel)
{
	const char *dmesg = text_of(report->dmesg);
	auto_free char *device = facts_value(text_of(report->facts), "kvm");
	auto_free char *said = facts_last(dmesg, "kvm [");
	auto_free char *corrupted = facts_gic_fault(dmesg);

	if (corrupted)
		proof_fail(report, FAILURE_HOST, SYMPTOM_TAINTED,
			"the host is not fit for kexec: %s", corrupted);
	else if (!report->kvm_mode || !device || strcmp(device, "present") != 0)
		proof_fail(report, FAILURE_KERNEL, SYMPTOM_NO_KVM,
			"%s came up without KVM: /dev/kvm is %s, the log says \"%s\"",
			kernel->release,
			device && strcmp(device, "present") == 0 ? "there" : "not there",
			said ? said : "nothing about kvm");
	else if (report->taint)
		proof_fail(report, FAILURE_KERNEL, SYMPTOM_TAINTED,
			"%s came up tainted: /proc/sys/kernel/tainted is %llu", kernel->release,
			(unsigned long long)report->taint);
}

void proof_judge(struct boot_report *report, const struct kernel *kernel, const char *cmdline,
	const char *golden_release)
{
	read_facts(report);
	if (strcmp(text_of(report->cmdline), cmdline) != 0) {
		judge_fallback(report, kernel, golden_release);
		return;
	}
	judge_identity(report, kernel);
	if (report->failure == FAILURE_NONE)
		judge_health(report, kernel);
}
