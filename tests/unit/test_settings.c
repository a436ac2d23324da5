/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/settings.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

static void the_built_in_settings_have_one_emulated_host(void **state)
{
	const struct host_spec *host;
	struct err err = ERR_INIT;
	struct settings settings;

	(void)state;
	assert_int_equal(settings_parse("built-in", settings_builtin(), &settings, &err), 0);
	assert_int_equal(settings.host_count, 1);
	assert_string_equal(settings.state, "");
	host = settings_host(&settings, "emulated");
	assert_non_null(host);
	assert_int_equal(host->driver, HOST_QEMU);
	assert_true(host_is_emulated(host));
	assert_null(settings_host(&settings, "other"));
	settings_clear(&settings);
	settings_clear(&settings);
}

static void every_key_is_read(void **state)
{
	struct err err = ERR_INIT;
	struct settings settings;
	const struct host_spec *host;

	(void)state;
	assert_int_equal(settings_parse("f",
				 "[kvmperf]\nstate = /srv/kvmperf\n"
				 "[host a]\ndriver = qemu\n"
				 "[host b.lab-1]\ndriver = qemu\ncpu = cortex-a72\ncpus = 4\n"
				 "memory-mb = 4096\ngolden-image = /boot/Image\n"
				 "kernel-parameters = console=ttyAMA0 quiet\n",
				 &settings, &err),
		0);
	assert_string_equal(settings.state, "/srv/kvmperf");
	assert_int_equal(settings.host_count, 2);
	assert_string_equal(settings.hosts[0].cpu, "cortex-a57");
	host = settings_host(&settings, "b.lab-1");
	assert_string_equal(host->cpu, "cortex-a72");
	assert_int_equal(host->cpus, 4);
	assert_int_equal(host->memory_mb, 4096);
	assert_string_equal(host->golden_image, "/boot/Image");
	assert_string_equal(host->cmdline, "console=ttyAMA0 quiet");
	settings_clear(&settings);
}

static const struct {
	const char *name, *text, *want;
} bad[] = {
	{"no host", "[kvmperf]\nstate = x\n", "f: there is no [host NAME] section"},
	{"a host without a name", "[host]\ndriver = qemu\n",
		"f:1: [host ]: a host needs a name of a-z, 0-9, - and dots"},
	{"a host with a path for a name", "[host ../x]\ndriver = qemu\n",
		"f:1: [host ../x]: a host needs a name of a-z, 0-9, - and dots"},
	{"a hidden host", "[host .x]\ndriver = qemu\n",
		"f:1: [host .x]: a host needs a name of a-z, 0-9, - and dots"},
	{"a host without a key", "[host x]\n", "f:1: [host x] has no \"driver\""},
	{"a driver that nobody wrote", "[host x]\ndriver = abacus\n",
		"f:2: driver = \"abacus\": expected one of qemu"},
	{"one CPU", "[host x]\ndriver = qemu\ncpus = 1\n",
		"f:3: cpus = \"1\": expected a whole number from 2 to 64"},
	{"a name where none belongs", "[kvmperf x]\nstate = /x\n",
		"f:1: [kvmperf x]: this section has no name"},
	{"an unknown key", "[kvmperf]\nstat = /x\n",
		"f:2: unknown key \"stat\", did you mean \"state\"?"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct settings settings = {.host_count = 77};
		struct err err = ERR_INIT;

		if (settings_parse("f", bad[i].text, &settings, &err) >= 0 ||
			strcmp(err.text, bad[i].want) != 0)
			fail_msg("%s: \"%s\"", bad[i].name, err.text);
		assert_int_equal(settings.host_count, 77);
	}
}

static void too_many_hosts_are_refused(void **state)
{
	auto_str struct str text = STR_INIT;
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 256; i++)
		str_addf(&text, "[host h%d]\ndriver = qemu\n", i);
	assert_int_equal(settings_parse("f", str_text(&text), &settings, &err), 0);
	assert_string_equal(settings.hosts[255].name, "h255");
	settings_clear(&settings);
	str_add(&text, "[host more]\ndriver = qemu\n");
	assert_true(settings_parse("f", str_text(&text), &settings, &err) < 0);
	assert_string_equal(err.text, "f:513: more than 256 hosts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_built_in_settings_have_one_emulated_host),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(too_many_hosts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
