/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/emulated.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/cpio.h"
#include "io/hash.h"
#include "io/qemu.h"
#include "sys/fs.h"
#include "sys/lock.h"

struct emulated {
	const struct host_spec *spec;
	int lock_fd;
	char *cmdline, *plugin, *log;
	char *console, *counts;
	char *initramfs, initramfs_hash[HASH_HEX_BYTES];
	struct qemu *qemu;
};

/* The user land of golden and test kernels: our runner, and what the test is linked with. */
static int make_initramfs(struct emulated *machine, const char *libdir, struct err *err)
{
	auto_free char *runner = mem_printf("%s/kvmperf-runner", libdir);
	auto_free char *loader = mem_printf("%s/sysroot/lib/ld-linux-aarch64.so.1", libdir);
	auto_free char *libc = mem_printf("%s/sysroot/lib/libc.so.6", libdir);
	const struct cpio_entry entries[] = {
		{CPIO_FOLDER, "dev", 0755, NULL, 0, 0},
		{CPIO_CHARACTER, "dev/console", 0600, NULL, 5, 1},
		{CPIO_FOLDER, "lib", 0755, NULL, 0, 0},
		{CPIO_FILE, "lib/ld-linux-aarch64.so.1", 0755, loader, 0, 0},
		{CPIO_FILE, "lib/libc.so.6", 0755, libc, 0, 0},
		{CPIO_FILE, "init", 0755, runner, 0, 0},
	};
	int r = cpio_write(machine->initramfs, entries, ARRAY_SIZE(entries), err);

	return r < 0 ? r : hash_file(machine->initramfs, machine->initramfs_hash, err);
}

static int prepare_folder(
	struct emulated *machine, const char *folder, const char *libdir, struct err *err)
{
	auto_free char *lock = mem_printf("%s/lock", folder);
	int r = fs_make_folder(folder, err);

	if (r == 0)
		r = lock_take(lock, &machine->lock_fd, err);
	if (r < 0)
		return err_note(err, "host %s", machine->spec->name);
	/* Only this session reads them, and they would grow for ever. */
	unlink(machine->console);
	unlink(machine->counts);
	unlink(machine->log);
	return make_initramfs(machine, libdir, err);
}

int emulated_take(struct emulated **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct emulated *machine = MEM_NEW(struct emulated, 1);
	int r;

	machine->spec = spec;
	machine->lock_fd = -1;
	/* A kernel that panics resets at once, and so ends QEMU. */
	machine->cmdline = mem_printf("%s panic=-1 oops=panic", spec->cmdline);
	machine->plugin = mem_printf("%s/kvmperf-count.so", libdir);
	machine->log = mem_printf("%s/qemu.log", folder);
	machine->console = mem_printf("%s/console.log", folder);
	machine->counts = mem_printf("%s/counts.log", folder);
	machine->initramfs = mem_printf("%s/initramfs.cpio", folder);
	r = prepare_folder(machine, folder, libdir, err);
	if (r < 0) {
		emulated_release(machine);
		return r;
	}
	*ret = machine;
	return 0;
}

void emulated_release(struct emulated *machine)
{
	if (!machine)
		return;
	emulated_power_off(machine);
	mem_close_fd(&machine->lock_fd);
	free(machine->cmdline);
	free(machine->plugin);
	free(machine->log);
	free(machine->console);
	free(machine->counts);
	free(machine->initramfs);
	free(machine);
}

int emulated_power_on(struct emulated *machine, int *ret_fd, struct err *err)
{
	const struct host_spec *host = machine->spec;
	const struct qemu_spec spec = {
		.name = host->name,
		.cpu = host->cpu,
		.cpus = host->cpus,
		.memory_mb = host->memory_mb,
		.golden_image = host->golden_image,
		.initramfs = machine->initramfs,
		.cmdline = machine->cmdline,
		.plugin = machine->plugin,
		.counts_path = machine->counts,
		.console_path = machine->console,
		.log_path = machine->log,
	};

	return qemu_start(&machine->qemu, &spec, ret_fd, err);
}

void emulated_power_off(struct emulated *machine)
{
	qemu_stop(take_ptr(machine->qemu));
}

int emulated_check(struct emulated *machine, struct err *err)
{
	return qemu_check(machine->qemu, err);
}

const char *emulated_cmdline(const struct emulated *machine)
{
	return machine->cmdline;
}

const char *emulated_console(const struct emulated *machine)
{
	return machine->console;
}

const char *emulated_counts(const struct emulated *machine)
{
	return machine->counts;
}

const char *emulated_initramfs(const struct emulated *machine)
{
	return machine->initramfs;
}

const char *emulated_initramfs_hash(const struct emulated *machine)
{
	return machine->initramfs_hash;
}
