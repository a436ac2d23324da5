/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/front_page.h"

#include <stdlib.h>
#include <string.h>

void front_page_clear(struct front_page *page)
{
	for (size_t i = 0; i < page->failure_count; i++) {
		free(page->failures[i].branch);
		free(page->failures[i].oid);
		free(page->failures[i].subject);
		free(page->failures[i].reason);
	}
	for (size_t i = 0; i < page->host_count; i++) {
		free(page->hosts[i].name);
		free(page->hosts[i].driver);
		free(page->hosts[i].state);
	}
	free(page->failures);
	free(page->hosts);
	free(page->title);
	memset(page, 0, sizeof(*page));
}
