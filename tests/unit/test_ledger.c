/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/ledger.h"

#include "scratch.h"

static void what_was_noted_is_known_while_the_page_is_there(void **state)
{
	auto_scratch char *site = scratch_make();
	auto_free char *page = mem_printf("%s/a.html", site);
	struct ledger *ledger = ledger_open(site);
	struct err err = ERR_INIT;

	(void)state;
	assert_false(ledger_is_current(ledger, "a.html", 7));
	scratch_write(page, "page");
	ledger_note(ledger, "a.html", 6, NULL);
	ledger_note(ledger, "b.html", 9, "a word\nwith a line");
	ledger_note(ledger, "a.html", 7, "newest");
	assert_int_equal(ledger_save(ledger, &err), 0);
	ledger_close(ledger);

	ledger = ledger_open(site);
	assert_true(ledger_is_current(ledger, "a.html", 7));
	assert_false(ledger_is_current(ledger, "a.html", 6));
	assert_false(ledger_is_current(ledger, "b.html", 9)); /* there is no such page */
	assert_string_equal(ledger_word(ledger, "a.html"), "newest");
	assert_string_equal(ledger_word(ledger, "b.html"), "a word with a line");
	assert_null(ledger_word(ledger, "c.html"));
	ledger_close(ledger);
}

static void a_damaged_ledger_is_an_empty_one(void **state)
{
	static const char *const rows[] = {"", "\n\n", "00000000000000", "zz\ta.html\n",
		"0000000000000007 a.html\n", "0000000000000007\t\n", "\xFF\xFE\t\t\t\n"};
	auto_scratch char *site = scratch_make();
	auto_free char *page = mem_printf("%s/a.html", site);
	auto_free char *path = mem_printf("%s/.pages", site);

	(void)state;
	scratch_write(page, "page");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ledger *ledger;

		scratch_write(path, rows[i]);
		ledger = ledger_open(site);
		assert_false(ledger_is_current(ledger, "a.html", 7));
		assert_false(ledger_is_current(ledger, "a.html", 0));
		ledger_close(ledger);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_noted_is_known_while_the_page_is_there),
		cmocka_unit_test(a_damaged_ledger_is_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
