/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { ENVIRON_MAX = 64 * 1024, STEP_MS = 20 };

/* An unreadable environment is somebody else's. */
static bool carries(pid_t pid, const char *mark)
{
	auto_free char *path = mem_printf("/proc/%d/environ", (int)pid);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *text = NULL;
	ssize_t n, used = 0;

	if (fd < 0)
		return false;
	text = mem_new(ENVIRON_MAX + 1, 1);
	while (used < ENVIRON_MAX &&
		(n = read(fd, text + used, (size_t)(ENVIRON_MAX - used))) > 0)
		used += n;
	for (const char *p = text; p < text + used; p += strlen(p) + 1)
		if (strcmp(p, mark) == 0)
			return true;
	return false;
}

/* Kills those that are there; returns their number, and one of them. */
static int kill_all(const char *mark, pid_t *ret_pid)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid <= 1 || pid == getpid() || !carries(pid, mark))
			continue;
		if (kill(pid, SIGKILL) == 0)
			*ret_pid = pid;
		count++;
	}
	closedir(proc);
	return count;
}

int leftover_end(const char *mark, int limit_ms, struct err *err)
{
	pid_t pid = 0;
	int first = kill_all(mark, &pid), left = first;

	if (first < 0)
		return err_sys(err, first, "cannot read /proc");
	for (int waited = 0; left > 0 && waited < limit_ms; waited += STEP_MS) {
		poll(NULL, 0, STEP_MS);
		left = kill_all(mark, &pid);
	}
	if (left > 0)
		return err_set(err, -EBUSY,
			"process %d of a service that was killed does not end", (int)pid);
	return first;
}
