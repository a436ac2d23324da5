/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/front_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void brief_clear(struct brief *brief)
{
	free(brief->sentence);
	memset(brief, 0, sizeof(*brief));
}

char *brief_write(const struct brief *brief)
{
	return mem_printf("%d %d %d %zu %zu %zu %zu %zu %.6g %s", brief->judged, brief->failed,
		brief->headline, brief->verdicts[0], brief->verdicts[1], brief->verdicts[2],
		brief->verdicts[3], brief->verdicts[4], brief->sees,
		brief->sentence ? brief->sentence : "");
}

bool brief_read(const char *line, struct brief *ret)
{
	struct brief brief = {0};
	int judged, failed, headline, length = 0;

	if (!line ||
		sscanf(line, "%1d %1d %1d %zu %zu %zu %zu %zu %lf %n", &judged, &failed,
			&headline, &brief.verdicts[0], &brief.verdicts[1], &brief.verdicts[2],
			&brief.verdicts[3], &brief.verdicts[4], &brief.sees, &length) != 9 ||
		!length || headline < 0 || headline >= BRIEF_VERDICTS || !isfinite(brief.sees))
		return false;
	brief.judged = judged != 0;
	brief.failed = failed != 0;
	brief.headline = headline;
	brief.sentence = mem_strdup(line + length);
	*ret = brief;
	return true;
}

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

void front_page_add_drift(struct front_page *page, const struct front_drift *drift)
{
	if ((page->drift_count & (page->drift_count - 1)) == 0)
		page->drifts = mem_grow(page->drifts,
			page->drift_count ? 2 * page->drift_count : 1, sizeof(*page->drifts));
	page->drifts[page->drift_count++] = *drift;
}

const struct front_drift *front_page_drift(
	const struct front_page *page, const char *branch, const char *host)
{
	for (size_t i = 0; i < page->drift_count; i++)
		if (strcmp(page->drifts[i].branch, branch) == 0 &&
			strcmp(page->drifts[i].host, host) == 0)
			return &page->drifts[i];
	return NULL;
}

const struct front_queue *front_page_queue(const struct front_page *page, const char *branch)
{
	for (size_t i = 0; i < page->queue_count; i++)
		if (page->queues[i].branch && strcmp(page->queues[i].branch, branch) == 0)
			return &page->queues[i];
	return NULL;
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
	free(page->drifts);
	free(page->title);
	memset(page, 0, sizeof(*page));
}
