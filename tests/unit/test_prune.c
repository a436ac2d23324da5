/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/prune.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "jobs_fixture.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* A file below the store's folder, last changed so many days before day 1000. */
static char *put(struct store *s, const char *folder, const char *name, int days_old)
{
	auto_free char *where = mem_printf("%s/%s", s->folder, folder);
	char *path = mem_printf("%s/%s", where, name);
	struct timespec times[2] = {{.tv_sec = (1000 - days_old) * (DAY_MS / 1000)},
		{.tv_sec = (1000 - days_old) * (DAY_MS / 1000)}};

	assert_int_equal(fs_make_folder(where, NULL), 0);
	scratch_write(path, "content");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, where, times, 0), 0);
	return path;
}

static void set_image(struct store *s, int which, const char *path)
{
	auto_query struct query *query = NULL;

	must(query_open(s->db, "UPDATE kernels SET image_path = :path WHERE id = :id", &query,
		&store_err));
	query_bind_text(query, ":path", path);
	query_bind_int(query, ":id", s->kernels[which].kernel.id);
	must(query_run(query, &store_err));
}

static void what_nobody_needs_is_removed(void **state)
{
	struct service_spec spec = {.keep_days = 30, .keep_gb = 100};
	struct progress progress;
	FILE *quiet = fopen("/dev/null", "we");
	struct store s;

	(void)state;
	store_open(&s);
	progress_init(&progress, quiet, false);
	must(run_end(s.db, &s.run, FAILURE_NONE, SYMPTOM_NONE, NULL, 5000, &store_err));
	{
		auto_free char *old = put(&s, "kernels/old", "image", 90);
		auto_free char *log = put(&s, "kernels/old", "build.log", 90);
		auto_free char *young = put(&s, "kernels/young", "image", 3);
		auto_free char *stray = put(&s, "kernels/stray", "image", 90);
		auto_free char *tree = put(&s, "builds/abc", "build.log", 90);
		auto_free char *golden = put(&s, "hosts/emulated", "golden", 900);
		auto_free char *job = put(&s, "jobs/77", "build.log", 90);

		set_image(&s, 0, old);
		set_image(&s, 1, young);
		must(prune(s.db, s.folder, &spec, 1000 * DAY_MS, &progress, NULL, &store_err));
		assert_false(fs_exists(old));
		assert_true(fs_exists(log));
		assert_true(fs_exists(young));
		assert_false(fs_exists(stray));
		assert_false(fs_exists(tree));
		assert_true(fs_exists(golden));
		assert_false(fs_exists(job));
	}
	fclose(quiet);
	store_close(&s);
}

static void what_an_open_job_or_event_needs_stays(void **state)
{
	static const char event_sql[] =
		"INSERT INTO events (branch, from_commit, to_commit, direction, state, "
		"emulated, "
		"metric, title, unit, change, low, high, cells_flagged, cells_judged, "
		"sentence, "
		"message_id, opened_unix_ms, updated_unix_ms) VALUES ('', 1, 2, 'regressed', "
		"'new', 1, '', '', '', 0, 0, 0, 1, 1, '', 'x', 0, 0)";
	static const char evidence_sql[] =
		"UPDATE jobs SET comparison_id = 1; INSERT INTO event_comparisons (event_id, "
		"comparison_id, role, unix_ms) VALUES (1, 1, 'opened', 0)";
	struct service_spec spec = {.keep_days = 30, .keep_gb = 100};
	struct progress progress;
	FILE *quiet = fopen("/dev/null", "we");
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	progress_init(&progress, quiet, false);
	must(run_end(s.db, &s.run, FAILURE_NONE, SYMPTOM_NONE, NULL, 5000, &store_err));
	id = jobs_add(&s, "", 0);
	{
		auto_free char *old = put(&s, "kernels/old", "image", 90);
		auto_free char *name = mem_printf("jobs/%d", (int)id);
		auto_free char *log = put(&s, name, "build.log", 90);

		set_image(&s, 0, old);
		must(prune(s.db, s.folder, &spec, 1000 * DAY_MS, &progress, NULL, &store_err));
		assert_true(fs_exists(old));
		assert_true(fs_exists(log));
		must(db_exec(s.db, event_sql, &store_err));
		must(job_wish_set(s.db, id, JOB_WISH_CANCEL, 1000, &store_err));
		must(db_exec(s.db, evidence_sql, &store_err));
		must(prune(s.db, s.folder, &spec, 1000 * DAY_MS, &progress, NULL, &store_err));
		assert_true(fs_exists(old));
		assert_true(fs_exists(log)); /* of a job that measured what the event shows */
		must(db_exec(s.db, "UPDATE events SET state = 'closed'", &store_err));
		must(prune(s.db, s.folder, &spec, 1000 * DAY_MS, &progress, NULL, &store_err));
		assert_false(fs_exists(old));
		assert_false(fs_exists(log));
	}
	fclose(quiet);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_needs_is_removed),
		cmocka_unit_test(what_an_open_job_or_event_needs_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
