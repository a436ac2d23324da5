/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/alert.h"

#include "store_fixture.h"

#include "rules/alert.h"
#include "store/events.h"
#include "store/outbox.h"

/*
 * A store whose run is a confirm of 2+2 boots: both scenarios are slower by
 * `factor`, on a host that is not emulated unless asked.
 */
static void measure(struct store *s, double factor)
{
	static const char sides[] = "ABBAABBA";

	must(db_exec(
		s->db, "UPDATE comparisons SET confirm = 1, kind = 'confirm'", &store_err));
	for (int i = 0; sides[i]; i++) {
		int64_t boot = store_boot(s, sides[i], 1000 * i);
		double value = 1e6 * (sides[i] == 'B' ? factor : 1) * (1 + 1e-4 * (i % 3));

		for (int p = 1; p <= 3; p++)
			store_process(s, boot, p, value);
		store_boot_good(s, boot, 1000 * i + 500);
	}
	must(db_exec(s->db, "UPDATE comparisons SET state = 'done'", &store_err));
}

static struct settings read_settings(const char *mail)
{
	auto_free char *text = mem_printf("[host emulated]\ndriver = qemu\n[mail]\n%s", mail);
	struct settings settings;

	must(settings_parse("test", text, &settings, &store_err));
	return settings;
}

#define LIVE                                                                        \
	"from = Lab bot <bot@lab.example>\nto = list@example.org\nemulated = yes\n" \
	"smtp = smtp://localhost:25\n"

static struct mail first_mail(struct store *s)
{
	struct mail mail = {0};

	must(outbox_load(s->db, 1, &mail, &store_err));
	return mail;
}

static void a_regression_makes_an_event_and_its_mail(void **state)
{
	struct settings settings = read_settings(LIVE);
	struct event e = {0};
	struct mail mail;
	struct store s;

	(void)state;
	store_open(&s);
	measure(&s, 1.10);
	must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
	must(alert_judged(s.db, &settings, s.run.id, 1795860001000, &store_err)); /* once */
	must(event_load(s.db, 1, &e, &store_err));
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_string_equal(e.metric, "enable");
	assert_near(e.change, 0.10, 0.001);
	assert_string_equal(e.told, "mail");
	assert_int_equal(e.mail_count, 1);
	assert_string_equal(e.mails[0].message_id, e.message_id);
	mail = first_mail(&s);
	assert_string_equal(mail.state, "waiting");
	assert_string_equal(mail.sender, "bot@lab.example");
	assert_non_null(strstr(mail.recipients, "list@example.org"));
	assert_non_null(strstr(mail.message, "instructions executed, emulated host, not time"));
	assert_non_null(strstr(mail.message,
		"\n         %stddev     %change         %stddev\n"
		"             \\          |                \\  \n"));
	assert_non_null(strstr(mail.message, "| Reported-by: Lab bot <bot@lab.example>\n"));
	assert_null(strstr(mail.message, "| Closes:"));
	assert_null(strstr(mail.message, "regzbot"));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM outbox"), 1);
	mail_clear(&mail);
	event_clear(&e);
	settings_clear(&settings);
	store_close(&s);
}

/* The whole message; KVMPERF_GOLDEN=write writes what is expected anew. */
static void the_whole_mail_is_as_it_was(void **state)
{
	static const char path[] = "tests/unit/letter.golden";
	struct settings settings = read_settings(LIVE
		"cc-commit = author\narchive = https://lore.kernel.org/kvmarm\n"
		"site = https://lab.example\nlab = A lab\n"
		"owner = ann@lab.example\n");
	struct mail mail;
	struct store s;
	char *golden = NULL;

	(void)state;
	store_open(&s);
	must(db_exec(s.db,
		"UPDATE commits SET parent = (SELECT oid FROM commits WHERE id = 1), subject = "
		"'KVM: arm64: J\xC3\xBCrgen''s split' WHERE id = 2",
		&store_err));
	measure(&s, 1.10);
	must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
	mail = first_mail(&s);
	if (getenv("KVMPERF_GOLDEN"))
		scratch_write(path, mail.message);
	must(fs_read(path, 1 << 20, &golden, NULL, &store_err));
	assert_string_equal(mail.message, golden);
	free(golden);
	mail_clear(&mail);
	settings_clear(&settings);
	store_close(&s);
}

static const struct {
	const char *name, *mail;
	double factor;
	int events, mails;
	const char *told;
} stories[] = {
	{"an emulated host is not mailed", "from = a@b.org\nto = c@d.org\nsmtp = smtp://x:25\n",
		1.1, 1, 0, ""},
	{"nobody is configured: the mail is dry", "emulated = yes\n", 1.1, 1, 1, "mail"},
	{"an improvement waits for the digest", LIVE, 0.9, 1, 0, "digest"},
	{"no change is no event", LIVE, 1.0, 0, 0, ""},
};

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
		struct settings settings = read_settings(stories[i].mail);
		struct store s;

		store_open(&s);
		measure(&s, stories[i].factor);
		must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
		if (store_count(&s, "SELECT count(*) FROM events") != stories[i].events ||
			store_count(&s, "SELECT count(*) FROM outbox") != stories[i].mails)
			fail_msg("%s", stories[i].name);
		settings_clear(&settings);
		store_close(&s);
	}
}

static void names_cannot_add_a_header(void **state)
{
	struct settings settings = read_settings(LIVE "cc-commit = author\n");
	struct mail mail;
	struct store s;

	(void)state;
	store_open(&s);
	must(db_exec(s.db,
		"UPDATE commits SET subject = 'KVM: x' || char(13, 10) || 'Bcc: evil@x.org' || "
		"char(10, 10) || 'body', author = 'A' || char(10) || 'Bcc: e@x.org <a@x.org>'",
		&store_err));
	must(db_exec(s.db, "UPDATE comparisons SET branch = 'b' || char(10) || 'Bcc: q@x.org'",
		&store_err));
	measure(&s, 1.10);
	must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
	mail = first_mail(&s);
	*strstr(mail.message, "\n\n") = 0; /* the headers */
	assert_null(strstr(mail.message, "\nBcc"));
	assert_null(strstr(mail.recipients, "x.org"));
	mail_clear(&mail);
	settings_clear(&settings);
	store_close(&s);
}

static void who_made_the_commit_is_told_when_asked(void **state)
{
	struct settings settings =
		read_settings(LIVE "cc-commit = author committer reviewers\n");
	struct mail mail;
	struct store s;

	(void)state;
	store_open(&s);
	must(db_exec(s.db,
		"UPDATE commits SET parent = (SELECT oid FROM commits WHERE id = 1), people = "
		"'committer: C <c@d.org>' || char(10) || 'reviewed-by: R <r@d.org>' || "
		"char(10) || "
		"'reviewed-by: not an address' || char(10) WHERE id = 2",
		&store_err));
	measure(&s, 1.10);
	must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
	mail = first_mail(&s);
	assert_string_equal(
		mail.recipients, "a@example.org\nlist@example.org\nc@d.org\nr@d.org");
	assert_non_null(strstr(mail.message, "\nCc: C <c@d.org>, R <r@d.org>\n"));
	mail_clear(&mail);
	settings_clear(&settings);
	store_close(&s);
}

static void a_word_is_kept_with_its_reason(void **state)
{
	struct settings settings = read_settings(LIVE);
	struct event e = {0};
	struct store s;

	(void)state;
	store_open(&s);
	measure(&s, 1.10);
	must(alert_judged(s.db, &settings, s.run.id, 1795860000000, &store_err));
	must(alert_decide(s.db, 1, "invalid", "ann", "a fan was broken", 1, &store_err));
	assert_true(alert_decide(s.db, 1, "ack", "bob", "mine", 2, &store_err) < 0);
	assert_string_equal(
		store_err.text, "event 1 is invalid: it cannot become acknowledged");
	must(event_load(s.db, 1, &e, &store_err));
	assert_string_equal(e.steps[e.step_count - 1].why, "a fan was broken");
	event_clear(&e);
	settings_clear(&settings);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regression_makes_an_event_and_its_mail),
		cmocka_unit_test(the_whole_mail_is_as_it_was),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(names_cannot_add_a_header),
		cmocka_unit_test(who_made_the_commit_is_told_when_asked),
		cmocka_unit_test(a_word_is_kept_with_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
