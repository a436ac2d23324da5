/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "text/address.h"

static void names_stay_inside_the_site(void **state)
{
	static const struct {
		const char *sentence, *host, *address;
	} rows[] = {
		{"a plain name stays", "altra-03.lab", "c/altra-03.lab/0123456789ab..fed.html"},
		{"a way up is harmless", "../../etc",
			"c/=2E.=2F..=2Fetc/0123456789ab..fed.html"},
		{"a hidden folder is harmless", ".git", "c/=2Egit/0123456789ab..fed.html"},
		{"no name is a name", "", "c/=/0123456789ab..fed.html"},
		{"a missing name is a name", NULL, "c/=/0123456789ab..fed.html"},
		{"markup is spelled out", "<a\"\n", "c/=3Ca=22=0A/0123456789ab..fed.html"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *address =
			address_comparison(rows[i].host, "0123456789abcdef", "fed", "html");

		if (strcmp(address, rows[i].address))
			fail_msg("%s: got \"%s\"", rows[i].sentence, address);
	}
}

static void a_long_name_is_cut(void **state)
{
	char name[5000];
	auto_free char *address = NULL;

	(void)state;
	memset(name, 'h', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	address = address_comparison(name, "a", "b", "html");
	assert_int_equal(strlen(address), strlen("c/") + 100 + strlen("/a..b.html"));
}

static void every_object_has_an_address(void **state)
{
	auto_free char *boot = address_boot(17, "html");
	auto_free char *output = address_output(17, 3, "txt");
	auto_free char *kernel = address_kernel("def456789abcdef0", "html");

	(void)state;
	assert_string_equal(boot, "b/17.html");
	assert_string_equal(output, "b/17/3.txt");
	assert_string_equal(kernel, "k/def456789abc.html");
}

static void the_way_up_matches_the_depth(void **state)
{
	auto_free char *top = address_up("index.html");
	auto_free char *deep = address_up("c/host/a..b.html");

	(void)state;
	assert_string_equal(top, "");
	assert_string_equal(deep, "../../");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stay_inside_the_site),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(every_object_has_an_address),
		cmocka_unit_test(the_way_up_matches_the_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
