/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/search.h"

#include "store_fixture.h"

#include "store/bisects.h"
#include "store/event_changes.h"
#include "store/jobs.h"

/*
 * What the service's bisects begin with, and how they end when they cannot go
 * on. Whole ones are in test_phase_bisect.c and tests/pipeline/bisect.sh.
 */
static struct job confirm_of(struct store *s, const char *origin)
{
	struct job job = {.kind = JOB_CONFIRM,
		.origin = (char *)(uintptr_t)origin,
		.repository = (char *)(uintptr_t) "/no/such/repository",
		.base_commit = s->commits[0].id,
		.new_commit = s->commits[1].id,
		.plan = (char *)(uintptr_t) "small",
		.kernel_config = (char *)(uintptr_t) ""};

	must(job_add(s->db, &job, "test", 2000, &store_err));
	job.comparison_id = s->run.id;
	return job;
}

static int64_t open_event(struct store *s, enum event_role role)
{
	struct event event = {.branch = (char *)(uintptr_t) "next",
		.repository = (char *)(uintptr_t) "",
		.from = {.id = s->commits[0].id},
		.to = {.id = s->commits[1].id},
		.state = EVENT_CONFIRMED,
		.metric = (char *)(uintptr_t) "enable",
		.title = (char *)(uintptr_t) "enable",
		.unit = (char *)(uintptr_t) "instructions",
		.sentence = (char *)(uintptr_t) "slower",
		.told = (char *)(uintptr_t) "",
		.message_id = (char *)(uintptr_t) "1@x"};

	must(event_add(s->db, &event, "kvmperf", "flagged", &store_err));
	must(event_add_evidence(s->db, event.id, s->run.id, role, 2000, &store_err));
	return event.id;
}

static const struct {
	const char *name, *origin;
	bool has_event;
	enum event_role role;
	int64_t want;
} rows[] = {
	{"an event that was opened is searched", "screen", true, EVENT_OPENED, 1},
	{"one that was only attached to is not", "screen", true, EVENT_ATTACHED, 0},
	{"without an event there is nothing to search", "screen", false, EVENT_OPENED, 0},
	{"a bisect's own proof starts no other", "bisect", true, EVENT_OPENED, 0},
};

static void test_rows(void **state)
{
	struct settings settings = {0};

	(void)state;
	must(settings_parse("built-in", settings_builtin(), &settings, &store_err));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct store s;
		struct job job;
		int64_t got;

		store_open(&s);
		job = confirm_of(&s, rows[i].origin);
		if (rows[i].has_event)
			open_event(&s, rows[i].role);
		for (int k = 0; k < 2; k++) /* again changes nothing */
			must(search_judged(s.db, &settings, &job, 3000, &store_err));
		got = store_count(&s,
			"SELECT count(*) FROM bisects WHERE queued = 1 AND event_id = 1 AND "
			"repository = '/no/such/repository' AND host = 'emulated'");
		if (got != rows[i].want)
			fail_msg("%s: %lld bisects", rows[i].name, (long long)got);
		assert_int_equal(bisect_is_waiting(s.db, &store_err), rows[i].want);
		store_close(&s);
	}
	settings_clear(&settings);
}

/* A repository that is gone ends this bisect, with the reason, and not the walk. */
static void test_a_bisect_that_cannot_go_on_is_cancelled(void **state)
{
	struct settings settings = {0};
	struct store s;
	struct job job;
	int jobs = 7;

	(void)state;
	store_open(&s);
	must(settings_parse("built-in", settings_builtin(), &settings, &store_err));
	job = confirm_of(&s, "screen");
	open_event(&s, EVENT_OPENED);
	must(search_judged(s.db, &settings, &job, 3000, &store_err));
	must(search_walk(
		&(struct search){s.db, &settings, s.folder, 4000, NULL}, &jobs, &store_err));
	assert_int_equal(jobs, 0);
	assert_int_equal(store_count(&s,
				 "SELECT count(*) FROM bisects WHERE state = "
				 "'cancelled' AND reason LIKE '%/no/such/repository%'"),
		1);
	assert_int_equal(bisect_is_waiting(s.db, &store_err), 0);
	settings_clear(&settings);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_a_bisect_that_cannot_go_on_is_cancelled),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
