/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mime.h"

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

static char *write(const char *subject, const char *name, const char *body)
{
	struct mailbox from = {(char *)(uintptr_t)name, (char *)(uintptr_t) "bot@lab.example"};
	struct mailboxes to = {0};
	char *text;

	mailboxes_add(&to, "", "a@b.org");
	text = mime_write(&(struct mime_mail){.from = &from,
		.to = &to,
		.subject = subject,
		.message_id = "1@lab",
		.in_reply_to = "0@lab",
		.references = "0@lab 9@lab",
		.unix_ms = 1795860000000,
		.body = body});
	mailboxes_clear(&to);
	return text;
}

static const struct {
	const char *name, *subject, *from, *body, *has, *lacks;
} mails[] = {
	{"a body stays UTF-8", "s", "n", "J\xC3\xBCrgen \xC2\xB1 2%\n",
		"J\xC3\xBCrgen \xC2\xB1 2%\n", "quoted"},
	{"what is no UTF-8 is repaired", "s", "n", "a\xFF z\n", "a\xEF\xBF\xBD z\n", "\xFF"},
	{"a subject with a line break is one line", "a\r\nBcc: x@y.org", "n", "b\n",
		"Subject: a", "\nBcc"},
	{"a name with a line break is one line", "s", "n\nBcc: x@y.org", "b\n",
		"From: ", "\nBcc"},
	{"a subject that is not ASCII is encoded", "J\xC3\xBCrgen", "n", "b\n", "=?", "J\xC3"},
	{"a thread is told", "s", "n", "b\n", "In-Reply-To: <0@lab>\n", "<<"},
	{"all of it", "s", "n", "b\n", "References: <0@lab> <9@lab>\n", "<<"},
	{"two blanks of a subject stay", "[next] [KVM]  12:  x", "n", "b\n",
		"Subject: [next] [KVM]  12:  x\n", "quoted"},
};

static void test_mails(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mails); i++) {
		auto_free char *text = write(mails[i].subject, mails[i].from, mails[i].body);

		if (!strstr(text, mails[i].has) || strstr(text, mails[i].lacks) ||
			!strstr(text, "charset=utf-8"))
			fail_msg("%s:\n%s", mails[i].name, text);
	}
}

static void a_line_that_is_too_long_is_folded_by_the_encoding(void **state)
{
	auto_str struct str body = STR_INIT;
	auto_free char *text = NULL;

	(void)state;
	for (int i = 0; i < 2000; i++)
		str_add_char(&body, 'x');
	str_add(&body, "\n");
	text = write("s", "n", str_text(&body));
	assert_non_null(strstr(text, "quoted-printable"));
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		assert_true(strcspn(line, "\n") <= 78);
}

static const struct {
	const char *name, *unit;
} overlong[] = {
	{"one word", "x"},
	{"one word that is not ASCII", "\xC3\xBC"},
	{"many words", "word "},
	{"words that are not ASCII", "w\xC3\xB6rd "},
	{"what is no UTF-8", "\xFF\xFE"},
	{"encoded words of somebody else", "=?utf-8?q?=0aBcc:_x=40y.org?="},
};

/* RFC 5322: 998 bytes are the most that a server must take. */
static void no_header_line_is_too_long(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(overlong); i++) {
		auto_str struct str long_text = STR_INIT;
		auto_free char *text = NULL;
		const char *line;

		for (int k = 0; k < 3000; k++)
			str_add(&long_text, overlong[i].unit);
		text = write(str_text(&long_text), str_text(&long_text), "b\n");
		for (line = text; *line != '\n'; line += strcspn(line, "\n") + 1) {
			if (strcspn(line, "\n") > 998 || strncmp(line, "Bcc", 3) == 0)
				fail_msg("%s: %.200s", overlong[i].name, line);
			for (size_t k = 0; line[k] != '\n'; k++)
				if ((unsigned char)line[k] >= 0x7f || line[k] == '\r')
					fail_msg("%s: byte %d", overlong[i].name, line[k]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mails),
		cmocka_unit_test(no_header_line_is_too_long),
		cmocka_unit_test(a_line_that_is_too_long_is_folded_by_the_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
