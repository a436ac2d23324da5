/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peak FILE COMMAND...: runs it and adds a line to FILE: seconds, the peak of its memory and
 * its children's in MiB, and their seconds of a processor. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double in_s(struct timeval time)
{
	return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

int main(int argc, char **argv)
{
	double begun = now_s();
	struct rusage used;
	int status = 0;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid || status != 0)
		return 1;
	out = fopen(argv[1], "ae");
	if (!out)
		return 1;
	fprintf(out, "%.2f %.1f %.2f\n", now_s() - begun, (double)used.ru_maxrss / 1024,
		in_s(used.ru_utime) + in_s(used.ru_stime));
	return fclose(out) ? 1 : 0;
}
