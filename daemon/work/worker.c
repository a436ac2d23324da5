/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/worker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "sys/tail.h"

enum { LAST_BYTES = 4096 };

struct worker {
	struct loop_timer *timer;
	pid_t pid;
	char *log_path;
	int64_t log_mark, grace_ms;
	bool timed_out, was_asked;
	int (*on_end)(const struct worker_end *end, void *data);
	void *data;
};

static void worker_free(struct worker *worker)
{
	loop_timer_free(worker->timer);
	free(worker->log_path);
	free(worker);
}

static void terminate(struct worker *worker)
{
	kill(-worker->pid, SIGTERM);
	loop_timer_set(worker->timer, worker->grace_ms);
}

void worker_ask(struct worker *worker)
{
	if (worker->was_asked || worker->timed_out)
		return;
	worker->was_asked = true;
	terminate(worker);
}

void worker_insist(struct worker *worker)
{
	kill(-worker->pid, SIGTERM);
}

/* First the deadline, then the end of grace. */
static int on_time(void *data)
{
	struct worker *worker = data;

	if (worker->was_asked || worker->timed_out) {
		kill(-worker->pid, SIGKILL);
	} else {
		worker->timed_out = true;
		terminate(worker);
	}
	return 0;
}

/* The last line that is more than blanks; the caller frees. NULL: there is none. */
static char *last_line(const struct worker *worker)
{
	auto_free char *text = NULL;
	char *line;

	if (tail_read(worker->log_path, worker->log_mark, LAST_BYTES, &text, NULL, NULL) < 0)
		return NULL;
	line = text_trim(text);
	if (strrchr(line, '\n'))
		line = text_trim(strrchr(line, '\n'));
	return *line ? mem_strdup(line) : NULL;
}

static int on_end(int exit_status, int signal, void *data)
{
	struct worker *worker = data;
	auto_free char *line = last_line(worker);
	struct proc_end how = {exit_status, signal, worker->timed_out};
	struct worker_end end = {
		.exit_status = exit_status,
		.signal = signal,
		.timed_out = worker->timed_out,
		.was_asked = worker->was_asked,
	};
	char text[80];
	int r;

	kill(-worker->pid, SIGKILL); /* whatever it left behind in its group */
	proc_end_text(&how, text, sizeof(text));
	end.last_line = line && exit_status >= 0 && !worker->timed_out ? line : text;
	r = worker->on_end(&end, worker->data);
	worker_free(worker);
	return r;
}

static int make_log_folder(const char *path, struct err *err)
{
	auto_free char *folder = mem_strdup(path);

	*strrchr(folder, '/') = '\0';
	return fs_make_folder(folder, err);
}

/* What of our environment it works with, too: passwords, as systemd gives them. */
static void hand_down(struct strv *env)
{
	static const char *const names[] = {PROC_LIBDIR, "CREDENTIALS_DIRECTORY"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value)
			strv_addf(env, "%s=%s", names[i], value);
	}
}

static int start(const struct worker_order *order, struct worker *worker, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int r = make_log_folder(order->log_path, err);

	hand_down(&env);
	spec.env = &env;

	strv_add(&argv, "/proc/self/exe");
	strv_add_all(&argv, order->args);
	spec.argv = &argv;
	spec.log_path = order->log_path;
	spec.nice = order->nice;
	if (r == 0)
		r = loop_timer(order->loop, on_time, worker, &worker->timer, err);
	if (r == 0)
		r = proc_start(&spec, &worker->pid, err);
	if (r < 0)
		return r;
	r = loop_child(order->loop, worker->pid, on_end, worker, err);
	if (r < 0)
		proc_stop(worker->pid, 0);
	return r;
}

int worker_start(const struct worker_order *order, struct worker **ret, struct err *err)
{
	struct worker *worker = MEM_NEW(struct worker, 1);
	int r;

	worker->log_path = mem_strdup(order->log_path);
	worker->log_mark = tail_mark(order->log_path);
	worker->grace_ms = order->grace_ms;
	worker->on_end = order->on_end;
	worker->data = order->data;
	r = start(order, worker, err);
	if (r < 0) {
		worker_free(worker);
		return r;
	}
	loop_timer_set(worker->timer, order->limit_ms);
	*ret = worker;
	return 0;
}
