/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/publish.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "page/boot.h"
#include "page/compare.h"
#include "page/index.h"
#include "page/kernel.h"
#include "store/bootpages.h"
#include "store/comparisons.h"
#include "store/front.h"
#include "sys/fs.h"
#include "work/judge.h"

enum { LOG_TAIL_BYTES = 64 << 10, LOG_LIMIT_BYTES = 256 << 20 };

/* The site while it is written. */
struct site {
	struct db *db;
	const char *folder;
	struct progress *progress;
	struct comparison *comparisons; /* newest first */
	size_t count;
};

static int write_boots(struct site *site, const struct comparison *c, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < c->boot_count && r == 0; i++) {
		struct boot_page page;

		r = boot_page_load(site->db, c->boots[i].id, &page, err);
		if (r < 0)
			break;
		r = page_boot_write(site->folder, &page, err);
		boot_page_clear(&page);
	}
	return r;
}

/* The end of a build log; NULL when there is none any more. */
static char *read_log_tail(const char *path)
{
	auto_free char *log = NULL;
	size_t bytes;

	if (!path || fs_read(path, LOG_LIMIT_BYTES, &log, &bytes, NULL) < 0)
		return NULL;
	return mem_strdup(bytes > LOG_TAIL_BYTES ? log + bytes - LOG_TAIL_BYTES : log);
}

static int write_kernel(struct site *site, const struct comparison *c,
	const struct comparison_side *side, struct err *err)
{
	auto_free char *tail = NULL;

	if (!side->toolchain) /* never built */
		return 0;
	tail = side->failure == FAILURE_NONE ? NULL : read_log_tail(side->log_path);
	return page_kernel_write(site->folder, side, c->branch, tail, c->updated_unix_ms, err);
}

static int write_comparison(struct site *site, const struct comparison *c, struct err *err)
{
	int r = write_boots(site, c, err);

	if (r == 0)
		r = write_kernel(site, c, &c->base, err);
	if (r == 0)
		r = write_kernel(site, c, &c->fresh, err);
	return r < 0 ? r : page_compare_write(site->folder, c, err);
}

static int load_all(struct site *site, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count;
	int r = comparison_list(site->db, &ids, &count, err);

	if (r < 0)
		return r;
	site->comparisons = MEM_NEW(struct comparison, count);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = judge_comparison(site->db, ids[i], &site->comparisons[i], err);
		if (r == 0)
			site->count++;
	}
	return r;
}

static int write_index(struct site *site, struct err *err)
{
	struct front_page front = {
		.title = mem_strdup("KVM/arm64 dirty logging"),
		.comparisons = site->comparisons,
		.comparison_count = site->count,
	};
	int r = front_load(site->db, &front, err);

	for (size_t i = 0; i < site->count; i++)
		if (site->comparisons[i].updated_unix_ms > front.updated_unix_ms)
			front.updated_unix_ms = site->comparisons[i].updated_unix_ms;
	if (r == 0)
		r = page_index_write(site->folder, &front, err);
	front_page_clear(&front);
	return r;
}

static bool same_address(const struct comparison *a, const struct comparison *b)
{
	return strcmp(a->host, b->host) == 0 && strcmp(a->base.oid, b->base.oid) == 0 &&
	       strcmp(a->fresh.oid, b->fresh.oid) == 0;
}

/* While a comparison is measured anew, the page keeps what was found before. */
static bool is_superseded(const struct site *site, size_t index)
{
	const struct comparison *c = &site->comparisons[index];

	if (strcmp(c->state, "running"))
		return false;
	for (size_t i = index + 1; i < site->count; i++)
		if (strcmp(site->comparisons[i].state, "running") &&
			same_address(c, &site->comparisons[i]))
			return true;
	return false;
}

/* Oldest first: of two runs of the same kernels the newer one keeps the address. */
static int write_all(struct site *site, struct err *err)
{
	int r = fs_make_folder(site->folder, err);

	for (size_t i = site->count; i-- > 0 && r == 0;) {
		if (stop_requested())
			return err_set(err, -EINTR, "stopped");
		progress_update(site->progress, (int64_t)(site->count - i),
			(int64_t)site->count, "comparison %lld",
			(long long)site->comparisons[i].id);
		if (!is_superseded(site, i))
			r = write_comparison(site, &site->comparisons[i], err);
	}
	return r < 0 ? r : write_index(site, err);
}

int publish_all(struct db *db, const char *folder, struct progress *progress, struct err *err)
{
	struct site site = {.db = db, .folder = folder, .progress = progress};
	int r;

	progress_step(progress, "write pages");
	r = load_all(&site, err);
	if (r == 0)
		r = write_all(&site, err);
	if (r == 0)
		progress_done(progress, "wrote the pages of %zu comparisons", site.count);
	for (size_t i = 0; i < site.count; i++)
		comparison_clear(&site.comparisons[i]);
	free(site.comparisons);
	return r;
}
