/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/lock.h"

static void a_lock_has_one_holder_until_it_is_closed(void **state)
{
	char path[] = "/tmp/kvmperf-lock-XXXXXX";
	auto_close int fd = mkstemp(path), one = -1, two = -1;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(lock_take(path, &one, &err), 0);
	assert_int_equal(lock_take(path, &two, &err), -EBUSY);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(two, -1);
	mem_close_fd(&one);
	assert_int_equal(lock_take(path, &two, &err), 0);
	unlink(path);
}

static void a_holder_that_dies_lets_go(void **state)
{
	char path[] = "/tmp/kvmperf-lock-XXXXXX";
	auto_close int fd = mkstemp(path), ours = -1;
	struct err err = ERR_INIT;
	pid_t child = fork();

	(void)state;
	assert_true(fd >= 0);
	if (child == 0) {
		int theirs;

		_exit(lock_take(path, &theirs, NULL) < 0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(lock_take(path, &ours, &err), 0);
	unlink(path);
}

static void a_lock_in_no_folder_is_an_error(void **state)
{
	struct err err = ERR_INIT;
	int fd = -1;

	(void)state;
	assert_int_equal(lock_take("/nonexistent/lock", &fd, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/lock"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_has_one_holder_until_it_is_closed),
		cmocka_unit_test(a_holder_that_dies_lets_go),
		cmocka_unit_test(a_lock_in_no_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
