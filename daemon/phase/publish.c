/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/publish.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "io/gnuplot.h"
#include "page/boot.h"
#include "page/compare.h"
#include "page/index.h"
#include "page/kernel.h"
#include "rules/display.h"
#include "store/bootpages.h"
#include "store/front.h"
#include "store/kernelpages.h"
#include "store/sitemap.h"
#include "sys/fs.h"
#include "sys/parallel.h"
#include "sys/self.h"
#include "text/address.h"
#include "view/document.h"
#include "work/judge.h"
#include "work/ledger.h"

enum { LOG_TAIL_BYTES = 64 << 10, LOG_LIMIT_BYTES = 256 << 20, THREADS_MOST = 4 };

/* What one thread writes pages with. */
struct writer {
	const struct site *site;
	struct db *db, *own_db;
	struct plotter *plotter;
};

/* A page to be written, if what it is made of has changed. */
struct task {
	int (*write)(struct writer *writer, struct task *task, struct err *err);
	int64_t id; /* of its boot, commit, ... */
	char *address;
	fingerprint print;
	char *word; /* for the pages that list it; or NULL */
	bool exists, done;
};

/* The site while it is written. */
struct site {
	struct db *db;
	const char *folder;
	struct progress *progress;
	fingerprint seed; /* the program and all it has built in */
	struct site_map map;
	struct ledger *ledger;
	struct task *tasks;
	size_t count, pages; /* pages: how many there are, written or not */
};

static int write_boot(struct writer *writer, struct task *task, struct err *err)
{
	struct boot_page page;
	int r = boot_page_load(writer->db, task->id, &page, err);

	if (r < 0)
		return r;
	r = page_boot_write(writer->site->folder, &page, err);
	boot_page_clear(&page);
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

static int write_kernel(struct writer *writer, struct task *task, struct err *err)
{
	struct kernel_page page;
	int r = kernel_page_load(writer->db, task->id, &page, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < page.build_count; i++)
		if (page.builds[i].failure != FAILURE_NONE)
			page.builds[i].log_tail = read_log_tail(page.builds[i].log_path);
	r = page_kernel_write(writer->site->folder, &page, err);
	kernel_page_clear(&page);
	return r;
}

static int write_comparison(struct writer *writer, struct task *task, struct err *err)
{
	struct comparison c;
	struct brief brief;
	int r = judge_comparison(writer->db, task->id, &c, err);

	if (r < 0)
		return r;
	r = page_compare_write(writer->site->folder, writer->plotter, &c, err);
	display_brief(&c, &brief);
	task->word = brief_write(&brief);
	brief_clear(&brief);
	comparison_clear(&c);
	return r;
}

/* Takes the address. A page that shows what it showed is left out. */
static void add_task(struct site *site,
	int (*write)(struct writer *writer, struct task *task, struct err *err), int64_t id,
	char *address, fingerprint print)
{
	site->pages++;
	if (ledger_is_current(site->ledger, address, print)) {
		free(address);
		return;
	}
	if ((site->count & (site->count - 1)) == 0)
		site->tasks = mem_grow(
			site->tasks, site->count ? 2 * site->count : 1, sizeof(*site->tasks));
	site->tasks[site->count++] = (struct task){
		.write = write,
		.id = id,
		.address = address,
		.print = print,
		.exists = ledger_exists(site->ledger, address),
	};
}

/*
 * Pages that are new come first: nothing leads to them yet, and what leads to
 * them afterwards finds them there.
 */
static int compare_tasks(const void *left, const void *right)
{
	const struct task *a = left, *b = right;

	return a->exists != b->exists ? a->exists - b->exists : strcmp(a->address, b->address);
}

static void plan_pages(struct site *site)
{
	const struct site_map *map = &site->map;

	for (size_t i = 0; i < map->boot_count; i++)
		add_task(site, write_boot, map->boots[i].id,
			address_boot(map->boots[i].id, "html"), map->boots[i].print);
	for (size_t i = 0; i < map->kernel_count; i++)
		add_task(site, write_kernel, map->kernels[i].id,
			address_kernel(map->kernels[i].oid, "html"), map->kernels[i].print);
	for (size_t i = 0; i < map->comparison_count; i++) {
		const struct site_comparison *c = &map->comparisons[i];

		if (c->has_page)
			add_task(site, write_comparison, c->id,
				address_comparison(c->host, c->base_oid, c->fresh_oid, "html"),
				c->print);
	}
	if (site->count)
		qsort(site->tasks, site->count, sizeof(*site->tasks), compare_tasks);
}

/* The caller's thread has the caller's connection, every other one its own. */
static int writer_begin(void *data, int thread, void **ret_own, struct err *err)
{
	struct site *site = data;
	struct writer *writer = MEM_NEW(struct writer, 1);
	int r = 0;

	writer->site = site;
	writer->db = site->db;
	if (thread > 0) {
		r = db_open(db_path(site->db), false, &writer->own_db, err);
		writer->db = writer->own_db;
	}
	if (r < 0) {
		free(writer);
		return r;
	}
	writer->plotter = plotter_new();
	*ret_own = writer;
	return 0;
}

static void writer_end(void *data, void *own)
{
	struct writer *writer = own;

	(void)data;
	plotter_free(writer->plotter);
	db_close(writer->own_db);
	free(writer);
}

/* A page that lacks its plots is written, and will be tried again. */
static int write_piece(void *data, void *own, size_t index, struct err *err)
{
	struct site *site = data;
	struct task *task = &site->tasks[index];
	int r = task->write(own, task, err);

	task->done = r == 0;
	return r < 0 ? err_note(err, "page %s", task->address) : 0;
}

static void tell(void *data, size_t begun, size_t count)
{
	struct site *site = data;

	progress_update(site->progress, (int64_t)begun, (int64_t)count, "%s",
		site->tasks[begun - 1].address);
}

/* Writes what was planned, notes what was written, and forgets the plan. */
static int write_pages(struct site *site, struct err *err)
{
	const struct parallel work = {
		.threads = parallel_threads(THREADS_MOST),
		.data = site,
		.begin = writer_begin,
		.piece = write_piece,
		.end = writer_end,
		.tell = tell,
	};
	int r = parallel_run(&work, site->count, err);

	for (size_t i = 0; i < site->count; i++) {
		struct task *task = &site->tasks[i];

		if (task->done)
			ledger_note(site->ledger, task->address, task->print, task->word);
		free(task->address);
		free(task->word);
	}
	ledger_sort(site->ledger);
	mem_free_ptr(&site->tasks);
	site->tasks = NULL;
	site->count = 0;
	return r;
}

static int write_index(struct site *site, struct err *err)
{
	struct front_page front = {.title = mem_strdup("KVM/arm64 dirty logging")};
	int r = front_load(site->db, &front, err);

	for (size_t i = 0; i < site->map.comparison_count && r == 0; i++) {
		const struct site_comparison *c = &site->map.comparisons[i];
		auto_free char *address =
			address_comparison(c->host, c->base_oid, c->fresh_oid, "html");

		if (!c->has_page)
			continue;
		if (c->updated_unix_ms > front.updated_unix_ms)
			front.updated_unix_ms = c->updated_unix_ms;
		front_page_add(&front, c, ledger_word(site->ledger, address));
	}
	if (r == 0)
		r = page_index_write(site->folder, &front, err);
	front_page_clear(&front);
	return r;
}

static int publish(struct site *site, size_t *ret_written, struct err *err)
{
	int r = fs_make_folder(site->folder, err), saved;

	if (r == 0)
		r = document_save_shared(site->folder, err);
	if (r == 0)
		r = site_map_load(site->db, site->seed, &site->map, err);
	if (r < 0)
		return r;
	plan_pages(site);
	*ret_written = site->count;
	r = write_pages(site, err);
	if (*ret_written) {
		/* the front page and the ledger speak of pages that are on the disk */
		saved = fs_sync(site->folder, r < 0 ? NULL : err);
		r = r < 0 ? r : saved;
	}
	if (r == 0)
		r = write_index(site, err);
	saved = ledger_save(site->ledger, r < 0 ? NULL : err);
	return r < 0 ? r : saved;
}

static fingerprint seed_print(void)
{
	fingerprint print = self_print();

	for (size_t i = 0; i < builtin_count; i++)
		print = fingerprint_bytes(
			print, builtin_table[i].data, builtin_table[i].size_bytes);
	return print;
}

int publish_all(struct db *db, const char *folder, struct progress *progress, struct err *err)
{
	struct site site = {
		.db = db,
		.folder = folder,
		.progress = progress,
		.seed = seed_print(),
		.ledger = ledger_open(folder),
	};
	size_t written = 0;
	int r;

	progress_step(progress, "write pages");
	r = publish(&site, &written, err);
	if (r == 0)
		progress_done(
			progress, "%zu pages, %zu of them new or changed", site.pages, written);
	ledger_close(site.ledger);
	site_map_clear(&site.map);
	return r;
}
