/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/repo.h"

#include <errno.h>
#include <unistd.h>

#include "git_fixture.h"

static const struct git_entry files[] = {{"100644", "a.c", "one\ntwo\nthree\n", NULL}, {0}};

static void put_commit(struct git_fixture *fixture, const char *message, char oid[OID_BYTES])
{
	char tree[OID_BYTES];

	git_put_tree(fixture, files, tree);
	git_put_commit(fixture, tree, NULL, message, oid);
}

static struct repo *open_fixture(struct git_fixture *fixture)
{
	struct repo *repo = NULL;

	assert_int_equal(repo_open(&repo, fixture->repo, NULL), 0);
	return repo;
}

static void test_names(void **state)
{
	struct git_fixture *fixture = *state;
	char base[OID_BYTES], tip[OID_BYTES], tree[OID_BYTES];
	auto_repo struct repo *repo = open_fixture(fixture);

	put_commit(fixture, "mm: base\n", base);
	git_put_tree(fixture, files, tree);
	git_put_commit(fixture, tree, base, "\nmm: tip\nof two lines\n\nBody\n", tip);
	git_put_ref(fixture, "refs/heads/kvm/next", tip);
	git_put_ref(fixture, "refs/tags/v1", base);

	const struct {
		const char *name, *oid;
	} names[] = {{tip, tip}, {base, base}, {"kvm/next", tip}, {"refs/heads/kvm/next", tip},
		{"v1", base}, {"kvm/next~1", base}, {"kvm/next^", base}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct commit commit = {0};

		assert_int_equal(repo_resolve(repo, names[i].name, &commit, NULL), 0);
		assert_string_equal(commit.oid, names[i].oid);
		assert_string_equal(commit.tree, tree);
		assert_string_equal(commit.parent, names[i].oid == tip ? base : "");
		assert_string_equal(commit.subject,
			names[i].oid == tip ? "mm: tip of two lines" : "mm: base");
		assert_string_equal(commit.author, "A U Thor <a@example.org>");
		assert_int_equal(commit.commit_time_s, 1000000000);
		commit_clear(&commit);
	}
}

static void test_abbreviations(void **state)
{
	struct git_fixture *fixture = *state;
	auto_repo struct repo *repo = open_fixture(fixture);
	struct commit commit = {0};
	struct err err = ERR_INIT;
	char oid[OID_BYTES], digits[5] = "";

	for (int i = 0; i < 3000; i++) { /* some two of them share four digits */
		char message[20];

		snprintf(message, sizeof(message), "%d\n", i);
		put_commit(fixture, message, oid);
		snprintf(digits, sizeof(digits), "%.4s", oid);
		if (i == 0) {
			char first[13];

			snprintf(first, sizeof(first), "%.12s", oid);
			assert_int_equal(repo_resolve(repo, first, &commit, NULL), 0);
			assert_string_equal(commit.oid, oid);
			commit_clear(&commit);
		} else if (repo_resolve(repo, digits, &commit, &err) == -ENOTUNIQ) {
			assert_non_null(strstr(err.text, digits));
			assert_non_null(strstr(err.text, "give more digits"));
			return;
		}
		commit_clear(&commit);
	}
	fail_msg("no two of 3000 ids share four digits");
}

struct bad_row {
	const char *name;
	const char *commit;
	int code;
	const char *words;
};

static const struct bad_row bad_rows[] = {
	{"an unknown branch is named, with those there are", "kvmarm/nxt", -ENOENT,
		"no commit \"kvmarm/nxt\""},
	{"some branches are told", "nosuch", -ENOENT, "branches: b0, b1, b2, b3, b4 and more"},
	{"an unknown id is named", "0123456789012345678901234567890123456789", -ENOENT,
		"0123456789012345678901234567890123456789"},
	{"an empty name is refused", "", -EINVAL, "cannot be the name"},
	{"an option is not a name", "--all", -EINVAL, "cannot be the name"},
	{"a search through history is not a name", "b0^{/x}", -EINVAL, "cannot be the name"},
	{"a path is not a name", "b0:a.c", -EINVAL, "cannot be the name"},
	{"a newline is not part of a name", "b0\nb1", -EINVAL, "cannot be the name"},
	{"a tag of a file is no commit", "file", -EINVAL, "is a blob, not a commit"},
	{"the parent of a root commit is unknown", "b0^", -ENOENT, "no commit \"b0^\""},
};

static void test_bad_name(void **state)
{
	static const char *const branches[] = {"b0", "b1", "b2", "b3", "b4", "b5"};
	const struct bad_row *row = *state;
	struct git_fixture *fixture;
	struct commit commit = {0};
	struct repo *repo;
	struct err err = ERR_INIT;
	char oid[OID_BYTES], blob[OID_BYTES];
	void *opened;

	git_fixture_open(&opened);
	fixture = opened;
	repo = open_fixture(fixture);
	put_commit(fixture, "x\n", oid);
	git_put(fixture, GIT_OBJECT_BLOB, "x", 1, blob);
	git_put_ref(fixture, "refs/tags/file", blob);
	for (size_t i = 0; i < ARRAY_SIZE(branches); i++) {
		char ref[40];

		snprintf(ref, sizeof(ref), "refs/heads/%s", branches[i]);
		git_put_ref(fixture, ref, oid);
	}
	assert_int_equal(repo_resolve(repo, row->commit, &commit, &err), row->code);
	assert_non_null(strstr(err.text, row->words));
	assert_null(commit.subject);
	repo_close(repo);
	git_fixture_close(&opened);
}

static void test_hostile_subjects(void **state)
{
	struct git_fixture *fixture = *state;
	auto_repo struct repo *repo = open_fixture(fixture);
	auto_free char *huge = mem_new((10 << 20) + 1, 1);
	struct commit commit = {0};
	char oid[OID_BYTES];

	memset(huge, 'x', 10 << 20);
	memcpy(huge + 998, "\xe2\x82\xac", 3); /* a euro sign across the limit */
	put_commit(fixture, huge, oid);
	assert_int_equal(repo_resolve(repo, oid, &commit, NULL), 0);
	assert_int_equal(strlen(commit.subject), 998);
	commit_clear(&commit);

	memset(huge, '\x80', 2000);
	put_commit(fixture, huge, oid);
	assert_int_equal(repo_resolve(repo, oid, &commit, NULL), 0);
	assert_int_equal(strlen(commit.subject), 1000);
	commit_clear(&commit);

	put_commit(fixture, "\xff\xfe <b>\033[1m\n", oid);
	assert_int_equal(repo_resolve(repo, oid, &commit, NULL), 0);
	assert_string_equal(commit.subject, "\xff\xfe <b>\033[1m");
	commit_clear(&commit);

	put_commit(fixture, "", oid);
	assert_int_equal(repo_resolve(repo, oid, &commit, NULL), 0);
	assert_string_equal(commit.subject, "");
	commit_clear(&commit);
}

static void test_not_a_repository(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *missing = mem_printf("%s/none", fixture->folder);
	struct repo *repo = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(repo_open(&repo, fixture->folder, &err), -ENOENT);
	assert_non_null(strstr(err.text, fixture->folder));
	assert_non_null(strstr(err.text, "is not a git repository"));
	assert_int_equal(repo_open(&repo, missing, &err), -ENOENT);
	assert_null(repo);
}

/* Only root can give a folder away. */
static void test_of_another(void **state)
{
	struct git_fixture *fixture = *state;
	struct repo *repo = NULL;
	struct err err = ERR_INIT;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(fixture->repo, 65534, 65534), 0);
	assert_int_equal(repo_open(&repo, fixture->repo, &err), -EPERM);
	assert_non_null(strstr(err.text, "belongs to another user"));
	assert_null(repo);
}

#define DIFF(before, after)                                                             \
	"diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n one\n-" before \
	"\n+" after "\n three\n"

static int change(struct repo *repo, const char *parent, const char *diff, const char *ref,
	struct commit *ret, struct err *err)
{
	const struct repo_change change = {
		.parent = parent,
		.diff = diff,
		.message = "mm: change\n",
		.author_name = "N",
		.author_mail = "n@example.org",
		.ref = ref,
	};

	return repo_commit_patch(repo, &change, ret, err);
}

static void test_commit_patch(void **state)
{
	struct git_fixture *fixture = *state;
	auto_repo struct repo *repo = open_fixture(fixture);
	struct commit made = {0}, again = {0}, read = {0};
	char base[OID_BYTES];

	put_commit(fixture, "x\n", base);
	assert_int_equal(
		change(repo, base, DIFF("two", "2"), "refs/heads/new", &made, NULL), 0);
	assert_string_equal(made.parent, base);
	assert_string_equal(made.subject, "mm: change");
	assert_string_equal(made.author, "N <n@example.org>");
	assert_int_equal(made.commit_time_s, 1000000001);
	assert_int_equal(repo_resolve(repo, "new", &read, NULL), 0);
	assert_string_equal(read.oid, made.oid);
	assert_int_equal(
		change(repo, base, DIFF("two", "2"), "refs/heads/new", &again, NULL), 0);
	assert_string_equal(again.oid, made.oid);
	commit_clear(&made);
	commit_clear(&again);
	commit_clear(&read);
}

struct diff_row {
	const char *name;
	const char *diff;
	const char *words;
};

static const struct diff_row diff_rows[] = {
	{"a conflict names file and hunk", DIFF("zwei", "2"), "at a.c, hunk at line 1"},
	{"a missing file is named",
		"diff --git a/b.c b/b.c\n--- a/b.c\n+++ b/b.c\n@@ -1 +1 @@\n-a\n+b\n",
		"at b.c"},
	{"a text without a diff is refused", "hello\n", "patch"},
	{"an empty text is refused", "", "patch"},
	{"a diff that is cut is refused",
		"diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +", "patch"},
	{"a file outside the tree is refused",
		"diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n"
		"@@ -0,0 +1 @@\n+x\n",
		"../x"},
	{"git's own folder is refused",
		"diff --git a/.git/config b/.git/config\nnew file mode 100644\n--- /dev/null\n"
		"+++ b/.git/config\n@@ -0,0 +1 @@\n+x\n",
		".git/config"},
};

static void test_bad_diff(void **state)
{
	const struct diff_row *row = *state;
	struct commit made = {0}, read = {0};
	struct git_fixture *fixture;
	struct repo *repo;
	struct err err = ERR_INIT;
	char base[OID_BYTES];
	void *opened;

	git_fixture_open(&opened);
	fixture = opened;
	repo = open_fixture(fixture);
	put_commit(fixture, "x\n", base);
	assert_int_equal(change(repo, base, row->diff, "refs/heads/n", &made, &err), -EPROTO);
	if (!strstr(err.text, row->words))
		fail_msg("\"%s\" lacks \"%s\"", err.text, row->words);
	assert_int_equal(repo_resolve(repo, "n", &read, NULL), -ENOENT);
	repo_close(repo);
	git_fixture_close(&opened);
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"a commit is found by id, branch, tag and suffix", test_names, FIXTURE},
		{"digits that begin two ids are refused", test_abbreviations, FIXTURE},
		{"hostile subjects are cut and kept as bytes", test_hostile_subjects, FIXTURE},
		{"a folder that is no repository is named", test_not_a_repository, FIXTURE},
		{"a repository of another user is named as such", test_of_another, FIXTURE},
		{"a patch becomes the same commit every time", test_commit_patch, FIXTURE},
	};
	size_t count = 6;

	for (size_t i = 0; i < ARRAY_SIZE(bad_rows); i++)
		tests[count++] = (struct CMUnitTest){bad_rows[i].name, test_bad_name, NULL,
			NULL, (void *)(uintptr_t)&bad_rows[i]};
	for (size_t i = 0; i < ARRAY_SIZE(diff_rows); i++)
		tests[count++] = (struct CMUnitTest){diff_rows[i].name, test_bad_diff, NULL,
			NULL, (void *)(uintptr_t)&diff_rows[i]};
	return _cmocka_run_group_tests("repo", tests, count, NULL, NULL);
}
