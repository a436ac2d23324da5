/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/drift.h"

#include "support.h"

#include <jansson.h>
#include <math.h>

#include "base/mem.h"
#include "rules/display.h"
#include "sample.h"
#include "text/address.h"

enum { KERNELS = 40, ANCHOR = 5 };

/* A branch whose sixth kernel is a release, and how it moved since then. */
struct frame {
	struct history_kernel kernels[KERNELS];
	char oids[KERNELS][41];
	int64_t boots[KERNELS];
	struct history_line line;
	struct drift drift;
	struct history_mark mark;
};

static char host[] = "emu-01", hostile[] = SAMPLE_ATTACK, release[] = "Linux 6.19-rc1";

static void frame_open(struct frame *f, bool measured)
{
	struct judging judging = judging_defaults();
	double slower[KERNELS], same[KERNELS];

	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < KERNELS; i++) {
		snprintf(f->oids[i], sizeof(f->oids[i]), "%012zuabcdef", i);
		f->boots[i] = (int64_t)i + 1;
		f->kernels[i] = (struct history_kernel){.oid = f->oids[i],
			.subject = i == ANCHOR ? release : hostile,
			.commit_time_s = 1741046400 + (int64_t)i * 86400,
			.epoch_id = 1,
			.first_boot = i,
			.boot_count = 1};
		slower[i] = log(1e8) + 0.002 * (double)i;
		same[i] = log(1e8) + (i % 2 ? 0.0001 : -0.0001);
	}
	f->line = (struct history_line){
		1, host, hostile, true, f->kernels, KERNELS, f->boots, KERNELS};
	drift_plan(&f->line, &f->drift);
	if (!measured)
		return;
	drift_add_cell(
		&judging, &f->drift, "clear-first", "instructions", slower, slower[ANCHOR]);
	drift_add_cell(&judging, &f->drift, "enable", "instructions", same, same[ANCHOR]);
	drift_finish(&f->drift);
	f->mark = (struct history_mark){.kernel = 20, .event = 31};
	f->drift.marks = &f->mark;
	f->drift.mark_count = 1;
}

static void frame_close(struct frame *f)
{
	f->drift.marks = NULL;
	drift_clear(&f->drift);
}

/* A file of the page; the caller frees. */
static char *read_file(const char *site, const char *ext)
{
	auto_free char *address = address_drift(hostile, host, ext);
	auto_free char *path = mem_printf("%s/%s", site, address);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
		count++;
	return count;
}

static void what_moved_slowly_is_said_first_and_drawn(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *page = NULL, *spark = NULL;
	struct err err = ERR_INIT;
	struct frame f;

	(void)state;
	frame_open(&f, true);
	assert_int_equal(page_drift_write(site, NULL, &f.drift, &err), 0);
	page = read_file(site, "html");
	/* the mean of both metrics: half of 0.2 % times the 32 kernels behind the anchor */
	assert_non_null(strstr(page, ": +3.2 % ["));
	assert_non_null(strstr(page, "] since v6.19-rc1</h1>"));
	assert_non_null(strstr(page, "a drift is no verdict"));
	assert_non_null(strstr(page, "href=\"../../k/000000000005.html\""));
	assert_int_equal(count_of(page, "<tr><th scope=\"row\">"), 2);
	assert_int_equal(count_of(page, "role=\"img\""), 2);
	assert_non_null(strstr(page, "n = 40 kernels"));
	assert_non_null(strstr(page, ">event 31<"));
	assert_int_equal(count_of(page, DISPLAY_EMULATED), 4);
	assert_null(strstr(page, "<script>alert"));
	spark = read_file(site, "clear-first.svg");
	assert_non_null(strstr(spark, DISPLAY_EMULATED));
	free(spark);
	spark = read_file(site, "enable.svg");
	assert_non_null(strstr(spark, "<svg"));
	frame_close(&f);
}

static void its_data_are_all_values_of_the_window(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *data = NULL, *csv = NULL;
	struct err err = ERR_INIT;
	struct frame f;
	json_t *root, *metric;

	(void)state;
	frame_open(&f, true);
	assert_int_equal(page_drift_write(site, NULL, &f.drift, &err), 0);
	data = read_file(site, "json");
	root = json_loads(data, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(root, "format")), "kvmperf.drift");
	assert_string_equal(
		json_string_value(json_object_get(root, "anchor_name")), "v6.19-rc1");
	assert_int_equal(json_array_size(json_object_get(root, "kernels")), KERNELS);
	assert_int_equal(json_array_size(json_object_get(root, "events")), 1);
	metric = json_array_get(json_object_get(root, "metrics"), 0);
	assert_string_equal(json_string_value(json_object_get(metric, "name")), "clear-first");
	assert_near(json_real_value(json_array_get(json_object_get(metric, "values"), 39)),
		expm1(0.068), 1e-12);
	json_decref(root);
	csv = read_file(site, "csv");
	assert_true(strncmp(csv, "commit,\"clear-first\",\"enable\",numbers\r\n", 39) == 0);
	assert_int_equal(count_of(csv, "\r\n"), 1 + KERNELS);
	assert_int_equal(count_of(csv, "\"" DISPLAY_EMULATED "\""), KERNELS);
	frame_close(&f);
}

static void a_branch_without_values_says_so(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *page = NULL;
	struct err err = ERR_INIT;
	struct frame f;

	(void)state;
	frame_open(&f, false);
	assert_int_equal(page_drift_write(site, NULL, &f.drift, &err), 0);
	page = read_file(site, "html");
	assert_non_null(strstr(page, ": nothing to compare with v6.19-rc1 yet</h1>"));
	assert_null(strstr(page, "<table"));
	frame_close(&f);
}

static void without_gnuplot_its_table_remains(void **state)
{
	auto_free char *path = mem_strdup(getenv("PATH")), *page = NULL;
	auto_site char *site = sample_site();
	struct err err = ERR_INIT;
	struct frame f;

	(void)state;
	frame_open(&f, true);
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(page_drift_write(site, NULL, &f.drift, &err), 1);
	setenv("PATH", path, 1);
	page = read_file(site, "html");
	assert_non_null(strstr(page, "The plots are missing: cannot run gnuplot"));
	assert_null(strstr(page, "<svg"));
	assert_int_equal(count_of(page, "<tr><th scope=\"row\">"), 2);
	frame_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_moved_slowly_is_said_first_and_drawn),
		cmocka_unit_test(its_data_are_all_values_of_the_window),
		cmocka_unit_test(a_branch_without_values_says_so),
		cmocka_unit_test(without_gnuplot_its_table_remains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
