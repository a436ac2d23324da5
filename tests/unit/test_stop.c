/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/stop.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

#include "base/clock.h"
#include "base/mem.h"

/* Each deed runs in a child, because a wish to stop stays for the process's life. */
static int status_of(void (*deed)(int number), int number)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		deed(number);
		_exit(99);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void take_one(int number)
{
	stop_install();
	if (stop_requested())
		_exit(1);
	raise(number);
	_exit(stop_requested() ? 0 : 2);
}

static void take_two(int number)
{
	stop_install();
	raise(number);
	raise(number);
}

static void sleep_and_be_woken(int number)
{
	int64_t begun_ms = clock_monotonic_ms(&clock_real);
	pid_t parent = getpid();

	stop_install();
	if (fork() == 0) {
		poll(NULL, 0, 50);
		kill(parent, number);
		_exit(0);
	}
	if (stop_sleep_ms(60 * 1000))
		_exit(1);
	_exit(clock_monotonic_ms(&clock_real) - begun_ms < 20 * 1000 ? 0 : 2);
}

static void write_to_nobody(int number)
{
	int pair[2];

	stop_install();
	if (pipe(pair) < 0)
		_exit(1);
	close(pair[0]);
	_exit(write(pair[1], "x", 1) < 0 && !stop_requested() ? 0 : number);
}

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

static void one_signal_is_a_wish(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(status_of(take_one, numbers[i]), 0);
}

static void the_second_signal_ends_the_process(void **state)
{
	int status = status_of(take_two, SIGINT);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

static void a_sleep_ends_with_the_wish(void **state)
{
	(void)state;
	assert_int_equal(status_of(sleep_and_be_woken, SIGTERM), 0);
}

static void a_reader_that_left_does_not_kill(void **state)
{
	(void)state;
	assert_int_equal(status_of(write_to_nobody, 3), 0);
}

static void a_sleep_without_a_wish_lasts(void **state)
{
	int64_t begun_ms = clock_monotonic_ms(&clock_real);

	(void)state;
	assert_true(stop_sleep_ms(30));
	assert_true(clock_monotonic_ms(&clock_real) - begun_ms >= 29);
	assert_true(stop_sleep_ms(0));
	assert_true(stop_sleep_ms(-5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_signal_is_a_wish),
		cmocka_unit_test(the_second_signal_ends_the_process),
		cmocka_unit_test(a_sleep_ends_with_the_wish),
		cmocka_unit_test(a_reader_that_left_does_not_kill),
		cmocka_unit_test(a_sleep_without_a_wish_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
