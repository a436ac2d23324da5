/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_MODES_H
#define TEXT_MODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * The guest modes that a KVM selftest lists with -h. The numbers for -m mean
 * different modes in different kernel trees, only the strings stay: they are
 * stored, and the number is looked up with the very binary that will run.
 */
struct guest_mode {
	int id;
	char *name;	   /* "PA-bits:40, VA-bits:48, 4K pages": runs of blanks are one */
	bool is_supported; /* by this host */
};

/* Plain data that owns its memory. */
struct guest_modes {
	struct guest_mode *items;
	size_t count;
};

#define MODES_MAX 256

/*
 * Reads the whole stdout of `TEST -h`. Returns 0; -ENODATA when it lists no
 * mode (the sentence repeats why the test skipped, if it said so); -EBADMSG
 * for a cut or doubled line; -E2BIG for more than MODES_MAX. *ret is written
 * on success only; modes_clear() frees.
 */
int modes_parse(const char *text, size_t bytes, struct guest_modes *ret, struct err *err);

void modes_clear(struct guest_modes *modes);

/* By name as above, in the modes' memory; NULL when there is none. */
const struct guest_mode *modes_find(const struct guest_modes *modes, const char *name);

#endif
