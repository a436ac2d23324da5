/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for kvmperf-runner on a lab machine that a real sshd leads to, with the
 * runner's command line. A kexec or a reset ends it, and with it the connection; who
 * connects next finds the kernel that was entered. FOLDER, the one of --store, has
 *
 *	golden	image of the golden kernel
 *	kernel	what runs: the image's path, the command line, the boot id
 */
#include <signal.h>

#include "machine.h"

static char *folder;

static char *in(const char *name)
{
	return mem_printf("%s/%s", folder, name);
}

/* The next kernel, which has no boot id yet. */
static void leave(const char *image, const char *cmdline)
{
	auto_free char *text = mem_printf("%s\n%s\n", image, cmdline), *kernel = in("kernel");

	if (fs_write_atomic(kernel, text, strlen(text), NULL) < 0)
		exit(1);
}

static void reset(struct machine *m)
{
	auto_free char *golden = in("golden");

	(void)m;
	leave(golden, "golden");
}

static void end(struct machine *m)
{
	reset(m);
	exit(0);
}

/* Whoever connects first enters it, and says which boot that is. */
static void find_kernel(struct machine *m)
{
	auto_free char *kernel = in("kernel"), *text = NULL, *known = NULL;
	auto_strv struct strv lines = STRV_INIT;

	if (!fs_exists(kernel))
		reset(m);
	if (fs_read(kernel, 1 << 16, &text, NULL, NULL) < 0)
		exit(1);
	strv_split(&lines, text, "\n");
	enter(m, lines.items[0], lines.items[1]);
	if (lines.count > 2 && *lines.items[2]) {
		snprintf(m->boot_id, sizeof(m->boot_id), "%s", lines.items[2]);
		return;
	}
	known = mem_printf("%s\n%s\n%s\n", lines.items[0], lines.items[1], m->boot_id);
	if (fs_write_atomic(kernel, known, strlen(known), NULL) < 0)
		exit(1);
}

/* What was put there is emptied with the next boot. */
static void enter_later(const struct machine *m)
{
	auto_free char *image = in("image");

	if (fs_copy_atomic(m->next_image, image, NULL) < 0)
		exit(1);
	leave(image, m->next_cmdline);
}

int main(int argc, char **argv)
{
	struct machine m = {.store.fd = -1, .on_panic = end};

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("kvmperf-runner " KVMPERF_VERSION);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "sysrq-reset") == 0) {
		folder = mem_strdup(argv[0]);
		*strrchr(folder, '/') = '\0';
		end(&m);
	}
	if (argc < 2 || strcmp(argv[argc - 2], "--store") != 0)
		return 2;
	folder = mem_strdup(argv[argc - 1]);
	*strrchr(folder, '/') = '\0';
	signal(SIGHUP, SIG_DFL);
	m.folder = folder;
	m.console = m.counts = mem_strdup("/dev/null");
	m.channel.out = 1;
	fcntl(0, F_SETFL, O_NONBLOCK);
	if (store_init(&m.store, argv[argc - 1], NULL) < 0)
		return 1;
	find_kernel(&m);
	serve(&m);
	if (m.next_image)
		enter_later(&m);
	else if (m.off)
		reset(&m);
	return 0;
}
