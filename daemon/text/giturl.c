/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/giturl.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

enum { URL_MAX_BYTES = 1000, SLUG_MAX_BYTES = 40 };

static const struct {
	const char *prefix;
	enum git_scheme scheme;
} schemes[] = {
	{"file://", GIT_FILE},
	{"git://", GIT_GIT},
	{"http://", GIT_HTTP},
	{"https://", GIT_HTTPS},
	{"ssh://", GIT_SSH},
};

static int refuse(struct err *err, const char *text, const char *why)
{
	return err_set(err, -EINVAL, "\"%.200s\": %s", text, why);
}

/* "%20" is a blank; a '%' that begins no byte stays. */
static char *decode(const char *text)
{
	struct str out = STR_INIT;

	for (; *text; text++) {
		char digits[3] = {text[0] == '%' ? text[1] : '\0', '\0', '\0'};

		if (digits[0])
			digits[1] = text[2];
		if (isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1])) {
			str_add_char(&out, (char)strtol(digits, NULL, 16));
			text += 2;
		} else {
			str_add_char(&out, *text);
		}
	}
	return str_take(&out);
}

/* A copy; slashes at its end mean nothing, but a first one. */
static char *without_slashes(const char *text)
{
	size_t n = strlen(text);

	while (n > 1 && text[n - 1] == '/')
		n--;
	return mem_strndup(text, n);
}

/* The path of a file. */
static int take_path(const char *text, bool encoded, struct git_url *url, struct err *err)
{
	auto_free char *path = encoded ? decode(text) : mem_strdup(text);

	if (!path || path[0] != '/')
		return refuse(err, text, "the path of a repository begins with /");
	for (const char *p = path; *p; p++)
		if (iscntrl((unsigned char)*p))
			return refuse(err, text, "a control character in a path");
	url->scheme = GIT_FILE;
	url->user = mem_strdup("");
	url->host = mem_strdup("");
	url->path = without_slashes(path);
	url->text = mem_printf("file://%s", url->path);
	return 0;
}

static bool is_user(const char *text)
{
	return text[0] != '-' && text[strcspn(text, ":/@%'\"\\$`")] == '\0';
}

static bool is_host(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t n = strlen(text);

	if (text[0] == '[') /* an address of IP version 6 */
		return n > 3 && text[n - 1] == ']' &&
		       strspn(text + 1, "0123456789abcdefABCDEF:.") == n - 2;
	return n > 0 && text[0] != '-' && text[0] != '.' && strspn(text, allowed) == n;
}

/* The digits behind ':'; no digits are no port. */
static bool take_port(const char *text, int *ret)
{
	char *end;
	long port = strtol(text, &end, 10);

	if (!*text)
		return true;
	if (!isdigit((unsigned char)*text) || *end || port < 1 || port > 65535)
		return false;
	*ret = (int)port;
	return true;
}

/* "user@host:port" */
static int take_place(const char *text, const char *place, struct git_url *url, struct err *err)
{
	auto_free char *copy = mem_strdup(place);
	char *at = strrchr(copy, '@'), *host = at ? at + 1 : copy;
	char *behind = host[0] == '[' ? strchr(host, ']') : host;
	char *colon = behind ? strchr(behind, ':') : NULL;

	if (at)
		*at = '\0';
	if (at && strchr(copy, ':'))
		return err_set(err, -EINVAL,
			"a password in an address ends up in logs and pages: leave it out");
	if (at && (!*copy || !is_user(copy)))
		return refuse(err, text, "that is no name of a user");
	if (colon)
		*colon = '\0';
	if (!is_host(host))
		return refuse(err, text, "that is no name of a host");
	if (colon && !take_port(colon + 1, &url->port))
		return refuse(err, text, "a port is a number from 1 to 65535");
	url->user = mem_strdup(at ? copy : "");
	url->host = mem_strdup(host);
	return 0;
}

/* The other end's shell reads the path between single quotes. */
static int check_far_path(const struct git_url *url, const char *text, struct err *err)
{
	if (!url->path[0] || strcmp(url->path, "/") == 0)
		return refuse(err, text, "the path of the repository is missing");
	if (url->scheme == GIT_SSH && strpbrk(url->path, "'!\\"))
		return refuse(err, text, "a path over ssh cannot hold ', ! or \\");
	return 0;
}

static int take_url(const char *text, const char *rest, struct git_url *url, struct err *err)
{
	size_t n = strcspn(rest, "/");
	auto_free char *place = mem_strndup(rest, n);
	int r = take_place(text, place, url, err);

	if (r < 0)
		return r;
	url->path = without_slashes(rest + n);
	url->text = without_slashes(text);
	if (url->scheme == GIT_SSH && strncmp(url->path, "/~", 2) == 0)
		memmove(url->path, url->path + 1, strlen(url->path));
	return check_far_path(url, text, err);
}

/* "user@host:path", as scp(1) has it. */
static int take_scp(const char *text, struct git_url *url, struct err *err)
{
	const char *colon = text[0] == '[' ? strstr(text, "]:") : strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) + (text[0] == '[') : 0;
	auto_free char *place = mem_strndup(text, n);
	int r;

	if (!n || memchr(text, '/', n))
		return refuse(err, text,
			"expected an absolute path, a file, git, https or ssh URL, or "
			"user@host:path");
	url->scheme = GIT_SSH;
	r = take_place(text, place, url, err);
	if (r < 0)
		return r;
	url->path = without_slashes(text + n + 1);
	url->text = without_slashes(text);
	return check_far_path(url, text, err);
}

static int parse(const char *text, struct git_url *url, struct err *err)
{
	if (!*text || strlen(text) > URL_MAX_BYTES)
		return err_set(err, -EINVAL,
			"the address of a repository has 1 to %d characters", URL_MAX_BYTES);
	if (text[0] == '/')
		return take_path(text, false, url, err);
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return refuse(err, text, "a blank in an address");
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (!text_starts(text, schemes[i].prefix))
			continue;
		url->scheme = schemes[i].scheme;
		if (url->scheme == GIT_FILE)
			return take_path(text + strlen(schemes[i].prefix), true, url, err);
		return take_url(text, text + strlen(schemes[i].prefix), url, err);
	}
	if (strstr(text, "://") || (text[0] != '[' && strstr(text, "::")))
		return refuse(err, text, "expected one of file, git, http, https and ssh");
	return take_scp(text, url, err);
}

int git_url_parse(const char *text, struct git_url *ret, struct err *err)
{
	struct git_url url = {0};
	int r = parse(text, &url, err);

	if (r < 0) {
		git_url_clear(&url);
		return r;
	}
	*ret = url;
	return 0;
}

void git_url_clear(struct git_url *url)
{
	free(url->user);
	free(url->host);
	free(url->path);
	free(url->text);
	memset(url, 0, sizeof(*url));
}

/*
 * ssh reads the user's own configuration and agent. It never asks, never takes
 * a host key that it does not know, and notices a peer that went away.
 */
void git_url_program(const struct git_url *url, const char *ssh_config, struct strv *argv)
{
	if (url->scheme == GIT_FILE) {
		strv_add(argv, "git-upload-pack");
		strv_add(argv, "--");
		strv_add(argv, url->path);
		return;
	}
	if (url->scheme != GIT_SSH)
		return;
	strv_split(argv,
		"ssh -xT -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=30 "
		"-oServerAliveInterval=15 -oServerAliveCountMax=4",
		" ");
	if (*ssh_config)
		strv_addf(argv, "-F%s", ssh_config);
	if (url->port)
		strv_addf(argv, "-p%d", url->port);
	if (url->user[0])
		strv_addf(argv, "-l%s", url->user);
	strv_add(argv, "--");
	if (url->host[0] == '[')
		strv_addf(argv, "%.*s", (int)strlen(url->host) - 2, url->host + 1);
	else
		strv_add(argv, url->host);
	strv_addf(argv, "git-upload-pack '%s'", url->path);
}

char *git_url_slug(const struct git_url *url)
{
	struct str slug = STR_INIT;
	const char *end = url->path + strlen(url->path), *start;

	while (end > url->path && end[-1] == '/')
		end--;
	if (end - url->path > 4 && strncmp(end - 4, ".git", 4) == 0)
		end -= 4;
	for (start = end; start > url->path && start[-1] != '/'; start--)
		;
	for (; start < end && slug.length < SLUG_MAX_BYTES; start++) {
		unsigned char c = (unsigned char)*start;

		str_add_char(&slug, (char)(isascii(c) && isalnum(c) ? tolower(c) : '-'));
	}
	if (!slug.length)
		str_add(&slug, "repository");
	return str_take(&slug);
}
