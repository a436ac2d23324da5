/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <jansson.h>

#include "model/event.h"
#include "model/front_page.h"
#include "model/site_map.h"
#include "page/index.h"
#include "page/kernel.h"
#include "rules/display.h"
#include "sample.h"
#include "sys/fs.h"
#include "view/listing.h"

enum { COMPARISONS = 4 };

static const char broken[] = "bad0cafe00112233445566778899aabbccddeeff";

static char *read_file(const char *site, const char *name)
{
	auto_free char *path = mem_printf("%s/%s", site, name);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static void add_host(struct front_page *front, const char *name, const char *driver)
{
	front->hosts = mem_grow(front->hosts, front->host_count + 1, sizeof(*front->hosts));
	front->hosts[front->host_count++] = (struct front_host){
		.name = mem_strdup(name),
		.driver = mem_strdup(driver),
		.emulated = strcmp(driver, "qemu") == 0,
		.state = mem_strdup("idle"),
		.boots = 31,
		.failed_boots = 1,
		.seen_unix_ms = 1772604604000,
	};
}

static void add_failure(struct front_page *front)
{
	front->failures = MEM_NEW(struct front_failure, 1);
	front->failure_count = 1;
	front->failures[0] = (struct front_failure){
		.branch = mem_strdup("kvmarm/next"),
		.oid = mem_strdup(broken),
		.subject = mem_strdup("KVM: arm64: break the build"),
		.failure = FAILURE_BUILD,
		.symptom = SYMPTOM_COMPILE,
		.reason = mem_strdup("arch/arm64/kvm/mmu.c:77:2: error: expected ';'"),
		.updated_unix_ms = 1772604604000,
	};
}

/* A comparison as the store lists it, and the word that its page left. */
static void add_line(
	struct front_page *front, struct site_comparison *line, enum sample_kind kind)
{
	static char attack[] = SAMPLE_ATTACK, plain[] = "kvmarm/next", host[] = "emu-01";
	static char base[] = "a1b2c3d4e5f6", fresh[] = "def456789abc", done[] = "done";
	struct comparison c;
	struct brief brief;
	auto_free char *word = NULL;

	sample_comparison(&c, kind, 7);
	display_brief(&c, &brief);
	word = brief_write(&brief);
	*line = (struct site_comparison){
		.id = 9 - (int)kind,
		.host = host,
		.branch = kind == SAMPLE_HOSTILE ? attack : plain,
		.kind = done,
		.state = done,
		.base_oid = base,
		.fresh_oid = fresh,
		.subject = kind == SAMPLE_HOSTILE ? attack : plain,
		.updated_unix_ms = 1772604604000,
		.has_page = 1,
	};
	front_page_add(front, line, word);
	brief_clear(&brief);
	comparison_clear(&c);
}

static void the_front_page_lists_everything(void **state)
{
	struct site_comparison all[COMPARISONS];
	struct front_page front = {.title = mem_strdup("KVM/arm64 dirty logging"),
		.updated_unix_ms = 1772605330000};
	struct err err = ERR_INIT;
	auto_site char *site = sample_site();
	auto_free char *page = NULL, *data = NULL;
	json_t *root;

	(void)state;
	for (size_t i = 0; i < COMPARISONS; i++)
		add_line(&front, &all[i], (enum sample_kind)i);
	add_host(&front, "emu-01", "qemu");
	add_host(&front, "altra-03", "ssh");
	add_failure(&front);
	if (page_index_write(site, &front, &err) < 0)
		fail_msg("%s", err.text);
	page = read_file(site, "index.html");
	data = read_file(site, "index.json");
	assert_non_null(strstr(page, "href=\"c/emu-01/a1b2c3d4e5f6..def456789abc.html\""));
	assert_non_null(strstr(page, "href=\"k/bad0cafe0011.html\""));
	assert_non_null(strstr(page, "does not compile"));
	assert_non_null(strstr(page, "altra-03"));
	assert_null(strstr(page, "<script>"));
	root = json_loads(data, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(root, "format")), "kvmperf.index");
	assert_int_equal(json_array_size(json_object_get(root, "comparisons")), COMPARISONS);
	json_decref(root);
	front_page_clear(&front);
}

static void the_front_page_says_how_far_to_trust_it(void **state)
{
	struct front_page front = {.aa_runs = 37,
		.boots = 1000,
		.boots_failed = 6,
		.precision = {.told = 5, .agreed = 3, .invalid = 1}};
	struct err err = ERR_INIT;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	assert_int_equal(page_index_write(site, &front, &err), 0);
	page = read_file(site, "index.html");
	assert_non_null(
		strstr(page, "A/A runs: 0 alerts of 37 (below 7.8 % of runs, at 95 %)"));
	assert_non_null(strstr(page,
		"Events told: 5; 3 agreed with, 1 invalid, 1 not yet "
		"answered: precision 75 %"));
	assert_non_null(strstr(page, "Boots lost or failed: 0.6 % of 1000"));
}

static void a_branch_is_shown_against_its_anchor(void **state)
{
	static const struct {
		const char *word, *wanted, *absent;
	} rows[] = {
		{"drift 60 v6.18 0.031 0.027 0.035 | enable 0.02 nan nan | clear-first 0.1 "
		 "0.09 "
		 "0.11",
			">+3.1 % [+2.7, +3.5]</a><small>since v6.18</small>", "no data yet"},
		{"drift 60 v6.18 0.031 0.027 0.035 | enable 0.02 nan nan",
			"against v6.18, n = 60 kernels, all configurations; grey: the minimum "
			"effect; instructions executed, emulated host, not time",
			"no data yet"},
		{"drift 60 v6.18 0.031 0.027 0.035 | enable 0.02 nan nan",
			"src=\"r/kvmarm=2Fnext/emu-01.enable.svg\"", "no data yet"},
		{"drift 1 v6.18 0 nan nan | enable 0 nan nan", "<td>no data yet</td>",
			"Since the anchor"},
		{NULL, "<td>no data yet</td>", "Since the anchor"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct site_comparison line;
		struct front_page front = {NULL};
		struct err err = ERR_INIT;
		auto_free char *page = NULL;
		auto_site char *site = sample_site();

		add_line(&front, &line, SAMPLE_JUDGED);
		front_page_add_drift(&front,
			&(struct front_drift){"kvmarm/next", "emu-01", true, rows[i].word});
		assert_int_equal(page_index_write(site, &front, &err), 0);
		page = read_file(site, "index.html");
		if (!strstr(page, rows[i].wanted) || strstr(page, rows[i].absent))
			fail_msg("row %zu: no \"%s\"", i, rows[i].wanted);
		front_page_clear(&front);
	}
}

/* What the front page says of a branch and a host, state by state. */
static void every_state_of_a_branch_and_a_host_is_told(void **state)
{
	static char no_route[] = "<b>no route</b>";
	static const struct {
		const char *sentence;
		struct front_queue queue;
		const char *health, *does, *wanted;
	} rows[] = {
		{"nothing is to be done", {.looked_unix_ms = 1772604604000}, "ok", "idle",
			">when it moves<small>looked at <time "},
		{"two jobs wait", {.waiting = 2, .place = 3}, "ok", "idle",
			">queued as number 3<small>2 jobs</small>"},
		{"a job is built", {.building = 1, .place = 1}, "ok", "idle",
			">being built now<"},
		{"a job is measured", {.running = 1}, "ok", "idle", ">running now<"},
		{"nothing begins", {.waiting = 1, .place = 1, .is_paused = true}, "ok", "idle",
			">queued as number 1<small>the service is paused</small>"},
		{"the branch was deleted", {.is_gone = true}, "ok", "idle",
			">never: the branch is gone<"},
		{"the repository cannot be reached", {.problem = no_route}, "ok", "idle",
			"x not looked at: &lt;b&gt;no route&lt;/b&gt;"},
		{"the host was never checked", {NULL}, "unknown", "idle", ">unknown<"},
		{"the host is quarantined", {NULL}, "quarantined", "idle",
			">x quarantined<small>the baseline kernel moved</small>"},
		{"the host measures", {.running = 1}, "ok", "confirm 17: trial, boot 9",
			">confirm 17: trial, boot 9<"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct site_comparison line;
		struct front_page front = {
			.queues = MEM_NEW(struct front_queue, 1), .queue_count = 1};
		struct err err = ERR_INIT;
		auto_free char *page = NULL;
		auto_site char *site = sample_site();

		add_line(&front, &line, SAMPLE_JUDGED);
		add_host(&front, "emu-01", "qemu");
		free(front.hosts[0].state);
		front.hosts[0].state = mem_strdup(rows[i].does);
		front.hosts[0].health = mem_strdup(rows[i].health);
		if (strcmp(rows[i].health, "quarantined") == 0)
			front.hosts[0].health_reason = mem_strdup("the baseline kernel moved");
		front.queues[0] = rows[i].queue;
		front.queues[0].branch = mem_strdup("kvmarm/next");
		front.queues[0].problem = mem_strdup(rows[i].queue.problem);
		assert_int_equal(page_index_write(site, &front, &err), 0);
		page = read_file(site, "index.html");
		if (!strstr(page, rows[i].wanted))
			fail_msg("%s: no \"%s\"", rows[i].sentence, rows[i].wanted);
		front_page_clear(&front);
	}
}

static void a_branch_counts_its_open_events(void **state)
{
	char next[] = "kvmarm/next", other[] = "other";
	struct event events[] = {{.state = EVENT_CONFIRMED, .branch = next},
		{.state = EVENT_NEW, .branch = next}, {.state = EVENT_CLOSED, .branch = next},
		{.state = EVENT_CONFIRMED, .branch = other}};
	struct site_comparison line;
	struct front_page front = {.events = events, .event_count = ARRAY_SIZE(events)};
	struct err err = ERR_INIT;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	add_line(&front, &line, SAMPLE_JUDGED);
	assert_int_equal(page_index_write(site, &front, &err), 0);
	page = read_file(site, "index.html");
	assert_non_null(strstr(page, "<td><a href=\"#events\">2</a></td>"));
	front_page_clear(&front);
}

/* Old ones are listed apart, by their numbers: a list that is full does not change. */
static void older_comparisons_are_in_files_that_the_index_names(void **state)
{
	static const int64_t ids[] = {3100, 2000, 1999, 5};
	struct site_comparison lines[ARRAY_SIZE(ids)];
	struct front_page front = {NULL};
	struct err err = ERR_INIT;
	auto_free char *index = NULL, *older = NULL;
	auto_site char *site = sample_site();
	fingerprint before;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		add_line(&front, &lines[i], SAMPLE_JUDGED);
		lines[i].id = ids[i];
	}
	assert_int_equal(listing_chapters(&front), 2);
	assert_int_equal(page_listing_write(site, &front, 0, &err), 0);
	assert_int_equal(page_index_write(site, &front, &err), 0);
	index = read_file(site, "index.json");
	older = read_file(site, "index.0.json");
	assert_non_null(strstr(index, "\"id\": 3100"));
	assert_non_null(strstr(index, "\"id\": 2000"));
	assert_null(strstr(index, "\"id\": 1999"));
	assert_non_null(strstr(index, "\"index.1.json\",\n  \"index.0.json\""));
	assert_non_null(strstr(older, "\"kvmperf.comparisons\""));
	assert_non_null(strstr(older, "\"id\": 5"));
	assert_null(strstr(older, "\"id\": 1999"));
	before = listing_print(&front, 0);
	lines[0].print++;
	assert_true(listing_print(&front, 0) == before);
	lines[3].print++;
	assert_false(listing_print(&front, 0) == before);
	lines[2].id = 4;
	assert_false(listing_is_used(&front, 1));
	front_page_clear(&front);
}

static void an_empty_store_is_a_front_page_too(void **state)
{
	struct front_page front = {NULL};
	struct err err = ERR_INIT;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	assert_int_equal(page_index_write(site, &front, &err), 0);
	page = read_file(site, "index.html");
	assert_non_null(strstr(page, "Nothing has been compared yet."));
}

static void a_failed_build_shows_the_end_of_its_log(void **state)
{
	struct kernel_page kernel = {.oid = mem_strdup(broken),
		.subject = mem_strdup("KVM: arm64: break the build"),
		.builds = MEM_NEW(struct kernel_page_build, 1),
		.build_count = 1};
	struct err err = ERR_INIT;
	auto_site char *site = sample_site();
	auto_free char *page = NULL, *config = NULL;

	(void)state;
	kernel.builds[0] = (struct kernel_page_build){.failure = FAILURE_BUILD,
		.symptom = SYMPTOM_COMPILE,
		.reason = mem_strdup("make ended with exit status 2"),
		.config_hash = mem_strdup("1ebef58e1d6e"),
		.config = mem_strdup("CONFIG_KVM=y\nCONFIG_HZ=100\n"),
		.log_tail =
			mem_strdup("  CC  arch/arm64/kvm/mmu.o\nmmu.c:77:2: error: expected "
				   "'<'\n")};
	if (page_kernel_write(site, &kernel, &err) < 0)
		fail_msg("%s", err.text);
	page = read_file(site, "k/bad0cafe0011.html");
	assert_non_null(strstr(page, "does not compile</h1>"));
	assert_non_null(strstr(page, "make ended with exit status 2"));
	assert_non_null(strstr(page, "error: expected &#39;&lt;&#39;"));
	assert_non_null(strstr(page,
		"href=\"../k/config-1ebef58e1d6e.txt\">1ebef58e1d6e</a>: 2 "
		"options are set"));
	config = read_file(site, "k/config-1ebef58e1d6e.txt");
	assert_string_equal(config, "CONFIG_KVM=y\nCONFIG_HZ=100\n");
	kernel_page_clear(&kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_front_page_lists_everything),
		cmocka_unit_test(the_front_page_says_how_far_to_trust_it),
		cmocka_unit_test(a_branch_is_shown_against_its_anchor),
		cmocka_unit_test(every_state_of_a_branch_and_a_host_is_told),
		cmocka_unit_test(a_branch_counts_its_open_events),
		cmocka_unit_test(older_comparisons_are_in_files_that_the_index_names),
		cmocka_unit_test(an_empty_store_is_a_front_page_too),
		cmocka_unit_test(a_failed_build_shows_the_end_of_its_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
