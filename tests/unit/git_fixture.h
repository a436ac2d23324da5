/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_GIT_FIXTURE_H
#define TESTS_GIT_FIXTURE_H

/*
 * A bare git repository in a temporary folder, filled object by object, so
 * that it can hold what git itself would never write.
 */
#include <stdbool.h>
#include <unistd.h>

#include <git2.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"
#include "sys/fs.h"

struct git_fixture {
	char *folder; /* everything is below it */
	char *repo;   /* FOLDER/repo.git */
	git_repository *git;
};

/* One entry of a tree; content NULL: `oid` names an object that is there already. */
struct git_entry {
	const char *mode; /* "100644", "100755", "120000", "40000", "160000" */
	const char *name;
	const char *content;
	const char *oid;
};

#define OID_BYTES (GIT_OID_HEXSZ + 1)

static inline int git_fixture_open(void **state)
{
	struct git_fixture *fixture = MEM_NEW(struct git_fixture, 1);

	fixture->folder = mem_strdup("/tmp/kvmperf-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	fixture->repo = mem_printf("%s/repo.git", fixture->folder);
	git_libgit2_init();
	assert_int_equal(git_repository_init(&fixture->git, fixture->repo, true), 0);
	*state = fixture;
	return 0;
}

static inline int git_fixture_close(void **state)
{
	struct git_fixture *fixture = *state;

	git_repository_free(fixture->git);
	git_libgit2_shutdown();
	fs_remove_tree(fixture->folder, NULL);
	free(fixture->folder);
	free(fixture->repo);
	free(fixture);
	return 0;
}

static inline void git_put(struct git_fixture *fixture, git_object_t type, const void *data,
	size_t size_bytes, char ret_oid[OID_BYTES])
{
	git_odb *objects;
	git_oid id;

	assert_int_equal(git_repository_odb(&objects, fixture->git), 0);
	assert_int_equal(git_odb_write(&id, objects, data, size_bytes, type), 0);
	git_oid_tostr(ret_oid, OID_BYTES, &id);
	git_odb_free(objects);
}

/* A raw tree of the entries up to one without a mode, which must be in git's order. */
static inline void git_put_tree(
	struct git_fixture *fixture, const struct git_entry *entries, char ret_oid[OID_BYTES])
{
	auto_str struct str tree = STR_INIT;

	for (; entries->mode; entries++) {
		char oid[OID_BYTES];
		git_oid id;

		if (entries->content)
			git_put(fixture, GIT_OBJECT_BLOB, entries->content,
				strlen(entries->content), oid);
		assert_int_equal(
			git_oid_fromstr(&id, entries->content ? oid : entries->oid), 0);
		str_addf(&tree, "%s %s", entries->mode, entries->name);
		str_add_char(&tree, '\0');
		str_add_bytes(&tree, id.id, GIT_OID_RAWSZ);
	}
	git_put(fixture, GIT_OBJECT_TREE, str_text(&tree), tree.length, ret_oid);
}

/* A commit on `parent` (NULL: a root commit), by a fixed author at a fixed time. */
static inline void git_put_commit(struct git_fixture *fixture, const char *tree,
	const char *parent, const char *message, char ret_oid[OID_BYTES])
{
	auto_str struct str text = STR_INIT;

	str_addf(&text, "tree %s\n", tree);
	if (parent)
		str_addf(&text, "parent %s\n", parent);
	str_addf(&text,
		"author A U Thor <a@example.org> 1000000000 +0000\n"
		"committer C O Mitter <c@example.org> 1000000000 +0000\n\n%s",
		message);
	git_put(fixture, GIT_OBJECT_COMMIT, text.text, text.length, ret_oid);
}

static inline void git_put_ref(struct git_fixture *fixture, const char *ref, const char *oid)
{
	git_reference *made;
	git_oid id;

	assert_int_equal(git_oid_fromstr(&id, oid), 0);
	assert_int_equal(git_reference_create(&made, fixture->git, ref, &id, true, NULL), 0);
	git_reference_free(made);
}

/* A commit with these entries, in one go. */
static inline void git_put_files(
	struct git_fixture *fixture, const struct git_entry *entries, char ret_oid[OID_BYTES])
{
	char tree[OID_BYTES];

	git_put_tree(fixture, entries, tree);
	git_put_commit(fixture, tree, NULL, "files\n", ret_oid);
}

#endif
