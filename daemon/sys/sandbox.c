/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"

/* What nobody's build needs to see. */
static const char *const private_folders[] = {
	"/tmp", "/var/tmp", "/run", "/root", "/home", "/srv", "/etc/kvmperf", "/etc/ssh"};

void sandbox_clear(struct sandbox *sandbox)
{
	strv_clear(&sandbox->writable);
	strv_clear(&sandbox->hidden);
}

/* ---- user ---- */

static int write_file(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

/* A user name space in which we are who we are, with rights over it alone. */
static int own_user(uid_t uid, gid_t gid)
{
	auto_free char *uids = mem_printf("%u %u 1", uid, uid);
	auto_free char *gids = mem_printf("%u %u 1", gid, gid);
	int r = write_file("/proc/self/setgroups", "deny");

	if (r == 0)
		r = write_file("/proc/self/uid_map", uids);
	return r < 0 ? r : write_file("/proc/self/gid_map", gids);
}

static int drop_rights(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/* ---- files ---- */

/* A copy of the mounts below path, as they are now. */
static int copy_tree(const char *path)
{
	int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return fd < 0 ? -errno : fd;
}

static int make_folders(const char *path)
{
	auto_free char *part = mem_strdup(path);

	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST && errno != EROFS)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST && errno != EROFS ? -errno : 0;
}

/* An empty folder in the place of one that is there. */
static int hide(const char *path)
{
	bool is_temporary = strcmp(path, "/tmp") == 0 || strcmp(path, "/var/tmp") == 0;

	if (mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV,
		    is_temporary ? "mode=1777" : "mode=0755,size=1m") == 0)
		return 0;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}

static int hide_all(const struct strv *hidden)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(private_folders) && r == 0; i++)
		r = hide(private_folders[i]);
	for (size_t i = 0; i < hidden->count && r == 0; i++)
		r = hide(hidden->items[i]);
	return r;
}

static int show_again(const char *path, int tree)
{
	int r = make_folders(path);

	if (r == 0 && move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = -errno;
	return r;
}

/* Everything read-only, the private hidden, and what is writable put back in its place. */
static int own_files(const struct sandbox *sandbox)
{
	auto_free int *trees = MEM_NEW(int, sandbox->writable.count + 1);
	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
	int r = 0;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < sandbox->writable.count; i++) {
		trees[i] = copy_tree(sandbox->writable.items[i]);
		if (trees[i] < 0)
			return trees[i];
	}
	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof(read_only)) < 0)
		return -errno;
	r = hide_all(&sandbox->hidden);
	for (size_t i = 0; i < sandbox->writable.count && r == 0; i++)
		r = show_again(sandbox->writable.items[i], trees[i]);
	return r;
}

/* ---- processes ---- */

/* Stays behind: ends like the child, and the child with us. */
static _Noreturn void wait_for(pid_t child)
{
	int status = 0;

	close_range(3, ~0U, 0);
	signal(SIGTERM, SIG_IGN); /* the group gets it, and so the child */
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		kill(getpid(), WTERMSIG(status));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

/*
 * The processes outside are not to be seen: through /proc one would reach their
 * files. Where a part of /proc is covered, the kernel does not give us another
 * one; then there is none.
 */
static int own_proc(void)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
		return 0;
	return mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=1m") < 0
		       ? -errno
		       : 0;
}

int sandbox_enter(void *data)
{
	const struct sandbox *sandbox = data;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t child;
	int r;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID) <
		0)
		return -errno;
	r = own_user(uid, gid);
	if (r == 0)
		r = own_files(sandbox);
	if (r < 0)
		return r;
	child = fork();
	if (child < 0)
		return -errno;
	if (child > 0)
		wait_for(child);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r = own_proc();
	return r < 0 ? r : drop_rights();
}

int sandbox_try(struct sandbox *sandbox, struct err *err)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		return err_sys(err, -errno, "cannot start a process");
	if (child == 0) {
		int r = sandbox_enter(sandbox);

		_exit(r < 0 ? (-r & 0x7f) : 0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_sys(err, WIFEXITED(status) ? -WEXITSTATUS(status) : -EPERM,
		"this machine does not let us make a sandbox");
}
