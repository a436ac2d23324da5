/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/mem.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static void new_memory_is_zeroed_and_never_null(void **state)
{
	auto_free int *numbers = MEM_NEW(int, 100);
	auto_free char *nothing = mem_new(0, 0);

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(numbers[i], 0);
	assert_non_null(nothing);
}

static void copies_are_ended_by_nul(void **state)
{
	auto_free char *bytes = mem_copy("a\0b", 3), *none = mem_copy(NULL, 0);
	auto_free char *cut = mem_strndup("hello", 2), *text = mem_printf("%s-%d", "x", 7);

	(void)state;
	assert_memory_equal(bytes, "a\0b", 4);
	assert_string_equal(none, "");
	assert_string_equal(cut, "he");
	assert_string_equal(text, "x-7");
	assert_null(mem_strdup(NULL));
	assert_null(mem_strndup(NULL, 3));
}

static void what_is_taken_is_gone_from_its_variable(void **state)
{
	auto_free char *p = mem_strdup("x");
	char *q = take_ptr(p);
	int fd = open("/dev/null", O_RDONLY), took = take_fd(&fd);

	(void)state;
	assert_null(p);
	assert_string_equal(q, "x");
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(took, F_GETFD), 0);
	mem_close_fd(&took);
	assert_int_equal(took, -1);
	mem_close_fd(&took);
	mem_free_ptr(&q);
	assert_null(q);
	mem_free_ptr(&q);
}

static void ask_too_much(void)
{
	struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	close(STDERR_FILENO);
	mem_grow(NULL, SIZE_MAX / 2, 4); /* overflows, and must not wrap */
	_exit(0);
}

static void a_size_that_overflows_ends_the_process(void **state)
{
	pid_t child;
	int status;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0)
		ask_too_much();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_memory_is_zeroed_and_never_null),
		cmocka_unit_test(copies_are_ended_by_nul),
		cmocka_unit_test(what_is_taken_is_gone_from_its_variable),
		cmocka_unit_test(a_size_that_overflows_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
