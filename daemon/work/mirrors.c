/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/mirrors.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/indexer.h"
#include "io/mirror.h"
#include "io/transport.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "sys/secret.h"
#include "text/giturl.h"

enum { PACKS_MAX = 30, REPACK_LIMIT_MS = 30 * 60 * 1000 };

/* The slug is for people, the hash keeps two addresses apart. */
static char *path_of(const char *state, const struct git_url *url)
{
	auto_free char *slug = git_url_slug(url);
	char hex[HASH_HEX_BYTES];

	hash_bytes(url->text, strlen(url->text), hex);
	return mem_printf("%s/mirrors/%s-%.12s.git", state, slug, hex);
}

char *mirrors_path(const char *state, const char *text)
{
	struct git_url url = {0};
	char *path;

	if (git_url_parse(text, &url, NULL) < 0)
		return NULL;
	path = path_of(state, &url);
	git_url_clear(&url);
	return path;
}

static void on_progress(
	void *data, enum mirror_stage stage, int64_t done, int64_t total, int64_t bytes)
{
	struct progress *progress = data;
	long long kib = (long long)(bytes >> 10);

	switch (stage) {
	case MIRROR_CONNECTS:
		progress_update(progress, 0, 0, "connecting");
		break;
	case MIRROR_RECEIVES:
		progress_update(progress, done, total, "receiving objects, %lld KiB", kib);
		break;
	case MIRROR_RESOLVES:
		progress_update(progress, done, total, "resolving deltas, %lld KiB", kib);
		break;
	case MIRROR_UPDATES:
		progress_update(progress, 0, 0, "updating refs, %lld KiB", kib);
		break;
	}
}

static bool is_loopback(const struct git_url *url)
{
	return strcmp(url->host, "localhost") == 0 || strncmp(url->host, "127.", 4) == 0 ||
	       strcmp(url->host, "[::1]") == 0;
}

static int take_password(const struct git_url *url, const struct branch_access *access,
	char **ret, struct err *err)
{
	if (url->scheme != GIT_HTTPS && !(url->scheme == GIT_HTTP && is_loopback(url)))
		return err_set(err, -EPERM,
			"%s: a user and a password are for https:// only; over ssh the keys of "
			"the user that runs kvmperf are used",
			url->text);
	return secret_read(access->password_file, ret, err);
}

/* How many packs of its own a mirror has. */
static int count_packs(const char *path)
{
	auto_free char *folder = mem_printf("%s/objects/pack", path);
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += text_ends(entry->d_name, ".pack");
	if (dir)
		closedir(dir);
	return count;
}

/*
 * Each fetch brings a pack, and each object is looked for in all of them. git makes one
 * of the many small ones, and never throws an object away on this way. What goes wrong
 * can wait for the next time.
 */
static void gather_packs(const char *path)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_free char *log = mem_printf("%s/repack.log", path);
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end = {0};

	if (count_packs(path) <= PACKS_MAX)
		return;
	strv_add(&argv, "git");
	strv_addf(&argv, "--git-dir=%s", path);
	strv_split(&argv, "repack --geometric=2 -d -l -q", " ");
	spec.argv = &argv;
	spec.log_path = log;
	spec.limit_ms = REPACK_LIMIT_MS;
	spec.nice = 10;
	proc_run(&spec, &end, NULL);
}

static int fetch_into(const char *path, const struct git_url *url,
	const struct mirrors_order *order, struct err *err)
{
	static char none[] = "";
	static const struct branch_access nothing = {none, none, none, none};
	const struct branch_access *access = order->access ? order->access : &nothing;
	auto_free char *log = mem_printf("%s/transport.log", path);
	auto_free char *index_log = mem_printf("%s/index.log", path);
	auto_secret char *password = NULL;
	struct transport_program program = {.log = log};
	struct indexer indexer = {path, index_log};
	struct mirror_fetch fetch = {.url = url->text,
		.indexer = indexer_install,
		.indexer_data = &indexer,
		.ref = order->ref,
		.user = access->user,
		.ca_file = access->ca_file};
	auto_mirror struct mirror *mirror = NULL;
	int r = access->user[0] ? take_password(url, access, &password, err) : 0;

	fetch.password = password;
	if (r == 0)
		r = mirror_open(&mirror, path, order->reference, err);
	if (r < 0)
		return r;
	git_url_program(url, access->ssh_config, &program.argv);
	if (program.argv.count) {
		fetch.transport = transport_open;
		fetch.transport_data = &program;
		fetch.log = log;
	}
	if (order->progress) {
		fetch.on_progress = on_progress;
		fetch.data = order->progress;
	}
	r = mirror_fetch(mirror, &fetch, err);
	strv_clear(&program.argv);
	if (r == 0)
		gather_packs(path);
	return r;
}

int mirrors_fetch(const struct mirrors_order *order, struct err *err)
{
	auto_free char *path = NULL, *folder = mem_printf("%s/mirrors", order->state);
	struct git_url url = {0};
	int r = git_url_parse(order->url, &url, err);

	if (r == 0)
		r = fs_make_folder(folder, err);
	if (r == 0) {
		path = path_of(order->state, &url);
		r = fetch_into(path, &url, order, err);
	}
	git_url_clear(&url);
	return r;
}
