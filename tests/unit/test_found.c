/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/found.h"

#include "bisect_sample.h"

static void test_a_commit_with_its_proof(void **state)
{
	struct bisect b = bisect_sample();
	struct finding f;

	(void)state;
	found_fill(&b, &f);
	assert_int_equal(f.kind, FINDING_COMMIT);
	assert_int_equal(f.from_commit, 2);
	assert_int_equal(f.to_commit, 3);
	assert_string_equal(f.steered_by, "g-thp 40/48/4K enable on altra");
	assert_int_equal(f.comparison_id, 14);
	assert_int_equal(f.revert_on_tip, PROOF_IMPOSSIBLE);
	assert_string_equal(f.revert_reason, "conflict in mmu.c");
	assert_int_equal(f.step_count, 3);
	assert_string_equal(f.steps[0].answer, "does not have it");
	assert_string_equal(f.steps[1].answer, "skipped: kernel 444444444444 does not compile");
	assert_string_equal(f.steps[2].answer, "has the change");
	finding_clear(&f);
	bisect_clear(&b);
}

static void test_a_range_names_nobody(void **state)
{
	struct bisect b = bisect_sample();
	struct finding f;

	(void)state;
	memcpy(b.answer, "range", 6);
	found_fill(&b, &f);
	assert_int_equal(f.kind, FINDING_RANGE);
	assert_int_equal(f.revert_on_tip, PROOF_NOT_TRIED);
	finding_clear(&f);
	free(take_ptr(b.scenario));
	found_fill(&b, &f);
	assert_int_equal(f.kind, FINDING_NONE);
	assert_null(f.steered_by);
	finding_clear(&f);
	bisect_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_commit_with_its_proof),
		cmocka_unit_test(test_a_range_names_nobody),
	};

	return cmocka_run_group_tests_name("found", tests, NULL, NULL);
}
