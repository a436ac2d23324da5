/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/confirm.h"

#include "vectors.h"

static const struct {
	const char *name;
	int looks;
	struct judgement j;
	bool in_family;
	int want_look;
	const char *want_order;
} rows[] = {
	{"it begins with one block", 0, {.d = 0}, true, 1, "ABBA"},
	{"an undecided large cell is worth another block", 1, {.d = 0.05, .delta = 0.02}, true,
		2, "ABBA"},
	{"and then two", 2, {.d = -0.05, .delta = 0.02}, true, 3, "ABBAABBA"},
	{"the last look ends it", 3, {.d = 0.05, .delta = 0.02}, true, 0, ""},
	{"a flagged cell needs no more", 1, {.d = 0.05, .delta = 0.02, .flagged = true}, true,
		0, ""},
	{"a small difference needs no more", 1, {.d = 0.0239, .delta = 0.02}, true, 0, ""},
	{"a cell outside of the family does not count", 1, {.d = 0.05, .delta = 0.02}, false, 0,
		""},
	{"a cell without data does not count", 1,
		{.d = 0.05, .delta = 0.02, .why = UNJUDGED_NO_FRESH}, true, 0, ""},
};

static void test_rows(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s = {.in_family = rows[i].in_family};
		struct confirm_answer a =
			confirm_next(&judging, rows[i].looks, &s, &rows[i].j, 1);

		if (a.look != rows[i].want_look || strcmp(a.order, rows[i].want_order))
			fail_msg("%s: look %d, \"%s\"", rows[i].name, a.look, a.order);
	}
}

/* The plain rule goes on where the vectors say so. */
static void test_shared(void **state)
{
	const struct judging judging = judging_plain();
	json_t *json = vectors_load("stats/computed/confirm.json");
	const json_t *looks = json_object_get(json, "looks");

	(void)state;
	if (!json)
		skip();
	assert_string_equal(confirm_next(&judging, 0, NULL, NULL, 0).order, "ABBAABBA");
	for (size_t k = 0; k < json_array_size(looks); k++) {
		const json_t *look = json_array_get(looks, k);
		const json_t *cells = json_object_get(look, "cells");
		struct sample s[16];
		struct judgement j[16];
		size_t n = json_array_size(cells);

		assert_true(n <= 16);
		for (size_t i = 0; i < n; i++) {
			const json_t *c = json_array_get(cells, i);

			s[i] = (struct sample){.in_family = true};
			j[i] = (struct judgement){.d = vectors_number(c, "d"),
				.delta = vectors_number(c, "delta_eff"),
				.flagged = vectors_bool(c, "flagged")};
		}
		assert_int_equal(confirm_next(&judging, (int)k + 1, s, j, n).look > 0,
			vectors_bool(look, "go_on"));
	}
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
