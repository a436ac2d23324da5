/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define FILE_MAX (1024ULL * 1024 * 1024)

int store_init(struct store *store, const char *folder, struct err *err)
{
	*store = (struct store){.folder = mem_strdup(folder), .fd = -1};
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make the folder %s", folder);
	return 0;
}

/* Ends the put under way; what has arrived stays as NAME.part. */
static void drop_put(struct store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	store->fd = -1;
	free(take_ptr(store->name));
	err_clear(&store->fault);
}

void store_clear(struct store *store)
{
	drop_put(store);
	free(take_ptr(store->folder));
}

static bool name_is_plain(const char *name)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._-";
	size_t n = strlen(name);

	return n && n <= 64 && strspn(name, plain) == n && name[0] != '.' && name[0] != '-';
}

/* Hashes the rest of an open file; returns its size or a negative errno. */
static int64_t hash_rest(int fd, struct sha256 *sha)
{
	char bytes[16 * 1024];
	int64_t size = 0;
	ssize_t n;

	sha256_init(sha);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		sha256_add(sha, bytes, (size_t)n);
		size += n;
	}
	return n < 0 ? -errno : size;
}

static bool is_there(const char *path, const char *hash, uint64_t size_bytes)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char found[SHA256_HEX_BYTES];
	struct sha256 sha;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || (uint64_t)st.st_size != size_bytes)
		return false;
	if (hash_rest(fd, &sha) != (int64_t)size_bytes)
		return false;
	sha256_end(&sha, found);
	return strcmp(found, hash) == 0;
}

/* NAME.HASH.part: what another content left under this name is not gone on from. */
static char *part_path(const struct store *store)
{
	return mem_printf("%s/%s.%.16s.part", store->folder, store->name, store->hash);
}

int store_put(struct store *store, const char *name, const char *hash, uint64_t size_bytes,
	unsigned mode, char **ret_path, uint64_t *ret_offset, struct err *err)
{
	auto_free char *path = NULL, *part = NULL;
	int64_t have;

	drop_put(store);
	if (!name_is_plain(name))
		return err_set(
			err, -EINVAL, "a file cannot be put under the name \"%.80s\"", name);
	if (strlen(hash) != SHA256_HEX_BYTES - 1 || strspn(hash, "0123456789abcdef") != 64)
		return err_set(err, -EINVAL, "%s was announced without a SHA-256", name);
	if (size_bytes > FILE_MAX)
		return err_set(err, -EFBIG, "%s is too large to put: %llu bytes", name,
			(unsigned long long)size_bytes);
	path = mem_printf("%s/%s", store->folder, name);
	if (is_there(path, hash, size_bytes)) {
		*ret_path = take_ptr(path);
		*ret_offset = size_bytes;
		return 0;
	}
	store->name = mem_strdup(name);
	snprintf(store->hash, sizeof(store->hash), "%s", hash);
	store->size_bytes = size_bytes;
	store->mode = mode & 0777;
	part = part_path(store);
	store->fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->fd < 0)
		return err_sys(err, -errno, "cannot make %s", part);
	have = hash_rest(store->fd, &store->sha);
	if (have < 0 || (uint64_t)have > size_bytes) {
		if (ftruncate(store->fd, 0) < 0 || lseek(store->fd, 0, SEEK_SET) < 0)
			return err_sys(err, -errno, "cannot empty %s", part);
		sha256_init(&store->sha);
		have = 0;
	}
	store->offset = (uint64_t)have;
	*ret_path = take_ptr(path);
	*ret_offset = store->offset;
	return 0;
}

void store_chunk(struct store *store, uint64_t offset, const void *bytes, size_t count)
{
	const char *at = bytes;

	if (store->fd < 0 || store->fault.code)
		return;
	if (offset != store->offset || count > store->size_bytes - offset) {
		err_set(&store->fault, -EBADMSG, "%s: a piece came for byte %llu, not %llu",
			store->name, (unsigned long long)offset,
			(unsigned long long)store->offset);
		return;
	}
	while (count) {
		ssize_t n = write(store->fd, at, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err_sys(&store->fault, n < 0 ? -errno : -ENOSPC, "cannot write %s",
				store->name);
			return;
		}
		sha256_add(&store->sha, at, (size_t)n);
		store->offset += (uint64_t)n;
		at += n;
		count -= (size_t)n;
	}
}

int store_commit(struct store *store, struct err *err)
{
	auto_free char *part = NULL, *path = NULL;
	char found[SHA256_HEX_BYTES];
	int r = 0;

	if (store->fd < 0)
		return err_set(err, -EINVAL, "nothing is being put");
	part = part_path(store);
	path = mem_printf("%s/%s", store->folder, store->name);
	sha256_end(&store->sha, found);
	if (store->fault.code)
		r = err_set(err, store->fault.code, "%s", store->fault.text);
	else if (store->offset != store->size_bytes)
		r = err_set(err, -EBADMSG, "%s is %llu bytes long, %llu were announced",
			store->name, (unsigned long long)store->offset,
			(unsigned long long)store->size_bytes);
	else if (strcmp(found, store->hash) != 0)
		r = err_set(err, -EBADMSG, "%s arrived with SHA-256 %s, %s was announced",
			store->name, found, store->hash);
	else if (fchmod(store->fd, (mode_t)store->mode) < 0 || rename(part, path) < 0)
		r = err_sys(err, -errno, "cannot put %s in place", path);
	if (r < 0)
		unlink(part);
	drop_put(store);
	return r;
}
