/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvmperfd: the service.
 *
 *	kvmperfd [--config FILE] [--state DIR]
 *	kvmperfd phase NAME JOB --state DIR [--config FILE]	its own children
 *	kvmperfd search --state DIR [--config FILE]
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "job/chores.h"
#include "job/phases.h"
#include "job/queue.h"
#include "job/searcher.h"
#include "sys/fs.h"
#include "sys/journal.h"
#include "sys/leftover.h"
#include "sys/lock.h"
#include "sys/loop.h"
#include "sys/proc.h"
#include "text/options.h"
#include "work/workspace.h"

enum { LEFTOVER_MS = 10 * 1000 };

static const char help[] =
	"usage: kvmperfd [OPTION...]\n"
	"\n"
	"The service: builds what the queue asks for, measures it on the hosts of the\n"
	"configuration, judges, and writes the pages. Runs until SIGTERM; SIGHUP reads the\n"
	"configuration again. Is steered with kvmperf(1).\n"
	"\n"
	"  --config FILE         configuration file\n"
	"  --state DIR           where everything is kept\n"
	"  --version\n"
	"\n"
	"Exit status: 0 stopped as it was asked to; 1 it could not start or go on; 2 wrong\n"
	"usage.\n";

struct options {
	const char *config, *state;
	bool version;
};

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, offsetof(struct options, config), 0, 0, NULL},
	{"state", OPTION_TEXT, offsetof(struct options, state), 0, 0, NULL},
	{"version", OPTION_FLAG, offsetof(struct options, version), 0, 0, NULL},
};

static const struct option_table table = {"kvmperfd", help, rows, ARRAY_SIZE(rows), 0};
static const struct option_table phase_table = {
	"kvmperfd phase", help, rows, ARRAY_SIZE(rows), 2};

/* The service as it runs. */
struct service {
	const struct options *options;
	struct workspace workspace;
	char *good_config; /* copy of the last configuration that was good, for the children */
	int lock_fd;
	struct loop *loop;
	struct queue *queue;
	struct searcher *searcher;
	struct chores *chores;
	int at_work; /* of the two, while it stops */
};

static const struct journal_about cannot = {.event = JOURNAL_CANNOT_GO_ON};

/*
 * Children read the configuration as well: they get a copy of the one that is
 * in force, whatever becomes of the file.
 */
static int keep_config(struct service *s, struct err *err)
{
	if (!s->options->config)
		return 0;
	if (!s->good_config)
		s->good_config = mem_printf("%s/kvmperfd.conf", s->workspace.state);
	return fs_copy_atomic(s->options->config, s->good_config, err);
}

static int reload(struct service *s, struct err *err)
{
	struct settings fresh = {0}, old = s->workspace.settings;
	int r = workspace_settings(s->options->config, &fresh, err);

	if (r == 0)
		r = keep_config(s, err);
	if (r < 0) {
		settings_clear(&fresh);
		return r;
	}
	s->workspace.settings = fresh;
	r = queue_reload(s->queue, err);
	settings_clear(&old);
	return r;
}

static int on_hangup(int number, void *data)
{
	struct service *s = data;
	struct err err = ERR_INIT;

	(void)number;
	journal_reloading();
	if (reload(s, &err) < 0)
		journal_write(JOURNAL_ERROR, NULL,
			"the configuration is not read again, the old one stays: %s", err.text);
	else
		journal_write(JOURNAL_INFO, NULL, "the configuration was read again");
	journal_ready();
	queue_start(s->queue);
	searcher_start(s->searcher);
	return 0;
}

static void on_idle(void *data)
{
	struct service *s = data;

	if (--s->at_work == 0)
		loop_end(s->loop);
}

static int on_terminate(int number, void *data)
{
	struct service *s = data;

	(void)number;
	journal_stopping();
	if (s->at_work) {
		journal_write(JOURNAL_WARNING, NULL,
			"was asked again to stop: hosts stay as they are now");
		queue_insist(s->queue);
		return 0;
	}
	s->at_work = 2;
	queue_stop(s->queue, on_idle, s);
	journal_write(JOURNAL_INFO, NULL, "%s",
		settings_is_here(&s->workspace.settings)
			? "stops: the service of the next start goes on where jobs are now"
			: "stops: jobs stay where they are, hosts go to golden");
	searcher_stop(s->searcher);
	chores_stop(s->chores, on_idle, s);
	return 0;
}

static int take_state(struct service *s, struct err *err)
{
	auto_free char *lock = NULL, *mark = NULL;
	int r = workspace_open(&s->workspace, s->options->config, s->options->state, err);

	if (r < 0)
		return r;
	lock = mem_printf("%s/kvmperfd.lock", s->workspace.state);
	r = lock_take(lock, &s->lock_fd, err);
	for (int tries = 0; r == -EBUSY && tries < 5; tries++) { /* kvmperf status looks */
		poll(NULL, 0, 50);
		r = lock_take(lock, &s->lock_fd, err);
	}
	if (r < 0)
		return err_note(err, "is another kvmperfd running?");
	setenv(PROC_SERVICE, s->workspace.state, 1);
	mark = mem_printf("%s=%s", PROC_SERVICE, s->workspace.state);
	r = leftover_end(mark, LEFTOVER_MS, err);
	if (r > 0)
		journal_write(JOURNAL_WARNING, NULL,
			"ended %d processes of a service that was killed", r);
	return r < 0 ? r : keep_config(s, err);
}

static int open_service(struct service *s, struct err *err)
{
	int r = take_state(s, err);

	if (r == 0)
		r = loop_open(&s->loop, err);
	if (r == 0)
		r = loop_signal(s->loop, SIGTERM, on_terminate, s, err);
	if (r == 0)
		r = loop_signal(s->loop, SIGINT, on_terminate, s, err);
	if (r == 0)
		r = loop_signal(s->loop, SIGHUP, on_hangup, s, err);
	if (r == 0)
		r = queue_open(&s->queue, &s->workspace, s->loop, s->good_config, err);
	if (r == 0)
		r = searcher_open(&s->searcher, &s->workspace, s->loop, s->good_config, err);
	if (r == 0)
		r = chores_open(&s->chores, &s->workspace, s->loop, s->good_config, err);
	return r;
}

static void close_service(struct service *s)
{
	searcher_close(s->searcher);
	chores_close(s->chores);
	queue_close(s->queue);
	loop_close(s->loop);
	workspace_close(&s->workspace);
	free(s->good_config);
	mem_close_fd(&s->lock_fd);
}

/* Which kernel it is says where a machine is that measures itself. */
static void tell_start(const struct service *s)
{
	struct utsname name = {0};

	uname(&name);
	journal_write(JOURNAL_INFO, NULL, "kvmperfd " KVMPERF_VERSION " serves %s on %s",
		s->workspace.state, name.release);
}

static int serve(const struct options *options)
{
	struct service s = {.options = options, .lock_fd = -1};
	struct err err = ERR_INIT;
	int r;

	signal(SIGPIPE, SIG_IGN);
	r = open_service(&s, &err);
	if (r == 0) {
		queue_start(s.queue);
		searcher_start(s.searcher);
		chores_start(s.chores);
		tell_start(&s);
		journal_ready();
		r = loop_run(s.loop, &err);
	}
	if (r < 0)
		journal_write(JOURNAL_ERROR, &cannot, "%s", err.text);
	close_service(&s);
	return r < 0;
}

static int phase(int argc, char **argv)
{
	struct options options = {NULL, NULL, false};
	int words, status;
	struct phase_call call;

	stop_install();
	if (!options_read(&phase_table, argc, argv, &options, &words, &status))
		return status;
	call = (struct phase_call){argv[words], argv[words + 1], options.config, options.state};
	return phase_run(&call);
}

static int search(int argc, char **argv)
{
	struct options options = {NULL, NULL, false};
	int words, status;

	if (!options_read(&table, argc, argv, &options, &words, &status))
		return status;
	return searcher_walk(options.config, options.state);
}

int main(int argc, char **argv)
{
	struct options options = {NULL, NULL, false};
	int words, status;

	if (argc > 3 && strcmp(argv[1], "phase") == 0)
		return phase(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "search") == 0)
		return search(argc - 1, argv + 1);
	if (!options_read(&table, argc, argv, &options, &words, &status))
		return status;
	if (options.version) {
		puts("kvmperfd " KVMPERF_VERSION);
		return 0;
	}
	return serve(&options);
}
