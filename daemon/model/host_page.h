/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_HOST_PAGE_H
#define MODEL_HOST_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

struct history_family; /* model/history.h */

/* What the page of a host shows. Owned but where said; any text may be NULL and is hostile. */
struct host_page_step {
	int64_t unix_ms;
	char *what, *text;
};

struct host_page_boot {
	int64_t id;
	char *oid;
	enum failure failure;
	enum symptom symptom;
	char *reason;
	int64_t started_unix_ms;
};

/* A kernel compared with itself, or with one that has the same image. */
struct host_page_aa {
	int64_t id;			       /* of the comparison */
	char *base_oid, *fresh_oid, *sentence; /* sentence: of its page, or NULL */
	int64_t updated_unix_ms;
};

/* What a comparison with interleaved boots said of the machine; changes are logs, NAN: not
 * told. */
struct host_page_check {
	char *base_oid, *fresh_oid, *verdict; /* "steady", ... */
	double control, baseline, drift;
	bool drift_moved, aa;
	int64_t checked_unix_ms;
};

struct host_page {
	int64_t id;
	char *name, *driver;
	bool emulated;
	char *health, *health_reason;
	int64_t health_unix_ms, seen_unix_ms;
	char *facts; /* "key: value" lines of the newest good boot */
	size_t boots, boots_failed, kexecs;
	double kexec_mean_ms;	      /* of those that came back */
	struct host_page_step *steps; /* newest first, not all of many */
	size_t step_count;
	struct host_page_boot *failed; /* newest first, not all of many */
	size_t failed_count;
	struct host_page_aa *aa; /* newest first, not all of many */
	size_t aa_count;
	struct host_page_check *checks; /* newest first, not all of many */
	size_t check_count;
	const struct history_family *families; /* borrowed: of this host */
	size_t family_count;
};

void host_page_clear(struct host_page *page);

#endif
