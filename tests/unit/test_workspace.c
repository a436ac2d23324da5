/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/workspace.h"

#include <errno.h>

#include "scratch.h"

#define CONFIG "[kvmperf]\nstate = %s\n[host a]\ndriver = qemu\n"

static void a_state_folder_is_made_with_its_store(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/deep/state", root);
	auto_free char *site = mem_printf("%s/deep/state/site", root);
	auto_free char *db = mem_printf("%s/deep/state/kvmperf.db", root);
	struct workspace workspace;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 2; i++) { /* made, and found again */
		assert_int_equal(workspace_open(&workspace, NULL, path, &err), 0);
		assert_string_equal(workspace.state, path);
		assert_string_equal(workspace.site, site);
		assert_true(fs_exists(db));
		assert_int_equal(workspace.settings.host_count, 1);
		workspace_close(&workspace);
	}
}

/* Which of command line, configuration, XDG and home decides. */
static void the_nearest_wish_decides_where_state_is(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *config = mem_printf("%s/conf", root);
	auto_free char *given = mem_printf("%s/given", root);
	auto_free char *configured = mem_printf("%s/configured", root);
	auto_free char *text = mem_printf(CONFIG, configured);
	auto_free char *xdg = mem_printf("%s/xdg", root), *home = mem_printf("%s/home", root);
	auto_free char *in_xdg = mem_printf("%s/kvmperf", xdg);
	auto_free char *in_home = mem_printf("%s/.local/state/kvmperf", home);
	struct {
		const char *config, *state, *xdg, *want;
	} rows[] = {
		{config, given, xdg, given},
		{config, NULL, xdg, configured},
		{NULL, NULL, xdg, in_xdg},
		{NULL, NULL, "relative", in_home},
		{NULL, NULL, NULL, in_home},
	};

	(void)state;
	scratch_write(config, text);
	setenv("HOME", home, 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct workspace workspace;
		struct err err = ERR_INIT;

		if (rows[i].xdg)
			setenv("XDG_STATE_HOME", rows[i].xdg, 1);
		else
			unsetenv("XDG_STATE_HOME");
		if (workspace_open(&workspace, rows[i].config, rows[i].state, &err) < 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_string_equal(workspace.state, rows[i].want);
		workspace_close(&workspace);
	}
}

static void a_workspace_that_cannot_be_opened_says_why(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *file = mem_printf("%s/file", root),
		       *db = mem_printf("%s/kvmperf.db", root);
	auto_free char *config = mem_printf("%s/conf", root);
	struct workspace workspace = {.state = (char *)(uintptr_t) "untouched"};
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(file, "x");
	scratch_write(config, "[host a]\n");
	assert_int_equal(workspace_open(&workspace, "/nonexistent", root, &err), -ENOENT);
	assert_int_equal(workspace_open(&workspace, config, root, &err), -EINVAL);
	assert_non_null(strstr(err.text, "conf:1: [host a] has no \"driver\""));
	assert_int_equal(workspace_open(&workspace, NULL, file, &err), -ENOTDIR);
	assert_int_equal(workspace_open(&workspace, NULL, "", &err), -ENOENT);
	scratch_write(db,
		"this is not a database, but a letter to whom it may concern, and it "
		"is longer than a header of SQLite\n");
	assert_int_equal(workspace_open(&workspace, NULL, root, &err), -EUCLEAN);
	assert_string_equal(workspace.state, "untouched");
}

static void plans_are_shipped_or_files(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/my.plan", root);
	auto_free char *shipped = NULL, *text = NULL;
	struct err err = ERR_INIT;
	struct plan plan, mine;

	(void)state;
	assert_int_equal(workspace_plan("dirty-log", &plan, &shipped, &err), 0);
	assert_int_equal(strlen(plan.hash), 12);
	assert_int_equal(strspn(plan.hash, "0123456789abcdef"), 12);
	scratch_write(path, shipped);
	assert_int_equal(workspace_plan(path, &mine, &text, &err), 0);
	assert_string_equal(mine.hash, plan.hash); /* equal content, equal hash */
	assert_string_equal(text, shipped);
	plan_clear(&plan);
	plan_clear(&mine);
}

static void a_plan_that_cannot_be_had_says_why(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/my.plan", root),
		       *none = mem_printf("%s/no", root);
	static const char with_nul[] = "[plan]\nname = p\n\0modes = 40/48/4K\n";
	struct err err = ERR_INIT;
	char *text = NULL;
	struct plan plan;

	(void)state;
	assert_int_equal(workspace_plan("dirty-lag", &plan, &text, &err), -ENOENT);
	assert_non_null(strstr(err.text, "there is no plan \"dirty-lag\""));
	assert_non_null(strstr(err.text, "one of the shipped plans: dirty-log"));
	assert_int_equal(workspace_plan(none, &plan, &text, &err), -ENOENT);
	assert_int_equal(workspace_plan(root, &plan, &text, &err), -EISDIR);
	assert_int_equal(fs_write_atomic(path, with_nul, sizeof(with_nul) - 1, &err), 0);
	assert_int_equal(workspace_plan(path, &plan, &text, &err), -EINVAL);
	assert_non_null(strstr(err.text, "my.plan:3: a NUL byte"));
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_folder_is_made_with_its_store),
		cmocka_unit_test(the_nearest_wish_decides_where_state_is),
		cmocka_unit_test(a_workspace_that_cannot_be_opened_says_why),
		cmocka_unit_test(plans_are_shipped_or_files),
		cmocka_unit_test(a_plan_that_cannot_be_had_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
