/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "text/modes.h"

#define HELP                                                              \
	"Random seed: 0x6b8b4567\n"                                       \
	"\n"                                                              \
	"usage: ./dirty_log_perf_test [-h] [-a] [-i iterations]\n"        \
	"\n"                                                              \
	" -i: specify iteration counts (default: 2)\n"                    \
	" -m: specify the guest mode ID to test\n"                        \
	"     (default: test all supported modes)\n"                      \
	"     Guest mode IDs:\n"                                          \
	"         0:    PA-bits:52,  VA-bits:48,  4K pages\n"             \
	"         6:    PA-bits:40,  VA-bits:48,  4K pages (supported)\n" \
	"         8:    PA-bits:40,  VA-bits:48, 64K pages (supported)\n" \
	"         9:    PA-bits:ANY, VA-bits:48,  4K pages\n"             \
	" -n: Run the vCPUs in nested mode (L2)\n"

static void the_help_lists_the_modes(void **state)
{
	struct guest_modes modes;
	const struct guest_mode *mode;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(modes_parse(HELP, strlen(HELP), &modes, &err), 0);
	assert_int_equal(modes.count, 4);
	mode = modes_find(&modes, "PA-bits:40, VA-bits:48, 64K pages");
	assert_non_null(mode);
	assert_int_equal(mode->id, 8);
	assert_true(mode->is_supported);
	mode = modes_find(&modes, "PA-bits:52, VA-bits:48, 4K pages");
	assert_non_null(mode);
	assert_int_equal(mode->id, 0);
	assert_false(mode->is_supported);
	assert_non_null(modes_find(&modes, "PA-bits:ANY, VA-bits:48, 4K pages"));
	assert_null(modes_find(&modes, "PA-bits:40,  VA-bits:48,  4K pages"));
	modes_clear(&modes);
	assert_null(modes.items);
}

static const struct bad_case {
	const char *sentence, *text;
	int code;
	const char *says;
} bads[] = {
	{"no output has no modes", "", -ENODATA, "lists no guest modes"},
	{"a skip is repeated", "1..0 # SKIP - Cannot open /dev/kvm: No such file\n", -ENODATA,
		"lists no guest modes: Cannot open /dev/kvm: No such file"},
	{"a mode cut at the end of the text", "  6:    PA-bits:40,  VA-bits:48,  4K pages",
		-EBADMSG, "cut in line 1"},
	{"a mode that lost its end", "  6:    PA-bits:40,  VA-bits:48,  4K pa\n", -EBADMSG,
		"line 1 of the test's help: the guest mode is cut"},
	{"a mode with something behind", "  6:  PA-bits:40,  4K pages (suppo\n", -EBADMSG,
		"line 1"},
	{"a number that is there twice",
		"  6:    PA-bits:40,  4K pages\n  6:    PA-bits:36,  4K pages\n", -EBADMSG,
		"line 2 of the test's help: guest mode 6 is there twice"},
	{"a number that is too large", "  4294967296:  PA-bits:40, 4K pages\n", -EBADMSG,
		"line 1"},
};

static void anything_else_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		struct guest_modes modes = {.count = 77};
		struct err err = ERR_INIT;
		int r = modes_parse(bads[i].text, strlen(bads[i].text), &modes, &err);

		if (r != bads[i].code || modes.count != 77)
			fail_msg("%s: returned %d", bads[i].sentence, r);
		if (!strstr(err.text, bads[i].says))
			fail_msg("%s: said '%s'", bads[i].sentence, err.text);
	}
}

static void a_nul_byte_in_a_mode_is_refused(void **state)
{
	static const char text[] = "  6:    PA-bits:40\0,  4K pages\n";
	struct guest_modes modes;

	(void)state;
	assert_int_equal(modes_parse(text, sizeof(text) - 1, &modes, NULL), -EBADMSG);
}

static void a_list_without_end_is_refused(void **state)
{
	auto_free char *text = mem_new((MODES_MAX + 1) * 32, 1);
	struct guest_modes modes;
	size_t at = 0;

	(void)state;
	for (int i = 0; i <= MODES_MAX; i++)
		at += (size_t)sprintf(text + at, " %d: PA-bits:%d pages\n", i, i);
	assert_int_equal(modes_parse(text, at, &modes, NULL), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_help_lists_the_modes),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_nul_byte_in_a_mode_is_refused),
		cmocka_unit_test(a_list_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
