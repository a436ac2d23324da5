/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/bisect_text.h"

#include "bisect_sample.h"

static const char *const lines[] = {
	"the ends, 111111111111 and 555555555555: they differ, +20.00 %; 1 build, 2 boots",
	"test 222222222222 (\"KVM: ?[31mcommit\"): good, +0.10 % (evidence +0.0); 1 build, 2 "
	"boots",
	"test 444444444444 (\"KVM: ?[31mcommit\"): skip, kernel 444444444444 does not compile; "
	"1 "
	"build, 2 boots",
	"test 333333333333 (\"KVM: ?[31mcommit\"): bad, +19.00 % (evidence +0.0); 1 build, 2 "
	"boots",
	"proof: 333333333333 against 222222222222: the change is there, +19.50 %; 1 build, 2 "
	"boots",
	"revert on the bad end 555555555555: skip, conflict in mmu.c; 1 build, 2 boots",
};

static void test_every_step_is_a_line(void **state)
{
	struct bisect b = bisect_sample();

	(void)state;
	for (size_t i = 0; i < b.step_count; i++) {
		char *line = bisect_text_step(&b, &b.steps[i]);

		assert_string_equal(line, lines[i]);
		free(line);
	}
	bisect_clear(&b);
}

static const struct {
	const char *name, *state, *answer, *want;
} answers[] = {
	{"a commit with its proof", "done", "commit",
		"333333333333 (\"KVM: ?[31mslow?\") made it slower: fresh boots differ."},
	{"a range with the reason", "done", "range",
		"A range: the change came after 222222222222, at the latest with 333333333333, "
		"and no single commit can be named, because fresh boots differ."},
	{"while it goes on", "running", "", "Not known yet."},
	{"one that was given up", "cancelled", "", "Cancelled: fresh boots differ"},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct bisect b = bisect_sample();
		char *line;

		free(b.state);
		free(b.answer);
		b.state = mem_strdup(answers[i].state);
		b.answer = mem_strdup(answers[i].answer);
		line = bisect_text_answer(&b);
		if (strcmp(line, answers[i].want))
			fail_msg("%s: %s", answers[i].name, line);
		free(line);
		bisect_clear(&b);
	}
}

static void test_the_whole_sums_up(void **state)
{
	struct bisect b = bisect_sample();
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	bisect_text_write(out, &b);
	fclose(out);
	assert_non_null(strstr(text, "bisect 7: 111111111111 (good) to 555555555555 (bad)"));
	assert_non_null(strstr(text, "cell: g-thp 40/48/4K enable (s), +19.72 %"));
	assert_non_null(strstr(text, "6 builds, 12 boots\n"));
	assert_null(strchr(text, '\033'));
	free(text);
	bisect_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_step_is_a_line),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_the_whole_sums_up),
	};

	return cmocka_run_group_tests_name("bisect_text", tests, NULL, NULL);
}
