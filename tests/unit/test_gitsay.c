/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitsay.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

/* As OpenSSH 9.2, git 2.39 and libgit2 1.5 say it. */
static const struct {
	const char *words;
	int code;
} rows[] = {
	{"git@example.org: Permission denied (publickey).", -EACCES},
	{"Host key verification failed.", -EKEYREJECTED},
	{"the SSL certificate is invalid", -EKEYREJECTED},
	{"unexpected http status code: 403", -EACCES},
	{"unexpected http status code: 404", -ENOENT},
	{"unexpected http status code: 503", -ENETUNREACH},
	{"access denied or repository not exported: /x", -ENOENT},
	{"fatal: '/x' does not appear to be a git repository", -ENOENT},
	{"fatal: detected dubious ownership in repository at '/x'", -EACCES},
	{"ssh: Could not resolve hostname x: Name or service not known", -ENETUNREACH},
	{"ssh: connect to host x port 22: Connection timed out", -ETIMEDOUT},
	{"failed to connect to 127.0.0.1: Connection refused", -ENETUNREACH},
	{"failed to write: No space left on device", -ENOSPC},
	{"something else", 0},
	{"", 0},
	{NULL, 0},
};

static void what_is_said_tells_the_weather(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (git_said(rows[i].words) != rows[i].code)
			fail_msg("\"%s\": %d", rows[i].words, git_said(rows[i].words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said_tells_the_weather)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
