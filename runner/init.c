/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "files.h"

#define PORT_NAME "kvmperf"
#define WARN_MS	  10000
#define STEP_MS	  10

static const struct mount_point {
	const char *type, *path, *options;
} mounts[] = {
	{"proc", "/proc", NULL},
	{"sysfs", "/sys", NULL},
	{"devtmpfs", "/dev", NULL},
	{"tmpfs", "/run", "mode=0755"},
	{"tmpfs", "/tmp", "mode=1777"},
};

static void mount_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		const struct mount_point *m = &mounts[i];

		mkdir(m->path, 0755);
		if (mount(m->type, m->path, m->type, MS_NOSUID, m->options) < 0 &&
			errno != EBUSY)
			fprintf(stderr, "kvmperf-runner: cannot mount %s on %s: %s\n", m->type,
				m->path, strerror(errno));
	}
}

/* The device file of the port, or NULL while there is none. The caller frees. */
static char *find_port(void)
{
	auto_strv struct strv names = STRV_INIT;

	files_expand("/sys/class/virtio-ports/*/name", &names);
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *name = files_line(names.items[i]);
		char *device = names.items[i] + strlen("/sys/class/virtio-ports/");

		device[strcspn(device, "/")] = '\0';
		if (name && strcmp(name, PORT_NAME) == 0)
			return mem_printf("/dev/%s", device);
	}
	return NULL;
}

/*
 * We stay on the CPU that takes the interrupts anyway, so that a test pinned
 * with its main thread on another one is not disturbed by us.
 */
static void stay_on_first_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
}

int init_machine(void)
{
	mount_all();
	stay_on_first_cpu();
	for (int waited_ms = 0;; waited_ms += STEP_MS) {
		struct timespec step = {0, STEP_MS * 1000000L};
		auto_free char *path = find_port();
		int fd = path ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;

		if (fd >= 0)
			return fd;
		if (waited_ms == WARN_MS)
			fprintf(stderr, "kvmperf-runner: %s\n",
				path ? "cannot open the virtio port"
				     : "there is no virtio port named " PORT_NAME);
		nanosleep(&step, NULL);
	}
}
