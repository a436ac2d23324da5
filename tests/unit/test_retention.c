/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/retention.h"

#include "support.h"

#include "base/mem.h"

#define DAY ((int64_t)24 * 3600 * 1000)
enum { ITEMS = 4 };

/* Items by letter: bytes, age in days, n needed, l a log (not counted). */
static const struct {
	const char *sentence;
	int keep_days;
	int64_t keep_bytes;
	struct {
		int64_t bytes;
		int age;
		const char *marks;
	} items[ITEMS];
	const char *gone; /* letters of those that go */
} rows[] = {
	{"what is young stays", 30, 0, {{10, 1, ""}, {10, 29, ""}}, ""},
	{"what is old goes", 30, 0, {{10, 31, ""}, {10, 29, ""}}, "a"},
	{"what is needed stays however old", 30, 0, {{10, 400, "n"}, {10, 400, ""}}, "b"},
	{"what does not fit goes, oldest first", 30, 25,
		{{10, 1, ""}, {10, 3, ""}, {10, 2, ""}}, "b"},
	{"no more than is in the way", 30, 10, {{10, 1, ""}, {10, 3, ""}, {10, 2, ""}}, "bc"},
	{"what is needed stays even when all is full", 30, 5, {{10, 9, "n"}, {10, 3, ""}}, "b"},
	{"logs are no reason to remove a kernel", 30, 15, {{10, 1, ""}, {1000, 2, "l"}}, ""},
	{"without a limit only age counts", 30, 0, {{1000, 1, ""}, {1000, 2, ""}}, ""},
};

static void what_may_go_goes(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct retention_policy policy = {
			rows[i].keep_days, rows[i].keep_bytes, 1000 * DAY};
		struct retention_item items[ITEMS], *list[ITEMS];
		char gone[ITEMS + 1] = {0};
		size_t count = 0;

		for (; count < ITEMS && rows[i].items[count].bytes; count++) {
			items[count] = (struct retention_item){
				.bytes = rows[i].items[count].bytes,
				.used_unix_ms = (1000 - rows[i].items[count].age) * DAY,
				.is_needed = strchr(rows[i].items[count].marks, 'n') != NULL,
				.is_counted = strchr(rows[i].items[count].marks, 'l') == NULL,
			};
			list[count] = &items[count];
		}
		retention_decide(&policy, list, count);
		for (size_t k = 0; k < count; k++)
			if (items[k].goes)
				gone[strlen(gone)] = (char)('a' + k);
		if (strcmp(gone, rows[i].gone) == 0)
			continue;
		failed++;
		print_error("%s: \"%s\" go, expected \"%s\"\n", rows[i].sentence, gone,
			rows[i].gone);
	}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_go_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
