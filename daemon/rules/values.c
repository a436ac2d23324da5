/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "text/dirtylog.h"

/* Quantity names of each ioctl kind; constants, so that values can borrow them. */
static const struct {
	const char *call, *count, *total, *instructions; /* NULL: of no interest */
} names[IOCTL_KIND_COUNT] = {
	[IOCTL_ENABLE] = {"ioctl.enable", "ioctl.enable.count", "ioctl.enable.total",
		"insn.enable"},
	[IOCTL_DISABLE] = {"ioctl.disable", "ioctl.disable.count", "ioctl.disable.total",
		"insn.disable"},
	[IOCTL_GET] = {"ioctl.get", "ioctl.get.count", "ioctl.get.total", "insn.get"},
	[IOCTL_CLEAR] = {"ioctl.clear", "ioctl.clear.count", "ioctl.clear.total", "insn.clear"},
	[IOCTL_CONTROL] = {.call = "control", .instructions = "insn.control"},
};

static void add(struct value_list *list, const char *quantity, const char *unit, int iteration,
	double value)
{
	list->values = mem_grow(list->values, list->count + 1, sizeof(*list->values));
	list->values[list->count++] = (struct process_value){quantity, unit, iteration, value};
}

static void add_calls(struct value_list *list, const struct process_report *report)
{
	int number[IOCTL_KIND_COUNT] = {0};
	double total_s[IOCTL_KIND_COUNT] = {0};

	for (size_t i = 0; i < report->call_count; i++) {
		const struct ioctl_call *call = &report->calls[i];
		double seconds = (double)call->duration_ns * 1e-9;
		int n = ++number[call->kind];

		total_s[call->kind] += seconds;
		add(list, names[call->kind].call, "s", n, seconds);
		if (call->has_instructions)
			add(list, names[call->kind].instructions, "instructions", n,
				(double)call->instructions);
	}
	for (int kind = 0; kind < IOCTL_KIND_COUNT; kind++) {
		if (!number[kind] || !names[kind].count)
			continue;
		add(list, names[kind].count, "calls", 0, number[kind]);
		add(list, names[kind].total, "s", 0, total_s[kind]);
	}
}

static void add_probe_cost(struct value_list *list, const struct process_report *report)
{
	if (!report->has_probe_cost)
		return;
	add(list, "probe.overhead", "instructions", 0, (double)report->probe_overhead);
	add(list, "probe.wrapper", "instructions", 0, (double)report->probe_wrapper);
}

static void reject(struct process_report *report, const char *sentence)
{
	report->failure = FAILURE_TEST;
	report->symptom = SYMPTOM_OUTPUT;
	free(report->reason);
	report->reason = mem_strdup(sentence);
}

static void add_lines(struct value_list *list, const struct dirtylog *log)
{
	for (size_t i = 0; i < log->count; i++)
		add(list, dirtylog_metric_name(log->values[i].metric), "s",
			(int)log->values[i].iteration,
			(double)log->values[i].duration_ns * 1e-9);
}

void values_read(struct process_report *report, const struct scenario *scenario,
	const char *mode, struct value_list *ret)
{
	struct dirtylog_expect expect = {
		(unsigned)scenario->iterations, scenario->manual_protect};
	struct err err = ERR_INIT;
	struct dirtylog log = {0};

	*ret = (struct value_list){NULL, 0};
	if (report->failure != FAILURE_NONE)
		return;
	if (dirtylog_parse(report->output ? report->output : "", report->output_bytes, &expect,
		    &log, &err) < 0) {
		reject(report, err.text);
		return;
	}
	if (strcmp(log.mode, mode)) {
		err_set(&err, -1, "the test ran guest mode \"%s\", asked for was \"%s\"",
			log.mode, mode);
		reject(report, err.text);
	} else {
		add_lines(ret, &log);
		add_calls(ret, report);
		add_probe_cost(ret, report);
	}
	dirtylog_clear(&log);
}

void values_read_control(const struct process_report *report, struct value_list *ret)
{
	*ret = (struct value_list){NULL, 0};
	if (report->failure == FAILURE_NONE)
		add_calls(ret, report);
}
