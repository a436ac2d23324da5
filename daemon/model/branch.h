/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_BRANCH_H
#define MODEL_BRANCH_H

#include <stdbool.h>

#include "base/err.h"
#include "string/strv.h"

/* What a commit of a branch is compared with. */
enum baseline_kind {
	BASELINE_PARENT,     /* the nearest older commit of the branch that is measured */
	BASELINE_MERGE_BASE, /* where the branch left another ref */
	BASELINE_TAG,	     /* the newest tag of a pattern that the commit contains */
	BASELINE_COMMIT,     /* always the same commit */
};

/* Which commits of an update are tested; its tip always is. */
enum watch_what {
	WATCH_TIP,
	WATCH_MERGES, /* every merge on the chain of first parents */
	WATCH_PATHS,  /* every commit of that chain that changes one of the paths */
};

/* How a repository's server lets us in, and how we know it; "" for what needs nothing. */
struct branch_access {
	char *user, *password_file; /* https; password_file as sys/secret.h reads it */
	char *ca_file;		    /* https: authorities in the place of the system's */
	char *ssh_config;	    /* ssh: another configuration than the user's */
};

/* A branch that is watched, as the configuration describes it. Never changes once read. */
struct branch_spec {
	char *name;	  /* of the section */
	char *repository; /* its address, in git_url_parse()'s one spelling */
	char *ref; /* full name or pattern: refs/heads/next, refs/heads/kvm-arm64/misc-* */
	int interval_s;
	enum baseline_kind baseline;
	char *baseline_of; /* ref, pattern of tags or commit id; "" for the parent */
	enum watch_what what;
	struct strv paths; /* of WATCH_PATHS: "arch/arm64/kvm", "include/asm/kvm*" */
	int cap;	   /* jobs a day, of all refs of the section */
	char *plan;
	char *kernel_config; /* path of a configuration fragment; "": the shipped one */
	char *host;	     /* a host's name, "tag:NAME"; "": any */
	struct branch_access access;
	char *reference; /* local repository that has most objects, "": none */
};

/*
 * Takes the value of a key that needs more than its table row says: repository,
 * ref, interval, baseline, paths, and paths of files. 0 for any other key. -EINVAL
 * with what was expected.
 */
int branch_spec_take(
	struct branch_spec *spec, const char *key, const char *value, struct err *err);

/* Does it say anything of how its server lets us in? */
bool branch_has_access(const struct branch_spec *spec);

void branch_spec_clear(struct branch_spec *spec);

/* "parent", "merge-base next": as it is written in the configuration. The caller frees. */
char *branch_baseline_text(const struct branch_spec *spec);

const char *watch_what_name(enum watch_what what);

#endif
