/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"

static int make_one(const char *path, struct err *err)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(err, -errno, "cannot make folder %s", path);
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_sys(err, -ENOTDIR, "cannot make folder %s", path);
	return 0;
}

int fs_make_folder(const char *path, struct err *err)
{
	auto_free char *copy = mem_strdup(path);
	int r = 0;

	for (char *p = copy; *p && r == 0; p++) {
		if (*p != '/' || p == copy)
			continue;
		*p = '\0';
		r = make_one(copy, err);
		*p = '/';
	}
	return r < 0 ? r : make_one(copy, err);
}

static int read_all(int fd, size_t limit_bytes, char **ret, size_t *ret_bytes)
{
	auto_free char *data = NULL;
	size_t used = 0, size = 0;

	for (;;) {
		ssize_t n;

		if (size - used < 2) {
			size = size ? size * 2 : 8192;
			data = mem_grow(data, size, 1);
		}
		n = read(fd, data + used, size - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (used > limit_bytes)
			return -EFBIG;
		if (n == 0)
			break;
	}
	data[used] = '\0';
	if (ret_bytes)
		*ret_bytes = used;
	*ret = take_ptr(data);
	return 0;
}

int fs_read(
	const char *path, size_t limit_bytes, char **ret, size_t *ret_bytes, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot read %s", path);
	r = read_all(fd, limit_bytes, ret, ret_bytes);
	if (r == -EFBIG)
		return err_set(err, r, "%s is larger than %zu bytes", path, limit_bytes);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", path);
	return 0;
}

/* Does the file hold these bytes, with these permissions? mode -1: whatever they are. */
static bool holds(const char *path, const void *data, size_t size_bytes, int mode)
{
	auto_free char *old = NULL;
	size_t old_bytes;
	struct stat st;

	if (stat(path, &st) < 0 || (size_t)st.st_size != size_bytes)
		return false;
	if (mode >= 0 && (st.st_mode & 0777) != (mode_t)mode)
		return false;
	return fs_read(path, size_bytes, &old, &old_bytes, NULL) == 0 &&
	       old_bytes == size_bytes && memcmp(old, data, size_bytes) == 0;
}

static int write_all(int fd, const char *data, size_t size_bytes)
{
	while (size_bytes) {
		ssize_t n = write(fd, data, size_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size_bytes -= (size_t)n;
	}
	return 0;
}

/* `at` is what the temporary name begins with. */
static int replace(const char *path, const char *at, const void *data, size_t size_bytes,
	mode_t mode, bool synced, struct err *err)
{
	auto_free char *temporary = mem_printf("%s.XXXXXX", at);
	auto_close int fd = mkostemp(temporary, O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot write beside %s", path);
	r = write_all(fd, data, size_bytes);
	if (r == 0 && synced && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && (fchmod(fd, mode) < 0 || rename(temporary, path) < 0))
		r = -errno;
	if (r < 0) {
		unlink(temporary);
		return err_sys(err, r, "cannot write %s", path);
	}
	return 0;
}

int fs_write_atomic(const char *path, const void *data, size_t size_bytes, struct err *err)
{
	return holds(path, data, size_bytes, -1)
		       ? 0
		       : replace(path, path, data, size_bytes, 0644, true, err);
}

int fs_write_lazy(
	const char *path, const char *at, const void *data, size_t size_bytes, struct err *err)
{
	return holds(path, data, size_bytes, -1)
		       ? 0
		       : replace(path, at, data, size_bytes, 0644, false, err);
}

int fs_sync(const char *path, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) < 0 ? err_sys(err, -errno, "cannot sync %s", path) : 0;
}

int fs_copy_atomic(const char *from, const char *to, struct err *err)
{
	auto_free char *data = NULL;
	size_t size_bytes;
	struct stat st;
	int r = fs_read(from, (size_t)1 << 30, &data, &size_bytes, err);

	if (r < 0)
		return r;
	if (stat(from, &st) < 0)
		return err_sys(err, -errno, "cannot read %s", from);
	if (holds(to, data, size_bytes, st.st_mode & 0777))
		return 0;
	return replace(to, to, data, size_bytes, st.st_mode & 0777, true, err);
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

int64_t fs_free_bytes(const char *path)
{
	struct statvfs vfs;

	if (statvfs(path, &vfs) < 0)
		return -errno;
	return (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int fs_remove_tree(const char *path, struct err *err)
{
	if (!fs_exists(path))
		return 0;
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) < 0)
		return err_sys(err, -errno, "cannot remove %s", path);
	return 0;
}

int fs_absolute(const char *path, char **ret, struct err *err)
{
	char *absolute = realpath(path, NULL);

	if (!absolute)
		return err_sys(err, -errno, "cannot find %s", path);
	*ret = absolute;
	return 0;
}
