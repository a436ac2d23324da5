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

#define HOST_A "[host a]\ndriver = qemu\n"
#define BRANCH "[branch b]\nrepository = /srv/linux.git\nref = next\n"

static void a_branch_needs_little(void **state)
{
	struct err err = ERR_INIT;
	struct settings settings;
	const struct branch_spec *branch;

	(void)state;
	assert_int_equal(settings_parse("f", HOST_A BRANCH, &settings, &err), 0);
	assert_int_equal(settings.branch_count, 1);
	assert_null(settings_branch(&settings, "next"));
	branch = settings_branch(&settings, "b");
	assert_string_equal(branch->repository, "file:///srv/linux.git");
	assert_string_equal(branch->ref, "refs/heads/next");
	assert_int_equal(branch->interval_s, 600);
	assert_int_equal(branch->baseline, BASELINE_PARENT);
	assert_string_equal(branch->baseline_of, "");
	assert_int_equal(branch->what, WATCH_PATHS);
	assert_int_equal(branch->paths.count, 5);
	assert_string_equal(branch->paths.items[4], "arch/arm64/include/asm/kvm*");
	assert_int_equal(branch->cap, 8);
	assert_string_equal(branch->plan, "dirty-log");
	assert_string_equal(branch->host, "");
	assert_string_equal(branch->reference, "");
	settings_clear(&settings);
}

static void every_key_of_a_branch_is_read(void **state)
{
	struct err err = ERR_INIT;
	struct settings settings;
	const struct branch_spec *branch;

	(void)state;
	assert_int_equal(
		settings_parse("f",
			HOST_A "tags = big two-node\n[branch topics]\n"
			       "repository = git@example.org:kvm.git\n"
			       "ref = refs/heads/kvm-arm64/*\ninterval = 1h\n"
			       "baseline = merge-base  master\nwhat = merges\n"
			       "paths = virt/kvm  Makefile\ncap = 3\nplan = /etc/x.plan\n"
			       "host = tag:two-node\nreference = /srv/linux.git\n",
			&settings, &err),
		0);
	branch = &settings.branches[0];
	assert_string_equal(branch->repository, "git@example.org:kvm.git");
	assert_string_equal(branch->ref, "refs/heads/kvm-arm64/*");
	assert_int_equal(branch->interval_s, 3600);
	assert_int_equal(branch->baseline, BASELINE_MERGE_BASE);
	assert_string_equal(branch->baseline_of, "refs/heads/master");
	assert_int_equal(branch->what, WATCH_MERGES);
	assert_int_equal(branch->paths.count, 2);
	assert_int_equal(branch->cap, 3);
	assert_string_equal(branch->plan, "/etc/x.plan");
	assert_string_equal(branch->host, "tag:two-node");
	assert_string_equal(branch->reference, "/srv/linux.git");
	settings_clear(&settings);
}

static void baselines_are_told_as_they_are_written(void **state)
{
	static const char *const texts[] = {"parent", "merge-base next", "tag v6.*",
		"commit 0123456789012345678901234567890123456789"};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		auto_free char *text = mem_printf(HOST_A BRANCH "baseline = %s\n", texts[i]);
		auto_free char *got = NULL;
		struct settings settings;

		assert_int_equal(settings_parse("f", text, &settings, &err), 0);
		got = branch_baseline_text(&settings.branches[0]);
		assert_string_equal(got, texts[i]);
		settings_clear(&settings);
	}
}

#define BASELINES \
	"expected parent, merge-base REF, tag PATTERN or commit ID with all its digits"
#define REFS                                                                      \
	"expected a branch, a full ref or a pattern with one *, such as next or " \
	"refs/heads/kvm-arm64/*"

static const struct {
	const char *name, *text, *want;
} bad[] = {
	{"a branch without a repository", HOST_A "[branch b]\nref = x\n",
		"f:3: [branch b] has no \"repository\""},
	{"a branch without a name", HOST_A "[branch]\nref = x\n",
		"f:3: [branch ]: a branch needs a name of a-z, 0-9, - and dots"},
	{"a relative path", HOST_A "[branch b]\nrepository = linux\n",
		"f:4: repository = \"linux\": \"linux\": expected an absolute path, a file, "
		"git, "
		"https or ssh URL, or user@host:path"},
	{"two stars", HOST_A "[branch b]\nref = a/*/*\n", "f:4: ref = \"a/*/*\": " REFS},
	{"an unknown baseline", HOST_A BRANCH "baseline = yesterday\n",
		"f:6: baseline = \"yesterday\": " BASELINES},
	{"a baseline without its ref", HOST_A BRANCH "baseline = merge-base\n",
		"f:6: baseline = \"merge-base\": " BASELINES},
	{"a short commit", HOST_A BRANCH "baseline = commit 1234567\n",
		"f:6: baseline = \"commit 1234567\": " BASELINES},
	{"a hasty interval", HOST_A BRANCH "interval = 1s\n",
		"f:6: interval = \"1s\": expected at least 10 seconds"},
	{"a path that leaves the tree", HOST_A BRANCH "paths = virt ../x\n",
		"f:6: paths = \"virt ../x\": expected paths within the tree, such as "
		"arch/arm64/kvm or include/kvm*, not \"../x\""},
	{"no path", HOST_A BRANCH "paths =\n", "f:6: paths = \"\": expected at least one path"},
	{"a relative reference", HOST_A BRANCH "reference = linux\n",
		"f:6: reference = \"linux\": expected an absolute path"},
	{"a word that is no rule", HOST_A BRANCH "what = all\n",
		"f:6: what = \"all\": expected one of tip, merges, paths"},
	{"a branch for a host that nobody has", HOST_A BRANCH "host = altra\n",
		"f: [branch b]: no host is called \"altra\""},
	{"a tag with a blank's neighbour", HOST_A "tags = big TWO\n",
		"f: [host a]: a tag is made of a-z, 0-9, - and dots"},
	{"no host", "[kvmperf]\nstate = x\n", "f: there is no [host NAME] section"},
	{"a host without a name", "[host]\ndriver = qemu\n",
		"f:1: [host ]: a host needs a name of a-z, 0-9, - and dots"},
	{"a host with a path for a name", "[host ../x]\ndriver = qemu\n",
		"f:1: [host ../x]: a host needs a name of a-z, 0-9, - and dots"},
	{"a hidden host", "[host .x]\ndriver = qemu\n",
		"f:1: [host .x]: a host needs a name of a-z, 0-9, - and dots"},
	{"a host without a key", "[host x]\n", "f:1: [host x] has no \"driver\""},
	{"a driver that nobody wrote", "[host x]\ndriver = abacus\n",
		"f:2: driver = \"abacus\": expected one of qemu, ssh, local"},
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
		cmocka_unit_test(a_branch_needs_little),
		cmocka_unit_test(every_key_of_a_branch_is_read),
		cmocka_unit_test(baselines_are_told_as_they_are_written),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(too_many_hosts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
