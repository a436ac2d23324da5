/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/mirrors.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/mirror.h"
#include "io/transport.h"
#include "sys/fs.h"
#include "text/giturl.h"

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

static int fetch_into(const char *path, const struct git_url *url, const char *ref,
	const char *reference, struct progress *progress, struct err *err)
{
	auto_free char *log = mem_printf("%s/transport.log", path);
	struct transport_program program = {.log = log};
	struct mirror_fetch fetch = {.url = url->text, .ref = ref};
	auto_mirror struct mirror *mirror = NULL;
	int r = mirror_open(&mirror, path, reference, err);

	if (r < 0)
		return r;
	git_url_program(url, &program.argv);
	if (program.argv.count) {
		fetch.transport = transport_open;
		fetch.transport_data = &program;
		fetch.log = log;
	}
	if (progress) {
		fetch.on_progress = on_progress;
		fetch.data = progress;
	}
	r = mirror_fetch(mirror, &fetch, err);
	strv_clear(&program.argv);
	return r;
}

int mirrors_fetch(const char *state, const char *text, const char *ref, const char *reference,
	struct progress *progress, struct err *err)
{
	auto_free char *path = NULL, *folder = mem_printf("%s/mirrors", state);
	struct git_url url = {0};
	int r = git_url_parse(text, &url, err);

	if (r == 0)
		r = fs_make_folder(folder, err);
	if (r == 0) {
		path = path_of(state, &url);
		r = fetch_into(path, &url, ref, reference, progress, err);
	}
	git_url_clear(&url);
	return r;
}
