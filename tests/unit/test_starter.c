/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/starter.h"

#include <stdlib.h>

#include "support.h"

#include "base/mem.h"
#include "config/settings.h"
#include "string/str.h"

static struct machine server(void)
{
	struct machine machine = {
		.arch = mem_strdup("aarch64"),
		.release = mem_strdup("6.12.0"),
		.name = mem_strdup("altra-03.lab.example.org"),
		.kvm_mode = mem_strdup("VHE mode"),
		.cpus = 80,
		.cpu_kinds = 1,
		.memory_bytes = (int64_t)256 << 30,
		.huge_page_bytes = MEM_NEW(int64_t, 2),
		.huge_page_count = 2,
		.has_kvm = TELL_YES,
		.kexec_file = TELL_YES,
		.hotplug_cpu = TELL_YES,
		.kexec_allowed = TELL_YES,
		.has_watchdog = TELL_NO,
		.has_systemd = true,
		.is_root = true,
	};

	machine.huge_page_bytes[0] = 2 << 20;
	machine.huge_page_bytes[1] = 1 << 30;
	return machine;
}

static void nothing(struct machine *machine)
{
	(void)machine;
}

static void other_arch(struct machine *machine)
{
	free(machine->arch);
	machine->arch = mem_strdup("x86_64");
}

static void no_kexec(struct machine *machine)
{
	machine->kexec_file = TELL_NO;
}

static void small(struct machine *machine)
{
	machine->memory_bytes = (int64_t)4 << 30;
}

static void few_cpus(struct machine *machine)
{
	machine->cpus = 2;
}

static void no_name(struct machine *machine)
{
	free(machine->name);
	machine->name = mem_strdup("-.x");
}

static void hostile(struct machine *machine)
{
	free(machine->release);
	free(machine->kvm_mode);
	machine->release = mem_strdup("6.12\n[host evil]\ndriver = qemu\n");
	machine->kvm_mode = mem_strdup("\r[mail]\033[31m\nfrom = x");
}

static void tiny(struct machine *machine)
{
	other_arch(machine);
	machine->memory_bytes = (int64_t)512 << 20;
}

static const struct row {
	const char *name;
	void (*change)(struct machine *machine);
	const char *host; /* the only one that is in use */
	enum host_driver driver;
	const char *says;
} rows[] = {
	{"a good server measures itself, with the reference plan", nothing, "altra-03",
		HOST_LOCAL, "#plan = dirty-log\n"},
	{"what was found is told", nothing, "altra-03", HOST_LOCAL,
		"# CPUs: 80; memory: 256 GiB; huge pages: 2 MiB, 1 GiB; KVM: VHE mode; kexec: "
		"possible.\n"},
	{"its kernels are laid over its own configuration", nothing, "altra-03", HOST_LOCAL,
		"\nbase = running\n"},
	{"what could be better is told with its mend", nothing, "altra-03", HOST_LOCAL,
		"advice watchdog: none"},
	{"a small machine is told to make a plan of its own", small, "altra-03", HOST_LOCAL,
		"#plan = /etc/kvmperf/small.plan\n"},
	{"a machine of two CPUs is told to pin otherwise", few_cpus, "altra-03", HOST_LOCAL,
		"change pin"},
	{"another architecture gets an emulated host", other_arch, "emulated", HOST_QEMU,
		"#base = running\n"},
	{"where kexec is missing the mend is told", no_kexec, "emulated", HOST_QEMU,
		"-> set CONFIG_KEXEC_FILE=y"},
	{"a host name that is none gets another", no_name, "this-machine", HOST_LOCAL,
		"[host this-machine]"},
	{"what a machine says of itself stays a comment", hostile, "altra-03", HOST_LOCAL,
		"# kvmperf on altra-03.lab.example.org: aarch64, kernel 6.12 [host evil] "
		"driver "},
	{"an emulated host is not larger than this one", tiny, "emulated", HOST_QEMU,
		"memory-mb = 1024\n"},
};

/* Blanks, ends of lines and # are all one blank, so that folding does not matter. */
static char *flat(const char *text)
{
	struct str out = STR_INIT;

	for (; *text; text++)
		if (!strchr(" \t\n#", *text))
			str_add_char(&out, *text);
		else if (out.length && str_text(&out)[out.length - 1] != ' ')
			str_add_char(&out, ' ');
	return str_take(&out);
}

static bool has(const char *text, const char *says)
{
	auto_free char *whole = flat(text), *part = flat(says);

	return strstr(whole, part);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct machine machine = server();
	struct doctor_findings findings;
	struct settings settings = {0};
	struct err err = ERR_INIT;
	auto_free char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	row->change(&machine);
	doctor_examine(&machine, &findings);
	starter_write(out, &machine, &findings, "/var/lib/kvmperf");
	fclose(out);
	if (settings_parse("kvmperf.conf", text, &settings, &err) < 0)
		fail_msg("%s in:\n%s", err.text, text);
	assert_int_equal(settings.host_count, 1);
	assert_string_equal(settings.hosts[0].name, row->host);
	assert_int_equal(settings.hosts[0].driver, row->driver);
	assert_int_equal(settings.branch_count, 0);
	if (!has(text, row->says))
		fail_msg("\"%s\" is not in:\n%s", row->says, text);
	settings_clear(&settings);
	doctor_clear(&findings);
	machine_clear(&machine);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("starter", tests, NULL, NULL);
}
