/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "rules/interleave.h"
#include "rules/outcome.h"
#include "rules/values.h"
#include "store/boots.h"
#include "store/processes.h"
#include "text/facts.h"
#include "work/record.h"

/* The trial as it goes on. */
struct trial {
	const struct trial_order *order;
	int64_t boot_id;
	struct boot_report report;
	int *mode_ids; /* -m number of each of the plan's modes, with this test binary */
	size_t processes, rejected;
	bool lost; /* the host stopped answering while the kernel under test ran */
};

/*
 * Every call of the host while the kernel under test runs goes through here: when
 * it fails, that is a result about this boot, not a failure of ours.
 */
static int of_host(struct trial *trial, int r)
{
	trial->lost = r < 0 && r != -EINTR && r != -ENOSPC;
	return r;
}

static void blame(struct boot_report *report, enum failure failure, enum symptom symptom,
	const char *reason)
{
	char *copy = mem_strdup(reason); /* which may be the report's own */

	report->failure = failure;
	report->symptom = symptom;
	free(report->reason);
	report->reason = copy;
}

/* The -m number of a mode among what the host offers ("ID<TAB>mode"), or -1. */
static int mode_id(const struct strv *offered, const char *mode)
{
	for (size_t i = 0; i < offered->count; i++) {
		const char *tab = strchr(offered->items[i], '\t');

		if (tab && strcmp(tab + 1, mode) == 0)
			return atoi(offered->items[i]);
	}
	return -1;
}

/* The numbers that the plan's modes have with this binary on this host. */
static int find_modes(struct trial *trial, struct err *err)
{
	const struct plan *plan = trial->order->plan;
	auto_strv struct strv offered = STRV_INIT;
	int r = of_host(trial,
		host_put_test(trial->order->host, trial->order->test_path, &offered, err));

	trial->mode_ids = MEM_NEW(int, plan->modes.count);
	for (size_t i = 0; i < plan->modes.count && r == 0; i++) {
		trial->mode_ids[i] = mode_id(&offered, plan->modes.items[i]);
		if (trial->mode_ids[i] < 0) {
			auto_free char *reason = mem_printf(
				"the host does not offer guest mode \"%s\" of plan %s; take it "
				"out of "
				"the plan's modes or use a CPU that has it",
				plan->modes.items[i], plan->name);

			blame(&trial->report, FAILURE_TEST, SYMPTOM_NO_MODE, reason);
		}
	}
	return r;
}

/* A process that was measured under other conditions than asked for is left out; the rest go
 * on. */
static bool spoils_boot(const struct process_report *report)
{
	return report->failure != FAILURE_NONE && report->symptom != SYMPTOM_THP_FALLBACK;
}

static void name_process(struct process_report *report, const char *scenario, const char *mode)
{
	char *reason = mem_printf("scenario %s, guest mode %s: %s: %s", scenario, mode,
		symptom_phrase(report->symptom),
		report->reason ? report->reason : "no reason given");

	free(report->reason);
	report->reason = reason;
}

static int run_process(struct trial *trial, const struct scenario *scenario, size_t mode,
	int ordinal, struct err *err)
{
	const struct trial_order *order = trial->order;
	const char *mode_name = order->plan->modes.items[mode];
	struct process_report report = {0};
	struct value_list values = {NULL, 0};
	int r = host_run(
		order->host, order->plan, scenario, trial->mode_ids[mode], &report, err);

	if (r == 0) {
		values_read(&report, scenario, mode_name, &values);
		if (report.failure != FAILURE_NONE)
			name_process(&report, scenario->name, mode_name);
		progress_command(
			order->progress, "  %s", report.command ? report.command : "?");
		r = process_store(order->db, trial->boot_id, scenario, mode_name, ordinal,
			&report, values.values, values.count, err);
	}
	if (r == 0 && report.failure == FAILURE_NONE)
		trial->processes++;
	else if (r == 0)
		trial->rejected++;
	if (r == 0 && spoils_boot(&report))
		blame(&trial->report, report.failure, report.symptom, report.reason);
	free(values.values);
	process_report_clear(&report);
	return r;
}

/*
 * The negative control, first thing in a boot that is prepared. One that fails
 * is no fault of the boot: it has no control then, and its page says why.
 */
static int run_control(struct trial *trial, struct err *err)
{
	static const struct scenario scenario = {.name = (char *)(uintptr_t)CONTROL_SCENARIO};
	const struct trial_order *order = trial->order;
	struct process_report report = {0};
	struct value_list values = {NULL, 0};
	int r = host_control(order->host, order->plan, &report, err);

	if (r == 0) {
		values_read_control(&report, &values);
		r = process_store(order->db, trial->boot_id, &scenario, CONTROL_MODE, 1,
			&report, values.values, values.count, err);
	}
	if (r == 0 && report.failure != FAILURE_NONE && report.failure != FAILURE_TEST)
		blame(&trial->report, report.failure, report.symptom, report.reason);
	free(values.values);
	process_report_clear(&report);
	return r;
}

static int run_round(
	struct trial *trial, int ordinal, size_t *done, size_t total, struct err *err)
{
	const struct trial_order *order = trial->order;
	const struct plan *plan = order->plan;
	char mode_name[32];
	int r = 0;

	for (size_t s = 0; s < plan->scenario_count; s++)
		for (size_t m = 0; m < plan->modes.count; m++) {
			if (r < 0 || trial->report.failure != FAILURE_NONE)
				return r;
			if (stop_requested())
				return err_set(err, -EINTR, "stopped");
			plan_mode_short(plan->modes.items[m], mode_name, sizeof(mode_name));
			progress_update(order->progress, (int64_t)*done, (int64_t)total,
				"%s %s", plan->scenarios[s].name, mode_name);
			r = run_process(trial, &plan->scenarios[s], m, ordinal, err);
			(*done)++;
		}
	return r;
}

/* Every process of the plan: rounds over all scenarios and modes, warm-up rounds first. */
static int run_all(struct trial *trial, struct err *err)
{
	const struct plan *plan = trial->order->plan;
	size_t rounds = (size_t)(plan->warmup + plan->processes), done = 0;
	size_t total = rounds * plan->scenario_count * plan->modes.count;
	int r = 0;

	for (int ordinal = 1 - plan->warmup; ordinal <= plan->processes && r == 0; ordinal++)
		r = run_round(trial, ordinal, &done, total, err);
	return r;
}

/*
 * The machine as it is afterwards: temperatures, counters, interrupts. What differs
 * from before is added to what is known of the boot.
 */
static int read_after(struct trial *trial, struct err *err)
{
	struct boot_report *report = &trial->report;
	auto_free char *after = NULL, *changed = NULL, *both = NULL;
	int r = of_host(trial, host_facts(trial->order->host, &after, err));

	if (r < 0)
		return r;
	changed = facts_changed(report->facts ? report->facts : "", after);
	both = mem_printf("%s%s", report->facts ? report->facts : "", changed);
	free(report->facts);
	report->facts = take_ptr(both);
	return 0;
}

/* The kernel's log. A machine that is gone by now does not tell why a boot has failed. */
static int read_dmesg(struct trial *trial, struct err *err)
{
	struct boot_report *report = &trial->report;
	char *dmesg = NULL;
	int r = of_host(trial, host_dmesg(trial->order->host, &dmesg, err));

	if (r < 0 && trial->lost && report->failure != FAILURE_NONE) {
		trial->lost = false;
		err_clear(err);
		return 0;
	}
	if (r == 0) {
		free(report->dmesg);
		report->dmesg = dmesg;
	}
	return r;
}

static int measure(struct trial *trial, struct err *err)
{
	const struct trial_order *order = trial->order;
	int r = of_host(trial, host_prepare(order->host, order->plan, &trial->report, err));

	if (r < 0 || trial->report.failure != FAILURE_NONE)
		return r;
	r = find_modes(trial, err);
	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = run_control(trial, err);
	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = run_all(trial, err);
	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = read_after(trial, err);
	if (trial->report.failure == FAILURE_LINK)
		return r; /* who is silent is not waited for twice */
	return r == 0 ? read_dmesg(trial, err) : r;
}

static int tell(const struct trial *trial, enum trial_deed deed, struct err *err)
{
	const struct trial_order *order = trial->order;

	return order->before ? order->before(deed, trial->boot_id, order->data, err) : 0;
}

/* From the proof of the boot on. */
static int measure_booted(struct trial *trial, struct err *err)
{
	int r = boot_record(trial->order->db, trial->boot_id, &trial->report, err);

	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = tell(trial, TRIAL_MEASURE, err);
	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = measure(trial, err);
	if (r < 0 && trial->lost) {
		blame(&trial->report, FAILURE_LINK, SYMPTOM_LOST, err->text);
		err_clear(err);
		return 0;
	}
	return r;
}

/* Enters the kernel; what another process must know to go on is stored before. */
static int leave(struct trial *trial, struct err *err)
{
	const struct trial_order *order = trial->order;
	struct departure departure = {0};
	int r = host_depart(order->host, order->plan, &departure, err);

	if (r == 0 && order->ends_us)
		r = departure_store(order->db, trial->boot_id, &departure, err);
	if (r == 0)
		r = host_boot(order->host, order->kernel, order->plan, &departure,
			&trial->report, err);
	departure_clear(&departure);
	return r;
}

static int boot_and_measure(struct trial *trial, struct err *err)
{
	int r = tell(trial, TRIAL_BOOT, err);

	if (r == 0)
		r = leave(trial, err);
	return r < 0 ? r : measure_booted(trial, err);
}

/* The boot's end and what it means for the job are one change. */
static int end_boot(const struct trial *trial, struct err *err)
{
	struct db *db = trial->order->db;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = boot_end(
			db, trial->boot_id, &trial->report, clock_unix_ms(&clock_real), err);
	if (r == 0)
		r = tell(trial, TRIAL_END, err);
	return db_part_end(&part, r, err);
}

/* How it went, and that the host is to go back, are one change. */
static int end_measuring(const struct trial *trial, struct err *err)
{
	struct db *db = trial->order->db;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = boot_record(db, trial->boot_id, &trial->report, err);
	if (r == 0)
		r = tell(trial, TRIAL_RESTORE, err);
	return db_part_end(&part, r, err);
}

/* Stopping was asked for: no machine is left in a test kernel, but for the one that we run on.
 */
static int leave_on_golden(const struct trial *trial, struct err *err)
{
	const struct trial_order *order = trial->order;
	struct err fault = ERR_INIT;
	const char *name = host_name(order->host);

	if (order->ends_us || host_is_on_golden(order->host))
		return -EINTR;
	progress_step(order->progress,
		"stops: host %s goes back to its golden kernel first; a second signal leaves "
		"it as it is",
		name);
	if (host_restore(order->host, &fault) < 0)
		return err_set(err, -EINTR, "stopped; %s", fault.text);
	return err_set(err, -EINTR, "stopped; host %s is back on its golden kernel", name);
}

/* Brings the host back whatever r says, and the boot to its end when that is 0. */
static int finish(struct trial *trial, int r, struct trial_end *ret, struct err *err)
{
	const struct trial_order *order = trial->order;
	struct err restore_err = ERR_INIT;
	int restored = r == -EINTR ? 0 : host_restore(order->host, &restore_err);

	if (r == -EINTR)
		r = leave_on_golden(trial, err);
	if (r == 0 && restored < 0)
		r = err_set(err, restored, "bringing the host back to golden: %s",
			restore_err.text);
	if (r == 0)
		outcome_hung(&trial->report.failure, trial->report.symptom);
	if (r == 0)
		r = end_boot(trial, err);
	if (r == 0 && trial->report.failure == FAILURE_NONE)
		r = record_boot(order->db, trial->boot_id, err);
	if (r == 0)
		*ret = (struct trial_end){trial->report.failure, trial->report.symptom,
			mem_strdup(trial->report.reason), trial->processes, trial->rejected};
	boot_report_clear(&trial->report);
	free(trial->mode_ids);
	return r;
}

int trial_run(const struct trial_order *order, struct trial_end *ret, struct err *err)
{
	struct trial trial = {.order = order};
	int r;

	progress_step(order->progress, "%s", order->title);
	r = boot_start(order->db, order->run_id, order->session_id, order->kernel->id,
		order->side, clock_unix_ms(&clock_real), &trial.boot_id, err);
	if (r < 0)
		return r;
	r = boot_and_measure(&trial, err);
	if (r == 0)
		r = end_measuring(&trial, err);
	return finish(&trial, r, ret, err);
}

/* ---- in the next kernel ---- */

/* 1: it is; 0: that is enough, and the boot fails instead: no machine reboots for ever. */
static int lose(struct trial *trial, const struct unfinished *before, enum symptom symptom,
	const char *reason, struct err *err)
{
	int r;

	if (interleave_has_lost_enough(before->lost)) {
		blame(&trial->report, FAILURE_SERVICE, SYMPTOM_LOST, reason);
		return 0;
	}
	r = boot_lose(trial->order->db, trial->boot_id, symptom, reason, err);

	if (r == 0)
		progress_note(trial->order->progress, "this boot is repeated: %s", reason);
	return r < 0 ? r : 1;
}

/* The machine came back to golden and nobody knows why. */
static int weigh_reset(struct trial *trial, const struct unfinished *before, struct err *err)
{
	if (trial->report.symptom != SYMPTOM_RESET || interleave_blames_reset(before->resets))
		return 0;
	return lose(trial, before, SYMPTOM_RESET, trial->report.reason, err);
}

/* The kernel was to be entered: which one runs now? */
static int arrive(struct trial *trial, const struct unfinished *before, struct err *err)
{
	const struct trial_order *order = trial->order;
	int r = host_arrive(
		order->host, order->kernel, &before->departure, &trial->report, err);

	if (r > 0)
		r = lose(trial, before, SYMPTOM_NONE,
			"kvmperf was stopped before the kernel was entered", err);
	else if (r == 0)
		r = weigh_reset(trial, before, err);
	if (r == 0)
		r = measure_booted(trial, err);
	return r == 0 ? end_measuring(trial, err) : r;
}

/* It was measured: the process that did it is gone, and maybe the kernel with it. */
static int interrupted(struct trial *trial, const struct unfinished *before, struct err *err)
{
	const char *was = before->report.boot_id;
	int r;

	if (was && strcmp(host_boot_id(trial->order->host), was) == 0) {
		r = lose(trial, before, SYMPTOM_NONE, "kvmperf was stopped during this boot",
			err);
	} else {
		blame(&trial->report, FAILURE_KERNEL, SYMPTOM_RESET,
			"the machine was reset while the test ran");
		r = weigh_reset(trial, before, err);
	}
	return r == 0 ? end_measuring(trial, err) : r;
}

static void swap_reports(struct boot_report *a, struct boot_report *b)
{
	struct boot_report old = *a;

	*a = *b;
	*b = old;
}

int trial_resume(const struct trial_order *order, enum trial_deed deed, int64_t boot_id,
	struct unfinished *before, struct trial_end *ret, struct err *err)
{
	struct trial trial = {.order = order,
		.boot_id = boot_id,
		.processes = before->processes,
		.rejected = before->rejected};
	int r = 0;

	progress_step(order->progress, "%s, in the next kernel", order->title);
	if (deed == TRIAL_BOOT)
		r = arrive(&trial, before, err);
	else if (deed == TRIAL_MEASURE)
		r = interrupted(&trial, before, err);
	else
		swap_reports(&trial.report, &before->report);
	if (r > 0)
		boot_report_clear(&trial.report);
	return r > 0 ? r : finish(&trial, r, ret, err);
}
