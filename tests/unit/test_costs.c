/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/costs.h"

#include "store_fixture.h"

#include "store/bisects.h"
#include "store/jobs.h"

/* A step whose job was built for `build` minutes, waited for `wait`, and booted for `boot`. */
static void add_step(struct store *s, int64_t bisect_id, int build, int wait, int boot)
{
	struct bisect_step step = {.kind = BISECT_TEST,
		.word = BISECT_GOOD,
		.base.id = s->commits[0].id,
		.commit.id = s->commits[1].id,
		.comparison_id = s->run.id};
	struct job job = {.kind = JOB_FIXED,
		.origin = (char *)(uintptr_t) "bisect",
		.repository = (char *)(uintptr_t) "/r",
		.plan = (char *)(uintptr_t) "small",
		.base_commit = s->commits[0].id,
		.new_commit = s->commits[1].id};
	auto_free char *sql = NULL;
	int64_t boot_id;

	must(job_add(s->db, &job, "test", 0, &store_err));
	sql = mem_printf(
		"INSERT INTO job_steps (job_id, unix_ms, state, text) VALUES "
		"(%lld, 60000, 'build', ''), (%lld, %d, 'ready', ''), "
		"(%lld, %d, 'boot', ''), (%lld, 99000000, 'boot', '')",
		(long long)job.id, (long long)job.id, 60000 * (1 + build), (long long)job.id,
		60000 * (1 + build + wait), (long long)job.id);
	must(db_exec(s->db, sql, &store_err));
	boot_id = store_boot(s, 'A', 0);
	store_boot_good(s, boot_id, 60000 * boot);
	step.job_id = job.id;
	must(bisect_step_add(s->db, bisect_id, &step, 1000, &store_err));
	must(bisect_step_link(s->db, &step, &store_err));
	must(bisect_step_end(s->db, "recipe", &step, 2000, &store_err));
}

static void test_costs(void **state)
{
	char nothing[] = "";
	struct bisect b = {.repository = nothing,
		.host = nothing,
		.plan = nothing,
		.paths = nothing,
		.queued = true};
	struct bisect_costs costs;
	struct store s;

	(void)state;
	store_open(&s);
	b.good.id = s.commits[0].id;
	b.bad.id = s.commits[1].id;
	must(bisect_add(s.db, &b, 1000, &store_err));
	must(costs_of_bisect(s.db, b.id, &costs, &store_err));
	assert_near(costs.build, 0, 0);
	assert_int_equal(bisect_width(&costs), 1);
	add_step(&s, b.id, 1, 40, 5);
	must(costs_of_bisect(s.db, b.id, &costs, &store_err));
	assert_near(costs.build, 1, 1e-9);
	assert_near(costs.session, 40, 1e-9);
	assert_near(costs.boot, 5, 1e-9);
	assert_int_equal(bisect_width(&costs), 3);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_costs),
	};

	return cmocka_run_group_tests_name("costs", tests, NULL, NULL);
}
