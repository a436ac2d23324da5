/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <systemd/sd-event.h>

#include "base/mem.h"

enum { NEAR_MS = 100 };

struct loop {
	sd_event *event;
};

/* What a callback of sd-event needs to call ours; one a source, freed with it. */
struct handler {
	union {
		int (*on_signal)(int number, void *data);
		int (*on_end)(int exit_status, int signal, void *data);
		int (*on_time)(void *data);
	};
	void *data;
};

struct loop_timer {
	sd_event_source *source;
	struct handler handler;
};

int loop_open(struct loop **ret, struct err *err)
{
	struct loop *loop = MEM_NEW(struct loop, 1);
	sigset_t children;
	int r;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	r = sd_event_new(&loop->event);
	if (r >= 0)
		r = sd_event_set_watchdog(loop->event, true);
	if (r < 0) {
		loop_close(loop);
		return err_sys(err, r, "cannot make an event loop");
	}
	*ret = loop;
	return 0;
}

void loop_close(struct loop *loop)
{
	if (!loop)
		return;
	sd_event_unref(loop->event);
	free(loop);
}

int loop_run(struct loop *loop, struct err *err)
{
	int r = sd_event_loop(loop->event);

	return r < 0 ? err_sys(err, r, "the event loop ended") : 0;
}

void loop_end(struct loop *loop)
{
	sd_event_exit(loop->event, 0);
}

/* A callback's error ends the loop, and not only its source. */
static int heed(sd_event_source *source, int r)
{
	if (r < 0)
		sd_event_exit(sd_event_source_get_event(source), r);
	return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	struct handler *handler = data;

	return heed(source, handler->on_signal((int)info->ssi_signo, handler->data));
}

/* The source lives as long as the loop, and its handler with it. */
static void keep(sd_event_source *source, struct handler *handler)
{
	sd_event_source_set_userdata(source, handler);
	sd_event_source_set_destroy_callback(source, free);
	sd_event_source_set_floating(source, 1);
	sd_event_source_unref(source);
}

int loop_signal(struct loop *loop, int number, int (*callback)(int number, void *data),
	void *data, struct err *err)
{
	struct handler *handler;
	sd_event_source *source;
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r = sd_event_add_signal(loop->event, &source, number, on_signal, NULL);
	if (r < 0)
		return err_sys(err, r, "cannot attend to signal %d", number);
	handler = MEM_NEW(struct handler, 1);
	handler->on_signal = callback;
	handler->data = data;
	keep(source, handler);
	return 0;
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *data)
{
	struct handler *handler = data;
	bool has_exited = info->si_code == CLD_EXITED;
	int r = heed(source, handler->on_end(has_exited ? info->si_status : -1,
				     has_exited ? 0 : info->si_status, handler->data));

	sd_event_source_set_floating(source, 0);
	return r;
}

int loop_child(struct loop *loop, pid_t pid,
	int (*on_end)(int exit_status, int signal, void *data), void *data, struct err *err)
{
	struct handler *handler;
	sd_event_source *source;
	int r = sd_event_add_child(loop->event, &source, pid, WEXITED, on_child, NULL);

	if (r < 0)
		return err_sys(err, r, "cannot attend to child %d", (int)pid);
	handler = MEM_NEW(struct handler, 1);
	handler->on_end = on_end;
	handler->data = data;
	keep(source, handler);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct loop_timer *timer = data;

	(void)usec;
	return heed(source, timer->handler.on_time(timer->handler.data));
}

int loop_timer(struct loop *loop, int (*on_time)(void *data), void *data,
	struct loop_timer **ret, struct err *err)
{
	struct loop_timer *timer = MEM_NEW(struct loop_timer, 1);
	int r;

	timer->handler.on_time = on_time;
	timer->handler.data = data;
	r = sd_event_add_time_relative(
		loop->event, &timer->source, CLOCK_BOOTTIME, 0, 0, on_timer, timer);
	if (r >= 0)
		r = sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	if (r < 0) {
		loop_timer_free(timer);
		return err_sys(err, r, "cannot make a timer");
	}
	*ret = timer;
	return 0;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
	if (delay_ms == LOOP_OFF) {
		sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
		return;
	}
	/* What is due at once is not put together with others. */
	sd_event_source_set_time_accuracy(
		timer->source, delay_ms > NEAR_MS ? NEAR_MS * 1000 : 1000);
	sd_event_source_set_time_relative(
		timer->source, delay_ms > 0 ? (uint64_t)delay_ms * 1000 : 0);
	sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	sd_event_source_unref(timer->source);
	free(timer);
}
