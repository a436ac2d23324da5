/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for QEMU in tests of the service: takes QEMU's command line as io/qemu.c
 * writes it, and is a machine on the inherited socket (machine.h). A file "broken" in
 * the host's folder is a machine that does not come up.
 */
#include "machine.h"

/* The value of "...,KEY=VALUE" among the arguments that follow an option. */
static char *value_of(int argc, char **argv, const char *option_name, const char *key)
{
	for (int i = 1; i + 1 < argc; i++) {
		const char *at = strstr(argv[i + 1], key);

		if (strcmp(argv[i], option_name) == 0 && at)
			return mem_strdup(at + strlen(key));
	}
	fprintf(stderr, "stand-in for QEMU: there is no %s with %s\n", option_name, key);
	exit(1);
}

/* With -no-reboot a panic ends QEMU. */
static void end(struct machine *m)
{
	(void)m;
	exit(0);
}

int main(int argc, char **argv)
{
	struct machine m = {.store.fd = -1, .on_panic = end};
	auto_free char *kernel = value_of(argc, argv, "-kernel", "");
	auto_free char *cmdline = value_of(argc, argv, "-append", "");
	auto_free char *fd = value_of(argc, argv, "-chardev", ",fd=");
	auto_free char *scratch = NULL;

	m.console = value_of(argc, argv, "-chardev", ",path=");
	m.counts = value_of(argc, argv, "-plugin", ",out=");
	m.folder = mem_strdup(m.console);
	*strrchr(m.folder, '/') = '\0';
	scratch = mem_printf("%s/broken", m.folder);
	if (fs_exists(scratch)) {
		fputs("stand-in for QEMU: the machine is broken\n", stderr);
		return 1;
	}
	free(scratch);
	scratch = mem_printf("%s/stand-in", m.folder);
	fs_remove_tree(scratch, NULL);
	m.channel.in = m.channel.out = atoi(fd);
	fcntl(m.channel.in, F_SETFL, O_NONBLOCK);
	if (store_init(&m.store, scratch, NULL) < 0)
		return 1;
	enter(&m, kernel, cmdline);
	for (;;) {
		serve(&m);
		if (!m.next_image)
			return 0;
		enter_next(&m);
	}
}
