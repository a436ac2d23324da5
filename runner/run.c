/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "files.h"
#include "prepare.h"

#define STREAM_MAX (16 * 1024 * 1024)
#define DRAIN_MS   250
#define BEAT_MS	   2000
#define GRACE_MS   1000 /* between TERM and KILL: the probe reports on TERM */

struct child {
	pid_t pid;
	int pidfd;
	int streams[WIRE_STREAMS]; /* read ends, by enum wire_stream; 0 is unused */
	size_t sent[WIRE_STREAMS];
};

/* ---- in the new process ---- */

static void all_cpus(void)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	sched_setaffinity(0, sizeof(all), &all);
}

/* Becomes the program; tells errno through fault_fd when that fails. */
static _Noreturn void become(
	const struct strv *argv, const struct strv *env, const int *ends, int fault_fd)
{
	auto_strv struct strv full = STRV_INIT;
	int probe_fd, fault, empty = open("/dev/null", O_RDONLY);

	setsid();
	all_cpus();
	signal(SIGPIPE, SIG_DFL);
	if (empty >= 0)
		dup2(empty, 0);
	dup2(ends[WIRE_STREAM_OUTPUT], 1);
	dup2(ends[WIRE_STREAM_ERRORS], 2);
	/* dup() clears close-on-exec: of all descriptors only these four pass through. */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	probe_fd = dup(ends[WIRE_STREAM_PROBE]);
	strv_add_all(&full, env);
	strv_addf(&full, "KVMPERF_PROBE_FD=%d", probe_fd);
	execve(argv->items[0], argv->items, full.items);
	fault = errno;
	while (write(fault_fd, &fault, sizeof(fault)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* ---- in the runner ---- */

static void child_clear(struct child *child)
{
	for (size_t i = 1; i < WIRE_STREAMS; i++)
		if (child->streams[i] >= 0)
			close(child->streams[i]);
	if (child->pidfd >= 0)
		close(child->pidfd);
}

static int make_pipes(struct child *child, int *ends, int *fault)
{
	if (pipe2(fault, O_CLOEXEC) < 0)
		return -errno;
	for (size_t i = 1; i < WIRE_STREAMS; i++) {
		int both[2];

		if (pipe2(both, O_CLOEXEC) < 0)
			return -errno;
		child->streams[i] = both[0];
		ends[i] = both[1];
		fcntl(both[0], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

/* Without a descriptor of the child there is no watching it. */
static int lose(struct child *child, struct err *err)
{
	int code = -errno;

	kill(-child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	return err_sys(err, code, "cannot watch a program");
}

static int child_start(
	struct child *child, const struct strv *argv, const struct strv *env, struct err *err)
{
	int ends[WIRE_STREAMS] = {-1, -1, -1, -1}, fault[2] = {-1, -1}, code = 0;
	int r = make_pipes(child, ends, fault);

	if (r == 0) {
		child->pid = fork();
		if (child->pid == 0)
			become(argv, env, ends, fault[1]);
		r = child->pid < 0 ? -errno : 0;
	}
	for (size_t i = 1; i < WIRE_STREAMS; i++)
		mem_close_fd(&ends[i]);
	mem_close_fd(&fault[1]);
	if (r == 0 && read(fault[0], &code, sizeof(code)) == (ssize_t)sizeof(code)) {
		waitpid(child->pid, NULL, 0);
		r = -code;
	}
	mem_close_fd(&fault[0]);
	if (r < 0)
		return err_sys(err, r, "cannot execute %s", argv->items[0]);
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return child->pidfd < 0 ? lose(child, err) : 0;
}

/* Sends what the streams hold now; -EFBIG, -EPIPE. */
static int drain(struct channel *channel, uint16_t tag, struct child *child)
{
	char bytes[WIRE_CHUNK];

	for (size_t i = 1; i < WIRE_STREAMS; i++) {
		ssize_t n;

		while ((n = read(child->streams[i], bytes, sizeof(bytes))) > 0) {
			int r;

			child->sent[i] += (size_t)n;
			if (child->sent[i] > STREAM_MAX)
				return -EFBIG;
			r = channel_send_data(
				channel, tag, (enum wire_stream)i, bytes, (size_t)n);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* Waits until the child has ended, its limit, a stop, or a fault of the link. */
static int watch(struct channel *channel, uint16_t tag, struct child *child, int64_t limit_ms,
	struct run_end *ret)
{
	int64_t now_ms = clock_monotonic_ms(&clock_real), start_ms = now_ms, beat_ms = now_ms;

	while (now_ms - start_ms < limit_ms) {
		struct pollfd poll_child = {.fd = child->pidfd, .events = POLLIN};
		bool ended = poll(&poll_child, 1, DRAIN_MS) > 0;
		struct wire_frame frame;
		int r = drain(channel, tag, child);

		if (r < 0 || ended)
			return r;
		now_ms = clock_monotonic_ms(&clock_real);
		if (now_ms - beat_ms >= BEAT_MS) {
			r = channel_send_data(channel, tag, WIRE_STREAM_OUTPUT, "", 0);
			beat_ms = now_ms;
		}
		if (r == 0)
			r = channel_receive(channel, 0, &frame);
		if (r < 0)
			return r;
		if (r > 0 && frame.type != WIRE_STOP)
			return -EPIPE; /* another conversation has begun */
		if (r > 0)
			return 0;
	}
	ret->timed_out = true;
	return 0;
}

/*
 * Ends the group and takes the child's status. Until that is taken the group's
 * number cannot become anybody else's.
 */
static void child_end(struct child *child, struct run_end *ret)
{
	struct pollfd poll_child = {.fd = child->pidfd, .events = POLLIN};
	int status = 0;

	if (poll(&poll_child, 1, 0) == 0) {
		kill(-child->pid, SIGTERM);
		poll(&poll_child, 1, GRACE_MS);
	}
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	ret->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ret->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

struct counters {
	uint64_t served, fell_back;
};

static struct counters counters_now(void)
{
	auto_str struct str vmstat = STR_INIT;
	struct counters now = {0};

	files_read("/proc/vmstat", 256 * 1024, &vmstat);
	files_number_in(str_text(&vmstat), "thp_fault_alloc", &now.served);
	files_number_in(str_text(&vmstat), "thp_fault_fallback", &now.fell_back);
	return now;
}

int run_program(struct channel *channel, uint16_t tag, const struct strv *argv,
	const struct strv *env, int64_t limit_ms, struct run_end *ret, struct err *err)
{
	struct child child = {.pid = -1, .pidfd = -1, .streams = {-1, -1, -1, -1}};
	struct counters before = counters_now(), after;
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	int r;

	*ret = (struct run_end){.started_unix_ms = clock_unix_ms(&clock_real)};
	r = child_start(&child, argv, env, err);
	if (r == 0) {
		r = watch(channel, tag, &child, limit_ms, ret);
		child_end(&child, ret);
		ret->duration_ms = clock_monotonic_ms(&clock_real) - start_ms;
		if (r == 0)
			r = drain(channel, tag, &child);
		if (r == -EFBIG)
			err_set(err, r, "%s wrote more than %d MiB in one stream",
				argv->items[0], STREAM_MAX >> 20);
	}
	child_clear(&child);
	after = counters_now();
	ret->thp_served = after.served - before.served;
	ret->thp_fell_back = after.fell_back - before.fell_back;
	ret->huge_pages_in_use = prepare_huge_pages_in_use();
	return r;
}
