/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/stop.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t wishes; /* how often it was asked for */

static struct {
	int depth; /* 0: nothing is deferred */
	int64_t limit_ms;
	int64_t end_ms; /* 0: nobody has asked yet; stays for all that is deferred */
} deferred;

static void on_signal(int number)
{
	(void)number;
	wishes = wishes + 1;
	for (size_t i = 0; wishes > 1 && i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
}

void stop_install(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool stop_requested(void)
{
	if (wishes != 1 || !deferred.depth)
		return wishes > 0;
	if (!deferred.end_ms)
		deferred.end_ms = now_ms() + deferred.limit_ms;
	return now_ms() >= deferred.end_ms;
}

bool stop_insisted(void)
{
	return wishes > 1;
}

void stop_defer(int64_t limit_ms)
{
	if (deferred.depth++)
		return;
	if (!deferred.end_ms)
		deferred.limit_ms = limit_ms;
}

void stop_heed(void)
{
	deferred.depth--;
}

bool stop_sleep_ms(int milliseconds)
{
	while (milliseconds > 0 && !stop_requested()) {
		int step = milliseconds < 200 ? milliseconds : 200;

		poll(NULL, 0, step);
		milliseconds -= step;
	}
	return !stop_requested();
}
