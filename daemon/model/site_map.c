/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/site_map.h"

#include <stdlib.h>
#include <string.h>

void site_map_clear(struct site_map *map)
{
	for (size_t i = 0; i < map->comparison_count; i++) {
		struct site_comparison *c = &map->comparisons[i];

		free(c->host);
		free(c->branch);
		free(c->kind);
		free(c->state);
		free(c->base_oid);
		free(c->fresh_oid);
		free(c->subject);
		free(c->answer);
		free(c->ahead);
	}
	for (size_t i = 0; i < map->text_count; i++)
		free(map->texts[i]);
	free(map->texts);
	free(map->comparisons);
	free(map->boots);
	free(map->kernels);
	free(map->events);
	memset(map, 0, sizeof(*map));
}

/* They are by falling id. */
static int compare_id(const void *key, const void *item)
{
	int64_t wanted = *(const int64_t *)key;
	int64_t id = ((const struct site_comparison *)item)->id;

	return wanted > id ? -1 : wanted < id;
}

const struct site_comparison *site_map_comparison(const struct site_map *map, int64_t id)
{
	return map->comparison_count ? bsearch(&id, map->comparisons, map->comparison_count,
					       sizeof(*map->comparisons), compare_id)
				     : NULL;
}
