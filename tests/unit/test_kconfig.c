/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/kconfig.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

struct parse_row {
	const char *name;
	const char *text;
	int code;
	const char *option; /* looked up */
	const char *value;  /* expected */
	const char *words;  /* in the sentence */
};

static const struct parse_row parse_rows[] = {
	{"a set option has its value", "CONFIG_KVM=y\n", 0, "CONFIG_KVM", "y", NULL},
	{"the last line needs no newline", "CONFIG_KVM=y", 0, "CONFIG_KVM", "y", NULL},
	{"an option that is not set has none", "# CONFIG_KVM is not set\n", 0, "CONFIG_KVM",
		NULL, NULL},
	{"n is not set", "CONFIG_KVM=n\n", 0, "CONFIG_KVM", NULL, NULL},
	{"the last of two values wins", "CONFIG_A=1\nCONFIG_B=y\nCONFIG_A=2\n", 0, "CONFIG_A",
		"2", NULL},
	{"not set wins when it comes last", "CONFIG_A=y\n# CONFIG_A is not set\n", 0,
		"CONFIG_A", NULL, NULL},
	{"a string keeps its quotes", "CONFIG_S=\"a b \\\" c\"\n", 0, "CONFIG_S",
		"\"a b \\\" c\"", NULL},
	{"an empty string is a value", "CONFIG_S=\"\"\n", 0, "CONFIG_S", "\"\"", NULL},
	{"hexadecimal is kept as text", "CONFIG_X=0xdead\n", 0, "CONFIG_X", "0xdead", NULL},
	{"names may have lower-case letters", "CONFIG_ARM64_pan=y\n", 0, "CONFIG_ARM64_pan",
		"y", NULL},
	{"blanks and CR at the end are dropped", "CONFIG_A=y \t\r\n", 0, "CONFIG_A", "y", NULL},
	{"other comments say nothing", "# CONFIG_A is set\n#\n#CONFIG_B is not set\n\n", 0,
		"CONFIG_A", NULL, NULL},
	{"an empty text has no option", "", 0, "CONFIG_A", NULL, NULL},
	{"a line that is no option is refused", "CONFIG_A=y\nKVM=y\n", -EINVAL, NULL, NULL,
		"here:2: expected"},
	{"a name without a value is refused", "CONFIG_A\n", -EINVAL, NULL, NULL, "here:1"},
	{"an empty value is refused", "CONFIG_A=\n", -EINVAL, NULL, NULL, "here:1"},
	{"a bare prefix is refused", "CONFIG_=y\n", -EINVAL, NULL, NULL, "here:1"},
	{"an open quote is refused", "CONFIG_A=\"abc\n", -EINVAL, NULL, NULL, "here:1"},
	{"a quote that ends early is refused", "CONFIG_A=\"a\"b\n", -EINVAL, NULL, NULL,
		"here:1"},
	{"a value of two words is refused", "CONFIG_A=y y\n", -EINVAL, NULL, NULL, "here:1"},
};

static void test_parse(void **state)
{
	const struct parse_row *row = *state;
	auto_kconfig struct kconfig config = KCONFIG_INIT;
	struct err err = ERR_INIT;
	int r = kconfig_parse(row->text, strlen(row->text), "here", &config, &err);
	const char *value;

	assert_int_equal(r, row->code);
	if (row->words)
		assert_non_null(strstr(err.text, row->words));
	if (r < 0)
		return;
	value = kconfig_value(&config, row->option);
	if (row->value)
		assert_string_equal(value, row->value);
	else
		assert_null(value);
}

struct holds_row {
	const char *name;
	const char *fragment;
	const char *config;
	const char *sentence; /* NULL: it holds */
};

static const struct holds_row holds_rows[] = {
	{"an empty text is as good as none", "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_S=\"\"\n",
		NULL},
	{"a fragment is held by itself", "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\n", NULL},
	{"not set is held by absence", "# CONFIG_A is not set\n", "CONFIG_B=y\n", NULL},
	{"not set is held by not set", "CONFIG_A=n\n", "# CONFIG_A is not set\n", NULL},
	{"an option that vanished is named", "CONFIG_KEXEC=y\n", "CONFIG_B=y\n",
		"CONFIG_KEXEC=y became not set"},
	{"another value is named", "CONFIG_NR_CPUS=8\n", "CONFIG_NR_CPUS=4\n",
		"CONFIG_NR_CPUS=8 became 4"},
	{"an option that came back is named", "# CONFIG_MODULES is not set\n",
		"CONFIG_MODULES=y\n", "CONFIG_MODULES=n became y"},
	{"only five are named",
		"CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\nCONFIG_D=y\nCONFIG_E=y\n"
		"CONFIG_F=y\nCONFIG_G=y\n",
		"",
		"CONFIG_A=y became not set, CONFIG_B=y became not set, CONFIG_C=y became not "
		"set, "
		"CONFIG_D=y became not set, CONFIG_E=y became not set and 2 more"},
};

static void test_holds(void **state)
{
	const struct holds_row *row = *state;
	auto_kconfig struct kconfig fragment = KCONFIG_INIT, config = KCONFIG_INIT;
	auto_free char *sentence = NULL;
	bool holds;

	assert_int_equal(
		kconfig_parse(row->fragment, strlen(row->fragment), "f", &fragment, NULL), 0);
	assert_int_equal(
		kconfig_parse(row->config, strlen(row->config), "c", &config, NULL), 0);
	holds = kconfig_holds(&config, &fragment, &sentence);
	assert_int_equal(holds, row->sentence == NULL);
	if (row->sentence)
		assert_string_equal(sentence, row->sentence);
}

static char *identity_of(const char *text)
{
	auto_kconfig struct kconfig config = KCONFIG_INIT;

	assert_int_equal(kconfig_parse(text, strlen(text), "c", &config, NULL), 0);
	return kconfig_identity(&config);
}

struct identity_row {
	const char *name;
	const char *a, *b;
	bool same;
};

static const struct identity_row identity_rows[] = {
	{"order does not matter", "CONFIG_A=y\nCONFIG_B=1\n", "CONFIG_B=1\nCONFIG_A=y\n", true},
	{"the kernel's version in a comment does not matter",
		"# Linux/arm64 6.12.1\nCONFIG_A=y\n", "# Linux/arm64 6.12.2\nCONFIG_A=y\n",
		true},
	{"a new option that is off does not matter", "CONFIG_A=y\n",
		"CONFIG_A=y\n# CONFIG_NEW is not set\n", true},
	{"the compiler does not matter",
		"CONFIG_CC_VERSION_TEXT=\"gcc 12\"\nCONFIG_CC_HAS_INT128=y\nCONFIG_A=y\n",
		"CONFIG_CC_VERSION_TEXT=\"gcc 14\"\nCONFIG_LD_VERSION=24000\nCONFIG_A=y\n",
		true},
	{"a value matters", "CONFIG_HZ=250\n", "CONFIG_HZ=1000\n", false},
	{"a set option matters", "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\n", false},
	{"what the compiler is asked to do matters", "CONFIG_CC_OPTIMIZE_FOR_SIZE=y\n",
		"CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE=y\n", false},
};

static void test_identity(void **state)
{
	const struct identity_row *row = *state;
	auto_free char *a = identity_of(row->a), *b = identity_of(row->b);

	assert_int_equal(strcmp(a, b) == 0, row->same);
}

static void test_depends_on(void **state)
{
	static const char *const yes[] = {"", "Makefile", "Kconfig",
		"arch/arm64/Kconfig.platforms", "lib/Kconfig.debug", "drivers/x/",
		"scripts/cc-version.sh", "scripts/kconfig/menu.c",
		"arch/arm64/Makefile.postlink", "tools/x.sh"};
	static const char *const no[] = {"arch/arm64/kvm/mmu.c", "include/linux/kconfig.h",
		"drivers/scripts/x.c", "Documentation/kbuild/kconfig.rst"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!kconfig_depends_on(yes[i]))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (kconfig_depends_on(no[i]))
			fail_msg("%s", no[i]);
}

static void test_base(void **state)
{
	static const struct {
		const char *text, *base;
	} bases[] = {
		{"# kvmperf-base: running\nCONFIG_A=y\n", "running"},
		{"# kvmperf-base:  /boot/config-6.1 ", "/boot/config-6.1"},
		{"CONFIG_A=y\n# kvmperf-base: running\n", NULL},
		{"", NULL},
	};
	static const char whole[] = "CONFIG_A=y\n" KCONFIG_ON_TOP "CONFIG_B=y\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		auto_free char *base = kconfig_base(bases[i].text);

		assert_true(base ? bases[i].base && strcmp(base, bases[i].base) == 0
				 : !bases[i].base);
	}
	assert_string_equal(kconfig_asked(whole), "CONFIG_B=y\n");
	assert_string_equal(kconfig_asked("CONFIG_A=y\n"), "CONFIG_A=y\n");
}

static void test_text_with_nul(void **state)
{
	static const char text[] = "CONFIG_A=y\0y\n";
	struct kconfig config = KCONFIG_INIT;

	(void)state;
	assert_int_equal(kconfig_parse(text, sizeof(text) - 1, "here", &config, NULL), -EINVAL);
	assert_int_equal(config.count, 0);
}

#define ROWS(rows, function)                                                            \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)                                   \
		tests[count++] = (struct CMUnitTest)                                    \
		{                                                                       \
			rows[i].name, function, NULL, NULL, (void *)(uintptr_t)&rows[i] \
		}

int main(void)
{
	struct CMUnitTest tests[64] = {
		{"a base is named in the first line, and ends at a mark", test_base, NULL, NULL,
			NULL},
		{"a NUL byte in a value is refused", test_text_with_nul, NULL, NULL, NULL},
		{"the paths that decide a configuration are known", test_depends_on, NULL, NULL,
			NULL},
	};
	size_t count = 3;

	ROWS(parse_rows, test_parse);
	ROWS(holds_rows, test_holds);
	ROWS(identity_rows, test_identity);
	return _cmocka_run_group_tests("kconfig", tests, count, NULL, NULL);
}
