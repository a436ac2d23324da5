/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/subject.h"

#include "support.h"

#include "base/mem.h"

static const struct row {
	const char *name, *text;
	struct subject want;
} rows[] = {
#define PATCH	 .patch = true
#define TITLE(t) .title = (char *)(uintptr_t)(t)
	{"a patch of a series", "[PATCH 2/12] KVM: arm64: x",
		{PATCH, .version = 1, .number = 2, .total = 12, TITLE("KVM: arm64: x")}},
	{"a cover letter is number 0", "[PATCH v4 0/3] x",
		{PATCH, .version = 4, .total = 3, TITLE("x")}},
	{"leading zeros are of no weight", "[PATCH v2 03/12] x",
		{PATCH, .version = 2, .number = 3, .total = 12, TITLE("x")}},
	{"a patch by itself is number 1 without a total", "[PATCH] x",
		{PATCH, .version = 1, .number = 1, TITLE("x")}},
	{"RFC before PATCH", "[RFC PATCH 01/12] x",
		{PATCH, .rfc = true, .version = 1, .number = 1, .total = 12, TITLE("x")}},
	{"words in any order", "[RESEND 1/2 RFC v7 PATCH] x",
		{PATCH, .rfc = true, .resend = true, .version = 7, .number = 1, .total = 2,
			TITLE("x")}},
	{"extra words are of no weight", "[PATCH kvm-arm64 net-next,v2 1/2] x",
		{PATCH, .version = 2, .number = 1, .total = 2, TITLE("x")}},
	{"the version sticks to the word", "[PATCHv3 1/2] x",
		{PATCH, .version = 3, .number = 1, .total = 2, TITLE("x")}},
	{"the version hangs on the word", "[RFC-v3 1/2] x",
		{PATCH, .rfc = true, .version = 3, .number = 1, .total = 2, TITLE("x")}},
	{"RFC with a number needs no PATCH", "[RFC 0/2] x",
		{PATCH, .rfc = true, .version = 1, .total = 2, TITLE("x")}},
	{"RFC alone is talk", "[RFC] x", {.rfc = true, .version = 1, .number = 1, TITLE("x")}},
	{"several brackets in front", "[kvm-unit-tests] [PATCH v2 1/1] x",
		{PATCH, .version = 2, .number = 1, .total = 1, TITLE("x")}},
	{"a bracket behind the title is the title's", "[PATCH] x [was: y]",
		{PATCH, .version = 1, .number = 1, TITLE("x [was: y]")}},
	{"a folded title has single blanks", "[PATCH\n  1/2]  one\n\t two ",
		{PATCH, .version = 1, .number = 1, .total = 2, TITLE("one two")}},
	{"small letters do", "[patch V2 1/2] x",
		{PATCH, .version = 2, .number = 1, .total = 2, TITLE("x")}},
	{"an answer is no patch", "Re: [PATCH v2 1/2] x",
		{.reply = true, .version = 2, .number = 1, .total = 2, TITLE("x")}},
	{"an answer to a part is no patch", "Re: (subset) [PATCH 1/2] x",
		{.reply = true, .version = 1, .number = 1, TITLE("(subset) [PATCH 1/2] x")}},
	{"an answer in another tongue is no patch", "AW: [PATCH] x",
		{.reply = true, .version = 1, .number = 1, TITLE("x")}},
	{"a pull request is no patch", "[GIT PULL] KVM/arm64 updates for 7.2",
		{.version = 1, .number = 1, TITLE("KVM/arm64 updates for 7.2")}},
	{"a pull request with patches is no patch", "[PULL PATCH 0/3] x",
		{.version = 1, .total = 3, TITLE("x")}},
	{"a number beyond the total is none", "[PATCH 5/3] x",
		{PATCH, .version = 1, .number = 1, TITLE("x")}},
	{"nothing of nothing is none", "[PATCH 0/0] x",
		{PATCH, .version = 1, .number = 1, TITLE("x")}},
	{"a number that does not fit is none", "[PATCH 1/99999999999999999999999] x",
		{PATCH, .version = 1, .number = 1, TITLE("x")}},
	{"version 0 is the first", "[PATCH v0 1/1] x",
		{PATCH, .version = 1, .number = 1, .total = 1, TITLE("x")}},
	{"a patch without a title is none", "[PATCH 1/2] ",
		{.version = 1, .number = 1, .total = 2, TITLE("")}},
	{"an open bracket is a title", "[PATCH 1/2 x",
		{.version = 1, .number = 1, TITLE("[PATCH 1/2 x")}},
	{"plain talk is no patch", "KVM: what is this",
		{.version = 1, .number = 1, TITLE("KVM: what is this")}},
	{"control characters become blanks", "[PATCH] a\x1b[31mb",
		{PATCH, .version = 1, .number = 1, TITLE("a [31mb")}},
	{"nothing", "", {.version = 1, .number = 1, TITLE("")}},
};

static void test_parse(void **state)
{
	const struct row *row = *state;
	auto_subject struct subject got = {0};

	subject_parse(row->text, &got);
	assert_string_equal(got.title, row->want.title);
	assert_int_equal(got.reply, row->want.reply);
	assert_int_equal(got.patch, row->want.patch);
	assert_int_equal(got.rfc, row->want.rfc);
	assert_int_equal(got.resend, row->want.resend);
	assert_int_equal(got.version, row->want.version);
	assert_int_equal(got.number, row->want.number);
	assert_int_equal(got.total, row->want.total);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_parse, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("subject", tests, NULL, NULL);
}
