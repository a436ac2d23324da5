/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/letters.h"

#include "alert_fixture.h"

#include "work/post.h"

/* Stories over days: what a thread tells, and what is silent. */

static void assert_thread(const struct mail *mail, const char *kind, const char *root)
{
	auto_free char *reply = mem_printf("\nIn-Reply-To: <%s>\n", root);
	auto_free char *references = mem_printf("\nReferences: <%s>\n", root);

	assert_string_equal(mail->kind, kind);
	assert_string_not_equal(mail->message_id, root);
	assert_non_null(strstr(mail->message, reply));
	assert_non_null(strstr(mail->message, references));
	assert_non_null(strstr(mail->message, "\nSubject: Re: [next] [KVM: arm64]  "));
}

static void a_thread_tells_still_fixed_and_back(void **state)
{
	struct alert_store a;
	struct event e;
	struct mail mail;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	alert_told(&a, 0, 'a', 1e6, 'c', 1.1e6); /* still there, but told just now */
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 1);
	a.now += 14 * ALERT_DAY;
	alert_told(&a, 0, 'a', 1e6, 'd', 1.1e6);
	e = alert_event(&a, 1);
	mail = alert_mail(&a, 2);
	assert_thread(&mail, "still", e.message_id);
	assert_non_null(strstr(mail.message, "[still regression on next dddd"));
	mail_clear(&mail);
	event_clear(&e);
	alert_told(&a, 0, 'a', 1e6, 'e', 1e6);
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_FIXED_SEEN);
	mail = alert_mail(&a, 3);
	assert_thread(&mail, "fixed", e.message_id);
	assert_non_null(strstr(mail.message, " is gone:\n\ncommit: eeee"));
	mail_clear(&mail);
	event_clear(&e);
	alert_told(&a, 0, 'a', 1e6, 'f', 1.1e6); /* it is back: told at once */
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM events"), 1);
	mail = alert_mail(&a, 4);
	assert_thread(&mail, "still", e.message_id);
	mail_clear(&mail);
	event_clear(&e);
	alert_store_close(&a);
}

static void a_second_host_merges_and_stands_in_the_box(void **state)
{
	struct alert_store a;
	struct event e;
	struct mail mail;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_confirm(&a, 1, 'a', 1e6, 'b', 1e6); /* measured, and told of by the other */
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	mail = alert_mail(&a, 1);
	assert_non_null(strstr(mail.message,
		"| emulated     | g-4k         |   +10.0 % | +10.0, +10.0    | regression   "
		"|\n"));
	assert_non_null(strstr(mail.message,
		"| second       | g-4k         |    +0.0 % | -0.0, +0.0      | no change    "
		"|\n"));
	mail_clear(&mail);
	alert_told(&a, 1, 'a', 1e6, 'b', 1.1e6);
	e = alert_event(&a, 1);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM events"), 1);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 1);
	assert_int_equal(e.evidence[e.evidence_count - 1].role, EVENT_MERGED);
	assert_int_equal(e.cell_count, 2); /* a row a host */
	event_clear(&e);
	alert_store_close(&a);
}

static void a_host_that_differs_is_listed(void **state)
{
	struct alert_store a;
	struct event e;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	alert_told(&a, 1, 'a', 1e6, 'b', 1e6);
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_int_equal(e.evidence[1].role, EVENT_DIFFERS);
	assert_string_equal(e.evidence[1].host, "second");
	event_clear(&e);
	alert_store_close(&a);
}

static void later_kernels_with_the_same_are_silent(void **state)
{
	struct alert_store a;
	struct event e;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'c', 1.1e6);
	alert_told(&a, 0, 'b', 1e6, 'd', 1.1e6);
	alert_told(&a, 0, 'b', 1e6, 'e', 1.1e6);
	alert_told(&a, 0, 'b', 1e6, 'f', 1.1e6);
	e = alert_event(&a, 1);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM events"), 1);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 1);
	assert_int_equal(e.attached, 3);
	assert_true(e.level_unix_ms > 0);
	event_clear(&e);
	alert_store_close(&a);
}

static void the_daily_limit_holds_the_third_back(void **state)
{
	struct alert_store a;

	(void)state;
	alert_store_open(&a, ALERT_LIVE "daily-limit = 2\n");
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	alert_told(&a, 0, 'b', 1e6, 'c', 1.3e6);
	alert_told(&a, 0, 'c', 1e6, 'd', 1.6e6);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM events"), 3);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 2);
	assert_int_equal(
		store_count(&a.s, "SELECT count(*) FROM events WHERE told = 'digest'"), 1);
	a.now += ALERT_DAY;
	alert_told(&a, 0, 'd', 1e6, 'e', 2e6);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 3);
	alert_store_close(&a);
}

static void quiet_hours_hold_a_report_but_not_the_owners(void **state)
{
	struct alert_store a;
	struct mail mail;

	(void)state;
	alert_store_open(&a, ALERT_LIVE "owner = o@lab.example\nquiet-hours = 9-17\n");
	alert_told(&a, 0, 'a', 1e6, 'b', 1.1e6);
	mail = alert_mail(&a, 1);
	assert_int_equal(mail.next_unix_ms, ALERT_NOW + 7 * 3600000); /* 17:00 */
	mail_clear(&mail);
	must(post_owner(
		a.s.db, &a.settings.mail, "host n1 is ill", "Text.", a.now, &store_err));
	mail = alert_mail(&a, 2);
	assert_string_equal(mail.recipients, "o@lab.example");
	assert_int_equal(mail.next_unix_ms, a.now);
	mail_clear(&mail);
	alert_store_close(&a);
}

static void the_owner_is_told_the_same_once_a_day(void **state)
{
	static const struct {
		const char *subject;
		int64_t after_ms;
		int mails;
	} tells[] = {
		{"host n1 is ill", 0, 1},
		{"host n1 is ill", ALERT_DAY - 1, 1},
		{"host n2 is ill", ALERT_DAY - 1, 2},
		{"host n1 is ill", ALERT_DAY, 3},
	};
	struct alert_store a;

	(void)state;
	alert_store_open(&a, ALERT_LIVE "owner = o@lab.example\n");
	for (size_t i = 0; i < ARRAY_SIZE(tells); i++) {
		must(post_owner(a.s.db, &a.settings.mail, tells[i].subject, "Text.",
			ALERT_NOW + tells[i].after_ms, &store_err));
		assert_int_equal(
			store_count(&a.s, "SELECT count(*) FROM outbox"), tells[i].mails);
	}
	alert_store_close(&a);
}

static void a_bisect_answers_in_the_thread(void **state)
{
	struct finding_step steps[] = {{.oid = (char *)(uintptr_t) "cccccccccccccccc",
		.answer = (char *)(uintptr_t) "has the change",
		.boots = 4}};
	struct finding f = {.kind = FINDING_COMMIT,
		.steps = steps,
		.step_count = 1,
		.revert_on_tip = PROOF_IMPOSSIBLE,
		.revert_reason = (char *)(uintptr_t) "the revert does not apply"};
	struct alert_store a;
	struct event e;
	struct mail mail;
	int64_t kernel;

	(void)state;
	alert_store_open(&a, ALERT_LIVE "cc-commit = author\n");
	alert_told(&a, 0, 'a', 1e6, 'f', 1.1e6);
	f.comparison_id = alert_confirm(&a, 0, 'c', 1e6, 'd', 1.1e6);
	f.from_commit = alert_kernel(&a.s, 'c', &kernel);
	f.to_commit = alert_kernel(&a.s, 'd', &kernel);
	must(alert_bisected(a.s.db, &a.settings, 1, &f, a.now, &store_err));
	must(alert_bisected(a.s.db, &a.settings, 1, &f, a.now + 1, &store_err)); /* once */
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 2);
	e = alert_event(&a, 1);
	assert_int_equal(e.culprit.id, f.to_commit);
	mail = alert_mail(&a, 2);
	assert_thread(&mail, "bisect", e.message_id);
	assert_non_null(strstr(mail.recipients, "a@example.org")); /* one commit: its author */
	assert_non_null(strstr(mail.message, "\ncommit: dddd"));
	assert_non_null(strstr(mail.message,
		"verified by revert on the tip: not possible: the revert does not apply\n"));
	assert_non_null(strstr(mail.message, "cccccccccccc   4 boots  has the change\n"));
	mail_clear(&mail);
	event_clear(&e);
	alert_store_close(&a);
}

/* Marks a comparison as measured by a machine that moved. */
static void distrust(struct alert_store *a, int64_t id)
{
	auto_free char *sql = mem_printf(
		"INSERT OR REPLACE INTO host_checks (comparison_id, verdict, aa, flagged, "
		"drift_moved, checked_unix_ms) VALUES (%lld, 'baseline', 0, 0, 0, 1)",
		(long long)id);

	must(db_exec(a->s.db, sql, &store_err));
}

static void a_machine_that_moved_neither_opens_nor_ends_anything(void **state)
{
	struct alert_store a;
	struct event e;
	int64_t id;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	id = alert_confirm(&a, 0, 'a', 1e6, 'b', 1.1e6);
	distrust(&a, id);
	must(alert_judged(a.s.db, &a.settings, id, a.now, &store_err));
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_NEW);
	assert_int_equal(e.mail_count, 0);
	event_clear(&e);
	alert_told(&a, 1, 'a', 1e6, 'b', 1.2e6); /* another one saw it too, and more */
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_int_equal(e.mail_count, 1);
	assert_near(e.change, 0.2, 0.001); /* told is what that one measured */
	assert_non_null(strstr(e.mails[0].subject, " 20.0% regression"));
	event_clear(&e);
	id = alert_confirm(&a, 0, 'a', 1e6, 'c', 1e6);
	distrust(&a, id);
	must(alert_judged(a.s.db, &a.settings, id, a.now, &store_err));
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED); /* not fixed by that one */
	assert_int_equal(e.mail_count, 1);
	event_clear(&e);
	alert_store_close(&a);
}

/* A bisect compares the good end with others, and a revert with the bad end. */
static void steps_of_a_bisect_are_no_news(void **state)
{
	struct alert_store a;
	struct event e;
	int64_t id;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'd', 1.1e6);
	id = alert_confirm(&a, 0, 'd', 1.1e6, 'e', 1e6); /* the revert */
	must(db_exec(a.s.db,
		"INSERT INTO jobs (kind, state, origin, repository, plan, comparison_id, "
		"created_unix_ms, updated_unix_ms, change) SELECT 'confirm', 'judge', "
		"'bisect', "
		"'/r', 'small', max(id), 1, 1, 1 FROM comparisons",
		&store_err));
	must(alert_judged(a.s.db, &a.settings, id, a.now, &store_err));
	e = alert_event(&a, 1);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_int_equal(e.evidence_count, 1);
	event_clear(&e);
	alert_store_close(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_tells_still_fixed_and_back),
		cmocka_unit_test(a_second_host_merges_and_stands_in_the_box),
		cmocka_unit_test(a_host_that_differs_is_listed),
		cmocka_unit_test(later_kernels_with_the_same_are_silent),
		cmocka_unit_test(the_daily_limit_holds_the_third_back),
		cmocka_unit_test(quiet_hours_hold_a_report_but_not_the_owners),
		cmocka_unit_test(the_owner_is_told_the_same_once_a_day),
		cmocka_unit_test(a_bisect_answers_in_the_thread),
		cmocka_unit_test(a_machine_that_moved_neither_opens_nor_ends_anything),
		cmocka_unit_test(steps_of_a_bisect_are_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
