/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "rules/values.h"

#define MODE "PA-bits:40, VA-bits:48, 4K pages"
#define OUTPUT                                                       \
	"Test iterations: 2\n"                                       \
	"Testing guest mode: " MODE                                  \
	"\n"                                                         \
	"Random seed: 0x1\n"                                         \
	"guest physical test memory: [0xfffefff000, 0xfffffff000)\n" \
	"Populate memory time: 0.500000000s\n"                       \
	"Enabling dirty logging time: 0.250000000s\n\n"              \
	"Iteration 1 dirty memory time: 0.006000000s\n"              \
	"Iteration 1 get dirty log time: 0.001000000s\n"             \
	"Iteration 2 dirty memory time: 0.007000000s\n"              \
	"Iteration 2 get dirty log time: 0.002000000s\n"             \
	"Disabling dirty logging time: 0.125000000s\n"               \
	"Get dirty log over 2 iterations took 0.003000000s. (Avg 0.001500000s/iteration)\n"

static char name[] = "g-4k";
static const struct scenario scenario = {.name = name, .iterations = 2, .slots = 1};

/* enable, and two gets of which the second was not counted. */
static struct ioctl_call calls[] = {
	{IOCTL_ENABLE, 250000000, true, 5000},
	{IOCTL_GET, 1000000, true, 700},
	{IOCTL_GET, 2000000, false, 0},
};

static struct process_report report_of(const char *output, bool has_probe_cost)
{
	return (struct process_report){
		.output = mem_strdup(output),
		.output_bytes = strlen(output),
		.calls = calls,
		.call_count = ARRAY_SIZE(calls),
		.has_probe_cost = has_probe_cost,
		.probe_overhead = 1,
		.probe_wrapper = 173,
	};
}

static void report_drop(struct process_report *report)
{
	report->calls = NULL; /* ours */
	process_report_clear(report);
}

/* The value of a quantity, or NAN. */
static double value_of(const struct value_list *list, const char *quantity, int iteration)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->values[i].quantity, quantity) == 0 &&
			list->values[i].iteration == iteration)
			return list->values[i].value;
	return NAN;
}

static const struct row {
	const char *sentence, *quantity;
	int iteration;
	double value; /* NAN: there is none */
} rows[] = {
	{"a line that comes once", "enable", 0, 0.25},
	{"a line of an iteration", "get", 2, 0.002},
	{"a call's time", "ioctl.get", 2, 0.002},
	{"the calls of a kind", "ioctl.get.count", 0, 2},
	{"their time in all", "ioctl.get.total", 0, 0.003},
	{"a kind that was not called", "ioctl.clear.count", 0, NAN},
	{"a call's instructions", "insn.enable", 1, 5000},
	{"a call that was not counted", "insn.get", 2, NAN},
	{"the probe's own part of a count", "probe.overhead", 0, 1},
	{"what the probe costs a call", "probe.wrapper", 0, 173},
};

static void a_process_gives_its_lines_and_its_calls(void **state)
{
	struct process_report report = report_of(OUTPUT, true);
	struct value_list list;

	(void)state;
	values_read(&report, &scenario, MODE, &list);
	assert_int_equal(report.failure, FAILURE_NONE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double value = value_of(&list, rows[i].quantity, rows[i].iteration);

		if (isnan(rows[i].value) ? !isnan(value)
					 : !(fabs(value - rows[i].value) < 1e-12))
			fail_msg("%s: %.17g", rows[i].sentence, value);
	}
	free(list.values);
	report_drop(&report);
}

static void without_a_counter_the_probe_has_no_price(void **state)
{
	struct process_report report = report_of(OUTPUT, false);
	struct value_list list;

	(void)state;
	values_read(&report, &scenario, MODE, &list);
	assert_true(list.count > 0);
	assert_true(isnan(value_of(&list, "probe.wrapper", 0)));
	assert_true(isnan(value_of(&list, "probe.overhead", 0)));
	free(list.values);
	report_drop(&report);
}

static void output_that_is_not_what_was_asked_for_gives_nothing(void **state)
{
	static const struct {
		const char *sentence, *output, *mode, *reason;
	} bads[] = {
		{"another guest mode", OUTPUT, "PA-bits:36, VA-bits:48, 4K pages",
			"asked for was \"PA-bits:36"},
		{"output that ends early", "Test iterations: 2\nTesting guest mode: " MODE "\n",
			MODE, ""},
		{"no output", "", MODE, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		struct process_report report = report_of(bads[i].output, true);
		struct value_list list;

		values_read(&report, &scenario, bads[i].mode, &list);
		if (list.count || report.failure != FAILURE_TEST ||
			report.symptom != SYMPTOM_OUTPUT ||
			!strstr(report.reason, bads[i].reason))
			fail_msg("%s: %zu values, %s", bads[i].sentence, list.count,
				report.reason ? report.reason : "no reason");
		free(list.values);
		report_drop(&report);
	}
}

static void a_process_that_failed_gives_nothing(void **state)
{
	struct process_report report = report_of(OUTPUT, true);
	struct value_list list;

	(void)state;
	report.failure = FAILURE_TEST;
	report.symptom = SYMPTOM_TIMEOUT;
	values_read(&report, &scenario, MODE, &list);
	assert_int_equal(list.count, 0);
	assert_int_equal(report.symptom, SYMPTOM_TIMEOUT);
	report_drop(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_gives_its_lines_and_its_calls),
		cmocka_unit_test(without_a_counter_the_probe_has_no_price),
		cmocka_unit_test(output_that_is_not_what_was_asked_for_gives_nothing),
		cmocka_unit_test(a_process_that_failed_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
