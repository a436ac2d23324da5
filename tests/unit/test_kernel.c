/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/kernel.h"

#include <errno.h>

#include "git_fixture.h"

#include "io/kmake.h"
#include "sys/lock.h"
#include "text/kconfig.h"

/*
 * The source tree of these tests is a makefile that behaves like the kernel's
 * where it matters: a configuration out of the fragment, a release with
 * LOCALVERSION, an image with release and build-id in it, out of tree. An
 * option named LOST does not survive; x.c is what a commit changes.
 */
static const char makefile[] =
	"allnoconfig:\n"
	"\t@mkdir -p $(O); grep -v LOST $(KCONFIG_ALLCONFIG) > $(O)/.config; echo x >> "
	"$(O)/count\n"
	"olddefconfig:\n"
	"\t@grep -v LOST $(O)/.config > $(O)/x; mv $(O)/x $(O)/.config; echo x >> $(O)/count\n"
	"modules: Image\n"
	"modules_install:\n"
	"\t@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.12.1$(LOCALVERSION)\n"
	"\t@echo m > $(INSTALL_MOD_PATH)/lib/modules/6.12.1$(LOCALVERSION)/m.ko\n"
	"Image:\n"
	"\t@mkdir -p $(O)/include/config $(O)/arch/arm64/boot\n"
	"\t@echo '  CC      x.o'\n"
	"\t@echo 6.12.1$(LOCALVERSION) > $(O)/include/config/kernel.release\n"
	"\t@echo 'const char r[] = \"6.12.1$(LOCALVERSION)\"; int main(void);' > $(O)/r.c\n"
	"\t$(CROSS_COMPILE)gcc -s -nostdlib -Wl,-e,main -Wl,--build-id=sha1 -o $(O)/vmlinux "
	"$(O)/r.c $(CURDIR)/x.c\n"
	"\t@cp $(O)/vmlinux $(O)/arch/arm64/boot/Image\n"
	"headers:\n"
	"\t@mkdir -p $(O)/usr/include; echo '#define X 0' > $(O)/usr/include/x.h\n";

static const char test_makefile[] =
	"$(OUTPUT)/dirty_log_perf_test: t.c\n"
	"\t$(CROSS_COMPILE)gcc $(KHDR_INCLUDES) -o $@ t.c\n";

static const char good_x[] = "int main(void) { return 0; }\n";
static const char good_t[] = "#include <x.h>\nint main(void) { return X; }\n";
static const char fragment[] = "CONFIG_KVM=y\n# CONFIG_MODULES is not set\n";

struct source {
	const char *makefile, *x, *t, *readme;
};

/* What is left out of a source is the working default. */
static void put_source(struct git_fixture *fixture, struct source source, char oid[OID_BYTES])
{
	struct git_entry kvm[] = {{"100644", "Makefile", test_makefile, NULL},
		{"100644", "t.c", source.t ? source.t : good_t, NULL}, {0}};
	char tree[OID_BYTES];
	struct git_entry top[] = {
		{"100644", "Makefile", source.makefile ? source.makefile : makefile, NULL},
		{"100644", "README", source.readme ? source.readme : "", NULL},
		{"40000", "tools", NULL, tree},
		{"100644", "x.c", source.x ? source.x : good_x, NULL}, {0}};

	git_put_tree(fixture, kvm, tree);
	for (const char *const *name =
			(const char *const[]){"kvm", "selftests", "testing", NULL};
		*name; name++) {
		const struct git_entry outer[] = {{"40000", *name, NULL, tree}, {0}};
		char next[OID_BYTES];

		git_put_tree(fixture, outer, next);
		memcpy(tree, next, sizeof(tree));
	}
	git_put_files(fixture, top, oid);
}

struct built {
	struct kernel kernel;
	struct build_end end;
	struct err err;
	int code;
};

static void built_clear(struct built *built)
{
	kernel_clear(&built->kernel);
	build_end_clear(&built->end);
}

#define auto_built __attribute__((cleanup(built_clear)))

static struct built build(struct git_fixture *fixture, const char *oid, const char *config)
{
	auto_free char *folder = mem_printf("%s/build", fixture->folder);
	auto_free char *kernels = mem_printf("%s/kernels", fixture->folder);
	struct commit commit = {.id = 7};
	struct kernel_order order = {
		.repo = fixture->repo,
		.commit = &commit,
		.fragment = config,
		.build_folder = folder,
	};
	struct built built = {.code = 0};

	memcpy(commit.oid, oid, OID_BYTES);
	built.code = kernel_build(&order, kernels, &built.kernel, &built.end, &built.err);
	return built;
}

static struct built build_source(struct git_fixture *fixture, struct source source)
{
	char oid[OID_BYTES];

	put_source(fixture, source, oid);
	return build(fixture, oid, fragment);
}

static void test_build(void **state)
{
	struct git_fixture *fixture = *state;
	auto_built struct built built = {.code = 0};
	auto_free char *release = NULL, *config = NULL, *text = NULL, *manifest = NULL;
	char oid[OID_BYTES];

	put_source(fixture, (struct source){0}, oid);
	built = build(fixture, oid, fragment);
	assert_int_equal(built.code, 0);
	assert_int_equal(built.end.failure, FAILURE_NONE);
	release = mem_printf("6.12.1-g%.12s-c%.8s", oid, built.kernel.config_hash);
	assert_string_equal(built.kernel.release, release);
	assert_int_equal(built.kernel.commit_id, 7);
	assert_int_equal(strlen(built.kernel.config_hash), 12);
	assert_int_equal(strlen(built.kernel.build_id), 40);
	assert_int_equal(strlen(built.kernel.image_hash), 64);
	assert_non_null(strstr(built.kernel.toolchain, "gcc"));
	assert_true(fs_exists(built.kernel.image_path));
	assert_true(fs_exists(built.kernel.log_path));
	config = mem_printf(
		"%s/kernels/%.12s-%.8s/config", fixture->folder, oid, built.kernel.config_hash);
	assert_int_equal(fs_read(config, 1000, &text, NULL, NULL), 0);
	assert_string_equal(text, fragment);
	free(take_ptr(text));
	manifest = mem_printf("%s/kernels/%.12s-%.8s/manifest", fixture->folder, oid,
		built.kernel.config_hash);
	assert_int_equal(fs_read(manifest, 1000, &text, NULL, NULL), 0);
	assert_memory_equal(text, "commit: ", 8);
	assert_memory_equal(text + 8, oid, 40);
	assert_non_null(strstr(text, release));
}

static void test_equal_source(void **state)
{
	static const char other_x[] = "int main(void) { return 1; }\n";
	struct git_fixture *fixture = *state;
	auto_built struct built a = build_source(fixture, (struct source){0});
	auto_built struct built b = build_source(fixture, (struct source){.readme = "more\n"});
	auto_built struct built c = build_source(fixture, (struct source){.x = other_x});
	auto_built struct built again = build_source(fixture, (struct source){0});

	assert_string_not_equal(a.kernel.release, b.kernel.release);
	assert_string_not_equal(a.kernel.build_id, b.kernel.build_id);
	assert_string_equal(a.kernel.image_hash, b.kernel.image_hash);
	assert_string_not_equal(a.kernel.image_hash, c.kernel.image_hash);
	assert_string_equal(again.kernel.build_id, a.kernel.build_id);
	assert_string_equal(again.kernel.image_hash, a.kernel.image_hash);
}

static const char based[] =
	"CONFIG_KVM=m\nCONFIG_MODULES=y\nCONFIG_LOST_BY_BASE=y\n" KCONFIG_ON_TOP
	"CONFIG_KVM=y\n";

static void test_base(void **state)
{
	struct git_fixture *fixture = *state;
	auto_built struct built built = {.code = 0};
	auto_free char *modules = NULL;
	char oid[OID_BYTES];

	put_source(fixture, (struct source){0}, oid);
	built = build(fixture, oid, based);
	if (built.code || built.end.failure != FAILURE_NONE)
		fail_msg("%s%s", built.err.text, built.end.reason ? built.end.reason : "");
	modules = mem_printf("%s/kernels/%.12s-%.8s/modules.tar.gz", fixture->folder, oid,
		built.kernel.config_hash);
	assert_true(fs_exists(modules));
}

/* How often the tree was configured, which its makefile counts. */
static size_t configured(struct git_fixture *fixture)
{
	auto_free char *path = mem_printf("%s/build/out/count", fixture->folder);
	auto_free char *text = NULL;

	assert_int_equal(fs_read(path, 1000, &text, NULL, NULL), 0);
	return strlen(text) / 2;
}

static void test_configure_when_needed(void **state)
{
	static const char other_x[] = "int main(void) { return 1; }\n";
	struct git_fixture *fixture = *state;
	auto_free char *other_makefile = mem_printf("# other\n%s", makefile);
	auto_free char *config = mem_printf("%s/build/out/.config", fixture->folder);
	struct built built;
	char oid[OID_BYTES];

	built = build_source(fixture, (struct source){0});
	assert_int_equal(configured(fixture), 1);
	built_clear(&built);
	built = build_source(fixture, (struct source){.x = other_x});
	assert_int_equal(configured(fixture), 1);
	assert_int_equal(built.end.failure, FAILURE_NONE);
	built_clear(&built);
	built = build_source(fixture, (struct source){.makefile = other_makefile});
	assert_int_equal(configured(fixture), 2);
	built_clear(&built);
	put_source(fixture, (struct source){.makefile = other_makefile}, oid);
	built = build(fixture, oid, "CONFIG_KVM=y\n");
	assert_int_equal(configured(fixture), 3);
	built_clear(&built);
	assert_int_equal(fs_write_atomic(config, "CONFIG_X=y\n", 11, NULL), 0);
	built = build(fixture, oid, "CONFIG_KVM=y\n");
	assert_int_equal(configured(fixture), 4);
	built_clear(&built);
}

static void test_after_a_kill(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *making = mem_printf("%s/build/making", fixture->folder);
	auto_free char *half = mem_printf("%s/build/out/half.o", fixture->folder);
	auto_built struct built before = build_source(fixture, (struct source){0});
	auto_built struct built after = {.code = 0};

	assert_false(fs_exists(making));
	assert_int_equal(fs_write_atomic(making, "", 0, NULL), 0);
	assert_int_equal(fs_write_atomic(half, "x", 1, NULL), 0);
	after = build_source(fixture, (struct source){0});
	assert_int_equal(after.code, 0);
	assert_int_equal(after.end.failure, FAILURE_NONE);
	assert_string_equal(after.kernel.image_hash, before.kernel.image_hash);
	assert_false(fs_exists(half));
	assert_false(fs_exists(making));
}

struct failed_row {
	const char *name;
	struct source source;
	const char *config;
	enum symptom symptom;
	const char *words;
};

static const struct failed_row failed_rows[] = {
	{"a compiler's error is the reason, without our folders",
		{.x = "int main(void) { return x; }\n"}, fragment, SYMPTOM_COMPILE,
		"x.c:1:25: error: "},
	{"an option that does not survive is named", {0}, "CONFIG_KVM=y\nCONFIG_LOST=y\n",
		SYMPTOM_CONFIG, "CONFIG_LOST=y became not set"},
	{"what is lost of a base is nobody's loss, what is asked for is", {0},
		"CONFIG_LOST=y\n" KCONFIG_ON_TOP "CONFIG_ALSO_LOST=y\n", SYMPTOM_CONFIG,
		"configuration: CONFIG_ALSO_LOST=y became not set (its Kconfig wins"},
	{"a tree that cannot be configured is told", {.makefile = "all:\n"}, fragment,
		SYMPTOM_CONFIG, "No rule to make target 'allnoconfig'"},
	{"a make that writes no .config is told", {.makefile = "allnoconfig:\n\ttrue\n"},
		fragment, SYMPTOM_CONFIG, "make wrote no .config"},
	{"a .config that makes no sense is told",
		{.makefile = "allnoconfig:\n\techo rubbish > $(O)/.config\n"}, fragment,
		SYMPTOM_COMPILE, ".config:1: expected"},
	{"a make that builds nothing is told",
		{.makefile = "allnoconfig:\n\tcp $(KCONFIG_ALLCONFIG) $(O)/.config\nImage:\n"},
		fragment, SYMPTOM_COMPILE, "kernel.release"},
	{"a release without commit and configuration is refused",
		{.makefile = "allnoconfig:\n\tcp $(KCONFIG_ALLCONFIG) $(O)/.config\nImage:\n"
			     "\tmkdir -p $(O)/include/config\n"
			     "\techo 6.12 > $(O)/include/config/kernel.release\n"},
		fragment, SYMPTOM_WRONG_RELEASE, "the release is \"6.12\""},
};

static void test_failed(void **state)
{
	const struct failed_row *row = *state;
	struct git_fixture *fixture;
	struct built built;
	char oid[OID_BYTES];
	void *opened;

	git_fixture_open(&opened);
	fixture = opened;
	put_source(fixture, row->source, oid);
	built = build(fixture, oid, row->config);
	if (built.code)
		fail_msg("%d: %s", built.code, built.err.text);
	assert_int_equal(built.end.failure, FAILURE_BUILD);
	assert_int_equal(built.end.symptom, row->symptom);
	if (!strstr(built.end.reason, row->words))
		fail_msg("\"%s\" lacks \"%s\"", built.end.reason, row->words);
	assert_null(built.kernel.image_path);
	assert_true(fs_exists(built.kernel.log_path));
	built_clear(&built);
	git_fixture_close(&opened);
}

static void test_full_disk(void **state)
{
	auto_built struct built built = build_source(*state,
		(struct source){.makefile =
					"allnoconfig:\n"
					"\t@echo 'cc1: No space left on device'; exit 1\n"});

	assert_int_equal(built.code, -ENOSPC);
	assert_non_null(strstr(built.err.text, "the disk is full"));
}

static void test_folder_in_use(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *folder = mem_printf("%s/build", fixture->folder);
	auto_free char *path = mem_printf("%s/lock", folder);
	auto_built struct built built = {.code = 0};
	auto_close int lock = -1;

	assert_int_equal(fs_make_folder(folder, NULL), 0);
	assert_int_equal(lock_take(path, &lock, NULL), 0);
	built = build_source(fixture, (struct source){0});
	assert_int_equal(built.code, -EBUSY);
	assert_non_null(strstr(built.err.text, "another process builds in"));
}

static int build_test(struct git_fixture *fixture, struct source source, const char *test,
	char **path, char **hash, struct build_end *end, struct err *err)
{
	auto_free char *folder = mem_printf("%s/build", fixture->folder);
	auto_free char *tests = mem_printf("%s/tests", fixture->folder);
	struct commit commit = {0};
	struct kernel_order order = {
		.repo = fixture->repo, .commit = &commit, .build_folder = folder};

	put_source(fixture, source, commit.oid);
	return kernel_build_test(&order, test, tests, path, hash, end, err);
}

static void test_selftest(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *path = NULL, *hash = NULL, *expected = NULL;
	struct build_end end = {0};
	struct err err = ERR_INIT;

	assert_int_equal(build_test(fixture, (struct source){0}, "kvm/dirty_log_perf_test",
				 &path, &hash, &end, &err),
		0);
	assert_int_equal(end.failure, FAILURE_NONE);
	expected = mem_printf("%s/tests/%s/dirty_log_perf_test", fixture->folder, hash);
	assert_string_equal(path, expected);
	assert_int_equal(access(path, X_OK), 0);
}

static void test_selftest_fails(void **state)
{
	struct git_fixture *fixture = *state;
	struct build_end end = {0};
	char *path = NULL, *hash = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(build_test(fixture, (struct source){.t = "#include <y.h>\n"},
				 "kvm/dirty_log_perf_test", &path, &hash, &end, &err),
		0);
	assert_int_equal(end.failure, FAILURE_BUILD);
	assert_non_null(strstr(end.reason, "t.c:1:10: fatal error: y.h"));
	assert_null(path);
	build_end_clear(&end);
}

static void test_selftest_names(void **state)
{
	static const char *const names[] = {"", "test", "../x/y", "/etc/x", "kvm/", "kvm//x",
		"-C/x", "kvm/x y", "kvm/$(x)"};
	struct build_end end = {0};
	char *path = NULL, *hash = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(build_test(*state, (struct source){0}, names[i], &path, &hash,
					 &end, &err),
			-EINVAL);
		assert_non_null(strstr(err.text, "is not the path of a selftest"));
	}
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"a commit becomes an image with its names and hashes", test_build, FIXTURE},
		{"a base is completed, and its modules are packed", test_base, FIXTURE},
		{"equal source has an equal image hash, whatever its commit", test_equal_source,
			FIXTURE},
		{"a tree is configured when something asks for it", test_configure_when_needed,
			FIXTURE},
		{"after a kill nothing half written is used", test_after_a_kill, FIXTURE},
		{"a full disk is not the kernel's fault", test_full_disk, FIXTURE},
		{"a build folder in use is left alone", test_folder_in_use, FIXTURE},
		{"a selftest is kept under its hash", test_selftest, FIXTURE},
		{"a selftest that does not build has a reason", test_selftest_fails, FIXTURE},
		{"names that are no selftest are refused", test_selftest_names, FIXTURE},
	};
	struct kmake_tools tools = {0};
	size_t count = 10;

	if (kmake_find_tools(&tools, NULL) < 0) {
		printf("1..0 # SKIP no compiler for arm64\n# notice: no compiler for arm64\n");
		return 0;
	}
	kmake_tools_clear(&tools);
	for (size_t i = 0; i < ARRAY_SIZE(failed_rows); i++)
		tests[count++] = (struct CMUnitTest){failed_rows[i].name, test_failed, NULL,
			NULL, (void *)(uintptr_t)&failed_rows[i]};
	return _cmocka_run_group_tests("kernel", tests, count, NULL, NULL);
}
