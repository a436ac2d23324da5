/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mirror.h"

#include <errno.h>

#include "git_fixture.h"

static const struct git_entry files[] = {{"100644", "a.c", "one\n", NULL}, {0}};

static void only_one_has_it_open(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *path = mem_printf("%s/m.git", fixture->folder);
	struct mirror *mirror = NULL, *other = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(mirror_open(&mirror, path, NULL, NULL), 0);
	assert_int_equal(mirror_open(&other, path, NULL, &err), -EBUSY);
	assert_non_null(strstr(err.text, path));
	assert_null(other);
	mirror_close(mirror);
	assert_int_equal(mirror_open(&other, path, NULL, NULL), 0);
	mirror_close(other);
	mirror_close(NULL);
}

static void a_bad_reference_leaves_no_mirror(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *path = mem_printf("%s/m.git", fixture->folder);
	auto_free char *shallow = mem_printf("%s/shallow", fixture->repo);
	struct mirror *mirror = NULL;
	struct err err = ERR_INIT;
	char oid[OID_BYTES];

	assert_int_equal(mirror_open(&mirror, path, "/nowhere", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nowhere"));
	assert_false(fs_exists(path));
	git_put_files(fixture, files, oid);
	assert_int_equal(fs_write_atomic(shallow, oid, strlen(oid), NULL), 0);
	assert_int_equal(mirror_open(&mirror, path, fixture->repo, &err), -EINVAL);
	assert_non_null(strstr(err.text, "shallow"));
	assert_false(fs_exists(path));
}

/* libgit2's own transport, which takes a path; a stale lock is in the way. */
static void refs_come_newest_first_and_peeled(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *path = mem_printf("%s/m.git", fixture->folder);
	auto_free char *url = mem_printf("file://%s", fixture->repo);
	auto_free char *lock = mem_printf("%s/refs/heads/kvm/a,1.lock", path);
	struct mirror_fetch fetch = {.url = url};
	struct mirror_ref *refs = NULL;
	struct mirror *mirror = NULL;
	struct err err = ERR_INIT;
	char oid[OID_BYTES];
	size_t count;

	git_put_files(fixture, files, oid);
	git_put_ref(fixture, "refs/heads/kvm/b", oid);
	git_put_ref(fixture, "refs/heads/kvm/a,1", oid);
	git_put_ref(fixture, "refs/tags/v1", oid);
	assert_int_equal(mirror_open(&mirror, path, NULL, &err), 0);
	assert_int_equal(mirror_fetch(mirror, &fetch, &err), 0);
	mirror_close(mirror);
	assert_int_equal(fs_write_atomic(lock, "", 0, NULL), 0);
	assert_int_equal(mirror_open(&mirror, path, NULL, &err), 0);
	assert_false(fs_exists(lock));
	assert_int_equal(mirror_refs(mirror, "refs/heads/kvm/*", &refs, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(refs[0].name, "refs/heads/kvm/a,1");
	assert_string_equal(refs[0].oid, oid);
	mirror_refs_free(refs, count);
	assert_int_equal(mirror_refs(mirror, "refs/heads/none", &refs, &count, &err), 0);
	assert_int_equal(count, 0);
	mirror_close(mirror);
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"one process at a time has a mirror open", only_one_has_it_open, FIXTURE},
		{"a bad reference leaves no mirror", a_bad_reference_leaves_no_mirror, FIXTURE},
		{"refs come newest first", refs_come_newest_first_and_peeled, FIXTURE},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
