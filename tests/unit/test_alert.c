/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/alert.h"

#include "alert_fixture.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

/* A process: "enable" as told, "disable" the half of it, "get" always the same. */
static void execute(struct store *s, int64_t boot, const struct scenario *scenario, int ordinal,
	double enable)
{
	const struct process_value values[] = {
		{"enable", "s", 0, 0.001},
		{"insn.enable", "instructions", 1, enable},
		{"insn.get", "instructions", 1, 900000 + 40000 * (ordinal % 2)},
		{"insn.disable", "instructions", 1, enable / 2},
	};
	struct process_report report = {.command = TEXT("./dirty_log_perf_test -g -m 7")};

	must(process_store(s->db, boot, scenario, STORE_MODE, ordinal, &report, values,
		ARRAY_SIZE(values), &store_err));
}

/*
 * A store whose run is a confirm of 2+2 boots: both scenarios are slower by
 * `factor`, on a host that is not emulated unless asked.
 */
static void measure(struct store *s, double factor)
{
	static const char sides[] = "ABBAABBA";
	static const struct boot_report report = {.release = TEXT("6.12.0"),
		.kvm_mode = TEXT("VHE mode"),
		.facts = TEXT("page-size: 4096\n"
			      "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1: "
			      "0x00000000413fd0c1\n"
			      "/sys/devices/system/cpu/cpu1/regs/identification/midr_el1: "
			      "0x00000000413fd0c1\n"
			      "/sys/class/dmi/id/bios_version: 1.2-3\n"
			      "/proc/meminfo: MemTotal:       263881372 kB\n")};

	must(db_exec(
		s->db, "UPDATE comparisons SET confirm = 1, kind = 'confirm'", &store_err));
	for (int i = 0; sides[i]; i++) {
		int64_t boot = store_boot(s, sides[i], 1000 * i);
		double value = 1e6 * (sides[i] == 'B' ? factor : 1) * (1 + 1e-4 * (i % 3));

		for (int p = 1; p <= 3; p++)
			for (size_t n = 0; n < s->plan.scenario_count; n++)
				execute(s, boot, &s->plan.scenarios[n], p,
					value * (1 + (double)n));
		must(boot_end(s->db, boot, &report, 1000 * i + 500, &store_err));
	}
	must(db_exec(s->db,
		"INSERT INTO tests (id, sha256, path, source_oid, built_unix_ms) VALUES (1, "
		"'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', '/t', "
		"'a', 1); UPDATE comparisons SET state = 'done', test_id = 1",
		&store_err));
}

static struct mail first_mail(struct store *s)
{
	struct mail mail = {0};

	must(outbox_load(s->db, 1, &mail, &store_err));
	return mail;
}

static void a_regression_makes_an_event_and_its_mail(void **state)
{
	struct settings settings = alert_settings(ALERT_LIVE);
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
	struct settings settings = alert_settings(ALERT_LIVE
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

/* The mean of what was stored; all processes of a boot have the same but for "get". */
static double sample_mean(struct store *s, char side, const char *metric, const char *scenario)
{
	char name[] = {side, 0};
	auto_query struct query *query = NULL;

	must(query_open(s->db,
		"SELECT avg(x.value) FROM samples x JOIN processes p ON p.id = x.process_id "
		"JOIN boots b ON b.id = p.boot_id JOIN quantities q ON q.id = x.quantity_id "
		"WHERE b.side = :side AND p.scenario = :scenario AND q.name = 'insn.' || "
		":metric",
		&query, &store_err));
	query_bind_text(query, ":side", name);
	query_bind_text(query, ":scenario", scenario);
	query_bind_text(query, ":metric", metric);
	assert_int_equal(query_step(query, NULL), 1);
	return query_real(query, 0);
}

/* The golden letter's table, read back and held against the store. */
static void the_table_of_the_whole_mail_reads_back(void **state)
{
	struct settings settings = alert_settings(ALERT_LIVE);
	struct store s;
	char *golden = NULL, *line, *save = NULL;
	int rows = 0;

	(void)state;
	store_open(&s);
	measure(&s, 1.10);
	must(fs_read("tests/unit/letter.golden", 1 << 20, &golden, NULL, &store_err));
	line = strstr(golden, "\\          |                \\  \n");
	assert_non_null(line);
	for (line = strtok_r(strchr(line, '\n'), "\n", &save); line && strstr(line, "_insn.");
		line = strtok_r(NULL, "\n", &save)) {
		char metric[40], scenario[40], mode[40];
		double base, change, fresh, want[2];

		assert_int_equal(sscanf(line, "%lf %lf%% %lf  %39[^_]_insn.%39[^.].%39s", &base,
					 &change, &fresh, metric, scenario, mode),
			6);
		want[0] = sample_mean(&s, 'A', metric, scenario);
		want[1] = sample_mean(&s, 'B', metric, scenario);
		assert_near(base, want[0], 1);
		assert_near(fresh, want[1], 1);
		assert_near(change, 100 * (want[1] / want[0] - 1), 0.05 + 1e-9);
		assert_string_equal(mode, "40/48/4K");
		rows++;
	}
	assert_int_equal(rows, 4);
	free(golden);
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
	{"an improvement waits for the digest", ALERT_LIVE, 0.9, 1, 0, "digest"},
	{"no change is no event", ALERT_LIVE, 1.0, 0, 0, ""},
};

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
		struct settings settings = alert_settings(stories[i].mail);
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
	struct settings settings = alert_settings(ALERT_LIVE "cc-commit = author\n");
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
		alert_settings(ALERT_LIVE "cc-commit = author committer reviewers\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regression_makes_an_event_and_its_mail),
		cmocka_unit_test(the_whole_mail_is_as_it_was),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(names_cannot_add_a_header),
		cmocka_unit_test(who_made_the_commit_is_told_when_asked),
		cmocka_unit_test(the_table_of_the_whole_mail_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
