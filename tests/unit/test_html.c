/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "text/html.h"

enum place { TEXT, CUT5, ATTR, URL, ANCHOR, TERMINAL };

static const struct {
	const char *sentence;
	enum place place;
	const char *bytes, *written;
} rows[] = {
	{"markup becomes text", TEXT, "<b>&\"'</b>", "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;"},
	{"newline and tab stay", TEXT, "a\n\tb", "a\n\tb"},
	{"a CR before a newline is dropped, a lone one is shown", TEXT, "a\r\nb\rc",
		"a\nb\xE2\x90\x8D"
		"c"},
	{"an escape sequence is shown", TEXT, "\x1B[31m", "\xE2\x90\x9B[31m"},
	{"a bidirectional override is spelled out", TEXT,
		"\xE2\x80\xAE"
		"gpj",
		"[U+202E]gpj"},
	{"an isolate is spelled out", TEXT, "\xE2\x81\xA6", "[U+2066]"},
	{"a zero-width space is spelled out", TEXT,
		"a\xE2\x80\x8B"
		"b",
		"a[U+200B]b"},
	{"a C1 control is spelled out", TEXT, "\xC2\x9B", "[U+009B]"},
	{"a byte that is no UTF-8 is replaced", TEXT, "\xFF", "\xEF\xBF\xBD"},
	{"other scripts stay", TEXT, "\xD7\xA9\xD7\x9C", "\xD7\xA9\xD7\x9C"},
	{"a missing text is nothing", TEXT, NULL, ""},
	{"a text of the limit is whole", CUT5, "12345", "12345"},
	{"a longer one ends with an ellipsis", CUT5, "123456", "12345\xE2\x80\xA6"},
	{"the limit counts characters", CUT5, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
		"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"},
	{"a quote does not end an attribute", ATTR, "\" onload='x'",
		"&quot; onload=&#39;x&#39;"},
	{"a relative address stays", URL, "c/altra-03/a..b.html#x", "c/altra-03/a..b.html#x"},
	{"https stays", URL, "https://lore.kernel.org/r/1?a=1&b=2",
		"https://lore.kernel.org/r/1?a=1&amp;b=2"},
	{"a script address leads nowhere", URL, "javascript:alert(1)", "#"},
	{"so does one with capitals", URL, "JaVaScRiPt:alert(1)", "#"},
	{"so does one hidden by a tab", URL, "java\tscript:alert(1)", "#"},
	{"so does one hidden by a blank", URL, " javascript:alert(1)", "#"},
	{"so does inline data", URL, "data:text/html,x", "#"},
	{"so does another host by two slashes", URL, "//evil.example", "#"},
	{"so does another host by backslashes", URL, "/\\evil.example", "#"},
	{"so does nothing", URL, NULL, "#"},
	{"quotes in an address are encoded", URL, "a\"b'c<d", "a%22b%27c%3Cd"},
	{"bytes beyond ASCII are encoded", URL, "\xC3\xA9", "%C3%A9"},
	{"an anchor reads well", ANCHOR, "g-thp 40/48/4K", "g-thp.40-48-4K"},
	{"an anchor holds no markup", ANCHOR, "\"><x", "_22_3E_3Cx"},
	{"a terminal gets no entities", TERMINAL, "a<b> & 'c'", "a<b> & 'c'"},
	{"a terminal gets no escapes and one line", TERMINAL, "\x1B]0;x\x07\nb",
		"\xE2\x90\x9B]0;x\xE2\x90\x87 b"},
};

static void write_place(FILE *out, enum place place, const char *bytes)
{
	switch (place) {
	case TEXT:
		html_text(out, bytes);
		break;
	case CUT5:
		html_text_cut(out, bytes, 5);
		break;
	case ATTR:
		html_attr(out, bytes);
		break;
	case URL:
		html_url(out, bytes);
		break;
	case ANCHOR:
		html_anchor(out, bytes);
		break;
	case TERMINAL:
		terminal_text(out, bytes, 100);
		break;
	}
}

static void text_is_escaped_by_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *written = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&written, &size);

		write_place(out, rows[i].place, rows[i].bytes);
		fclose(out);
		if (strcmp(written, rows[i].written))
			fail_msg("%s: got \"%s\"", rows[i].sentence, written);
	}
}

static void bytes_may_hold_nul(void **state)
{
	auto_free char *written = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&written, &size);

	(void)state;
	html_bytes(out, "a\0b", 3, 100);
	fclose(out);
	assert_string_equal(written,
		"a\xE2\x90\x80"
		"b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped_by_its_place),
		cmocka_unit_test(bytes_may_hold_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
