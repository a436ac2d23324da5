/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/decision.h"

#include <errno.h>

#include "alert_fixture.h"

static void a_word_is_kept_with_its_reason(void **state)
{
	struct alert_store a;
	struct event e;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	must(decision_take(a.s.db, 1, "invalid", "ann", "a fan was broken", 77, &store_err));
	assert_int_equal(
		decision_take(a.s.db, 1, "ack", "bob", "mine", 78, &store_err), -EINVAL);
	assert_string_equal(
		store_err.text, "event 1 is invalid: it cannot become acknowledged");
	must(decision_take(a.s.db, 1, "reopen", "bob", "it was no fan", 79, &store_err));
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_string_equal(e.steps[e.step_count - 2].who, "ann");
	assert_string_equal(e.steps[e.step_count - 2].why, "a fan was broken");
	assert_string_equal(e.steps[e.step_count - 2].from, "confirmed");
	assert_string_equal(e.steps[e.step_count - 2].to, "invalid");
	assert_int_equal(e.steps[e.step_count - 2].unix_ms, 77);
	event_clear(&e);
	assert_int_equal(decision_take(a.s.db, 99, "ack", "x", "y", 1, &store_err), -ENOENT);
	alert_store_close(&a);
}

static int close_at(struct alert_store *a, int64_t unix_ms)
{
	int closed = 0;

	must(decision_close_old(a->s.db, unix_ms, &closed, &store_err));
	return closed;
}

static void what_stays_fixed_is_closed(void **state)
{
	struct alert_store a;
	struct event e;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	assert_int_equal(close_at(&a, a.now + 1000 * ALERT_DAY), 0); /* a regression waits */
	alert_told(&a, 0, 'a', 1e6, 'c', 1e6);
	assert_int_equal(close_at(&a, a.now + 14 * ALERT_DAY - 1), 0);
	assert_int_equal(close_at(&a, a.now + 14 * ALERT_DAY), 1);
	assert_int_equal(close_at(&a, a.now + 15 * ALERT_DAY), 0);
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CLOSED);
	assert_string_equal(e.steps[e.step_count - 1].who, "kvmperf");
	assert_string_equal(e.steps[e.step_count - 1].why, "fixed for 14 days");
	event_clear(&e);
	alert_told(&a, 0, 'a', 1e6, 'd', 1.1e6); /* closed is closed: another one */
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM events"), 2);
	alert_store_close(&a);
}

static void an_improvement_is_closed_by_itself(void **state)
{
	struct alert_store a;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 0.8e6);
	assert_int_equal(close_at(&a, a.now + 13 * ALERT_DAY), 0);
	assert_int_equal(close_at(&a, a.now + 14 * ALERT_DAY), 1);
	alert_store_close(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_kept_with_its_reason),
		cmocka_unit_test(what_stays_fixed_is_closed),
		cmocka_unit_test(an_improvement_is_closed_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
