/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/values.h"

#include "support.h"

#include "base/mem.h"

#define MODE "PA-bits:40, VA-bits:48, 4K pages"
#define HEAD                                                                                \
	"Test iterations: 2\nTesting guest mode: PA-bits:40,  VA-bits:48,  4K pages\n"      \
	"Populate memory time: 0.633103552s\nEnabling dirty logging time: 0.001031600s\n\n" \
	"Iteration 1 dirty memory time: 0.006056656s\n"                                     \
	"Iteration 1 get dirty log time: 0.000263216s\n"
#define PLAIN                                                           \
	HEAD "Iteration 2 dirty memory time: 0.463660208s\n"            \
	     "Iteration 2 get dirty log time: 0.000045248s\n"           \
	     "Disabling dirty logging time: 0.000564880s\n"             \
	     "Get dirty log over 2 iterations took 0.000308464s. (Avg " \
	     "0.000154232s/iteration)\n"
#define MANUAL                                                            \
	HEAD "Iteration 1 clear dirty log time: 0.003462000s\n"           \
	     "Iteration 2 dirty memory time: 0.463660208s\n"              \
	     "Iteration 2 get dirty log time: 0.000045248s\n"             \
	     "Iteration 2 clear dirty log time: 0.000502000s\n"           \
	     "Disabling dirty logging time: 0.000564880s\n"               \
	     "Get dirty log over 2 iterations took 0.000308464s. (Avg "   \
	     "0.000154232s/iteration)\n"                                  \
	     "Clear dirty log over 2 iterations took 0.003964000s. (Avg " \
	     "0.001982000s/iteration)\n"

static const struct scenario plain = {.iterations = 2, .slots = 1};
static const struct scenario manual = {.iterations = 2, .slots = 1, .manual_protect = true};
static const struct scenario longer = {.iterations = 3, .slots = 1};

static struct process_report report_of(const char *output)
{
	return (struct process_report){
		.output = mem_strdup(output), .output_bytes = strlen(output)};
}

static double value_of(const struct value_list *list, const char *quantity, int iteration)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->values[i].quantity, quantity) &&
			list->values[i].iteration == iteration)
			return list->values[i].value;
	return -1;
}

static void every_printed_line_is_a_value(void **state)
{
	struct process_report report = report_of(MANUAL);
	struct value_list list;

	(void)state;
	values_read(&report, &manual, MODE, &list);
	assert_int_equal(report.failure, FAILURE_NONE);
	assert_int_equal(list.count, 11);
	assert_near(value_of(&list, "populate", 0), 0.633103552, 1e-12);
	assert_near(value_of(&list, "enable", 0), 0.0010316, 1e-12);
	assert_near(value_of(&list, "dirty", 2), 0.463660208, 1e-12);
	assert_near(value_of(&list, "get", 1), 0.000263216, 1e-12);
	assert_near(value_of(&list, "clear", 1), 0.003462, 1e-12);
	assert_near(value_of(&list, "clear", 2), 0.000502, 1e-12);
	assert_near(value_of(&list, "disable", 0), 0.00056488, 1e-12);
	assert_near(value_of(&list, "get-total", 0), 0.000308464, 1e-12);
	assert_near(value_of(&list, "clear-total", 0), 0.003964, 1e-12);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.values[i].unit, "s");
	free(list.values);
	process_report_clear(&report);
}

static void wrapped_calls_are_values_too(void **state)
{
	static const struct ioctl_call calls[] = {
		{IOCTL_ENABLE, 1000000, true, 500},
		{IOCTL_GET, 2000, false, 0}, /* changed its CPU: timed, not counted */
		{IOCTL_GET, 3000, true, 700},
		{IOCTL_DISABLE, 4000, true, 800},
	};
	struct process_report report = report_of(PLAIN);
	struct value_list list;

	(void)state;
	report.calls = mem_copy(calls, sizeof(calls));
	report.call_count = ARRAY_SIZE(calls);
	report.has_probe_cost = true;
	report.probe_overhead = 9;
	report.probe_wrapper = 99;
	values_read(&report, &plain, MODE, &list);
	assert_int_equal(list.count, 8 + 4 + 3 + 2 * 3 + 2);
	assert_near(value_of(&list, "ioctl.enable", 1), 1e-3, 1e-15);
	assert_near(value_of(&list, "ioctl.get", 1), 2e-6, 1e-15);
	assert_near(value_of(&list, "ioctl.get", 2), 3e-6, 1e-15);
	assert_near(value_of(&list, "ioctl.get.count", 0), 2, 0);
	assert_near(value_of(&list, "ioctl.get.total", 0), 5e-6, 1e-15);
	assert_near(value_of(&list, "insn.enable", 1), 500, 0);
	assert_near(value_of(&list, "insn.get", 1), -1, 0);
	assert_near(value_of(&list, "insn.get", 2), 700, 0); /* keeps its number */
	assert_near(value_of(&list, "insn.disable", 1), 800, 0);
	assert_near(value_of(&list, "ioctl.clear.count", 0), -1, 0);
	assert_near(value_of(&list, "probe.overhead", 0), 9, 0);
	assert_near(value_of(&list, "probe.wrapper", 0), 99, 0);
	free(list.values);
	process_report_clear(&report);
}

static const struct {
	const char *name, *output, *mode;
	const struct scenario *scenario;
	const char *words;
} bad[] = {
	{"no output", "", MODE, &plain, ""},
	{"output that is cut", "Test iterations: 2\nTesting gue", MODE, &plain, ""},
	{"output of another scenario", PLAIN, MODE, &manual, ""},
	{"output of a manual scenario", MANUAL, MODE, &plain, ""},
	{"output of fewer iterations", PLAIN, MODE, &longer, ""},
	{"output of another guest mode", PLAIN, "PA-bits:36, VA-bits:48, 4K pages", &plain,
		"the test ran guest mode \"PA-bits:40, VA-bits:48, 4K pages\", asked for was "
		"\"PA-bits:36, VA-bits:48, 4K pages\""},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct process_report report = report_of(bad[i].output);
		struct value_list list = {.count = 77};

		values_read(&report, bad[i].scenario, bad[i].mode, &list);
		if (list.count || list.values || report.failure != FAILURE_TEST ||
			report.symptom != SYMPTOM_OUTPUT || !report.reason[0] ||
			!strstr(report.reason, bad[i].words))
			fail_msg("%s: %zu values, %s", bad[i].name, list.count, report.reason);
		process_report_clear(&report);
	}
}

static void a_process_that_failed_is_not_read(void **state)
{
	struct process_report report = report_of(PLAIN), silent = {0};
	struct value_list list = {.count = 77};

	(void)state;
	report.failure = FAILURE_HOST;
	report.symptom = SYMPTOM_PREPARE;
	report.reason = mem_strdup("pages are in use");
	values_read(&report, &plain, MODE, &list);
	assert_int_equal(list.count, 0);
	assert_int_equal(report.symptom, SYMPTOM_PREPARE);
	assert_string_equal(report.reason, "pages are in use");
	process_report_clear(&report);
	values_read(&silent, &plain, MODE, &list); /* no output at all, not even an empty one */
	assert_int_equal(silent.symptom, SYMPTOM_OUTPUT);
	process_report_clear(&silent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_printed_line_is_a_value),
		cmocka_unit_test(wrapped_calls_are_values_too),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(a_process_that_failed_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
