/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/quarantine.h"

#include "store_fixture.h"

#include "rules/health.h"
#include "store/hosts.h"

static void open_lab(struct store *s, struct settings *settings)
{
	store_open(s);
	must(settings_parse("test",
		"[host emulated]\ndriver = qemu\n[mail]\nfrom = bot@lab.example\n"
		"owner = owner@lab.example\nsmtp = smtp://localhost:25\n",
		settings, &store_err));
}

static int failed(struct store *s, const struct settings *settings, bool is_final, int64_t now)
{
	int r = quarantine_failed(
		s->db, settings, s->host_id, is_final, "golden is silent", now, &store_err);

	must(r);
	return r;
}

static const char letters[] =
	"SELECT count(*) FROM outbox WHERE kind = 'owner' AND subject = "
	"'[kvmperf] host emulated is in quarantine'";

static void a_host_that_fails_again_and_again_goes_and_its_owner_is_told(void **state)
{
	struct settings settings;
	struct store s;

	(void)state;
	open_lab(&s, &settings);
	for (int i = 1; i < HEALTH_FAILURES; i++)
		assert_int_equal(failed(&s, &settings, false, i), 0);
	assert_int_equal(store_count(&s, letters), 0);
	assert_int_equal(failed(&s, &settings, false, HEALTH_FAILURES), 1);
	assert_int_equal(store_count(&s, letters), 1);
	assert_int_equal(store_count(&s,
				 "SELECT count(*) FROM hosts WHERE health = 'quarantined' AND "
				 "health_reason = 'it failed 3 times in a row, last: golden is "
				 "silent'"),
		1);
	settings_clear(&settings);
	store_close(&s);
}

static void a_boot_in_between_ends_the_row(void **state)
{
	struct settings settings;
	struct store s;

	(void)state;
	open_lab(&s, &settings);
	for (int i = 1; i < HEALTH_FAILURES; i++)
		assert_int_equal(failed(&s, &settings, false, i), 0);
	must(host_served(s.db, s.host_id, &store_err));
	assert_int_equal(failed(&s, &settings, false, 10), 0);
	settings_clear(&settings);
	store_close(&s);
}

static void what_somebody_must_look_at_goes_at_once_and_is_told_once(void **state)
{
	struct settings settings;
	struct store s;

	(void)state;
	open_lab(&s, &settings);
	assert_int_equal(failed(&s, &settings, true, 1), 1);
	assert_int_equal(failed(&s, &settings, true, 2), 1);
	must(quarantine_host(s.db, &settings, s.host_id, "it drifts", 3, &store_err));
	assert_int_equal(store_count(&s, letters), 1);
	assert_int_equal(
		store_count(&s, "SELECT count(*) FROM host_steps WHERE what = 'quarantine'"),
		1);
	assert_int_equal(store_count(&s,
				 "SELECT count(*) FROM hosts WHERE health_reason = "
				 "'golden is silent'"),
		1);
	settings_clear(&settings);
	store_close(&s);
}

static void count_steps(const char *host, const char *reason, void *data)
{
	assert_string_equal(host, "emulated");
	assert_non_null(reason);
	(*(int *)data)++;
}

static void each_quarantine_is_told_once(void **state)
{
	struct settings settings;
	int64_t last = -1;
	struct store s;
	int told = 0;

	(void)state;
	open_lab(&s, &settings);
	failed(&s, &settings, true, 1);
	must(host_quarantines(s.db, &last, count_steps, &told, &store_err));
	assert_int_equal(told, 0); /* it was there before */
	must(host_release(s.db, s.host_id, "mended", 2, &store_err));
	failed(&s, &settings, true, 3);
	must(host_quarantines(s.db, &last, count_steps, &told, &store_err));
	must(host_quarantines(s.db, &last, count_steps, &told, &store_err));
	assert_int_equal(told, 1);
	settings_clear(&settings);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_fails_again_and_again_goes_and_its_owner_is_told),
		cmocka_unit_test(a_boot_in_between_ends_the_row),
		cmocka_unit_test(what_somebody_must_look_at_goes_at_once_and_is_told_once),
		cmocka_unit_test(each_quarantine_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
