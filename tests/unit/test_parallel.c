/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/parallel.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "support.h"

#include "base/mem.h"
#include "base/stop.h"

enum { PIECES = 500, THREADS = 4 };

struct count {
	pthread_t caller;
	atomic_int done[PIECES];
	atomic_int begun, ended, told;
	int begin_fails; /* of this thread; -1: of none */
	size_t fails;	 /* this piece; PIECES: none */
};

static int begin(void *data, int thread, void **ret_own, struct err *err)
{
	struct count *c = data;

	if (thread == c->begin_fails)
		return err_set(err, -ENOSPC, "thread %d has no room", thread);
	assert_int_equal(thread == 0, pthread_equal(pthread_self(), c->caller) != 0);
	atomic_fetch_add(&c->begun, 1);
	*ret_own = MEM_NEW(int, 1);
	return 0;
}

static int piece(void *data, void *own, size_t index, struct err *err)
{
	struct count *c = data;

	++*(int *)own;
	atomic_fetch_add(&c->done[index], 1);
	return index == c->fails ? err_set(err, -EIO, "piece %zu is broken", index) : 0;
}

static void end(void *data, void *own)
{
	struct count *c = data;

	atomic_fetch_add(&c->ended, 1);
	mem_free_ptr(&own);
}

static void tell(void *data, size_t begun, size_t count)
{
	struct count *c = data;

	assert_true(begun >= 1 && begun <= count);
	assert_true(pthread_equal(pthread_self(), c->caller));
	atomic_fetch_add(&c->told, 1);
}

static int run(struct count *c, int threads, size_t count, struct err *err)
{
	const struct parallel work = {threads, c, begin, piece, end, tell};

	c->caller = pthread_self();
	return parallel_run(&work, count, err);
}

static void every_piece_is_done_once(void **state)
{
	static const struct {
		int threads;
		size_t count;
	} rows[] = {{1, PIECES}, {2, PIECES}, {THREADS, PIECES}, {THREADS, 1}, {THREADS, 0}};

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		struct count c = {.begin_fails = -1, .fails = PIECES};
		struct err err = ERR_INIT;

		assert_int_equal(run(&c, rows[r].threads, rows[r].count, &err), 0);
		for (size_t i = 0; i < PIECES; i++)
			assert_int_equal(c.done[i], i < rows[r].count);
		assert_int_equal(c.begun, c.ended);
		assert_true(c.begun <= rows[r].threads && (size_t)c.begun <= rows[r].count);
	}
}

static void the_first_failure_ends_all_with_its_sentence(void **state)
{
	struct count c = {.begin_fails = -1, .fails = 7};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(run(&c, 1, PIECES, &err), -EIO);
	assert_string_equal(err.text, "piece 7 is broken");
	assert_int_equal(c.done[7], 1);
	assert_int_equal(c.done[8], 0);
	assert_int_equal(c.begun, c.ended);
	c = (struct count){.begin_fails = -1, .fails = 7};
	assert_int_equal(run(&c, THREADS, PIECES, &err), -EIO);
	assert_int_equal(c.begun, c.ended);
}

static void a_thread_that_cannot_begin_ends_all(void **state)
{
	(void)state;
	for (int thread = 0; thread < 2; thread++) {
		struct count c = {.begin_fails = thread, .fails = PIECES};
		auto_free char *want = mem_printf("thread %d has no room", thread);
		struct err err = ERR_INIT;

		assert_int_equal(run(&c, 2, PIECES, &err), -ENOSPC);
		assert_string_equal(err.text, want);
		assert_int_equal(c.begun, c.ended);
	}
}

static void a_wish_to_stop_is_heard(void **state)
{
	struct count c = {.begin_fails = -1, .fails = PIECES};
	struct err err = ERR_INIT;

	(void)state;
	stop_install();
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(run(&c, 2, PIECES, &err), -EINTR);
	assert_string_equal(err.text, "stopped");
	for (size_t i = 0; i < PIECES; i++)
		assert_int_equal(c.done[i], 0);
	assert_int_equal(c.begun, c.ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_is_done_once),
		cmocka_unit_test(the_first_failure_ends_all_with_its_sentence),
		cmocka_unit_test(a_thread_that_cannot_begin_ends_all),
		cmocka_unit_test(a_wish_to_stop_is_heard), /* last: it is not taken back */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
