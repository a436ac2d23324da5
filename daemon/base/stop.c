/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t wanted;

static void on_signal(int number)
{
	wanted = number;
}

void stop_install(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool stop_requested(void)
{
	return wanted != 0;
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
