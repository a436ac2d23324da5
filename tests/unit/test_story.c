/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/story.h"

#include "jobs_fixture.h"
#include "store/moves.h"

static void the_lines_behind_one_are_told_in_order(void **state)
{
	struct story_line *lines;
	int64_t job, end;
	struct store s;
	size_t count;

	(void)state;
	store_open(&s);
	must(story_end(s.db, &end, &store_err));
	assert_int_equal(end, 0);
	job = jobs_add(&s, "", 0);
	must(job_move(s.db, job, JOB_QUEUED, JOB_READY, "is built", 2000, &store_err));
	must(job_take_host(s.db, job, s.host_id, "takes host a", 3000, &store_err));
	must(story_since(s.db, 1, &lines, &count, &store_err));
	assert_int_equal(count, 2);
	assert_int_equal(lines[0].job, job);
	assert_int_equal(lines[0].state, JOB_READY);
	assert_string_equal(lines[0].text, "is built");
	assert_string_equal(lines[0].kernel, s.commits[1].oid);
	assert_int_equal(lines[1].state, JOB_BOOT);
	assert_int_equal(lines[1].host_id, s.host_id);
	must(story_end(s.db, &end, &store_err));
	assert_int_equal(end, lines[1].id);
	story_free(lines, count);
	must(story_since(s.db, end, &lines, &count, &store_err));
	assert_int_equal(count, 0);
	story_free(lines, count);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lines_behind_one_are_told_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
