/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_HOSTBOX_H
#define VIEW_HOSTBOX_H

#include "model/comparison.h"
#include "string/str.h"

/*
 * The same two commits on several hosts, as a box of plain text: a row a host and
 * scenario, in one metric and guest mode. cell, of first, says which; a host that did
 * not measure it says so in one row.
 */
void hostbox_lines(struct str *out, const struct comparison *first, const struct cell *cell,
	const struct comparison *others, size_t other_count);

#endif
