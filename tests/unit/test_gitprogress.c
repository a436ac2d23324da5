/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitprogress.h"

#include "support.h"

#include "base/mem.h"

#define RECEIVED "Receiving objects: 100% (7/7), 1.20 MiB | 3.00 MiB/s, done.\n"

static const struct {
	const char *sentence, *text;
	bool found, resolves;
	int64_t done, total;
} rows[] = {
	{"nothing is said yet", "", false, false, 0, 0},
	{"the last thing counts",
		"Receiving objects:   0% (1/210)\rReceiving objects:  12% (26/210)\r", true,
		false, 26, 210},
	{"a rate may follow", "Receiving objects:  50% (3/6), 1.20 MiB | 3.00 MiB/s\r", true,
		false, 3, 6},
	{"deltas come after objects", RECEIVED "Resolving deltas:   1% (1/99)\r", true, true, 1,
		99},
	{"a thing that is cut off is left out",
		"Receiving objects:  12% (26/210)\rReceiving obj", true, false, 26, 210},
	{"and one that is cut off in its counts", RECEIVED "Resolving deltas:   1% (1", true,
		false, 7, 7},
	{"and one whose begin is missing", "objects:  12% (26/210)\r", false, false, 0, 0},
	{"other words say nothing", "fatal: early EOF\n", false, false, 0, 0},
	{"more than all is nonsense", "Receiving objects:  12% (9/3)\r", false, false, 0, 0},
	{"a number without bounds is nonsense",
		"Receiving objects:  12% (1/99999999999999999999)\r", false, false, 0, 0},
};

static void the_last_thing_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct git_progress got = {0};
		bool found = git_progress_read(rows[i].text, strlen(rows[i].text), &got);

		if (found != rows[i].found || got.resolves != rows[i].resolves ||
			got.done != rows[i].done || got.total != rows[i].total)
			fail_msg("%s: %d %d %ld/%ld", rows[i].sentence, found, got.resolves,
				(long)got.done, (long)got.total);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_last_thing_is_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
