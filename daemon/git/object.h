/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_OBJECT_H
#define GIT_OBJECT_H

#include <git2.h>

/* libgit2's objects as variables that free them: auto_git(git_commit) *commit = NULL; */
#define auto_git(type) __attribute__((cleanup(type##_clear_ptr))) type

#define DEFINE_CLEANUP(type)                               \
	static inline void type##_clear_ptr(type **object) \
	{                                                  \
		type##_free(*object);                      \
	}
DEFINE_CLEANUP(git_repository)
DEFINE_CLEANUP(git_odb)
DEFINE_CLEANUP(git_refdb)
DEFINE_CLEANUP(git_config)
DEFINE_CLEANUP(git_remote)
DEFINE_CLEANUP(git_reference)
DEFINE_CLEANUP(git_reference_iterator)
DEFINE_CLEANUP(git_branch_iterator)
DEFINE_CLEANUP(git_revwalk)
DEFINE_CLEANUP(git_object)
DEFINE_CLEANUP(git_commit)
DEFINE_CLEANUP(git_tree)
DEFINE_CLEANUP(git_tree_entry)
DEFINE_CLEANUP(git_blob)
DEFINE_CLEANUP(git_index)
DEFINE_CLEANUP(git_diff)
DEFINE_CLEANUP(git_signature)
#undef DEFINE_CLEANUP

/* What libgit2 said last in this thread. Its next call overwrites it: use it at once. */
static inline const char *git_last_words(void)
{
	const git_error *last = git_error_last();

	return last && last->message ? last->message : "no reason";
}

#endif
