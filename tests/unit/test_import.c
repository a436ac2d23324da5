/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/import.h"

#include <errno.h>

#include <archive.h>
#include <archive_entry.h>

#include "git_fixture.h"

struct member {
	const char *name;
	unsigned int type; /* AE_IFREG, AE_IFDIR, AE_IFLNK, ... */
	int perm;
	const char *content; /* of a file, or the target of a link */
};

static void write_archive(const char *path, const struct member *members)
{
	struct archive *archive = archive_write_new();

	archive_write_add_filter_xz(archive);
	archive_write_set_format_gnutar(archive);
	assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
	for (; members->name; members++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, members->name);
		archive_entry_set_filetype(entry, members->type);
		archive_entry_set_perm(entry, (mode_t)members->perm);
		archive_entry_set_mtime(entry, 1234567890, 0);
		if (members->type == AE_IFLNK)
			archive_entry_set_symlink(entry, members->content);
		else if (members->type == AE_IFREG && members->perm < 0)
			archive_entry_set_hardlink(entry, members->content);
		else if (members->type == AE_IFREG)
			archive_entry_set_size(entry, (la_int64_t)strlen(members->content));
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		if (members->type == AE_IFREG && members->perm >= 0)
			archive_write_data(archive, members->content, strlen(members->content));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
}

struct names {
	char *archive, *repo, *fresh;
};

static struct names names_of(struct git_fixture *fixture)
{
	return (struct names){
		mem_printf("%s/x.tar.xz", fixture->folder),
		mem_printf("%s/imported.git", fixture->folder),
		mem_printf("%s/imported.git.new", fixture->folder),
	};
}

static void names_clear(struct names *names)
{
	free(names->archive);
	free(names->repo);
	free(names->fresh);
}

#define auto_names __attribute__((cleanup(names_clear)))

static int import(const struct names *names, struct err *err)
{
	const struct import_order order = {
		names->archive, names->repo, "kvmarm-demo/next", "The source\n", NULL, NULL};

	return import_archive(&order, err);
}

static void assert_entry(
	git_tree *tree, const char *path, unsigned int mode, const char *content)
{
	git_tree_entry *entry = NULL;
	git_object *blob = NULL;

	assert_int_equal(git_tree_entry_bypath(&entry, tree, path), 0);
	assert_int_equal(git_tree_entry_filemode(entry), mode);
	assert_int_equal(git_tree_entry_to_object(&blob, git_tree_owner(tree), entry), 0);
	assert_string_equal(git_blob_rawcontent((git_blob *)blob), content);
	git_object_free(blob);
	git_tree_entry_free(entry);
}

static const struct member good[] = {
	{"linux-1/", AE_IFDIR, 0755, NULL},
	{"linux-1/Makefile", AE_IFREG, 0644, "all:\n"},
	{"linux-1/scripts/", AE_IFDIR, 0755, NULL},
	{"linux-1/scripts/run me", AE_IFREG, 0755, "#!/bin/sh\n"},
	{"linux-1/link", AE_IFLNK, 0777, "scripts/run me"},
	{"linux-1/empty", AE_IFREG, 0600, ""},
	{NULL, 0, 0, NULL},
};

static void test_import(void **state)
{
	struct git_fixture *fixture = *state;
	auto_names struct names names = names_of(fixture);
	git_object *commit = NULL;
	git_repository *git = NULL;
	git_tree *tree = NULL;
	char first[OID_BYTES];
	struct err err = ERR_INIT;

	write_archive(names.archive, good);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(import(&names, &err), 0);
		assert_int_equal(git_repository_open_bare(&git, names.repo), 0);
		assert_int_equal(git_revparse_single(&commit, git, "kvmarm-demo/next"), 0);
		assert_int_equal(git_commit_tree(&tree, (git_commit *)commit), 0);
		assert_entry(tree, "Makefile", 0100644, "all:\n");
		assert_entry(tree, "scripts/run me", 0100755, "#!/bin/sh\n");
		assert_entry(tree, "link", 0120000, "scripts/run me");
		assert_entry(tree, "empty", 0100644, "");
		assert_int_equal(git_tree_entrycount(tree), 4);
		assert_string_equal(git_commit_message((git_commit *)commit), "The source\n");
		assert_int_equal(git_commit_time((git_commit *)commit), 1234567890);
		if (round)
			assert_string_equal(first, git_oid_tostr_s(git_object_id(commit)));
		git_oid_tostr(first, sizeof(first), git_object_id(commit));
		git_tree_free(tree);
		git_object_free(commit);
		git_repository_free(git);
		assert_int_equal(import(&names, &err), -EEXIST);
		assert_int_equal(fs_remove_tree(names.repo, NULL), 0);
		/* what an interrupted import leaves must not disturb the next one */
		assert_int_equal(fs_make_folder(names.fresh, NULL), 0);
	}
}

struct bad_row {
	const char *name;
	struct member members[3];
	const char *words;
};

static const struct bad_row bad_rows[] = {
	{"a name that leads up is refused", {{"l/../../x", AE_IFREG, 0644, "x"}}, "l/../../x"},
	{"an absolute name is refused", {{"/etc/x", AE_IFREG, 0644, "x"}}, "/etc/x"},
	{"git's own folder is refused", {{"l/.git/config", AE_IFREG, 0644, "x"}},
		"l/.git/config"},
	{"git's own folder in capitals is refused", {{"l/.Git/config", AE_IFREG, 0644, "x"}},
		"l/.Git/config"},
	{"a newline in a name is refused", {{"l/a\nM 100644", AE_IFREG, 0644, "x"}},
		"is not allowed"},
	{"a quoted name is refused", {{"l/\"a", AE_IFREG, 0644, "x"}}, "is not allowed"},
	{"two folders at the top are refused",
		{{"a/x", AE_IFREG, 0644, "x"}, {"b/x", AE_IFREG, 0644, "x"}},
		"one folder at the top"},
	{"a file at the top is refused", {{"x", AE_IFREG, 0644, "x"}}, "neither file"},
	{"a device is refused", {{"l/null", AE_IFCHR, 0644, NULL}}, "neither file"},
	{"a hard link is refused",
		{{"l/x", AE_IFREG, 0644, "x"}, {"l/y", AE_IFREG, -1, "/etc/passwd"}},
		"neither file"},
	{"an empty archive is refused", {{NULL, 0, 0, NULL}}, "is empty"},
};

static void test_bad_archive(void **state)
{
	const struct bad_row *row = *state;
	struct err err = ERR_INIT;
	struct names names;
	void *opened;

	git_fixture_open(&opened);
	names = names_of(opened);
	write_archive(names.archive, row->members);
	assert_int_equal(import(&names, &err), -EPROTO);
	if (!strstr(err.text, row->words))
		fail_msg("\"%s\" lacks \"%s\"", err.text, row->words);
	assert_false(fs_exists(names.repo));
	assert_false(fs_exists(names.fresh));
	names_clear(&names);
	git_fixture_close(&opened);
}

static void test_cut_archive(void **state)
{
	struct git_fixture *fixture = *state;
	auto_names struct names names = names_of(fixture);
	auto_free char *data = NULL;
	size_t size;

	write_archive(names.archive, good);
	assert_int_equal(fs_read(names.archive, 1 << 20, &data, &size, NULL), 0);
	for (size_t cut = 0; cut < size; cut += size / 5) {
		struct err err = ERR_INIT;

		assert_int_equal(fs_write_atomic(names.archive, data, cut, NULL), 0);
		assert_int_equal(import(&names, &err), -EPROTO);
		assert_non_null(strstr(err.text, names.archive));
		assert_false(fs_exists(names.repo));
	}
}

static void test_missing_archive(void **state)
{
	auto_names struct names names = names_of(*state);
	struct err err = ERR_INIT;

	assert_int_equal(import(&names, &err), -ENOENT);
	assert_non_null(strstr(err.text, names.archive));
}

static void test_bad_branch(void **state)
{
	struct git_fixture *fixture = *state;
	auto_names struct names names = names_of(fixture);
	struct import_order order = {names.archive, names.repo, "a..b", "m\n", NULL, NULL};
	struct err err = ERR_INIT;

	write_archive(names.archive, good);
	assert_true(import_archive(&order, &err) < 0);
	assert_non_null(strstr(err.text, "a..b"));
	assert_false(fs_exists(names.repo));
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"an archive becomes one commit, the same every time", test_import, FIXTURE},
		{"an archive that is cut leaves nothing", test_cut_archive, FIXTURE},
		{"a missing archive is named", test_missing_archive, FIXTURE},
		{"a branch name that git refuses is an error", test_bad_branch, FIXTURE},
	};
	size_t count = 4;

	for (size_t i = 0; i < ARRAY_SIZE(bad_rows); i++)
		tests[count++] = (struct CMUnitTest){bad_rows[i].name, test_bad_archive, NULL,
			NULL, (void *)(uintptr_t)&bad_rows[i]};
	return _cmocka_run_group_tests("import", tests, count, NULL, NULL);
}
