/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deed/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "rules/outcome.h"
#include "rules/proof.h"
#include "sys/tail.h"
#include "text/modes.h"

#define HELP_MS	    (60 * 1000) /* the test's -h makes virtual machines */
#define CONTROL_S   120
#define CONSOLE_MAX (1024 * 1024)
#define COUNTS_MAX  (16 * 1024 * 1024)
#define PROBE_NAME  "libkvmperf-probe.so"

void test_clear(struct test *test)
{
	free(take_ptr(test->path));
	free(take_ptr(test->probe_path));
}

int test_prepare(const struct test *test, const struct plan *plan,
	struct boot_report *ret_report, struct err *err)
{
	auto_free char *changes = NULL, *facts = NULL;
	bool wants_thp = false;
	int r;

	for (size_t i = 0; i < plan->scenario_count; i++)
		wants_thp = wants_thp || plan->scenarios[i].wants_thp;
	r = link_prepare(test->contact->link, plan->huge_page_bytes, plan->huge_pages,
		wants_thp, plan->pin ? plan->pin : "", &changes, err);
	if (r < 0 && r != -EINTR && !link_is_lost(r)) {
		proof_fail(ret_report, FAILURE_HOST, SYMPTOM_PREPARE, "%s", err->text);
		err_clear(err);
		return 0;
	}
	if (r == 0)
		r = link_facts(test->contact->link, &facts, err);
	if (r < 0)
		return contact_blame(r, ret_report, err);
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
static int read_modes(struct test *test, struct strv *ret_modes, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct guest_modes modes = {0};
	struct link_run run = {0};
	int r;

	strv_add(&argv, test->path);
	strv_add(&argv, "-h");
	test_environment(&env);
	r = link_run(test->contact->link, &argv, &env, HELP_MS, &run, err);
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
	struct test *test, const char *path, const char *name, char **ret, struct err *err)
{
	auto_free char *there = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(path, hash, err);

	if (r == 0)
		r = link_put(test->contact->link, path, hash, name, 0755, &there, err);
	if (r < 0)
		return r;
	free(*ret);
	*ret = take_ptr(there);
	return 0;
}

int test_put(
	struct test *test, const char *binary_path, struct strv *ret_modes, struct err *err)
{
	auto_free char *probe = mem_printf("%s/" PROBE_NAME, test->libdir);
	const char *slash = strrchr(binary_path, '/');
	int r = put_file(test, binary_path, slash ? slash + 1 : binary_path, &test->path, err);

	if (r == 0)
		r = put_file(test, probe, PROBE_NAME, &test->probe_path, err);
	return r < 0 ? r : read_modes(test, ret_modes, err);
}

static void make_command(const struct test *test, const struct plan *plan,
	const struct scenario *scenario, int mode_id, struct strv *argv, struct strv *env)
{
	strv_add(argv, test->path);
	strv_add_all(argv, &scenario->args);
	strv_add(argv, "-m");
	strv_addf(argv, "%d", mode_id);
	if (plan->pin && *plan->pin) {
		strv_add(argv, "-c");
		strv_add(argv, plan->pin);
	}
	test_environment(env);
	strv_addf(env, "LD_PRELOAD=%s", test->probe_path);
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

static void judge_loss(const struct test *test, int64_t console_mark,
	struct process_report *ret, bool silent, const char *why)
{
	auto_free char *console = NULL;
	bool reset = contact_was_reset(test->contact, 1000);

	tail_read(test->contact->rig->console, console_mark, CONSOLE_MAX, &console, NULL, NULL);
	outcome_lost(ret, console ? console : "", reset, silent, why);
}

/* One program over there, and what is to be known of it beside its own report. */
struct errand {
	struct strv argv, env;
	int limit_s;
	struct outcome_facts facts; /* of the plan; the rest is filled in by the run */
};

static void errand_clear(struct errand *errand)
{
	strv_clear(&errand->argv);
	strv_clear(&errand->env);
}

static int judge_run(const struct test *test, const struct errand *errand,
	const struct link_run *run, int64_t counts_mark, struct process_report *ret,
	struct err *err)
{
	struct outcome_facts facts = errand->facts;
	auto_free char *counts = NULL;
	int r = 0;

	facts.timed_out = run->timed_out;
	facts.limit_s = errand->limit_s;
	facts.thp_served = run->thp_served;
	facts.thp_fell_back = run->thp_fell_back;
	facts.huge_pages_in_use = run->huge_pages_in_use;
	facts.probe = str_text(&run->probe);
	facts.probe_bytes = run->probe.length;
	if (test->contact->rig->counts)
		r = tail_read(test->contact->rig->counts, counts_mark, COUNTS_MAX, &counts,
			&facts.counts_bytes, err);
	facts.counts = counts;
	if (r == 0)
		outcome_judge(ret, &facts);
	return r;
}

static int do_errand(const struct test *test, const struct errand *errand,
	struct process_report *ret, struct err *err)
{
	int64_t counts_mark = tail_mark(test->contact->rig->counts);
	int64_t console_mark = tail_mark(test->contact->rig->console);
	struct process_report report = {.exit_status = -1, .chunk_bytes = -1};
	struct link_run run = {0};
	int r;

	report.command = strv_join(&errand->argv, " ");
	r = link_run(test->contact->link, &errand->argv, &errand->env, errand->limit_s * 1000LL,
		&run, err);
	take_run(&report, &run);
	if (r == 0) {
		r = judge_run(test, errand, &run, counts_mark, &report, err);
	} else if (link_is_lost(r)) {
		judge_loss(test, console_mark, &report, r == -ETIMEDOUT, err->text);
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

int test_run(const struct test *test, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err)
{
	struct errand errand = {
		.limit_s = plan->process_limit_s,
		.facts = {.wants_thp = scenario->wants_thp, .chunk_bytes = plan->chunk_bytes},
	};
	int r;

	make_command(test, plan, scenario, mode_id, &errand.argv, &errand.env);
	r = do_errand(test, &errand, ret, err);
	errand_clear(&errand);
	return r;
}

/* On the CPU of the plan's first vCPU; the runner is a program that is there already. */
int test_control(const struct test *test, const struct plan *plan, struct process_report *ret,
	struct err *err)
{
	struct errand errand = {.limit_s = CONTROL_S, .facts = {.is_control = true}};
	int r;

	strv_add(&errand.argv, "/proc/self/exe");
	strv_add(&errand.argv, "control");
	if (plan->pin && *plan->pin)
		strv_addf(&errand.argv, "%d", atoi(plan->pin));
	test_environment(&errand.env);
	r = do_errand(test, &errand, ret, err);
	errand_clear(&errand);
	return r;
}
