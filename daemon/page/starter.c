/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/starter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/number.h"

enum { COLUMNS = 86, CPUS_EMULATED = 2, MB_EMULATED = 2048 };

/* The reference plan: sixteen pages of 1G, and room for the system. */
#define REFERENCE_BYTES ((int64_t)24 << 30)
#define GIGABYTE	((int64_t)1 << 30)

/* Comment lines, folded at blanks; what could end the comment becomes a blank. */
static void put_comment(FILE *out, const char *indent, const char *text)
{
	size_t column = 0;

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, " \t\r\n");

		if (column && column + length + 1 > COLUMNS) {
			putc('\n', out);
			column = 0;
		}
		if (column)
			putc(' ', out);
		else
			column = (size_t)fprintf(out, "# %s", indent);
		for (size_t i = 0; i < length; i++)
			putc(iscntrl((unsigned char)at[i]) ? ' ' : at[i], out);
		column += length + 1;
		at += length;
		at += strspn(at, " \t\r\n");
	}
	putc('\n', out);
}

static bool has_1g(const struct machine *machine)
{
	for (size_t i = 0; i < machine->huge_page_count; i++)
		if (machine->huge_page_bytes[i] == GIGABYTE)
			return true;
	return false;
}

/* ---- what was found ---- */

static char *sizes_of(const struct machine *machine)
{
	auto_str struct str text = STR_INIT;
	char size[NUMBER_BYTES];

	for (size_t i = 0; i < machine->huge_page_count; i++) {
		number_bytes(machine->huge_page_bytes[i], size);
		str_addf(&text, "%s%s", i ? ", " : "", size);
	}
	return mem_strdup(text.length ? str_text(&text) : "none");
}

static void put_found(
	FILE *out, const struct machine *machine, const struct doctor_findings *findings)
{
	auto_free char *sizes = sizes_of(machine);
	auto_free char *line = NULL;
	char memory[NUMBER_BYTES];

	number_bytes(machine->memory_bytes, memory);
	line = mem_printf("CPUs: %d%s; memory: %s; huge pages: %s; KVM: %s; kexec: %s.",
		machine->cpus, machine->cpu_kinds > 1 ? " of several kinds" : "", memory, sizes,
		machine->kvm_mode	       ? machine->kvm_mode
		: machine->has_kvm == TELL_YES ? "there, its mode is not known"
					       : "none",
		doctor_allows(findings, DOCTOR_LOCAL) ? "possible" : "not possible");
	put_comment(out, "", line);
}

static void put_missing(FILE *out, const struct doctor_findings *findings)
{
	bool any = false;

	for (size_t i = 0; i < findings->count; i++) {
		const struct doctor_finding *finding = &findings->items[i];
		auto_free char *line =
			mem_printf("%s %s", doctor_level_word(finding->level), finding->text);
		auto_free char *mend = NULL;

		if (finding->level == DOCTOR_GOOD)
			continue;
		if (!any)
			fputs("#\n# What is missing or could be better, and how to mend it:\n",
				out);
		any = true;
		put_comment(out, "  ", line);
		if (finding->mend) {
			mend = mem_printf("-> %s", finding->mend);
			put_comment(out, "      ", mend);
		}
	}
}

/* ---- hosts ---- */

/* A name as sections take it: the host name's first part, or one that fits all. */
static char *name_of(const struct machine *machine)
{
	size_t length = strcspn(machine->name, ".");

	if (length == 0 || length > 63 || !isalnum((unsigned char)machine->name[0]))
		return mem_strdup("this-machine");
	return mem_strndup(machine->name, length);
}

static void put_kernel(FILE *out, bool is_local)
{
	fprintf(out,
		"\n[kernel]\n"
		"# Test kernels get the configuration of the kernel that runs here, and what "
		"they\n"
		"# need to be measured. A path names another one.\n"
		"%sbase = running\n"
		"# A program that is asked for each kernel before it is built here: a faster\n"
		"# machine may build them, see kvmperf.conf(5).\n"
		"#prebuilt = /usr/local/sbin/kernel-from-builder\n",
		is_local ? "" : "#");
}

static void put_local(FILE *out, const struct machine *machine, bool is_possible)
{
	auto_free char *name = name_of(machine);
	const char *off = is_possible ? "" : "#";

	fprintf(out,
		"\n# This machine itself: its golden kernel, which firmware boots, enters "
		"each\n"
		"# test kernel by kexec and comes back by a reboot. Test kernels get golden's\n"
		"# command line by rules; kernel-parameters would give them another.\n"
		"%s[host %s]\n%sdriver = local\n",
		off, name, off);
	fputs("# Another machine, over ssh; log in once by hand to accept its host key. When "
	      "it\n"
	      "# can be switched from outside, a kernel that hangs needs nobody's help.\n"
	      "#[host lab-1]\n#driver = ssh\n#address = root@lab-1.example.org\n"
	      "#power-off = ipmitool -H lab-1-bmc.example.org chassis power off\n"
	      "#power-on = ipmitool -H lab-1-bmc.example.org chassis power on\n",
		out);
}

static void put_emulated(FILE *out, const struct machine *machine, bool is_needed)
{
	const char *off = is_needed ? "" : "#";
	int64_t spare_mb = machine->memory_bytes / 2 / (1 << 20);

	fprintf(out,
		"\n# An emulated machine, for trying things out: it counts instructions, "
		"never\n"
		"# time. Two CPUs of this machine stay busy while it runs.\n"
		"%s[host emulated]\n%sdriver = qemu\n%scpus = %d\n%smemory-mb = %d\n",
		off, off, off, CPUS_EMULATED, off,
		machine->memory_bytes && spare_mb < MB_EMULATED
			? (spare_mb < 1024 ? 1024 : (int)spare_mb)
			: MB_EMULATED);
}

/* ---- what is watched ---- */

static const char *plan_of(const struct machine *machine, bool is_local)
{
	return !is_local ? "dirty-log-emulated"
	       : has_1g(machine) && machine->memory_bytes >= REFERENCE_BYTES
		       ? "dirty-log"
		       : "/etc/kvmperf/small.plan";
}

static void put_branch(FILE *out, const struct machine *machine, bool is_local)
{
	const char *plan = plan_of(machine, is_local);

	fputs("\n# What is watched. First measure the noise of the host (kvmperf noise HOST), "
	      "then\n"
	      "# take the # away.\n",
		out);
	if (plan[0] == '/')
		fputs("# The reference plan wants 24 GiB and pages of 1 GiB: copy it from\n"
		      "# /usr/share/doc/kvmperf/examples/ and make it smaller, see "
		      "kvmperf-plan(5).\n",
			out);
	else if (is_local && machine->cpus < 4)
		fputs("# The reference plan pins the test to CPUs 2 and 3, which are not "
		      "there:\n"
		      "# copy it and change pin, see kvmperf-plan(5).\n",
			out);
	fprintf(out,
		"#[branch kvmarm-next]\n"
		"#repository = "
		"git://git.kernel.org/pub/scm/linux/kernel/git/kvmarm/kvmarm.git\n"
		"#ref = next\n#plan = %s\n#baseline = parent\n",
		plan);
}

void starter_write(FILE *out, const struct machine *machine,
	const struct doctor_findings *findings, const char *state)
{
	bool is_local = doctor_allows(findings, DOCTOR_LOCAL);
	auto_free char *head =
		mem_printf("kvmperf on %s: %s, kernel %s. Written by kvmperf init.",
			machine->name, machine->arch, machine->release);

	put_comment(out, "", head);
	put_found(out, machine, findings);
	put_missing(out, findings);
	fputs("#\n# kvmperf doctor looks again, kvmperf check-config --config FILE tells what "
	      "this\n"
	      "# file means, kvmperf.conf(5) has every key.\n",
		out);
	fprintf(out,
		"\n[kvmperf]\n# Store, images, pages: some 20 GB for a busy branch.\nstate = "
		"%s\n",
		state);
	fputs("\n[service]\n# How long images and logs that nobody needs are kept.\n#keep-days "
	      "= 30\n"
	      "#keep-gb = 100\n",
		out);
	put_kernel(out, is_local);
	put_local(out, machine, is_local);
	put_emulated(out, machine, !is_local);
	put_branch(out, machine, is_local);
	fputs("\n# Mails stay in the outbox, dry, until these three are given.\n"
	      "[mail]\n#from = kvmperf <kvmperf@example.org>\n#to = you@example.org\n"
	      "#smtp = smtp://localhost:25\n",
		out);
}
