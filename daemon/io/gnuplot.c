/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/gnuplot.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "string/str.h"
#include "sys/proc.h"

enum { OUTPUT_LIMIT_BYTES = 64 << 20 };

static const char document_begin[] = "<?xml";

/* The last line that is not blank: gnuplot ends with its complaint. */
static void keep_line(const char *line, void *data)
{
	char *last = data;

	if (line[strspn(line, " \t^")])
		snprintf(last, 256, "%.255s", line + strspn(line, " \t"));
}

static int memory_file(const char *name, const char *content, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	for (size_t done = 0; fd >= 0 && done < size;) {
		ssize_t n = write(fd, content + done, size - done);

		if (n <= 0) {
			mem_close_fd(&fd);
			return -EIO;
		}
		done += (size_t)n;
	}
	return fd < 0 ? -errno : fd;
}

static int run(const char *script, int limit_ms, int output, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_close int input = memory_file("gnuplot-script", script, strlen(script));
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end = {0};
	char last[256] = "", how[64];
	int r;

	if (input < 0 || lseek(input, 0, SEEK_SET) < 0)
		return err_sys(
			err, input < 0 ? input : -errno, "no memory for a plot's script");
	/* -d: whatever ~/.gnuplot says, the pages stay the same */
	strv_add(&argv, "gnuplot");
	strv_add(&argv, "-d");
	strv_add(&argv, "-");
	spec.argv = &argv;
	spec.input_fd = input;
	spec.output_fd = output;
	spec.limit_ms = limit_ms;
	spec.on_line = keep_line;
	spec.data = last;
	r = proc_run(&spec, &end, err);
	if (r < 0)
		return r;
	proc_end_text(&end, how, sizeof(how));
	if (end.timed_out)
		return err_set(err, -ETIMEDOUT, "gnuplot was %s of %d ms", how, limit_ms);
	if (end.exit_status != 0)
		return err_set(err, -EPROTO, "gnuplot ended with %s: %s", how, last);
	return 0;
}

static int read_all(int fd, char **ret, struct err *err)
{
	struct stat st;
	auto_free char *text = NULL;
	size_t size;

	if (fstat(fd, &st) < 0 || st.st_size > OUTPUT_LIMIT_BYTES)
		return err_set(
			err, -EFBIG, "gnuplot drew more than %d bytes", OUTPUT_LIMIT_BYTES);
	size = (size_t)st.st_size;
	text = mem_new(size + 1, 1);
	for (size_t done = 0; done < size;) {
		ssize_t n = pread(fd, text + done, size - done, (off_t)done);

		if (n <= 0)
			return err_sys(err, -EIO, "cannot read what gnuplot drew");
		done += (size_t)n;
	}
	*ret = take_ptr(text);
	return 0;
}

/* Cuts what gnuplot wrote into its documents. */
static int split(const char *all, size_t count, char ***ret_documents, struct err *err)
{
	char **documents = MEM_NEW(char *, count + 1);
	const char *at = strstr(all, document_begin), *next;
	size_t found = 0;

	for (; at; at = next, found++) {
		next = strstr(at + 1, document_begin);
		if (found < count)
			documents[found] =
				mem_strndup(at, next ? (size_t)(next - at) : strlen(at));
	}
	if (found != count) {
		gnuplot_free(documents, count);
		return err_set(
			err, -EPROTO, "gnuplot drew %zu plots, expected %zu", found, count);
	}
	*ret_documents = documents;
	return 0;
}

int gnuplot_draw(
	const char *script, size_t count, int limit_ms, char ***ret_documents, struct err *err)
{
	auto_close int output = memfd_create("gnuplot-plots", MFD_CLOEXEC);
	auto_free char *all = NULL;
	int r;

	if (output < 0)
		return err_sys(err, -errno, "no memory for plots");
	r = run(script, limit_ms, output, err);
	if (r == 0)
		r = read_all(output, &all, err);
	return r < 0 ? r : split(all, count, ret_documents, err);
}

/* Says that the script before it is done. */
static const char done_mark[] = "<kvmperf done>\n";

struct plotter {
	pid_t pid; /* 0: none runs */
	int fd;	   /* its stdin and stdout */
};

struct plotter *plotter_new(void)
{
	struct plotter *plotter = MEM_NEW(struct plotter, 1);

	plotter->fd = -1;
	return plotter;
}

static void plotter_stop(struct plotter *plotter)
{
	mem_close_fd(&plotter->fd);
	plotter->fd = -1;
	if (plotter->pid > 0)
		proc_stop(plotter->pid, 0);
	plotter->pid = 0;
}

void plotter_free(struct plotter *plotter)
{
	if (!plotter)
		return;
	plotter_stop(plotter);
	free(plotter);
}

static int plotter_start(struct plotter *plotter)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int ends[2], r;

	if (plotter->pid > 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	strv_add(&argv, "gnuplot");
	strv_add(&argv, "-d");
	strv_add(&argv, "-");
	spec.argv = &argv;
	spec.input_fd = spec.output_fd = ends[1];
	r = proc_start(&spec, &plotter->pid, NULL);
	close(ends[1]);
	if (r < 0) {
		plotter->pid = 0;
		close(ends[0]);
		return r;
	}
	plotter->fd = ends[0];
	return 0;
}

static bool is_done(const struct str *said)
{
	size_t length = sizeof(done_mark) - 1;

	return said->length >= length &&
	       memcmp(said->text + said->length - length, done_mark, length) == 0;
}

/* Sends and receives at once: either side may have to wait for the other. */
static int converse(int fd, const struct str *script, int64_t deadline_ms, struct str *said)
{
	static _Thread_local char buffer[1 << 16];
	size_t sent = 0;

	while (!is_done(said)) {
		int64_t left_ms = deadline_ms - clock_monotonic_ms(&clock_real);
		short wanted = (short)(POLLIN | (sent < script->length ? POLLOUT : 0));
		struct pollfd wait = {.fd = fd, .events = wanted};
		ssize_t n;

		if (left_ms <= 0 || said->length > OUTPUT_LIMIT_BYTES || stop_requested())
			return -ETIMEDOUT;
		if (poll(&wait, 1, left_ms < 200 ? (int)left_ms : 200) < 0 && errno != EINTR)
			return -errno;
		if (wait.revents & POLLOUT) {
			n = send(fd, script->text + sent, script->length - sent,
				MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n < 0 && errno != EAGAIN)
				return -errno;
			sent += n > 0 ? (size_t)n : 0;
		}
		if (wait.revents & (POLLIN | POLLHUP)) {
			n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
			if (n == 0 || (n < 0 && errno != EAGAIN))
				return -EPIPE;
			if (n > 0)
				str_add_bytes(said, buffer, (size_t)n);
		}
	}
	return 0;
}

int plotter_draw(struct plotter *plotter, const char *script, size_t count, int limit_ms,
	char ***ret_documents, struct err *err)
{
	auto_str struct str lines = STR_INIT, said = STR_INIT;
	auto_close int file = memory_file("gnuplot-script", script, strlen(script));
	auto_close int output = memory_file("gnuplot-plots", "", 0);
	auto_free char *drawn = NULL;

	if (plotter && file >= 0 && output >= 0 && plotter_start(plotter) == 0) {
		/* files both: its stdin costs a read a byte, its stdout a write a line */
		str_addf(&lines,
			"reset session\nset output \"/proc/%d/fd/%d\"\n"
			"load \"/proc/%d/fd/%d\"\nunset output\nset print \"-\"\n"
			"print \"%.*s\"\n",
			(int)getpid(), output, (int)getpid(), file, (int)sizeof(done_mark) - 2,
			done_mark);
		if (converse(plotter->fd, &lines, clock_monotonic_ms(&clock_real) + limit_ms,
			    &said) == 0 &&
			read_all(output, &drawn, NULL) == 0 &&
			split(drawn, count, ret_documents, NULL) == 0)
			return 0;
		/* whatever was wrong: alone, gnuplot says it in its exit status and words */
		plotter_stop(plotter);
	}
	return gnuplot_draw(script, count, limit_ms, ret_documents, err);
}

void gnuplot_free(char **documents, size_t count)
{
	for (size_t i = 0; documents && i < count; i++)
		free(documents[i]);
	free(documents);
}

void gnuplot_string(FILE *script, const char *text)
{
	putc('"', script);
	for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p++) {
		int is_plain = *p >= ' ' && *p < 0x7F && !strchr("\"'`\\$", *p);

		putc(is_plain ? *p : '?', script);
	}
	putc('"', script);
}
