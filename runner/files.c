/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static const char *root = "";

void files_set_root(const char *folder)
{
	root = folder;
}

int files_open(const char *path, int flags)
{
	auto_free char *there = mem_printf("%s%s", root, path);
	int fd = open(there, flags | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

bool files_exist(const char *path)
{
	auto_free char *there = mem_printf("%s%s", root, path);

	return access(there, R_OK) == 0;
}

int files_read(const char *path, size_t limit_bytes, struct str *ret)
{
	auto_close int fd = files_open(path, O_RDONLY);
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return fd;
	while (limit_bytes) {
		size_t part = limit_bytes < sizeof(bytes) ? limit_bytes : sizeof(bytes);

		n = read(fd, bytes, part);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		str_add_bytes(ret, bytes, (size_t)n);
		limit_bytes -= (size_t)n;
	}
	return 0;
}

char *files_line(const char *path)
{
	auto_str struct str text = STR_INIT;

	if (files_read(path, 64 * 1024, &text) < 0)
		return NULL;
	return mem_strndup(str_text(&text), strcspn(str_text(&text), "\n"));
}

int files_number(const char *path, uint64_t *ret)
{
	auto_free char *line = files_line(path);
	char *end;
	uint64_t value;

	if (!line)
		return -ENOENT;
	errno = 0;
	value = strtoull(line, &end, 10);
	if (errno || end == line || *end)
		return -EPROTO;
	*ret = value;
	return 0;
}

int files_number_in(const char *text, const char *key, uint64_t *ret)
{
	size_t length = strlen(key);

	for (const char *line = text; line && *line;) {
		const char *next = strchr(line, '\n');

		if (strncmp(line, key, length) == 0 &&
			(line[length] == ' ' || line[length] == ':')) {
			*ret = strtoull(line + length + 1, NULL, 10);
			return 0;
		}
		line = next ? next + 1 : NULL;
	}
	return -ENOENT;
}

int files_number_of(const char *path, const char *key, uint64_t *ret)
{
	auto_str struct str text = STR_INIT;
	int r = files_read(path, 256 * 1024, &text);

	return r < 0 ? r : files_number_in(str_text(&text), key, ret);
}

int files_write(const char *path, const char *value, struct err *err)
{
	auto_close int fd = files_open(path, O_WRONLY | O_TRUNC);

	if (fd < 0)
		return err_sys(err, fd, "cannot open %s", path);
	if (write(fd, value, strlen(value)) < 0)
		return err_sys(err, -errno, "cannot write \"%s\" to %s", value, path);
	return 0;
}

/* Expands the component of pattern that starts at `at`; everything before it is a real folder.
 */
static void expand_from(const char *pattern, size_t at, struct strv *ret)
{
	size_t star = at + strcspn(pattern + at, "*");
	size_t begin = star, end = star + strcspn(pattern + star, "/");
	auto_free char *folder = NULL, *there = NULL, *mask = NULL;
	struct dirent **entries = NULL;
	int count;

	if (!pattern[star]) {
		if (files_exist(pattern))
			strv_add(ret, pattern);
		return;
	}
	while (begin > at && pattern[begin - 1] != '/')
		begin--;
	folder = mem_strndup(pattern, begin);
	there = mem_printf("%s%s", root, folder);
	mask = mem_strndup(pattern + begin, end - begin);
	count = scandir(there, &entries, NULL, versionsort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && fnmatch(mask, name, 0) == 0) {
			auto_free char *path =
				mem_printf("%s%s%s", folder, name, pattern + end);

			expand_from(path, begin + strlen(name), ret);
		}
		free(entries[i]);
	}
	free(entries);
}

void files_expand(const char *pattern, struct strv *ret)
{
	expand_from(pattern, 0, ret);
}
