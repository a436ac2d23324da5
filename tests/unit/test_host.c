/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A real kernel on an emulated host, and the ways in which it can fail. Needs
 * a kernel image, named by KVMPERF_TEST_IMAGE, and the cross compiler; without
 * the image most of it is skipped.
 */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "driver/contact.h"
#include "driver/emulated.h"
#include "lab/host.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "text/facts.h"

static char folder[64];
static char *image;

/* Stands for a test binary: ends as its first argument says. */
static const char stand_in[] =
	"#include <fcntl.h>\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
	"#include <string.h>\n#include <unistd.h>\n"
	"int main(int argc, char **argv)\n{\n"
	"	const char *deed = argv[1];\n"
	"	(void)argc;\n"
	"	if (!strcmp(deed, \"-h\"))\n"
	"		puts(\"         6:    PA-bits:40,  VA-bits:48,  4K pages "
	"(supported)\\n\"\n"
	"		     \"         7:    PA-bits:40,  VA-bits:48, 16K pages\");\n"
	"	if (!strcmp(deed, \"skip\"))\n"
	"		return 4;\n"
	"	if (!strcmp(deed, \"hang\"))\n"
	"		pause();\n"
	"	if (!strcmp(deed, \"die\"))\n"
	"		raise(SIGSEGV);\n"
	"	if (!strcmp(deed, \"panic\")) {\n"
	"		int fd = open(\"/proc/sysrq-trigger\", O_WRONLY);\n"
	"		if (write(fd, \"c\", 1) < 0)\n"
	"			return 1;\n"
	"	}\n"
	"	return 0;\n}\n";

static int make_stand_in(void)
{
	auto_free char *source = mem_printf("%s/stand-in.c", folder);
	auto_free char *program = mem_printf("%s/stand-in", folder);
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;

	strv_add(&argv, "aarch64-linux-gnu-gcc");
	strv_add(&argv, "-o");
	strv_add(&argv, program);
	strv_add(&argv, source);
	spec.argv = &argv;
	if (fs_write_atomic(source, stand_in, strlen(stand_in), NULL) < 0 ||
		proc_run(&spec, &end, NULL) < 0)
		return -1;
	return end.exit_status;
}

static int set_up(void **state)
{
	const char *named = getenv("KVMPERF_TEST_IMAGE");

	(void)state;
	/* The comma: QEMU's options are separated by it. */
	snprintf(folder, sizeof(folder), "/tmp/kvmperf,host-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	if (!named || !fs_exists(named)) {
		fprintf(stderr,
			"# notice: KVMPERF_TEST_IMAGE names no kernel image, the "
			"emulated host is not tried\n");
		return 0;
	}
	image = mem_strdup(named);
	return make_stand_in();
}

static int tear_down(void **state)
{
	(void)state;
	free(image);
	return fs_remove_tree(folder, NULL);
}

static char emulated_name[] = "emulated", cpu[] = "cortex-a57", cmdline[] = "console=ttyAMA0",
	    empty[] = "", missing[] = "/nonexistent/Image";

static struct host_spec spec_of(char *golden)
{
	return (struct host_spec){.name = emulated_name,
		.driver = HOST_QEMU,
		.cpu = cpu,
		.cpus = 2,
		.memory_mb = 1024,
		.golden_image = golden,
		.cmdline = cmdline};
}

static struct host *open_host(const struct host_spec *spec)
{
	struct err err = ERR_INIT;
	struct host *host = NULL;

	if (!image)
		skip();
	if (host_open(&host, spec, folder, KVMPERF_LIBDIR, &err) < 0)
		fail_msg("%s", err.text);
	return host;
}

static int boot(struct host *host, const struct kernel *kernel, const struct plan *plan,
	struct boot_report *ret, struct err *err)
{
	struct departure departure = {0};
	int r = host_depart(host, plan, &departure, err);

	if (r == 0)
		r = host_boot(host, kernel, plan, &departure, ret, err);
	departure_clear(&departure);
	return r;
}

/* Boots the image once to learn what it says of itself: no release is right before that. */
static void learn(struct host *host, const struct plan *plan, struct kernel *kernel)
{
	struct boot_report report;
	struct err err = ERR_INIT;

	*kernel = (struct kernel){.release = empty, .build_id = empty, .image_path = image};
	if (boot(host, kernel, plan, &report, &err) < 0)
		fail_msg("%s", err.text);
	if (report.failure != FAILURE_KEXEC || report.symptom != SYMPTOM_WRONG_RELEASE)
		fail_msg("%s, %s: %s", failure_name(report.failure),
			symptom_name(report.symptom), report.reason);
	kernel->release = mem_strdup(report.release);
	kernel->build_id = mem_strdup(report.build_id);
	boot_report_clear(&report);
	assert_int_equal(host_restore(host, &err), 0);
}

static void unlearn(struct kernel *kernel)
{
	free(kernel->release);
	free(kernel->build_id);
}

static void a_boot_ends_as_its_kernel_does(void **state)
{
	static const struct {
		const char *sentence, *parameters;
		enum failure failure;
		enum symptom symptom;
		const char *console; /* must be in it */
	} rows[] = {
		{"a good kernel", "", FAILURE_NONE, SYMPTOM_NONE, NULL},
		{"one that panics", "rdinit=/nonexistent", FAILURE_KERNEL, SYMPTOM_PANIC,
			"Kernel panic - not syncing"},
		{"one that says nothing", "initcall_blacklist=virtio_console_init",
			FAILURE_KERNEL, SYMPTOM_HANG, "Run /init"},
		{"one without KVM", "kvm-arm.mode=none", FAILURE_KERNEL, SYMPTOM_NO_KVM,
			"KVM disabled"},
	};
	const struct host_spec spec = spec_of(image);
	struct plan plan = {.name = emulated_name, .cmdline = empty, .boot_limit_s = 25};
	struct host *host = open_host(&spec);
	struct kernel kernel;

	(void)state;
	learn(host, &plan, &kernel);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *parameters = mem_strdup(rows[i].parameters);
		struct boot_report report;
		struct err err = ERR_INIT;

		plan.cmdline = parameters;
		if (boot(host, &kernel, &plan, &report, &err) < 0)
			fail_msg("%s: %s", rows[i].sentence, err.text);
		if (report.failure != rows[i].failure || report.symptom != rows[i].symptom)
			fail_msg("%s: %s, %s: %s", rows[i].sentence,
				failure_name(report.failure), symptom_name(report.symptom),
				report.reason ? report.reason : "no reason");
		if (rows[i].console && !strstr(report.console, rows[i].console))
			fail_msg("%s: the console is %s", rows[i].sentence, report.console);
		if (!rows[i].console)
			assert_null(report.console);
		boot_report_clear(&report);
		if (host_restore(host, &err) < 0)
			fail_msg("after %s: %s", rows[i].sentence, err.text);
	}
	unlearn(&kernel);
	host_close(host);
}

static void golden_can_load_a_kernel(void **state)
{
	const struct host_spec spec = spec_of(image);
	struct host *host = open_host(&spec);
	auto_free char *check = NULL, *facts = NULL, *score = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 2; i++) {
		free(take_ptr(check));
		if (host_check(host, &check, &err) < 0)
			fail_msg("%s", err.text);
		if (!strstr(check, "kexec: loads\n"))
			fail_msg("%s", check);
	}
	score = facts_value(check, "score-us");
	assert_non_null(score);
	assert_true(atoi(score) > 0);
	assert_int_equal(host_facts(host, &facts, &err), 0);
	assert_non_null(strstr(facts, "/sys/kernel/kexec_loaded: 0\n"));
	host_close(host);
}

static void boot_prepared(struct host *host, const struct kernel *kernel,
	const struct plan *plan, enum symptom want)
{
	struct boot_report report;
	struct err err = ERR_INIT;

	if (boot(host, kernel, plan, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(report.failure, FAILURE_NONE);
	if (host_prepare(host, plan, &report, &err) < 0)
		fail_msg("%s", err.text);
	if (report.symptom != want)
		fail_msg("%s", report.reason ? report.reason : "no reason");
	boot_report_clear(&report);
}

static void a_test_ends_as_it_does(void **state)
{
	static const struct {
		const char *deed;
		enum failure failure;
		enum symptom symptom;
	} rows[] = {
		{"skip", FAILURE_TEST, SYMPTOM_SKIP},
		{"hang", FAILURE_TEST, SYMPTOM_TIMEOUT},
		{"die", FAILURE_TEST, SYMPTOM_KILLED},
		{"nothing", FAILURE_TEST, SYMPTOM_OUTPUT},
		{"panic", FAILURE_KERNEL, SYMPTOM_PANIC},
	};
	const struct host_spec spec = spec_of(image);
	struct plan plan = {.name = emulated_name,
		.cmdline = empty,
		.boot_limit_s = 60,
		.process_limit_s = 3,
		.huge_page_bytes = 2 << 20,
		.huge_pages = 4};
	struct host *host = open_host(&spec);
	auto_free char *program = mem_printf("%s/stand-in", folder);
	auto_strv struct strv modes = STRV_INIT;
	struct err err = ERR_INIT;
	struct kernel kernel;

	(void)state;
	learn(host, &plan, &kernel);
	boot_prepared(host, &kernel, &plan, SYMPTOM_NONE);
	if (host_put_test(host, program, &modes, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(modes.count, 1);
	assert_string_equal(modes.items[0], "6\tPA-bits:40, VA-bits:48, 4K pages");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct process_report report;
		struct scenario scenario = {0};

		strv_add(&scenario.args, rows[i].deed);
		if (host_run(host, &plan, &scenario, 6, &report, &err) < 0)
			fail_msg("%s: %s", rows[i].deed, err.text);
		if (report.failure != rows[i].failure || report.symptom != rows[i].symptom)
			fail_msg("%s: %s, %s: %s", rows[i].deed, failure_name(report.failure),
				symptom_name(report.symptom),
				report.reason ? report.reason : "no reason");
		strv_clear(&scenario.args);
		process_report_clear(&report);
	}
	assert_int_equal(host_restore(host, &err), 0);
	unlearn(&kernel);
	host_close(host);
}

static void too_few_huge_pages_are_noticed(void **state)
{
	const struct host_spec spec = spec_of(image);
	struct plan plan = {.name = emulated_name,
		.cmdline = empty,
		.boot_limit_s = 60,
		.huge_page_bytes = 1 << 30,
		.huge_pages = 2};
	struct host *host = open_host(&spec);
	struct err err = ERR_INIT;
	struct kernel kernel;

	(void)state;
	learn(host, &plan, &kernel);
	boot_prepared(host, &kernel, &plan, SYMPTOM_PREPARE);
	assert_int_equal(host_restore(host, &err), 0);
	unlearn(&kernel);
	host_close(host);
}

/* The process id of the QEMU of this test's folder. */
static pid_t find_qemu(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	assert_non_null(processes);
	while (!found && (entry = readdir(processes))) {
		auto_free char *path = mem_printf("/proc/%s/cmdline", entry->d_name);
		auto_free char *line = NULL;
		size_t bytes;

		if (atoi(entry->d_name) > 0 &&
			fs_read(path, 1 << 16, &line, &bytes, NULL) == 0 &&
			text_starts(line, "qemu-system-aarch64") &&
			memmem(line, bytes, folder, strlen(folder)))
			found = (pid_t)atoi(entry->d_name);
	}
	closedir(processes);
	return found;
}

static void a_host_that_lost_its_power_comes_back(void **state)
{
	const struct host_spec spec = spec_of(image);
	struct plan plan = {.name = emulated_name, .cmdline = empty, .boot_limit_s = 60};
	struct host *host = open_host(&spec);
	struct err err = ERR_INIT;
	struct kernel kernel;
	char *dmesg = NULL;

	(void)state;
	learn(host, &plan, &kernel);
	boot_prepared(host, &kernel, &plan, SYMPTOM_NONE);
	assert_int_equal(kill(find_qemu(), SIGKILL), 0);
	assert_int_equal(host_dmesg(host, &dmesg, &err), -EPIPE);
	if (host_restore(host, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(host_dmesg(host, &dmesg, &err), 0);
	assert_non_null(strstr(dmesg, "Booting Linux"));
	free(dmesg);
	unlearn(&kernel);
	host_close(host);
	assert_int_equal(find_qemu(), 0);
}

/* The emergency key as the runner presses it: the kernel is told, and resets. */
static void sysrq_resets_the_machine(void **state)
{
	const struct host_spec spec = spec_of(image);
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	auto_free char *console = NULL;
	struct contact contact = {0};
	struct link_run run = {0};
	struct err err = ERR_INIT;

	(void)state;
	if (!image)
		skip();
	assert_int_equal(
		driver_emulated.take(&contact.rig, &spec, folder, KVMPERF_LIBDIR, &err), 0);
	if (contact_reach(&contact, 60 * 1000, &err) < 0)
		fail_msg("%s", err.text);
	strv_add(&argv, "/proc/self/exe");
	strv_add(&argv, "sysrq-reset");
	assert_int_equal(link_run(contact.link, &argv, &env, 30 * 1000, &run, &err), -EPIPE);
	assert_true(contact_was_reset(&contact, 10 * 1000));
	assert_int_equal(fs_read(contact.rig->console, 1 << 20, &console, NULL, &err), 0);
	assert_non_null(strstr(console, "sysrq: Show Blocked State"));
	assert_non_null(strstr(console, "sysrq: Emergency Sync"));
	assert_non_null(strstr(console, "sysrq: Resetting"));
	link_run_clear(&run);
	contact_clear(&contact);
	driver_emulated.release(contact.rig);
}

static void a_host_has_one_user(void **state)
{
	const struct host_spec spec = spec_of(image);
	struct host *host = open_host(&spec), *other = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(host_open(&other, &spec, folder, KVMPERF_LIBDIR, &err), -EBUSY);
	assert_non_null(strstr(err.text, "host emulated: in use by another process"));
	host_close(host);
}

static void a_host_that_cannot_be_had_says_why(void **state)
{
	struct host_spec no_image = spec_of(missing);
	struct host *host = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(host_open(&host, &no_image, folder, "/nonexistent", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/"));
	host_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_can_load_a_kernel),
		cmocka_unit_test(a_boot_ends_as_its_kernel_does),
		cmocka_unit_test(a_test_ends_as_it_does),
		cmocka_unit_test(too_few_huge_pages_are_noticed),
		cmocka_unit_test(a_host_that_lost_its_power_comes_back),
		cmocka_unit_test(sysrq_resets_the_machine),
		cmocka_unit_test(a_host_has_one_user),
		cmocka_unit_test(a_host_that_cannot_be_had_says_why),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
