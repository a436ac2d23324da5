/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/press.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "store_fixture.h"

/* What the pages of a test do when they are printed. */
struct plan_row {
	const char *address, *word;
	fingerprint print;
	bool late;
	int result;
	int printed; /* how often */
};

static FILE *nowhere;

static char *path_of(const struct store *s, const char *address)
{
	return mem_printf("%s/%s", s->folder, address);
}

static int print_row(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	struct plan_row *row = (struct plan_row *)(uintptr_t)page->about;
	auto_free char *path = mem_printf("%s/%s", hand->folder, page->address);

	assert_non_null(hand->db);
	assert_non_null(hand->plotter);
	row->printed++;
	if (row->result < 0)
		return err_set(err, row->result, "no ink");
	scratch_write(path, row->word);
	page->word = mem_strdup(row->word);
	return row->result;
}

static int print_all(struct store *s, struct plan_row *rows, size_t count, size_t *ret_printed,
	struct err *err)
{
	struct progress progress;
	struct press *press;
	int r, saved;

	progress_init(&progress, nowhere, false);
	press = press_open(s->db, s->folder, &progress);
	for (size_t i = 0; i < count; i++) {
		rows[i].printed = 0;
		press_add(press, &(struct press_page){.write = print_row,
					 .about = &rows[i],
					 .address = mem_strdup(rows[i].address),
					 .late = rows[i].late,
					 .print = rows[i].print});
	}
	r = press_print(press, err);
	assert_int_equal(press_pages(press), count);
	*ret_printed = press_printed(press);
	for (size_t i = 0; i < count && r == 0; i++)
		if (rows[i].result == 0)
			assert_string_equal(press_word(press, rows[i].address), rows[i].word);
	assert_null(press_word(press, "no such page"));
	saved = press_save(press, NULL);
	assert_int_equal(saved, 0);
	press_close(press);
	return r;
}

static void a_page_is_printed_when_what_it_shows_has_changed(void **state)
{
	struct plan_row rows[] = {{"a.html", "A", 1, false, 0, 0},
		{"b.html", "B", 2, false, 0, 0}, {"c.html", "C", 3, true, 0, 0}};
	struct err err = ERR_INIT;
	auto_free char *b = NULL;
	struct store s;
	size_t printed;

	(void)state;
	store_open(&s);
	b = path_of(&s, "b.html");
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), 0);
	assert_int_equal(printed, 3);
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), 0);
	assert_int_equal(printed, 0);
	rows[0].print = 9;
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), 0);
	assert_int_equal(printed, 1);
	assert_int_equal(rows[0].printed, 1);
	/* one that was lost comes back */
	assert_int_equal(unlink(b), 0);
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), 0);
	assert_int_equal(rows[1].printed, 1);
	assert_int_equal(printed, 1);
	store_close(&s);
}

static void a_page_that_lacks_something_is_printed_again(void **state)
{
	struct plan_row row = {"a.html", "A", 1, false, 1, 0};
	struct err err = ERR_INIT;
	struct store s;
	size_t printed;

	(void)state;
	store_open(&s);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(print_all(&s, &row, 1, &printed, &err), 0);
		assert_int_equal(row.printed, 1);
	}
	row.result = 0;
	assert_int_equal(print_all(&s, &row, 1, &printed, &err), 0);
	assert_int_equal(print_all(&s, &row, 1, &printed, &err), 0);
	assert_int_equal(row.printed, 0);
	store_close(&s);
}

static void a_failure_names_the_page_and_keeps_the_others(void **state)
{
	struct plan_row rows[] = {
		{"a.html", "A", 1, false, 0, 0}, {"b.html", "B", 2, true, -ENOSPC, 0}};
	struct err err = ERR_INIT;
	struct store s;
	size_t printed;

	(void)state;
	store_open(&s);
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), -ENOSPC);
	assert_string_equal(err.text, "page b.html: no ink");
	rows[1].result = 0;
	assert_int_equal(print_all(&s, rows, ARRAY_SIZE(rows), &printed, &err), 0);
	assert_int_equal(rows[0].printed, 0);
	assert_int_equal(rows[1].printed, 1);
	store_close(&s);
}

/* --- turns --- */

/* The order of printing, and what was known of the others then. */
static struct {
	char order[64];
	char seen[64]; /* by the late page */
	const struct press *press;
} turns;

static int print_turn(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	auto_free char *path = mem_printf("%s/%s", hand->folder, page->address);
	const char *word;

	(void)err;
	pthread_mutex_lock(&lock);
	strcat(turns.order, page->address);
	word = page->late ? press_word(turns.press, page->about) : NULL;
	if (word)
		strcat(turns.seen, word);
	pthread_mutex_unlock(&lock);
	scratch_write(path, "page");
	page->word = mem_printf("(%s)", page->address);
	return 0;
}

static void add_turn(struct press *press, const char *address, const char *looks_at)
{
	press_add(press, &(struct press_page){.write = print_turn,
				 .about = looks_at,
				 .address = mem_strdup(address),
				 .late = looks_at != NULL,
				 .print = 1});
}

static void what_is_new_comes_before_what_leads_to_it(void **state)
{
	auto_free char *a = NULL, *b = NULL;
	struct progress progress;
	struct press *press;
	struct store s;

	(void)state;
	progress_init(&progress, nowhere, false);
	store_open(&s);
	a = path_of(&s, "a");
	b = path_of(&s, "b");
	scratch_write(a, "old");
	scratch_write(b, "old");
	press = press_open(s.db, s.folder, &progress);
	turns.press = press;
	add_turn(press, "a", "d");  /* there, late */
	add_turn(press, "b", NULL); /* there */
	add_turn(press, "c", "d");  /* new, late */
	add_turn(press, "d", NULL); /* new */
	must(press_print(press, &store_err));
	assert_string_equal(turns.order, "dcba");
	assert_string_equal(turns.seen, "(d)(d)");
	press_close(press);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_printed_when_what_it_shows_has_changed),
		cmocka_unit_test(a_page_that_lacks_something_is_printed_again),
		cmocka_unit_test(a_failure_names_the_page_and_keeps_the_others),
		cmocka_unit_test(what_is_new_comes_before_what_leads_to_it),
	};

	nowhere = fopen("/dev/null", "we");
	assert_non_null(nowhere);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
