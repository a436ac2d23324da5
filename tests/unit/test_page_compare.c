/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "page/compare.h"
#include "rules/display.h"
#include "sample.h"
#include "sys/fs.h"
#include "text/address.h"

#define LABEL "instructions executed, emulated host, not time"

/* The page of a comparison; the caller frees. */
static char *read_page(const char *site, const struct comparison *c, const char *ext)
{
	auto_free char *address = address_comparison(c->host, c->base.oid, c->fresh.oid, ext);
	auto_free char *path = mem_printf("%s/%s", site, address);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static char *write_page(const char *site, const struct comparison *c)
{
	struct err err = ERR_INIT;

	if (page_compare_write(site, NULL, c,
		    &(struct compare_links){.event = 31, .histories = true}, &err) < 0)
		fail_msg("%s", err.text);
	return read_page(site, c, "html");
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
		count++;
	return count;
}

/* Each is to be found behind the one before. */
static void assert_in_order(const char *page, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(page, parts[i]);

		if (!found)
			fail_msg("\"%s\" is missing or out of order", parts[i]);
		page = found;
	}
}

static void what_matters_comes_first(void **state)
{
	static const char *const parts[] = {"<main>", "<h1>REGRESSED: clear dirty log", LABEL,
		"Judged cells by verdict", "regressed</th><td>12</td>", "Reference table",
		"Scenario 1", "+10.6 %", "Map", "Changes, the surest first", "Every boot",
		"Order of the boots", "Boots</h2>", "panics at boot", "Method</h2>",
		"Reproduce</h2>", "git bisect start"};
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	page = write_page(site, &c);
	assert_in_order(page, parts, ARRAY_SIZE(parts));
	comparison_clear(&c);
}

static void every_table_of_numbers_says_what_they_are(void **state)
{
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	page = write_page(site, &c);
	/* verdict, counts, reference, map, changes, values, five of dots, order, unfolded */
	assert_int_equal(count_of(page, LABEL), 12 + DISPLAY_UNFOLDED);
	/* a row a cell in changes and in values; times are shown only */
	assert_int_equal(count_of(page, "<tr id=\"cell-"), 96 + 24);
	assert_int_equal(count_of(page, "<tr id=\"boots-"), 96);
	comparison_clear(&c);
}

/* The last files of the page's pictures: is there one of this number? */
static bool has_picture(const char *site, const struct comparison *c, const char *suffix)
{
	auto_free char *address =
		address_comparison(c->host, c->base.oid, c->fresh.oid, suffix);
	auto_free char *path = mem_printf("%s/%s", site, address);

	return fs_exists(path);
}

static void the_surest_rows_unfold_and_say_how_many(void **state)
{
	static const char *const parts[] = {"<details><summary>clear-first</summary>",
		"h/emu-01/def-", "#boots-def-", "n = 3+3", ".1-boots.svg", LABEL,
		"dirty_log_perf_test -b 16M", "kvmperf run --repo REPOSITORY --base a1b2c3d4",
		"The metric of 8 of the ", "Reproduce</h2>"};
	struct comparison c;
	auto_free char *page = NULL, *picture = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	page = write_page(site, &c);
	assert_in_order(page, parts, ARRAY_SIZE(parts));
	assert_int_equal(count_of(page, "class=\"proof\""), DISPLAY_UNFOLDED);
	assert_int_equal(count_of(page, "<img loading=\"lazy\""), DISPLAY_UNFOLDED);
	assert_true(has_picture(site, &c, "8-boots.svg"));
	assert_false(has_picture(site, &c, "9-boots.svg"));
	/* a picture says itself what its numbers are, and brings both themes */
	picture = read_page(site, &c, "1-boots.svg");
	assert_non_null(strstr(picture, LABEL));
	assert_non_null(strstr(picture, " instructions</"));
	assert_non_null(strstr(picture, "prefers-color-scheme: dark"));
	comparison_clear(&c);
}

static void a_picture_that_is_shown_no_more_goes(void **state)
{
	struct comparison c;
	auto_free char *first = NULL, *second = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	first = write_page(site, &c);
	assert_true(has_picture(site, &c, "8-boots.svg"));
	for (size_t i = 0; i < c.cell_count; i++)
		if (i && c.cells[i].in_family)
			c.cells[i].verdict = VERDICT_UNCHANGED;
	second = write_page(site, &c);
	assert_true(has_picture(site, &c, "1-boots.svg"));
	assert_false(has_picture(site, &c, "2-boots.svg"));
	comparison_clear(&c);
}

/* A past of two kernels with a change of level between them. */
static void a_row_unfolds_to_its_past(void **state)
{
	static double values[] = {1, 2};
	struct history_kernel kernels[] = {
		{.oid = (char[]){"0000000000000001"}, .epoch_id = 1, .boot_count = 1},
		{.oid = (char[]){"0000000000000002"}, .epoch_id = 2, .boot_count = 1}};
	char unit[] = "instructions", mode[] = "PA-bits:40, VA-bits:48, 4K pages";
	char *modes[] = {mode};
	struct history_change change = {1, 0, 1, 1.7, 0.001};
	struct history_family family = {
		.unit = unit, .modes = modes, .mode_count = 1, .emulated = true};
	struct history_track track = {
		.values = values, .count = 2, .changes = &change, .change_count = 1};
	struct history_past past = {.line = {.kernels = kernels, .kernel_count = 2},
		.marks = {{.kernel = 0, .side = 'A'}, {.kernel = 1, .event = 31}},
		.mark_count = 2,
		.families = &family,
		.tracks = &track,
		.count = 1};
	struct comparison c;
	struct err err = ERR_INIT;
	auto_free char *page = NULL, *picture = NULL, *data = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	assert_int_equal(page_compare_write(
				 site, NULL, &c, &(struct compare_links){.past = &past}, &err),
		0);
	page = read_page(site, &c, "html");
	assert_non_null(strstr(page, "n = 2 kernels of the branch up to this one"));
	assert_int_equal(count_of(page, "<img loading"), DISPLAY_UNFOLDED + 1);
	picture = read_page(site, &c, "1-history.svg");
	assert_non_null(strstr(picture, ">event 31<"));
	assert_non_null(strstr(picture, LABEL));
	data = read_page(site, &c, "json");
	assert_non_null(strstr(data, "\"last\": \"0000000000000002\""));
	comparison_clear(&c);
}

/* Where one goes from here, and what comes next. */
static void a_page_leads_to_its_event_and_neighbours(void **state)
{
	static const struct {
		const char *sentence;
		struct compare_links links;
		const char *wanted, *absent;
	} rows[] = {
		{"alone on its branch", {.histories = true}, "<h1>", "on this branch"},
		{"a neighbour before and after",
			{.previous = "c/emu-01/a..b.html", .next = "c/emu-01/b..c.html"},
			"href=\"../../c/emu-01/a..b.html\">previous on this branch</a> <a "
			"href=\"../../c/emu-01/b..c.html\">next</a>",
			"event "},
		{"a screen whose confirm has a page", {.confirm = "c/emu-01/b..d.html"},
			"href=\"../../c/emu-01/b..d.html\">its confirm</a>", "next:"},
		{"an event that nobody bisects", {.event = 31},
			"<p class=\"links\"><a href=\"../../e/31.html\">event 31</a> </p>",
			"next:"},
		{"a bisect that runs", {.event = 31, .ahead = "bisect, step 2"},
			">event 31</a> next: bisect, step 2</p>", "its confirm"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct comparison c;
		struct err err = ERR_INIT;
		auto_free char *page = NULL;
		auto_site char *site = sample_site();

		sample_comparison(&c, SAMPLE_SLOWER, 7);
		assert_true(page_compare_write(site, NULL, &c, &rows[i].links, &err) >= 0);
		page = read_page(site, &c, "html");
		if (!strstr(page, rows[i].wanted) || strstr(page, rows[i].absent))
			fail_msg("%s: no \"%s\"", rows[i].sentence, rows[i].wanted);
		comparison_clear(&c);
	}
}

static void a_machine_that_moved_judges_nothing(void **state)
{
	static const char *const parts[] = {"class=\"verdict open\"",
		"<h1>NOT JUDGED: ", "else it would have said: REGRESSED",
		"base against its history", "+3.4 %, x moved", "drift within a lab session",
		"-0.3 %, ok", "0 alerts of 37 (&lt; 7.8 %)"};
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	c.doubted = c.sentence;
	c.sentence = mem_strdup("NOT JUDGED: the baseline kernel moved by +3.4 %");
	c.trust = (struct comparison_trust){.moved = "the baseline kernel moved",
		.has_baseline = true,
		.baseline = 0.034,
		.has_drift = true,
		.drift = -0.003,
		.aa_runs = 37,
		.aa_limit = 0.0778};
	page = write_page(site, &c);
	assert_in_order(page, parts, ARRAY_SIZE(parts));
	comparison_clear(&c);
}

static void a_comparison_without_verdicts_shows_means(void **state)
{
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_UNJUDGED, 7);
	page = write_page(site, &c);
	assert_non_null(strstr(page, "not judged"));
	assert_null(strstr(page, "Judged cells by verdict"));
	assert_null(strstr(page, "[+0.0, +0.0]"));
	comparison_clear(&c);
}

static void hostile_names_are_text(void **state)
{
	static const char *const forbidden[] = {
		"<script>", "<b>\"", "\xE2\x80\xAE", "\xFF", "\x1B", "href=\"javascript"};
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_HOSTILE, 7);
	page = write_page(site, &c);
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		if (strstr(page, forbidden[i]))
			fail_msg("\"%s\" came through", forbidden[i]);
	assert_non_null(strstr(page, "&lt;script&gt;"));
	assert_non_null(strstr(page, "<figure>"));
	comparison_clear(&c);
}

/* The same through the whole writer, without any plot. */
static void a_missing_gnuplot_leaves_tables_and_a_notice(void **state)
{
	auto_free char *path = mem_strdup(getenv("PATH"));
	struct comparison c;
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	setenv("PATH", "/nonexistent", 1);
	page = write_page(site, &c);
	setenv("PATH", path, 1);
	assert_non_null(strstr(page, "The plots are missing: cannot run gnuplot"));
	assert_null(strstr(page, "<svg"));
	assert_int_equal(count_of(page, "<tr id=\"cell-"), 96 + 24);
	comparison_clear(&c);
}

static void pages_are_valid_html(void **state)
{
	static const enum sample_kind kinds[] = {
		SAMPLE_JUDGED, SAMPLE_UNJUDGED, SAMPLE_SLOWER, SAMPLE_HOSTILE};
	auto_site char *site = sample_site();

	(void)state;
	if (system("command -v tidy >/dev/null") != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		auto_free char *address = NULL, *command = NULL;
		struct comparison c;

		sample_comparison(&c, kinds[i], 7);
		free(write_page(site, &c));
		address = address_comparison(c.host, c.base.oid, c.fresh.oid, "html");
		command = mem_printf(
			"tidy -q -e --warn-proprietary-attributes no '%s/%s'", site, address);
		if (system(command) != 0)
			fail_msg("tidy complains about sample %zu", i);
		comparison_clear(&c);
	}
}

static void the_same_data_leave_the_page_alone(void **state)
{
	auto_free char *first = NULL, *second = NULL, *address = NULL, *path = NULL;
	struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
	struct comparison c;
	struct stat st;
	auto_site char *site = NULL;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	site = sample_site();
	first = write_page(site, &c);
	address = address_comparison(c.host, c.base.oid, c.fresh.oid, "html");
	path = mem_printf("%s/%s", site, address);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	second = write_page(site, &c);
	assert_string_equal(first, second);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtime, 1000000000);
	comparison_clear(&c);
}

static void nothing_measured_is_a_page_too(void **state)
{
	struct comparison c = {.host = mem_strdup("emu-01"), .headline = VERDICT_FAILED};
	auto_free char *page = NULL;
	auto_site char *site = sample_site();

	(void)state;
	c.base.oid = mem_strdup("0123456789abcdef");
	c.fresh.oid = mem_strdup("fedcba9876543210");
	c.fresh.failure = FAILURE_BUILD;
	c.fresh.symptom = SYMPTOM_COMPILE;
	page = write_page(site, &c);
	assert_non_null(strstr(page, "No verdict yet"));
	assert_non_null(strstr(page, "does not compile"));
	comparison_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_matters_comes_first),
		cmocka_unit_test(every_table_of_numbers_says_what_they_are),
		cmocka_unit_test(the_surest_rows_unfold_and_say_how_many),
		cmocka_unit_test(a_picture_that_is_shown_no_more_goes),
		cmocka_unit_test(a_row_unfolds_to_its_past),
		cmocka_unit_test(a_page_leads_to_its_event_and_neighbours),
		cmocka_unit_test(a_machine_that_moved_judges_nothing),
		cmocka_unit_test(a_comparison_without_verdicts_shows_means),
		cmocka_unit_test(hostile_names_are_text),
		cmocka_unit_test(a_missing_gnuplot_leaves_tables_and_a_notice),
		cmocka_unit_test(pages_are_valid_html),
		cmocka_unit_test(the_same_data_leave_the_page_alone),
		cmocka_unit_test(nothing_measured_is_a_page_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
