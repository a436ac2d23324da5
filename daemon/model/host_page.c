/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host_page.h"

#include <stdlib.h>
#include <string.h>

void host_page_clear(struct host_page *page)
{
	for (size_t i = 0; i < page->step_count; i++) {
		free(page->steps[i].what);
		free(page->steps[i].text);
	}
	for (size_t i = 0; i < page->failed_count; i++) {
		free(page->failed[i].oid);
		free(page->failed[i].reason);
	}
	for (size_t i = 0; i < page->aa_count; i++) {
		free(page->aa[i].base_oid);
		free(page->aa[i].fresh_oid);
		free(page->aa[i].sentence);
	}
	for (size_t i = 0; i < page->check_count; i++) {
		free(page->checks[i].base_oid);
		free(page->checks[i].fresh_oid);
		free(page->checks[i].verdict);
	}
	free(page->checks);
	free(page->steps);
	free(page->failed);
	free(page->aa);
	free(page->name);
	free(page->driver);
	free(page->health);
	free(page->health_reason);
	free(page->facts);
	memset(page, 0, sizeof(*page));
}
