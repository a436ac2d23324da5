/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "page/boot.h"
#include "sample.h"
#include "sys/fs.h"

static char *read_file(const char *site, const char *name)
{
	auto_free char *path = mem_printf("%s/%s", site, name);
	char *text = NULL;

	if (fs_read(path, 1 << 24, &text, NULL, NULL) < 0)
		fail_msg("%s was not written", path);
	return text;
}

static void write_boot(const char *site, int64_t id, bool failed, bool hostile)
{
	struct err err = ERR_INIT;
	struct boot_page boot;

	sample_boot(&boot, id, failed, hostile);
	if (page_boot_write(site, &boot, &err) < 0)
		fail_msg("%s", err.text);
	boot_page_clear(&boot);
}

static void a_boot_shows_its_proof_and_its_processes(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *page = NULL, *output = NULL, *errors = NULL;

	(void)state;
	write_boot(site, 101, false, false);
	page = read_file(site, "b/101.html");
	output = read_file(site, "b/101/1.txt");
	errors = read_file(site, "b/101/5.err.txt");
	assert_non_null(strstr(page, "Hyp nVHE mode"));
	assert_non_null(strstr(page, "../c/emu-01/a1b2c3d4e5f6..def456789abc.html"));
	assert_non_null(strstr(page, "id=\"g-thp.40-48-4K\""));
	assert_non_null(strstr(page, "href=\"../b/101/1.txt\""));
	assert_non_null(strstr(page, "exit 254"));
	assert_non_null(strstr(output, "Populate memory time: 0.036754464s"));
	assert_non_null(strstr(errors, "Test Assertion Failure"));
}

static void a_failed_boot_shows_its_console(void **state)
{
	auto_site char *site = sample_site();
	auto_free char *page = NULL;

	(void)state;
	write_boot(site, 105, true, false);
	page = read_file(site, "b/105.html");
	assert_non_null(strstr(page, "the kernel panics at boot"));
	assert_non_null(strstr(page, "Unable to mount root fs\n"));
	assert_null(strstr(page, "test processes"));
}

static void hostile_output_is_text(void **state)
{
	auto_site char *site = sample_site();

	(void)state;
	for (int64_t id = 106; id < 108; id++) {
		auto_free char *name = mem_printf("b/%d.html", (int)id), *page = NULL;

		write_boot(site, id, id == 106, true);
		page = read_file(site, name);
		assert_null(strstr(page, "<script>"));
		assert_null(strstr(page, "\xFF"));
		assert_null(strstr(page, "\x1B"));
		assert_null(strstr(page, "\xE2\x80\xAE"));
		assert_non_null(strstr(page, "[U+202E]"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_shows_its_proof_and_its_processes),
		cmocka_unit_test(a_failed_boot_shows_its_console),
		cmocka_unit_test(hostile_output_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
