/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int64_t tail_mark(const char *path)
{
	struct stat st;

	return !path || stat(path, &st) < 0 ? 0 : (int64_t)st.st_size;
}

int tail_read(const char *path, int64_t mark, size_t limit_bytes, char **ret, size_t *ret_bytes,
	struct err *err)
{
	auto_close int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	auto_free char *text = NULL;
	int64_t size = tail_mark(path);
	size_t want, have = 0;

	if (path && fd < 0 && errno != ENOENT)
		return err_sys(err, -errno, "cannot read %s", path);
	if (size < mark)
		mark = size;
	if ((uint64_t)(size - mark) > limit_bytes)
		mark = size - (int64_t)limit_bytes;
	want = (size_t)(size - mark);
	text = mem_new(want + 1, 1);
	while (fd >= 0 && have < want) {
		ssize_t n = pread(fd, text + have, want - have, mark + (int64_t)have);

		if (n < 0 && errno != EINTR)
			return err_sys(err, -errno, "cannot read %s", path);
		if (n == 0)
			break;
		have += n > 0 ? (size_t)n : 0;
	}
	text[have] = '\0';
	*ret = take_ptr(text);
	if (ret_bytes)
		*ret_bytes = have;
	return 0;
}
