/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe/marks.h"
#include "probe/report.h"

/*
 * Larger than most second-level caches. A pass is about 6 million instructions, so
 * that a timer interrupt is less than 0.1 % of it, and some milliseconds of time.
 */
enum {
	BUFFER_BYTES = 16 << 20,
	LINE_BYTES = 64,
	ROUNDS = 4,
	CALLS = 2000,
};

/* Only arm64 is counted; elsewhere (tests of the runner) a pass is timed. */
#ifdef __aarch64__
#define MARK(number) __asm__ volatile("hint %0" : : "i"(number) : "memory")
#else
#define MARK(number) __asm__ volatile("" : : "i"(number) : "memory")
#endif

static __attribute__((noipa)) void work(volatile unsigned char *buffer)
{
	for (int round = 0; round < ROUNDS; round++)
		for (size_t at = 0; at < BUFFER_BYTES; at += LINE_BYTES)
			buffer[at]++;
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void measure(volatile unsigned char *buffer)
{
	int64_t begin_ns = now_ns(), end_ns;

	MARK(MARK_BEGIN + MARK_CONTROL);
	work(buffer);
	MARK(MARK_END + MARK_CONTROL);
	end_ns = now_ns();
	report_call(MARK_CONTROL, end_ns - begin_ns, 0);
}

/* A thread that changes its CPU in a pass has no count. */
static int pin(const char *text)
{
	char *end = NULL;
	long cpu = text ? strtol(text, &end, 10) : sched_getcpu();
	cpu_set_t set;

	if ((text && (end == text || *end)) || cpu < 0 || cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

static int fail(const char *what, int code)
{
	fprintf(stderr, "kvmperf-runner control: %s: %s\n", what, strerror(code));
	return 1;
}

/* Memory that is there, or MAP_FAILED. */
static unsigned char *make_buffer(void)
{
	unsigned char *buffer = mmap(
		NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED)
		return buffer;
	/* Huge pages are there or not by chance. A kernel without them refuses the advice. */
	madvise(buffer, BUFFER_BYTES, MADV_NOHUGEPAGE);
	memset(buffer, 1, BUFFER_BYTES);
	return buffer;
}

int control_score(int64_t *ret_us)
{
	unsigned char *buffer = make_buffer();
	int64_t best_ns = INT64_MAX;

	if (buffer == MAP_FAILED)
		return -ENOMEM;
	for (int i = 0; i < CONTROL_PASSES; i++) {
		int64_t begin_ns = now_ns(), took_ns;

		work(buffer);
		took_ns = now_ns() - begin_ns;
		best_ns = took_ns < best_ns ? took_ns : best_ns;
	}
	munmap(buffer, BUFFER_BYTES);
	*ret_us = best_ns / 1000;
	return 0;
}

int control_run(const char *cpu)
{
	unsigned char *buffer = make_buffer();
	int r = pin(cpu);

	if (r < 0)
		return fail(cpu ? cpu : "CPU", -r);
	if (buffer == MAP_FAILED)
		return fail("memory", errno);
	report_start();
	work(buffer);
	for (int i = 0; i < CONTROL_PASSES; i++)
		measure(buffer);
	report_flush(1);
	munmap(buffer, BUFFER_BYTES);
	return 0;
}
