/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <jansson.h>
#include <math.h>

#include "base/mem.h"
#include "page/history.h"
#include "sample.h"

#define LABEL "instructions executed, emulated host, not time"

enum { KERNELS = 30 };

/* A family of one mode over a branch, and three events: one of it, one before, one of another.
 */
struct frame {
	struct history_map map;
	struct history_kernel kernels[KERNELS];
	char oids[KERNELS][41];
	int64_t boots[KERNELS];
	struct history_line line;
	struct history_family family;
	struct history_series series;
	double values[KERNELS];
	struct history_level levels[2];
	struct history_change change;
	struct history_track track;
	struct history_event events[3];
};

static char host[] = "emu-01", branch[] = "kvmarm/next", other[] = "mainline";
static char scenario[] = "g-thp", metric[] = "enable", unit[] = "instructions";
static char confirmed[] = "confirmed", hostile[] = SAMPLE_ATTACK;
static char mode[] = "PA-bits:40, VA-bits:48, 4K pages", *modes[] = {mode};
static char none[] = "ffffffffffffffff";

static void frame_open(struct frame *f)
{
	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < KERNELS; i++) {
		snprintf(f->oids[i], sizeof(f->oids[i]), "%012zuabcdef", i);
		f->kernels[i] = (struct history_kernel){.oid = f->oids[i],
			.subject = hostile,
			.commit_time_s = 1741046400 + (int64_t)i * 86400,
			.epoch_id = i < 10 ? 1 : 2,
			.measured_unix_ms = 1741046400000,
			.first_boot = i,
			.boot_count = 1};
		f->boots[i] = (int64_t)i + 1;
		f->values[i] = log(1e6) + (i >= 20 ? 0.1 : 0) + 0.001 * (double)(i % 3);
	}
	f->line = (struct history_line){
		1, host, branch, true, f->kernels, KERNELS, f->boots, KERNELS};
	f->series = (struct history_series){1, 1, 0};
	f->family = (struct history_family){.host_id = 1,
		.host = host,
		.scenario = scenario,
		.metric = metric,
		.unit = unit,
		.emulated = true,
		.judged = true,
		.modes = modes,
		.mode_count = 1,
		.series = &f->series,
		.series_count = 1};
	f->levels[0] = (struct history_level){10, 19, log(1e6), 0.001};
	f->levels[1] = (struct history_level){20, 29, log(1.1e6), 0.001};
	f->change = (struct history_change){20, 19, 21, 0.105, 0.0001};
	f->track = (struct history_track){f->values, KERNELS, f->levels, 2, &f->change, 1};
	f->events[0] = (struct history_event){
		7, 1, other, scenario, metric, f->oids[3], confirmed, 0.1, false};
	f->events[1] = (struct history_event){
		8, 1, branch, scenario, metric, none, confirmed, 0.1, false};
	f->events[2] = (struct history_event){
		31, 1, branch, scenario, metric, f->oids[20], confirmed, 0.105, false};
	f->map = (struct history_map){.lines = &f->line,
		.line_count = 1,
		.events = f->events,
		.event_count = 3,
		.families = &f->family,
		.family_count = 1};
}

static char *write_page(const char *site, struct frame *f, const char *ext)
{
	struct history_section section = {
		.window = {&f->line, 0, KERNELS}, .tracks = &f->track};
	struct history_page page = {&f->family, &section, 1, -1};
	auto_free char *address = page_history_address(&page, ext);
	auto_free char *path = mem_printf("%s/%s", site, address);
	struct err err = ERR_INIT;
	char *text = NULL;

	section.marks =
		history_marks(&f->map, &f->family, &section.window, &section.mark_count);
	if (page_history_write(site, NULL, &page, &err) < 0)
		fail_msg("%s", err.text);
	free(section.marks);
	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static void events_of_the_branch_and_family_are_marked(void **state)
{
	struct history_window window;
	struct history_mark *marks;
	size_t count;
	struct frame f;

	(void)state;
	frame_open(&f);
	window = (struct history_window){&f.line, 0, KERNELS};
	marks = history_marks(&f.map, &f.family, &window, &count);
	assert_int_equal(count, 1);
	assert_int_equal(marks[0].event, 31);
	assert_int_equal(marks[0].kernel, 20);
	free(marks);
	/* a chapter that ends before it has none */
	window.count = 20;
	marks = history_marks(&f.map, &f.family, &window, &count);
	assert_int_equal(count, 0);
	free(marks);
}

static void what_a_mark_shows_is_part_of_the_fingerprint(void **state)
{
	struct history_window window;
	struct history_mark *marks;
	fingerprint before;
	size_t count;
	struct frame f;
	char closed[] = "closed";

	(void)state;
	frame_open(&f);
	window = (struct history_window){&f.line, 0, KERNELS};
	marks = history_marks(&f.map, &f.family, &window, &count);
	before = history_marks_print(marks, count, FINGERPRINT_INIT);
	assert_true(before == history_marks_print(marks, count, FINGERPRINT_INIT));
	f.events[2].state = closed;
	assert_true(before != history_marks_print(marks, count, FINGERPRINT_INIT));
	free(marks);
}

static void a_history_shows_changes_epochs_and_events(void **state)
{
	static const char *const parts[] = {"<h1>enable, g-thp: history on emu-01", LABEL,
		"kvmarm/next</h2>", "dotted, with a number: an event",
		"n = 30 kernels; grey: two", ">event 31</text>",
		"Events: changes that people were told of", "../../../e/31.html\">event 31</a>",
		"+10.5 %", "k/000000000020.html", "&lt;script&gt;", "confirmed",
		"Changes of level", "k/000000000019.html", "All 30 kernels"};
	const char *at;
	struct frame f;
	auto_free char *page = NULL, *data = NULL;
	auto_site char *site = sample_site();
	json_t *root, *events;

	(void)state;
	frame_open(&f);
	page = write_page(site, &f, "html");
	at = page;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		at = strstr(at, parts[i]);
		if (!at)
			fail_msg("\"%s\" is missing or out of order", parts[i]);
	}
	assert_null(strstr(page, "<script>"));
	data = write_page(site, &f, "json");
	root = json_loads(data, 0, NULL);
	events =
		json_object_get(json_array_get(json_object_get(root, "branches"), 0), "events");
	assert_int_equal(json_array_size(events), 1);
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(events, 0), "id")), 31);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_the_branch_and_family_are_marked),
		cmocka_unit_test(what_a_mark_shows_is_part_of_the_fingerprint),
		cmocka_unit_test(a_history_shows_changes_epochs_and_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
