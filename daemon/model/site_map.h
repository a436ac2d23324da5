/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_SITE_MAP_H
#define MODEL_SITE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/fingerprint.h"

/*
 * Which pages the store gives, each with a fingerprint of everything in the
 * store that it shows. Cheap to make for all pages, so that only those that
 * changed are loaded. Plain data, owned by struct site_map.
 */
struct site_entry {
	int64_t id;	 /* row of the boot, or of the kernel's commit */
	const char *oid; /* of the kernel's commit; borrowed from the map's texts; else NULL */
	fingerprint print;
};

/* One comparison, newest first. Texts are hostile and may be NULL but for the commits. */
struct site_comparison {
	int64_t id;
	char *host, *branch, *kind, *state;
	char *base_oid, *fresh_oid, *subject;
	int64_t updated_unix_ms;
	int64_t event;		/* the newest it is evidence of; 0: none */
	int64_t previous, next; /* on the same branch and host; 0: none */
	int64_t screen;		/* of a confirm: the screen that asked for it; 0: none */
	int64_t confirm; /* of a screen: the confirm that it asked for, once begun; 0: none */
	int place;	 /* of a screen: its confirm's among the jobs that wait; 0: none does */
	char *answer; /* of a screen that is over: "quiet", "confirm", "collect"; else NULL */
	char *ahead;  /* what its event waits for: "bisect, step 2"; else NULL */
	int emulated;
	int is_brief;  /* an older screen: its page has its answer and its boots only */
	int has_drift; /* its boots are part of its branch's history */
	int has_page;  /* of the runs of the same kernels on a host one has the page */
	fingerprint print;
};

struct site_map {
	struct site_entry *boots, *kernels, *events;
	size_t boot_count, kernel_count, event_count;
	struct site_comparison *comparisons;
	size_t comparison_count;
	char **texts;
	size_t text_count;
};

void site_map_clear(struct site_map *map);

/* The comparison of that id, or NULL. */
const struct site_comparison *site_map_comparison(const struct site_map *map, int64_t id);

#endif
