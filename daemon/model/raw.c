/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/raw.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t raw_name(char ***list, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp((*list)[i], name) == 0)
			return i;
	*list = mem_grow(*list, *count + 1, sizeof(char *));
	(*list)[*count] = mem_strdup(name);
	return (*count)++;
}

static void list_free(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void raw_set_clear(struct raw_set *set)
{
	free(set->values);
	list_free(set->scenarios, set->scenario_count);
	list_free(set->modes, set->mode_count);
	list_free(set->quantities, set->quantity_count);
	list_free(set->units, set->quantity_count);
	memset(set, 0, sizeof(*set));
}
