/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static void folder_clear(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

int at_open_folder(int fd, const char *name, DIR **ret)
{
	auto_close int folder = openat(fd, name, OPEN_FOLDER);
	DIR *opened = folder < 0 ? NULL : fdopendir(folder);

	if (!opened)
		return -errno;
	take_fd(&folder);
	*ret = opened;
	return 0;
}

int at_enter(int fd, const char *name, int *ret_fd)
{
	int folder = openat(fd, name, OPEN_FOLDER), r = 0;

	if (folder < 0 && (errno == ENOTDIR || errno == ELOOP))
		r = at_remove(fd, name);
	if (r < 0)
		return r;
	if (folder < 0 && mkdirat(fd, name, 0777) == 0)
		folder = openat(fd, name, OPEN_FOLDER);
	if (folder < 0)
		return -errno;
	*ret_fd = folder;
	return 0;
}

static int remove_folder(int fd, const char *name)
{
	__attribute__((cleanup(folder_clear))) DIR *folder = NULL;
	struct dirent *entry;
	int r = at_open_folder(fd, name, &folder);

	if (r < 0)
		return r;
	while ((entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		r = at_remove(dirfd(folder), entry->d_name);
		if (r < 0)
			return r;
	}
	return unlinkat(fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int at_remove(int fd, const char *name)
{
	if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR ? remove_folder(fd, name) : -errno;
}

int at_write_file(
	int fd, const char *name, bool executable, const void *data, size_t size_bytes)
{
	auto_close int file = openat(fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, executable ? 0777 : 0666);
	const char *from = data;

	if (file < 0)
		return -errno;
	while (size_bytes) {
		ssize_t n = write(file, from, size_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		size_bytes -= (size_t)n;
	}
	return 0;
}

int at_write_link(int fd, const char *name, const void *target, size_t size_bytes)
{
	auto_free char *text = mem_copy(target, size_bytes);

	if (size_bytes == 0 || strlen(text) != size_bytes)
		return -EINVAL;
	return symlinkat(text, fd, name) < 0 ? -errno : 0;
}

int at_read_file(int fd, const char *name, size_t limit_bytes, char **ret,
	size_t *ret_size_bytes, bool *ret_executable)
{
	auto_close int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	auto_free char *data = NULL;
	size_t used = 0, size;
	struct stat st;

	if (file < 0 || fstat(file, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uintmax_t)st.st_size > limit_bytes)
		return -EFBIG;
	size = (size_t)st.st_size;
	data = mem_new(size + 1, 1);
	while (used < size) {
		ssize_t n = read(file, data + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	*ret = take_ptr(data);
	*ret_size_bytes = used;
	*ret_executable = st.st_mode & S_IXUSR;
	return 0;
}
