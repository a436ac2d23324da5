/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/emulated.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/cpio.h"
#include "io/hash.h"
#include "io/qemu.h"
#include "model/host.h"
#include "sys/fs.h"
#include "sys/lock.h"

struct emulated {
	struct rig rig;
	int lock_fd, stream_fd; /* stream_fd: of a machine that was switched on, for connect */
	char *cmdline, *plugin, *log;
	char *console, *counts;
	char *initramfs, initramfs_hash[HASH_HEX_BYTES];
	struct qemu *qemu; /* NULL: it is off */
};

static struct emulated *of(struct rig *rig)
{
	return (struct emulated *)rig;
}

/* The user land of golden and test kernels: our runner, and what the test is linked with. */
static int make_initramfs(struct emulated *emulated, const char *libdir, struct err *err)
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
	int r = cpio_write(emulated->initramfs, entries, ARRAY_SIZE(entries), err);

	return r < 0 ? r : hash_file(emulated->initramfs, emulated->initramfs_hash, err);
}

static int prepare_folder(
	struct emulated *emulated, const char *folder, const char *libdir, struct err *err)
{
	auto_free char *lock = mem_printf("%s/lock", folder);
	int r = fs_make_folder(folder, err);

	if (r == 0)
		r = lock_take(lock, &emulated->lock_fd, err);
	if (r < 0)
		return err_note(err, "host %s", emulated->rig.spec->name);
	/* Only this session reads them, and they would grow for ever. */
	unlink(emulated->console);
	unlink(emulated->counts);
	unlink(emulated->log);
	return make_initramfs(emulated, libdir, err);
}

static void release(struct rig *rig)
{
	struct emulated *emulated = of(rig);

	if (!emulated)
		return;
	qemu_stop(emulated->qemu);
	mem_close_fd(&emulated->stream_fd);
	mem_close_fd(&emulated->lock_fd);
	free(emulated->cmdline);
	free(emulated->plugin);
	free(emulated->log);
	free(emulated->console);
	free(emulated->counts);
	free(emulated->initramfs);
	free(emulated);
}

static int take(struct rig **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct emulated *emulated = MEM_NEW(struct emulated, 1);
	struct rig *rig = &emulated->rig;
	int r;

	emulated->lock_fd = emulated->stream_fd = -1;
	/* A kernel that panics resets at once, and so ends QEMU. */
	emulated->cmdline = mem_printf(
		"%s panic=-1 oops=panic", spec->cmdline[0] ? spec->cmdline : "console=ttyAMA0");
	emulated->plugin = mem_printf("%s/kvmperf-count.so", libdir);
	emulated->log = mem_printf("%s/qemu.log", folder);
	emulated->console = mem_printf("%s/console.log", folder);
	emulated->counts = mem_printf("%s/counts.log", folder);
	emulated->initramfs = mem_printf("%s/initramfs.cpio", folder);
	*rig = (struct rig){
		.driver = &driver_emulated,
		.spec = spec,
		.cmdline = emulated->cmdline,
		.console = emulated->console,
		.counts = emulated->counts,
		.initramfs = emulated->initramfs,
		.initramfs_hash = emulated->initramfs_hash,
	};
	r = prepare_folder(emulated, folder, libdir, err);
	if (r < 0) {
		release(rig);
		return r;
	}
	*ret = rig;
	return 0;
}

static void power_off(struct emulated *emulated)
{
	qemu_stop(take_ptr(emulated->qemu));
	mem_close_fd(&emulated->stream_fd);
}

static int power_on(struct emulated *emulated, struct err *err)
{
	const struct host_spec *host = emulated->rig.spec;
	const struct qemu_spec spec = {
		.name = host->name,
		.cpu = host->cpu,
		.cpus = host->cpus,
		.memory_mb = host->memory_mb,
		.golden_image = host->golden_image,
		.initramfs = emulated->initramfs,
		.cmdline = emulated->cmdline,
		.plugin = emulated->plugin,
		.counts_path = emulated->counts,
		.console_path = emulated->console,
		.log_path = emulated->log,
	};

	return qemu_start(&emulated->qemu, &spec, &emulated->stream_fd, err);
}

static int power(struct rig *rig, enum power_deed deed, struct err *err)
{
	struct emulated *emulated = of(rig);

	if (deed != POWER_ON)
		power_off(emulated);
	return deed == POWER_OFF ? 0 : power_on(emulated, err);
}

/* The stream is there from power on, and there is one: who closed it cuts the power. */
static int connect_runner(struct rig *rig, int64_t limit_ms, int *ret_fd, struct err *err)
{
	struct emulated *emulated = of(rig);
	int r = 0;

	(void)limit_ms;
	if (emulated->stream_fd < 0) {
		power_off(emulated);
		r = power_on(emulated, err);
	}
	if (r == 0)
		*ret_fd = take_fd(&emulated->stream_fd);
	return r;
}

static int check(struct rig *rig, struct err *err)
{
	struct emulated *emulated = of(rig);

	return emulated->qemu ? qemu_check(emulated->qemu, err) : 1;
}

const struct driver driver_emulated = {
	.keeps_stream = true,
	.take = take,
	.release = release,
	.connect = connect_runner,
	.check = check,
	.power = power,
};
