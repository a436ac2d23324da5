/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_page.h"

#include <stdlib.h>
#include <string.h>

static void process_clear(struct boot_page_process *process)
{
	for (size_t i = 0; i < process->value_count; i++) {
		free(process->values[i].metric);
		free(process->values[i].unit);
	}
	free(process->values);
	free(process->scenario);
	free(process->mode);
	free(process->command);
	free(process->reason);
	free(process->output);
	free(process->errors);
}

void boot_page_clear(struct boot_page *page)
{
	for (size_t i = 0; i < page->process_count; i++)
		process_clear(&page->processes[i]);
	free(page->processes);
	free(page->host);
	free(page->branch);
	free(page->plan);
	free(page->oid);
	free(page->subject);
	free(page->release);
	free(page->build_id);
	free(page->boot_id);
	free(page->cmdline);
	free(page->kvm_mode);
	free(page->reason);
	free(page->facts);
	free(page->highlights);
	free(page->dmesg);
	free(page->console);
	free(page->base_oid);
	free(page->fresh_oid);
	memset(page, 0, sizeof(*page));
}
