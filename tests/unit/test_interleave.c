/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/interleave.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	int wanted;
	const char *order;
} rows[] = {
	{1, "AB"},
	{2, "ABBA"},
	{3, "ABBAAB"},
	{4, "ABBAABBA"},
	{5, "ABBAABBAAB"},
	{6, "ABBAABBAABBA"},
	{7, "ABBAABBAABBAAB"},
	{8, "ABBAABBAABBAABBA"},
};

static void boots_alternate_in_a_b_b_a(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int good[2] = {0, 0};
		char got[32] = "", side;

		while ((side = interleave_next(good[0], good[1], rows[i].wanted)) != 0) {
			strncat(got, &side, 1);
			good[side == 'B']++;
		}
		if (strcmp(got, rows[i].order) != 0)
			fail_msg("%d wanted: %s", rows[i].wanted, got);
	}
}

/* Every place of the order fails once: the same side comes again, the order stays. */
static void a_lost_boot_is_repeated_in_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t lost = 0; rows[i].order[lost]; lost++) {
			int good[2] = {0, 0};

			for (size_t k = 0; rows[i].order[k]; k++) {
				char want = rows[i].order[k];

				for (int again = 0; again <= (k == lost); again++)
					assert_int_equal(interleave_next(good[0], good[1],
								 rows[i].wanted),
						want);
				good[want == 'B']++;
			}
		}
}

/* More boots were wanted later, or a side has more than its share. */
static const struct {
	const char *name;
	int good_a, good_b, wanted;
	char want;
} uneven[] = {
	{"a run that is extended goes on in the order", 2, 2, 4, 'A'},
	{"the other side fills up", 4, 1, 4, 'B'},
	{"the other side fills up, this way too", 0, 4, 4, 'A'},
	{"both have more than wanted", 5, 4, 3, 0},
	{"nothing is wanted", 0, 0, 0, 0},
};

static void test_uneven(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(uneven); i++)
		if (interleave_next(uneven[i].good_a, uneven[i].good_b, uneven[i].wanted) !=
			uneven[i].want)
			fail_msg("%s", uneven[i].name);
}

static const struct {
	const char *name;
	enum failure failure;
	int good, bad;
	enum interleave_answer want;
} answers[] = {
	{"a kernel that never came up is given up at once", FAILURE_KERNEL, 0, 1,
		INTERLEAVE_GIVE_UP},
	{"a kernel that came up before is tried again", FAILURE_KERNEL, 1, 1,
		INTERLEAVE_REPEAT},
	{"and again", FAILURE_KERNEL, 1, 2, INTERLEAVE_REPEAT},
	{"but not a third time", FAILURE_KERNEL, 5, 3, INTERLEAVE_GIVE_UP},
	{"the machine is tried again", FAILURE_HOST, 0, 1, INTERLEAVE_REPEAT},
	{"the link is tried again", FAILURE_LINK, 0, 2, INTERLEAVE_REPEAT},
	{"a kexec is tried again", FAILURE_KEXEC, 0, 2, INTERLEAVE_REPEAT},
	{"the machine is not tried for ever", FAILURE_HOST, 9, 3, INTERLEAVE_GIVE_UP},
	{"the link is not tried for ever", FAILURE_LINK, 0, 3, INTERLEAVE_GIVE_UP},
	{"a test that fails would fail again", FAILURE_TEST, 3, 1, INTERLEAVE_GIVE_UP},
	{"a build is not a boot", FAILURE_BUILD, 3, 1, INTERLEAVE_GIVE_UP},
	{"a source is not a boot", FAILURE_SOURCE, 3, 1, INTERLEAVE_GIVE_UP},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (interleave_after_failure(answers[i].failure, answers[i].good,
			    answers[i].bad) != answers[i].want)
			fail_msg("%s", answers[i].name);
}

static void a_reset_is_believed_the_third_time(void **state)
{
	(void)state;
	assert_false(interleave_blames_reset(0));
	assert_false(interleave_blames_reset(1));
	assert_true(interleave_blames_reset(2));
	assert_false(interleave_has_lost_enough(4));
	assert_true(interleave_has_lost_enough(5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots_alternate_in_a_b_b_a),
		cmocka_unit_test(a_lost_boot_is_repeated_in_its_place),
		cmocka_unit_test(test_uneven),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(a_reset_is_believed_the_third_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
