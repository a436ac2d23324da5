/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/digest.h"

#include "alert_fixture.h"

/* ALERT_NOW is a Saturday; digests come on Mondays. */
#define MONDAY (ALERT_NOW + 2 * ALERT_DAY)

static int digests(struct alert_store *a, int64_t unix_ms)
{
	must(digest_post(a->s.db, &a->settings, unix_ms, &store_err));
	return (int)store_count(&a->s, "SELECT count(*) FROM outbox WHERE kind = 'digest'");
}

static void an_improvement_and_what_was_held_back_are_told_once(void **state)
{
	struct alert_store a;
	struct mail mail;

	(void)state;
	alert_store_open(&a, ALERT_LIVE "daily-limit = 0\n");
	alert_told(&a, 0, 'a', 1e6, 'b', 0.8e6);
	alert_told(&a, 0, 'b', 1e6, 'c', 1.3e6);
	assert_int_equal(store_count(&a.s, "SELECT count(*) FROM outbox"), 0);
	assert_int_equal(digests(&a, MONDAY - ALERT_DAY), 0); /* Sunday */
	assert_int_equal(digests(&a, MONDAY), 1);
	assert_int_equal(digests(&a, MONDAY + 3600000), 1);
	mail = alert_mail(&a, 1);
	assert_string_equal(mail.subject, "[kvmperf] weekly digest");
	assert_non_null(strstr(mail.message, "\nnext aaaaaaaaaaaa..bbbbbbbbbbbb\n"));
	assert_non_null(strstr(mail.message, "\nnext bbbbbbbbbbbb..cccccccccccc\n"));
	assert_non_null(strstr(mail.message,
		"Held back by the daily limit of mails: 1 regression of these.\n"));
	mail_clear(&mail);
	assert_int_equal(digests(&a, MONDAY + 7 * ALERT_DAY), 1); /* nothing new */
	alert_store_close(&a);
}

/* A screen asked, and fresh interleaved boots found nothing. */
static void a_suspicion_that_was_not_confirmed_is_told(void **state)
{
	struct alert_store a;
	struct mail mail;

	(void)state;
	alert_store_open(&a, ALERT_LIVE);
	alert_told(&a, 0, 'a', 1e6, 'b', 1e6);
	assert_int_equal(digests(&a, MONDAY), 0); /* nobody had been suspicious */
	must(db_exec(a.s.db,
		"INSERT INTO screens (comparison_id, answer, triggers, judged_unix_ms) "
		"SELECT id, 'confirm', 3, 1 FROM comparisons; "
		"UPDATE comparisons SET screen_id = id",
		&store_err));
	assert_int_equal(digests(&a, MONDAY), 1);
	mail = alert_mail(&a, 1);
	assert_non_null(strstr(mail.message,
		"Looked suspicious, and fresh interleaved boots did not find it:\n\n"
		"next aaaaaaaaaaaa..bbbbbbbbbbbb on emulated\n"));
	mail_clear(&mail);
	alert_store_close(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_improvement_and_what_was_held_back_are_told_once),
		cmocka_unit_test(a_suspicion_that_was_not_confirmed_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
