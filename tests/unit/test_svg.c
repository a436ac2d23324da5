/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "text/svg.h"

#define HEAD                                                            \
	"<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 160 220\"\n>\n" \
	"<title>f</title>\n<g id=\"gnuplot_canvas\">\n<defs>\n<circle id='gpDot'/>\n</defs>\n"
#define GROUP \
	"<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\">\n"
#define DOCUMENT                                                                               \
	HEAD GROUP                                                                             \
		"</g>\n"                                                                       \
		"<g id=\"f_plot_1\" ><title>f_plot_1</title>\n" GROUP                          \
		"<path stroke='rgb(  0,   0,   3)'  d='M1,2 L3,4\n\t\tM5,6 L7,8  '/></g>\n"    \
		"</g>\n"                                                                       \
		"<g id=\"f_plot_2\" ><title>f_plot_2</title>\n" GROUP                          \
		"<use xlink:href='#gpPt6' transform='scale(2)' color='rgb(  0,   0,   1)'/>\n" \
		"</g>\n</g>\n"                                                                 \
		"<g transform=\"t\" fill=\"rgb(  0,   0,   9)\" font-family=\"sans\"><text>a " \
		"&lt; b</text></g>\n"                                                          \
		"</g>\n</svg>\n"

static char *draw(const char *document, size_t element, int *ret_result)
{
	char *written = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&written, &size);

	*ret_result = element ? svg_element(out, document, element) : svg_body(out, document);
	fclose(out);
	return written;
}

static void colours_become_classes_and_the_rest_goes(void **state)
{
	int r;
	auto_free char *body = draw(DOCUMENT, 0, &r);

	(void)state;
	assert_int_equal(r, 0);
	assert_string_equal(body,
		"<g fill=\"none\" stroke=\"currentColor\">"
		"<path d=\"M1,2 L3,4 M5,6 L7,8\" class=\"s3\"/>"
		"<use href=\"#gpPt6\" transform=\"scale(2)\" class=\"c1\"/>"
		"<g transform=\"t\" class=\"f9\"><text>a &lt; b</text></g></g>");
}

static void one_element_can_be_cut_out(void **state)
{
	int r;
	auto_free char *second = draw(DOCUMENT, 2, &r);
	auto_free char *third = draw(DOCUMENT, 3, &r);

	(void)state;
	assert_string_equal(second,
		"<g fill=\"none\" stroke=\"currentColor\"><use "
		"href=\"#gpPt6\" transform=\"scale(2)\" class=\"c1\"/></g>");
	assert_int_equal(r, -ENOENT);
	assert_string_equal(third, "");
}

static void the_size_is_read(void **state)
{
	double width, height;

	(void)state;
	assert_int_equal(svg_size(DOCUMENT, &width, &height), 0);
	assert_near(width, 160, 0);
	assert_near(height, 220, 0);
}

static void what_is_no_drawing_is_refused(void **state)
{
	static const struct {
		const char *sentence, *document;
	} rows[] = {
		{"nothing", ""},
		{"some other text", "gnuplot: not found"},
		{"a document cut in half", HEAD GROUP},
		{"a tag cut in half", HEAD "<path d='M1,2 L3</g></svg>"},
		{"more ends than groups", HEAD "</g></g></g></svg>"},
		{"groups that stay open", HEAD "<g a='1'><g b='1'></g></svg>"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int r;
		auto_free char *written = draw(rows[i].document, 0, &r);

		if (r != -EPROTO || *written)
			fail_msg("%s: %d, \"%s\"", rows[i].sentence, r, written);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_become_classes_and_the_rest_goes),
		cmocka_unit_test(one_element_can_be_cut_out),
		cmocka_unit_test(the_size_is_read),
		cmocka_unit_test(what_is_no_drawing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
