/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_KERNEL_PAGE_H
#define MODEL_KERNEL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What the page of a commit shows: what was built of it, which boots it had,
 * which comparisons it took part in. Plain data, owned by struct kernel_page;
 * any text may be NULL and is hostile.
 */

/* The commit, built with one configuration and one compiler. */
struct kernel_page_build {
	char *recipe, *toolchain, *config_hash;
	char *release, *build_id, *image_hash;
	enum failure failure; /* FAILURE_NONE: it was built */
	enum symptom symptom;
	char *reason;
	char *log_path;
	char *log_tail; /* end of the build log, more when the build failed; or NULL */
	char *config;	/* the options that are set, one a line; NULL: not kept any more */
	int64_t built_unix_ms;
	bool prebuilt;	/* handed over, not built here */
	char *twin_oid; /* the first other commit with the same image, or NULL */
};

struct kernel_page_boot {
	int64_t id;
	char *host;
	enum failure failure;
	enum symptom symptom;
	int64_t started_unix_ms;
};

struct kernel_page_comparison {
	char *host, *kind, *state;
	char *base_oid, *fresh_oid;
	int64_t updated_unix_ms;
};

struct kernel_page {
	char *oid, *parent, *subject, *author, *branch;
	int64_t commit_unix_ms;
	struct kernel_page_build *builds; /* newest first */
	size_t build_count;
	struct kernel_page_boot *boots; /* newest first; not all of many */
	size_t boot_count, boots_in_all, boots_failed;
	struct kernel_page_comparison *comparisons; /* newest first; not all of many */
	size_t comparison_count, comparisons_in_all;
};

void kernel_page_clear(struct kernel_page *page);

#endif
