/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/event.h"

#include <string.h>

#include <jansson.h>

#include "sample.h"
#include "support.h"
#include "sys/fs.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

/* An event of one cell with a story; its texts are borrowed. */
struct told {
	struct event event;
	struct event_cell cell;
	struct event_step steps[2];
	struct event_evidence evidence;
	struct event_mail mail;
};

static const char oid_a[] = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";
static const char oid_b[] = "66af37cfac0aec061cc4bcf4a065b0c52f7e19aa";

static void make_event(struct told *t, int64_t id, const char *hostile)
{
	const char *any = hostile ? hostile : "KVM: arm64: slower";

	memset(t, 0, sizeof(*t));
	t->cell = (struct event_cell){1, TEXT(hostile ? hostile : "altra-03"), TEXT(any),
		TEXT(any), TEXT(any), TEXT("s"), 0.1, 0.08, 0.12, 0.02, 0.18, 0.2};
	t->steps[0] =
		(struct event_step){1741046400000, TEXT(any), TEXT(any), TEXT(""), TEXT("new")};
	t->steps[1] = (struct event_step){
		1741046500000, TEXT("kvmperf"), TEXT(any), TEXT("new"), TEXT("confirmed")};
	t->evidence = (struct event_evidence){5, EVENT_OPENED, 1741046400000,
		TEXT(hostile ? hostile : "altra-03"), TEXT(oid_a), TEXT(oid_b)};
	t->mail = (struct event_mail){
		1, TEXT("report"), TEXT("sent"), TEXT(any), TEXT(any), 1741046400000};
	t->event = (struct event){.id = id,
		.branch = TEXT(any),
		.repository = TEXT(hostile ? "javascript:alert(1)" : "https://example.org/k"),
		.from = {.id = 1,
			.oid = TEXT(oid_a),
			.subject = TEXT(any),
			.author = TEXT(any),
			.parent = TEXT(""),
			.people = TEXT("")},
		.to = {.id = 2,
			.oid = TEXT(oid_b),
			.subject = TEXT(any),
			.author = TEXT(any),
			.parent = TEXT(oid_a),
			.people = TEXT("")},
		.state = EVENT_CONFIRMED,
		.metric = TEXT("clear-first"),
		.title = TEXT(hostile ? hostile : "clear dirty log, first pass"),
		.unit = TEXT("s"),
		.change = 0.101,
		.low = 0.092,
		.high = 0.11,
		.cells_flagged = 1,
		.cells_judged = 12,
		.sentence = TEXT(hostile ? hostile : "Regressed: clear dirty log"),
		.told = TEXT("mail"),
		.message_id = TEXT(any),
		.opened_unix_ms = 1741046400000,
		.updated_unix_ms = 1741046500000,
		.cells = &t->cell,
		.cell_count = 1,
		.steps = t->steps,
		.step_count = 2,
		.evidence = &t->evidence,
		.evidence_count = 1,
		.mails = &t->mail,
		.mail_count = 1};
}

static char *read_file(const char *site, const char *name)
{
	auto_free char *path = mem_printf("%s/%s", site, name);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static void an_event_shows_what_changed_where_and_its_story(void **state)
{
	static const char *const parts[] = {"+10.1", "1 of 12", "altra-03", "a1b2c3d4e5f6",
		"66af37cfac0a", "confirmed", "../c/altra-03/a1b2c3d4e5f6..66af37cfac0a.html"};
	auto_site char *site = sample_site();
	auto_free char *page = NULL, *data = NULL;
	struct err err = ERR_INIT;
	struct told told;
	json_t *root;

	(void)state;
	make_event(&told, 31, NULL);
	assert_int_equal(page_event_write(site, &told.event, &err), 0);
	page = read_file(site, "e/31.html");
	data = read_file(site, "e/31.json");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strstr(page, parts[i]))
			fail_msg("the page lacks \"%s\"", parts[i]);
	root = json_loads(data, 0, NULL);
	assert_non_null(root);
	assert_string_equal(
		json_string_value(json_object_get(root, "format")), "kvmperf.event");
	json_decref(root);
}

/* What no text from outside may become. */
static void check_harmless(const char *page)
{
	static const char *const never[] = {"<script>alert", "<img", "href=\"javascript",
		"onerror=\"", "\xE2\x80\xAE", "\x1b", "\xff"};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (strstr(page, never[i]))
			fail_msg("the page has \"%s\"", never[i]);
}

static void hostile_names_are_text(void **state)
{
	static const char attack[] =
		"\"'><script>alert(1)</script><img src=x onerror=\"y\"> "
		"javascript:alert(1) \xE2\x80\xAE rtl \xff \x1b[31m ../..";
	auto_site char *site = sample_site();
	auto_free char *longest = mem_new(10001, 1), *page = NULL, *other = NULL, *feed = NULL;
	struct err err = ERR_INIT;
	struct told told[2];

	(void)state;
	memset(longest, '<', 10000);
	make_event(&told[0], 32, attack);
	make_event(&told[1], 33, longest);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		assert_int_equal(page_event_write(site, &told[i].event, &err), 0);
	page = read_file(site, "e/32.html");
	other = read_file(site, "e/33.html");
	check_harmless(page);
	assert_null(strstr(other, "<<"));
	assert_true(strlen(other) < 300 << 10);
	assert_int_equal(
		page_feed_write(site, (struct event[]){told[0].event, told[1].event}, 2, &err),
		0);
	feed = read_file(site, "events.atom");
	check_harmless(feed);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		n++;
	return n;
}

static void the_feed_has_an_entry_a_state_under_an_id_that_stays(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *one = NULL, *two = NULL;
	struct err err = ERR_INIT;
	struct told told;

	(void)state;
	make_event(&told, 31, NULL); /* of new nobody is told yet */
	assert_int_equal(page_feed_write(site, &told.event, 1, &err), 0);
	one = read_file(site, "events.atom");
	assert_int_equal(count(one, "<entry>"), 1);
	told.event.steps = (struct event_step[]){told.steps[0], told.steps[1],
		{1741046600000, TEXT("me"), TEXT("mine"), TEXT("confirmed"),
			TEXT("acknowledged")}};
	told.event.step_count = 3;
	assert_int_equal(page_feed_write(site, &told.event, 1, &err), 0);
	two = read_file(site, "events.atom");
	assert_int_equal(count(two, "<entry>"), 2);
	for (const char *at = one; (at = strstr(at, "<id>")); at++) {
		auto_free char *id =
			mem_strndup(at, (size_t)(strstr(at, "</id>") - at) + strlen("</id>"));

		assert_int_equal(count(two, id), 1);
	}
	/* none at all is a feed too */
	assert_int_equal(page_feed_write(site, NULL, 0, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_shows_what_changed_where_and_its_story),
		cmocka_unit_test(hostile_names_are_text),
		cmocka_unit_test(the_feed_has_an_entry_a_state_under_an_id_that_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
