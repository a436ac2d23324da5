/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/cpio.h"
#include "io/hash.h"
#include "io/link.h"
#include "io/qemu.h"
#include "rules/outcome.h"
#include "rules/proof.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/tail.h"
#include "text/modes.h"

#define GOLDEN_MS     (90 * 1000) /* from power on to the runner's hello */
#define HELP_MS	      (60 * 1000) /* the test's -h makes virtual machines */
#define CONSOLE_MAX   (1024 * 1024)
#define COUNTS_MAX    (16 * 1024 * 1024)
#define CMDLINE_MAX   2047 /* COMMAND_LINE_SIZE of arm64, less the NUL */
#define PROBE_NAME    "libkvmperf-probe.so"
#define ALWAYS_PARAMS "panic=-1 oops=panic"

struct host {
	const struct host_spec *spec;
	int lock_fd;
	char *folder, *libdir;
	char *initramfs, *initramfs_hash;
	char *console, *counts;
	struct qemu *qemu;
	struct link *link;
	bool on_golden;	 /* entered by firmware, and nothing was done to it since */
	char *boot_id;	 /* of the last hello */
	char *test_path; /* on the host */
	char *probe_path;
};

/* ---- power ---- */

static void power_off(struct host *host)
{
	link_close(take_ptr(host->link));
	qemu_stop(take_ptr(host->qemu));
	host->on_golden = false;
}

/* Waits for a runner that answers, and remembers its boot id. */
static int greet(
	struct host *host, int64_t limit_ms, struct link_hello *ret_hello, struct err *err)
{
	int r = link_hello(host->link, limit_ms, ret_hello, err);

	if (r == -EPIPE && qemu_check(host->qemu, err) < 0)
		return err->code;
	if (r < 0)
		return r;
	free(host->boot_id);
	host->boot_id = mem_strdup(ret_hello->boot_id);
	return 0;
}

static int power_on(struct host *host, struct err *err)
{
	auto_free char *cmdline = mem_printf("%s " ALWAYS_PARAMS, host->spec->cmdline);
	auto_free char *plugin = mem_printf("%s/kvmperf-count.so", host->libdir);
	auto_free char *log = mem_printf("%s/qemu.log", host->folder);
	struct qemu_spec spec = {
		.name = host->spec->name,
		.cpu = host->spec->cpu,
		.cpus = host->spec->cpus,
		.memory_mb = host->spec->memory_mb,
		.golden_image = host->spec->golden_image,
		.initramfs = host->initramfs,
		.cmdline = cmdline,
		.plugin = plugin,
		.counts_path = host->counts,
		.console_path = host->console,
		.log_path = log,
	};
	struct link_hello hello = {0};
	int link_fd, r = qemu_start(&host->qemu, &spec, &link_fd, err);

	if (r < 0)
		return r;
	host->link = link_open(host->spec->name, link_fd, link_fd);
	r = greet(host, GOLDEN_MS, &hello, err);
	if (r < 0) {
		power_off(host);
		return err_note(err, "golden kernel %s (its console is %s)",
			host->spec->golden_image, host->console);
	}
	link_hello_clear(&hello);
	host->on_golden = true;
	return 0;
}

static int power_cycle(struct host *host, struct err *err)
{
	power_off(host);
	return power_on(host, err);
}

/* ---- taking and letting go ---- */

static int take_lock(struct host *host, struct err *err)
{
	auto_free char *path = mem_printf("%s/lock", host->folder);

	host->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (host->lock_fd < 0)
		return err_sys(err, -errno, "cannot open %s", path);
	if (flock(host->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, -EBUSY,
			"host %s is in use by another process (it holds %s)", host->spec->name,
			path);
	return 0;
}

/* The user land of golden and test kernels: our runner, and what the test is linked with. */
static int make_initramfs(struct host *host, struct err *err)
{
	auto_free char *runner = mem_printf("%s/kvmperf-runner", host->libdir);
	auto_free char *loader =
		mem_printf("%s/sysroot/lib/ld-linux-aarch64.so.1", host->libdir);
	auto_free char *libc = mem_printf("%s/sysroot/lib/libc.so.6", host->libdir);
	const struct cpio_entry entries[] = {
		{.kind = CPIO_FOLDER, .name = "dev", .mode = 0755},
		{.kind = CPIO_CHARACTER,
			.name = "dev/console",
			.mode = 0600,
			.device_major = 5,
			.device_minor = 1},
		{.kind = CPIO_FOLDER, .name = "lib", .mode = 0755},
		{.kind = CPIO_FILE,
			.name = "lib/ld-linux-aarch64.so.1",
			.mode = 0755,
			.from_path = loader},
		{.kind = CPIO_FILE, .name = "lib/libc.so.6", .mode = 0755, .from_path = libc},
		{.kind = CPIO_FILE, .name = "init", .mode = 0755, .from_path = runner},
	};
	char hash[HASH_HEX_BYTES];
	int r;

	host->initramfs = mem_printf("%s/initramfs.cpio", host->folder);
	r = cpio_write(host->initramfs, entries, ARRAY_SIZE(entries), err);
	if (r == 0)
		r = hash_file(host->initramfs, hash, err);
	if (r == 0)
		host->initramfs_hash = mem_strdup(hash);
	return r;
}

static int bring_up(struct host *host, struct err *err)
{
	int r = fs_make_folder(host->folder, err);

	if (r == 0)
		r = take_lock(host, err);
	if (r == 0)
		r = make_initramfs(host, err);
	if (r < 0)
		return r;
	host->console = mem_printf("%s/console.log", host->folder);
	host->counts = mem_printf("%s/counts.log", host->folder);
	return power_on(host, err);
}

int host_open(struct host **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct host *host;
	int r;

	if (spec->driver != HOST_QEMU)
		return err_set(err, -EOPNOTSUPP, "host %s: the driver \"%s\" is not built in",
			spec->name, host_driver_name(spec->driver));
	host = MEM_NEW(struct host, 1);
	host->spec = spec;
	host->lock_fd = -1;
	host->folder = mem_strdup(folder);
	host->libdir = mem_strdup(libdir);
	r = bring_up(host, err);
	if (r < 0) {
		host_close(host);
		return r;
	}
	*ret = host;
	return 0;
}

void host_close(struct host *host)
{
	if (!host)
		return;
	power_off(host);
	mem_close_fd(&host->lock_fd);
	free(host->folder);
	free(host->libdir);
	free(host->initramfs);
	free(host->initramfs_hash);
	free(host->console);
	free(host->counts);
	free(host->boot_id);
	free(host->test_path);
	free(host->probe_path);
	free(host);
}

/* ---- boot ---- */

/* The canonical line, what always applies, the plan's, and a mark that proves it is ours. */
static int make_cmdline(
	const struct host *host, const struct plan *plan, char **ret, struct err *err)
{
	auto_str struct str line = STR_INIT;
	uint64_t nonce = 0;

	if (getrandom(&nonce, sizeof(nonce), 0) < 0)
		return err_sys(err, -errno, "no random numbers");
	str_addf(&line, "%s " ALWAYS_PARAMS, host->spec->cmdline);
	if (plan->huge_pages)
		str_addf(&line, " default_hugepagesz=%lldK hugepagesz=%lldK hugepages=%d",
			(long long)plan->huge_page_bytes / 1024,
			(long long)plan->huge_page_bytes / 1024, plan->huge_pages);
	if (plan->cmdline && *plan->cmdline)
		str_addf(&line, " %s", plan->cmdline);
	str_addf(&line, " kvmperf.boot=%016llx", (unsigned long long)nonce);
	if (line.length > CMDLINE_MAX)
		return err_set(err, -E2BIG,
			"plan %s: the kernel command line has %zu characters, arm64 takes %d",
			plan->name, line.length, CMDLINE_MAX);
	*ret = str_take(&line);
	return 0;
}

/*
 * What a fault of the link means for the report: the deed is done, the boot
 * does not count. Our own faults stay faults.
 */
static int lost_or_ours(int r, struct boot_report *report, struct err *err)
{
	if (!link_is_lost(r) && r != -EIO)
		return r;
	proof_fail(report, FAILURE_LINK, SYMPTOM_LOST, "%s", err->text);
	return 0;
}

/* Puts the files there and executes them; 0 with report->failure unset: it is on its way. */
static int load_and_enter(struct host *host, const struct kernel *kernel, const char *cmdline,
	struct boot_report *report, struct err *err)
{
	auto_free char *image = NULL, *initramfs = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(kernel->image_path, hash, err);

	if (r == 0)
		r = link_put(host->link, kernel->image_path, hash, "Image", 0644, &image, err);
	if (r == 0)
		r = link_put(host->link, host->initramfs, host->initramfs_hash, "initramfs",
			0644, &initramfs, err);
	if (r < 0)
		return lost_or_ours(r, report, err);
	host->on_golden = false;
	r = link_kexec(host->link, image, initramfs, cmdline, err);
	if (r < 0 && r != -EINTR && !link_is_lost(r)) {
		proof_fail(report, FAILURE_KEXEC, SYMPTOM_NONE, "%s", err->text);
		return 0;
	}
	return r < 0 ? lost_or_ours(r, report, err) : 0;
}

static void keep_console(struct host *host, int64_t mark, struct boot_report *report)
{
	free(take_ptr(report->console));
	tail_read(host->console, mark, CONSOLE_MAX, &report->console, NULL, NULL);
}

/* Nobody answers: cut the power, so that golden is back whatever happened. */
static int give_up(struct host *host, const struct kernel *kernel, const struct plan *plan,
	struct boot_report *report, struct err *err)
{
	proof_fail(report, FAILURE_KERNEL, SYMPTOM_HANG,
		"%s said nothing for %d s after kexec; the power was cut", kernel->release,
		plan->boot_limit_s);
	return power_cycle(host, err);
}

/* Reads what the kernel that answers says of itself, and judges it. */
static int examine(struct host *host, const struct kernel *kernel, const char *cmdline,
	struct boot_report *report, struct err *err)
{
	int r = link_facts(host->link, &report->facts, err);

	if (r == 0)
		r = link_dmesg(host->link, &report->dmesg, err);
	if (r < 0)
		return lost_or_ours(r, report, err);
	proof_judge(report, kernel, cmdline);
	if (report->symptom == SYMPTOM_PANIC || report->symptom == SYMPTOM_RESET)
		host->on_golden = true;
	return 0;
}

static int await_kernel(struct host *host, const struct kernel *kernel, const struct plan *plan,
	const char *cmdline, struct boot_report *report, struct err *err)
{
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	auto_free char *old_boot_id = mem_strdup(host->boot_id);
	int64_t mark = tail_mark(host->console);
	struct link_hello hello = {0};
	int r = greet(host, plan->boot_limit_s * 1000LL, &hello, err);

	report->kexec_ms = clock_monotonic_ms(&clock_real) - start_ms;
	keep_console(host, mark, report);
	if (r == -ETIMEDOUT)
		return give_up(host, kernel, plan, report, err);
	if (r < 0)
		return lost_or_ours(r, report, err);
	report->boot_id = take_ptr(hello.boot_id);
	link_hello_clear(&hello);
	if (strcmp(report->boot_id, old_boot_id) == 0) {
		proof_fail(report, FAILURE_KEXEC, SYMPTOM_NONE,
			"the golden kernel loaded %s and did not enter it", kernel->release);
		return 0;
	}
	r = examine(host, kernel, cmdline, report, err);
	if (r == 0 && report->failure == FAILURE_NONE)
		free(take_ptr(report->console));
	return r;
}

int host_boot(struct host *host, const struct kernel *kernel, const struct plan *plan,
	struct boot_report *ret, struct err *err)
{
	auto_free char *cmdline = NULL;
	int r;

	*ret = (struct boot_report){0};
	if (!host->on_golden)
		return err_set(
			err, -EINVAL, "host %s is not on its golden kernel", host->spec->name);
	r = make_cmdline(host, plan, &cmdline, err);
	if (r == 0)
		r = load_and_enter(host, kernel, cmdline, ret, err);
	if (r == 0 && ret->failure == FAILURE_NONE)
		r = await_kernel(host, kernel, plan, cmdline, ret, err);
	if (r < 0)
		boot_report_clear(ret);
	return r;
}

int host_restore(struct host *host, struct err *err)
{
	struct link_hello hello = {0};
	struct err ignored = ERR_INIT;
	int r;

	if (!host->link)
		return power_on(host, err);
	if (!host->on_golden) {
		auto_free char *old_boot_id = mem_strdup(host->boot_id);

		r = link_restore(host->link, &ignored);
		if (r == 0)
			r = greet(host, GOLDEN_MS, &hello, &ignored);
		if (r == 0 && strcmp(old_boot_id, host->boot_id) == 0)
			r = -EIO;
	} else {
		r = greet(host, GOLDEN_MS, &hello, &ignored);
	}
	link_hello_clear(&hello);
	if (r == -EINTR)
		return err_set(err, r, "%s", ignored.text);
	if (r < 0)
		return power_cycle(host, err);
	host->on_golden = true;
	return 0;
}

/* ---- trial ---- */

int host_prepare(struct host *host, const struct plan *plan, struct boot_report *ret_report,
	struct err *err)
{
	auto_free char *changes = NULL, *facts = NULL;
	bool wants_thp = false;
	int r;

	for (size_t i = 0; i < plan->scenario_count; i++)
		wants_thp = wants_thp || plan->scenarios[i].wants_thp;
	r = link_prepare(
		host->link, plan->huge_page_bytes, plan->huge_pages, wants_thp, &changes, err);
	if (r < 0 && r != -EINTR && !link_is_lost(r)) {
		proof_fail(ret_report, FAILURE_HOST, SYMPTOM_PREPARE, "%s", err->text);
		return 0;
	}
	if (r == 0)
		r = link_facts(host->link, &facts, err);
	if (r < 0)
		return lost_or_ours(r, ret_report, err);
	free(ret_report->facts);
	ret_report->facts = mem_printf("%s%s", changes, facts);
	return 0;
}

static void test_environment(struct strv *env)
{
	strv_add(env, "PATH=/usr/bin:/bin");
	strv_add(env, "HOME=/");
	strv_add(env, "LC_ALL=C");
}

/* Asks the test itself which guest modes this host can run. */
static int read_modes(struct host *host, struct strv *ret_modes, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct guest_modes modes = {0};
	struct link_run run = {0};
	int r;

	strv_add(&argv, host->test_path);
	strv_add(&argv, "-h");
	test_environment(&env);
	r = link_run(host->link, &argv, &env, HELP_MS, &run, err);
	if (r == 0)
		r = modes_parse(str_text(&run.output), run.output.length, &modes, err);
	for (size_t i = 0; r == 0 && i < modes.count; i++)
		if (modes.items[i].is_supported)
			strv_addf(ret_modes, "%d\t%s", modes.items[i].id, modes.items[i].name);
	modes_clear(&modes);
	link_run_clear(&run);
	return r;
}

static int put_file(
	struct host *host, const char *path, const char *name, char **ret, struct err *err)
{
	auto_free char *there = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(path, hash, err);

	if (r == 0)
		r = link_put(host->link, path, hash, name, 0755, &there, err);
	if (r < 0)
		return r;
	free(*ret);
	*ret = take_ptr(there);
	return 0;
}

int host_put_test(
	struct host *host, const char *binary_path, struct strv *ret_modes, struct err *err)
{
	auto_free char *probe = mem_printf("%s/" PROBE_NAME, host->libdir);
	const char *slash = strrchr(binary_path, '/');
	int r = put_file(
		host, binary_path, slash ? slash + 1 : binary_path, &host->test_path, err);

	if (r == 0)
		r = put_file(host, probe, PROBE_NAME, &host->probe_path, err);
	return r < 0 ? r : read_modes(host, ret_modes, err);
}

static void make_command(const struct host *host, const struct plan *plan,
	const struct scenario *scenario, int mode_id, struct strv *argv, struct strv *env)
{
	strv_add(argv, host->test_path);
	strv_add_all(argv, &scenario->args);
	strv_add(argv, "-m");
	strv_addf(argv, "%d", mode_id);
	if (plan->pin && *plan->pin) {
		strv_add(argv, "-c");
		strv_add(argv, plan->pin);
	}
	test_environment(env);
	strv_addf(env, "LD_PRELOAD=%s", host->probe_path);
	strv_addf(env, "KVMPERF_CHUNK=%lld", (long long)plan->chunk_bytes);
}

/* The link broke while a test ran: did the kernel die under it? */
static void judge_loss(
	struct host *host, int64_t console_mark, struct process_report *ret, const char *why)
{
	auto_free char *console = NULL;
	bool panicked;

	tail_read(host->console, console_mark, CONSOLE_MAX, &console, NULL, NULL);
	panicked = console && strstr(console, "Kernel panic - not syncing");
	ret->failure = panicked ? FAILURE_KERNEL : FAILURE_LINK;
	ret->symptom = panicked ? SYMPTOM_PANIC : SYMPTOM_LOST;
	ret->reason = panicked ? mem_strdup("the kernel panicked while the test ran")
			       : mem_strdup(why);
}

int host_run(struct host *host, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	int64_t counts_mark = tail_mark(host->counts), console_mark = tail_mark(host->console);
	struct outcome_facts facts = {.limit_s = plan->process_limit_s,
		.wants_thp = scenario->wants_thp,
		.chunk_bytes = plan->chunk_bytes};
	auto_free char *counts = NULL;
	struct link_run run = {0};
	int r;

	*ret = (struct process_report){.exit_status = -1, .chunk_bytes = -1};
	make_command(host, plan, scenario, mode_id, &argv, &env);
	r = link_run(host->link, &argv, &env, plan->process_limit_s * 1000LL, &run, err);
	if (r < 0 && !link_is_lost(r)) {
		link_run_clear(&run);
		return r;
	}
	ret->command = strv_join(&argv, " ");
	ret->exit_status = run.exit_status;
	ret->signal = run.signal;
	ret->started_unix_ms = run.started_unix_ms;
	ret->duration_ms = run.duration_ms;
	ret->output_bytes = run.output.length;
	ret->output = str_take(&run.output);
	ret->errors_bytes = run.errors.length;
	ret->errors = str_take(&run.errors);
	if (r < 0) {
		judge_loss(host, console_mark, ret, err->text);
		link_run_clear(&run);
		return 0;
	}
	r = tail_read(host->counts, counts_mark, COUNTS_MAX, &counts, &facts.counts_bytes, err);
	facts.timed_out = run.timed_out;
	facts.thp_served = run.thp_served;
	facts.thp_fell_back = run.thp_fell_back;
	facts.huge_pages_in_use = run.huge_pages_in_use;
	facts.probe = str_text(&run.probe);
	facts.probe_bytes = run.probe.length;
	facts.counts = counts;
	if (r == 0)
		outcome_judge(ret, &facts);
	else
		process_report_clear(ret);
	link_run_clear(&run);
	return r;
}

int host_dmesg(struct host *host, char **ret, struct err *err)
{
	return link_dmesg(host->link, ret, err);
}
