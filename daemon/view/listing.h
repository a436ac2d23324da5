/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_LISTING_H
#define VIEW_LISTING_H

#include <jansson.h>

#include "model/front_page.h"

/* What lists comparisons and events, for programs: docs/schema/index.json. */

/* index.json: everything. */
json_t *listing_index(const struct front_page *front);

/* One comparison of it. */
json_t *listing_comparison(const struct front_line *line);

#endif
