/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mimeread.h"

#include <dirent.h>
#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "rules/thread.h"
#include "string/str.h"
#include "sys/fs.h"
#include "text/patchmail.h"

#define SEPARATOR "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
#define HEAD	  "From: A <a@b.c>\nMessage-ID: <1@x>\nSubject: s\n"
#define PARTS(type)                                             \
	HEAD "MIME-Version: 1.0\nContent-Type: multipart/" type \
	     "; boundary=\"=x\"\n\n"                            \
	     "prologue\n--=x\nContent-Type: text/plain\n\ntext\n--=x\n"

/* One mail each; what is NULL is not looked at. */
static const struct row {
	const char *name, *text;
	const char *id, *reply_to, *author, *subject, *body, *charset;
} rows[] = {
	{"plain text", HEAD "\nbody\n", "1@x", "", "A <a@b.c>", "s", "body\n", NULL},
	{"names of head lines in any case",
		"FROM: A <a@b.c>\nmessage-id: <1@x>\nsubject: s\nin-reply-to: <0@x>\n\nbody\n",
		"1@x", "0@x", "A <a@b.c>", "s", "body\n", NULL},
	{"Message-Id, as older programs write it",
		"From: A <a@b.c>\nMessage-Id: <1@x>\nSubject: s\n\nb\n", "1@x", NULL, NULL,
		NULL, NULL, NULL},
	{"a folded subject",
		"From: A <a@b.c>\nSubject: [PATCH 1/2] one\n  two\n\tthree\nMessage-ID: "
		"<1@x>\n\nb\n",
		NULL, NULL, NULL, "[PATCH 1/2] one two three", NULL, NULL},
	{"encoded words",
		"From: =?utf-8?q?J=C3=BCrgen?= <a@b.c>\nSubject: =?iso-8859-1?Q?=E4?= "
		"=?UTF-8?B?w7Y=?= u\n"
		"Message-ID: <1@x>\n\nb\n",
		NULL, NULL, "J\303\274rgen <a@b.c>", "\303\244\303\266 u", NULL, NULL},
	{"a control character in an encoded word becomes a blank",
		"From: A <a@b.c>\nSubject: a=?utf-8?q?=0Ab=1B?=c\nMessage-ID: <1@x>\n\nb\n",
		NULL, NULL, NULL, "a b c", NULL, NULL},
	{"a quoted name", "From: \"B, A\" <a@b.c>\nMessage-ID: <1@x>\nSubject: s\n\nb\n", NULL,
		NULL, "B, A <a@b.c>", NULL, NULL, NULL},
	{"an address without a name", "From: a@b.c\nMessage-ID: <1@x>\nSubject: s\n\nb\n", NULL,
		NULL, " <a@b.c>", NULL, NULL, NULL},
	{"no sender", "Message-ID: <1@x>\nSubject: s\n\nb\n", NULL, NULL, " <>", NULL, NULL,
		NULL},
	{"the last reference is what is answered", HEAD "References: <0@x>\n <2@x>\n\nb\n",
		NULL, "2@x", NULL, NULL, NULL, NULL},
	{"no Message-ID", "From: A <a@b.c>\nSubject: s\n\nb\n", "", NULL, NULL, "s", NULL,
		NULL},
	{"quoted-printable",
		HEAD "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
		     "quoted-printable\n\n"
		     "a =3D b =\nc\n+=09x\n",
		NULL, NULL, NULL, NULL, "a = b c\n+\tx\n", NULL},
	{"base64", HEAD "Content-Transfer-Encoding: base64\n\nK2EKLWIK\n", NULL, NULL, NULL,
		NULL, "+a\n-b\n", NULL},
	{"base64 of CR LF", HEAD "Content-Transfer-Encoding: base64\n\nK2ENCi1iDQo=\n", NULL,
		NULL, NULL, NULL, "+a\n-b\n", NULL},
	{"CR LF throughout",
		"From: A <a@b.c>\r\nMessage-ID: <1@x>\r\nSubject: s\r\n\r\nbody\r\n", "1@x",
		NULL, "A <a@b.c>", "s", "body\n", NULL},
	{"a signed mail is what was signed",
		PARTS("signed") "Content-Type: application/pgp-signature\n\n"
				"-----BEGIN PGP SIGNATURE-----\n--=x--\n",
		NULL, NULL, NULL, NULL, "text", NULL},
	{"an attached patch follows the text",
		PARTS("mixed") "Content-Type: text/x-patch\nContent-Disposition: "
			       "attachment\n\ndiff\n--=x--\n",
		NULL, NULL, NULL, NULL, "text\ndiff", NULL},
	{"HTML is not read",
		PARTS("alternative") "Content-Type: text/html\n\n<p>text\n--=x--\n", NULL, NULL,
		NULL, NULL, "text", NULL},
	{"a mail within a mail is not read",
		PARTS("mixed") "Content-Type: message/rfc822\n\nSubject: inner\n\ndiff "
			       "--git\n--=x--\n",
		NULL, NULL, NULL, NULL, "text", NULL},
	{"parts that never end", PARTS("mixed") "Content-Type: text/plain\n\nmore", NULL, NULL,
		NULL, NULL, "text\nmore", NULL},
	{"another character set is told",
		HEAD "Content-Type: text/plain; charset=ISO-8859-1\n\n\344\n", NULL, NULL, NULL,
		NULL, "\344\n", "ISO-8859-1"},
	{"a quoted separator", SEPARATOR HEAD "\n>From a\n", NULL, NULL, NULL, NULL, "From a\n",
		NULL},
	{"an empty body", HEAD "\n", "1@x", NULL, NULL, NULL, "", NULL},
	{"a body that is missing", "From: A <a@b.c>\nMessage-ID: <1@x>\nSubject: s", "1@x",
		NULL, NULL, "s", "", NULL},
};

static void check(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
}

static void test_mail(void **state)
{
	const struct row *row = *state;
	auto_posting_list struct posting_list list = {0};
	auto_free char *author = NULL;
	struct err err = ERR_INIT;

	if (mime_read("x.mbox", row->text, strlen(row->text), &list, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(list.count, 1);
	author = mem_printf("%s <%s>", list.mails[0].from_name, list.mails[0].from_mail);
	check(list.mails[0].id, row->id);
	check(list.mails[0].reply_to, row->reply_to);
	check(author, row->author);
	check(list.mails[0].subject, row->subject);
	check(list.mails[0].body, row->body);
	check(list.mails[0].charset ? list.mails[0].charset : "",
		row->charset ? row->charset : "");
	assert_int_equal(strlen(list.mails[0].body), list.mails[0].body_bytes);
	assert_null(list.mails[0].problem);
}

static void test_duplicates(void **state)
{
	static const char text[] =
		SEPARATOR HEAD "\none\n\n" SEPARATOR HEAD "List-Id: other\n\ntwo\n\n" SEPARATOR
			       "From: A <a@b.c>\nMessage-ID: <2@x>\nSubject: t\n\nthree\n";
	auto_posting_list struct posting_list list = {0};

	(void)state;
	assert_int_equal(mime_read("x", text, strlen(text), &list, NULL), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.duplicates, 1);
	assert_string_equal(list.mails[0].body, "one\n\n");
	assert_string_equal(list.mails[1].id, "2@x");
}

static void test_bounds(void **state)
{
	auto_str struct str text = STR_INIT;
	struct posting_list list = {0};
	struct err err = ERR_INIT;
	auto_free char *huge = MEM_NEW(char, (64 << 20) + 1);

	(void)state;
	assert_int_equal(mime_read("x.mbox", huge, (64 << 20) + 1, &list, &err), -EFBIG);
	assert_non_null(strstr(err.text, "x.mbox has more than 64 MiB"));
	assert_int_equal(mime_read("x.mbox", "", 0, &list, &err), -ENODATA);
	assert_int_equal(mime_read("x.mbox", "\n\n", 2, &list, &err), -ENODATA);
	for (int i = 0; i <= 5000; i++)
		str_addf(&text, SEPARATOR "Subject: %d\n\n\n", i);
	assert_int_equal(mime_read("x.mbox", text.text, text.length, &list, &err), -EFBIG);
	assert_non_null(strstr(err.text, "more than 5000 mails"));

	/* A mail that is too large keeps its head. */
	str_reset(&text);
	str_add(&text, HEAD "\n");
	memset(huge, 'a', 17 << 20);
	str_add_bytes(&text, huge, 17 << 20);
	assert_int_equal(mime_read("x.mbox", text.text, text.length, &list, &err), 0);
	assert_string_equal(list.mails[0].id, "1@x");
	assert_string_equal(list.mails[0].body, "");
	assert_string_equal(list.mails[0].problem, "the mail has 17 MiB, more than 16");
	posting_list_clear(&list);

	/* So does one of parts within parts without end. */
	str_reset(&text);
	str_add(&text, HEAD);
	for (int i = 0; i < 100000; i++)
		str_addf(&text, "Content-Type: multipart/mixed; boundary=\"%d\"\n\n--%d\n", i,
			i);
	assert_int_equal(mime_read("x.mbox", text.text, text.length, &list, &err), 0);
	assert_string_equal(list.mails[0].problem, "the mail has more than 100 parts");
	posting_list_clear(&list);
}

static void test_values(void **state)
{
	char *name = NULL, *mail = NULL;
	int64_t date_s = 0;
	int offset_min = 0;
	auto_free char *converted = mime_utf8("\344", "ISO-8859-1"),
		       *kept = mime_utf8("\344", "x-none"),
		       *whole = mime_utf8("\303\244", "ISO-8859-1");

	(void)state;
	assert_string_equal(converted, "\303\244");
	assert_string_equal(kept, "\344");
	assert_string_equal(whole, "\303\244"); /* it is UTF-8 whatever the mail says */
	assert_int_equal(mime_date("Wed, 21 Dec 2022 18:06:09 -0130", &date_s, &offset_min), 0);
	assert_int_equal(date_s, 1671651369);
	assert_int_equal(offset_min, -90);
	assert_int_equal(mime_date("yesterday", &date_s, &offset_min), -EINVAL);
	assert_int_equal(mime_address("nobody", &name, &mail), -EINVAL);
	assert_int_equal(mime_address("", &name, &mail), -EINVAL);
	assert_int_equal(mime_address("X <>, A <a@b.c>, B <d@e.f>", &name, &mail), 0);
	assert_string_equal(name, "A");
	assert_string_equal(mail, "a@b.c");
	free(name);
	free(mail);
}

/* ---- threads of the public archive ---- */

static const struct thread_row {
	const char *name, *file;
	const char *want; /* "mails, id version rfc total base", then a line a patch */
} thread_rows[] = {
	{"a request for comments of twelve patches",
		"mbox/kvmarm-2022-11-eager-split-rfc-12.mbox",
		"22 20221112081714.2169495-1-ricarkol@google.com v1 rfc 12 -\n"
		"KVM: arm64: Eager huge-page splitting for dirty-logging\n"
		"1 20221112081714.2169495-2-ricarkol@google.com Ricardo Koller\n"
		"2 20221112081714.2169495-3-ricarkol@google.com Ricardo Koller\n"
		"3 20221112081714.2169495-4-ricarkol@google.com Ricardo Koller\n"
		"4 20221112081714.2169495-5-ricarkol@google.com Ricardo Koller\n"
		"5 20221112081714.2169495-6-ricarkol@google.com Ricardo Koller\n"
		"6 20221112081714.2169495-7-ricarkol@google.com Ricardo Koller\n"
		"7 20221112081714.2169495-8-ricarkol@google.com Ricardo Koller\n"
		"8 20221112081714.2169495-9-ricarkol@google.com Ricardo Koller\n"
		"9 20221112081714.2169495-10-ricarkol@google.com Ricardo Koller\n"
		"10 20221112081714.2169495-11-ricarkol@google.com Ricardo Koller\n"
		"11 20221112081714.2169495-12-ricarkol@google.com Ricardo Koller\n"
		"12 20221112081714.2169495-13-ricarkol@google.com Ricardo Koller\n"},
	{"two patches by b4, the first stored before the cover letter",
		"mbox/kvmarm-2022-12-b4-sysreg-cleanups-2.mbox",
		"5 20221221-kvm-sysreg-cleanup-v1-0-112ddb14fb4e@kernel.org v1 - 2 "
		"e45fb347b630ee76482fe938ba76cf8eab811290\n"
		"KVM: arm64: syreg cleanups/fixes\n"
		"1 20221221-kvm-sysreg-cleanup-v1-1-112ddb14fb4e@kernel.org Mark Brown\n"
		"2 20221221-kvm-sysreg-cleanup-v1-2-112ddb14fb4e@kernel.org Mark Brown\n"},
};

static void test_thread(void **state)
{
	const struct thread_row *row = *state;
	auto_posting_list struct posting_list list = {0};
	auto_posted struct posted posted = {0};
	auto_basis struct basis basis = {0};
	auto_str struct str got = STR_INIT;
	auto_free char *text = NULL;
	struct thread_wish wish = {0};
	struct err err = ERR_INIT;
	const struct posting *cover;
	char path[4096];
	size_t bytes;

	if (!shared_vector(row->file, path, sizeof(path)))
		skip();
	assert_int_equal(fs_read(path, 1 << 26, &text, &bytes, &err), 0);
	assert_int_equal(mime_read(path, text, bytes, &list, &err), 0);
	if (thread_choose(&list, &wish, &posted, &err) < 0)
		fail_msg("%s", err.text);
	cover = &list.mails[posted.cover];
	basis_read(cover->body, cover->body_bytes, &basis);
	str_addf(&got, "%zu %s v%d %s %d %s\n%s\n", list.count, posted.id, posted.version,
		posted.rfc ? "rfc" : "-", posted.total, basis.commit ? basis.commit : "-",
		posted.subject);
	for (int i = 0; i < posted.total; i++) {
		const struct posting *mail = &list.mails[posted.patches[i]];

		str_addf(&got, "%d %s %s\n", i + 1, mail->id, mail->from_name);
		assert_string_equal(mail->reply_to, posted.id);
	}
	assert_string_equal(got.text, row->want);
}

/* Each file of the folder is in the table above. */
static void test_all_threads(void **state)
{
	char path[4096];
	DIR *folder;

	(void)state;
	if (!shared_vector("mbox/README.md", path, sizeof(path)))
		skip();
	*strrchr(path, '/') = '\0';
	folder = opendir(path);
	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		bool known = !text_ends(entry->d_name, ".mbox");

		for (size_t i = 0; i < ARRAY_SIZE(thread_rows); i++)
			known |= text_ends(thread_rows[i].file, entry->d_name);
		if (!known)
			fail_msg("%s is in no row", entry->d_name);
	}
	closedir(folder);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(thread_rows) + 4] = {
		{"a mail that came twice is kept once", test_duplicates, NULL, NULL, NULL},
		{"size, number and nesting are limited", test_bounds, NULL, NULL, NULL},
		{"addresses, dates and character sets by themselves", test_values, NULL, NULL,
			NULL},
		{"every shared thread is looked at", test_all_threads, NULL, NULL, NULL},
	};
	size_t count = 4;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[count++] = (struct CMUnitTest){
			rows[i].name, test_mail, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	for (size_t i = 0; i < ARRAY_SIZE(thread_rows); i++)
		tests[count++] = (struct CMUnitTest){thread_rows[i].name, test_thread, NULL,
			NULL, (void *)(uintptr_t)&thread_rows[i]};
	return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
