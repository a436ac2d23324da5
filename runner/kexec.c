/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kexec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

int kexec_load(const char *image, const char *initrd, const char *cmdline, struct err *err)
{
	auto_close int image_fd = open(image, O_RDONLY | O_CLOEXEC);
	auto_close int initrd_fd = open(initrd, O_RDONLY | O_CLOEXEC);

	if (image_fd < 0 || initrd_fd < 0)
		return err_sys(err, -errno, "cannot open %s", image_fd < 0 ? image : initrd);
	if (syscall(SYS_kexec_file_load, image_fd, initrd_fd, strlen(cmdline) + 1, cmdline,
		    0UL) < 0)
		return err_sys(err, -errno,
			"kexec_file_load of %s failed; dmesg may say more (EBUSY: a CPU cannot "
			"be switched off, ENOSYS: the kernel lacks KEXEC_FILE)",
			image);
	return 0;
}

int kexec_enter(struct err *err)
{
	sync();
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return err_sys(err, -errno, "cannot enter the loaded kernel");
}

int kexec_reset(struct err *err)
{
	sync();
	reboot(LINUX_REBOOT_CMD_RESTART);
	return err_sys(err, -errno, "cannot reset the machine");
}
