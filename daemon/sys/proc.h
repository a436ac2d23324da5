/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "string/strv.h"

/*
 * Child processes: an argument vector, never a shell; a deadline; a log file;
 * an own process group; empty stdin unless given; a fixed environment. A child
 * gets SIGKILL when the thread that started it dies.
 */
struct proc_spec {
	const struct strv *argv; /* argv[0] is looked up on PATH */
	const struct strv *env;	 /* NAME=VALUE, added to the fixed ones; NULL: nothing added */
	const char *folder;	 /* to run in; NULL: ours */
	const char *log_path;	 /* stdout and stderr are appended there; NULL: thrown away */
	int input_fd;		 /* stdin; -1: empty. Note that 0 is our own stdin */
	int output_fd;		 /* stdout goes there instead of the log; -1: log */
	int64_t limit_ms;	 /* proc_run: TERM at this age, KILL 5 s later; 0: no limit */
	int nice;		 /* added to ours */
	/* Called in the new process just before it becomes the program: 0 or a negative errno.
	 */
	int (*enter)(void *data);
	void *enter_data;
	/* proc_run: gets each line (without its newline, cut at 4096 bytes) of stdout and
	 * stderr */
	void (*on_line)(const char *line, void *data);
	void *data;
};

#define PROC_SPEC_INIT                          \
	{                                       \
		.input_fd = -1, .output_fd = -1 \
	}

/* How a child ended. */
struct proc_end {
	int exit_status; /* -1 when a signal ended it */
	int signal;	 /* 0 when it exited */
	bool timed_out;	 /* we ended it at its deadline */
};

/*
 * The fixed part of every child's environment: PATH and HOME as ours,
 * LC_ALL=C.UTF-8, TZ=UTC, and the mark of the service that we belong to; nothing
 * else passes through.
 *
 * Starts a child and returns its pid in *ret. -ENOENT when there is no such
 * program, -EACCES when it may not be executed; the sentence has its name.
 */
int proc_start(const struct proc_spec *spec, pid_t *ret, struct err *err);

/*
 * The same for a child to talk with: its stdin and stdout are one end of a stream
 * socket, the other one is *ret_fd. The caller closes that; it is untouched on an error.
 */
int proc_start_talk(const struct proc_spec *spec, pid_t *ret, int *ret_fd, struct err *err);

/*
 * Starts a child and waits for it. Returns 0 when it ran, however it ended
 * (*ret_end says); -EINTR after a request to stop (base/stop.h): the group is
 * gone then.
 */
int proc_run(const struct proc_spec *spec, struct proc_end *ret_end, struct err *err);

/*
 * For --verbose: from now on each command line is told before it runs. The one
 * piece of state that this file has; NULL ends it.
 */
void proc_observe(void (*on_start)(const char *command, void *data), void *data);

/*
 * The environment variable that all descendants of a service carry: its state
 * folder. See sys/leftover.h.
 */
#define PROC_SERVICE "KVMPERF_SERVICE"

/* In the environment, of tests: where the programs for measured machines are. */
#define PROC_LIBDIR "KVMPERF_LIBDIR"

/* Ends a child's group: TERM, KILL after grace_ms; waits for the child itself. pid <= 0:
 * nothing. */
void proc_stop(pid_t pid, int grace_ms);

/* Has the child ended? Reaps it and fills *ret_end then. */
bool proc_has_ended(pid_t pid, struct proc_end *ret_end);

/* "exit status 2", "killed by signal 9", "stopped at its time limit": for sentences. */
void proc_end_text(const struct proc_end *end, char *ret, size_t size);

#endif
