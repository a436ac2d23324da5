/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/parallel.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"

struct shared {
	const struct parallel *work;
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
};

struct thread {
	struct shared *shared;
	int number;
	pthread_t id;
	bool runs;
	int result;
	struct err err;
};

static int do_pieces(struct thread *thread, void *own)
{
	struct shared *shared = thread->shared;
	const struct parallel *work = shared->work;
	int r = 0;

	while (r == 0 && !atomic_load(&shared->failed)) {
		size_t index = atomic_fetch_add(&shared->next, 1);

		if (index >= shared->count)
			break;
		if (stop_requested())
			return err_set(&thread->err, -EINTR, "stopped");
		if (thread->number == 0 && work->tell)
			work->tell(work->data, index + 1, shared->count);
		r = work->piece(work->data, own, index, &thread->err);
	}
	return r;
}

static void *run(void *data)
{
	struct thread *thread = data;
	const struct parallel *work = thread->shared->work;
	void *own = NULL;

	thread->result = work->begin(work->data, thread->number, &own, &thread->err);
	if (thread->result == 0) {
		thread->result = do_pieces(thread, own);
		work->end(work->data, own);
	}
	if (thread->result < 0)
		atomic_store(&thread->shared->failed, true);
	return NULL;
}

int parallel_run(const struct parallel *work, size_t count, struct err *err)
{
	struct shared shared = {.work = work, .count = count};
	size_t threads = (size_t)work->threads < count ? (size_t)work->threads : count;
	auto_free struct thread *all = MEM_NEW(struct thread, threads + 1);
	int r = 0;

	for (size_t i = 0; i < threads; i++) {
		all[i] = (struct thread){.shared = &shared, .number = (int)i};
		/* one that cannot be started leaves its work to the others */
		if (i > 0)
			all[i].runs = pthread_create(&all[i].id, NULL, run, &all[i]) == 0;
	}
	if (threads)
		run(&all[0]);
	for (size_t i = 0; i < threads; i++) {
		if (all[i].runs)
			pthread_join(all[i].id, NULL);
		if (all[i].result < 0 && r == 0) {
			r = all[i].result;
			err_set(err, r, "%s", all[i].err.text);
		}
	}
	return r;
}

int parallel_threads(int most)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors < 1 ? 1 : processors > most ? most : (int)processors;
}
