/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "driver/emulated.h"
#include "io/hash.h"
#include "io/link.h"
#include "rules/outcome.h"
#include "rules/proof.h"
#include "sys/tail.h"
#include "text/modes.h"

#define GOLDEN_MS   (90 * 1000) /* from power on to the runner's hello */
#define RESET_MS    (10 * 1000) /* from the request to the machine being off */
#define HELP_MS	    (60 * 1000) /* the test's -h makes virtual machines */
#define CONSOLE_MAX (1024 * 1024)
#define COUNTS_MAX  (16 * 1024 * 1024)
#define PROBE_NAME  "libkvmperf-probe.so"

struct host {
	const char *name;
	char *libdir;
	struct emulated *machine;
	struct link *link; /* NULL: the machine is off */
	bool on_golden;	   /* entered by firmware, and nothing was done to it since */
	char *boot_id;	   /* of the last hello */
	char *test_path;   /* on the host */
	char *probe_path;
};

/* ---- power ---- */

static void power_off(struct host *host)
{
	link_close(take_ptr(host->link));
	emulated_power_off(host->machine);
	host->on_golden = false;
}

/* Waits for a runner that answers, and remembers its boot id. */
static int greet(struct host *host, int64_t limit_ms, struct err *err)
{
	struct link_hello hello = {0};
	int r = link_hello(host->link, limit_ms, &hello, err);

	if (r < 0)
		return r;
	free(host->boot_id);
	host->boot_id = take_ptr(hello.boot_id);
	link_hello_clear(&hello);
	return 0;
}

static int power_on(struct host *host, struct err *err)
{
	int fd, r = emulated_power_on(host->machine, &fd, err);

	if (r < 0)
		return r;
	host->link = link_open(host->name, fd);
	r = greet(host, GOLDEN_MS, err);
	if (r == -EPIPE && emulated_check(host->machine, err) < 0)
		r = err->code;
	if (r < 0) {
		power_off(host);
		return err_note(err, "the golden kernel does not come up (its console is %s)",
			emulated_console(host->machine));
	}
	host->on_golden = true;
	return 0;
}

static int power_cycle(struct host *host, struct err *err)
{
	err_clear(err);
	power_off(host);
	return power_on(host, err);
}

/* Has the machine reset itself? Its link ends a moment before. */
static bool was_reset(struct host *host, int64_t limit_ms)
{
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	int r;

	while ((r = emulated_check(host->machine, NULL)) == 0)
		if (clock_monotonic_ms(&clock_real) - start_ms >= limit_ms || !stop_sleep_ms(5))
			return false;
	return r > 0;
}

/* ---- taking and letting go ---- */

int host_open(struct host **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct host *host;
	int r;

	if (spec->driver != HOST_QEMU)
		return err_set(err, -EOPNOTSUPP, "host %s: the driver \"%s\" is not built in",
			spec->name, host_driver_name(spec->driver));
	host = MEM_NEW(struct host, 1);
	host->name = spec->name;
	host->libdir = mem_strdup(libdir);
	r = emulated_take(&host->machine, spec, folder, libdir, err);
	if (r == 0)
		r = power_on(host, err);
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
	link_close(host->link);
	emulated_release(host->machine);
	free(host->libdir);
	free(host->boot_id);
	free(host->test_path);
	free(host->probe_path);
	free(host);
}

/* ---- boot ---- */

/*
 * What a fault of the link means for the report: the deed is done, the boot
 * does not count. Our own faults stay faults.
 */
static int lost_or_ours(int r, struct boot_report *report, struct err *err)
{
	if (!link_is_lost(r))
		return r;
	proof_fail(report, FAILURE_LINK, SYMPTOM_LOST, "%s", err->text);
	err_clear(err);
	return 0;
}

/* One try to enter a kernel. */
struct attempt {
	const struct kernel *kernel;
	const struct plan *plan;
	const char *cmdline;
	int64_t console_mark;
	struct boot_report *report;
};

/* Keeps what the console said since the attempt began. */
static void keep_console(struct host *host, const struct attempt *attempt)
{
	free(take_ptr(attempt->report->console));
	tail_read(emulated_console(host->machine), attempt->console_mark, CONSOLE_MAX,
		&attempt->report->console, NULL, NULL);
}

/* Puts the files there and executes them; 0 with failure unset: it is on its way. */
static int load_and_enter(struct host *host, const struct attempt *attempt, struct err *err)
{
	const char *path = attempt->kernel->image_path;
	auto_free char *image = NULL, *initramfs = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(path, hash, err);

	if (r == 0)
		r = link_put(host->link, path, hash, "Image", 0644, &image, err);
	if (r == 0)
		r = link_put(host->link, emulated_initramfs(host->machine),
			emulated_initramfs_hash(host->machine), "initramfs", 0644, &initramfs,
			err);
	if (r < 0)
		return lost_or_ours(r, attempt->report, err);
	host->on_golden = false;
	r = link_kexec(host->link, image, initramfs, attempt->cmdline, err);
	if (r == 0 || r == -EINTR || link_is_lost(r))
		return lost_or_ours(r, attempt->report, err);
	proof_fail(attempt->report, FAILURE_KEXEC, SYMPTOM_REFUSED, "%s", err->text);
	err_clear(err);
	return 0;
}

/* Nobody answers: cut the power, so that golden is back whatever happened. */
static int give_up(struct host *host, const struct attempt *attempt, struct err *err)
{
	proof_fail(attempt->report, FAILURE_KERNEL, SYMPTOM_HANG,
		"%s said nothing for %d s after kexec; the power was cut",
		attempt->kernel->release, attempt->plan->boot_limit_s);
	return power_cycle(host, err);
}

/* Reads what the kernel that answers says of itself, and judges it. */
static int examine(struct host *host, const struct attempt *attempt, struct err *err)
{
	struct boot_report *report = attempt->report;
	int r = link_facts(host->link, &report->facts, err);

	if (r == 0)
		r = link_dmesg(host->link, &report->dmesg, err);
	if (r < 0)
		return lost_or_ours(r, report, err);
	report->boot_id = mem_strdup(host->boot_id);
	proof_judge(report, attempt->kernel, attempt->cmdline);
	return 0;
}

/* Waits for whoever comes up: the kernel, golden after a reset, or nobody. */
static int await_kernel(struct host *host, const struct attempt *attempt, struct err *err)
{
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	auto_free char *old_boot_id = mem_strdup(host->boot_id);
	int r = greet(host, attempt->plan->boot_limit_s * 1000LL, err);

	attempt->report->kexec_ms = clock_monotonic_ms(&clock_real) - start_ms;
	keep_console(host, attempt);
	if (r == -ETIMEDOUT)
		return give_up(host, attempt, err);
	if (r == -EPIPE && was_reset(host, RESET_MS))
		r = power_cycle(host, err);
	if (r < 0)
		return lost_or_ours(r, attempt->report, err);
	if (strcmp(host->boot_id, old_boot_id) != 0)
		return examine(host, attempt, err);
	proof_fail(attempt->report, FAILURE_KEXEC, SYMPTOM_REFUSED,
		"the golden kernel loaded %s and did not enter it", attempt->kernel->release);
	return 0;
}

static int attempt_boot(struct host *host, const struct attempt *attempt, struct err *err)
{
	int r = load_and_enter(host, attempt, err);

	if (r == 0 && attempt->report->failure == FAILURE_NONE)
		r = await_kernel(host, attempt, err);
	if (r == 0 && attempt->report->failure == FAILURE_NONE)
		free(take_ptr(attempt->report->console));
	else if (r == 0 && !attempt->report->console)
		keep_console(host, attempt);
	return r;
}

int host_boot(struct host *host, const struct kernel *kernel, const struct plan *plan,
	struct boot_report *ret, struct err *err)
{
	struct boot_report report = {0};
	struct attempt attempt = {.kernel = kernel, .plan = plan, .report = &report};
	auto_free char *cmdline = NULL;
	uint64_t mark = 0;
	int r;

	if (!host->on_golden)
		return err_set(err, -EINVAL, "host %s is not on its golden kernel", host->name);
	if (getrandom(&mark, sizeof(mark), 0) < 0)
		return err_sys(err, -errno, "no random numbers");
	r = proof_cmdline(emulated_cmdline(host->machine), plan, mark, &cmdline, err);
	if (r < 0)
		return r;
	attempt.cmdline = cmdline;
	attempt.console_mark = tail_mark(emulated_console(host->machine));
	r = attempt_boot(host, &attempt, err);
	if (r < 0)
		boot_report_clear(&report);
	else
		*ret = report;
	return r;
}

int host_restore(struct host *host, struct err *err)
{
	int r = host->link ? 0 : -EPIPE;

	if (r == 0)
		r = host->on_golden ? greet(host, GOLDEN_MS, err)
				    : link_restore(host->link, err);
	if (r == -EINTR || (r == 0 && host->on_golden))
		return r;
	if (r == 0)
		was_reset(host, RESET_MS); /* and when it was not, the power is cut */
	return power_cycle(host, err);
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
		err_clear(err);
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

/* Takes over what the program wrote and how it ended. */
static void take_run(struct process_report *ret, struct link_run *run)
{
	ret->exit_status = run->exit_status;
	ret->signal = run->signal;
	ret->started_unix_ms = run->started_unix_ms;
	ret->duration_ms = run->duration_ms;
	ret->output_bytes = run->output.length;
	ret->output = str_take(&run->output);
	ret->errors_bytes = run->errors.length;
	ret->errors = str_take(&run->errors);
}

static void judge_loss(
	struct host *host, int64_t console_mark, struct process_report *ret, const char *why)
{
	auto_free char *console = NULL;
	bool reset = was_reset(host, 1000);

	tail_read(emulated_console(host->machine), console_mark, CONSOLE_MAX, &console, NULL,
		NULL);
	outcome_lost(ret, console ? console : "", reset, why);
}

static int judge_run(struct host *host, const struct plan *plan,
	const struct scenario *scenario, const struct link_run *run, int64_t counts_mark,
	struct process_report *ret, struct err *err)
{
	struct outcome_facts facts = {
		.timed_out = run->timed_out,
		.limit_s = plan->process_limit_s,
		.wants_thp = scenario->wants_thp,
		.thp_served = run->thp_served,
		.thp_fell_back = run->thp_fell_back,
		.huge_pages_in_use = run->huge_pages_in_use,
		.chunk_bytes = plan->chunk_bytes,
		.probe = str_text(&run->probe),
		.probe_bytes = run->probe.length,
	};
	auto_free char *counts = NULL;
	int r = tail_read(emulated_counts(host->machine), counts_mark, COUNTS_MAX, &counts,
		&facts.counts_bytes, err);

	facts.counts = counts;
	if (r == 0)
		outcome_judge(ret, &facts);
	return r;
}

int host_run(struct host *host, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err)
{
	int64_t counts_mark = tail_mark(emulated_counts(host->machine));
	int64_t console_mark = tail_mark(emulated_console(host->machine));
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct process_report report = {.exit_status = -1, .chunk_bytes = -1};
	struct link_run run = {0};
	int r;

	make_command(host, plan, scenario, mode_id, &argv, &env);
	report.command = strv_join(&argv, " ");
	r = link_run(host->link, &argv, &env, plan->process_limit_s * 1000LL, &run, err);
	take_run(&report, &run);
	if (r == 0) {
		r = judge_run(host, plan, scenario, &run, counts_mark, &report, err);
	} else if (link_is_lost(r)) {
		judge_loss(host, console_mark, &report, err->text);
		err_clear(err);
		r = 0;
	}
	link_run_clear(&run);
	if (r < 0)
		process_report_clear(&report);
	else
		*ret = report;
	return r;
}

int host_dmesg(struct host *host, char **ret, struct err *err)
{
	return link_dmesg(host->link, ret, err);
}
