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
	_exit(stop_requested() && stop_insisted() ? 0 : 2);
}

static void take_three(int number)
{
	stop_install();
	for (int i = 0; i < 3; i++)
		raise(number);
}

static void defer(int number)
{
	stop_install();
	stop_defer(60 * 1000);
	raise(number);
	stop_defer(0); /* an inner one: the outer limit counts */
	if (stop_requested() || stop_insisted() || !stop_sleep_ms(1))
		_exit(1);
	stop_heed();
	if (stop_requested())
		_exit(2);
	stop_heed();
	_exit(stop_requested() ? 0 : 3);
}

static void defer_for_no_time(int number)
{
	stop_install();
	stop_defer(0);
	if (stop_requested())
		_exit(1);
	raise(number);
	_exit(stop_requested() && !stop_insisted() ? 0 : 2);
}

static void defer_again_for_longer(int number)
{
	stop_install();
	raise(number);
	stop_defer(0);
	if (!stop_requested())
		_exit(1);
	stop_heed();
	stop_defer(60 * 1000);
	_exit(stop_requested() ? 0 : 2);
}

static void defer_and_insist(int number)
{
	stop_install();
	stop_defer(60 * 1000);
	raise(number);
	if (stop_requested())
		_exit(1);
	raise(number);
	_exit(stop_requested() && stop_insisted() ? 0 : 2);
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

static void two_signals_insist(void **state)
{
	(void)state;
	assert_int_equal(status_of(take_two, SIGINT), 0);
}

static void the_third_signal_ends_the_process(void **state)
{
	int status = status_of(take_three, SIGINT);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

static void what_is_deferred_is_finished(void **state)
{
	(void)state;
	assert_int_equal(status_of(defer, SIGTERM), 0);
}

static void but_not_beyond_its_limit(void **state)
{
	(void)state;
	assert_int_equal(status_of(defer_for_no_time, SIGTERM), 0);
}

static void nor_beyond_it_by_deferring_again(void **state)
{
	(void)state;
	assert_int_equal(status_of(defer_again_for_longer, SIGTERM), 0);
}

static void nor_against_a_second_signal(void **state)
{
	(void)state;
	assert_int_equal(status_of(defer_and_insist, SIGTERM), 0);
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
		cmocka_unit_test(two_signals_insist),
		cmocka_unit_test(the_third_signal_ends_the_process),
		cmocka_unit_test(what_is_deferred_is_finished),
		cmocka_unit_test(but_not_beyond_its_limit),
		cmocka_unit_test(nor_beyond_it_by_deferring_again),
		cmocka_unit_test(nor_against_a_second_signal),
		cmocka_unit_test(a_sleep_ends_with_the_wish),
		cmocka_unit_test(a_reader_that_left_does_not_kill),
		cmocka_unit_test(a_sleep_without_a_wish_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
