/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/gnuplot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
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

int gnuplot_draw(
	const char *script, size_t count, int limit_ms, char ***ret_documents, struct err *err)
{
	auto_close int output = memfd_create("gnuplot-plots", MFD_CLOEXEC);
	auto_free char *all = NULL;
	char **documents, *at, *next;
	size_t found = 0;
	int r;

	if (output < 0)
		return err_sys(err, -errno, "no memory for plots");
	r = run(script, limit_ms, output, err);
	if (r == 0)
		r = read_all(output, &all, err);
	if (r < 0)
		return r;
	documents = MEM_NEW(char *, count + 1);
	at = strstr(all, document_begin);
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
