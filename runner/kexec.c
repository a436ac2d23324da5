/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kexec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define UNLOAD	     1UL /* KEXEC_FILE_UNLOAD */
#define NO_INITRAMFS 4UL /* KEXEC_FILE_NO_INITRAMFS */

/* Asks systemd, where one runs: 0 when it will do it. */
static int ask_systemd(const char *deed)
{
	int status = 0;
	pid_t pid;

	if (getpid() == 1 || access("/run/systemd/system", F_OK) < 0)
		return -ENOENT;
	pid = fork();
	if (pid == 0) {
		execlp("systemctl", "systemctl", deed, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -ECHILD;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int kexec_load(const char *image, const char *initrd, const char *cmdline, struct err *err)
{
	auto_close int image_fd = open(image, O_RDONLY | O_CLOEXEC);
	auto_close int initrd_fd = *initrd ? open(initrd, O_RDONLY | O_CLOEXEC) : -1;

	if (image_fd < 0 || (*initrd && initrd_fd < 0))
		return err_sys(err, -errno, "cannot open %s", image_fd < 0 ? image : initrd);
	if (syscall(SYS_kexec_file_load, image_fd, initrd_fd, strlen(cmdline) + 1, cmdline,
		    *initrd ? 0UL : NO_INITRAMFS) < 0)
		return err_sys(err, -errno,
			"kexec_file_load of %s failed; dmesg may say more (EBUSY: a CPU cannot "
			"be switched off, ENOSYS: the kernel lacks KEXEC_FILE)",
			image);
	return 0;
}

int kexec_unload(struct err *err)
{
	if (syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, UNLOAD) < 0)
		return err_sys(err, -errno, "the loaded kernel cannot be unloaded");
	return 0;
}

int kexec_enter(struct err *err)
{
	if (ask_systemd("kexec") == 0)
		return 0;
	sync();
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return err_sys(err, -errno, "cannot enter the loaded kernel");
}

int kexec_reset(struct err *err)
{
	if (ask_systemd("reboot") == 0)
		return 0;
	sync();
	reboot(LINUX_REBOOT_CMD_RESTART);
	return err_sys(err, -errno, "cannot reset the machine");
}

int kexec_sysrq(struct err *err)
{
	static const char keys[] = "wsb";
	auto_close int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, -errno, "cannot open /proc/sysrq-trigger");
	for (const char *key = keys; *key; key++) {
		if (write(fd, key, 1) != 1)
			return err_sys(err, -errno, "sysrq %c is refused", *key);
		sleep(*key == 's' ? 2 : 0); /* it is written in the background */
	}
	return err_set(err, -EIO, "the machine goes on after sysrq b");
}
