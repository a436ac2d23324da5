/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "text/dirtylog.h"

#define HEAD                                                       \
	"Random seed: 0x6b8b4567\n"                                \
	"Test iterations: 2\n"                                     \
	"Testing guest mode: PA-bits:40,  VA-bits:48,  4K pages\n" \
	"Random seed: 0x1\n"                                       \
	"guest physical test memory: [0xfffefff000, 0xfffffff000)\n"
#define POPULATE "Populate memory time: 0.633103552s\n"
#define ENABLE	 "Enabling dirty logging time: 0.001031600s\n\n"
#define DIRTY_1	 "Iteration 1 dirty memory time: 0.006056656s\n"
#define GET_1	 "Iteration 1 get dirty log time: 0.000263216s\n"
#define CLEAR_1	 "Iteration 1 clear dirty log time: 0.003462000s\n"
#define DIRTY_2	 "Iteration 2 dirty memory time: 0.463660208s\n"
#define GET_2	 "Iteration 2 get dirty log time: 0.000045248s\n"
#define CLEAR_2	 "Iteration 2 clear dirty log time: 0.000502000s\n"
#define DISABLE	 "Disabling dirty logging time: 12.000564880s\n"
#define GETS	 "Get dirty log over 2 iterations took 0.000308464s. (Avg 0.000154232s/iteration)\n"
#define CLEARS \
	"Clear dirty log over 2 iterations took 0.003964000s. (Avg 0.001982000s/iteration)\n"
#define ROUNDS DIRTY_1 GET_1 CLEAR_1 DIRTY_2 GET_2 CLEAR_2
#define WHOLE  HEAD POPULATE ENABLE ROUNDS DISABLE GETS CLEARS
#define PLAIN  HEAD POPULATE ENABLE DIRTY_1 GET_1 DIRTY_2 GET_2 DISABLE GETS

static const struct dirtylog_expect manual = {.iterations = 2, .manual_protect = true};
static const struct dirtylog_expect plain = {.iterations = 2, .manual_protect = false};

static const struct dirtylog_value whole_values[] = {
	{DIRTYLOG_POPULATE, 0, 633103552},
	{DIRTYLOG_ENABLE, 0, 1031600},
	{DIRTYLOG_DIRTY, 1, 6056656},
	{DIRTYLOG_GET, 1, 263216},
	{DIRTYLOG_CLEAR, 1, 3462000},
	{DIRTYLOG_DIRTY, 2, 463660208},
	{DIRTYLOG_GET, 2, 45248},
	{DIRTYLOG_CLEAR, 2, 502000},
	{DIRTYLOG_DISABLE, 0, 12000564880},
	{DIRTYLOG_GET_TOTAL, 0, 308464},
	{DIRTYLOG_CLEAR_TOTAL, 0, 3964000},
};

static const struct dirtylog_value plain_values[] = {
	{DIRTYLOG_POPULATE, 0, 633103552},
	{DIRTYLOG_ENABLE, 0, 1031600},
	{DIRTYLOG_DIRTY, 1, 6056656},
	{DIRTYLOG_GET, 1, 263216},
	{DIRTYLOG_DIRTY, 2, 463660208},
	{DIRTYLOG_GET, 2, 45248},
	{DIRTYLOG_DISABLE, 0, 12000564880},
	{DIRTYLOG_GET_TOTAL, 0, 308464},
};

static const struct good_case {
	const char *sentence;
	const char *text;
	const struct dirtylog_expect *expect;
	const struct dirtylog_value *values;
	size_t count;
} goods[] = {
	{"a whole run gives every value", WHOLE, &manual, whole_values,
		ARRAY_SIZE(whole_values)},
	{"without manual protect nothing is cleared", PLAIN, &plain, plain_values,
		ARRAY_SIZE(plain_values)},
	{"lines that nobody knows are ignored",
		"hello\n" HEAD "\n\n1 2 3\n" POPULATE ENABLE "Itera\n" ROUNDS DISABLE GETS
		"uffd\n" CLEARS "bye\n",
		&manual, whole_values, ARRAY_SIZE(whole_values)},
	{"an unknown line without an end does no harm", WHOLE "Random se", &manual,
		whole_values, ARRAY_SIZE(whole_values)},
};

static void assert_values(const struct good_case *c, const struct dirtylog *log)
{
	if (log->count != c->count || log->iterations != 2)
		fail_msg("%s: %zu values", c->sentence, log->count);
	if (strcmp(log->mode, "PA-bits:40, VA-bits:48, 4K pages") != 0)
		fail_msg("%s: mode '%s'", c->sentence, log->mode);
	for (size_t i = 0; i < c->count; i++) {
		const struct dirtylog_value *got = &log->values[i], *want = &c->values[i];

		if (got->metric != want->metric || got->iteration != want->iteration ||
			got->duration_ns != want->duration_ns)
			fail_msg("%s: value %zu", c->sentence, i);
	}
}

static void whole_outputs_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(goods); i++) {
		struct dirtylog log = {0};
		struct err err = ERR_INIT;

		if (dirtylog_parse(goods[i].text, strlen(goods[i].text), goods[i].expect, &log,
			    &err) < 0)
			fail_msg("%s: %s", goods[i].sentence, err.text);
		assert_values(&goods[i], &log);
		dirtylog_clear(&log);
		assert_null(log.values);
	}
}

static const struct bad_case {
	const char *sentence;
	const char *text;
	const struct dirtylog_expect *expect;
	int code;
	const char *says;
} bads[] = {
	{"nothing at all", "", &manual, -ENODATA,
		"ends after line 0, expected 'Test iterations: "},
	{"an unknown option ends in the usage", "usage: ./dirty_log_perf_test [-h]\n", &manual,
		-ENODATA, "line 1 of the test's output: it printed its usage"},
	{"a skip is repeated",
		"Random seed: 0x1\n1..0 # SKIP - Cannot open /dev/kvm: No such file or "
		"directory\n",
		&manual, -ENODATA, "skipped: Cannot open /dev/kvm: No such file"},
	{"a missing last line", HEAD POPULATE ENABLE ROUNDS DISABLE GETS, &manual, -ENODATA,
		"ends after line 16, expected 'Clear dirty log over "},
	{"a run that stopped in the middle", HEAD POPULATE ENABLE DIRTY_1 GET_1, &manual,
		-ENODATA, "expected 'Iteration 1 clear dirty log time: "},
	{"a missing line in the middle", HEAD POPULATE ENABLE DIRTY_1 CLEAR_1, &manual,
		-EBADMSG,
		"line 10 of the test's output: expected 'Iteration 1 get dirty log time: ...', "
		"found 'Iteration 1 clear"},
	{"a doubled line", HEAD POPULATE POPULATE, &manual, -EBADMSG,
		"line 7 of the test's output: expected 'Enabling dirty logging time: ...', "
		"found 'Populate"},
	{"a second guest mode", WHOLE HEAD, &manual, -EBADMSG,
		"'Test iterations: 2' comes after the last expected line"},
	{"a line of another iteration", HEAD POPULATE ENABLE DIRTY_2, &manual, -EBADMSG,
		"expected 'Iteration 1 dirty"},
	{"iteration 0", HEAD POPULATE ENABLE "Iteration 0 dirty memory time: 0.006056656s\n",
		&manual, -EBADMSG, "expected 'Iteration 1 dirty"},
	{"a clear line that nobody asked for", HEAD POPULATE ENABLE DIRTY_1 GET_1 CLEAR_1,
		&plain, -EBADMSG, "expected 'Iteration 2 dirty"},
	{"another number of iterations", "Test iterations: 3\n", &manual, -EBADMSG,
		"3 iterations, expected 2"},
	{"no iterations", "Test iterations: 0\n", &manual, -EBADMSG,
		"0 iterations, expected 2"},
	{"a total over another number",
		HEAD POPULATE ENABLE ROUNDS DISABLE
		"Get dirty log over 3 iterations took 0.000308464s. (Avg "
		"0.000154232s/iteration)\n",
		&manual, -EBADMSG, "3 iterations, expected 2"},
	{"a line cut in half", HEAD "Populate memory ti\n", &manual, -EBADMSG,
		"found the cut or malformed 'Populate memory ti'"},
	{"a number cut in half", HEAD "Populate memory time: 0.6331\n", &manual, -EBADMSG,
		"cut or malformed"},
	{"a cut number that still has its unit", HEAD "Populate memory time: 0.6331s\n",
		&manual, -EBADMSG, "cut or malformed"},
	{"a value whose line has no end", HEAD "Populate memory time: 0.633103552s", &manual,
		-EBADMSG, "cut or malformed"},
	{"the last value without an end of line",
		HEAD POPULATE ENABLE ROUNDS DISABLE GETS
		"Clear dirty log over 2 iterations took 0.003964000s. (Avg "
		"0.001982000s/iteration)",
		&manual, -EBADMSG, "cut or malformed"},
	{"two lines run into one", HEAD "Populate memory time: 0.633103552sEnabling\n", &manual,
		-EBADMSG, "cut or malformed"},
	{"seconds that overflow", HEAD "Populate memory time: 9223372036.999999999s\n", &manual,
		-EBADMSG, "cut or malformed"},
	{"seconds beyond 64 bits", HEAD "Populate memory time: 99999999999999999999.0s\n",
		&manual, -EBADMSG, "cut or malformed"},
	{"negative seconds", HEAD "Populate memory time: -1.000000000s\n", &manual, -EBADMSG,
		"cut or malformed"},
	{"a mode without its end", "Test iterations: 2\nTesting guest mode: PA-bits:40,  VA\n",
		&manual, -EBADMSG, "cut or malformed 'Testing guest mode: PA-bits:40,  VA'"},
	{"a strange iteration", HEAD POPULATE ENABLE "Iteration 1 sleep time: 0.006056656s\n",
		&manual, -EBADMSG, "cut or malformed"},
};

static void anything_else_gives_no_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad_case *c = &bads[i];
		struct dirtylog log = {.iterations = 77};
		struct err err = ERR_INIT;
		int r = dirtylog_parse(c->text, strlen(c->text), c->expect, &log, &err);

		if (r != c->code)
			fail_msg("%s: returned %d", c->sentence, r);
		if (!strstr(err.text, c->says))
			fail_msg("%s: said '%s'", c->sentence, err.text);
		if (log.iterations != 77)
			fail_msg("%s: touched the result", c->sentence);
	}
}

static void every_cut_of_an_output_is_noticed(void **state)
{
	struct dirtylog log;

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(WHOLE) - 1; bytes++) {
		if (dirtylog_parse(WHOLE, bytes, &manual, &log, NULL) >= 0)
			fail_msg("%zu bytes of the output were taken for all of it", bytes);
	}
}

static void every_lost_byte_within_a_value_is_noticed(void **state)
{
	static const char whole[] = WHOLE;
	char text[sizeof(whole)];
	size_t from = strlen(HEAD);

	(void)state;
	/* Seconds and unit of the first value; the text before it is skipped over as unknown.
	 */
	for (size_t i = 0; i + 1 < strlen(POPULATE); i++) {
		struct dirtylog log;

		memcpy(text, whole, from + i);
		strcpy(text + from + i, &whole[from + i + 1]);
		if (dirtylog_parse(text, strlen(text), &manual, &log, NULL) >= 0)
			fail_msg("byte %zu of the line was lost unnoticed", i);
	}
}

static void carriage_returns_and_nul_bytes_do_no_harm(void **state)
{
	static const char crlf[] =
		"x\0y\r\nTest iterations: 2\r\nTesting guest mode: PA-bits:40, "
		"VA-bits:48, 4K pages\r\n\0\r\nPopulate memory time: 1.0\0";
	struct err err = ERR_INIT;
	struct dirtylog log;

	(void)state;
	assert_int_equal(dirtylog_parse(crlf, sizeof(crlf) - 1, &manual, &log, &err), -EBADMSG);
	assert_string_equal(err.text,
		"line 5 of the test's output: expected 'Populate memory time: ...', "
		"found the cut or malformed 'Populate memory time: 1.0?'");
}

static void a_mode_with_a_nul_byte_is_malformed(void **state)
{
	static const char text[] =
		"Test iterations: 2\nTesting guest mode: PA-bits:4\0, VA-bits:48, 4K pages\n";
	struct dirtylog log;

	(void)state;
	assert_int_equal(dirtylog_parse(text, sizeof(text) - 1, &manual, &log, NULL), -EBADMSG);
}

static void ten_megabytes_of_noise_are_skipped(void **state)
{
	size_t noise = 10 << 20, bytes = 2 * noise + sizeof(WHOLE);
	auto_free char *text = mem_new(bytes, 1);
	struct dirtylog log;

	(void)state;
	/* One overlong line, and as much in short ones. */
	memset(text, 'a', noise);
	text[noise - 1] = '\n';
	for (size_t i = noise; i < 2 * noise; i++)
		text[i] = i % 2 ? '\n' : 'b';
	memcpy(text + 2 * noise, WHOLE, sizeof(WHOLE));
	assert_int_equal(dirtylog_parse(text, bytes - 1, &manual, &log, NULL), 0);
	assert_int_equal(log.count, ARRAY_SIZE(whole_values));
	dirtylog_clear(&log);
}

static void an_impossible_expectation_is_refused(void **state)
{
	struct dirtylog_expect none = {.iterations = 0},
			       many = {.iterations = DIRTYLOG_MAX_ITERATIONS + 1};
	struct dirtylog log;

	(void)state;
	assert_int_equal(dirtylog_parse("", 0, &none, &log, NULL), -EINVAL);
	assert_int_equal(dirtylog_parse("", 0, &many, &log, NULL), -EINVAL);
}

static void metrics_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(dirtylog_metric_name(DIRTYLOG_POPULATE), "populate");
	assert_string_equal(dirtylog_metric_name(DIRTYLOG_CLEAR_TOTAL), "clear-total");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_outputs_are_read),
		cmocka_unit_test(anything_else_gives_no_value),
		cmocka_unit_test(every_cut_of_an_output_is_noticed),
		cmocka_unit_test(every_lost_byte_within_a_value_is_noticed),
		cmocka_unit_test(carriage_returns_and_nul_bytes_do_no_harm),
		cmocka_unit_test(a_mode_with_a_nul_byte_is_malformed),
		cmocka_unit_test(ten_megabytes_of_noise_are_skipped),
		cmocka_unit_test(an_impossible_expectation_is_refused),
		cmocka_unit_test(metrics_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
