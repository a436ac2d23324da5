/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/trust.h"

#include "lab_fixture.h"
#include "store/hosts.h"
#include "store/series.h"
#include "work/judge.h"

struct two {
	struct commit base, fresh;
};

static struct two two_kernels(struct lab *lab)
{
	struct two t;

	t.base = lab_commit(lab);
	t.fresh = lab_commit(lab);
	return t;
}

static struct trust_check check(struct lab *lab, const struct run *run)
{
	struct trust_check answer;
	struct comparison c;

	must(judge_comparison(lab->s.db, run->id, &c, &store_err));
	must(trust_check(lab->s.db, &c, lab->now, &answer, &store_err));
	comparison_clear(&c);
	return answer;
}

/* A comparison of the two in one lab session. */
static struct trust_check compare(
	struct lab *lab, const struct two *t, const char *order, double base, double fresh)
{
	struct run run = lab_compare(lab, "fixed", &t->base, &t->fresh);

	lab_session(lab, &run, order, base, fresh);
	return check(lab, &run);
}

static void a_steady_machine_is_trusted(void **state)
{
	struct trust_check answer, again;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	answer = compare(&lab, &t, "ABBA", 1e6, 1e6);
	assert_false(answer.has_baseline || answer.has_drift || answer.has_control);
	assert_false(answer.has_between);
	for (int i = 0; i < 4; i++)
		answer = compare(&lab, &t, "ABBAABBA", 1e6, 1.3e6);
	assert_false(answer.quarantine); /* that the new kernel is slower is not the machine */
	assert_true(fabs(answer.drift) < 0.02);
	assert_true(fabs(answer.baseline) < 0.01);
	assert_false(answer.drift_moved || answer.aa);
	assert_int_equal(answer.flagged, 1);
	assert_int_equal(trust_find(lab.s.db, 6, &again, &store_err), 1);
	assert_close(again.baseline, answer.baseline, 1e-12);
	assert_string_equal(again.reason, answer.reason);
	assert_false(again.has_control);
	assert_int_equal(trust_find(lab.s.db, 4711, &again, &store_err), 0);
	store_close(&lab.s);
}

static void a_base_kernel_that_moved_is_a_quarantine(void **state)
{
	struct trust_check answer;
	struct comparison c;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	for (int i = 0; i < 4; i++)
		compare(&lab, &t, "ABBA", 1e6, 1e6);
	answer = compare(&lab, &t, "ABBA", 1.06e6, 1.06e6);
	assert_string_equal(answer.reason, "the baseline kernel moved");
	assert_true(fabs(answer.baseline - 0.06) < 0.005);
	assert_int_equal(answer.flagged, 0); /* both kernels moved alike */
	must(judge_comparison(lab.s.db, 5 + 1, &c, &store_err));
	if (strncmp(c.sentence, "NOT JUDGED: the baseline kernel moved by +6.", 44) ||
		!strstr(c.sentence, " % against its own history"))
		fail_msg("%s", c.sentence);
	assert_non_null(c.doubted);
	assert_string_equal(c.trust.moved, answer.reason);
	assert_true(fabs(c.trust.baseline - answer.baseline) < 1e-9);
	comparison_clear(&c);
	must(judge_comparison(lab.s.db, 5, &c, &store_err));
	assert_null(c.doubted);
	assert_null(c.trust.moved);
	comparison_clear(&c);
	store_close(&lab.s);
}

static void the_control_tells_of_the_machine(void **state)
{
	struct trust_check answer;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	lab.control[0] = lab.control[1] = 5e6;
	for (int i = 0; i < 4; i++) {
		t = two_kernels(&lab); /* its history is that of all kernels */
		answer = compare(&lab, &t, "ABBA", 1e6, 1.3e6);
	}
	assert_false(answer.quarantine);
	assert_true(fabs(answer.control) < 0.002 && fabs(answer.between) < 0.002);
	assert_false(answer.has_baseline); /* this base kernel is new */
	assert_false(answer.between_moved);
	lab.control[0] = lab.control[1] = 5.2e6;
	t = two_kernels(&lab);
	answer = compare(&lab, &t, "ABBA", 1e6, 1e6);
	assert_string_equal(answer.reason, "the negative control moved");
	assert_true(fabs(answer.control - 0.04) < 0.002);
	assert_false(answer.between_moved);
	store_close(&lab.s);
}

static void a_control_that_differs_between_kernels_is_not_the_machine(void **state)
{
	struct trust_check answer;
	struct comparison c;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	lab.control[0] = lab.control[1] = 5e6;
	for (int i = 0; i < 3; i++)
		answer = compare(&lab, &t, "ABBA", 1e6, 1e6);
	lab.control[1] = 5.3e6;
	answer = compare(&lab, &t, "ABBAABBA", 1e6, 1.06e6);
	assert_true(answer.between_moved);
	assert_true(fabs(answer.between - 0.06) < 0.002);
	assert_true(answer.between_half > 0 && answer.between_half < 0.003);
	assert_false(answer.quarantine);
	must(judge_comparison(lab.s.db, 5, &c, &store_err));
	assert_true(c.trust.has_between && c.trust.between_moved); /* as pages get it */
	assert_true(c.boots[0].control > 4.9e6);
	assert_int_equal(c.boots[0].processes, 1); /* of the test: the control is none */
	comparison_clear(&c);
	store_close(&lab.s);
}

/* Boots of a kernel that points_load() gives. */
static size_t boots_known(struct lab *lab, int64_t commit)
{
	struct point_wish wish = {
		.branch = "", .commit_id = commit, .before_unix_ms = INT64_MAX};
	struct point_set set;
	size_t count;

	assert_true(comparison_epochs(lab->s.db, 2, &wish.epoch_id, &store_err) > 0);
	must(points_load(lab->s.db, &wish, &set, &store_err));
	count = set.boot_count;
	point_set_clear(&set);
	return count;
}

static void a_discarded_session_teaches_nothing(void **state)
{
	struct trust_check answer;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	for (int i = 0; i < 4; i++)
		compare(&lab, &t, "ABBA", 1e6, 1e6);
	assert_int_equal(boots_known(&lab, t.base.id), 8);
	answer = compare(&lab, &t, "ABBA", 1.06e6, 1.06e6);
	assert_string_equal(answer.reason, "the baseline kernel moved");
	assert_int_equal(boots_known(&lab, t.base.id), 8);
	/* the machine stays as it is now: each lab session says so until its owner does */
	answer = compare(&lab, &t, "ABBA", 1.06e6, 1.06e6);
	assert_string_equal(answer.reason, "the baseline kernel moved");
	must(host_quarantine(lab.s.db, lab.s.host_id, "it moved", lab.now, &store_err));
	must(host_release(lab.s.db, lab.s.host_id, "new firmware", lab.now, &store_err));
	for (int i = 0; i < 3; i++)
		answer = compare(&lab, &t, "ABBA", 1.06e6, 1.06e6);
	assert_false(answer.quarantine);
	assert_true(fabs(answer.baseline) < 0.01); /* against what came after the release */
	store_close(&lab.s);
}

static void a_kernel_that_differs_from_itself_is_a_quarantine(void **state)
{
	struct trust_check answer;
	struct comparison c;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	must(db_exec(lab.s.db, "UPDATE kernels SET image_hash = 'same'", &store_err));
	answer = compare(&lab, &t, "ABBAABBA", 1e6, 1e6);
	assert_false(answer.quarantine);
	answer = compare(&lab, &t, "ABBAABBA", 1e6, 1.1e6);
	assert_string_equal(answer.reason, "a kernel differed from itself");
	assert_int_equal(answer.flagged, 1);
	must(judge_comparison(lab.s.db, 3, &c, &store_err));
	assert_string_equal(c.sentence,
		"NOT JUDGED: a kernel differed from itself; the machine is not to be trusted");
	comparison_clear(&c);
	store_close(&lab.s);
}

static void drift_within_a_session_is_seen(void **state)
{
	struct trust_check answer;
	struct lab lab;
	struct two t;
	struct run run;

	(void)state;
	lab_open(&lab);
	t = two_kernels(&lab);
	run = lab_compare(&lab, "fixed", &t.base, &t.fresh);
	lab_session(&lab, &run, "ABBAABBAABBA", 1e6, 1e6);
	/* a machine that warms up: 1 % a boot */
	must(db_exec(lab.s.db,
		"UPDATE samples SET value = value * (1 + 0.01 * (SELECT p.boot_id FROM "
		"processes p WHERE p.id = process_id)) WHERE value > 1",
		&store_err));
	answer = check(&lab, &run);
	assert_true(answer.drift_moved);
	assert_true(fabs(answer.drift - 0.11) < 0.02);
	assert_false(answer.quarantine); /* shown; both kernels were booted in turns */
	store_close(&lab.s);
}

static void runs_against_itself_are_counted(void **state)
{
	auto_free char *none = NULL, *some = NULL, *one = NULL;
	struct trust_record record;
	struct lab lab;
	struct two t;

	(void)state;
	lab_open(&lab);
	must(trust_record(lab.s.db, 0, &record, &store_err));
	none = trust_sentence(&record);
	assert_string_equal(none, "A/A: no runs yet");
	t = two_kernels(&lab);
	must(db_exec(lab.s.db, "UPDATE kernels SET image_hash = 'same'", &store_err));
	for (int i = 0; i < 5; i++) {
		struct run run = lab_compare(&lab, "fixed", &t.base, &t.fresh);

		lab_session(&lab, &run, "ABBAABBA", 1e6, 1e6);
		must(run_end(
			lab.s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, lab.now, &store_err));
		assert_true(check(&lab, &run).aa);
	}
	must(trust_record(lab.s.db, lab.s.host_id, &record, &store_err));
	some = trust_sentence(&record);
	assert_string_equal(some, "A/A: 0 alerts of 5 (below 45.1 % at 95 %)");
	must(db_exec(lab.s.db, "UPDATE host_checks SET flagged = 2 WHERE comparison_id = 3",
		&store_err));
	must(trust_record(lab.s.db, lab.s.host_id, &record, &store_err));
	one = trust_sentence(&record);
	assert_string_equal(one, "A/A: 1 alert of 5 (below 65.7 % at 95 %)");
	must(trust_record(lab.s.db, 4711, &record, &store_err));
	assert_int_equal(record.runs, 0);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_steady_machine_is_trusted),
		cmocka_unit_test(a_base_kernel_that_moved_is_a_quarantine),
		cmocka_unit_test(the_control_tells_of_the_machine),
		cmocka_unit_test(a_control_that_differs_between_kernels_is_not_the_machine),
		cmocka_unit_test(a_discarded_session_teaches_nothing),
		cmocka_unit_test(a_kernel_that_differs_from_itself_is_a_quarantine),
		cmocka_unit_test(drift_within_a_session_is_seen),
		cmocka_unit_test(runs_against_itself_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
