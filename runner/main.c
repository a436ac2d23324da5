/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvmperf-runner: the measured machine's end of the link.
 *
 *	kvmperf-runner serve [--port DEVICE] [--store FOLDER] [--may-reboot]
 *	kvmperf-runner sysrq-reset
 *
 *	kvmperf-runner control [CPU]
 *
 * does the work of the negative control once (control.h), and
 *
 *	kvmperf-runner restore [--store FOLDER]
 *
 * puts back what a runner that was killed had changed on the machine. The first
 * speaks the link protocol (text/wire.h) on stdin and stdout or on a device,
 * until its peer is gone; sysrq-reset resets a machine whose services do not stop.
 * As process 1 it needs no arguments.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "control.h"
#include "init.h"
#include "kexec.h"
#include "serve.h"
#include "undo.h"

static const char usage[] =
	"usage: kvmperf-runner serve [--port DEVICE] [--store FOLDER] [--may-reboot]\n"
	"       kvmperf-runner restore [--store FOLDER]\n"
	"       kvmperf-runner control [CPU]\n"
	"       kvmperf-runner sysrq-reset\n"
	"       kvmperf-runner --version\n";

static int run_as_init(void)
{
	struct channel channel = {.persistent = true};
	struct err err = ERR_INIT;

	channel.in = channel.out = init_machine();
	serve(&channel, "/run/kvmperf", true, true, &err);
	fprintf(stderr, "kvmperf-runner: %s\n", err.text);
	return 1; /* the end of init is a panic, and so a reset into golden */
}

static int run_serve(const char *port, const char *store, bool may_reboot)
{
	struct channel channel = {.in = 0, .out = 1};
	struct err err = ERR_INIT;
	int r;

	if (port) {
		channel.in = channel.out = open(port, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		channel.persistent = true;
		if (channel.in < 0) {
			fprintf(stderr, "kvmperf-runner: cannot open %s: %s\n", port,
				strerror(errno));
			return 1;
		}
	} else if (fcntl(0, F_SETFL, O_NONBLOCK) < 0) {
		perror("kvmperf-runner: stdin");
		return 1;
	}
	r = serve(&channel, store, false, may_reboot, &err);
	channel_clear(&channel);
	if (r < 0)
		fprintf(stderr, "kvmperf-runner: %s\n", err.text);
	return r < 0;
}

/* Puts back by hand what a runner that is no more had changed. */
static int run_restore(const char *store)
{
	auto_free char *path = mem_printf("%s.prepared", store);
	auto_str struct str changes = STR_INIT;
	int refused = undo_left(path, &changes);

	fputs(changes.length ? str_text(&changes) : "nothing is to be put back\n", stdout);
	return refused > 0;
}

static int run_sysrq(void)
{
	struct err err = ERR_INIT;

	kexec_sysrq(&err);
	fprintf(stderr, "kvmperf-runner: %s\n", err.text);
	return 1;
}

int main(int argc, char **argv)
{
	const char *port = NULL, *store = "/run/kvmperf";
	bool may_reboot = false, restores;

	if (getpid() == 1)
		return run_as_init();
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("kvmperf-runner " KVMPERF_VERSION);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "sysrq-reset") == 0)
		return run_sysrq();
	if ((argc == 2 || argc == 3) && strcmp(argv[1], "control") == 0)
		return control_run(argv[2]);
	restores = argc >= 2 && strcmp(argv[1], "restore") == 0;
	if (argc < 2 || (!restores && strcmp(argv[1], "serve") != 0)) {
		fputs(usage, stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--may-reboot") == 0) {
			may_reboot = true;
		} else if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
			port = argv[++i];
		} else if (strcmp(argv[i], "--store") == 0 && i + 1 < argc) {
			store = argv[++i];
		} else {
			fputs(usage, stderr);
			return 2;
		}
	}
	return restores ? run_restore(store) : run_serve(port, store, may_reboot);
}
