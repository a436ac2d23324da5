/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/front_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void front_page_add(
	struct front_page *page, const struct site_comparison *comparison, const char *word)
{
	struct front_line *line;

	if ((page->line_count & (page->line_count - 1)) == 0)
		page->lines = mem_grow(page->lines, page->line_count ? 2 * page->line_count : 1,
			sizeof(*page->lines));
	line = &page->lines[page->line_count++];
	*line = (struct front_line){.comparison = comparison};
	(void)brief_read(word, &line->brief);
}

static void failure_clear(struct front_failure *failure)
{
	free(failure->branch);
	free(failure->oid);
	free(failure->subject);
	free(failure->reason);
}

static void host_clear(struct front_host *host)
{
	free(host->name);
	free(host->driver);
	free(host->state);
	free(host->health);
	free(host->health_reason);
}

void front_page_clear(struct front_page *page)
{
	for (size_t i = 0; i < page->line_count; i++)
		brief_clear(&page->lines[i].brief);
	for (size_t i = 0; i < page->failure_count; i++)
		failure_clear(&page->failures[i]);
	for (size_t i = 0; i < page->host_count; i++)
		host_clear(&page->hosts[i]);
	for (size_t i = 0; i < page->queue_count; i++) {
		free(page->queues[i].branch);
		free(page->queues[i].problem);
	}
	free(page->lines);
	free(page->failures);
	free(page->hosts);
	free(page->queues);
	free(page->title);
	memset(page, 0, sizeof(*page));
}
