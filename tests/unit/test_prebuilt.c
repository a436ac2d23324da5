/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/prebuilt.h"

#include <errno.h>
#include <sys/stat.h>

#include "scratch.h"

#include "lab/kernel.h"
#include "string/str.h"

/*
 * The hook is a real program: it hands over a copy of the folder SHELF beside
 * it when that holds the commit, says that it has nothing when not, and fails when
 * there is a file "broken" there.
 */
static const char hook[] =
	"#!/bin/sh\n"
	"shelf=${0%/*}/shelf\n"
	"[ ! -e \"$shelf/broken\" ] || { echo looking; echo 'the store is on fire' >&2; exit "
	"3; }\n"
	"if [ -n \"${3-}\" ]; then\n"
	"	[ -e \"$shelf/${3##*/}\" ] || exit 125\n"
	"	cp \"$shelf/${3##*/}\" \"$2\"\n"
	"	exit\n"
	"fi\n"
	"[ -s \"$2/fragment.config\" ] || exit 4\n"
	"grep -q \"^commit: $1\" \"$shelf/manifest\" || exit 125\n"
	"echo \"taken from the shelf\"\n"
	"cp \"$shelf\"/* \"$2\"\n";

#define COMMIT	"0123456789abcdef0123456789abcdef01234567"
#define OTHER	"ffffffffffffffffffffffffffffffffffffffff"
#define ID	"aabbccddeeff00112233aabbccddeeff00112233"
#define RELEASE "6.12.1-g0123456789ab-c1234"

/* What lies on the shelf; NULL: what is right. */
struct shelf {
	const char *manifest, *config, *banner, *magic;
};

static const char good_manifest[] = "# by hand\ncommit: " COMMIT "\nrelease: " RELEASE
				    "\nbuild-id: " ID "\ntoolchain: gcc 12.2.0\nhost: any\n";
static const char good_config[] = "CONFIG_KVM=y\nCONFIG_MORE=y\n";
static const char fragment[] = "CONFIG_KVM=y\n";

static void put(const char *folder, const char *name, const void *data, size_t bytes)
{
	auto_free char *path = mem_printf("%s/%s", folder, name);

	assert_int_equal(fs_write_atomic(path, data, bytes, NULL), 0);
}

static void put_image(const char *folder, const struct shelf *shelf)
{
	auto_str struct str image = STR_INIT;
	char header[64] = {0};

	memcpy(header + 56, shelf->magic ? shelf->magic : "ARM\x64", 4);
	if (shelf->magic && shelf->magic[0] == '\x1f')
		memcpy(header, shelf->magic, 4);
	str_add_bytes(&image, header, sizeof(header));
	str_add(&image, shelf->banner ? shelf->banner : "Linux version " RELEASE " (a@b)");
	str_add_bytes(&image, "\xaa\xbb\xcc\xdd\xee\xff\x00\x11\x22\x33", 10);
	str_add_bytes(&image, "\xaa\xbb\xcc\xdd\xee\xff\x00\x11\x22\x33", 10);
	put(folder, "image", str_text(&image), image.length);
}

static char *make_lab(const struct shelf *shelf)
{
	char *folder = scratch_make();
	auto_free char *path = mem_printf("%s/hook", folder);
	auto_free char *shelf_path = mem_printf("%s/shelf", folder);
	const char *manifest = shelf->manifest ? shelf->manifest : good_manifest;
	const char *config = shelf->config ? shelf->config : good_config;

	scratch_write(path, hook);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(fs_make_folder(shelf_path, NULL), 0);
	put(shelf_path, "manifest", manifest, strlen(manifest));
	put(shelf_path, "config", config, strlen(config));
	put(shelf_path, "dirty_log_perf_test", "ELF", 3);
	put_image(shelf_path, shelf);
	return folder;
}

struct answer {
	struct kernel kernel;
	struct build_end end;
	struct err err;
	int code;
};

static struct kernel_order order_in(
	const char *folder, const struct commit *commit, char **hook_path)
{
	*hook_path = mem_printf("%s/hook", folder);
	return (struct kernel_order){
		.repo = "/nowhere",
		.commit = commit,
		.fragment = fragment,
		.build_folder = "/dev/null/builds",
		.prebuilt = *hook_path,
	};
}

static struct answer receive(const char *folder, const char *oid)
{
	auto_free char *kernels = mem_printf("%s/kernels", folder), *hook_path = NULL;
	struct commit commit = {.id = 7};
	struct kernel_order order = order_in(folder, &commit, &hook_path);
	struct answer answer = {.code = 0};

	snprintf(commit.oid, sizeof(commit.oid), "%s", oid);
	answer.code = kernel_build(&order, kernels, &answer.kernel, &answer.end, &answer.err);
	return answer;
}

static void test_taken(void **state)
{
	auto_scratch char *folder = make_lab(&(struct shelf){0});
	struct answer answer = receive(folder, COMMIT);
	auto_free char *log = NULL, *left = NULL;

	(void)state;
	if (answer.code < 0)
		fail_msg("%s", answer.err.text);
	assert_true(answer.kernel.prebuilt);
	assert_string_equal(answer.kernel.release, RELEASE);
	assert_string_equal(answer.kernel.build_id, ID);
	assert_string_equal(answer.kernel.toolchain, "gcc 12.2.0");
	assert_int_equal(strlen(answer.kernel.config_hash), 12);
	assert_int_equal(strlen(answer.kernel.image_hash), 64);
	assert_int_equal(answer.kernel.commit_id, 7);
	assert_true(fs_exists(answer.kernel.image_path));
	assert_int_equal(fs_read(answer.kernel.log_path, 1000, &log, NULL, NULL), 0);
	assert_string_equal(log, "taken from the shelf\n");
	left = mem_printf("%s/kernels/0123456789ab-prebuilt.new", folder);
	assert_false(fs_exists(left));
	kernel_clear(&answer.kernel);
}

/* The build that follows fails here, for the order's build folder cannot be. */
static void test_not_here(void **state)
{
	auto_scratch char *folder = make_lab(&(struct shelf){0});
	struct answer answer = receive(folder, OTHER);

	(void)state;
	assert_int_equal(answer.code, -ENOTDIR);
	assert_non_null(strstr(answer.err.text, "/dev/null"));
}

static void test_fails(void **state)
{
	auto_scratch char *folder = make_lab(&(struct shelf){0});
	auto_free char *broken = mem_printf("%s/shelf/broken", folder);
	struct answer answer;

	(void)state;
	scratch_write(broken, "");
	answer = receive(folder, COMMIT);
	assert_int_equal(answer.code, -EIO);
	assert_non_null(strstr(answer.err.text, "exit status 3: the store is on fire"));
}

static void test_test(void **state)
{
	auto_scratch char *folder = make_lab(&(struct shelf){0});
	auto_free char *tests = mem_printf("%s/tests", folder), *hook_path = NULL;
	auto_free char *path = NULL, *hash = NULL, *wanted = NULL;
	struct commit commit = {.oid = COMMIT};
	struct kernel_order order = order_in(folder, &commit, &hook_path);
	struct build_end end;
	struct err err = ERR_INIT;

	(void)state;
	if (kernel_build_test(
		    &order, "kvm/dirty_log_perf_test", tests, &path, &hash, &end, &err) < 0)
		fail_msg("%s", err.text);
	wanted = mem_printf("%s/%s/dirty_log_perf_test", tests, hash);
	assert_string_equal(path, wanted);
	assert_int_equal(
		kernel_build_test(&order, "kvm/other", tests, &path, &hash, &end, &err),
		-ENOTDIR);
}

struct flaw_row {
	const char *name;
	struct shelf shelf;
	int code;
	const char *words;
};

static const struct flaw_row flaw_rows[] = {
	{"a release without the commit is refused",
		{.manifest = "commit: " COMMIT "\nrelease: 6.12.1\nbuild-id: " ID
			     "\ntoolchain: gcc\n"},
		-EPROTO, "build with LOCALVERSION=-g0123456789ab"},
	{"an image of another release is refused", {.banner = "Linux version 6.12.1 (a@b)"},
		-EPROTO, "another release than the manifest says"},
	{"an image of another build-id is refused",
		{.manifest = "commit: " COMMIT "\nrelease: " RELEASE
			     "\nbuild-id: 00112233445566778899\ntoolchain: gcc\n"},
		-EPROTO, "another build-id than the manifest says"},
	{"a compressed image is refused", {.magic = "\x1f\x8b\x08\x00"}, -EPROTO,
		"it is compressed"},
	{"what is no arm64 image is refused",
		{.magic = "\x7f"
			  "ELF"},
		-EPROTO, "no arm64 kernel image"},
	{"a configuration without what was asked for is refused",
		{.config = "# CONFIG_KVM is not set\n"}, -EPROTO,
		"CONFIG_KVM=y became not set"},
	{"a configuration that is none is refused", {.config = "rubbish\n"}, -EINVAL,
		"config:1: expected"},
	{"a manifest with a hole is refused", {.manifest = "commit: " COMMIT "\n"}, -EINVAL,
		"\"release:\" is missing"},
};

static void test_flaw(void **state)
{
	const struct flaw_row *row = *state;
	auto_scratch char *folder = make_lab(&row->shelf);
	struct answer answer;

	/* The hook itself has to find it. */
	answer = receive(folder, COMMIT);
	assert_int_equal(answer.code, row->code);
	if (!strstr(answer.err.text, row->words))
		fail_msg("\"%s\" lacks \"%s\"", answer.err.text, row->words);
	assert_non_null(strstr(answer.err.text, "the prebuilt hook"));
}

/* A hook may hand over anything: the manifest is asked which commit it is of. */
static void test_other_commit(void **state)
{
	auto_scratch char *folder = make_lab(&(struct shelf){0});
	auto_free char *shelf = mem_printf("%s/shelf", folder);
	struct kernel kernel = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(prebuilt_prove(shelf, OTHER, fragment, &kernel, &err), -EPROTO);
	assert_string_equal(
		err.text, "the kernel is of commit 0123456789ab, expected ffffffffffff");
	kernel_clear(&kernel);
}

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"what the hook has is taken", test_taken, NULL, NULL, NULL},
		{"what the hook does not have is built", test_not_here, NULL, NULL, NULL},
		{"a hook that fails is an error with its last words", test_fails, NULL, NULL,
			NULL},
		{"a test is taken under its hash", test_test, NULL, NULL, NULL},
		{"the kernel of another commit is refused", test_other_commit, NULL, NULL,
			NULL},
	};
	size_t count = 5;

	for (size_t i = 0; i < ARRAY_SIZE(flaw_rows); i++)
		tests[count++] = (struct CMUnitTest){flaw_rows[i].name, test_flaw, NULL, NULL,
			(void *)(uintptr_t)&flaw_rows[i]};
	return _cmocka_run_group_tests("prebuilt", tests, count, NULL, NULL);
}
