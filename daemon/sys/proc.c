/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

enum { LINE_MAX_BYTES = 4096, KILL_AFTER_MS = 5000, LOOK_EVERY_MS = 100, DRAIN_MS = 1000 };

static struct {
	void (*on_start)(const char *command, void *data);
	void *data;
} observer;

void proc_observe(void (*on_start)(const char *command, void *data), void *data)
{
	observer.on_start = on_start;
	observer.data = data;
}

static void tell_observer(const struct strv *argv)
{
	auto_free char *command = NULL;

	if (!observer.on_start)
		return;
	command = strv_join(argv, " ");
	observer.on_start(command, observer.data);
}

static void fixed_environment(struct strv *env, const struct strv *more)
{
	const char *path = getenv("PATH"), *home = getenv("HOME");
	const char *service = getenv(PROC_SERVICE);

	strv_addf(env, "PATH=%s", path ? path : "/usr/local/bin:/usr/bin:/bin");
	strv_addf(env, "HOME=%s", home ? home : "/");
	strv_add(env, "LC_ALL=C.UTF-8");
	strv_add(env, "TZ=UTC");
	if (service)
		strv_addf(env, PROC_SERVICE "=%s", service);
	if (more)
		strv_add_all(env, more);
}

/*
 * In the child, after fork: reports through the pipe why it did not become the
 * program: the errno, negative when it is about the folder.
 */
static void become(
	const struct proc_spec *spec, char **env, int in, int out, int error, int report_fd)
{
	sigset_t none;
	int saved;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (spec->nice && nice(spec->nice) == -1)
		errno = 0;
	saved = spec->enter ? -spec->enter(spec->enter_data) : 0;
	if (saved == 0 && spec->folder && chdir(spec->folder) < 0) {
		saved = -errno;
	} else if (saved == 0) {
		if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(error, 2) >= 0)
			execvpe(spec->argv->items[0], spec->argv->items, env);
		saved = errno;
	}
	if (write(report_fd, &saved, sizeof(saved)) < 0)
		_exit(126);
	_exit(127);
}

/* What the child reported; 0 when it became the program. */
static int read_report(int fd)
{
	int failed = 0;
	ssize_t n;

	do {
		n = read(fd, &failed, sizeof(failed));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(failed) ? failed : 0;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int open_log(const char *path, struct err *err)
{
	int fd = open(
		path ? path : "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	return fd < 0 ? err_sys(err, -errno, "cannot write log %s", path ? path : "/dev/null")
		      : fd;
}

/* error_fd gets stderr, and stdout as well when the spec has no output_fd. */
static int start(const struct proc_spec *spec, int error_fd, pid_t *ret, struct err *err)
{
	auto_strv struct strv env = STRV_INIT;
	auto_close int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_close int report_read = -1, report_write = -1;
	int in = spec->input_fd >= 0 ? spec->input_fd : empty;
	int out = spec->output_fd >= 0 ? spec->output_fd : error_fd;
	int pair[2], failed;
	pid_t pid;

	if (empty < 0 || pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot start %s", spec->argv->items[0]);
	report_read = pair[0];
	report_write = pair[1];
	fixed_environment(&env, spec->env);
	tell_observer(spec->argv);
	pid = fork();
	if (pid < 0)
		return err_sys(err, -errno, "cannot start %s", spec->argv->items[0]);
	if (pid == 0)
		become(spec, env.items, in, out, error_fd, report_write);
	setpgid(pid, pid);
	mem_close_fd(&report_write);
	failed = read_report(report_read);
	if (!failed) {
		*ret = pid;
		return 0;
	}
	reap(pid);
	return failed < 0 ? err_sys(err, failed, "cannot run %s in folder %s",
				    spec->argv->items[0], spec->folder)
			  : err_sys(err, -failed, "cannot run %s", spec->argv->items[0]);
}

int proc_start(const struct proc_spec *spec, pid_t *ret, struct err *err)
{
	auto_close int log = open_log(spec->log_path, err);

	return log < 0 ? log : start(spec, log, ret, err);
}

int proc_start_talk(const struct proc_spec *spec, pid_t *ret, int *ret_fd, struct err *err)
{
	struct proc_spec talking = *spec;
	auto_close int ours = -1, theirs = -1;
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, -errno, "cannot make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	talking.input_fd = talking.output_fd = theirs;
	r = proc_start(&talking, ret, err);
	if (r == 0)
		*ret_fd = take_fd(&ours);
	return r;
}

static void read_end(int status, struct proc_end *ret_end)
{
	ret_end->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ret_end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	ret_end->timed_out = false;
}

bool proc_has_ended(pid_t pid, struct proc_end *ret_end)
{
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return false;
	read_end(status, ret_end);
	return true;
}

void proc_stop(pid_t pid, int grace_ms)
{
	struct proc_end end;

	if (pid <= 0)
		return;
	kill(-pid, SIGTERM);
	for (int waited = 0; waited < grace_ms; waited += 20) {
		if (proc_has_ended(pid, &end)) {
			kill(-pid, SIGKILL);
			return;
		}
		poll(NULL, 0, 20);
	}
	kill(-pid, SIGKILL);
	reap(pid);
}

/* The lines of a child's output on their way to log and caller. */
struct lines {
	const struct proc_spec *spec;
	int log;
	char text[LINE_MAX_BYTES];
	size_t used;
};

static void lines_end(struct lines *lines)
{
	lines->text[lines->used] = '\0';
	if (lines->spec->on_line)
		lines->spec->on_line(lines->text, lines->spec->data);
	lines->used = 0;
}

/* Returns false at the end of the output. */
static bool lines_read(struct lines *lines, int fd)
{
	char chunk[8192];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	for (ssize_t done = 0; done < n;) {
		ssize_t w = write(lines->log, chunk + done, (size_t)(n - done));

		if (w <= 0)
			break; /* a full disk must not stop the child; whoever needs the log
				  sees it cut */
		done += w;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (chunk[i] == '\n')
			lines_end(lines);
		else if (lines->used < sizeof(lines->text) - 1)
			lines->text[lines->used++] = chunk[i];
	}
	return n > 0;
}

/* Waits for output or the child's end. Returns false when there will be no more output. */
static bool attend_once(struct lines *lines, int fd, int pid_fd)
{
	struct pollfd events[] = {
		{.fd = fd, .events = POLLIN}, {.fd = pid_fd, .events = POLLIN}};

	if (poll(events, 2, LOOK_EVERY_MS) > 0 && events[0].revents)
		return lines_read(lines, fd);
	return true;
}

/* Waits for the end of the child; ends the group at the deadline or on a stop. */
static int attend(struct lines *lines, int *fd, pid_t pid, struct proc_end *ret_end)
{
	int64_t begun_ms = clock_monotonic_ms(&clock_real);
	int64_t limit_ms = lines->spec->limit_ms;
	auto_close int pid_fd = pidfd_open(pid, 0);

	while (!proc_has_ended(pid, ret_end)) {
		if (stop_requested()) {
			proc_stop(pid, KILL_AFTER_MS);
			return -EINTR;
		}
		if (limit_ms && clock_monotonic_ms(&clock_real) - begun_ms > limit_ms) {
			proc_stop(pid, KILL_AFTER_MS);
			*ret_end = (struct proc_end){-1, SIGTERM, true};
			return 0;
		}
		if (!attend_once(lines, *fd, pid_fd))
			mem_close_fd(fd);
	}
	kill(-pid, SIGKILL); /* whatever it left behind in its group */
	return 0;
}

/*
 * What the group wrote before it ended. A process that left the group may hold
 * the pipe and go on writing: nobody waits for it.
 */
static void drain(struct lines *lines, int fd)
{
	int64_t end_ms = clock_monotonic_ms(&clock_real) + DRAIN_MS;
	struct pollfd event = {.fd = fd, .events = POLLIN};

	while (fd >= 0 && poll(&event, 1, 0) > 0 && lines_read(lines, fd))
		if (clock_monotonic_ms(&clock_real) > end_ms)
			break;
	if (lines->used)
		lines_end(lines);
}

int proc_run(const struct proc_spec *spec, struct proc_end *ret_end, struct err *err)
{
	auto_close int log = open_log(spec->log_path, err);
	auto_close int output_read = -1, output_write = -1;
	auto_free struct lines *lines = MEM_NEW(struct lines, 1);
	int pair[2], r;
	pid_t pid;

	if (log < 0)
		return log;
	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe for %s", spec->argv->items[0]);
	output_read = pair[0];
	output_write = pair[1];
	r = start(spec, output_write, &pid, err);
	if (r < 0)
		return r;
	mem_close_fd(&output_write);
	lines->spec = spec;
	lines->log = log;
	r = attend(lines, &output_read, pid, ret_end);
	drain(lines, output_read);
	return r < 0 ? err_set(err, r, "%s was stopped", spec->argv->items[0]) : 0;
}

void proc_end_text(const struct proc_end *end, char *ret, size_t size)
{
	if (end->timed_out)
		snprintf(ret, size, "stopped at its time limit");
	else if (end->signal)
		snprintf(ret, size, "killed by signal %d (%s)", end->signal,
			strsignal(end->signal));
	else
		snprintf(ret, size, "exit status %d", end->exit_status);
}
