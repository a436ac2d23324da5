/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/fragment.h"

#include <errno.h>

#include "scratch.h"

#include "text/kconfig.h"

static const char base[] = "CONFIG_KVM=m\nCONFIG_NVME=m\n# CONFIG_KEXEC_FILE is not set\n";

struct row {
	const char *name;
	const char *asked; /* %s stands for the path of the base */
	int code;
	const char *words;   /* in the text, or in the sentence */
	const char *nowhere; /* must not be in what is asked for */
};

static const struct row rows[] = {
	{"a fragment alone stays as it is", "CONFIG_A=y\n", 0, "CONFIG_A=y\n", "CONFIG_KVM"},
	{"a base comes first, and what is needed over it", "# kvmperf-base: %s\nCONFIG_A=y\n",
		0, "CONFIG_KEXEC_FILE=y", "CONFIG_NVME"},
	{"what is asked for comes last", "# kvmperf-base: %s\nCONFIG_A=y\n", 0,
		"\nCONFIG_A=y\n", "CONFIG_NVME"},
	{"to ask for what is needed is no clash", "# kvmperf-base: %s\nCONFIG_KVM=y\n", 0,
		"CONFIG_KVM=y", "CONFIG_NVME"},
	{"to ask for the opposite names the option and who wins",
		"# kvmperf-base: %s\nCONFIG_A=y\n# CONFIG_KVM is not set\n", -EINVAL,
		"CONFIG_KVM: not set is asked for, y is needed and wins", NULL},
	{"a base that is not there is named", "# kvmperf-base: /nowhere/config\n", -ENOENT,
		"/nowhere/config", NULL},
	{"a fragment that makes no sense is named with its line",
		"# kvmperf-base: %s\nrubbish\n", -EINVAL, "fragment:2: expected", NULL},
};

static struct settings settings_without(void)
{
	return (struct settings){
		.kernel = {.config = (char *)(uintptr_t) "", .base = (char *)(uintptr_t) ""}};
}

static char *put_fragment(const char *folder, const char *text)
{
	auto_free char *base_path = mem_printf("%s/base", folder);
	char *path = mem_printf("%s/fragment", folder);
	const char *at = strstr(text, "%s");
	auto_free char *full =
		at ? mem_printf("%.*s%s%s", (int)(at - text), text, base_path, at + 2)
		   : mem_strdup(text);

	scratch_write(base_path, base);
	scratch_write(path, full);
	return path;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct settings settings = settings_without();
	auto_scratch char *folder = scratch_make();
	auto_free char *path = put_fragment(folder, row->asked), *text = NULL;
	struct err err = ERR_INIT;
	int r = fragment_read(&settings, folder, path, &text, &err);
	const char *where = r < 0 ? err.text : kconfig_asked(text);

	assert_int_equal(r, row->code);
	if (!strstr(where, row->words))
		fail_msg("\"%s\" lacks \"%s\"", where, row->words);
	if (row->nowhere)
		assert_null(strstr(where, row->nowhere));
	if (r == 0 && strstr(row->asked, "%s"))
		assert_memory_equal(text, base, strlen(base));
}

static void test_configured(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *path = put_fragment(folder, "CONFIG_A=y\n"), *text = NULL;
	auto_free char *base_path = mem_printf("%s/base", folder);
	struct settings settings = settings_without();

	(void)state;
	assert_int_equal(fragment_read(&settings, folder, "", &text, NULL), 0);
	assert_non_null(strstr(text, "# CONFIG_MODULES is not set"));
	free(take_ptr(text));
	settings.kernel.config = path;
	assert_int_equal(fragment_read(&settings, folder, NULL, &text, NULL), 0);
	assert_string_equal(text, "CONFIG_A=y\n");
	free(take_ptr(text));
	settings.kernel.base = base_path;
	assert_int_equal(fragment_read(&settings, folder, "", &text, NULL), 0);
	assert_memory_equal(text, base, strlen(base));
	assert_non_null(strstr(kconfig_asked(text), "CONFIG_A=y"));
	free(take_ptr(text));
	settings.kernel.config = (char *)(uintptr_t) "";
	assert_int_equal(fragment_read(&settings, folder, "", &text, NULL), 0);
	assert_non_null(strstr(kconfig_asked(text), "CONFIG_KEXEC_FILE=y"));
	assert_null(strstr(text, "CONFIG_A=y"));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"without a file it is the configured one, else the shipped one",
			test_configured, NULL, NULL, NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("fragment", tests, NULL, NULL);
}
