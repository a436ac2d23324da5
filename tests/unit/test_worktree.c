/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/worktree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "git_fixture.h"

#define MAX_ENTRIES 8

static char *path_of(struct git_fixture *fixture, const char *name)
{
	return mem_printf("%s/tree/%s", fixture->folder, name);
}

static int go(struct git_fixture *fixture, const char *commit, struct worktree_count *count,
	struct err *err)
{
	auto_free char *folder = mem_printf("%s/tree", fixture->folder);
	struct worktree_order order = {
		.repo = fixture->repo, .commit = commit, .folder = folder};

	return worktree_switch(&order, count, err);
}

/* "content", "content*" when executable, "-> target" of a link, "/" of a folder, or NULL. */
static char *look(struct git_fixture *fixture, const char *name)
{
	auto_free char *path = path_of(fixture, name);
	auto_free char *text = NULL;
	char target[100] = "";
	struct stat st;

	if (lstat(path, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return mem_strdup("/");
	if (S_ISLNK(st.st_mode)) {
		assert_true(readlink(path, target, sizeof(target) - 1) > 0);
		return mem_printf("-> %s", target);
	}
	assert_int_equal(fs_read(path, 1000, &text, NULL, NULL), 0);
	return mem_printf("%s%s", text, st.st_mode & S_IXUSR ? "*" : "");
}

static void assert_holds(struct git_fixture *fixture, const char *name, const char *expected)
{
	auto_free char *found = look(fixture, name);

	if (!expected)
		assert_null(found);
	else if (!found || strcmp(found, expected) != 0)
		fail_msg("%s is \"%s\", expected \"%s\"", name, found ? found : "missing",
			expected);
}

static void put_file(struct git_fixture *fixture, const char *name, const char *text)
{
	auto_free char *path = path_of(fixture, name);

	assert_int_equal(fs_write_atomic(path, text, strlen(text), NULL), 0);
}

/* Gives the file an old time stamp, so that a write shows. */
static void age(struct git_fixture *fixture, const char *name)
{
	const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
	auto_free char *path = path_of(fixture, name);

	assert_int_equal(utimensat(AT_FDCWD, path, old, AT_SYMLINK_NOFOLLOW), 0);
}

static bool is_aged(struct git_fixture *fixture, const char *name)
{
	auto_free char *path = path_of(fixture, name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mtime == 1000000000;
}

/* ---- from one tree to another, by two ways ---- */

struct expect {
	const char *name, *found;
};

struct switch_row {
	const char *name;
	struct git_entry from[MAX_ENTRIES], to[MAX_ENTRIES];
	struct expect expect[MAX_ENTRIES];
	size_t written, removed; /* of a switch between known trees */
};

static const struct switch_row switch_rows[] = {
	{"files appear, change and go",
		{{"100644", "a", "1", NULL}, {"100644", "b", "1", NULL}},
		{{"100644", "b", "2", NULL}, {"100644", "c", "3", NULL}},
		{{"a", NULL}, {"b", "2"}, {"c", "3"}}, 2, 1},
	{"an equal file is left alone",
		{{"100644", "a", "1", NULL}, {"100644", "b", "1", NULL}},
		{{"100644", "a", "1", NULL}, {"100644", "b", "2", NULL}},
		{{"a", "1"}, {"b", "2"}}, 1, 0},
	{"the executable bit comes and goes",
		{{"100755", "a", "1", NULL}, {"100644", "b", "1", NULL}},
		{{"100644", "a", "1", NULL}, {"100755", "b", "1", NULL}},
		{{"a", "1"}, {"b", "1*"}}, 2, 0},
	{"a link becomes a file and a file a link",
		{{"120000", "a", "to", NULL}, {"100644", "b", "1", NULL}},
		{{"100644", "a", "1", NULL}, {"120000", "b", "../x", NULL}},
		{{"a", "1"}, {"b", "-> ../x"}}, 2, 0},
	{"a link gets another target", {{"120000", "a", "to", NULL}},
		{{"120000", "a", "fro", NULL}}, {{"a", "-> fro"}}, 1, 0},
	{"an empty file is a file", {{"100644", "a", "1", NULL}}, {{"100644", "a", "", NULL}},
		{{"a", ""}}, 1, 0},
	{"a tree may be empty", {{"100644", "a", "1", NULL}}, {{0}}, {{"a", NULL}}, 0, 1},
};

static void check_switch(void **state, bool interrupted)
{
	const struct switch_row *row = *state;
	char from[OID_BYTES], to[OID_BYTES];
	struct worktree_count count = {0};
	struct git_fixture *fixture;
	void *opened;

	git_fixture_open(&opened);
	fixture = opened;
	git_put_files(fixture, row->from, from);
	git_put_files(fixture, row->to, to);
	assert_int_equal(go(fixture, from, NULL, NULL), 0);
	if (interrupted) {
		auto_free char *path = mem_printf("%s/tree.state", fixture->folder);

		assert_int_equal(fs_write_atomic(path, "moving\n", 7, NULL), 0);
	}
	assert_int_equal(go(fixture, to, &count, NULL), 0);
	for (const struct expect *e = row->expect; e->name; e++)
		assert_holds(fixture, e->name, e->found);
	assert_int_equal(count.written, row->written);
	assert_int_equal(count.removed, row->removed);
	git_fixture_close(&opened);
}

static void test_switch(void **state)
{
	check_switch(state, false);
}

static void test_switch_after_interruption(void **state)
{
	check_switch(state, true);
}

/* ---- folders ---- */

/* A commit with "d/f" and "e" ("d" is a folder), or with "d" as a file. */
static void put_nested(struct git_fixture *fixture, const char *text, char oid[OID_BYTES])
{
	struct git_entry inner[] = {
		{"100644", "f", text, NULL}, {"100644", "same", "s", NULL}, {0}};
	struct git_entry outer[] = {
		{"40000", "d", NULL, NULL}, {"100644", "e", "e", NULL}, {0}};
	char tree[OID_BYTES];

	git_put_tree(fixture, inner, tree);
	outer[0].oid = tree;
	git_put_files(fixture, outer, oid);
}

static void test_nested(void **state)
{
	struct git_fixture *fixture = *state;
	char one[OID_BYTES], two[OID_BYTES];
	struct worktree_count count;

	put_nested(fixture, "1", one);
	put_nested(fixture, "2", two);
	assert_int_equal(go(fixture, one, &count, NULL), 0);
	assert_int_equal(count.written, 3);
	age(fixture, "d/same");
	age(fixture, "e");
	put_file(fixture, "d/made.o", "by make");
	assert_int_equal(go(fixture, two, &count, NULL), 0);
	assert_int_equal(count.written, 1);
	assert_holds(fixture, "d/f", "2");
	assert_holds(fixture, "d/made.o", "by make");
	assert_true(is_aged(fixture, "d/same") && is_aged(fixture, "e"));
	assert_int_equal(go(fixture, two, &count, NULL), 0);
	assert_int_equal(count.written + count.removed, 0);
}

static void test_folder_and_file_swap(void **state)
{
	const struct git_entry flat[] = {{"100644", "d", "file", NULL}, {0}};
	struct git_fixture *fixture = *state;
	char nested[OID_BYTES], file[OID_BYTES];

	put_nested(fixture, "1", nested);
	git_put_files(fixture, flat, file);
	assert_int_equal(go(fixture, nested, NULL, NULL), 0);
	put_file(fixture, "d/made.o", "by make");
	assert_int_equal(go(fixture, file, NULL, NULL), 0);
	assert_holds(fixture, "d", "file");
	assert_holds(fixture, "e", NULL);
	assert_int_equal(go(fixture, nested, NULL, NULL), 0);
	assert_holds(fixture, "d/f", "1");
}

static void test_interrupted(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *state_path = mem_printf("%s/tree.state", fixture->folder);
	auto_free char *gone = path_of(fixture, "d/f");
	struct worktree_count count;
	char one[OID_BYTES];

	put_nested(fixture, "1", one);
	assert_int_equal(go(fixture, one, NULL, NULL), 0);
	age(fixture, "d/same");
	put_file(fixture, "e", "half writ");
	put_file(fixture, "stranger", "x");
	put_file(fixture, "d/stranger", "x");
	assert_int_equal(unlink(gone), 0);
	assert_int_equal(fs_write_atomic(state_path, "moving\n", 7, NULL), 0);
	assert_int_equal(go(fixture, one, &count, NULL), 0);
	assert_int_equal(count.written, 2);
	assert_int_equal(count.removed, 2);
	assert_holds(fixture, "d/f", "1");
	assert_holds(fixture, "e", "e");
	assert_holds(fixture, "stranger", NULL);
	assert_holds(fixture, "d/stranger", NULL);
	assert_true(is_aged(fixture, "d/same"));
}

static void test_unknown_state(void **state)
{
	static const char *const states[] = {"", "tree ", "tree zz\n", "garbage",
		"tree 0123456789012345678901234567890123456789\n"};
	struct git_fixture *fixture = *state;
	auto_free char *state_path = mem_printf("%s/tree.state", fixture->folder);
	char one[OID_BYTES];

	put_nested(fixture, "1", one);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		assert_int_equal(go(fixture, one, NULL, NULL), 0);
		put_file(fixture, "e", "changed");
		assert_int_equal(
			fs_write_atomic(state_path, states[i], strlen(states[i]), NULL), 0);
		assert_int_equal(go(fixture, one, NULL, NULL), 0);
		assert_holds(fixture, "e", "e");
	}
}

static void test_folder_was_removed(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *folder = mem_printf("%s/tree", fixture->folder);
	char one[OID_BYTES];

	put_nested(fixture, "1", one);
	assert_int_equal(go(fixture, one, NULL, NULL), 0);
	assert_int_equal(fs_remove_tree(folder, NULL), 0);
	assert_int_equal(go(fixture, one, NULL, NULL), 0);
	assert_holds(fixture, "d/f", "1");
}

static void add_path(const char *path, void *data)
{
	str_addf(data, "%s;", path);
}

static void test_changes_are_told(void **state)
{
	struct git_fixture *fixture = *state;
	const struct git_entry flat[] = {{"100644", "d", "file", NULL}, {0}};
	auto_free char *folder = mem_printf("%s/tree", fixture->folder);
	auto_str struct str told = STR_INIT;
	struct worktree_order order = {
		.repo = fixture->repo, .folder = folder, .on_change = add_path, .data = &told};
	char commits[4][OID_BYTES];
	static const char *const expected[] = {";", "d/f;", "e;d/;", "d/;d/f;d/same;e;"};

	put_nested(fixture, "1", commits[0]);
	put_nested(fixture, "2", commits[1]);
	git_put_files(fixture, flat, commits[2]);
	put_nested(fixture, "1", commits[3]);
	for (size_t i = 0; i < ARRAY_SIZE(commits); i++) {
		str_reset(&told);
		order.commit = commits[i];
		assert_int_equal(worktree_switch(&order, NULL, NULL), 0);
		assert_string_equal(str_text(&told), expected[i]);
	}
}

/* ---- hostile trees and folders ---- */

static void test_never_through_a_link(void **state)
{
	struct git_fixture *fixture = *state;
	auto_free char *outside = mem_printf("%s/outside", fixture->folder);
	auto_free char *inside = path_of(fixture, "d");
	auto_free char *victim = mem_printf("%s/f", outside);
	auto_free char *text = NULL;
	char one[OID_BYTES], two[OID_BYTES];

	put_nested(fixture, "1", one);
	put_nested(fixture, "2", two);
	assert_int_equal(fs_make_folder(outside, NULL), 0);
	assert_int_equal(fs_write_atomic(victim, "mine", 4, NULL), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(go(fixture, one, NULL, NULL), 0);
		assert_int_equal(fs_remove_tree(inside, NULL), 0);
		assert_int_equal(symlink(outside, inside), 0);
		if (round) {
			auto_free char *path = mem_printf("%s/tree.state", fixture->folder);

			assert_int_equal(unlink(path), 0);
		}
		assert_int_equal(go(fixture, two, NULL, NULL), 0);
		assert_holds(fixture, "d", "/");
		assert_holds(fixture, "d/f", "2");
	}
	assert_int_equal(fs_read(victim, 100, &text, NULL, NULL), 0);
	assert_string_equal(text, "mine");
}

/* A link and a folder of one name: what goes into the folder must not follow the link. */
static void test_link_and_folder_of_one_name(void **state)
{
	struct git_fixture *fixture = *state;
	const struct git_entry inner[] = {{"100644", "f", "evil", NULL}, {0}};
	struct git_entry outer[] = {
		{"120000", "d", "../outside", NULL}, {"40000", "d", NULL, NULL}, {0}};
	auto_free char *outside = mem_printf("%s/outside", fixture->folder);
	auto_free char *victim = mem_printf("%s/f", outside);
	char tree[OID_BYTES], commit[OID_BYTES];

	assert_int_equal(fs_make_folder(outside, NULL), 0);
	git_put_tree(fixture, inner, tree);
	outer[1].oid = tree;
	git_put_files(fixture, outer, commit);
	go(fixture, commit, NULL, NULL);
	assert_false(fs_exists(victim));
}

struct hostile_row {
	const char *name;
	struct git_entry entry;
	const char *words;
};

#define SOME_OID "0123456789012345678901234567890123456789"

static const struct hostile_row hostile_rows[] = {
	{"a name that leads up is refused", {"100644", "..", "x", NULL},
		"\"..\" is not a name"},
	{"the folder itself is refused", {"100644", ".", "x", NULL}, "\".\" is not a name"},
	{"git's own folder is refused", {"100644", ".git", "x", NULL},
		"\".git\" is not a name"},
	{"git's own folder in capitals is refused", {"100644", ".GIT", "x", NULL},
		"\".GIT\" is not a name"},
	{"an absolute name is refused", {"100644", "/etc/x", "x", NULL}, "is not a name"},
	{"a name with a slash is refused", {"100644", "a/../../x", "x", NULL}, "is not a name"},
	{"a submodule is refused", {"160000", "sub", NULL, SOME_OID}, "is a submodule"},
	{"a missing object is an error", {"100644", "a", NULL, SOME_OID}, "cannot read"},
	{"an empty link is refused", {"120000", "a", "", NULL}, "cannot write"},
};

static void test_hostile(void **state)
{
	const struct hostile_row *row = *state;
	struct git_entry entries[] = {row->entry, {0}};
	struct git_fixture *fixture;
	char commit[OID_BYTES];
	struct err err = ERR_INIT;
	void *opened;

	git_fixture_open(&opened);
	fixture = opened;
	git_put_files(fixture, entries, commit);
	assert_true(go(fixture, commit, NULL, &err) < 0);
	if (!strstr(err.text, row->words))
		fail_msg("\"%s\" lacks \"%s\"", err.text, row->words);
	git_fixture_close(&opened);
}

static void test_too_deep(void **state)
{
	struct git_fixture *fixture = *state;
	struct git_entry inner[] = {{"100644", "f", "x", NULL}, {0}};
	char tree[OID_BYTES], commit[OID_BYTES];
	struct err err = ERR_INIT;

	git_put_tree(fixture, inner, tree);
	for (int i = 0; i < 100; i++) {
		struct git_entry outer[] = {{"40000", "d", NULL, tree}, {0}};
		char next[OID_BYTES];

		git_put_tree(fixture, outer, next);
		memcpy(tree, next, sizeof(tree));
	}
	git_put_commit(fixture, tree, NULL, "deep\n", commit);
	assert_int_equal(go(fixture, commit, NULL, &err), -EPROTO);
	assert_non_null(strstr(err.text, "is too deep"));
}

static void test_bad_order(void **state)
{
	struct git_fixture *fixture = *state;
	struct err err = ERR_INIT;

	assert_int_equal(go(fixture, "main", NULL, &err), -EINVAL);
	assert_non_null(strstr(err.text, "\"main\" is not a full commit id"));
	assert_true(go(fixture, SOME_OID, NULL, &err) < 0);
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	struct CMUnitTest tests[64] = {
		{"what did not change keeps its time stamp", test_nested, FIXTURE},
		{"a folder becomes a file and back", test_folder_and_file_swap, FIXTURE},
		{"an interrupted switch is made whole by content", test_interrupted, FIXTURE},
		{"an unknown state is not trusted", test_unknown_state, FIXTURE},
		{"a folder that was removed is made again", test_folder_was_removed, FIXTURE},
		{"nothing is written through a link", test_never_through_a_link, FIXTURE},
		{"a link and a folder of one name write nothing outside",
			test_link_and_folder_of_one_name, FIXTURE},
		{"every change is told before it is made", test_changes_are_told, FIXTURE},
		{"a tree that is too deep is refused", test_too_deep, FIXTURE},
		{"a name instead of an id is refused", test_bad_order, FIXTURE},
	};
	size_t count = 10;

	for (size_t i = 0; i < ARRAY_SIZE(switch_rows); i++) {
		void *row = (void *)(uintptr_t)&switch_rows[i];

		tests[count++] =
			(struct CMUnitTest){switch_rows[i].name, test_switch, NULL, NULL, row};
		tests[count++] = (struct CMUnitTest){
			switch_rows[i].name, test_switch_after_interruption, NULL, NULL, row};
	}
	for (size_t i = 0; i < ARRAY_SIZE(hostile_rows); i++)
		tests[count++] = (struct CMUnitTest){hostile_rows[i].name, test_hostile, NULL,
			NULL, (void *)(uintptr_t)&hostile_rows[i]};
	return _cmocka_run_group_tests("worktree", tests, count, NULL, NULL);
}
