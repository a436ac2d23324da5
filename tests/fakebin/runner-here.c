/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for kvmperf-runner in a container, whose systemd is real and whose kernel
 * never changes: a kexec is a reboot of the container, and which kernel "runs" is kept
 * in files. Speaks on stdin and stdout, as systemd starts it.
 *
 *	runner-here FOLDER GOLDEN
 *
 * FOLDER/next is what the next boot enters, once; RUNNING what this one has.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "machine.h"

#define RUNNING "/run/kvmperf-runner/kernel"

static const char *folder, *golden;

static void back(struct machine *m)
{
	enter(m, golden, "golden");
}

/* What the boot that we are in has entered: said once, by whoever is first. */
static void find_kernel(struct machine *m)
{
	auto_free char *next = mem_printf("%s/next", folder), *text = NULL, *boot_id = NULL;
	char *line;

	if (!fs_exists(RUNNING)) {
		if (fs_exists(next))
			fs_copy_atomic(next, RUNNING, NULL);
		else
			fs_write_atomic(RUNNING, "golden\n", 7, NULL);
		unlink(next);
	}
	if (fs_read(RUNNING, 1 << 16, &text, NULL, NULL) < 0)
		exit(1);
	line = strchr(text, '\n');
	*line = '\0';
	if (strcmp(text, "golden") == 0)
		back(m);
	else
		enter(m, text, line + 1);
	if (fs_read("/proc/sys/kernel/random/boot_id", 64, &boot_id, NULL, NULL) == 0)
		snprintf(m->boot_id, sizeof(m->boot_id), "%.36s", boot_id);
}

static void reboot_container(void)
{
	if (fork() == 0) {
		execlp("systemctl", "systemctl", "reboot", (char *)NULL);
		_exit(127);
	}
	wait(NULL);
}

/* What was put there is below /run, which a reboot empties. */
static void keep_next(const struct machine *m)
{
	auto_free char *image = mem_printf("%s/image", folder);
	auto_free char *next = mem_printf("%s/next", folder);
	auto_free char *text = mem_printf("%s\n%s", image, m->next_cmdline);

	fs_copy_atomic(m->next_image, image, NULL);
	fs_write_atomic(next, text, strlen(text), NULL);
}

int main(int argc, char **argv)
{
	struct machine m = {.store.fd = -1, .on_panic = back};
	auto_free char *scratch = NULL;

	if (argc != 3)
		return 2;
	folder = argv[1];
	golden = argv[2];
	mkdir(folder, 0755);
	m.folder = mem_strdup("/var/lib/kvmperf/hosts/here");
	m.console = m.counts = mem_strdup("/dev/null");
	m.channel.out = 1;
	fcntl(0, F_SETFL, O_NONBLOCK);
	scratch = mem_strdup("/run/kvmperf-runner/store");
	if (store_init(&m.store, scratch, NULL) < 0)
		return 1;
	find_kernel(&m);
	serve(&m);
	if (m.next_image)
		keep_next(&m);
	if (m.next_image || m.off)
		reboot_container();
	return 0;
}
