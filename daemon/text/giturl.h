/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_GITURL_H
#define TEXT_GITURL_H

#include "base/err.h"
#include "string/strv.h"

/* Where a git repository is, as people write it. */
enum git_scheme {
	GIT_FILE, /* an absolute path, or file:///path */
	GIT_GIT,
	GIT_HTTP,
	GIT_HTTPS,
	GIT_SSH, /* ssh://user@host:port/path, or user@host:path */
};

struct git_url {
	enum git_scheme scheme;
	char *user; /* "" when none is given */
	char *host; /* "" for files */
	int port;   /* 0: the scheme's own */
	char *path; /* of a file decoded, else as given */
	char *text; /* the whole: one spelling for one place, never with a password */
};

/*
 * Reads an address. -EINVAL with what was expected for: other schemes, relative
 * paths, blanks and control characters, a host that would be an option, a
 * password (it would end up in logs and pages).
 */
int git_url_parse(const char *text, struct git_url *ret, struct err *err);
void git_url_clear(struct git_url *url);

/*
 * The program that speaks git's protocol for such an address on its stdin and
 * stdout: git-upload-pack here, or at the other end of ssh. Nothing for the
 * schemes that are spoken over a socket. ssh_config is an absolute path, or "" for the
 * user's own.
 */
void git_url_program(const struct git_url *url, const char *ssh_config, struct strv *argv);

/* A name for a folder: the last part of the path, of a-z, 0-9, '-'. The caller frees. */
char *git_url_slug(const struct git_url *url);

#endif
