/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "base/stop.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"

enum { OUT_BYTES = 1 << 20, NAME_MAX_BYTES = 4095, GIT_LIMIT_S = 3600 };
#define FILE_MAX_BYTES	((int64_t)1 << 30)
#define TOTAL_MAX_BYTES ((int64_t)16 << 30)

/* An import under way. */
struct import {
	const struct import_order *order;
	struct archive *archive;
	int64_t archive_bytes;
	int64_t content_bytes; /* of all files so far */
	char *folder;	       /* REPO.new */
	char *log;	       /* what git said */
	char *top; /* the one folder at the top, without slash; NULL before the first
		      entry */
	pid_t git;
	int to_git;
	char *out; /* OUT_BYTES, waits to be sent to git */
	size_t used;
};

static void import_clear(struct import *import)
{
	archive_read_free(import->archive);
	mem_close_fd(&import->to_git);
	proc_stop(import->git, 2000);
	if (import->folder)
		fs_remove_tree(import->folder, NULL);
	free(import->folder);
	free(import->log);
	free(import->top);
	free(import->out);
}

#define auto_import __attribute__((cleanup(import_clear)))

/* ---- to git ---- */

static void git_environment(struct strv *env)
{
	strv_add(env, "GIT_CONFIG_NOSYSTEM=1");
	strv_add(env, "GIT_CONFIG_GLOBAL=/dev/null");
}

/* What git last said, for a sentence; the caller frees. */
static char *git_words(const struct import *import)
{
	char *text = NULL, *last;

	if (fs_read(import->log, 1 << 20, &text, NULL, NULL) < 0 || !*text) {
		free(text);
		return mem_strdup("it said nothing");
	}
	text_trim(text);
	last = strstr(text, "fatal: ");
	last = mem_strndup(last ? last : text, last ? strcspn(last, "\n") : 300);
	free(text);
	return last;
}

static int flush(struct import *import, struct err *err)
{
	for (size_t at = 0; at < import->used;) {
		ssize_t n =
			send(import->to_git, import->out + at, import->used - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE) {
			auto_free char *words = git_words(import);

			return err_set(err, -EIO, "git fast-import gave up: %s", words);
		}
		if (n < 0)
			return err_sys(err, -errno, "cannot write to git fast-import");
		at += (size_t)n;
	}
	import->used = 0;
	return 0;
}

static int put(struct import *import, const void *bytes, size_t count, struct err *err)
{
	const char *from = bytes;

	while (count) {
		size_t room = OUT_BYTES - import->used, n = count < room ? count : room;

		memcpy(import->out + import->used, from, n);
		import->used += n;
		from += n;
		count -= n;
		if (import->used == OUT_BYTES) {
			int r = flush(import, err);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int put_line(struct import *import, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int put_line(struct import *import, struct err *err, const char *format, ...)
{
	auto_str struct str line = STR_INIT;
	va_list args;

	va_start(args, format);
	str_addv(&line, format, args);
	va_end(args);
	return put(import, line.text, line.length, err);
}

static int git_init(struct import *import, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	int r;

	git_environment(&env);
	strv_add(&argv, "git");
	strv_add(&argv, "init");
	strv_add(&argv, "--quiet");
	strv_add(&argv, "--bare");
	strv_add(&argv, "--template=");
	strv_addf(&argv, "--initial-branch=%s", import->order->branch);
	strv_add(&argv, "--");
	strv_add(&argv, import->folder);
	spec.argv = &argv;
	spec.env = &env;
	spec.log_path = import->log;
	spec.limit_ms = 60 * 1000;
	r = proc_run(&spec, &end, err);
	if (r < 0)
		return r;
	if (end.exit_status != 0) {
		auto_free char *words = git_words(import);

		return err_set(
			err, -EIO, "git cannot make repository %s: %s", import->folder, words);
	}
	return 0;
}

/*
 * Level 1 and no deltas: the import is then limited by unpacking xz on one
 * processor and compressing on another; the pack is three times the archive.
 */
static int git_start(struct import *import, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	auto_close int theirs = -1;
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, -errno, "cannot make a socket pair");
	import->to_git = pair[0];
	theirs = pair[1];
	git_environment(&env);
	strv_add(&argv, "git");
	strv_add(&argv, "-c");
	strv_add(&argv, "core.compression=1");
	strv_add(&argv, "-c");
	strv_add(&argv, "fastimport.unpackLimit=0");
	strv_add(&argv, "fast-import");
	strv_add(&argv, "--quiet");
	strv_add(&argv, "--done");
	strv_add(&argv, "--depth=0");
	spec.argv = &argv;
	spec.env = &env;
	spec.folder = import->folder;
	spec.log_path = import->log;
	spec.input_fd = theirs;
	r = proc_start(&spec, &import->git, err);
	return r < 0 ? err_note(err, "to import %s", import->order->archive) : 0;
}

static int git_finish(struct import *import, struct err *err)
{
	struct proc_end end = {0};
	int waited = 0, r;

	r = put_line(import, err, "\ndone\n");
	if (r == 0)
		r = flush(import, err);
	if (r < 0)
		return r;
	mem_close_fd(&import->to_git);
	while (!proc_has_ended(import->git, &end)) {
		if (!stop_sleep_ms(20))
			return err_set(err, -EINTR, "the import was stopped");
		if ((waited += 20) > GIT_LIMIT_S * 1000)
			return err_set(err, -ETIMEDOUT, "git fast-import does not end");
	}
	import->git = 0;
	if (end.exit_status != 0) {
		auto_free char *words = git_words(import);

		return err_set(err, -EIO, "git fast-import failed: %s", words);
	}
	return 0;
}

/* ---- from the archive ---- */

static int archive_fail(const struct import *import, struct err *err)
{
	const char *words = archive_error_string(import->archive);

	return err_set(err, -EPROTO, "%s cannot be read: %s", import->order->archive,
		words ? words : "not a tar archive");
}

static bool is_name_part(const char *part, size_t length)
{
	if (length == 0 || length > 255)
		return false;
	if (part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.')))
		return false;
	if (length == 4 && strncasecmp(part, ".git", 4) == 0)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f)
			return false;
	return part[0] != '"'; /* would start a quoted path for fast-import */
}

static bool is_name(const char *name)
{
	if (strlen(name) > NAME_MAX_BYTES)
		return false;
	for (;;) {
		size_t n = strcspn(name, "/");

		if (!is_name_part(name, n))
			return false;
		if (!name[n])
			return true;
		name += n + 1;
	}
}

/*
 * The name below the top folder, borrowed from *held; "" for the top folder
 * itself. NULL: the name is refused, and the sentence is set.
 */
static const char *entry_name(
	struct import *import, struct archive_entry *entry, char **held, struct err *err)
{
	const char *raw = archive_entry_pathname(entry);
	size_t n;

	while (raw && text_starts(raw, "./"))
		raw += 2;
	*held = mem_strdup(raw ? raw : "");
	n = strlen(*held);
	if (n && (*held)[n - 1] == '/')
		(*held)[--n] = '\0';
	if (n == 0 && raw && archive_entry_filetype(entry) == AE_IFDIR)
		return *held;
	if (!is_name(*held)) {
		err_set(err, -EPROTO, "%s: the name \"%.200s\" is not allowed",
			import->order->archive, *held);
		return NULL;
	}
	n = strcspn(*held, "/");
	if (!import->top)
		import->top = mem_strndup(*held, n);
	if (strlen(import->top) != n || memcmp(import->top, *held, n) != 0) {
		err_set(err, -EPROTO, "%s: expected one folder at the top, found %s and %.200s",
			import->order->archive, import->top, *held);
		return NULL;
	}
	return *held + n + ((*held)[n] == '/');
}

static int copy_content(
	struct import *import, struct archive_entry *entry, const char *name, struct err *err)
{
	const char *mode = archive_entry_perm(entry) & S_IXUSR ? "100755" : "100644";
	int64_t left = archive_entry_size(entry);
	char block[64 << 10];
	int r;

	if (left < 0 || left > FILE_MAX_BYTES ||
		(import->content_bytes += left) > TOTAL_MAX_BYTES)
		return err_set(
			err, -EFBIG, "%s: %s is too large", import->order->archive, name);
	r = put_line(import, err, "M %s inline %s\ndata %lld\n", mode, name, (long long)left);
	while (r == 0 && left > 0) {
		size_t want = left < (int64_t)sizeof(block) ? (size_t)left : sizeof(block);
		la_ssize_t n = archive_read_data(import->archive, block, want);

		if (n < 0)
			return archive_fail(import, err);
		if (n == 0)
			return err_set(
				err, -EPROTO, "%s: %s is cut", import->order->archive, name);
		r = put(import, block, (size_t)n, err);
		left -= n;
	}
	return r < 0 ? r : put(import, "\n", 1, err);
}

static int copy_link(
	struct import *import, struct archive_entry *entry, const char *name, struct err *err)
{
	const char *target = archive_entry_symlink(entry);
	size_t n = target ? strlen(target) : 0;

	if (n == 0 || n > NAME_MAX_BYTES)
		return err_set(err, -EPROTO, "%s: symbolic link %s leads nowhere",
			import->order->archive, name);
	return put_line(import, err, "M 120000 inline %s\ndata %zu\n%s\n", name, n, target);
}

static int copy_entry(struct import *import, struct archive_entry *entry, struct err *err)
{
	auto_free char *held = NULL;
	const char *name = entry_name(import, entry, &held, err);

	if (!name)
		return -EPROTO;
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return 0;
	if (*name && !archive_entry_hardlink(entry)) {
		if (archive_entry_filetype(entry) == AE_IFREG)
			return copy_content(import, entry, name, err);
		if (archive_entry_filetype(entry) == AE_IFLNK)
			return copy_link(import, entry, name, err);
	}
	return err_set(err, -EPROTO,
		"%s: %s is neither file, folder nor symbolic link below the top folder",
		import->order->archive, held);
}

static int begin_commit(struct import *import, struct archive_entry *first, struct err *err)
{
	long long time_s = (long long)archive_entry_mtime(first);

	if (time_s < 0 || time_s > UINT32_MAX)
		time_s = 0;
	return put_line(import, err,
		"feature done\ncommit refs/heads/%s\n"
		"committer kvmperf <kvmperf@localhost> %lld +0000\ndata %zu\n%s\n",
		import->order->branch, time_s, strlen(import->order->message),
		import->order->message);
}

static int copy_all(struct import *import, struct err *err)
{
	const struct import_order *order = import->order;
	size_t entries = 0;

	for (;;) {
		struct archive_entry *entry;
		int got = archive_read_next_header(import->archive, &entry), r = 0;

		if (got == ARCHIVE_EOF)
			break;
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			return archive_fail(import, err);
		if (stop_requested())
			return err_set(err, -EINTR, "the import was stopped");
		if (entries++ == 0)
			r = begin_commit(import, entry, err);
		if (r == 0)
			r = copy_entry(import, entry, err);
		if (r < 0)
			return r;
		if (order->on_progress && entries % 256 == 0)
			order->on_progress(archive_filter_bytes(import->archive, -1),
				import->archive_bytes, order->data);
	}
	if (!import->top)
		return err_set(err, -EPROTO, "%s is empty", order->archive);
	if (order->on_progress)
		order->on_progress(import->archive_bytes, import->archive_bytes, order->data);
	return 0;
}

static int archive_open(struct import *import, struct err *err)
{
	struct stat st;

	if (stat(import->order->archive, &st) < 0)
		return err_sys(err, -errno, "cannot read %s", import->order->archive);
	import->archive_bytes = st.st_size;
	import->archive = archive_read_new();
	if (!import->archive)
		return err_set(err, -ENOMEM, "cannot start libarchive");
	archive_read_support_filter_xz(import->archive);
	archive_read_support_filter_gzip(import->archive);
	archive_read_support_filter_bzip2(import->archive);
	archive_read_support_filter_zstd(import->archive);
	archive_read_support_format_tar(import->archive);
	if (archive_read_open_filename(import->archive, import->order->archive, OUT_BYTES) !=
		ARCHIVE_OK)
		return archive_fail(import, err);
	return 0;
}

static int prepare(struct import *import, struct err *err)
{
	const struct import_order *order = import->order;
	int r;

	if (fs_exists(order->repo))
		return err_set(err, -EEXIST, "%s is there already", order->repo);
	r = archive_open(import, err);
	if (r < 0)
		return r;
	import->folder = mem_printf("%s.new", order->repo);
	import->log = mem_printf("%s/import.log", import->folder);
	import->out = mem_new(OUT_BYTES, 1);
	r = fs_remove_tree(import->folder, err);
	if (r == 0)
		r = fs_make_folder(import->folder, err);
	if (r == 0)
		r = git_init(import, err);
	return r < 0 ? r : git_start(import, err);
}

int import_archive(const struct import_order *order, struct err *err)
{
	auto_import struct import import = {.order = order, .to_git = -1};
	int r = prepare(&import, err);

	if (r == 0)
		r = copy_all(&import, err);
	if (r == 0)
		r = git_finish(&import, err);
	if (r < 0)
		return r;
	unlink(import.log);
	if (rename(import.folder, order->repo) < 0)
		return err_sys(
			err, -errno, "cannot rename %s to %s", import.folder, order->repo);
	return 0;
}
