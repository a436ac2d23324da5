/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_KERNEL_H
#define MODEL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* A commit as we need it; all text is owned, subject and author are hostile input. */
struct commit {
	int64_t id;	 /* row in the store, 0 before it is stored */
	char oid[65];	 /* full hexadecimal object id */
	char tree[65];	 /* of its tree */
	char parent[65]; /* first parent, "" for a root commit */
	char *subject;
	char *author; /* "Name <address>" */
	char *people; /* "committer: ..." and "reviewed-by: ..." lines, or NULL */
	int64_t commit_time_s;
};

/* One commit built with one configuration and one toolchain. */
struct kernel {
	int64_t id;
	int64_t commit_id;
	char *config_hash; /* 12 hex digits over the final .config */
	char *toolchain;   /* first line of the compiler's --version */
	char *release;	   /* what uname -r will say: it carries commit and configuration */
	char *build_id;	   /* GNU build-id, hexadecimal */
	char *image_hash;  /* SHA-256 of the image with release and build-id blanked:
			      equal for equal source, whatever the commit is called */
	char *image_path;
	char *log_path; /* build log */
	bool prebuilt;	/* handed over by the hook, not built by us */
};

void commit_clear(struct commit *commit);
void kernel_clear(struct kernel *kernel);

#endif
