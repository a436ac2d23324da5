/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/builtin.h"

#include <string.h>

const struct builtin *builtin_find(const char *name)
{
	for (size_t i = 0; i < builtin_count; i++)
		if (strcmp(builtin_table[i].name, name) == 0)
			return &builtin_table[i];
	return NULL;
}

const char *builtin_text(const char *name)
{
	const struct builtin *file = builtin_find(name);

	return file ? (const char *)file->data : NULL;
}
