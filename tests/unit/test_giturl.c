/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/giturl.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

#define SSH                                                                        \
	"ssh -xT -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=30 " \
	"-oServerAliveInterval=15 -oServerAliveCountMax=4 "

/* text, and what it becomes: the one spelling, the program, the name for a folder */
static const struct {
	const char *name, *text;
	enum git_scheme scheme;
	const char *canonical, *program, *slug;
} good[] = {
	{"a path", "/srv/linux.git/", GIT_FILE, "file:///srv/linux.git",
		"git-upload-pack -- /srv/linux.git", "linux"},
	{"a path with a blank", "/srv/my linux", GIT_FILE, "file:///srv/my linux",
		"git-upload-pack -- /srv/my linux", "my-linux"},
	{"a file URL", "file:///srv/a%20b%zz", GIT_FILE, "file:///srv/a b%zz",
		"git-upload-pack -- /srv/a b%zz", "a-b-zz"},
	{"a path that looks like an option", "/-u", GIT_FILE, "file:///-u",
		"git-upload-pack -- /-u", "-u"},
	{"git", "git://git.kernel.org/pub/scm/kvmarm.git", GIT_GIT,
		"git://git.kernel.org/pub/scm/kvmarm.git", "", "kvmarm"},
	{"git with a port", "git://[::1]:9418/x/", GIT_GIT, "git://[::1]:9418/x", "", "x"},
	{"https with a user", "https://me@example.org/a/b,c.git", GIT_HTTPS,
		"https://me@example.org/a/b,c.git", "", "b-c"},
	{"ssh", "ssh://git@example.org:2222/srv/x.git", GIT_SSH,
		"ssh://git@example.org:2222/srv/x.git",
		SSH "-p2222 -lgit -- example.org git-upload-pack '/srv/x.git'", "x"},
	{"ssh to an address", "ssh://[::1]/x", GIT_SSH, "ssh://[::1]/x",
		SSH "-- ::1 git-upload-pack '/x'", "x"},
	{"ssh to a home", "ssh://h/~me/x", GIT_SSH, "ssh://h/~me/x",
		SSH "-- h git-upload-pack '~me/x'", "x"},
	{"as scp has it", "git@example.org:kvm/x;y.git", GIT_SSH, "git@example.org:kvm/x;y.git",
		SSH "-lgit -- example.org git-upload-pack 'kvm/x;y.git'", "x-y"},
	{"an address, as scp has it", "[::1]:x/", GIT_SSH, "[::1]:x",
		SSH "-- ::1 git-upload-pack 'x'", "x"},
	{"an alias of ssh", "kernel:x", GIT_SSH, "kernel:x",
		SSH "-- kernel git-upload-pack 'x'", "x"},
	{"the root", "///", GIT_FILE, "file:///", "git-upload-pack -- /", "repository"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		auto_strv struct strv argv = STRV_INIT;
		auto_free char *program = NULL, *slug = NULL;
		struct git_url url;
		struct err err = ERR_INIT;

		if (git_url_parse(good[i].text, &url, &err) < 0)
			fail_msg("%s: %s", good[i].name, err.text);
		git_url_program(&url, "", &argv);
		program = strv_join(&argv, " ");
		slug = git_url_slug(&url);
		if (url.scheme != good[i].scheme || strcmp(url.text, good[i].canonical) ||
			strcmp(program, good[i].program) || strcmp(slug, good[i].slug))
			fail_msg("%s: %d \"%s\" \"%s\" \"%s\"", good[i].name, url.scheme,
				url.text, program, slug);
		git_url_clear(&url);
	}
}

static const struct {
	const char *name, *text, *words;
} bad[] = {
	{"nothing", "", "1 to 1000 characters"},
	{"a relative path", "linux", "absolute path"},
	{"a relative path with a colon", "./a:b", "absolute path"},
	{"a file URL with a host", "file://host/x", "begins with /"},
	{"an empty file URL", "file://", "begins with /"},
	{"a path with a newline", "/a\nb", "control character"},
	{"a NUL in a file URL", "file:///a%0ab", "control character"},
	{"another scheme", "ftp://host/x", "expected one of file, git"},
	{"a program", "ext::sh -c true", "a blank in an address"},
	{"a transport helper", "ext::sh", "expected one of file, git"},
	{"a password", "https://me:secret@host/x", "leave it out"},
	{"a host that is an option", "ssh://-oProxyCommand=x/y", "no name of a host"},
	{"a host that is an option, as scp has it", "-oProxyCommand=x:y", "no name of a host"},
	{"a user that is an option", "ssh://-lx@host/y", "no name of a user"},
	{"an empty user", "ssh://@host/y", "no name of a user"},
	{"no host", "https:///x", "no name of a host"},
	{"no path", "git://host", "path of the repository is missing"},
	{"no path over ssh", "host:", "path of the repository is missing"},
	{"a port that is none", "ssh://host:65536/x", "1 to 65535"},
	{"a quote over ssh", "host:x'; rm -rf ~", "a blank in an address"},
	{"a quote without blanks", "host:x';reboot;'", "cannot hold '"},
	{"a bracket that stays open", "[::1:x", "absolute path"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct git_url url = {.port = 77};
		struct err err = ERR_INIT;

		if (git_url_parse(bad[i].text, &url, &err) != -EINVAL ||
			!strstr(err.text, bad[i].words))
			fail_msg("%s: \"%s\"", bad[i].name, err.text);
		assert_int_equal(url.port, 77);
		assert_null(strstr(err.text, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
