/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <jansson.h>

#include "sample.h"
#include "view/export.h"

static json_t *load(const struct comparison *c)
{
	auto_free char *text = NULL;
	struct err err = ERR_INIT;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_t *root;

	if (export_json(out, c, &err) < 0)
		fail_msg("%s", err.text);
	fclose(out);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	return root;
}

static void json_carries_every_digit(void **state)
{
	struct comparison c;
	json_t *root, *cells;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	root = load(&c);
	cells = json_object_get(root, "cells");
	assert_string_equal(
		json_string_value(json_object_get(root, "format")), "kvmperf.comparison");
	assert_int_equal(json_integer_value(json_object_get(root, "version")), 1);
	assert_int_equal(json_array_size(cells), c.cell_count);
	for (size_t i = 0; i < c.cell_count; i++) {
		json_t *cell = json_array_get(cells, i);
		json_t *mean = json_object_get(json_object_get(cell, "base"), "mean");

		assert_true(json_real_value(mean) == c.cells[i].base.mean);
		if (c.cells[i].fresh.count)
			assert_true(json_real_value(json_object_get(cell, "change")) ==
				    c.cells[i].change);
		else
			assert_true(json_is_null(json_object_get(cell, "change")));
	}
	json_decref(root);
	comparison_clear(&c);
}

static void json_says_nothing_it_does_not_know(void **state)
{
	struct comparison c;
	json_t *root, *cell;

	(void)state;
	sample_comparison(&c, SAMPLE_UNJUDGED, 7);
	root = load(&c);
	cell = json_array_get(json_object_get(root, "cells"), 0);
	assert_true(json_is_null(json_object_get(root, "headline")));
	assert_true(json_is_null(json_object_get(cell, "verdict")));
	assert_true(json_is_null(json_object_get(cell, "interval")));
	assert_true(json_is_null(json_object_get(cell, "p")));
	json_decref(root);
	comparison_clear(&c);
}

static void hostile_text_is_valid_json(void **state)
{
	struct comparison c;
	json_t *root;

	(void)state;
	sample_comparison(&c, SAMPLE_HOSTILE, 7);
	root = load(&c);
	assert_non_null(strstr(json_string_value(json_object_get(root, "branch")), "<script>"));
	assert_non_null(
		strstr(json_string_value(json_object_get(root, "branch")), "\xEF\xBF\xBD"));
	json_decref(root);
	comparison_clear(&c);
}

static void csv_has_a_line_a_cell(void **state)
{
	struct comparison c;
	auto_free char *text = NULL;
	size_t size = 0, lines = 0;
	FILE *out = open_memstream(&text, &size);
	char wanted[64];

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	mem_free_ptr(&c.scenarios[0].name);
	c.scenarios[0].name = mem_strdup("=cmd|'\"x\"'");
	export_csv(out, &c);
	fclose(out);
	for (const char *p = text; (p = strstr(p, "\r\n")); p += 2)
		lines++;
	assert_int_equal(lines, c.cell_count + 1);
	assert_non_null(strstr(text, "\r\n\"'=cmd|'\"\"x\"\"'\",\"PA-bits:40, VA-bits:48, 4K"));
	snprintf(wanted, sizeof(wanted), ",%.17g,", c.cells[5].base.mean);
	assert_non_null(strstr(text, wanted));
	comparison_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_carries_every_digit),
		cmocka_unit_test(json_says_nothing_it_does_not_know),
		cmocka_unit_test(hostile_text_is_valid_json),
		cmocka_unit_test(csv_has_a_line_a_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
