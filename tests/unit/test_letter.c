/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/letter.h"

#include "support.h"

#include "base/mem.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static const struct {
	const char *name, *branch, *repository, *subject;
	const char *parent; /* of the second commit */
	bool improved;
	const char *want;
} subjects[] = {
	{"tree and branch, prefix and commit", "next", "https://x.org/kvmarm/kvmarm.git",
		"KVM: arm64: Split", "aaaaaaaaaaaa", false,
		"[kvmarm:next] [KVM: arm64]  bbbbbbbbbb:  "
		"dirty_log_perf_test.enable 12.4% regression"},
	{"a branch that names its tree", "kvmarm-next", "https://x.org/kvmarm.git", "x: y",
		"aaaaaaaaaaaa", false,
		"[kvmarm:next] [x]  bbbbbbbbbb:  dirty_log_perf_test.enable 12.4% regression"},
	{"with a slash, too", "kvmarm/fixes", "/r/kvmarm", "x: y", "aaaaaaaaaaaa", false,
		"[kvmarm:fixes] [x]  bbbbbbbbbb:  dirty_log_perf_test.enable 12.4% regression"},
	{"no repository", "next", "", "no prefix", "aaaaaaaaaaaa", false,
		"[next] [kernel]  bbbbbbbbbb:  dirty_log_perf_test.enable 12.4% regression"},
	{"neither", "", "", "x: y", "aaaaaaaaaaaa", false,
		"[kernel] [x]  bbbbbbbbbb:  dirty_log_perf_test.enable 12.4% regression"},
	{"a range says that it is one", "next", "", "x: y", "", false,
		"[next] [x]  aaaaaaaaaa..bbbbbbbbbb:  "
		"dirty_log_perf_test.enable 12.4% regression"},
	{"an improvement has no sign", "next", "", "x: y", "aaaaaaaaaaaa", true,
		"[next] [x]  bbbbbbbbbb:  dirty_log_perf_test.enable 12.4% improvement"},
};

static void test_subjects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
		struct event event = {.branch = TEXT(subjects[i].branch),
			.repository = TEXT(subjects[i].repository),
			.from = {.oid = TEXT("aaaaaaaaaaaa")},
			.to = {.oid = TEXT("bbbbbbbbbbbb"),
				.subject = TEXT(subjects[i].subject),
				.parent = TEXT(subjects[i].parent)},
			.improved = subjects[i].improved,
			.metric = TEXT("enable"),
			.change = subjects[i].improved ? -0.124 : 0.124};
		struct letter letter = {.event = &event};
		auto_free char *subject = letter_subject(&letter);

		if (strcmp(subject, subjects[i].want) != 0)
			fail_msg("%s: \"%s\"", subjects[i].name, subject);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
