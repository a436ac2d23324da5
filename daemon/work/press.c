/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/press.h"

#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "store/ledger.h"
#include "sys/fs.h"
#include "sys/parallel.h"
#include "sys/self.h"

enum { THREADS_MOST = 4 };

/* Pages that are printed at once, by all threads. */
struct turn {
	struct press *press;
	size_t first, count;
};

struct press {
	struct db *db;
	const char *folder;
	struct progress *progress;
	struct ledger *ledger;
	fingerprint seed; /* the program, and all that is built into it */
	struct press_page *pages;
	size_t count, in_all, printed;
};

static fingerprint seed_print(void)
{
	fingerprint print = self_print();

	for (size_t i = 0; i < builtin_count; i++)
		print = fingerprint_bytes(
			print, builtin_table[i].data, builtin_table[i].size_bytes);
	return print;
}

struct press *press_open(struct db *db, const char *folder, struct progress *progress)
{
	struct press *press = MEM_NEW(struct press, 1);

	*press = (struct press){
		.db = db,
		.folder = folder,
		.progress = progress,
		.ledger = ledger_open(folder),
		.seed = seed_print(),
	};
	return press;
}

static void forget_pages(struct press *press)
{
	for (size_t i = 0; i < press->count; i++) {
		free(press->pages[i].address);
		free(press->pages[i].word);
	}
	free(press->pages);
	press->pages = NULL;
	press->count = 0;
}

void press_close(struct press *press)
{
	if (!press)
		return;
	forget_pages(press);
	ledger_close(press->ledger);
	free(press);
}

void press_add(struct press *press, const struct press_page *page)
{
	struct press_page *added;
	fingerprint print = fingerprint_int(press->seed, (int64_t)page->print);

	press->in_all++;
	if (ledger_is_current(press->ledger, page->address, print)) {
		free(page->address);
		return;
	}
	if ((press->count & (press->count - 1)) == 0)
		press->pages = mem_grow(press->pages, press->count ? 2 * press->count : 1,
			sizeof(*press->pages));
	added = &press->pages[press->count++];
	*added = *page;
	added->print = print;
	added->exists = ledger_exists(press->ledger, page->address);
}

static int compare_turns(const struct press_page *a, const struct press_page *b)
{
	return a->exists != b->exists ? a->exists - b->exists : a->late - b->late;
}

static int compare_pages(const void *left, const void *right)
{
	const struct press_page *a = left, *b = right;
	int order = compare_turns(a, b);

	return order ? order : strcmp(a->address, b->address);
}

/* A thread's hand, and the connection to close with it. */
struct own {
	struct press_hand hand;
	struct db *db;
};

/* The caller's thread has the caller's connection, every other one its own. */
static int begin(void *data, int thread, void **ret_own, struct err *err)
{
	struct press *press = ((const struct turn *)data)->press;
	struct own *own = MEM_NEW(struct own, 1);
	int r = thread ? db_open(db_path(press->db), false, &own->db, err) : 0;

	if (r < 0) {
		free(own);
		return r;
	}
	own->hand = (struct press_hand){
		.folder = press->folder,
		.db = thread ? own->db : press->db,
		.plotter = plotter_new(),
	};
	*ret_own = own;
	return 0;
}

static void end(void *data, void *own_data)
{
	struct own *own = own_data;

	(void)data;
	plotter_free(own->hand.plotter);
	db_close(own->db);
	free(own);
}

static int piece(void *data, void *own_data, size_t index, struct err *err)
{
	const struct turn *turn = data;
	struct own *own = own_data;
	struct press_page *page = &turn->press->pages[turn->first + index];
	int r = page->write(&own->hand, page, err);

	page->done = r == 0;
	return r < 0 ? err_note(err, "page %s", page->address) : 0;
}

static void tell(void *data, size_t begun, size_t count)
{
	const struct turn *turn = data;
	const struct press *press = turn->press;

	(void)count;
	progress_update(press->progress, (int64_t)(turn->first + begun), (int64_t)press->count,
		"%s", press->pages[turn->first + begun - 1].address);
}

static int print_turn(struct turn *turn, struct err *err)
{
	const struct parallel work = {
		.threads = parallel_threads(THREADS_MOST),
		.data = turn,
		.begin = begin,
		.piece = piece,
		.end = end,
		.tell = tell,
	};
	struct press *press = turn->press;
	int r = parallel_run(&work, turn->count, err);

	for (size_t i = turn->first; i < turn->first + turn->count; i++) {
		const struct press_page *page = &press->pages[i];

		if (page->done)
			ledger_note(press->ledger, page->address, page->print, page->word);
	}
	ledger_sort(press->ledger);
	return r;
}

int press_print(struct press *press, struct err *err)
{
	struct turn turn = {.press = press};
	int r = 0;

	if (press->count)
		qsort(press->pages, press->count, sizeof(*press->pages), compare_pages);
	while (r == 0 && turn.first < press->count) {
		const struct press_page *first = &press->pages[turn.first];

		turn.count = 1;
		while (turn.first + turn.count < press->count &&
			compare_turns(first, first + turn.count) == 0)
			turn.count++;
		r = print_turn(&turn, err);
		turn.first += turn.count;
	}
	press->printed += turn.first;
	forget_pages(press);
	return r;
}

const char *press_word(const struct press *press, const char *address)
{
	return ledger_word(press->ledger, address);
}

int press_sync(struct press *press, struct err *err)
{
	return press->printed ? fs_sync(press->folder, err) : 0;
}

int press_save(struct press *press, struct err *err)
{
	return ledger_save(press->ledger, err);
}

size_t press_pages(const struct press *press)
{
	return press->in_all;
}

size_t press_printed(const struct press *press)
{
	return press->printed;
}
