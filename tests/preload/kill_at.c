/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instrument of tests, for LD_PRELOAD around the service: kills it at a chosen
 * step of sending mail. A step is a call with which the child that sends ("kvmperfd
 * phase mail") touches the network or the disk.
 *
 *	KILL_AT=N		at the N-th step; 0 or never reached: when the child ends
 *	KILL_WHEN=before|after	that call
 *	KILL_WHOM=both|service	the service and its child, or the service alone
 *	KILL_STEPS=FILE		takes the number of steps that there were
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { MOST_VARIABLES = 64 };

static bool is_child; /* the one that sends */
static long step, kill_at;
static bool kill_after, spare_child;

static void strike(void)
{
	kill(getppid(), SIGKILL);
	if (!spare_child)
		kill(getpid(), SIGKILL);
	is_child = false; /* once */
}

static void begin_step(void)
{
	if (is_child && ++step == kill_at && !kill_after)
		strike();
}

static void end_step(void)
{
	if (is_child && step == kill_at && kill_after)
		strike();
}

__attribute__((constructor)) static void load(void)
{
	const char *at = getenv("KILL_AT"), *when = getenv("KILL_WHEN");
	const char *whom = getenv("KILL_WHOM");

	is_child = getenv("KILL_CHILD") != NULL;
	kill_at = at ? atol(at) : 0;
	kill_after = when && strcmp(when, "after") == 0;
	spare_child = whom && strcmp(whom, "service") == 0;
}

__attribute__((destructor)) static void unload(void)
{
	const char *path = getenv("KILL_STEPS");
	FILE *file = is_child && path ? fopen(path, "w") : NULL;

	if (file) {
		fprintf(file, "%ld\n", step);
		fclose(file);
	}
	if (is_child)
		strike();
}

/* The service gives its children an environment of their own: ours goes in by hand. */
int execvpe(const char *file, char *const argv[], char *const envp[])
{
	static const char *const names[] = {"LD_PRELOAD", "KILL_AT", "KILL_WHEN", "KILL_WHOM",
		"KILL_STEPS", "ASAN_OPTIONS"};
	static char lines[sizeof(names) / sizeof(names[0])][1024];
	static char child[] = "KILL_CHILD=1";
	char *env[MOST_VARIABLES + sizeof(names) / sizeof(names[0]) + 2];
	int (*real)(const char *, char *const *, char *const *) = dlsym(RTLD_NEXT, "execvpe");
	size_t count = 0;

	if (!argv[0] || !argv[1] || !argv[2] || strcmp(argv[1], "phase") ||
		strcmp(argv[2], "mail"))
		return real(file, argv, envp);
	while (envp[count] && count < MOST_VARIABLES) {
		env[count] = envp[count];
		count++;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!getenv(names[i]))
			continue;
		snprintf(lines[i], sizeof(lines[i]), "%s=%s", names[i], getenv(names[i]));
		env[count++] = lines[i];
	}
	env[count++] = child;
	env[count] = NULL;
	return real(file, argv, env);
}

#define STEP(type, name, parameters, arguments)                    \
	type name parameters                                       \
	{                                                          \
		static type(*real) parameters;                     \
		type ret;                                          \
                                                                   \
		if (!real)                                         \
			*(void **)&real = dlsym(RTLD_NEXT, #name); \
		begin_step();                                      \
		ret = real arguments;                              \
		end_step();                                        \
		return ret;                                        \
	}

STEP(int, connect, (int fd, const struct sockaddr *address, socklen_t size),
	(fd, address, size))
STEP(ssize_t, send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))
STEP(ssize_t, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
STEP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t offset),
	(fd, data, size, offset))
STEP(int, fsync, (int fd), (fd))
STEP(int, fdatasync, (int fd), (fd))
