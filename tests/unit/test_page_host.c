/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/host.h"

#include "support.h"

#include <jansson.h>
#include <math.h>

#include "base/mem.h"
#include "model/history.h"
#include "rules/display.h"
#include "sample.h"
#include "text/address.h"

static char base[] = "a1b2c3d4e5f600112233", fresh[] = "def456789abc00112233";
static char name[] = SAMPLE_ATTACK;

/* A file of the page; the caller frees. */
static char *read_file(const char *site, const char *ext)
{
	auto_free char *address = address_host(name, ext);
	auto_free char *path = mem_printf("%s/%s", site, address);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static char *write_page(const char *site, const struct host_page *host)
{
	struct err err = ERR_INIT;

	if (page_host_write(site, host, &err) < 0)
		fail_msg("%s", err.text);
	return read_file(site, "html");
}

/* A host with some of everything. The arrays are the caller's. */
static struct host_page everything(struct host_page_step *step, struct host_page_boot *boot,
	struct host_page_aa *aa, struct host_page_check checks[2],
	struct history_family families[3])
{
	static char driver[] = "emulated", health[] = "quarantined", moved[] = "control",
		    steady[] = "steady", what[] = "quarantine",
		    facts[] = "cpus: 8\nmemory: 16G",
		    sentence[] = "an A/A run without a verdict", first[] = "g-4k",
		    last[] = "thp", enable[] = "enable", get[] = "get";

	*step = (struct host_page_step){1772604604000, what, name};
	*boot = (struct host_page_boot){93, fresh, FAILURE_KERNEL, SYMPTOM_PANIC, name, 1};
	*aa = (struct host_page_aa){7, base, base, sentence, 1772604604000};
	checks[0] = (struct host_page_check){
		base, fresh, moved, log(1.034), NAN, 0.001, true, false, 1772604604000};
	checks[1] = (struct host_page_check){
		base, base, steady, 0, -0.002, 0.001, false, true, 1772604604000};
	families[0] = (struct history_family){.scenario = first, .metric = enable};
	families[1] = (struct history_family){.scenario = first, .metric = get};
	families[2] = (struct history_family){.scenario = last, .metric = enable};
	return (struct host_page){
		.name = name,
		.driver = driver,
		.emulated = true,
		.health = health,
		.health_reason = name,
		.health_unix_ms = 1772604604000,
		.seen_unix_ms = 1772604604000,
		.facts = facts,
		.boots = 93,
		.boots_failed = 3,
		.kexecs = 90,
		.kexec_mean_ms = 1160,
		.steps = step,
		.step_count = 1,
		.failed = boot,
		.failed_count = 1,
		.aa = aa,
		.aa_count = 1,
		.checks = checks,
		.check_count = 2,
		.families = families,
		.family_count = 3,
	};
}

static void a_host_shows_facts_drift_record_and_failures(void **state)
{
	static const char *const parts[] = {"<section class=\"verdict lost\">",
		" is quarantined</h1>", "93 boots, 3 of them failed or lost", DISPLAY_EMULATED,
		"kexec to hello</th><td class=\"word\">1.16 s, mean of 90",
		"cpus: 8\nmemory: 16G", "<h2 id=\"histories\">", ">enable</a>, <a ", ">get</a>",
		"<h2 id=\"drift\">", DISPLAY_EMULATED, "x moved: control",
		"<td>x +3.4 %</td><td></td><td>x +0.1 %</td>",
		"</a> A/A</th><td class=\"word\">steady", "<td>+0.0 %</td><td>-0.2 %</td>",
		"<h2 id=\"aa\">", "an A/A run without a verdict", "<h2 id=\"story\">",
		">quarantine</th>", "<h2 id=\"failed\">", "href=\"../b/93.html\">93</a>",
		"href=\"../k/def456789abc.html\"", "kernel: panics at boot"};
	struct history_family families[3];
	struct host_page_check checks[2];
	struct host_page_step step;
	struct host_page_boot boot;
	struct host_page_aa aa;
	struct host_page host = everything(&step, &boot, &aa, checks, families);
	auto_site char *site = sample_site();
	auto_free char *page = write_page(site, &host);
	const char *at = page;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		at = strstr(at, parts[i]);
		if (!at)
			fail_msg("\"%s\" is missing or out of order", parts[i]);
	}
	assert_null(strstr(page, "<script>alert"));
}

static void its_data_say_the_same(void **state)
{
	struct history_family families[3];
	struct host_page_check checks[2];
	struct host_page_step step;
	struct host_page_boot boot;
	struct host_page_aa aa;
	struct host_page host = everything(&step, &boot, &aa, checks, families);
	auto_site char *site = sample_site();
	auto_free char *page = write_page(site, &host), *data = read_file(site, "json");
	json_t *root = json_loads(data, 0, NULL), *check;

	(void)state;
	assert_string_equal(json_string_value(json_object_get(root, "format")), "kvmperf.host");
	assert_string_equal(
		json_string_value(json_object_get(root, "numbers")), DISPLAY_EMULATED);
	assert_int_equal(json_integer_value(json_object_get(root, "boots_failed")), 3);
	assert_int_equal(json_array_size(json_object_get(root, "histories")), 3);
	assert_int_equal(json_array_size(json_object_get(root, "failed")), 1);
	check = json_array_get(json_object_get(root, "checks"), 0);
	assert_near(json_real_value(json_object_get(check, "control")), 0.034, 1e-12);
	assert_true(json_is_null(json_object_get(check, "baseline")));
	assert_true(json_is_true(json_object_get(check, "drift_moved")));
	json_decref(root);
}

static void a_new_host_is_a_page_too(void **state)
{
	struct host_page host = {.name = name};
	auto_site char *site = sample_site();
	auto_free char *page = write_page(site, &host);

	(void)state;
	assert_non_null(strstr(page, "0 boots, 0 of them failed or lost"));
	assert_non_null(strstr(page, "No comparison with interleaved boots has ended yet."));
	assert_non_null(strstr(page, "No kernel was compared with itself yet."));
	assert_null(strstr(page, "id=\"failed\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_shows_facts_drift_record_and_failures),
		cmocka_unit_test(its_data_say_the_same),
		cmocka_unit_test(a_new_host_is_a_page_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
