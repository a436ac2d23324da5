/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/image.h"

#include "support.h"

static void test_every_occurrence(void **state)
{
	char image[] = "ab-g1-c2 and ab-g1-c2ab-g1-c2 end";

	(void)state;
	assert_int_equal(image_blank(image, sizeof(image) - 1, "-g1-c2", 6), 3);
	assert_memory_equal(
		image, "ab\0\0\0\0\0\0 and ab\0\0\0\0\0\0ab\0\0\0\0\0\0 end", sizeof(image));
}

static void test_at_the_ends(void **state)
{
	char image[] = {1, 2, 0, 1, 2};

	(void)state;
	assert_int_equal(image_blank(image, sizeof(image), "\1\2", 2), 2);
	assert_memory_equal(image, "\0\0\0\0\0", 5);
}

static void test_absent(void **state)
{
	char image[] = "abc";

	(void)state;
	assert_int_equal(image_blank(image, 3, "abcd", 4), 0);
	assert_int_equal(image_blank(image, 3, "", 0), 0);
	assert_string_equal(image, "abc");
}

static void test_names(void **state)
{
	char image[] = "6.12-g1-c2\0\xde\xad\x00\x0f 6.12-g1-c2";

	(void)state;
	image_blank_names(image, sizeof(image) - 1, "-g1-c2", "dead000f");
	assert_memory_equal(
		image, "6.12\0\0\0\0\0\0\0\0\0\0\0 6.12\0\0\0\0\0\0", sizeof(image));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every occurrence is blanked", test_every_occurrence, NULL, NULL, NULL},
		{"occurrences at both ends are blanked", test_at_the_ends, NULL, NULL, NULL},
		{"release and build-id are blanked", test_names, NULL, NULL, NULL},
		{"an image without the text is left alone", test_absent, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
