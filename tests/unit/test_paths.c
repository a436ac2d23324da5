/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/paths.h"

#include "support.h"

#include "base/mem.h"

#define ARM64 "arch/arm64/kvm virt/kvm arch/arm64/include/asm/kvm*"

static const struct {
	const char *name, *patterns, *path;
	enum paths_answer want;
} rows[] = {
	{"the folder itself", ARM64, "arch/arm64/kvm", PATHS_MEANT},
	{"a file below it", ARM64, "arch/arm64/kvm/hyp/pgtable.c", PATHS_MEANT},
	{"a folder that only begins alike", ARM64, "arch/arm64/kvmx", PATHS_NONE},
	{"the way to it", ARM64, "arch/arm64", PATHS_BENEATH},
	{"a neighbour", ARM64, "arch/x86", PATHS_NONE},
	{"a file of the pattern", ARM64, "arch/arm64/include/asm/kvm_pgtable.h", PATHS_MEANT},
	{"another file of that folder", ARM64, "arch/arm64/include/asm/tlb.h", PATHS_NONE},
	{"what lies in a folder of the pattern", ARM64, "arch/arm64/include/asm/kvm/x",
		PATHS_MEANT},
	{"a star does not cross a slash", "arch/*/kvm", "arch/a/b/kvm", PATHS_NONE},
	{"a star stands for one part", "arch/*/kvm", "arch/arm64/kvm/a.c", PATHS_MEANT},
	{"a way under a star", "arch/*/kvm", "arch/arm64", PATHS_BENEATH},
	{"a slash at the end means nothing", "virt/kvm/", "virt/kvm/a.c", PATHS_MEANT},
	{"a hidden file is met by a star", "a/*", "a/.x", PATHS_MEANT},
	{"everything", "*", "Makefile", PATHS_MEANT},
	{"no pattern means nothing", "", "a", PATHS_NONE},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strv struct strv patterns = STRV_INIT;

		strv_split(&patterns, rows[i].patterns, " ");
		if (paths_ask(&patterns, rows[i].path) != rows[i].want)
			fail_msg("%s: %d", rows[i].name, paths_ask(&patterns, rows[i].path));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
