/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/indexer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <git2/sys/odb_backend.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "git/object.h"
#include "git/said.h"
#include "sys/proc.h"
#include "sys/tail.h"
#include "text/gitprogress.h"

enum {
	LOOK_EVERY_MS = 200,
	GRACE_MS = 2000,
	LIMIT_MS = 4 * 60 * 60 * 1000, /* for one pack, however large */
	LOG_LIMIT_BYTES = 4096,
	HEADER_BYTES = 12, /* "PACK", version, count of objects */
};

struct backend {
	git_odb_backend parent;
	const struct indexer *indexer;
};

/* One pack on its way. */
struct pack {
	git_odb_writepack parent;
	const struct indexer *indexer;
	git_indexer_progress_cb on_progress;
	void *data;
	pid_t pid;
	int fd; /* its stdin and stdout */
	unsigned char header[HEADER_BYTES];
	size_t header_bytes;
	int64_t end_ms, look_ms;
};

static int fail(const char *what)
{
	git_error_set_str(GIT_ERROR_INDEXER, what);
	return -1;
}

/* ---- what git says ---- */

static int fail_as_logged(const struct pack *pack)
{
	auto_free char *said = git_log_said(pack->indexer->log);
	auto_free char *sentence =
		mem_printf("git index-pack: %s", *said ? said : "it ended too early");

	return fail(sentence);
}

static void read_log(const struct pack *pack, git_indexer_progress *stats)
{
	auto_free char *text = NULL;
	struct git_progress progress;
	size_t bytes;

	if (tail_read(pack->indexer->log, 0, LOG_LIMIT_BYTES, &text, &bytes, NULL) < 0 ||
		!git_progress_read(text, bytes, &progress))
		return;
	if (progress.resolves) {
		stats->indexed_deltas = (unsigned int)progress.done;
		stats->total_deltas = (unsigned int)progress.total;
	} else {
		stats->received_objects = (unsigned int)progress.done;
	}
}

/* At most every 200 ms, and not before there is a total to compare with. */
static int tell(struct pack *pack, git_indexer_progress *stats)
{
	int64_t now_ms = clock_monotonic_ms(&clock_real);

	if (stop_requested())
		return fail("stopped");
	if (now_ms > pack->end_ms)
		return fail("git index-pack: timed out");
	if (now_ms < pack->look_ms || stats->total_objects == 0)
		return 0;
	pack->look_ms = now_ms + LOOK_EVERY_MS;
	read_log(pack, stats);
	return pack->on_progress ? pack->on_progress(stats, pack->data) : 0;
}

/* ---- the pack ---- */

static void read_header(
	struct pack *pack, const void *data, size_t bytes, git_indexer_progress *stats)
{
	size_t more = HEADER_BYTES - pack->header_bytes;
	uint32_t count;

	if (more == 0)
		return;
	if (more > bytes)
		more = bytes;
	memcpy(pack->header + pack->header_bytes, data, more);
	pack->header_bytes += more;
	if (pack->header_bytes < HEADER_BYTES)
		return;
	memcpy(&count, pack->header + 8, sizeof(count));
	stats->total_objects = ntohl(count);
}

static int pack_append(
	git_odb_writepack *parent, const void *data, size_t bytes, git_indexer_progress *stats)
{
	struct pack *pack = (struct pack *)parent;
	struct pollfd poll_fd = {.fd = pack->fd, .events = POLLOUT};
	const char *at = data;
	int r = 0;

	read_header(pack, data, bytes, stats);
	stats->received_bytes += bytes;
	while (bytes > 0 && r == 0) {
		ssize_t n = send(pack->fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0) {
			at += n;
			bytes -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&poll_fd, 1, LOOK_EVERY_MS);
		} else if (errno != EINTR) {
			return fail_as_logged(pack);
		}
		r = tell(pack, stats);
	}
	return r;
}

/* Its stdout ends when it does. */
static int await_end(struct pack *pack, git_indexer_progress *stats)
{
	struct pollfd poll_fd = {.fd = pack->fd, .events = POLLIN};
	char name[128];
	int r;

	while ((r = tell(pack, stats)) == 0) {
		ssize_t n;

		if (poll(&poll_fd, 1, LOOK_EVERY_MS) <= 0)
			continue;
		n = read(pack->fd, name, sizeof(name));
		if (n == 0 || (n < 0 && errno != EINTR))
			return 0;
	}
	return r;
}

static int pack_commit(git_odb_writepack *parent, git_indexer_progress *stats)
{
	struct pack *pack = (struct pack *)parent;
	struct proc_end end = {0};
	int r;

	shutdown(pack->fd, SHUT_WR);
	r = await_end(pack, stats);
	if (r < 0)
		return r;
	while (!proc_has_ended(pack->pid, &end))
		poll(NULL, 0, 1);
	pack->pid = 0;
	if (end.exit_status != 0)
		return fail_as_logged(pack);
	stats->received_objects = stats->indexed_objects = stats->total_objects;
	return 0;
}

static void pack_free(git_odb_writepack *parent)
{
	struct pack *pack = (struct pack *)parent;

	mem_close_fd(&pack->fd);
	proc_stop(pack->pid, GRACE_MS);
	free(pack);
}

/* ---- the database ---- */

static int start_git(struct pack *pack)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct err err = ERR_INIT;

	strv_add(&argv, "git");
	strv_addf(&argv, "--git-dir=%s", pack->indexer->repository);
	strv_split(&argv, "index-pack --stdin --fix-thin -v", " ");
	spec.argv = &argv;
	spec.log_path = pack->indexer->log;
	unlink(spec.log_path);
	return proc_start_talk(&spec, &pack->pid, &pack->fd, &err) < 0 ? fail(err.text) : 0;
}

static int begin_pack(git_odb_writepack **ret, git_odb_backend *parent, git_odb *odb,
	git_indexer_progress_cb on_progress, void *data)
{
	struct pack *pack = MEM_NEW(struct pack, 1);

	(void)odb;
	pack->parent = (git_odb_writepack){parent, pack_append, pack_commit, pack_free};
	pack->indexer = ((struct backend *)parent)->indexer;
	pack->on_progress = on_progress;
	pack->data = data;
	pack->fd = -1;
	pack->end_ms = clock_monotonic_ms(&clock_real) + LIMIT_MS;
	if (start_git(pack) < 0) {
		pack_free(&pack->parent);
		return -1;
	}
	*ret = &pack->parent;
	return 0;
}

static void backend_free(git_odb_backend *backend)
{
	free(backend);
}

/* All that it can do is to receive packs; who could before does not any more. */
int indexer_install(git_odb *odb, void *data)
{
	struct backend *backend = MEM_NEW(struct backend, 1);
	git_odb_backend *other;
	int r;

	for (size_t i = 0; i < git_odb_num_backends(odb); i++)
		if (git_odb_get_backend(&other, odb, i) == 0)
			other->writepack = NULL;
	backend->parent.version = GIT_ODB_BACKEND_VERSION;
	backend->parent.writepack = begin_pack;
	backend->parent.free = backend_free;
	backend->indexer = data;
	r = git_odb_add_backend(odb, &backend->parent, 1);
	if (r < 0)
		free(backend);
	return r;
}
