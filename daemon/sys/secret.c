/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"

enum { PASSWORD_MAX = 1024 };

static int check_private(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "password file %s", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return err_set(err, -EPERM,
			"password file %s must be a file that only its owner reads (chmod 600)",
			path);
	return 0;
}

int secret_read(const char *name, char **ret, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	bool credential = text_starts(name, "credential:");
	auto_free char *path = NULL;
	auto_close int fd = -1;
	char text[PASSWORD_MAX + 1];
	ssize_t n;
	int r;

	if (credential && (!folder || strchr(name, '/')))
		return err_set(err, -ENOENT, "%s: systemd has given no such credential", name);
	path = credential ? mem_printf("%s/%s", folder, name + strlen("credential:"))
			  : mem_strdup(name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, -errno, "password file %s", path);
	r = credential ? 0 : check_private(fd, path, err);
	if (r < 0)
		return r;
	n = read(fd, text, PASSWORD_MAX);
	if (n < 0)
		return err_sys(err, -errno, "password file %s", path);
	text[n] = 0;
	text[strcspn(text, "\r\n")] = 0;
	*ret = mem_strdup(text);
	explicit_bzero(text, sizeof(text));
	return 0;
}

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}
