/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/thread.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

/* A mail as "id<parent sender subject". */
static const struct row {
	const char *name;
	const char *mails[12];
	const char *id; /* that was asked for */
	int version;
	int code;
	const char *want; /* "id vN: patches remark", or words of the sentence */
} rows[] = {
	{"a cover letter and its patches",
		{"c< a [PATCH 0/2] t", "1<c a [PATCH 1/2] x", "2<c a [PATCH 2/2] y"}, NULL, 0,
		0, "c v1: 1 2"},
	{"the order of the file is not that of the patches",
		{"2<c a [PATCH 2/2] y", "1<c a [PATCH 1/2] x", "c< a [PATCH 0/2] t"}, NULL, 0,
		0, "c v1: 1 2"},
	{"a patch by itself", {"p< a [PATCH] x", "r<p b Re: [PATCH] x"}, NULL, 0, 0, "p v1: p"},
	{"a series without a cover letter", {"1< a [PATCH 1/2] x", "2<1 a [PATCH 2/2] y"}, NULL,
		0, 0, "1 v1: 1 2"},
	{"answers are no patches",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "r<1 b Re: [PATCH 1/1] x"}, NULL,
		0, 0, "c v1: 1"},
	{"the newest version, posted below the old one",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "d<c a [PATCH v2 0/1] t",
			"2<d a [PATCH v2 1/1] x"},
		NULL, 0, 0, "d v2: 2"},
	{"the version that was asked for",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "d<c a [PATCH v2 0/1] t",
			"2<d a [PATCH v2 1/1] x"},
		NULL, 1, 0, "c v1: 1"},
	{"a version that is not there", {"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x"}, NULL, 3,
		-ENOENT, "no version 3 of the series: it has v1"},
	{"a new version that is not complete is passed over",
		{"c< a [PATCH 0/2] t", "1<c a [PATCH 1/2] x", "2<c a [PATCH 2/2] y",
			"d<2 a [PATCH v2 2/2] y"},
		NULL, 0, 0, "c v1: 1 2 version 2 lacks patch 1 of 2, so version 1 is taken"},
	{"missing patches are told",
		{"c< a [PATCH 0/4] t", "1<c a [PATCH 1/4] x", "3<c a [PATCH 3/4] y"}, NULL, 0,
		-ENODATA, "patch 2, 4 of 4 is missing"},
	{"a cover letter alone", {"c< a [PATCH 0/2] t"}, NULL, 0, -ENODATA,
		"patch 1, 2 of 2 is missing"},
	{"another's patch in an answer does not count",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "z<1 b [PATCH v9] better"}, NULL,
		0, 0, "c v1: 1"},
	{"another's patch counts when it was asked for",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "z<1 b [PATCH v9] better"}, "z",
		0, 0, "z v9: z"},
	{"a fix by the same hand is no new version of the series",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "z<1 a [PATCH v2] fix"}, NULL, 0,
		0, "c v1: 1"},
	{"an old mail leads to the newest version",
		{"c< a [PATCH 0/1] t", "1<c a [PATCH 1/1] x", "2<c a [PATCH v2 1/1] x"}, "1", 0,
		0, "2 v2: 2"},
	{"posted again is the same version, newer",
		{"1< a [PATCH 1/1] x", "2<1 a [PATCH RESEND 1/1] x"}, NULL, 0, 0, "2 v1: 2"},
	{"a patch that came twice counts once",
		{"1< a [PATCH 1/2] x", "1b< a [PATCH 1/2] x", "2< a [PATCH 2/2] y"}, NULL, 0, 0,
		"1 v1: 1 2"},
	{"capitals of an address are of no weight",
		{"1< A [PATCH 1/2] x", "2<1 a [PATCH 2/2] y"}, NULL, 0, 0, "1 v1: 1 2"},
	{"the series that opens the thread is meant",
		{"z<q b [PATCH 1/1] other", "q< a [PATCH 1/1] x"}, NULL, 0, 0, "q v1: q"},
	{"patches in the names of their authors are one series",
		{"c< a [PATCH 0/2] t", "1<c b [PATCH 1/2] x", "2<c d [PATCH 2/2] y"}, "2", 0, 0,
		"c v1: 1 2 its patches come from several senders"},
	{"patches of one author below another's cover letter",
		{"c< a [PATCH 0/2] t", "1<c b [PATCH 1/2] x", "2<c b [PATCH 2/2] y"}, NULL, 0,
		0, "c v1: 1 2 its patches come from several senders"},
	{"what another one sends elsewhere fills no gap",
		{"c< a [PATCH 0/2] t", "1<c a [PATCH 1/2] x", "2<1 b [PATCH 2/2] y"}, NULL, 0,
		-ENODATA, "patch 2 of 2 is missing"},
	{"a number beyond another series is not looked for there",
		{"c< a [PATCH 0/1] t", "9<c b [PATCH 9/9] x", "1<c a [PATCH 1/1] y"}, NULL, 0,
		0, "c v1: 1"},
	{"an answer does not take a patch's place",
		{"z<c b [PATCH 1/2] mine", "c< a [PATCH 0/2] t", "1<c a [PATCH 1/2] x",
			"2<c a [PATCH 2/2] y"},
		NULL, 0, 0, "c v1: 1 2"},
	{"a thread of talk", {"1< a KVM: what is this", "2<1 b Re: KVM: what is this"}, NULL, 0,
		-ENOENT, "none of the 2 mails of the thread is a patch"},
	{"too many patches", {"c< a [PATCH 0/1000] t", "1<c a [PATCH 1/1000] x"}, NULL, 0,
		-EFBIG, "1000 patches, more than 500"},
	{"a huge total allocates nothing", {"1< a [PATCH 99999/99999] x"}, NULL, 0, -EFBIG,
		"99999 patches"},
};

static void make_mail(const char *text, struct posting *ret)
{
	char id[20], parent[20] = "", sender[20];
	const char *subject = strchr(strchr(text, ' ') + 1, ' ') + 1;

	if (sscanf(text, "%19[^<]<%19[^ ] %19s", id, parent, sender) != 3)
		assert_int_equal(sscanf(text, "%19[^<]< %19s", id, sender), 2);
	*ret = (struct posting){.id = mem_strdup(id),
		.reply_to = mem_strdup(parent),
		.from_name = mem_strdup(""),
		.from_mail = mem_printf("%s@example.org", sender),
		.subject = mem_strdup(subject),
		.body = mem_strdup("")};
}

static void test_choose(void **state)
{
	const struct row *row = *state;
	auto_posting_list struct posting_list list = {MEM_NEW(struct posting, 12), 0, 0};
	auto_posted struct posted posted = {0};
	auto_str struct str got = STR_INIT;
	struct err err = ERR_INIT;
	struct thread_wish wish = {row->id, row->version};
	int r;

	for (; row->mails[list.count]; list.count++)
		make_mail(row->mails[list.count], &list.mails[list.count]);
	r = thread_choose(&list, &wish, &posted, &err);
	if (r != row->code)
		fail_msg("code %d: %s", r, err.text);
	if (r < 0) {
		if (!strstr(err.text, row->want))
			fail_msg("says: %s", err.text);
		return;
	}
	str_addf(&got, "%s v%d:", posted.id, posted.version);
	for (int i = 0; i < posted.total; i++)
		str_addf(&got, " %s", list.mails[posted.patches[i]].id);
	if (posted.remark)
		str_addf(&got, " %s", posted.remark);
	assert_string_equal(got.text, row->want);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_choose, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
