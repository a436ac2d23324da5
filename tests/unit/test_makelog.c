/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/makelog.h"

#include "support.h"

#include "base/mem.h"

struct row {
	const char *name;
	const char *log;
	const char *reason;
};

static const struct row rows[] = {
	{"the compiler's error is told, without the source folder",
		"  CC      arch/arm64/kvm/mmu.o\n"
		"/b/source/arch/arm64/kvm/mmu.c: In function 'f':\n"
		"/b/source/arch/arm64/kvm/mmu.c:136:9: error: expected ';'\n"
		"make[4]: *** [Makefile:1: mmu.o] Error 1\n",
		"arch/arm64/kvm/mmu.c:136:9: error: expected ';'"},
	{"ccache's name of the source folder is left out too",
		"../source/a/b.c:1:1: error: x\n../../source/c.c:2: error: y\n../sources/d.c: "
		"error: z\n",
		"a/b.c:1:1: error: x; c.c:2: error: y; ../sources/d.c: error: z"},
	{"a missing header is an error", "a.c:1:10: fatal error: x.h: No such file\n",
		"a.c:1:10: fatal error: x.h: No such file"},
	{"three errors are enough",
		"a.c:1: error: one\na.c:2: error: two\na.c:3: error: three\na.c:4: error: "
		"four\n",
		"a.c:1: error: one; a.c:2: error: two; a.c:3: error: three"},
	{"without a compiler's error the linker is heard",
		"LD vmlinux\nmm.o: in function `g': undefined reference to `h'\n*** [x] Error "
		"1\n",
		"mm.o: in function `g': undefined reference to `h'"},
	{"without a linker's error make is heard",
		"checking\nmake[1]: *** [Makefile:9: x] Error 2\nmore\n",
		"make[1]: *** [Makefile:9: x] Error 2"},
	{"otherwise the last line counts", "one\ntwo\n\n", "two"},
	{"an empty log has a reason too", "", "make said nothing"},
	{"control characters become blanks", "a.c:1: error: \033[1mbold\t\n",
		"a.c:1: error:  [1mbold "},
	{"the last line needs no newline", "a.c:1: error: x", "a.c:1: error: x"},
};

static void test_reason(void **state)
{
	const struct row *row = *state;
	auto_free char *copy = mem_copy(row->log, strlen(row->log));
	auto_free char *reason = makelog_reason(copy, strlen(row->log), "/b/source");

	assert_string_equal(reason, row->reason);
}

static void test_long_line(void **state)
{
	auto_free char *log = mem_new(5001, 1);
	auto_free char *reason = NULL;

	(void)state;
	memset(log, 'x', 5000);
	memcpy(log, "a: error: ", 10);
	reason = makelog_reason(log, 5000, "");
	assert_int_equal(strlen(reason), 200);
}

static void test_nul_bytes(void **state)
{
	static const char log[] = "\0\0\nb\0: error: c\0d\n";
	auto_free char *reason = makelog_reason(log, sizeof(log) - 1, "");

	(void)state;
	assert_string_equal(reason, "b : error: c d");
}

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"a long line is cut", test_long_line, NULL, NULL, NULL},
		{"NUL bytes in a log become blanks", test_nul_bytes, NULL, NULL, NULL},
	};
	size_t count = 2;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[count++] = (struct CMUnitTest){
			rows[i].name, test_reason, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return _cmocka_run_group_tests("makelog", tests, count, NULL, NULL);
}
