/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/host.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "sys/proc.h"

struct local {
	struct rig rig;
	const char *libdir, *socket; /* borrowed */
	char *log;
	int lock_fd;
	pid_t child; /* the runner, where it is ours; 0: it is not */
};

static struct local *of(struct rig *rig)
{
	return (struct local *)rig;
}

static int dial(const struct local *local, int *ret_fd, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(err, -errno, "cannot make a socket");
	if (strlen(local->socket) >= sizeof(address.sun_path))
		return err_set(err, -ENAMETOOLONG, "the path of a socket is too long: %s",
			local->socket);
	memcpy(address.sun_path, local->socket, strlen(local->socket) + 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		bool may_come = errno == ECONNREFUSED || errno == EAGAIN;

		return err_set(err, may_come ? -EAGAIN : -errno,
			"host %s: the runner of this machine does not answer at %s: %s",
			local->rig.spec->name, local->socket,
			errno == EACCES ? "we are not in its group" : strerror(errno));
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int start_child(struct local *local, int *ret_fd, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;

	strv_addf(&argv, "%s/kvmperf-runner", local->libdir);
	strv_add(&argv, "serve");
	strv_add(&argv, "--may-reboot");
	spec.argv = &argv;
	spec.log_path = local->log;
	proc_stop(local->child, 0);
	local->child = 0;
	return proc_start_talk(&spec, &local->child, ret_fd, err);
}

static int connect_runner(struct rig *rig, int64_t limit_ms, int *ret_fd, struct err *err)
{
	struct local *local = of(rig);

	(void)limit_ms;
	if (fs_exists(local->socket))
		return dial(local, ret_fd, err);
	if (geteuid() == 0)
		return start_child(local, ret_fd, err);
	return err_set(err, -ENOENT,
		"host %s is this machine, and there is no runner that may enter kernels (%s); "
		"try: systemctl enable --now kvmperf-runner.socket",
		rig->spec->name, local->socket);
}

static void release(struct rig *rig)
{
	struct local *local = of(rig);

	if (!local)
		return;
	proc_stop(local->child, 0);
	mem_close_fd(&local->lock_fd);
	free(local->log);
	free(local);
}

static int take(struct rig **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct local *local = MEM_NEW(struct local, 1);
	auto_free char *lock = mem_printf("%s/lock", folder);
	int r = fs_make_folder(folder, err);

	local->rig = (struct rig){.driver = &driver_local, .spec = spec};
	local->rig.cmdline = *spec->cmdline ? spec->cmdline : NULL;
	local->libdir = libdir;
	local->socket = *spec->address ? spec->address : DRIVER_LOCAL_SOCKET;
	local->log = mem_printf("%s/runner.log", folder);
	local->lock_fd = -1;
	if (r == 0)
		r = lock_take(lock, &local->lock_fd, err);
	if (r < 0) {
		release(&local->rig);
		return err_note(err, "host %s", spec->name);
	}
	*ret = &local->rig;
	return 0;
}

/* We run, so it is on. */
static int check(struct rig *rig, struct err *err)
{
	(void)rig;
	(void)err;
	return 0;
}

const struct driver driver_local = {
	.ends_with_kernel = true,
	.take = take,
	.release = release,
	.connect = connect_runner,
	.check = check,
};
