/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct digest_line *digest_add(struct digest_list *list)
{
	struct digest_line *line;

	list->lines = mem_grow(list->lines, list->count + 1, sizeof(*list->lines));
	line = &list->lines[list->count++];
	memset(line, 0, sizeof(*line));
	return line;
}

static void list_clear(struct digest_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct digest_line *line = &list->lines[i];
		char *texts[] = {line->branch, line->host, line->from_oid, line->to_oid,
			line->subject, line->text};

		for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
			free(texts[k]);
	}
	free(list->lines);
}

void digest_clear(struct digest *digest)
{
	list_clear(&digest->events);
	list_clear(&digest->unsettled);
	list_clear(&digest->points);
	memset(digest, 0, sizeof(*digest));
}

bool digest_is_empty(const struct digest *digest)
{
	return !digest->events.count && !digest->unsettled.count && !digest->points.count;
}
