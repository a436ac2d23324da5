/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/transport.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "sys/proc.h"

enum { SILENCE_MS = 300 * 1000, LOOK_EVERY_MS = 200, GRACE_MS = 2000 };

/* libgit2 holds the subtransport, the subtransport its one stream: the program. */
struct pipe {
	git_smart_subtransport transport;
	git_smart_subtransport_stream stream;
	const struct transport_program *program;
	pid_t pid;
	int fd;
};

static struct pipe *of_transport(git_smart_subtransport *transport)
{
	return (struct pipe *)((char *)transport - offsetof(struct pipe, transport));
}

static struct pipe *of_stream(git_smart_subtransport_stream *stream)
{
	return (struct pipe *)((char *)stream - offsetof(struct pipe, stream));
}

static int fail(const char *what)
{
	git_error_set_str(GIT_ERROR_NET, what);
	return -1;
}

/* Waits until the program can be read from, or written to. */
static int await(const struct pipe *pipe, short events)
{
	int64_t end_ms = clock_monotonic_ms(&clock_real) + SILENCE_MS;
	struct pollfd poll_fd = {.fd = pipe->fd, .events = events};

	while (poll(&poll_fd, 1, LOOK_EVERY_MS) <= 0) {
		if (stop_requested())
			return fail("stopped");
		if (clock_monotonic_ms(&clock_real) > end_ms)
			return fail("timed out: the server was silent for five minutes");
	}
	return 0;
}

static int pipe_read(
	git_smart_subtransport_stream *stream, char *buffer, size_t size, size_t *ret_bytes)
{
	struct pipe *pipe = of_stream(stream);
	ssize_t n;

	do {
		if (await(pipe, POLLIN) < 0)
			return -1;
		n = read(pipe->fd, buffer, size);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail("the connection broke");
	*ret_bytes = (size_t)n;
	return 0;
}

static int pipe_write(git_smart_subtransport_stream *stream, const char *buffer, size_t bytes)
{
	struct pipe *pipe = of_stream(stream);

	while (bytes > 0) {
		ssize_t n;

		if (await(pipe, POLLOUT) < 0)
			return -1;
		n = send(pipe->fd, buffer, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return fail("the connection broke");
		buffer += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static void end_program(struct pipe *pipe)
{
	mem_close_fd(&pipe->fd); /* the end of its input ends it; what does not end is ended */
	pipe->fd = -1;
	proc_stop(pipe->pid, GRACE_MS);
	pipe->pid = 0;
}

static void pipe_stream_free(git_smart_subtransport_stream *stream)
{
	end_program(of_stream(stream));
}

static int start_program(struct pipe *pipe)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	auto_strv struct strv env = STRV_INIT;
	const char *agent = getenv("SSH_AUTH_SOCK");
	struct err err = ERR_INIT;
	int r;

	if (agent)
		strv_addf(&env, "SSH_AUTH_SOCK=%s", agent);
	spec.argv = &pipe->program->argv;
	spec.env = &env;
	spec.log_path = pipe->program->log;
	r = proc_start_talk(&spec, &pipe->pid, &pipe->fd, &err);
	return r < 0 ? fail(err.text) : 0;
}

/* Asked for the list of refs, then for the pack, of one conversation. */
static int pipe_action(git_smart_subtransport_stream **ret, git_smart_subtransport *transport,
	const char *url, git_smart_service_t action)
{
	struct pipe *pipe = of_transport(transport);

	(void)url;
	if (action != GIT_SERVICE_UPLOADPACK_LS && action != GIT_SERVICE_UPLOADPACK)
		return fail("only fetching is supported");
	if (pipe->fd < 0 && start_program(pipe) < 0) {
		end_program(pipe);
		return -1;
	}
	*ret = &pipe->stream;
	return 0;
}

static int pipe_close(git_smart_subtransport *transport)
{
	end_program(of_transport(transport));
	return 0;
}

static void pipe_free(git_smart_subtransport *transport)
{
	end_program(of_transport(transport));
	free(of_transport(transport));
}

static int make_pipe(git_smart_subtransport **ret, git_transport *owner, void *data)
{
	struct pipe *pipe = MEM_NEW(struct pipe, 1);

	(void)owner;
	pipe->transport.action = pipe_action;
	pipe->transport.close = pipe_close;
	pipe->transport.free = pipe_free;
	pipe->stream.subtransport = &pipe->transport;
	pipe->stream.read = pipe_read;
	pipe->stream.write = pipe_write;
	pipe->stream.free = pipe_stream_free;
	pipe->program = data;
	pipe->fd = -1;
	*ret = &pipe->transport;
	return 0;
}

int transport_open(struct git_transport **ret, struct git_remote *owner, void *data)
{
	git_smart_subtransport_definition definition = {make_pipe, 0, data};

	return git_transport_smart(ret, owner, &definition);
}
