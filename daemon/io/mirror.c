/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mirror.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scan.h"
#include "base/stop.h"
#include "git/object.h"
#include "git/said.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/gitsweep.h"
#include "sys/lock.h"
#include "text/gitref.h"
#include "text/gitsay.h"

enum { BORROWED_MAX = 20000, LOOK_EVERY = 1000 };

struct mirror {
	git_repository *git;
	char *path;
	int lock;
};

static int fail(struct err *err, int code, const char *what, const char *path)
{
	return err_set(err, code, "%s %s: %s", what, path, git_last_words());
}

/* ---- open ---- */

/* Where a repository keeps its objects: that of a work tree is its main one's. */
static int borrow_from(
	const char *path, git_repository **ret, char **ret_objects, struct err *err)
{
	auto_git(git_repository) *git = NULL;

	if (git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		return fail(err, -ENOENT, "cannot borrow from reference repository", path);
	if (git_repository_is_shallow(git))
		return err_set(err, -EINVAL,
			"reference repository %s is shallow: its history is cut, borrow from "
			"another one",
			path);
	*ret_objects = mem_printf("%sobjects\n", git_repository_commondir(git));
	*ret = take_ptr(git);
	return 0;
}

/*
 * A server is told what we have by our refs. What the reference repository has
 * gets refs of its own for that, which no ref of the server can collide with.
 */
static int name_borrowed(git_repository *git, git_repository *from, struct err *err)
{
	auto_git(git_reference_iterator) *iterator = NULL;
	git_reference *next;
	int count = 0;

	if (git_reference_iterator_new(&iterator, from) < 0)
		return fail(err, -EIO, "cannot read the refs of", git_repository_path(from));
	while (count < BORROWED_MAX && git_reference_next(&next, iterator) == 0) {
		auto_git(git_reference) *ref = next, *made = NULL;
		auto_git(git_object) *commit = NULL;
		char name[40];

		if (git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) < 0)
			continue;
		snprintf(name, sizeof(name), "refs/borrowed/%d", ++count);
		if (git_reference_create(&made, git, name, git_object_id(commit), 1, NULL) < 0)
			return fail(err, -EIO, "cannot borrow in", git_repository_path(git));
	}
	return 0;
}

static int borrow(const char *path, const char *reference, struct err *err)
{
	auto_git(git_repository) *git = NULL, *from = NULL;
	auto_free char *objects = NULL, *file = NULL;
	int r = borrow_from(reference, &from, &objects, err);

	if (r < 0)
		return r;
	file = mem_printf("%s/objects/info/alternates", path);
	r = fs_write_atomic(file, objects, strlen(objects), err);
	if (r < 0)
		return r;
	if (git_repository_open_bare(&git, path) < 0)
		return fail(err, -EIO, "cannot open", path);
	return name_borrowed(git, from, err);
}

/* An empty repository that nobody's `git gc` takes anything from. */
static int make_empty(const char *path, struct err *err)
{
	auto_git(git_repository) *git = NULL;
	auto_git(git_config) *config = NULL;

	if (git_repository_init(&git, path, true) < 0 ||
		git_repository_config(&config, git) < 0 ||
		git_config_set_string(config, "gc.pruneExpire", "never") < 0 ||
		git_config_set_int32(config, "gc.auto", 0) < 0)
		return fail(err, -EIO, "cannot make repository", path);
	return 0;
}

/* Made beside its place and renamed, so that it is there as a whole or not at all. */
static int make_mirror(const char *path, const char *reference, struct err *err)
{
	auto_free char *fresh = mem_printf("%s.new", path);
	int r = fs_remove_tree(fresh, err);

	if (r == 0)
		r = make_empty(fresh, err);
	if (r == 0 && reference && *reference)
		r = borrow(fresh, reference, err);
	if (r < 0)
		return r;
	return rename(fresh, path) < 0 ? err_sys(err, -errno, "cannot make mirror %s", path)
				       : 0;
}

int mirror_open(struct mirror **ret, const char *path, const char *reference, struct err *err)
{
	auto_free char *lock_path = mem_printf("%s.lock", path);
	auto_close int lock = -1;
	git_repository *git = NULL;
	int r = lock_take(lock_path, &lock, err);

	if (r < 0)
		return err_note(err, "mirror %s", path);
	git_libgit2_init();
	/* What comes gets its names by being hashed: once is enough. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	if (!fs_exists(path))
		r = make_mirror(path, reference, err);
	if (r == 0) {
		git_sweep(path);
		if (git_repository_open_bare(&git, path) < 0)
			r = fail(err, -EIO, "cannot open mirror", path);
	}
	if (r < 0) {
		git_libgit2_shutdown();
		return r;
	}
	*ret = MEM_NEW(struct mirror, 1);
	(*ret)->git = git;
	(*ret)->path = mem_strdup(path);
	(*ret)->lock = take_fd(&lock);
	return 0;
}

void mirror_close(struct mirror *mirror)
{
	if (!mirror)
		return;
	git_repository_free(mirror->git);
	free(mirror->path);
	close(mirror->lock);
	free(mirror);
	git_libgit2_shutdown();
}

/* ---- fetch ---- */

static int code_of(int g, const char *log, const char *words)
{
	const git_error *last = git_error_last();
	int code;

	if (g == GIT_EAUTH)
		return -EACCES;
	if (g == GIT_ECERTIFICATE || (last && last->klass == GIT_ERROR_SSL))
		return -EKEYREJECTED;
	code = git_said(log);
	if (code == 0)
		code = git_said(words);
	if (code == 0 && last &&
		(last->klass == GIT_ERROR_NET || last->klass == GIT_ERROR_HTTP))
		code = -ENETUNREACH;
	return code == 0 ? -EIO : code;
}

static int fetch_failed(const struct mirror_fetch *fetch, int g, struct err *err)
{
	auto_free char *words = mem_strdup(git_last_words()), *log = NULL;
	bool is_indexers = git_error_last() && git_error_last()->klass == GIT_ERROR_INDEXER;
	char quoted[300];
	struct scan scan = scan_of(words, strlen(words));
	int code;

	if (stop_requested())
		return err_set(err, -EINTR, "fetching %s was stopped", fetch->url);
	log = git_log_said(is_indexers ? NULL : fetch->log); /* who stores it knows best */
	code = code_of(g, log, words);
	scan_quote(&scan, quoted, sizeof(quoted));
	return err_set(err, code, "cannot fetch %s: %s%s", fetch->url, *log ? log : quoted,
		git_advice(code));
}

static void tell(const struct mirror_fetch *fetch, enum mirror_stage stage, int64_t done,
	int64_t total, int64_t bytes)
{
	if (fetch->on_progress)
		fetch->on_progress(fetch->data, stage, done, total, bytes);
}

/* What the callbacks of one fetch are about. */
struct call {
	const struct mirror_fetch *fetch;
	int told;  /* how often the server was told the password */
	int moved; /* refs */
};

static int on_transfer(const git_indexer_progress *stats, void *data)
{
	const struct call *call = data;
	const struct mirror_fetch *fetch = call->fetch;

	if (stats->received_objects < stats->total_objects)
		tell(fetch, MIRROR_RECEIVES, stats->received_objects, stats->total_objects,
			(int64_t)stats->received_bytes);
	else
		tell(fetch, MIRROR_RESOLVES, stats->indexed_deltas, stats->total_deltas,
			(int64_t)stats->received_bytes);
	return stop_requested() ? GIT_EUSER : 0;
}

static int on_move(const char *name, const git_oid *from, const git_oid *to, void *data)
{
	struct call *call = data;

	(void)name, (void)from, (void)to;
	call->moved++;
	return 0;
}

static int open_transport(git_transport **ret, git_remote *owner, void *data)
{
	const struct call *call = data;

	return call->fetch->transport(ret, owner, call->fetch->transport_data);
}

/* Told once: a server that asks again has refused it. */
static int on_credential(git_credential **ret, const char *url, const char *name,
	unsigned int allowed, void *data)
{
	struct call *call = data;
	const char *user = call->fetch->user, *password = call->fetch->password;

	(void)url, (void)name;
	if (!user || !*user || !password || !(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
		return GIT_PASSTHROUGH;
	if (call->told++) {
		git_error_set_str(GIT_ERROR_HTTP, "the server refuses user and password");
		return GIT_EAUTH;
	}
	return git_credential_userpass_plaintext_new(ret, user, password);
}

/* What a server shows must hold a branch: one that lost its repository shows none. */
static int check_shown(git_remote *remote, const struct mirror_fetch *fetch, struct err *err)
{
	const git_remote_head **heads;
	size_t count;
	int g = git_remote_ls(&heads, &count, remote);

	if (g < 0)
		return fetch_failed(fetch, g, err);
	for (size_t i = 0; i < count; i++)
		if (text_starts(heads[i]->name, "refs/heads/"))
			return 0;
	return err_set(
		err, -EPROTO, "%s shows no branch: what was fetched before stays", fetch->url);
}

/*
 * Walks from what the server shows to what was there before: a pack that lacks
 * a commit would break every later walk.
 */
static int check_whole(const struct mirror *mirror, git_remote *remote,
	const struct mirror_fetch *fetch, struct err *err)
{
	auto_git(git_revwalk) *walk = NULL;
	const git_remote_head **heads;
	size_t count, seen = 0;
	git_oid oid;
	int g = git_revwalk_new(&walk, mirror->git);

	if (g == 0)
		g = git_remote_ls(&heads, &count, remote);
	if (g < 0)
		return fetch_failed(fetch, g, err);
	git_revwalk_hide_glob(walk, "refs/*");
	for (size_t i = 0; i < count; i++)
		if (text_starts(heads[i]->name, "refs/heads/"))
			git_revwalk_push(
				walk, &heads[i]->oid); /* what is no commit is dropped later */
	while ((g = git_revwalk_next(&oid, walk)) == 0)
		if (++seen % LOOK_EVERY == 0 && stop_requested())
			return fetch_failed(fetch, GIT_EUSER, err);
	if (g == GIT_ITEROVER)
		return 0;
	return err_set(err, -EPROTO,
		"%s sent a history with holes: what was fetched before stays", fetch->url);
}

/* A branch that leads to no commit would break the next negotiation. */
static void drop_other_than_commits(git_repository *git)
{
	auto_git(git_reference_iterator) *iterator = NULL;
	git_reference *next;

	if (git_reference_iterator_new(&iterator, git) < 0)
		return;
	while (git_reference_next(&next, iterator) == 0) {
		auto_git(git_reference) *ref = next;
		auto_git(git_object) *commit = NULL;

		if (!text_starts(git_reference_name(ref), "refs/tags/") &&
			git_reference_type(ref) == GIT_REFERENCE_DIRECT &&
			git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) < 0)
			git_reference_delete(ref);
	}
}

/*
 * All refs into one file, which is on disk then: each in a file of its own would wait
 * for the disk as well. One that a crash leaves empty meanwhile is swept away.
 */
static int keep_refs(struct mirror *mirror)
{
	auto_git(git_refdb) *refs = NULL;
	int g;

	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	g = git_refdb_open(&refs, mirror->git);
	if (g == 0)
		g = git_refdb_compress(refs);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	return g;
}

/* Deletions come first, so that "a" can go and "a/b" come. */
static int update_refs(struct mirror *mirror, git_remote *remote,
	const git_remote_callbacks *callbacks, const struct mirror_fetch *fetch,
	struct err *err)
{
	const struct call *call = callbacks->payload;
	int g = git_remote_prune(remote, callbacks);

	if (g == 0)
		g = git_remote_update_tips(
			remote, callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, NULL);
	if (g == 0 && call->moved) {
		drop_other_than_commits(mirror->git);
		g = keep_refs(mirror);
	}
	return g < 0 ? fetch_failed(fetch, g, err) : 0;
}

static int fetch_with(struct mirror *mirror, git_remote *remote,
	const struct mirror_fetch *fetch, struct err *err)
{
	char other[1024], *specs[] = {(char *)(uintptr_t) "+refs/heads/*:refs/heads/*",
				  (char *)(uintptr_t) "+refs/tags/*:refs/tags/*", other};
	git_strarray wanted = {specs, 2};
	struct call call = {fetch, 0, 0};
	git_fetch_options options;
	git_remote_connect_options connect;
	int g, r;

	if (fetch->ref && !text_starts(fetch->ref, "refs/heads/") &&
		!text_starts(fetch->ref, "refs/tags/")) {
		snprintf(other, sizeof(other), "+%.500s:%.500s", fetch->ref, fetch->ref);
		wanted.count = 3;
	}
	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE; /* the specs fetch them */
	options.proxy_opts.type = GIT_PROXY_AUTO;
	options.callbacks.transfer_progress = on_transfer;
	options.callbacks.credentials = on_credential;
	options.callbacks.update_tips = on_move;
	options.callbacks.payload = &call;
	/* A password is for this server, not for whom it names. */
	if (fetch->password)
		options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	if (fetch->transport)
		options.callbacks.transport = open_transport;
	tell(fetch, MIRROR_CONNECTS, 0, 0, 0);
	git_remote_connect_options_init(&connect, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	connect.callbacks = options.callbacks;
	connect.proxy_opts = options.proxy_opts;
	connect.follow_redirects = options.follow_redirects;
	g = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connect);
	if (g < 0)
		return fetch_failed(fetch, g, err);
	r = check_shown(remote, fetch, err);
	if (r < 0)
		return r;
	g = git_remote_download(remote, &wanted, &options);
	if (g < 0)
		return fetch_failed(fetch, g, err);
	tell(fetch, MIRROR_UPDATES, 0, 0, (int64_t)git_remote_stats(remote)->received_bytes);
	r = check_whole(mirror, remote, fetch, err);
	return r < 0 ? r : update_refs(mirror, remote, &options.callbacks, fetch, err);
}

static int choose_indexer(
	struct mirror *mirror, const struct mirror_fetch *fetch, struct err *err)
{
	auto_git(git_odb) *odb = NULL;
	int g = fetch->indexer ? git_repository_odb(&odb, mirror->git) : 0;

	if (g == 0 && fetch->indexer)
		g = fetch->indexer(odb, fetch->indexer_data);
	return g < 0 ? fetch_failed(fetch, g, err) : 0;
}

int mirror_fetch(struct mirror *mirror, const struct mirror_fetch *fetch, struct err *err)
{
	auto_git(git_remote) *remote = NULL;
	int g, r;

	if (fetch->log)
		unlink(fetch->log);
	/* Holds until the last mirror is closed. */
	if (fetch->ca_file && *fetch->ca_file &&
		git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, fetch->ca_file, NULL) < 0)
		return fail(err, -EINVAL, "cannot use the authorities of", fetch->ca_file);
	g = git_remote_create_anonymous(&remote, mirror->git, fetch->url);
	if (g < 0)
		return fetch_failed(fetch, g, err);
	r = choose_indexer(mirror, fetch, err);
	if (r == 0)
		r = fetch_with(mirror, remote, fetch, err);
	git_remote_disconnect(remote);
	return r;
}

/* ---- refs ---- */

static int newest_first(const void *a, const void *b)
{
	const struct mirror_ref *left = a, *right = b;

	if (left->time_s != right->time_s)
		return left->time_s < right->time_s ? 1 : -1;
	return strcmp(left->name, right->name);
}

int mirror_refs(struct mirror *mirror, const char *pattern, struct mirror_ref **ret,
	size_t *ret_count, struct err *err)
{
	auto_git(git_reference_iterator) *iterator = NULL;
	struct mirror_ref *refs = NULL;
	git_reference *next;
	size_t count = 0;

	if (git_reference_iterator_new(&iterator, mirror->git) < 0)
		return fail(err, -EIO, "cannot read the refs of", mirror->path);
	while (git_reference_next(&next, iterator) == 0) {
		auto_git(git_reference) *ref = next;
		auto_git(git_object) *commit = NULL;

		if (!git_ref_matches(pattern, git_reference_name(ref)) ||
			git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) < 0)
			continue;
		refs = mem_grow(refs, count + 1, sizeof(*refs));
		refs[count].name = mem_strdup(git_reference_name(ref));
		refs[count].time_s = git_commit_time((git_commit *)commit);
		git_oid_tostr(refs[count++].oid, sizeof(refs->oid), git_object_id(commit));
	}
	if (count)
		qsort(refs, count, sizeof(*refs), newest_first);
	*ret = refs;
	*ret_count = count;
	return 0;
}

void mirror_refs_free(struct mirror_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(refs[i].name);
	free(refs);
}
