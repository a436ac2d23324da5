/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_page.h"

#include <stdlib.h>
#include <string.h>

static void build_clear(struct kernel_page_build *build)
{
	free(build->recipe);
	free(build->toolchain);
	free(build->config_hash);
	free(build->release);
	free(build->build_id);
	free(build->image_hash);
	free(build->reason);
	free(build->log_path);
	free(build->log_tail);
	free(build->config);
	free(build->twin_oid);
}

void kernel_page_clear(struct kernel_page *page)
{
	for (size_t i = 0; i < page->build_count; i++)
		build_clear(&page->builds[i]);
	for (size_t i = 0; i < page->boot_count; i++)
		free(page->boots[i].host);
	for (size_t i = 0; i < page->comparison_count; i++) {
		free(page->comparisons[i].host);
		free(page->comparisons[i].kind);
		free(page->comparisons[i].state);
		free(page->comparisons[i].base_oid);
		free(page->comparisons[i].fresh_oid);
	}
	free(page->builds);
	free(page->boots);
	free(page->comparisons);
	free(page->oid);
	free(page->parent);
	free(page->subject);
	free(page->author);
	free(page->branch);
	memset(page, 0, sizeof(*page));
}
