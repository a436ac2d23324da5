/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "sys/proc.h"

#define LOG_MAX (1024 * 1024)

struct qemu {
	char *name, *log_path;
	pid_t pid; /* 0 once it has ended */
	struct proc_end end;
};

/* QEMU's options are separated by commas; one that is part of a value is doubled. */
static char *option_value(const char *text)
{
	struct str value = STR_INIT;

	for (; *text; text++)
		str_add(&value, *text == ',' ? ",," : (char[]){*text, '\0'});
	return str_take(&value);
}

/*
 * its=off: with LPI tables live and no EFI memory reservation for them, a
 * kernel that was entered by kexec hangs in GICv3 set-up.
 */
static void add_arguments(struct strv *argv, const struct qemu_spec *spec, int link_fd)
{
	auto_free char *console = option_value(spec->console_path);

	strv_add(argv, "qemu-system-aarch64");
	strv_add(argv, "-nodefaults");
	strv_add(argv, "-nographic");
	strv_add(argv, "-no-reboot");
	strv_add(argv, "-M");
	strv_add(argv, "virt,virtualization=on,gic-version=3,its=off");
	strv_add(argv, "-cpu");
	strv_add(argv, spec->cpu);
	strv_add(argv, "-smp");
	strv_addf(argv, "%d", spec->cpus);
	strv_add(argv, "-m");
	strv_addf(argv, "%d", spec->memory_mb);
	strv_add(argv, "-chardev");
	strv_addf(argv, "file,id=console,append=on,path=%s", console);
	strv_add(argv, "-serial");
	strv_add(argv, "chardev:console");
	strv_add(argv, "-device");
	strv_add(argv, "virtio-rng-device");
	strv_add(argv, "-device");
	strv_add(argv, "virtio-serial-device");
	strv_add(argv, "-chardev");
	strv_addf(argv, "socket,id=link,fd=%d", link_fd);
	strv_add(argv, "-device");
	strv_add(argv, "virtserialport,chardev=link,name=kvmperf");
	strv_add(argv, "-kernel");
	strv_add(argv, spec->golden_image);
	strv_add(argv, "-initrd");
	strv_add(argv, spec->initramfs);
	strv_add(argv, "-append");
	strv_add(argv, spec->cmdline);
	if (spec->plugin) {
		auto_free char *plugin = option_value(spec->plugin);
		auto_free char *counts = option_value(spec->counts_path);

		strv_add(argv, "-plugin");
		strv_addf(argv, "%s,out=%s", plugin, counts);
	}
}

int qemu_start(
	struct qemu **ret, const struct qemu_spec *spec, int *ret_link_fd, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec proc = PROC_SPEC_INIT;
	auto_close int ours = -1, theirs = -1;
	struct qemu *qemu;
	int pair[2], r;
	pid_t pid;

	if (!fs_exists(spec->golden_image))
		return err_set(err, -ENOENT, "host %s: there is no golden kernel image %s",
			spec->name, spec->golden_image);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, -errno, "host %s: cannot make a socket", spec->name);
	ours = pair[0];
	theirs = pair[1];
	fcntl(theirs, F_SETFD, 0); /* this one QEMU inherits */
	add_arguments(&argv, spec, theirs);
	proc.argv = &argv;
	proc.log_path = spec->log_path;
	r = proc_start(&proc, &pid, err);
	if (r < 0)
		return err_note(err, "host %s", spec->name);
	qemu = MEM_NEW(struct qemu, 1);
	qemu->name = mem_strdup(spec->name);
	qemu->log_path = mem_strdup(spec->log_path);
	qemu->pid = pid;
	*ret = qemu;
	*ret_link_fd = take_fd(&ours);
	return 0;
}

void qemu_stop(struct qemu *qemu)
{
	if (!qemu)
		return;
	proc_stop(qemu->pid, 0);
	free(qemu->name);
	free(qemu->log_path);
	free(qemu);
}

int qemu_check(struct qemu *qemu, struct err *err)
{
	auto_free char *log = NULL;
	const char *last;
	char how[64];
	size_t bytes = 0;

	if (qemu->pid > 0 && !proc_has_ended(qemu->pid, &qemu->end))
		return 0;
	qemu->pid = 0;
	if (qemu->end.exit_status == 0)
		return 1;
	proc_end_text(&qemu->end, how, sizeof(how));
	if (fs_read(qemu->log_path, LOG_MAX, &log, &bytes, NULL) < 0 || !bytes)
		return err_set(err, -EIO, "host %s: QEMU ended: %s", qemu->name, how);
	text_trim(log);
	last = strrchr(log, '\n');
	return err_set(err, -EIO, "host %s: QEMU ended: %s: %s", qemu->name, how,
		last ? last + 1 : log);
}
