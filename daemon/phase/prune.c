/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/prune.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "rules/retention.h"
#include "store/needs.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "text/number.h"

/* Something that may go, with the path to remove. */
struct thing {
	struct retention_item item;
	char *path;
};

struct things {
	struct db *db;
	const char *state;
	struct thing **list;
	size_t count;
};

static void things_clear(struct things *things)
{
	for (size_t i = 0; i < things->count; i++) {
		free(things->list[i]->path);
		free(things->list[i]);
	}
	free(things->list);
}

static struct thing *add(struct things *things, const char *path)
{
	struct thing *thing = MEM_NEW(struct thing, 1);

	things->list = mem_grow(things->list, things->count + 1, sizeof(*things->list));
	things->list[things->count++] = thing;
	thing->path = mem_strdup(path);
	return thing;
}

/* ---- sizes and times ---- */

static int64_t walked_bytes; /* nftw(3) takes no argument along */

static int on_file(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)path;
	(void)type;
	(void)at;
	walked_bytes += (int64_t)stat->st_blocks * 512;
	return 0;
}

static int64_t bytes_below(const char *path)
{
	walked_bytes = 0;
	nftw(path, on_file, 16, FTW_PHYS);
	return walked_bytes;
}

static int64_t time_of(const char *path)
{
	struct stat stat;

	if (lstat(path, &stat) < 0)
		return 0;
	return (int64_t)stat.st_mtim.tv_sec * 1000;
}

/* ---- what there is ---- */

static int add_image(struct things *things, const char *folder, struct err *err)
{
	auto_free char *path = mem_printf("%s/image", folder);
	struct thing *thing;

	if (!fs_exists(path))
		return 0;
	thing = add(things, path);
	thing->item.bytes = bytes_below(path);
	thing->item.used_unix_ms = time_of(folder);
	thing->item.is_counted = true;
	return need_image(things->db, path, &thing->item.is_needed, err);
}

/* A folder that somebody builds in is locked. */
static int add_build(struct things *things, const char *folder, struct err *err)
{
	auto_free char *lock = mem_printf("%s/lock", folder);
	auto_free char *log = mem_printf("%s/build.log", folder);
	struct thing *thing = add(things, folder);
	int64_t logged = time_of(log);

	(void)err;
	thing->item.bytes = bytes_below(folder);
	thing->item.used_unix_ms = logged ? logged : time_of(folder);
	thing->item.is_needed = lock_is_held(lock);
	thing->item.is_counted = true;
	return 0;
}

static int add_log(struct things *things, const char *folder, struct err *err)
{
	int64_t free_since = 0, job = atoll(strrchr(folder, '/') + 1);
	struct thing *thing;
	bool exists;
	int r = need_job_log(things->db, job, &exists, &free_since, err);

	if (r < 0 || !job)
		return r;
	thing = add(things, folder);
	thing->item.bytes = bytes_below(folder);
	thing->item.used_unix_ms = free_since ? free_since : time_of(folder);
	thing->item.is_needed = exists && !free_since;
	return 0;
}

/* Calls back for each folder below one of the state. */
static int each(struct things *things, const char *name,
	int (*look)(struct things *things, const char *folder, struct err *err),
	struct err *err)
{
	auto_free char *folder = mem_printf("%s/%s", things->state, name);
	DIR *all = opendir(folder);
	struct dirent *entry;
	int r = 0;

	if (!all)
		return errno == ENOENT ? 0 : err_sys(err, -errno, "cannot read %s", folder);
	while (r == 0 && (entry = readdir(all))) {
		auto_free char *path = mem_printf("%s/%s", folder, entry->d_name);

		if (entry->d_name[0] != '.')
			r = look(things, path, err);
	}
	closedir(all);
	return r;
}

static int gather(struct things *things, struct err *err)
{
	int r = each(things, "kernels", add_image, err);

	if (r == 0)
		r = each(things, "builds", add_build, err);
	return r < 0 ? r : each(things, "jobs", add_log, err);
}

static int remove_those(struct things *things, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < things->count && r == 0; i++)
		if (things->list[i]->item.goes)
			r = fs_remove_tree(things->list[i]->path, err);
	return r;
}

int prune(struct db *db, const char *state, const struct service_spec *spec,
	int64_t now_unix_ms, struct progress *progress, int64_t *ret_bytes, struct err *err)
{
	const struct retention_policy policy = {
		spec->keep_days, (int64_t)spec->keep_gb << 30, now_unix_ms};
	struct things things = {.db = db, .state = state};
	char bytes[NUMBER_BYTES];
	int64_t gone;
	int r = gather(&things, err);

	if (r == 0) {
		/* An item is the first member of its thing. */
		gone = retention_decide(
			&policy, (struct retention_item **)things.list, things.count);
		r = remove_those(&things, err);
		number_bytes(gone, bytes);
		progress_note(
			progress, "%zu things looked at, %s removed", things.count, bytes);
		if (ret_bytes)
			*ret_bytes = gone;
	}
	things_clear(&things);
	return r;
}
